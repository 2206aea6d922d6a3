"""The audit trail: filtered, checked, exported. Nothing here changes anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Response, render_template, request

from catalogue.imports.refused import inert
from tenants import audit_queries, clock
from tenants.audit_queries import Event, Filter
from tenants.permissions import Permission
from web import lists
from web.event_words import facts_in, words_for, words_of
from web.guard import allow
from web.secretariat.blueprint import blueprint
from web.words import t


def _wanted() -> Filter:
    return Filter(
        name=lists.text_wanted("event") or None,
        organisation_id=lists.id_wanted("organisation"),
        since=_day("since"),
        until=_day("until"),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@blueprint.get("/audit")
@allow(Permission.VIEW_AUDIT)
def audit_trail() -> str:
    """What happened, newest first."""
    return _page()


def _page(**more: Any) -> str:
    wanted = _wanted()
    return render_template(
        "secretariat/audit.html",
        wanted=wanted,
        page=audit_queries.events(wanted, page=lists.page_number()),
        names=[(name, words_for(name)) for name in audit_queries.names()],
        organisations=audit_queries.organisations(),
        href=lists.page_address,
        query=request.args.to_dict(),
        limit=audit_queries.EXPORT_LIMIT,
        checked_at=clock.now(),
        words_of=words_of,
        facts_in=facts_in,
        **more,
    )


@blueprint.get("/audit/verify")
@allow(Permission.VIEW_AUDIT)
def verify_audit() -> str:
    """Walk the chain and say whether it holds."""
    return _page(faults=audit_queries.check())


@blueprint.get("/audit.csv")
@allow(Permission.VIEW_AUDIT)
def export_audit() -> Response:
    """The same events as a file for a spreadsheet."""
    events = audit_queries.export(_wanted())
    response = Response("".join(_lines(events)), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=audit-{clock.today():%Y%m%d}.csv"
    return response


def _lines(events: Iterator[Event]) -> Iterator[str]:
    yield "\ufeff"  # spreadsheets take the file for UTF-8 only with this mark
    yield _line(
        t("番号", "Number"),
        t("日時（日本時間）", "At (Japan time)"),
        t("出来事", "Event"),
        t("組織", "Organisation"),
        t("操作した人", "Who"),
        t("対象", "Subject"),
        t("対象ID", "Subject id"),
        t("変更前", "Before"),
        t("変更後", "After"),
        t("ハッシュ", "Hash"),
    )
    for event in events:
        yield _line(
            event.number,
            f"{event.at.astimezone(clock.JAPAN):%Y-%m-%d %H:%M:%S}",
            event.name,
            event.organisation,
            event.actor_name,
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
