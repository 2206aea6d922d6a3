"""Serves the demo's identity provider: one process, because it keeps its codes and tokens in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from web.demo import notes
from web.demo.identity_provider import create_provider


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, demo: notes.Notes) -> None:
        self.demo = demo
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's own hook."""
        for name, value in options(self.demo).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """gunicorn's own hook."""
        return create_provider(self.demo.client)


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
