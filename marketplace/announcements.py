"""Announcements (お知らせ): drafted, published at once or at a set time, corrected in the open. Nothing vanishes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from marketplace.announcement_models import Announcement, FormerAnnouncement
from marketplace.announcement_queries import CATEGORIES, WHAT
from tenants import actor, audit, clock
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, IllegalStep, NotFound, StaleVersion
from tenants.hidden import HIDDEN
from tenants.permissions import Permission
from tenants.text import Text

LONGEST_TITLE: Final = 120
LONGEST_BODY: Final = 20_000
LONGEST_CORRECTION: Final = 400
# What nobody sees but what turns the words around it: no text of ours holds it.


# --- what the secretariat reads ---


# --- what the secretariat does ---


@use_case
def publish(
    title: Text,
    body: Text,
    *,
    category: str,
    published_at: datetime | None = None,
    subject: tuple[str, str] | None = None,
) -> int:
    """Publish an announcement and give its number.

    published_at: now unless told; later than now: it stays unseen until then. subject: kind and id of what it is
    about. Raises BadInput for a missing or overlong text, an unknown category or a time that is past.
    """
    number = _add(title, body, category, subject)
    _publish(db.session.get_one(Announcement, number), published_at)
    return number


@use_case
def draft(title: Text, body: Text, *, category: str) -> int:
    """Write an announcement that nobody but the secretariat sees yet, and give its number; BadInput as in publish."""
    return _add(title, body, category, None)


@use_case
def change(number: int, title: Text, body: Text, *, category: str, read_version: int) -> None:
    """Write a draft anew, or one that is scheduled: that is as good as publishing it.

    Raises IllegalStep once it is published: then it is corrected. BadInput as in publish, StaleVersion, NotFound.
    """
    row = _hold(number, read_version)
    _require_unseen(row)
    if row.published_at is not None:
        actor.current().require(Permission.PUBLISH_ANNOUNCEMENTS)
    before = {"title": row.title, "category": row.category}
    _write(row, title, body, category)
    _record("announcement_changed", row, before=before)


@use_case
def publish_draft(number: int, *, read_version: int, published_at: datetime | None = None) -> None:
    """Publish what was drafted, or set another time for it.

    Raises IllegalStep when it is published already, BadInput for a time that is past, StaleVersion, NotFound.
    """
    row = _hold(number, read_version)
    _require_unseen(row)
    _publish(row, published_at)


@use_case
def take_back(number: int, *, read_version: int) -> None:
    """Make a scheduled announcement a draft again; IllegalStep once it is published."""
    row = _hold(number, read_version)
    _require_unseen(row)
    row.published_at = None
    _record("announcement_taken_back", row)


@use_case
def correct(number: int, title: Text, body: Text, *, category: str, correction: Text, read_version: int) -> None:
    """Publish a new edition of a published announcement; the former one stays readable.

    correction: what was corrected, for everybody to read. Raises IllegalStep for one that is not published yet,
    BadInput as in publish and for a missing correction, StaleVersion, NotFound.
    """
    actor.current().require(Permission.PUBLISH_ANNOUNCEMENTS)
    row = _hold(number, read_version)
    moment = clock.now()
    if row.published_at is None or row.published_at > moment:
        raise IllegalStep(
            Finding(
                "not_published",
                Text("まだ公開されていないお知らせです。", "It is not published yet."),
                Text("訂正ではなく、編集してください。", "Edit it instead of correcting it."),
            )
        )
    _require(_found_in("correction", Text("訂正の内容", "What was corrected"), correction, LONGEST_CORRECTION))
    db.session.add(
        FormerAnnouncement(
            number=row.number,
            edition=row.edition,
            category=row.category,
            title=row.title,
            body=row.body,
            correction=row.correction,
            since_at=row.corrected_at or row.published_at,
            until_at=moment,
        )
    )
    before = {"edition": row.edition, "title": row.title}
    _write(row, title, body, category)
    row.edition += 1
    row.corrected_at, row.correction = moment, correction.as_json()
    _record("announcement_corrected", row, before=before)


def _add(title: Text, body: Text, category: str, subject: tuple[str, str] | None) -> int:
    actor.current().require(Permission.EDIT_ANNOUNCEMENTS)
    kind, identifier = subject or (None, None)
    row = Announcement(subject_kind=kind, subject_id=identifier)
    _write(row, title, body, category)
    db.session.add(row)
    db.session.flush()
    _record("announcement_drafted", row)
    return row.number


def _hold(number: int, read_version: int) -> Announcement:
    actor.current().require(Permission.EDIT_ANNOUNCEMENTS)
    row = db.session.get(Announcement, number, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(WHAT)
    if row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _require_unseen(row: Announcement) -> None:
    if row.published_at is not None and row.published_at <= clock.now():
        raise IllegalStep(
            Finding(
                "already_published",
                Text("このお知らせは、もう公開されています。", "This announcement is published already."),
                Text(
                    "内容を直すときは「訂正する」から、新しい版を公開してください。",
                    "To change what it says, publish a correction.",
                ),
            )
        )


def _publish(row: Announcement, published_at: datetime | None) -> None:
    actor.current().require(Permission.PUBLISH_ANNOUNCEMENTS)
    moment = clock.now()
    if published_at is not None and published_at < moment:
        raise BadInput(
            Finding(
                "time_is_past",
                Text("公開の日時が過ぎています。", "The time of publication is past."),
                Text("これからの日時にするか、空にしてすぐに公開してください。", "Choose a later one, or none."),
                "published_at",
            )
        )
    row.published_at = published_at or moment
    later = row.published_at > moment
    _record("announcement_scheduled" if later else "announcement_published", row)


def _write(row: Announcement, title: Text, body: Text, category: str) -> None:
    findings = [
        *_found_in("title", Text("見出し", "The title"), title, LONGEST_TITLE),
        *_found_in("body", Text("本文", "The text"), body, LONGEST_BODY),
    ]
    if category not in CATEGORIES:
        findings.append(
            Finding(
                "unknown_category",
                Text("お知らせの種類を選んでください。", "Please choose a category."),
                Text("一覧から1つ選んでください。", "Choose one of the list."),
                "category",
            )
        )
    _require(findings)
    row.title, row.body, row.category = title.as_json(), body.as_json(), category


def _found_in(field: str, what: Text, words: Text, longest: int) -> list[Finding]:
    """What is wrong with a text in either language; the field is named field_ja or field_en."""
    found = []
    for language, written in (("ja", words.ja), ("en", words.en)):
        name = f"{field}_{language}"
        if not written.strip():
            if language == "en" and not words.ja.strip():
                continue  # the English falls back on the Japanese, so only that is asked for
            found.append(
                Finding(
                    "missing",
                    Text(f"{what.ja}を入力してください。", f"{what.en} is missing."),
                    Text("日本語は必ず必要です。", "Japanese is always needed."),
                    name,
                )
            )
        elif len(written) > longest:
            found.append(
                Finding(
                    "too_long",
                    Text(f"{what.ja}が長すぎます（{len(written):,}文字）。", f"{what.en} is too long."),
                    Text(f"{longest:,}文字以内にしてください。", f"At most {longest:,} characters."),
                    name,
                )
            )
        elif HIDDEN.search(written):
            found.append(
                Finding(
                    "control_character",
                    Text("目に見えない制御文字が入っています。", "There is an invisible control character."),
                    Text("文字を入力し直してください。", "Please type the text anew."),
                    name,
                )
            )
    return found


def _require(findings: list[Finding]) -> None:
    if findings:
        raise BadInput(*findings)


def _record(name: str, row: Announcement, before: dict[str, Any] | None = None) -> None:
    db.session.flush()
    audit.record(
        name,
        subject=("announcement", row.number),
        organisation_id=None,
        before=before,
        after={
            "title": row.title,
            "category": row.category,
            "edition": row.edition,
            "published_at": row.published_at.isoformat() if row.published_at else None,
        },
    )
