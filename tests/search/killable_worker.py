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

from search import engines, renewal, sync
from search.embedded import EmbeddedEngine, writer
from search.embedded import engine as engine_module
from search.embedded.folder import IndexFolder
from search.meilisearch import MeilisearchEngine
from search.port import DocumentsRefused
from tenants.db import db


def die(*_: object, **__: object) -> None:
    """As kill -9 would."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: object, name: str) -> None:
    """Die when this method has done its work."""
    real = getattr(owner, name)
    setattr(owner, name, lambda *args, **kwargs: (real(*args, **kwargs), die()))


def between_the_halves(kind: type) -> None:
    """Refuse what holds a document called so, and die when a half without it is in."""
    real, refused = kind.upsert, []

    def upsert(self: object, documents: object) -> object:
        given = list(documents)
        if any("拒まれる名" in each.name for each in given):
            refused.append(len(given))
            raise DocumentsRefused("not this one")
        receipt = real(self, given)
        self.wait(receipt)
        if refused:
            die()
        return receipt

    kind.upsert = upsert


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
        IN_FOLDER[point]()
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
    elif point == "between the halves of what is refused":
        between_the_halves(MeilisearchEngine)


IN_FOLDER = {
    "before the index is written": lambda: setattr(EmbeddedEngine, "upsert", die),
    "while the index is written": lambda: after(engine_module, "replace"),
    "before the list of segments is replaced": lambda: setattr(Path, "replace", die),
    "after the list of segments was replaced": lambda: after(engine_module, "commit"),
    "while segments are put together": lambda: after(writer.kept, "merged"),
    "before the segments put together are listed": lambda: setattr(writer, "commit", die),
    "after the segments put together were listed": lambda: after(writer, "commit"),
    "after the index was written": lambda: after(EmbeddedEngine, "upsert"),
    "between the halves of what is refused": lambda: between_the_halves(EmbeddedEngine),
    "after a document was taken out": lambda: after(EmbeddedEngine, "delete"),
    "before the row is cleared": lambda: setattr(sync, "_clear", die),
    "while a rebuild loads": lambda: after(EmbeddedEngine, "load"),
    "before a rebuild is put in use": lambda: setattr(IndexFolder, "use", die),
    "after a rebuild was put in use": lambda: after(IndexFolder, "use"),
    "before amounts are written": lambda: setattr(EmbeddedEngine, "reprice", die),
    "while amounts are written": lambda: after(engine_module, "repriced"),
    "before the list of files is replaced": lambda: setattr(Path, "replace", die),
    "after amounts were written": lambda: after(EmbeddedEngine, "reprice"),
    "after it was written down how far they have come": lambda: after(renewal, "_advance"),
    "before a rebuild is said to be of a version": lambda: setattr(renewal, "end", die),
    "the disk is full": lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (100, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    ),
}
"""How to die at a point of the work on an index in a folder."""


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
