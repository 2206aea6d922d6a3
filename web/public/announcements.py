"""Announcements for everybody: the list, each with its corrections, and a feed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from flask import Response, render_template, request, url_for

from marketplace import announcement_queries
from tenants.text import Text
from web import lists
from web.guard import Open, allow
from web.kept_pages import kept
from web.public.blueprint import blueprint
from web.public.machines import site

IN_FEED: Final = 30
EVERYTHING: Final = Text("すべて", "All")
# A feed must say when it changed; an empty one never did.
NOTHING_YET: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Beyond what the database counts to there is nothing.
MOST: Final = 2**53


def category_wanted() -> str | None:
    """?category=, one of the categories; None for all."""
    written = request.args.get("category", "")
    return written if written in announcement_queries.CATEGORIES else None


@blueprint.get("/announcements", endpoint="announcements")
@allow(Open.EVERYBODY)
@kept
def announcement_list() -> str:
    """What was announced, newest first."""
    category = category_wanted()
    tabs = [{"href": url_for("public.announcements"), "label": EVERYTHING, "current": category is None}]
    tabs += [
        {"href": url_for("public.announcements", category=code), "label": label, "current": code == category}
        for code, label in announcement_queries.CATEGORIES.items()
    ]
    return render_template(
        "public/announcements.html",
        page=announcement_queries.published(category=category, number=lists.page_number()),
        category=announcement_queries.CATEGORIES.get(category or ""),
        tabs=tabs,
        href=lists.page_address,
    )


@blueprint.get(f"/announcements/<int(max={MOST}):number>")
@allow(Open.EVERYBODY)
@kept
def announcement(number: int) -> str:
    """One announcement in its newest edition, and what it said before."""
    return render_template(
        "public/announcement.html",
        announcement=announcement_queries.one(number),
        former=announcement_queries.former_editions(number),
    )


@blueprint.get(f"/announcements/<int(max={MOST}):number>/editions/<int(max=100000):edition>")
@allow(Open.EVERYBODY)
@kept
def former_announcement(number: int, edition: int) -> str:
    """An edition that was corrected since."""
    return render_template(
        "public/announcement_former.html",
        former=announcement_queries.former_edition(number, edition),
        announcement=announcement_queries.one(number),
    )


@blueprint.get("/announcements.atom")
@allow(Open.EVERYBODY)
@kept
def feed() -> Response:
    """The newest announcements as an Atom feed (RFC 4287)."""
    newest = announcement_queries.newest(IN_FEED)
    updated = max((each.changed_at for each in newest if each.changed_at), default=NOTHING_YET)
    words = render_template("public/announcements.atom", announcements=newest, site=site(), updated=updated)
    return Response(words, mimetype="application/atom+xml")
