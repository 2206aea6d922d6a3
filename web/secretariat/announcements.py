"""Announcements at the secretariat's desk: drafted, looked at as readers will, published or scheduled, corrected."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from marketplace import announcement_queries, announcements
from tenants.actor import current
from tenants.errors import BadInput
from tenants.permissions import Permission
from tenants.text import Text
from web import form_values, guard, lists
from web.guard import allow
from web.public.announcements import MOST
from web.secretariat.blueprint import blueprint
from web.words import t

NUMBER = f"<int(max={MOST}):number>"
Answer = Response | tuple[str, int]


@blueprint.get("/announcements", endpoint="announcements")
@allow(Permission.VIEW_SECRETARIAT)
def announcement_list() -> str:
    """All announcements, drafts first."""
    return render_template(
        "secretariat/announcements.html",
        page=announcement_queries.for_desk(number=lists.page_number()),
        may_publish=current().may(Permission.PUBLISH_ANNOUNCEMENTS),
        href=lists.page_address,
    )


@blueprint.get("/announcements/new")
@allow(Permission.EDIT_ANNOUNCEMENTS)
def new_announcement() -> str:
    """The form for a new one."""
    return _form("draft_announcement", _typed() | {"category": "programme"})


@blueprint.post("/announcements/new")
@allow(Permission.EDIT_ANNOUNCEMENTS)
def draft_announcement() -> Answer:
    """Keep it as a draft."""
    try:
        number = announcements.draft(
            form_values.both("title"), form_values.both("body"), category=form_values.text("category")
        )
    except BadInput as error:
        return _form("draft_announcement", _typed(), error), 422
    flash(
        t("下書きを保存しました。内容を確かめて公開してください。", "Saved as a draft; look at it, then publish."),
        "success",
    )
    return _to(number)


@blueprint.get(f"/announcements/{NUMBER}")
@allow(Permission.VIEW_SECRETARIAT)
def announcement(number: int) -> str:
    """One announcement as readers see it, and what can be done with it."""
    return _page(number)


def _page(number: int, error: BadInput | None = None) -> str:
    return render_template(
        "secretariat/announcement.html",
        announcement=announcement_queries.one_for_desk(number),
        former=announcement_queries.former_editions(number),
        may_publish=current().may(Permission.PUBLISH_ANNOUNCEMENTS),
        published_at=form_values.text("published_at"),
        findings=error.findings if error else (),
    )


@blueprint.get(f"/announcements/{NUMBER}/edit")
@allow(Permission.EDIT_ANNOUNCEMENTS)
def edit_announcement(number: int) -> str:
    """The form for a draft; for a published one, the form of its correction."""
    return _form("change_announcement", _written(number), number=number)


@blueprint.post(f"/announcements/{NUMBER}/edit")
@allow(Permission.EDIT_ANNOUNCEMENTS)
def change_announcement(number: int) -> Answer:
    """Save a draft or what is scheduled anew, or publish the correction of what is published."""
    title, body, category = form_values.both("title"), form_values.both("body"), form_values.text("category")
    version = lists.read_version()
    state = announcement_queries.one_for_desk(number).state
    published = state == "published"
    if state != "draft" and (asked := guard.ask_anew()):
        return asked
    try:
        if published:
            why = form_values.both("correction")
            announcements.correct(number, title, body, category=category, correction=why, read_version=version)
        else:
            announcements.change(number, title, body, category=category, read_version=version)
    except BadInput as error:
        return _form("change_announcement", _typed(), error, number), 422
    flash(
        t("訂正を公開しました。前の内容も残っています。", "The correction is published; the former text stays.")
        if published
        else t("保存しました。", "Saved."),
        "success",
    )
    return _to(number)


@blueprint.post(f"/announcements/{NUMBER}/publish")
@allow(Permission.PUBLISH_ANNOUNCEMENTS)
def publish_announcement(number: int) -> Answer:
    """Publish it now, or at the time that was given."""
    version = lists.read_version()
    try:
        at = form_values.moment("published_at") if form_values.text("published_at") else None
        announcements.publish_draft(number, read_version=version, published_at=at)
    except BadInput as error:
        return _page(number, error), 422
    flash(
        t("公開を予約しました。", "It is scheduled.") if at else t("公開しました。", "It is published."), "success"
    )
    return _to(number)


@blueprint.post(f"/announcements/{NUMBER}/take-back")
@allow(Permission.EDIT_ANNOUNCEMENTS)
def take_back_announcement(number: int) -> Response:
    """Make a scheduled one a draft again."""
    announcements.take_back(number, read_version=lists.read_version())
    flash(t("公開の予約を取り消し、下書きに戻しました。", "It is a draft again."), "success")
    return _to(number)


def _to(number: int) -> Response:
    return redirect(url_for("secretariat.announcement", number=number))


def _typed() -> dict[str, Any]:
    names = ("title_ja", "title_en", "body_ja", "body_en", "category", "correction_ja", "correction_en")
    return {name: form_values.text(name) for name in names}


def _written(number: int) -> dict[str, Any]:
    found = announcement_queries.one_for_desk(number)
    return {
        "title_ja": found.title.ja,
        "title_en": _english(found.title),
        "body_ja": found.body.ja,
        "body_en": _english(found.body),
        "category": found.category,
        "version": found.version,
    }


def _english(words: Text) -> str:
    """Empty where the Japanese stands in for it."""
    return "" if words.en == words.ja else words.en


def _form(endpoint: str, values: dict[str, Any], error: BadInput | None = None, number: int | None = None) -> str:
    known = announcement_queries.one_for_desk(number) if number is not None else None
    return render_template(
        "secretariat/announcement_edit.html",
        action=url_for(f"secretariat.{endpoint}", number=number),
        announcement=known,
        correcting=known is not None and known.state == "published",
        values={"version": request.form.get("version", "")} | values,
        categories=announcement_queries.CATEGORIES.items(),
        findings=error.findings if error else (),
    )
