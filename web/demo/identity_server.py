"""Serves the demo's identity providers: one process, because they keep their codes and tokens in memory."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from web.demo import notes
from web.demo.identity_provider import BUSINESSES, create_provider

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, demo: notes.Notes) -> None:
        self.demo = demo
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's own hook."""
        for name, value in options(self.demo).items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """gunicorn's own hook."""
        return both(self.demo)


def both(demo: notes.Notes) -> WSGIApplication:
    """The provider of the demo's people, and under the name localhost the one that plays GビズID."""
    people = create_provider(demo.client)
    businesses = create_provider(demo.business_client, BUSINESSES)

    def choose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("HTTP_HOST", "").partition(":")[0]
        return (businesses if asked == "localhost" else people)(environ, start_response)

    return choose


def options(demo: notes.Notes) -> dict[str, Any]:
    """What gunicorn is told: this machine only, one process."""
    return {
        "bind": f"127.0.0.1:{demo.identity_port}",
        "worker_class": "gthread",
        "workers": 1,
        "threads": 4,
        "graceful_timeout": 2,
        "forwarded_allow_ips": "",
        "loglevel": "warning",
        "control_socket_disable": True,
    }


def serve(data: Path) -> None:
    """Serve for the demo whose notes lie in this data folder, until told to stop."""
    demo = notes.read(data)
    if demo is None:
        raise RuntimeError(f"no demo's notes in {data}")
    _Server(demo).run()
