"""What the first questions to a web process would wait for, read in beside them."""

from __future__ import annotations

import contextlib
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from search.suggestions import suggest
from tenants.actor import PUBLIC
from tenants.db import act_as
from tenants.errors import DomainError


def begin(app: Flask) -> threading.Thread:
    """Read it in on a thread, which holds up neither the start nor whoever asks meanwhile."""
    thread = threading.Thread(target=_warm, args=(app,), name="warming", daemon=True)
    thread.start()
    return thread


def _warm(app: Flask) -> None:
    """The index, the lists of words and their readings. Without a database, or before anything was loaded, whoever asks
    first reads them in.
    """
    with contextlib.suppress(SQLAlchemyError, DomainError), app.app_context(), act_as(PUBLIC):
        suggest("会計")
