"""A new version of a scheme: written, reckoned through for all published packages, then used from its day on.

Nothing goes backwards: the version an application was made under stays with it, and a version counts from today at
the earliest.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import delete as sql_delete
from sqlalchemy import select, text

from catalogue import masters
from marketplace import pricing, scheme_impact
from marketplace.scheme_draft_queries import WHAT, newest_version
from marketplace.scheme_impact import Reckoned
from marketplace.scheme_models import SchemeDifference, SchemeDraft
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import Scheme, load_scheme
from tenants import actor, audit, clock, jobs
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

COMPARE: Final = "schemes.compare"
_BATCH: Final = 10_000


@use_case
def propose(written: str, effective_from: date, *, read_version: int) -> uuid.UUID:
    """Check a scheme's text and have it reckoned through; nothing counts yet.

    read_version: the newest version when the editor was opened, 0 for an edition that was not there.
    Raises BadInput, all faults at once with line and key, and StaleVersion.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    scheme = _checked(written, effective_from)
    newest = newest_version(scheme.id)
    known = newest.version if newest else 0
    if known != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=known)
    if scheme.version != known + 1:
        raise BadInput(_wrong_version(written, known + 1))
    return keep(
        SchemeDraft(
            scheme_id=scheme.id,
            scheme_version=scheme.version,
            text=written,
            content=plain(written),
            effective_from=effective_from,
        )
    )


def keep(draft: SchemeDraft) -> uuid.UUID:
    """Within a use case: keep the draft and have it reckoned through; its id."""
    draft.made_by = actor.current().person_id
    db.session.add(draft)
    db.session.flush()
    audit.record(
        "scheme_draft_made",
        subject=("scheme", draft.scheme_id),
        organisation_id=actor.current().organisation_id,
        after=_facts(draft),
    )
    jobs.enqueue(COMPARE, lock=f"{COMPARE} {draft.id}", draft_id=str(draft.id))
    return draft.id


def _facts(draft: SchemeDraft) -> dict[str, Any]:
    return {
        "version": draft.scheme_version,
        "in_use": draft.choice_version is not None,
        "effective_from": draft.effective_from.isoformat(),
        "draft": str(draft.id),
    }


@use_case
def delete(draft_id: uuid.UUID, *, read_version: int) -> None:
    """Take a draft away that was not decided. Raises StaleVersion when it was decided or reckoned through since."""
    actor.current().require(Permission.EDIT_MASTERS)
    draft = locked(draft_id, read_version)
    audit.record(
        "scheme_draft_deleted",
        subject=("scheme", draft.scheme_id),
        organisation_id=actor.current().organisation_id,
        before=_facts(draft),
    )
    db.session.execute(sql_delete(SchemeDifference).where(SchemeDifference.draft_id == draft_id))
    db.session.delete(draft)


def locked(draft_id: uuid.UUID, read_version: int) -> SchemeDraft:
    """Within a use case: an undecided draft, as the page showed it. Raises NotFound, StaleVersion."""
    row = db.session.get(SchemeDraft, draft_id, with_for_update=True)
    if row is None:
        raise NotFound(Text("制度の変更案", "The draft of a scheme"))
    if row.version != read_version or row.state == "used":
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _checked(written: str, effective_from: date) -> Scheme:
    findings: list[Finding] = []
    if effective_from < clock.today():
        findings.append(in_the_past())
    try:
        scheme = load_scheme(written)
    except BadInput as error:
        raise BadInput(*findings, *error.findings) from error
    if findings:
        raise BadInput(*findings)
    return scheme


@use_case
def compare(draft_id: uuid.UUID) -> None:
    """Reckon every published package under the draft and under what counts on its day; done twice, the same."""
    draft = db.session.get(SchemeDraft, draft_id)
    if draft is None or draft.state != "comparing":
        return
    found, summary = scheme_impact.changes(_before(draft), _after(draft))
    # Only now: whoever takes the draft back does not wait for the reckoning. As it is by now, and no fault if it is
    # another than before: a command reckons too, beside the worker.
    held = select(SchemeDraft).where(SchemeDraft.id == draft_id).with_for_update()
    draft = db.session.scalar(held.execution_options(populate_existing=True))
    if draft is None or draft.state != "comparing":
        return
    db.session.execute(sql_delete(SchemeDifference).where(SchemeDifference.draft_id == draft_id))
    for start in range(0, len(found), _BATCH):
        _write(draft_id, start, found[start : start + _BATCH])
    draft.state, draft.summary, draft.compared_at = "compared", summary.as_json(), clock.now()
    audit.record(
        "scheme_draft_compared", subject=("scheme", draft.scheme_id), organisation_id=None, after=summary.as_json()
    )


def _before(draft: SchemeDraft) -> Scheme:
    """What counts on the draft's day without it: this scheme's version then, else the scheme in use then."""
    if draft.choice_version is None:
        rows = [row for row in masters.history("scheme", draft.scheme_id) if row.version < draft.scheme_version]
        row = next((row for row in rows if row.effective_from <= draft.effective_from), None)
        found = pricing.scheme_version(draft.scheme_id, row.version) if row else None
        if found:
            return found
    return pricing.scheme_on(draft.effective_from)


def _after(draft: SchemeDraft) -> Scheme:
    if draft.choice_version is None:
        return load_scheme(draft.text)
    return pricing.scheme_on(draft.effective_from, draft.scheme_id)


def _write(draft_id: uuid.UUID, start: int, found: Sequence[Reckoned]) -> None:
    """Ten thousand rows in one statement, names from the very publications that were reckoned."""
    db.session.execute(
        text(
            "INSERT INTO scheme_difference (draft_id, place, code, name, total_yen, subsidy_before, subsidy_after)"
            " SELECT :draft, :start + r.n - 1, p.code, p.content->>'name', r.t, r.b, r.a"
            " FROM unnest(CAST(:p AS uuid[]), CAST(:t AS bigint[]), CAST(:b AS bigint[]), CAST(:a AS bigint[]))"
            " WITH ORDINALITY AS r (p, t, b, a, n) JOIN publication p ON p.id = r.p"
        ),
        {
            "draft": draft_id,
            "start": start,
            "p": [each.publication_id for each in found],
            "t": [each.total_yen for each in found],
            "b": [each.before or 0 for each in found],
            "a": [each.after or 0 for each in found],
        },
    )


def in_the_past() -> Finding:
    """For a day before today."""
    return Finding(
        "day_has_passed",
        Text("有効になる日が、今日より前です。", "The day from which it counts has passed."),
        Text(
            "今日か、これから来る日にしてください。すでに行われた申請にさかのぼって変えることはできません。",
            "Choose today or a later day. What was applied for is never changed afterwards.",
        ),
        "effective_from",
    )


def _wrong_version(written: str, wanted: int) -> Finding:
    lines = written.splitlines()
    at = next((number for number, line in enumerate(lines, 1) if line.startswith("version:")), 1)
    place = f"scheme.yaml:{at} version"
    return Finding(
        "wrong_version",
        Text(f"{place}: 版の番号は {wanted} にします", f"{place}: version {wanted} is expected"),
        Text(
            "この行を直してください。版は1つずつ上がり、前の版は残ります。",
            "Correct this line. Versions rise one by one, and earlier ones stay.",
        ),
        place,
    )
