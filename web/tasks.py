"""The background jobs by name: what `tenants.jobs.enqueue` asks for, the worker finds here.

A task's annotations say what it takes (:mod:`web.payloads`).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import Final

from flask import current_app

from catalogue.listings import SYNCHRONISE
from marketplace import scheme_drafts
from marketplace.briefings import services as briefings
from marketplace.quotes import services as quotes
from marketplace.registration import renewal
from search import sync
from search.saved import telling
from tenants import files, support_view
from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.notices import delivery, sending
from tenants.notices.service import DELIVER
from web import post_office, stop_links

RECONCILE: Final = "search.reconcile"
_log = logging.getLogger(__name__)


def synchronise() -> None:
    """Bring what was published or withdrawn into the search index."""
    sync.synchronise()


def reconcile_search() -> None:
    """Compare the search index with what is published, both ways, and mend what differs."""
    for each in sync.reconcile():
        _log.warning("the index had %s in version %s, published is %s", each.code, each.indexed, each.published)


def deliver(posting_id: uuid.UUID) -> None:
    """Tell people what was posted: into their inboxes, and into the queue of mails."""
    delivery.deliver(post_office.of_app(current_app), posting_id)


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


def remind_of_briefings() -> None:
    """Remind those who booked a briefing on the day before, once."""
    with act_as(SYSTEM):
        briefings.remind()


def close_support_views() -> None:
    """Write down the end of support views whose hour is over."""
    support_view.close_passed()


def renewals() -> None:
    """Remind vendors to renew, and let expire those that did not in time."""
    renewal.run()


def compare_scheme(draft_id: uuid.UUID) -> None:
    """Reckon what a scheme's draft would change."""
    with act_as(SYSTEM):
        scheme_drafts.compare(draft_id)


def expire_quotes() -> None:
    """Write down which quotes ran out of time."""
    quotes.expire_due()


def tell_searches() -> None:
    """Tell people what is new in the searches they saved, once a day each."""
    told = telling.run(stop_links.of_app(current_app))
    if told.later:
        _log.info("saved searches wait for the next go: %s", told.later)


TASKS: Final[Mapping[str, Callable[..., None]]] = {
    SYNCHRONISE: synchronise,
    RECONCILE: reconcile_search,
    DELIVER: deliver,
    delivery.SEND: send_mails,
    files.SCAN: scan_files,
    briefings.REMIND: remind_of_briefings,
    files.DISCARD: discard_file,
    support_view.CLOSE_PASSED: close_support_views,
    renewal.TASK: renewals,
    scheme_drafts.COMPARE: compare_scheme,
    quotes.EXPIRE: expire_quotes,
    telling.TELL: tell_searches,
}
# At their hours. The clock of cron is UTC: 18:30 there is 3:30 in the night in Japan. Mails about saved searches go
# from seven in the morning; whoever could not be told then is tried again until the evening.
AT_HOURS: Final[Mapping[str, str]] = {RECONCILE: "30 18 * * *", telling.TELL: "*/15 0-11,22-23 * * *"}
# Done again every minute too: a change whose job failed is never forgotten.
EVERY_MINUTE: Final = (
    SYNCHRONISE,
    delivery.SEND,
    files.SCAN,
    briefings.REMIND,
    support_view.CLOSE_PASSED,
    renewal.TASK,
    quotes.EXPIRE,
)
