"""The secretariat's home: what waits and how old it is, what closes this week. And its register of vendors."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template

from catalogue import listing_queries
from marketplace import rounds
from marketplace.applications import halts
from marketplace.registration.queries import counts as registration_counts
from search import sync
from tenants import across_kinds, actor, clock
from tenants.permissions import Permission
from web import lists
from web.guard import allow
from web.secretariat.blueprint import blueprint

SOON = timedelta(days=7)


@blueprint.get("/")
@allow(Permission.VIEW_SECRETARIAT)
def home() -> str:
    """Today's work."""
    oldest = listing_queries.oldest_waiting()
    moment = clock.now()
    closing = [each for each in rounds.all_rounds() if moment <= each.closes_at <= moment + SOON]
    opening = [each for each in rounds.all_rounds() if moment < each.opens_at <= moment + SOON]
    return render_template(
        "secretariat/home.html",
        counts=listing_queries.counts(),
        registrations=registration_counts(),
        pairs=across_kinds.count(),
        stopped=halts.count(),
        oldest=oldest,
        waiting_days=(moment - oldest).days if oldest else None,
        queue=listing_queries.queue(per_page=5),
        closing=closing,
        opening=opening,
        lanes=rounds.LANES,
        index=sync.status(),
        may_review=actor.current().may(Permission.REVIEW_LISTINGS),
        may_audit=actor.current().may(Permission.VIEW_AUDIT),
    )


@blueprint.get("/vendors")
@allow(Permission.VIEW_SECRETARIAT)
def vendors() -> str:
    """The register of vendors."""
    return render_template(
        "secretariat/vendors.html",
        page=listing_queries.vendors(words=lists.words(), page=lists.page_number()),
        words=lists.words(),
        href=lists.page_address,
    )
