"""Addresses of static files that change when the file does, so browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Final

from flask import Flask, Response, request, url_for

_LOOK_EVERY: Final = 1.0  # seconds
_NEVER: Final = (float("-inf"), -1.0, "")


def install(app: Flask) -> None:
    """Give templates ``asset('css/base.css')`` and let browsers keep what carries its hash."""
    folder = Path(app.static_folder or "")
    known: dict[tuple[str, str], tuple[float, float, str]] = {}

    def asset(name: str) -> str:
        """Made once for each change of the file, which is looked for once a second: a page asks for dozens."""
        key, now = (request.root_path, name), time.monotonic()
        looked_at, before, address = known.get(key, _NEVER)
        if now - looked_at < _LOOK_EVERY:
            return address
        path = f"{folder}/{name}"
        try:
            changed = os.stat(path).st_mtime  # noqa: PTH116  (a Path costs ten times as much)
        except FileNotFoundError:
            changed = 0.0
        if before != changed:
            digest = hashlib.sha256(Path(path).read_bytes() if changed else b"").hexdigest()[:10]
            address = url_for("static", filename=name, v=digest)
        known[key] = now, changed, address
        return address

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
