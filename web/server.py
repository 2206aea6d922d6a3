"""The web server: gunicorn with threads, configured from the settings."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication

from search import analyser
from web import warming
from web.app import create_app
from web.settings import Settings

_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  (no file of ours, only gunicorn's heartbeat)


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line: the settings are the only source of configuration."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's own hook."""
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """gunicorn's own hook, called in each web process before it takes requests."""
        analyser.words("最初の検索")  # reads the dictionary in, which takes longer than any search
        app = create_app(self.settings)
        collect_seldom()
        warming.begin(app)
        return app


def collect_seldom() -> None:
    """Look for garbage in cycles seldom, and never in what stands from the start.

    Pages leave hardly any. A look at all that a process keeps stopped its requests for a third of a second, once in
    two hundred pages that nobody had asked for before.
    """
    gc.freeze()
    gc.set_threshold(5_000, 20, 100)


def options(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told.

    The application is built in each web process, not before the fork: database connections and the search index's
    watcher thread would not survive one. Memory is shared all the same, because index and dictionary are mapped files.
    """
    in_memory = _SHARED_MEMORY.is_dir() and os.access(_SHARED_MEMORY, os.W_OK)
    return {
        "bind": f"{settings.host}:{settings.port}",
        "worker_class": "web.long_requests.Worker",  # gthread, with answers of ours to what is too long
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "preload_app": False,
        # Not on disk: a slow disk would look like a hanging process.
        "worker_tmp_dir": str(_SHARED_MEMORY) if in_memory else None,
        "timeout": 60,
        "graceful_timeout": 8,
        "keepalive": 5,
        "backlog": 512,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        # Whom to believe about the client's address is decided in one place, web.app (ProxyFix), not here too.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "secure_scheme_headers": {},
        "accesslog": "-" if settings.access_log else None,
        "errorlog": "-",
        "loglevel": "warning",
        "proc_name": "hojo",
        "control_socket_disable": True,
    }


def serve(settings: Settings) -> None:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    _Server(settings).run()
