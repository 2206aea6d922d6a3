"""What pages see of the schemes' drafts: the text to go on from, a draft with what it changes, lists of drafts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import yaml
from sqlalchemy import Select, select

from catalogue import masters
from catalogue.masters import MasterRow
from marketplace import pricing
from marketplace.master_overview import changed_values
from marketplace.scheme_impact import Change, Summary
from marketplace.scheme_models import SchemeDifference, SchemeDraft
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, Scheme
from tenants import clock
from tenants.db import db
from tenants.errors import NotFound
from tenants.paging import Page, page_of
from tenants.text import Text

PAGE_SIZE: Final = 50
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


def differences(draft_id: uuid.UUID) -> list[Change]:
    """All that would change, the largest change first."""
    return [Change(*row) for row in db.session.execute(_differences(draft_id))]


def page_of_differences(draft_id: uuid.UUID, number: int) -> Page[Change]:
    """One page of them."""
    return page_of(_differences(draft_id), lambda row: Change(*row), number=number, per_page=PAGE_SIZE)


def _differences(draft_id: uuid.UUID) -> Select[str, str, int, int, int]:
    each = SchemeDifference
    return (
        select(each.code, each.name, each.total_yen, each.subsidy_before, each.subsidy_after)
        .where(each.draft_id == draft_id)
        .order_by(each.place)
    )


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
