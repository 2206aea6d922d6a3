"""Deny by default: a route says who may come in, or nobody does.

A route without a declaration fails when the application is built, so it can never be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from tenants import actor
from tenants.errors import OnlyLooking
from tenants.permissions import ALWAYS_FRESH, Permission

View = TypeVar("View", bound=Callable[..., object])


class Open(Enum):
    """Doors without a permission."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"


_ATTRIBUTE: Final = "hojo_needs"
# All that somebody can do who only looks at an organisation's pages to help.
_LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_ENDS_LOOKING: Final = frozenset({"organisation.close_support_view", "sign_in.leave_site"})
_FRESH: Final = "hojo_needs_fresh"
# The answer to somebody whose sign-in is not fresh enough for a route: an extension of the application.
ASK_ANEW: Final = "sign_in_ask_anew"


def allow(needs: Permission | Open, *, fresh: bool = False) -> Callable[[View], View]:
    """Declare who may use a route: a permission, anybody signed in, or everybody.

    fresh: only somebody who proved who they are less than ten minutes ago; others are asked to do so first. Of itself so
    is whatever changes something by a permission that is always fresh (tenants.permissions.ALWAYS_FRESH); it is said
    here for what cannot be taken back and needs another.
    """

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, needs)
        setattr(view, _FRESH, fresh)
        return view

    return mark


def needs_of(app: Flask, endpoint: str) -> Permission | Open | None:
    """What the route behind this endpoint declared."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return Open.EVERYBODY
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def check_declarations(app: Flask) -> None:
    """Raise RuntimeError naming each route that declares nothing."""
    silent = sorted(rule.endpoint for rule in app.url_map.iter_rules() if needs_of(app, rule.endpoint) is None)
    if silent:
        raise RuntimeError(f"routes without a permission: {', '.join(silent)}")


def admit() -> Response | None:
    """Before each request: let in, send to sign-in, or refuse with 403."""
    if request.endpoint is None:
        return None
    if actor.current().support and request.method not in _LOOKING and request.endpoint not in _ENDS_LOOKING:
        raise OnlyLooking
    needs = needs_of(current_app, request.endpoint)
    if needs is Open.EVERYBODY:
        return None
    who = actor.current()
    if who.person_id is None:
        if request.method == "GET":
            return redirect(url_for("sign_in.start", next=request.full_path.rstrip("?")))
        abort(401)
    if isinstance(needs, Permission):
        who.require(needs)
    return ask_anew() if needs_fresh(current_app, request.endpoint, request.method) else None


def needs_fresh(app: Flask, endpoint: str, method: str) -> bool:
    """Whether a request of this method to this endpoint is for those only who proved just now who they are."""
    if needs_of(app, endpoint) in ALWAYS_FRESH:
        return method not in _LOOKING
    return getattr(app.view_functions[endpoint], _FRESH, False)


def ask_anew() -> Response | None:
    """The answer to somebody whose sign-in is not fresh; None for one whose is. For a view that needs it at times."""
    if g.signed_in.is_fresh:
        return None
    answer: Response = current_app.extensions[ASK_ANEW]()
    return answer
