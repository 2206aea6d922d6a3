"""The edge of a request: when it arrived, who sent it, what the browser may do with the answer."""

from __future__ import annotations

import contextvars
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, current_app, flash, g, request, session
from flask_compress import Compress

from tenants import actor, clock, sign_in, support_view
from web import kept_pages, language_cookie, words
from web.settings import Settings

compress = Compress()
SESSION_TOKEN: Final = "sign_in_token"  # noqa: S105  (the cookie's key, not a secret)
SUPPORT_VIEW: Final = "support_view"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{form_targets}; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'"
)


class Arrival:
    """Each request runs in a context of its own in which the clock stands at its arrival.

    What is submitted before the deadline's second counts as in time even if the server is slow; and whatever one
    request says about who acts is gone with it.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Serve one request."""
        return contextvars.copy_context().run(self._serve, environ, start_response)

    def _serve(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["hojo.request_id"] = uuid.uuid4().hex[:12]
        with clock.at(datetime.now(UTC)):
            return self.app(environ, start_response)


def recognise() -> None:
    """Before each request: the reader's language, and who they are if their session holds."""
    words.speak(words.choose_language())
    g.signed_in = g.support = None
    token = session.get(SESSION_TOKEN)
    if not token or request.endpoint == "static":
        return
    g.signed_in = sign_in.resolve(token)
    if g.signed_in is None:
        session.clear()
        return
    if SUPPORT_VIEW in session:
        _look_in()
    actor.enter(g.signed_in.actor)


def _look_in() -> None:
    """Go on with the support view this browser is in, or tell that it is over."""
    try:
        g.support = support_view.resume(g.signed_in, uuid.UUID(session[SUPPORT_VIEW]))
    except ValueError:
        g.support = None
    if g.support is not None:
        g.signed_in = g.support.signed_in
        return
    session.pop(SUPPORT_VIEW)
    flash(words.t("サポート閲覧は終了しました。", "The support view is over."), "info")


def content_policy(settings: Settings) -> str:
    """The content security policy: nothing inline, nothing from elsewhere.

    Signing in posts a form here that is redirected to a provider, so their origins are form targets too.
    """
    origins = sorted({_origin(provider.issuer) for provider in settings.oidc_providers.values()})
    return POLICY.format(form_targets="".join(f" {origin}" for origin in origins))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def protect(response: Response) -> Response:
    """After each request: headers, the language cookie, and an ETag on what everybody sees alike."""
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    headers["X-Request-Id"] = request.environ.get("hojo.request_id", "")
    headers.setdefault("Content-Security-Policy", current_app.extensions["content_policy"])
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.args.get("lang") in ("ja", "en"):
        response.set_cookie(
            language_cookie.NAME,
            request.args["lang"],
            max_age=365 * 24 * 3600,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure,
        )
    return _file(response) if request.endpoint == "static" else _cache(response)


def _file(response: Response) -> Response:
    """A static file, compressed. It is read whole first: what compresses in pieces never closes the file."""
    if response.status_code == 200:
        response.direct_passthrough = False
        response.make_sequence()
    return compress.after_request(response)


def _cache(response: Response) -> Response:
    """The public's pages may be kept and asked for again by ETag; a signed-in page or one with a form token never.

    Only what everybody sees alike is compressed: a page with a form token in it is not, lest its length tell.
    """
    if g.get("page_was_kept"):
        return response.make_conditional(request)
    own = g.get("signed_in") is not None or "csrf_token" in g  # flask-wtf leaves the token it made there
    if own or request.method not in ("GET", "HEAD") or response.status_code != 200:
        response.headers.setdefault("Cache-Control", "no-store")
        return response
    response.headers.setdefault("Cache-Control", "no-cache")
    response.vary.update(("Cookie", "Accept-Language"))
    whole = not response.direct_passthrough and not response.is_streamed
    if whole:
        response.add_etag()
    response = compress.after_request(response)
    if whole:
        kept_pages.keep(response)
    # What is not compressed leaves flask-compress before it looks at If-None-Match.
    return response.make_conditional(request) if whole else response
