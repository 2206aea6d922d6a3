"""Background jobs, enqueued inside the transaction that causes them: no commit, no job.

Tasks are named by string, so a lower floor can ask for work that a higher floor does. Arguments are ids only,
every task is idempotent and says itself as whom it acts.
"""

from __future__ import annotations

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue

from tenants.db import db

# Never opened: jobs go through the session's own connection.
_deferrer = App(connector=SyncPsycopgConnector())


def make_app(dsn: str, import_paths: list[str]) -> App:
    """The worker's application; import_paths name the modules whose tasks it runs."""
    # The walls around the tables of jobs (migration 0011) let nobody but the worker see what waits.
    connector = PsycopgConnector(conninfo=dsn, kwargs={"options": "-c app.audience=worker"})
    return App(connector=connector, import_paths=import_paths)


def enqueue(task: str, *, lock: str | None = None, **arguments: JSONValue) -> None:
    """Ask for a task in the running transaction.

    lock: with the same lock waiting already, nothing is added (the waiting job will see this change too).
    """
    savepoint = db.session.begin_nested()
    # Asked for inside the savepoint: the session sets it on the connection only then.
    connection = db.session.connection().connection.driver_connection
    configured = _deferrer.configure_task(task, allow_unknown=True, queueing_lock=lock, connection=connection)
    try:
        configured.defer(**arguments)
    except AlreadyEnqueued:
        savepoint.rollback()
    else:
        savepoint.commit()
