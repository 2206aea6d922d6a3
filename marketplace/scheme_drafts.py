"""A new version of a scheme: written, reckoned through for all published packages, then used from its day on.

Nothing goes backwards: the version an application was made under stays with it, and a version counts from today at
the earliest.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import yaml
from sqlalchemy import delete as sql_delete
from sqlalchemy import select, text

from catalogue import masters
from catalogue.masters import MasterRow
from marketplace import pricing, scheme_impact
from marketplace.master_overview import changed_values
from marketplace.scheme_impact import Change, Reckoned, Summary
from marketplace.scheme_models import SchemeDifference, SchemeDraft
from marketplace.subsidy.files import parse, plain
from marketplace.subsidy.scheme import SHIPPED, Scheme
from tenants import actor, audit, clock, jobs
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text

COMPARE: Final = "schemes.compare"
LONGEST: Final = 100_000
PAGE_SIZE: Final = 50
_BATCH: Final = 10_000
WHAT: Final = Text("補助制度", "The scheme")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its page shows it: of a new version, or of putting a scheme in use (choice).

    values: (where, before, after) of what the text changes; new: an edition that was not there; waits: the version
    that would have come in force later and never will. prices_pages: whether public pages reckon with it from its
    day on. files_itself: nobody may file in the applicant's place.
    """

    id: uuid.UUID
    scheme_id: str
    scheme_version: int
    name: Text
    effective_from: date
    state: str
    version: int
    created_at: datetime
    summary: Summary | None
    values: tuple[tuple[str, str, str], ...]
    new: bool
    waits: MasterRow | None
    choice: bool
    prices_pages: bool
    files_itself: bool


def newest_version(scheme_id: str) -> MasterRow | None:
    """The last version of a scheme, in force or still to come; None for an edition that is not there."""
    return next(iter(masters.history("scheme", scheme_id)), None)


def text_of(scheme_id: str) -> str:
    """The newest version's file, as it was written where that is known. Raises NotFound."""
    row = newest_version(scheme_id)
    if row is None:
        raise NotFound(WHAT)
    written = db.session.scalar(
        select(SchemeDraft.text)
        .where(
            SchemeDraft.scheme_id == scheme_id,
            SchemeDraft.scheme_version == row.version,
            SchemeDraft.choice_version.is_(None),
            SchemeDraft.state == "used",
        )
        .limit(1)
    )
    return written or _shipped(row) or _composed(row.content)


def rewritten() -> frozenset[str]:
    """The schemes of which the secretariat has put a version of its own in force, or will on a day to come."""
    rows = db.session.scalars(
        select(SchemeDraft.scheme_id).where(SchemeDraft.choice_version.is_(None), SchemeDraft.state == "used")
    )
    return frozenset(rows)


def text_of_draft(scheme_id: str, draft_id: str) -> str | None:
    """A draft's text, to go on writing; None when there is no such draft of this scheme."""
    try:
        row = db.session.get(SchemeDraft, uuid.UUID(draft_id))
    except ValueError:
        return None
    return row.text if row is not None and row.scheme_id == scheme_id else None


def _shipped(row: MasterRow) -> str | None:
    path = SHIPPED / f"{row.key}.yaml"
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    return written if written and plain(written) == row.content else None


def _composed(content: dict[str, Any]) -> str:
    """A file with the same values, for a version that no file is left of."""
    effective = {
        key: date.fromisoformat(value) if key in ("from", "to") and value else value
        for key, value in content["effective"].items()
    }
    names = [field.alias or key for key, field in Scheme.model_fields.items()]
    ordered = {name: content[name] for name in names if name in content} | {"effective": effective}
    return yaml.safe_dump(ordered, allow_unicode=True, sort_keys=False, width=110)


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
    if len(written) > LONGEST:
        raise BadInput(_too_long())
    try:
        scheme = parse(Scheme, written, "scheme.yaml")
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
        return parse(Scheme, draft.text, "scheme.yaml")
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


def one(draft_id: uuid.UUID) -> Draft:
    """A draft with what its text changes. Raises NotFound."""
    row = db.session.get(SchemeDraft, draft_id)
    if row is None:
        raise NotFound(Text("制度の変更案", "The draft of a scheme"))
    choice = row.choice_version is not None
    earlier = (
        []
        if choice
        else [each for each in masters.history("scheme", row.scheme_id) if each.version < row.scheme_version]
    )
    day = max(clock.today(), row.effective_from)
    waiting = [each for each in earlier if each.effective_from > day]
    return Draft(
        row.id,
        row.scheme_id,
        row.scheme_version,
        Text.of(row.content["name"]),
        row.effective_from,
        row.state,
        row.version,
        row.created_at,
        Summary(**row.summary) if row.summary else None,
        changed_values(earlier[0].content, row.content) if earlier else (),
        not earlier and not choice,
        waiting[0] if waiting else None,
        choice,
        choice or row.scheme_id == pricing.id_in_use(day),
        row.content["filing"]["who"] == "applicant",
    )


def differences(draft_id: uuid.UUID, page: int, per_page: int = PAGE_SIZE) -> list[Change]:
    """One page of what would change, the largest change first."""
    rows = db.session.scalars(
        select(SchemeDifference)
        .where(
            SchemeDifference.draft_id == draft_id,
            SchemeDifference.place >= (page - 1) * per_page,
            SchemeDifference.place < page * per_page,
        )
        .order_by(SchemeDifference.place)
    )
    return [Change(r.code, r.name, r.total_yen, r.subsidy_before, r.subsidy_after) for r in rows]


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A draft that was not decided, for a list."""

    id: uuid.UUID
    scheme_id: str
    scheme_version: int
    name: Text
    effective_from: date
    created_at: datetime
    choice: bool
    version: int


def undecided(most: int = PAGE_SIZE) -> list[OpenDraft]:
    """The drafts that were not decided, of all schemes, the newest first."""
    rows = db.session.scalars(
        select(SchemeDraft).where(SchemeDraft.state != "used").order_by(SchemeDraft.created_at.desc()).limit(most)
    )
    return [
        OpenDraft(
            row.id,
            row.scheme_id,
            row.scheme_version,
            Text.of(row.content["name"]),
            row.effective_from,
            row.created_at,
            row.choice_version is not None,
            row.version,
        )
        for row in rows
    ]


def recent(scheme_id: str, most: int = 5) -> list[tuple[uuid.UUID, int, date, datetime]]:
    """The last drafts that can still be used, newest first: id, version, its day, when it was written."""
    newest = newest_version(scheme_id)
    rows = db.session.execute(
        select(SchemeDraft.id, SchemeDraft.scheme_version, SchemeDraft.effective_from, SchemeDraft.created_at)
        .where(
            SchemeDraft.scheme_id == scheme_id,
            SchemeDraft.choice_version.is_(None),
            SchemeDraft.state != "used",
            SchemeDraft.scheme_version == (newest.version if newest else 0) + 1,
        )
        .order_by(SchemeDraft.created_at.desc())
        .limit(most)
    )
    return [(row.id, row.scheme_version, row.effective_from, row.created_at) for row in rows]


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


def _too_long() -> Finding:
    return Finding(
        "text_too_long",
        Text(f"制度の内容は{LONGEST:,}文字までです。", f"A scheme's text has at most {LONGEST:,} characters."),
        Text("ファイルを確かめてください。", "Please check the file."),
        "text",
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
