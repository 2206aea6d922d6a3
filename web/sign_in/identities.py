"""The ways one signs in: look at them, add one, take one off."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from flask import abort, flash, g, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from tenants import actor, clock, linked_identities
from tenants.errors import BadInput, DomainError, Finding, NotPermitted
from tenants.sign_in import FRESH_FOR
from tenants.text import Text
from web.edge import SESSION_TOKEN
from web.guard import Open, allow
from web.sign_in.answers import Answer, leave_for
from web.sign_in.blueprint import blueprint, provider_words, providers
from web.words import t

Page = str | Response | tuple[str, int]


@blueprint.get("/account/identities")
@allow(Open.SIGNED_IN)
def identities_page() -> str:
    """With which providers this person signs in, and which others could be added."""
    return _page()


def _page(error: DomainError | None = None) -> str:
    known = linked_identities.own(actor.current(), session[SESSION_TOKEN])
    linked = {each.provider for each in known}
    return render_template(
        "sign_in/identities.html",
        known=known,
        others=[(name, each.label, each.description) for name, each in providers().items() if name not in linked],
        provider_words=provider_words,
        findings=error.findings if error else (),
    )


@blueprint.post("/account/identities/<provider>/link")
@allow(Open.SIGNED_IN, fresh=True)
def link_identity(provider: str) -> Response:
    """To the provider that is to be added, which is asked to ask anew."""
    if provider not in providers():
        abort(404)
    return leave_for(provider, again=url_for("sign_in.identities_page"), link=_myself())


def come_back(provider: str, answer: Answer) -> Page:
    """They proved who they are there, too: it is one of their ways in from now on, under a new session."""
    noted = answer.again or {}
    if g.signed_in is None or str(_myself()) != noted.get("link"):
        raise BadInput(_SOMEBODY_ELSE)
    if clock.now() - datetime.fromtimestamp(noted["left_at"], UTC) > FRESH_FOR:
        raise BadInput(_TOO_LONG)
    try:
        token = linked_identities.link(
            session[SESSION_TOKEN], provider, answer.subject, person=_myself(), said=answer.said
        )
    except DomainError as error:
        return _page(error), error.status
    session[SESSION_TOKEN] = token
    flash(
        t(
            f"「{provider_words(provider).ja}」でもログインできるようになりました。",
            f"You can now sign in with {provider_words(provider).en}, too.",
        ),
        "success",
    )
    return redirect(url_for("sign_in.identities_page"))


def declined() -> Response:
    """They chose not to: nothing changed."""
    flash(t("ログイン方法の追加を取りやめました。", "Nothing was added."), "info")
    return redirect(url_for("sign_in.identities_page"))


@blueprint.post("/account/identities/<provider>/unlink")
@allow(Open.SIGNED_IN, fresh=True)
def unlink_identity(provider: str) -> Page:
    """Take one off; never the last, never the one in use."""
    known = providers().get(provider)
    try:
        linked_identities.unlink(
            session[SESSION_TOKEN],
            provider,
            person=_myself(),
            vouched_mirasapo=known is not None and known.profile == "mirasapo",
        )
    except BadInput as error:
        return _page(error), error.status
    flash(
        t(
            f"「{provider_words(provider).ja}」を外しました。",
            f"You no longer sign in with {provider_words(provider).en}.",
        ),
        "success",
    )
    return redirect(url_for("sign_in.identities_page"))


def _myself() -> uuid.UUID:
    found = actor.current().person_id
    if found is None:
        raise NotPermitted
    return found


_SOMEBODY_ELSE = Finding(
    "another_session",
    Text(
        "ログインしている方が変わったため、追加しませんでした。",
        "Somebody else is signed in here now, so nothing was added.",
    ),
    Text("ログインし直して、もう一度追加してください。", "Sign in again, then add it once more."),
)
_TOO_LONG = Finding(
    "took_too_long",
    Text("確認に時間がかかりすぎたため、追加しませんでした。", "It took too long, so nothing was added."),
    Text("ログイン方法の画面から、もう一度追加してください。", "Add it once more."),
)
