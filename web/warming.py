"""What the first questions to a web process would wait for, read in beside them."""

from __future__ import annotations

import contextlib
import threading
from typing import Final

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from search.finding import understand
from search.suggestions import suggest
from tenants.actor import PUBLIC
from tenants.db import act_as
from tenants.errors import DomainError

# The first page comes before the first suggestion and the first sentence.
_AFTER_SECONDS: Final = 1.5


def begin(app: Flask, *, after: float = _AFTER_SECONDS) -> threading.Thread:
    """Read it in on a thread, so many seconds from now."""
    thread = threading.Timer(after, _warm, args=(app,))
    thread.daemon = True
    thread.start()
    return thread


def _warm(app: Flask) -> None:
    """The index, the lists of words and their readings, what sentences are compared with. Without a database, or before anything was loaded, whoever asks
    first reads them in.
    """
    with contextlib.suppress(SQLAlchemyError, DomainError), app.app_context(), act_as(PUBLIC):
        suggest("会計")
        understand("月末の給与計算が大変")
