"""Which scheme the public pages, estimates and new applications are reckoned with: decided for a day, never backwards.

One scheme is in use at a time (docs/decisions/one-scheme-in-use.md). A decision is a version of the master data
``scheme_in_use``; the newest whose day has come counts.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import Field

from catalogue import masters
from catalogue.masters import EDITION, MasterRow
from marketplace import pricing, scheme_impact
from marketplace.file_parts import Part
from marketplace.pricing import IN_USE
from marketplace.scheme_drafts import in_the_past, keep
from marketplace.scheme_impact import Summary
from marketplace.scheme_models import SchemeDraft
from marketplace.subsidy.scheme import Scheme
from tenants import actor, clock
from tenants.db import use_case
from tenants.errors import BadInput, Finding, NotFound, StaleVersion
from tenants.permissions import Permission
from tenants.text import Text, same

WHAT: Final = Text("使う制度", "The scheme in use")
STATES: Final[Mapping[str, Text]] = {
    "now": Text("いま使用中", "In use"),
    "coming": Text("これから", "To come"),
    "past": Text("終了", "Past"),
    "never": Text("使われません", "Will not be used"),
}


class SchemeInUse(Part):
    """A decision's content: the scheme's id."""

    scheme: str = Field(pattern=r"^[a-z0-9-]{1,40}$")


@dataclass(frozen=True, slots=True)
class Decision:
    """A scheme is in use from a day on. state: now, coming, past, or never: a later decision comes first."""

    scheme_id: str
    name: Text
    effective_from: date
    decided_at: datetime
    version: int
    state: str


def decision_version() -> int:
    """The number of the last decision, whether its day has come or not."""
    return _history()[0].version


def decisions() -> list[Decision]:
    """Every decision, the last first."""
    names = {each.id: each.name for each in choices()}
    return list(_told(_history(), names))


def _told(rows: Sequence[MasterRow], names: dict[str, Text]) -> Iterator[Decision]:
    today, earliest, in_use = clock.today(), date.max, False
    for row in rows:
        scheme_id = row.content["scheme"]
        if row.effective_from > today:
            state = "never" if row.effective_from >= earliest else "coming"
        else:
            state, in_use = "past" if in_use else "now", True
        earliest = min(earliest, row.effective_from)
        name = names.get(scheme_id, same(scheme_id))
        yield Decision(scheme_id, name, row.effective_from, row.loaded_at, row.version, state)


def choices() -> list[Scheme]:
    """Every scheme that is loaded, also one whose day is still to come, in its last version."""
    return pricing.schemes(on=date.max)


def preview(scheme_id: str, day: date) -> Summary:
    """What would change for the published packages; nothing is kept. Raises as :func:`propose`."""
    actor.current().require(Permission.EDIT_MASTERS)
    _, summary = scheme_impact.changes(pricing.scheme_on(day), _chosen(scheme_id, day))
    return summary


@use_case
def propose(scheme_id: str, day: date, *, read_version: int) -> uuid.UUID:
    """Have it reckoned through what this scheme, from this day on, would change; nothing counts yet. The draft's id.

    read_version: the last decision's number as the page showed it. Raises StaleVersion; BadInput for a day that
    has passed, on which the scheme does not count yet, or on which it is in use anyway.
    """
    actor.current().require(Permission.EDIT_MASTERS)
    known = decision_version()
    if known != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=known)
    scheme = _chosen(scheme_id, day)
    row = masters.exact("scheme", scheme.id, scheme.version)
    if row is None:
        raise NotFound(WHAT)
    return keep(
        SchemeDraft(
            scheme_id=scheme.id,
            scheme_version=scheme.version,
            choice_version=known + 1,
            text="",
            content=row.content,
            effective_from=day,
        )
    )


def _chosen(scheme_id: str, day: date) -> Scheme:
    if not scheme_id:
        raise BadInput(_none_chosen())
    if day < clock.today():
        raise BadInput(in_the_past())
    try:
        scheme = pricing.scheme_on(day, scheme_id)
    except NotFound:
        raise BadInput(_not_there(scheme_id)) from None
    if pricing.id_in_use(day) == scheme_id:
        raise BadInput(_in_use_already(scheme.name))
    return scheme


def _history() -> list[MasterRow]:
    rows = masters.history(IN_USE, EDITION)
    if not rows:
        raise NotFound(WHAT)
    return rows


def _none_chosen() -> Finding:
    return Finding(
        "no_scheme_chosen",
        Text("制度が選ばれていません。", "No scheme was chosen."),
        Text("一覧から、切り替える先の制度を選んでください。", "Choose from the list the scheme to change to."),
        "scheme",
    )


def _not_there(scheme_id: str) -> Finding:
    return Finding(
        "no_scheme_on_that_day",
        Text(
            f"その日に有効な補助制度「{scheme_id}」がありません。", f"No scheme {scheme_id!r} counts on that day."
        ),
        Text(
            "一覧にある制度を選び、その制度が有効になる日か、それより後の日にしてください。",
            "Choose one of the list, and its own first day or a later one.",
        ),
        "scheme",
    )


def _in_use_already(name: Text) -> Finding:
    return Finding(
        "in_use_already",
        Text(
            f"その日には、すでに「{name.ja}」を使うことになっています。",
            f"{name.en} is in use on that day anyway.",
        ),
        Text("別の制度か、別の日を選んでください。", "Choose another scheme or another day."),
        "scheme",
    )
