"""Addresses of static files that change when the file does, so browsers may keep them for a year."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, request, url_for


def install(app: Flask) -> None:
    """Give templates ``asset('css/base.css')`` and let browsers keep what carries its hash."""
    folder = Path(app.static_folder or "")
    known: dict[str, tuple[float, str]] = {}

    def digest(name: str) -> str:
        path = folder / name
        changed = path.stat().st_mtime if path.is_file() else 0.0
        if known.get(name, (None, ""))[0] != changed:
            content = path.read_bytes() if path.is_file() else b""
            known[name] = (changed, hashlib.sha256(content).hexdigest()[:10])
        return known[name][1]

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=digest(name))

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
