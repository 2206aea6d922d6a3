"""The vendor's home: what came back and why, what is under way, what is live, what to do next."""

from __future__ import annotations

from flask import render_template

from catalogue import listing_queries
from marketplace.applications import queries
from marketplace.enquiries import queries as enquiries
from marketplace.registration import queries as registrations
from marketplace.registration import renewal
from marketplace.registration.queries import RegistrationView
from tenants import organisations
from tenants.actor import current
from tenants.permissions import Permission
from tenants.workflow import State
from web.applications import Next, with_next
from web.guard import allow
from web.vendor.blueprint import blueprint


@blueprint.get("/")
@allow(Permission.VIEW_LISTINGS)
def home() -> str:
    """Returned listings first."""
    return render_template(
        "vendor/home.html",
        returned=listing_queries.returned(),
        counts=listing_queries.counts(),
        waiting_for_us=_waiting_for_us(),
        may_edit=current().may(Permission.EDIT_LISTINGS),
        standing=organisations.standing_of(current().own_organisation),
        registration=_registration(),
        renewal=renewal.view() if current().may(Permission.VIEW_REGISTRATION) else None,
        enquiry_counts=enquiries.counts() if current().may(Permission.VIEW_VENDOR_APPLICATIONS) else {},
    )


def _registration() -> RegistrationView | None:
    """The vendor's registration, for those who may see it."""
    return registrations.own() if current().may(Permission.VIEW_REGISTRATION) else None


def _waiting_for_us() -> list[tuple[State, int, Next]]:
    """The steps where applications wait for this vendor: how many, and what is to be done with the oldest."""
    if not current().may(Permission.VIEW_VENDOR_APPLICATIONS):
        return []
    cards, counts = queries.board(per_state=1)
    return [(card.state, counts[card.state.code], step) for card, step in with_next("vendor", cards) if step.mine]
