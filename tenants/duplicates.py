"""One business, one account: the same business registered twice is found, by number or by name and address.

A number is certain, so a second registration is refused. A name and an address are not: whoever registers is told,
may say that it is another business, and the secretariat finds the pair in its list.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, ClassVar, Final, Literal

from sqlalchemy import ARRAY, ColumnElement, String, Uuid, and_, cast, func, select
from sqlalchemy.orm import aliased

from tenants.actor import current
from tenants.db import constraint, db
from tenants.duplicate_models import DuplicateVerdict
from tenants.errors import DomainError, Finding
from tenants.models import Membership, Organisation
from tenants.paging import Page, page_of
from tenants.permissions import Permission
from tenants.same_business import match_key
from tenants.text import Text

By = Literal["number", "name_and_address"]
# The thirteen digits by which a business is known: its corporate number, else those of its invoice number.
_NUMBER: Final[ColumnElement[str | None]] = func.coalesce(
    Organisation.corporate_number, func.substr(Organisation.invoice_number, 2)
)


class AlreadyRegistered(DomainError):
    """This business has an account already. It is not said who is in it. certain: it is, by its number."""

    status: ClassVar[int] = 409

    def __init__(self, *, certain: bool) -> None:
        self.certain = certain
        code = "number_registered" if certain else "business_registered"
        super().__init__(Finding(code, _CERTAIN if certain else _LIKELY, _JOIN))


_CERTAIN: Final = Text(
    "この番号の事業者は、すでに登録されています。", "A business with this number is registered already."
)
_LIKELY: Final = Text(
    "同じ名前と所在地の事業者が、すでに登録されています。",
    "A business with the same name and address is registered already.",
)
_JOIN: Final = Text(
    "社内で登録した方に、メンバーとして招待してもらってください。",
    "Ask whoever registered it in your company to invite you.",
)


# Of two who register a number at the same moment, the second hears it from the index.
constraint("uq_organisation_kind_corporate_number", lambda: AlreadyRegistered(certain=True))


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several records that may be one business. kind: vendor or sme. representative is personal data."""

    id: uuid.UUID
    kind: str
    name: str
    corporate_number: str | None
    invoice_number: str | None
    prefecture: str
    address: str
    telephone: str
    representative: str
    created_at: datetime
    members: int
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Records of one kind that may be one business, the oldest first, and what they have in common.

    settled: the pairs among them that are two businesses, by their ids, the lesser first.
    """

    kind: str
    by: By
    candidates: tuple[Candidate, ...]
    settled: frozenset[tuple[uuid.UUID, uuid.UUID]] = frozenset()

    @property
    def pairs(self) -> tuple[tuple[Candidate, Candidate], ...]:
        """The pairs that nobody has settled yet, the older of each first."""
        return tuple(
            (older, newer)
            for older, newer in combinations(self.candidates, 2)
            if (min(older.id, newer.id), max(older.id, newer.id)) not in self.settled
        )


def require_new(
    kind: str,
    *,
    name: str,
    prefecture: str,
    address: str,
    numbers: Iterable[str | None] = (),
    another: bool = False,
    besides: uuid.UUID | None = None,
) -> None:
    """Raise AlreadyRegistered when there is such a business. For signing in and the secretariat; nobody sees which.

    numbers: corporate or invoice numbers, in half width; None and empty ones are left out. another: the person says
    that the one of the same name and address is another business. besides: the record that is being changed.
    """
    digits = sorted({number.removeprefix("T") for number in numbers if number})
    place = None if another else match_key(name, prefecture, address)
    # Both asked at once: of one registered between two questions, only the lesser would be heard.
    certain = db.session.scalar(
        select(func.business_known(kind, cast(digits, ARRAY(String)), cast(place, String), cast(besides, Uuid)))
    )
    if certain is not None:
        raise AlreadyRegistered(certain=certain)


def suspicions(by: By, *, page: int = 1, per_page: int = 20) -> Page[Suspicion]:
    """Records that may be one business, group by group, those of the newest record first. For the secretariat.

    Closed accounts count no more, and a group all of whose pairs were settled is left out.
    """
    current().require(Permission.VIEW_SECRETARIAT)
    common: Any = _NUMBER if by == "number" else Organisation.match_key
    known = _settled_pairs(by)
    records = (
        select(Organisation.kind, common.label("common"), Organisation.created_at)
        .where(common.is_not(None), Organisation.kind.in_(("vendor", "sme")), Organisation.closed_at.is_(None))
        .subquery()
    )
    number: Any = func.count()
    groups = (
        select(records.c.kind, records.c.common)
        .outerjoin(known, and_(known.c.kind == records.c.kind, known.c.common == records.c.common))
        .group_by(records.c.kind, records.c.common, known.c.pairs)
        .having(number * (number - 1) > 2 * func.coalesce(known.c.pairs, 0))
        .order_by(func.max(records.c.created_at).desc(), records.c.kind, records.c.common)
    )
    found = page_of(groups, lambda row: (row.kind, row.common), number=page, per_page=per_page)
    if not found.items:
        return Page((), found.total, found.number, found.per_page)
    groups_of: dict[tuple[str, str], list[Candidate]] = {key: [] for key in found.items}
    # Who is in them is counted, not told: the list is about businesses.
    rows = db.session.execute(
        select(Organisation, common.label("common"), _members().label("members"))
        .where(
            Organisation.kind.in_({kind for kind, _ in found.items}),
            common.in_({value for _, value in found.items}),
            Organisation.closed_at.is_(None),
        )
        .order_by(Organisation.created_at, Organisation.id)
    )
    for row, value, people in rows:
        if (row.kind, value) in groups_of:
            groups_of[row.kind, value].append(_candidate(row, people))
    settled = _settled([each.id for same in groups_of.values() for each in same])
    items = tuple(Suspicion(kind, by, tuple(same), settled) for (kind, _), same in groups_of.items())
    return Page(items, found.total, found.number, found.per_page)


def _settled_pairs(by: By) -> Any:
    """How many pairs of each group were found to be two businesses."""
    first, second = aliased(Organisation), aliased(Organisation)

    def common(row: Any) -> Any:
        if by == "number":
            return func.coalesce(row.corporate_number, func.substr(row.invoice_number, 2))
        return row.match_key

    apart = (
        select(first.kind.label("kind"), common(first).label("common"))
        .select_from(DuplicateVerdict)
        .join(first, first.id == DuplicateVerdict.first_id)
        .join(second, second.id == DuplicateVerdict.second_id)
        .where(
            DuplicateVerdict.verdict == "different",
            DuplicateVerdict.reopened_at.is_(None),
            first.kind == second.kind,
            common(first) == common(second),
            first.closed_at.is_(None),
            second.closed_at.is_(None),
        )
        .subquery()
    )
    return (
        select(apart.c.kind, apart.c.common, func.count().label("pairs"))
        .group_by(apart.c.kind, apart.c.common)
        .subquery()
    )


def _settled(ids: list[uuid.UUID]) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    rows = db.session.execute(
        select(DuplicateVerdict.first_id, DuplicateVerdict.second_id).where(
            DuplicateVerdict.first_id.in_(ids),
            DuplicateVerdict.second_id.in_(ids),
            DuplicateVerdict.reopened_at.is_(None),
        )
    )
    return frozenset((first, second) for first, second in rows)


def candidates(ids: Iterable[uuid.UUID]) -> list[Candidate]:
    """These vendors and applicants, as far as they are there, the oldest first. For the secretariat."""
    rows = db.session.execute(
        select(Organisation, _members().label("members"))
        .where(Organisation.id.in_(set(ids)), Organisation.kind.in_(("vendor", "sme")))
        .order_by(Organisation.created_at, Organisation.id)
    )
    return [_candidate(row, people) for row, people in rows]


def _candidate(row: Organisation, people: int) -> Candidate:
    return Candidate(
        row.id,
        row.kind,
        row.name,
        row.corporate_number,
        row.invoice_number,
        row.prefecture,
        row.address,
        row.telephone,
        row.representative,
        row.created_at,
        people,
        row.closed_at,
    )


def _members() -> Any:
    return (
        select(func.count(Membership.person_id.distinct()))
        .where(Membership.organisation_id == Organisation.id)
        .correlate(Organisation)
        .scalar_subquery()
    )
