"""OpenID Connect: to the provider and back, then a session of our own."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from tenants import sign_in
from tenants.errors import BadInput, Finding
from tenants.text import Text
from web.edge import SESSION_TOKEN
from web.guard import Open, allow
from web.words import t

blueprint = Blueprint("sign_in", __name__)
_CLIENTS = "sign_in_clients"

_HOME = {
    "vendor": "vendor.home",
    "sme": "sme.home",
    "secretariat": "secretariat.home",
    "committee": "committee.home",
}
_LONGEST = 200
# What a provider can do wrong: refuse, be away, sign wrongly, or answer something that is no answer at all.
_NONSENSE = (
    AuthlibBaseError,
    JoseError,
    requests.RequestException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


def install(app: Flask) -> None:
    """Register each provider of the settings, for this application alone."""
    oauth = app.extensions[_CLIENTS] = OAuth(app)
    for name, provider in app.extensions["hojo_settings"].oidc_providers.items():
        oauth.register(
            name,
            overwrite=True,
            server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_id=provider.client_id,
            client_secret=provider.client_secret.get_secret_value(),
            client_kwargs={
                "scope": " ".join(provider.scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic",
                "timeout": 10,
            },
        )


def _safe_next(target: str | None) -> str | None:
    """Only an address of this site, never another's."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if not target.isprintable():
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or "\\" in target else target


def _failed() -> BadInput:
    return BadInput(
        Finding(
            "sign_in_failed",
            Text("サインインを確認できませんでした。", "The sign-in could not be verified."),
            Text(
                "もう一度サインインからお試しください。続く場合はコールセンターにお問い合わせください。",
                "Please start again from sign-in. If it keeps happening, ask the call centre.",
            ),
        )
    )


@blueprint.get("/sign-in")
@allow(Open.EVERYBODY)
def start() -> str | Response:
    """Choose a provider; with only one, a single button says what happens next."""
    if g.signed_in is not None:
        return redirect(home_address())
    site = current_app.extensions["hojo_settings"].base_url
    if site and urlsplit(site).netloc != request.host:
        # The provider sends people back to the site's own name, where a cookie of another name is not sent.
        return redirect(site + request.full_path.rstrip("?"))
    session["after_sign_in"] = _safe_next(request.args.get("next"))
    return render_template("sign_in/start.html", providers=_providers())


def _providers() -> dict[str, Any]:
    return dict(current_app.extensions["hojo_settings"].oidc_providers)


@blueprint.post("/sign-in/<provider>")
@allow(Open.EVERYBODY)
def leave(provider: str) -> Response:
    """To the provider, with state, nonce and PKCE."""
    if provider not in _providers():
        abort(404)
    client = current_app.extensions[_CLIENTS].create_client(provider)
    try:
        answer: Response = client.authorize_redirect(
            url_for("sign_in.come_back", provider=provider, _external=True)
        )
    except (requests.RequestException, AuthlibBaseError, ValueError) as error:
        raise _failed() from error
    return answer


@blueprint.get("/sign-in/<provider>/callback")
@allow(Open.EVERYBODY)
def come_back(provider: str) -> Response | tuple[str, int]:
    """Back from the provider: check everything it says, then start a session with a new cookie."""
    settings = _providers().get(provider)
    if settings is None:
        abort(404)
    if request.args.get("error") == "access_denied" and "code" not in request.args:
        return _declined()
    client = current_app.extensions[_CLIENTS].create_client(provider)
    try:
        token = client.authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
                "exp": {"essential": True},
                "sub": {"essential": True},
            },
            leeway=5,
        )
        claims = token.get("userinfo")
        if not claims:
            raise _failed()
        profile = client.userinfo(token=token)
    except MismatchingStateError:
        return _out_of_date()
    except _NONSENSE as error:
        raise _failed() from error
    # A token for us and somebody else could have been given to that somebody; and the two answers must agree.
    if claims["aud"] not in (settings.client_id, [settings.client_id]) or profile.get("sub") != claims["sub"]:
        raise _failed()
    target = session.get("after_sign_in")
    session.clear()
    session[SESSION_TOKEN] = sign_in.sign_in(
        provider,
        str(claims["sub"]),
        name=_line(profile.get("name")) or str(claims["sub"]),
        email=_line(profile.get("email")),
    )
    return redirect(target or url_for("sign_in.arrive"))


def _declined() -> Response:
    """The person chose not to sign in: no fault of anybody's, and nothing changed."""
    flash(
        t(
            "サインインを取りやめました。必要なときに、もう一度サインインしてください。",
            "You did not sign in. Sign in again whenever you like.",
        ),
        "info",
    )
    return redirect(url_for("sign_in.start"))


def _out_of_date() -> tuple[str, int]:
    """An answer this browser did not ask for, or has had already: mostly the Back button, maybe a forgery."""
    return render_template("sign_in/out_of_date.html"), 422


def _line(said: object) -> str:
    """What a provider says of a person, as one line of a length to be shown."""
    text = said if isinstance(said, str) else ""
    return "".join(char for char in text if char.isprintable()).strip()[:_LONGEST]


@blueprint.get("/sign-in/arrive")
@allow(Open.SIGNED_IN)
def arrive() -> Response:
    """To the home of the organisation one acts for; without one, to registering a business."""
    return redirect(home_address())


def home_address() -> str:
    """The address of the signed-in person's home."""
    if g.signed_in is None:
        return url_for("public.home")
    if g.signed_in.workplace is None:
        return url_for("sme.register")
    return url_for(_HOME[g.signed_in.workplace.kind])


@blueprint.post("/sign-in/organisation")
@allow(Open.SIGNED_IN)
def switch() -> Response:
    """Act for another of one's organisations, under a new session."""
    try:
        wanted = uuid.UUID(request.form.get("organisation", ""))
    except ValueError:
        abort(404)
    session[SESSION_TOKEN] = sign_in.switch_organisation(session[SESSION_TOKEN], wanted)
    return redirect(url_for("sign_in.arrive"))


@blueprint.post("/sign-out")
@allow(Open.SIGNED_IN)
def leave_site() -> Response:
    """End the session here; the provider's own session is the provider's."""
    sign_in.sign_out(session[SESSION_TOKEN])
    session.clear()
    flash(t("サインアウトしました。", "You are signed out."), "success")
    return redirect(url_for("public.home"))
