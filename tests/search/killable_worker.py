"""A worker that is killed at a named point: reads points from stdin, does the work in a child that kills itself.

The libraries are loaded once; each child opens database and index anew, as a worker that was started again does.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from flask import Flask

from search import engines, sync
from search.embedded import EmbeddedEngine
from search.embedded.folder import IndexFolder
from tenants.db import db


def die(*_: object, **__: object) -> None:
    """As kill -9 would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: object, name: str) -> None:
    """Die when this method has done its work."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: (real(*args, **kwargs), die()))


def work(url: str, folder: str, point: str) -> None:
    app = Flask("worker")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    engines.use(EmbeddedEngine(Path(folder)))
    if point == "before the index is written":
        EmbeddedEngine.upsert = die
    elif point == "while the index is written":
        import search.embedded.engine as module  # noqa: PLC0415

        after(module, "_replace")
    elif point == "after the index was written":
        after(EmbeddedEngine, "upsert")
    elif point == "after a document was taken out":
        after(EmbeddedEngine, "delete")
    elif point == "before the row is cleared":
        sync._clear = die
    elif point == "while a rebuild loads":
        after(EmbeddedEngine, "load")
    elif point == "before a rebuild is put in use":
        IndexFolder.use = die
    elif point == "after a rebuild was put in use":
        after(IndexFolder, "use")
    with app.app_context():
        if "rebuild" in point:
            sync.rebuild()
        else:
            sync.synchronise()


def main() -> None:
    url, folder = sys.argv[1:]
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(url, folder, line.strip())
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else f"ended {status}", flush=True)


if __name__ == "__main__":
    main()
