"""A worker that is killed at a named point: reads points from stdin, does the work in a child that kills itself.

The libraries are loaded once; each child opens database and index anew, as a worker that was started again does.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from pathlib import Path

from flask import Flask
from pydantic import SecretStr

from search import engines, sync
from search.embedded import EmbeddedEngine
from search.embedded.folder import IndexFolder
from search.meilisearch import MeilisearchEngine
from tenants.db import db


def die(*_: object, **__: object) -> None:
    """As kill -9 would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: object, name: str) -> None:
    """Die when this method has done its work."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: (real(*args, **kwargs), die()))


def work(url: str, place: str, point: str) -> None:
    app = Flask("worker")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db.init_app(app)
    if place.startswith("http"):
        address, _, key = place.partition("#")
        engines.use(MeilisearchEngine(address, SecretStr(key)))
        die_on_server(point)
    else:
        engines.use(EmbeddedEngine(Path(place)))
        die_in_folder(point)
    with app.app_context():
        if "rebuild" in point:
            sync.rebuild()
        else:
            sync.synchronise()


def die_on_server(point: str) -> None:
    """As below, where the engine is Meilisearch."""
    if point == "before the index is written":
        MeilisearchEngine.upsert = die
    elif point == "while the index is written":
        after(MeilisearchEngine, "_add")
    elif point == "after the index was written":
        after(MeilisearchEngine, "wait")
    elif point == "after a document was taken out":
        after(MeilisearchEngine, "delete")
    elif point == "before the row is cleared":
        sync._clear = die
    elif point == "while a rebuild loads":
        after(MeilisearchEngine, "load")
    elif point == "before a rebuild is put in use":
        after(MeilisearchEngine, "_check")
    elif point == "after a rebuild was put in use":
        MeilisearchEngine.abort_rebuild = die


def die_in_folder(point: str) -> None:
    """Die at this point of the work on an index in a folder."""
    if point == "before the index is written":
        EmbeddedEngine.upsert = die
    elif point == "while the index is written":
        import search.embedded.engine as module  # noqa: PLC0415

        after(module, "replace")
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
    elif point == "the disk is full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def main() -> None:
    url, place = sys.argv[1:]
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(url, place, line.strip())
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else f"ended {status}", flush=True)


if __name__ == "__main__":
    main()
