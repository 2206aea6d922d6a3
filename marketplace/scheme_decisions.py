"""Deciding on a draft that was looked at: a version counts from its day on, or a scheme is in use from its day on."""

from __future__ import annotations

import uuid
from typing import Any

from catalogue import masters
from catalogue.entry_lists import DECIDED
from catalogue.masters import EDITION, MasterDocument
from marketplace import pricing, scheme_draft_queries, scheme_drafts, scheme_in_use
from marketplace.pricing import IN_USE
from marketplace.scheme_draft_queries import Draft
from marketplace.scheme_impact import Summary
from marketplace.scheme_in_use import SchemeInUse
from marketplace.scheme_models import SchemeDraft
from tenants import actor, audit, clock, jobs
from tenants.db import db, use_case
from tenants.errors import BadInput, Conflict, Finding, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text


@use_case
def decide(draft_id: uuid.UUID, *, read_version: int) -> Draft:
    """Have the draft count from its day on.

    Raises StaleVersion when the draft, or what it stands on, has changed since; BadInput when its day has passed, it
    is not reckoned through yet, or published packages could no longer be reckoned on the public pages.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    row = scheme_drafts.locked(draft_id, read_version)
    before = _version_before(row) if row.choice_version is None else _choice_before(row)
    if row.state != "compared":
        raise BadInput(_not_compared())
    if row.effective_from < clock.today():
        raise BadInput(scheme_drafts.in_the_past())
    _require_all_reckoned(row)
    document, name, after = _version(row) if row.choice_version is None else _choice(row, row.choice_version)
    try:
        masters.load([document])
    except BadInput as error:  # somebody else's version was saved between our look and now
        raise Conflict from error
    row.state = "used"
    db.session.flush()
    audit.record(
        name,
        subject=("scheme", row.scheme_id),
        organisation_id=actor.current().organisation_id,
        before=before,
        after={**after, "effective_from": row.effective_from.isoformat(), "summary": row.summary},
    )
    jobs.enqueue("search.synchronise", lock="search.synchronise")
    return scheme_draft_queries.one(draft_id)


def _version_before(row: SchemeDraft) -> dict[str, Any]:
    newest = scheme_draft_queries.newest_version(row.scheme_id)
    known = newest.version if newest else 0
    if known != row.scheme_version - 1:
        raise StaleVersion(scheme_draft_queries.WHAT, yours=row.scheme_version - 1, current=known)
    return {"version": known}


def _choice_before(row: SchemeDraft) -> dict[str, Any]:
    known = scheme_in_use.decision_version()
    if row.choice_version != known + 1:
        raise StaleVersion(scheme_in_use.WHAT, yours=(row.choice_version or 0) - 1, current=known)
    on_its_day = pricing.scheme_on(row.effective_from, row.scheme_id)
    if on_its_day.version != row.scheme_version:
        raise StaleVersion(scheme_draft_queries.WHAT, yours=row.scheme_version, current=on_its_day.version)
    return {"scheme": pricing.id_in_use(row.effective_from)}


def _version(row: SchemeDraft) -> tuple[MasterDocument, str, dict[str, Any]]:
    source = "、".join(source["title"]["ja"] for source in row.content["sources"])
    document = MasterDocument("scheme", row.scheme_id, row.scheme_version, row.effective_from, source, row.content)
    return document, "scheme_changed", {"version": row.scheme_version}


def _choice(row: SchemeDraft, number: int) -> tuple[MasterDocument, str, dict[str, Any]]:
    content = SchemeInUse(scheme=row.scheme_id).model_dump()
    document = MasterDocument(IN_USE, EDITION, number, row.effective_from, DECIDED, content)
    return document, "scheme_in_use_decided", {"scheme": row.scheme_id, "version": row.scheme_version}


def _require_all_reckoned(row: SchemeDraft) -> None:
    """Public pages reckon every published package: a scheme in use must know each kind of cost they have."""
    lost = Summary(**row.summary).lost if row.summary else 0
    in_use = row.choice_version is not None or row.scheme_id == pricing.id_in_use(row.effective_from)
    if lost and in_use:
        raise BadInput(_kinds_missing(lost))


def _kinds_missing(lost: int) -> Finding:
    return Finding(
        "cost_kinds_missing",
        Text(
            f"公開中のITツール{lost:,}件に、この制度にない費目か、アカウント数で数える費目があり、公開ページで計算できなくなります。",
            f"{lost:,} published packages have a cost kind that the scheme lacks or counts by accounts; pages could not "
            "reckon them.",
        ),
        Text(
            "制度の cost_kinds に、足りない費目を（対象外なら eligible: false として）加え、公開中の費目のある区分の"
            " shared: true を外してください。",
            "Add the kinds to cost_kinds, with eligible: false where they do not count, and take shared: true from the "
            "segments of kinds that are sold.",
        ),
        "cost_kinds",
    )


def _not_compared() -> Finding:
    return Finding(
        "not_compared",
        Text("影響の計算が終わっていません。", "What it would change is still being reckoned."),
        Text("計算が終わってから、もう一度押してください。", "Try again once it is there."),
    )
