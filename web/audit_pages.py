"""What the pages of the audit trail share: the filter in the address, and the file for a spreadsheet."""

from __future__ import annotations

import contextvars
import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask import Response, request, stream_with_context

from catalogue.imports.refused import inert
from tenants import clock
from tenants.audit_queries import EXPORT_LIMIT, Event, Filter, people_of
from tenants.errors import BadInput, Finding
from tenants.paging import Page
from tenants.text import Text
from web import audit_names, lists
from web.audit_words import changes_in
from web.event_words import KINDS, words_for, words_of
from web.words import date_ja, say, t, who

DAYS: Final = {"since": Text("この日から", "From"), "until": Text("この日まで", "Until")}


def wanted() -> Filter:
    """The filter in the address; a day that is none leaves its side open (see :func:`misread`)."""
    return Filter(
        name=_text("event"),
        organisation_id=lists.id_wanted("organisation"),
        organisation=None if lists.id_wanted("organisation") else _text("organisation"),
        who=_text("who"),
        since=_day("since"),
        until=_day("until"),
        subject_kind=_text("kind"),
        subject_id=_text("subject"),
    )


def _text(name: str) -> str | None:
    return lists.text_wanted(name).strip() or None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def misread() -> list[Finding]:
    """The days in the address that are none, each with what to do."""
    return [
        Finding(
            "not_a_day",
            Text(
                f"「{label.ja}」に「{written[:40]}」は使えません。",
                f"“{written[:40]}” cannot be used for “{label.en}”.",
            ),
            Text("日付を「2026-11-22」のように指定してください。", "Give a date such as 2026-11-22."),
            name,
        )
        for name, label in DAYS.items()
        if (written := lists.text_wanted(name).strip()) and _day(name) is None
    ]


def status() -> int:
    """The page's status: 400 when a part of the address could not be used."""
    return 400 if misread() else 200


def wanted_for_file() -> Filter:
    """The same filter; raises BadInput for a day that is none: nobody sees in a file that it holds more than was asked."""
    faults = misread()
    if faults:
        raise BadInput(*faults)
    return wanted()


def shared(filter_: Filter, names: list[str], page: Page[Event]) -> dict[str, Any]:
    """What the template of a trail needs, with its page of events."""
    known = audit_names.read()
    faults = misread()
    return {
        "page": page,
        "people": people_of(page.items),
        "wanted": filter_,
        "misread": {finding.field: finding for finding in faults},
        "names": [(name, words_for(name)) for name in names],
        "kinds": list(KINDS.items()),
        "kind_words": KINDS,
        "href": lists.page_address,
        "address_of": lists.address_of,
        # The filter as it stands in the address, for links that keep it; without what could not be used.
        "query": {
            name: value
            for name, value in request.args.items()
            if value and name not in ("page", "lang") and not (name in DAYS and _day(name) is None)
        },
        "limit": EXPORT_LIMIT,
        "words_of": words_of,
        "changes_in": lambda event: changes_in(event, known),
        "chips": chips(filter_),
    }


def chips(filter_: Filter) -> list[dict[str, Any]]:
    """The conditions that are set, in words, each with the address of this page without it."""
    set_ = (
        ("event", t("出来事", "Event"), words_for(filter_.name) if filter_.name else None),
        ("organisation", t("組織", "Organisation"), filter_.organisation or filter_.organisation_id),
        ("who", t("操作した人", "Who"), filter_.who),
        ("kind", t("対象の種類", "Kind"), KINDS.get(filter_.subject_kind or "", filter_.subject_kind)),
        ("subject", t("対象のID", "Subject's id"), filter_.subject_id),
        ("since", t("この日から", "From"), date_ja(filter_.since) if filter_.since else None),
        ("until", t("この日まで", "Until"), date_ja(filter_.until) if filter_.until else None),
    )
    return [
        {
            "group": group,
            "label": label if isinstance(label, Text) else str(label),
            "href": lists.address_with(**{name: None}),
        }
        for name, group, label in set_
        if label
    ]


def as_file(events: Iterator[Event]) -> Response:
    """The events as CSV that Excel opens; sent in pieces, so that a long trail is never whole in memory."""
    lines = stream_with_context(_as_now(_lines(events)))
    response = Response(lines, mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=audit-{clock.today():%Y%m%d}.csv"
    return response


def _as_now(lines: Iterator[str]) -> Iterator[str]:
    """The lines, made as in this request: when they are sent, who asked and in which language would be forgotten."""
    request_s = contextvars.copy_context()
    while (line := request_s.run(next, lines, None)) is not None:
        yield line


def _heading() -> str:
    return _line(
        t("番号", "Number"),
        t("日時（日本時間）", "At (Japan time)"),
        t("出来事", "Event"),
        t("出来事コード", "Event code"),
        t("組織", "Organisation"),
        t("操作した人", "Who"),
        t("対象", "Subject"),
        t("対象ID", "Subject id"),
        t("変更前", "Before"),
        t("変更後", "After"),
        t("ハッシュ", "Hash"),
    )


def _lines(events: Iterator[Event]) -> Iterator[str]:
    yield f"\ufeff{_heading()}"  # spreadsheets take the file for UTF-8 only with this mark
    for event in events:
        yield _line(
            event.number,
            f"{event.at.astimezone(clock.JAPAN):%Y-%m-%d %H:%M:%S}",
            say(words_of(event)),
            event.name,
            event.organisation,
            who(event.actor_name),
            event.subject_kind,
            event.subject_id,
            _json(event.before),
            _json(event.after),
            event.hash,
        )


def _json(value: dict[str, Any] | None) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def _line(*cells: object) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([inert(str(cell)) for cell in cells])
    return out.getvalue()
