"""Addresses of static files that change when the file does, so browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from flask import Flask, Response, request, url_for


def install(app: Flask) -> None:
    """Give templates ``asset('css/base.css')`` and let browsers keep what carries its hash."""
    folder = Path(app.static_folder or "")
    known: dict[tuple[str, str], tuple[float, str]] = {}

    def asset(name: str) -> str:
        """Made once for each change of the file: a page asks for some twenty."""
        path = f"{folder}/{name}"
        try:
            changed = os.stat(path).st_mtime  # noqa: PTH116  (a Path costs ten times as much)
        except FileNotFoundError:
            changed = 0.0
        before, address = known.get((request.script_root, name), (None, ""))
        if before != changed:
            digest = hashlib.sha256(Path(path).read_bytes() if changed else b"").hexdigest()[:10]
            address = url_for("static", filename=name, v=digest)
            known[request.script_root, name] = changed, address
        return address

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
