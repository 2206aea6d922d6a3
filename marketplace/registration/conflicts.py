"""Conflict of interest, pure: who may not review whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from tenants.errors import Finding
from tenants.same_business import bare_name
from tenants.text import Text

RELATIONS: Final[dict[str, Text]] = {
    "employer": Text("勤め先", "Employer"),
    "officer": Text("役員・顧問をしている", "Officer or adviser"),
    "shareholder": Text("株式を持っている", "Shareholder"),
    "contract": Text("仕事の取引・研究費がある", "Contracts or research money"),
    "family": Text("家族が働いている", "A family member works there"),
    "other": Text("そのほか", "Other"),
}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation a member declared. kind: of RELATIONS. number: 13 digits, or None when not known."""

    kind: str
    name: str
    number: str | None


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands behind a registration: the applicant, or a company it named as related. role: what it is called."""

    name: str
    number: str | None
    related: bool = False

    @property
    def role(self) -> Text:
        """What this party is to the registration."""
        return Text("関連会社", "a related company") if self.related else Text("申請者", "the applicant")


def same_company(name: str, number: str | None, party: Party) -> bool:
    """By corporate number where both have one, otherwise by name, however it is written."""
    if number and party.number:
        return number == party.number
    bare = bare_name(name)
    return bool(bare) and bare == bare_name(party.name)


def conflicts(
    parties: Sequence[Party],
    relations: Iterable[Relation],
    *,
    works_for_applicant: bool = False,
    declared: bool = False,
) -> list[Finding]:
    """Why this member may not review this registration; an empty list: they may.

    works_for_applicant: the member belongs to the applicant's organisation here. declared: the member said so for
    this very registration.
    """
    found = [_related(relation, party) for relation in relations for party in parties if _meets(relation, party)]
    if works_for_applicant:
        found.insert(0, _finding("works_for_applicant", _WORKS))
    if declared:
        found.insert(0, _finding("declared_conflict", _DECLARED))
    return found


_WORKS: Final = Text(
    "申請者の組織のメンバーとして登録されています。", "The member belongs to the applicant's organisation."
)
_DECLARED: Final = Text(
    "この審査について、本人が利益相反を申し出ています。", "The member declared a conflict for this registration."
)


def _meets(relation: Relation, party: Party) -> bool:
    return same_company(relation.name, relation.number, party)


def _related(relation: Relation, party: Party) -> Finding:
    kind = RELATIONS.get(relation.kind, RELATIONS["other"])
    code = "same_company" if relation.kind == "employer" else "declared_relation"
    return _finding(
        code,
        Text(
            f"{party.role.ja}「{party.name}」と関係があります（{kind.ja}）。",
            f"The member is related to {party.role.en}, “{party.name}” ({kind.en}).",
        ),
    )


def _finding(code: str, message: Text) -> Finding:
    return Finding(code, message, Text("ほかの委員に依頼してください。", "Ask another member."), "members")
