"""Briefings: what is announced, booking a seat, and one's own bookings (personal data, for the person only)."""

from __future__ import annotations

import uuid
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace.briefings import bookings, queries
from marketplace.briefings.calendar import calendar_file
from marketplace.briefings.queries import BriefingView
from tenants import actor
from tenants.errors import BadInput, DomainError
from tenants.text import Text
from web import form_values, lists
from web.guard import Open, allow
from web.public.announcements import MOST
from web.public.blueprint import blueprint
from web.public.machines import site
from web.words import language, t

TO_COME: Final = Text("これから", "To come")
OVER: Final = Text("終了した説明会", "Over")


@blueprint.get("/briefings", endpoint="briefings")
@allow(Open.EVERYBODY)
def briefing_list() -> str:
    """What is to come; what is over on its own tab."""
    over = request.args.get("show") == "over"
    tabs = [
        {"href": url_for("public.briefings"), "label": TO_COME, "current": not over},
        {"href": url_for("public.briefings", show="over"), "label": OVER, "current": over},
    ]
    return render_template(
        "public/briefings.html",
        tabs=tabs,
        over=over,
        briefings=[] if over else queries.upcoming(),
        page=queries.past(number=lists.page_number()) if over else None,
        href=lists.page_address,
    )


@blueprint.get(f"/briefings/<int(max={MOST}):number>")
@allow(Open.EVERYBODY)
def briefing(number: int) -> str:
    """One briefing; whoever is signed in books here, and finds their booking."""
    return _page(number)


def _page(number: int, error: DomainError | None = None) -> str:
    found = queries.one(number)
    signed_in = actor.current().person_id is not None
    booking = queries.my_booking(number)
    more: dict[str, Any] = {}
    if signed_in and booking is None and found.bookable:
        name, email = queries.my_address()
        more = {"name": request.form.get("name", name), "email": email}
    return render_template(
        "public/briefing.html",
        briefing=found,
        booking=booking,
        signed_in_person=signed_in,
        findings=error.findings if error else (),
        **more,
    )


@blueprint.post(f"/briefings/<int(max={MOST}):number>/book")
@allow(Open.SIGNED_IN)
def book_briefing(number: int) -> AnyResponse | tuple[str, int]:
    """Book seats, or a place on the waiting list."""
    try:
        got = bookings.book(
            number,
            name=form_values.text("name"),
            organisation_name=form_values.text("organisation_name"),
            people=form_values.whole("people"),
        )
    except BadInput as error:
        return _page(number, error), 422
    if got.position is None:
        flash(t("予約しました。確認のお知らせを送ります。", "You have a seat; we will confirm it."), "success")
    else:
        flash(
            t(
                f"満席のため、キャンセル待ちの{got.position}番目に登録しました。",
                f"It is full; you are number {got.position} on the waiting list.",
            ),
            "info",
        )
    return redirect(url_for("public.briefing", number=number))


@blueprint.get(f"/briefings/<int(max={MOST}):number>.ics")
@allow(Open.EVERYBODY)
def briefing_calendar(number: int) -> Response:
    """The briefing for a calendar, as everybody may know it."""
    return _calendar(queries.one(number))


@blueprint.get("/my/briefings")
@allow(Open.SIGNED_IN)
def my_briefings() -> str:
    """One's own bookings."""
    return render_template(
        "public/my_briefings.html", page=queries.mine(number=lists.page_number()), href=lists.page_address
    )


@blueprint.get("/my/briefings/<uuid:booking_id>.ics")
@allow(Open.SIGNED_IN)
def my_briefing_calendar(booking_id: uuid.UUID) -> Response:
    """The briefing for one's own calendar, with the link to join for those with a seat."""
    booking = queries.my_booking_by_id(booking_id)
    return _calendar(booking.briefing, booking.link)


@blueprint.post("/my/briefings/<uuid:booking_id>/cancel")
@allow(Open.SIGNED_IN)
def cancel_booking(booking_id: uuid.UUID) -> AnyResponse:
    """Give one's seats back."""
    bookings.cancel(booking_id)
    flash(t("予約を取り消しました。", "Your booking was given back."), "success")
    return redirect(url_for("public.my_briefings"))


def _calendar(found: BriefingView, link: str | None = None) -> Response:
    words = calendar_file(
        found,
        site=urlsplit(site()).hostname or "localhost",
        address=site() + url_for("public.briefing", number=found.number),
        link=link,
        language=language(),
    )
    response = Response(words, mimetype="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=briefing-{found.number}.ics"
    return response
