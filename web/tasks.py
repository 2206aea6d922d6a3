"""The background jobs by name: what `tenants.jobs.enqueue` asks for, the worker finds here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from catalogue.listings import SYNCHRONISE
from search import sync


def synchronise() -> None:
    """Bring what was published or withdrawn into the search index."""
    sync.synchronise()


TASKS: Final[Mapping[str, Callable[..., None]]] = {SYNCHRONISE: synchronise}
# Done again every minute too: a change whose job failed is never forgotten.
EVERY_MINUTE: Final = (SYNCHRONISE,)
