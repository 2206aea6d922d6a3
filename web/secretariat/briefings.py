"""Briefings at the secretariat's desk: announced, changed, called off; who comes (personal data) and who came."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from catalogue.imports.refused import write_lines
from marketplace.briefings import queries, services
from marketplace.briefings.facts import AUDIENCES, BriefingFacts
from tenants import clock
from tenants.actor import current
from tenants.errors import BadInput, DomainError, Finding
from tenants.permissions import Permission
from tenants.text import Text
from web import form_values, lists
from web.guard import allow
from web.public.announcements import MOST
from web.secretariat.blueprint import blueprint
from web.words import language, say, t

NUMBER = f"<int(max={MOST}):number>"
Answer = AnyResponse | tuple[str, int]


@blueprint.get("/briefings", endpoint="briefings")
@allow(Permission.VIEW_SECRETARIAT)
def briefing_list() -> str:
    """All briefings, the latest first."""
    return render_template(
        "secretariat/briefings.html",
        page=queries.for_desk(number=lists.page_number()),
        may_manage=current().may(Permission.MANAGE_BRIEFINGS),
        href=lists.page_address,
    )


@blueprint.get("/briefings/new")
@allow(Permission.MANAGE_BRIEFINGS)
def new_briefing() -> str:
    """The form for a new one."""
    return _form("draft_briefing", {"audience": "vendors", "seats": 30, "most_people": 2})


@blueprint.post("/briefings/new")
@allow(Permission.MANAGE_BRIEFINGS)
def draft_briefing() -> Answer:
    """Keep it as a draft."""
    try:
        number = services.draft(_facts())
    except BadInput as error:
        return _form("draft_briefing", _typed(), error), 422
    flash(
        t(
            "下書きを保存しました。内容を確かめて案内を始めてください。",
            "Saved as a draft; look at it, then announce it.",
        ),
        "success",
    )
    return _to(number)


@blueprint.get(f"/briefings/{NUMBER}")
@allow(Permission.VIEW_SECRETARIAT)
def briefing(number: int) -> str:
    """One briefing, who comes, and what can be done with it."""
    return _page(number)


def _page(number: int, error: DomainError | None = None) -> str:
    found, link = queries.one_for_desk(number)
    may_look = current().may(Permission.VIEW_ATTENDEES)
    return render_template(
        "secretariat/briefing.html",
        briefing=found,
        link=link,
        may_manage=current().may(Permission.MANAGE_BRIEFINGS),
        attendees=queries.attendees(number, page=lists.page_number(), per_page=100) if may_look else None,
        findings=error.findings if error else (),
        href=lists.page_address,
    )


@blueprint.get(f"/briefings/{NUMBER}/edit")
@allow(Permission.MANAGE_BRIEFINGS)
def edit_briefing(number: int) -> str:
    """The form with what is written."""
    found, link = queries.one_for_desk(number)
    values = {
        "title_ja": found.title.ja,
        "title_en": _english(found.title),
        "description_ja": found.description.ja,
        "description_en": _english(found.description),
        "audience": found.audience,
        "starts_at": form_values.local(found.starts_at),
        "ends_at": form_values.local(found.ends_at),
        "booking_closes_at": form_values.local(found.booking_closes_at),
        "place": found.place,
        "online": found.online,
        "link": link,
        "seats": found.seats,
        "most_people": found.most_people,
        "version": found.version,
    }
    return _form("change_briefing", values, number=number)


@blueprint.post(f"/briefings/{NUMBER}/edit")
@allow(Permission.MANAGE_BRIEFINGS)
def change_briefing(number: int) -> Answer:
    """Save it; those who booked are told."""
    version = lists.read_version()
    try:
        services.change(number, _facts(), read_version=version)
    except BadInput as error:
        return _form("change_briefing", _typed(), error, number), 422
    flash(t("保存しました。予約した方には変更をお知らせします。", "Saved; those who booked are told."), "success")
    return _to(number)


@blueprint.post(f"/briefings/{NUMBER}/announce")
@allow(Permission.MANAGE_BRIEFINGS, fresh=True)
def announce_briefing(number: int) -> Answer:
    """Show it to everybody and open its booking."""
    try:
        services.announce(number, read_version=lists.read_version())
    except BadInput as error:
        return _page(number, error), 422
    flash(t("公開サイトで案内を始めました。", "It is announced on the public site."), "success")
    return _to(number)


@blueprint.get(f"/briefings/{NUMBER}/cancel")
@allow(Permission.MANAGE_BRIEFINGS)
def cancel_briefing_page(number: int) -> str:
    """The page that asks why."""
    return _cancel_page(number)


def _cancel_page(number: int, error: BadInput | None = None) -> str:
    return render_template(
        "secretariat/briefing_cancel.html",
        briefing=queries.one_for_desk(number)[0],
        reason=request.form.get("reason", ""),
        findings=error.findings if error else (),
    )


@blueprint.post(f"/briefings/{NUMBER}/cancel")
@allow(Permission.MANAGE_BRIEFINGS)
def cancel_briefing(number: int) -> Answer:
    """Call it off; everybody concerned is told."""
    try:
        services.cancel(number, reason=form_values.text("reason"), read_version=lists.read_version())
    except BadInput as error:
        return _cancel_page(number, error), 422
    flash(
        t("中止にしました。予約した方へお知らせします。", "It is called off; those who booked are told."),
        "success",
    )
    return _to(number)


@blueprint.post(f"/briefings/{NUMBER}/attendance")
@allow(Permission.MANAGE_BRIEFINGS)
def mark_attendance(number: int) -> Answer:
    """Note who of those listed came."""
    listed = _ids("listed")
    if not listed:
        return _page(number, BadInput(NOBODY_LISTED)), 422
    came = services.mark_attendance(number, listed=listed, came=_ids("came"))
    flash(t(f"出席を記録しました（{came}件）。", f"{came} booking(s) marked as present."), "success")
    return _to(number)


NOBODY_LISTED = Finding(
    "nobody_listed",
    Text("出席を記録する予約がありません。", "There are no bookings to mark."),
    Text("画面を開き直してください。", "Reload the page."),
)


@blueprint.get(f"/briefings/{NUMBER}/attendance.csv")
@allow(Permission.VIEW_ATTENDEES)
def attendance_file(number: int) -> Response:
    """The list for the door, as a file that Excel opens. Personal data."""
    found, _ = queries.one_for_desk(number)
    lines = [_HEADINGS_EN if language() == "en" else _HEADINGS]
    for place, each in enumerate(queries.every_attendee(number), start=1):
        booked = f"{each.booked_at.astimezone(clock.JAPAN):%Y-%m-%d %H:%M}"
        came = {True: t("出席", "yes"), False: t("欠席", "no"), None: ""}[each.attended]
        lines.append(
            (
                str(place),
                say(each.label),
                each.name,
                each.organisation_name,
                each.email,
                str(each.people),
                booked,
                came,
            )
        )
    response = Response(write_lines(lines, "csv"), mimetype="text/csv; charset=utf-8")
    day = found.starts_at.astimezone(clock.JAPAN)
    name = f"briefing-{number}-{day:%Y%m%d}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


_HEADINGS = ("番号", "状態", "お名前", "会社・組織", "メールアドレス", "人数", "予約日時（日本時間）", "出席")
_HEADINGS_EN = ("No.", "State", "Name", "Organisation", "Mail", "People", "Booked (Japan time)", "Came")


def _ids(name: str) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(each) for each in request.form.getlist(name)]
    except ValueError:
        raise lists.broken_form() from None


def _to(number: int) -> AnyResponse:
    return redirect(url_for("secretariat.briefing", number=number))


def _english(words: Text) -> str:
    return "" if words.en == words.ja else words.en


def _facts() -> BriefingFacts:
    """The form's briefing; BadInput naming every field that cannot be read."""
    findings: list[Finding] = []

    def read(parse: Any, name: str) -> Any:
        try:
            return parse(name)
        except BadInput as error:
            findings.extend(error.findings)

    online = request.form.get("online") == "1"
    values = {name: read(form_values.moment, name) for name in ("starts_at", "ends_at", "booking_closes_at")}
    values |= {name: read(form_values.whole, name) for name in ("seats", "most_people")}
    if findings:
        raise BadInput(*findings)
    return BriefingFacts(
        title=form_values.both("title"),
        description=form_values.both("description"),
        audience=form_values.text("audience"),
        place=form_values.text("place"),
        online=online,
        link=form_values.text("link") if online else "",
        **values,
    )


def _typed() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in request.form if name not in ("csrf_token",)}


def _form(endpoint: str, values: dict[str, Any], error: BadInput | None = None, number: int | None = None) -> str:
    return render_template(
        "secretariat/briefing_edit.html",
        action=url_for(f"secretariat.{endpoint}", number=number),
        briefing=queries.one_for_desk(number)[0] if number is not None else None,
        values=values,
        audiences=AUDIENCES.items(),
        findings=error.findings if error else (),
    )
