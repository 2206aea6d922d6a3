"""The background jobs by name: what `tenants.jobs.enqueue` asks for, the worker finds here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final

from flask import current_app

from catalogue.listings import SYNCHRONISE
from search import sync
from tenants import files
from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.notices import delivery, sending
from tenants.notices.service import DELIVER
from web import post_office


def synchronise() -> None:
    """Bring what was published or withdrawn into the search index."""
    sync.synchronise()


def deliver(posting_id: str) -> None:
    """Tell people what was posted: into their inboxes, and into the queue of mails."""
    delivery.deliver(post_office.of_app(current_app), uuid.UUID(posting_id))


def send_mails() -> None:
    """Send the mails whose time has come; first, what no job has told yet."""
    office = post_office.of_app(current_app)
    delivery.deliver(office)
    sending.send_due(office)


def scan_files() -> None:
    """Have the scanner look at what nobody has looked at."""
    with act_as(SYSTEM):
        files.scan_waiting()


def discard_file(key: str) -> None:
    """The bytes of a file that is forgotten go."""
    with act_as(SYSTEM):
        files.discard(key)


TASKS: Final[Mapping[str, Callable[..., None]]] = {
    SYNCHRONISE: synchronise,
    DELIVER: deliver,
    delivery.SEND: send_mails,
    files.SCAN: scan_files,
    files.DISCARD: discard_file,
}
# Done again every minute too: a change whose job failed is never forgotten.
EVERY_MINUTE: Final = (SYNCHRONISE, delivery.SEND, files.SCAN)
