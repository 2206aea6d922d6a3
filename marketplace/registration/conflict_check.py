"""Conflicts of interest as they stand in the database: members, their relations, and who stands behind a case."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from marketplace.registration.answers import related_companies
from marketplace.registration.committee_models import CommitteeAssignment, CommitteeRelation, CommitteeTurn
from marketplace.registration.conflicts import RELATIONS, Party, Relation, conflicts
from marketplace.registration.models import VendorRegistration
from marketplace.registration.words import bad, checked_words
from tenants import actor, audit
from tenants.db import db, use_case
from tenants.errors import BadInput, Finding, NotFound
from tenants.models import Membership, Organisation, Person
from tenants.numbers import corporate_number_findings, normalised_number
from tenants.permissions import Permission
from tenants.text import Text

NAME_LIMIT: Final = 120


@dataclass(frozen=True, slots=True)
class RelationView:
    """A relation as its member and the secretariat see it."""

    id: uuid.UUID
    label: Text
    name: str
    number: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member who may be asked, or the reasons why not. open_reviews: how many they are working on."""

    person_id: uuid.UUID
    name: str
    findings: tuple[Finding, ...]
    open_reviews: int


def parties_of(applicant: Organisation, content: Mapping[str, Any]) -> list[Party]:
    """The applicant, and the companies its registration declares to be related."""
    related = [
        Party(str(row.get("name", "")), row.get("corporate_number") or None, related=True)
        for row in related_companies(content)
    ]
    return [Party(applicant.name, applicant.corporate_number), *related]


def parties_as_json(parties: Sequence[Party]) -> list[dict[str, Any]]:
    """As an assignment keeps them."""
    return [{"name": each.name, "number": each.number, "related": each.related} for each in parties]


def parties_from_json(kept: Sequence[Mapping[str, Any]]) -> list[Party]:
    """As they were kept."""
    return [Party(each["name"], each["number"], related=each["related"]) for each in kept]


def own_conflicts(person_id: uuid.UUID, kept: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the member's own list says against reviewing these parties."""
    found = conflicts(parties_from_json(kept), _relations([person_id]).get(person_id, []))
    return [
        Finding(
            each.code,
            each.message,
            Text(
                "あなたが届け出た関係先です。「利害関係がある」を選んでください。",
                "You declared this relation: please choose that there is a conflict.",
            ),
            "conflict",
        )
        for each in found
    ]


def _relations(person_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[Relation]]:
    found: dict[uuid.UUID, list[Relation]] = {}
    for row in db.session.scalars(
        select(CommitteeRelation)
        .where(CommitteeRelation.person_id.in_(person_ids))
        .order_by(CommitteeRelation.declared_at, CommitteeRelation.id)
    ):
        found.setdefault(row.person_id, []).append(Relation(row.kind, row.name, row.corporate_number))
    return found


def _members() -> dict[uuid.UUID, str]:
    rows = db.session.execute(
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.role == "committee_member")
        .order_by(Person.name, Person.id)
    )
    return {person_id: name for person_id, name in rows}  # noqa: C416  (rows, not pairs)


def candidates(registration_id: uuid.UUID) -> list[Candidate]:
    """All members by name, each with the reasons against asking them for this registration."""
    actor.current().require(Permission.VIEW_SECRETARIAT)
    registration = db.session.get(VendorRegistration, registration_id)
    if registration is None:
        raise NotFound(Text("登録申請", "The registration"))
    applicant = db.session.get_one(Organisation, registration.organisation_id)
    members = _members()
    reasons = _reasons(registration, list(members), parties_of(applicant, registration.content))
    working = _open_reviews(list(members))
    return [
        Candidate(person_id, name, tuple(reasons[person_id]), working.count(person_id))
        for person_id, name in members.items()
    ]


def _open_reviews(person_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    return list(
        db.session.scalars(
            select(CommitteeAssignment.person_id).where(
                CommitteeAssignment.person_id.in_(person_ids),
                CommitteeAssignment.submitted_at.is_(None),
                CommitteeAssignment.ended_at.is_(None),
            )
        )
    )


def blocked(
    registration: VendorRegistration, person_ids: Sequence[uuid.UUID], parties: Sequence[Party]
) -> list[Finding]:
    """Why not all of these may be asked: by member, with the name; empty when all may."""
    members = _members()
    reasons = _reasons(registration, person_ids, parties)
    found = []
    for person_id in person_ids:
        name = members.get(person_id)
        if name is None:
            raise NotFound(Text("審査委員", "The member"))
        found += [
            Finding(
                each.code,
                Text(f"{name}：{each.message.ja}", f"{name}: {each.message.en}"),
                each.remedy,
                each.field,
            )
            for each in reasons[person_id]
        ]
    return found


def _reasons(
    registration: VendorRegistration, person_ids: Sequence[uuid.UUID], parties: Sequence[Party]
) -> dict[uuid.UUID, list[Finding]]:
    """In five statements, however many members there are."""
    relations = _relations(person_ids)
    inside = set(
        db.session.scalars(
            select(Membership.person_id).where(
                Membership.organisation_id == registration.organisation_id, Membership.person_id.in_(person_ids)
            )
        )
    )
    asked: dict[uuid.UUID, list[CommitteeAssignment]] = {}
    closed = set(
        db.session.scalars(
            select(CommitteeTurn.id).where(
                CommitteeTurn.registration_id == registration.id, CommitteeTurn.closed_at.is_not(None)
            )
        )
    )
    for row in db.session.scalars(
        select(CommitteeAssignment).where(CommitteeAssignment.registration_id == registration.id)
    ):
        asked.setdefault(row.person_id, []).append(row)
    return {
        person_id: conflicts(
            parties,
            relations.get(person_id, []),
            works_for_applicant=person_id in inside,
            declared=any(row.declared == "conflict" for row in asked.get(person_id, [])),
        )
        + _asked_before(asked.get(person_id, []), closed)
        for person_id in person_ids
    }


def _asked_before(rows: Sequence[CommitteeAssignment], closed: set[uuid.UUID]) -> list[Finding]:
    other = Text("ほかの委員に依頼してください。", "Ask another member.")
    if any(row.turn_id in closed for row in rows):
        message = Text("異議申立ての前の審査を担当しました。", "The member reviewed this before the appeal.")
        return [Finding("reviewed_before", message, other, "members")]
    if any(row.declared != "conflict" for row in rows):
        message = Text("この審査に、すでに割り当てられています。", "The member was assigned already.")
        return [Finding("assigned_already", message, other, "members")]
    return []


# --- the member's own list ---


def relations() -> list[RelationView]:
    """The actor's own list of relations, oldest first."""
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    rows = db.session.scalars(
        select(CommitteeRelation)
        .where(CommitteeRelation.person_id == who.person_id)
        .order_by(CommitteeRelation.declared_at, CommitteeRelation.id)
    )
    return [RelationView(row.id, RELATIONS[row.kind], row.name, row.corporate_number, row.note) for row in rows]


@use_case
def add_relation(*, kind: str, name: str, number: str, note: str) -> None:
    """The member adds a relation to its list. number: a corporate number as typed, or empty.

    Raises BadInput for an unknown kind, a missing name or a number that cannot be one.
    """
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    if kind not in RELATIONS:
        raise bad(
            "bad_kind",
            Text("関係を選んでください。", "Choose what the relation is."),
            Text("いちばん近いものを選んでください。", "Choose what comes closest."),
            "kind",
        )
    digits = normalised_number(number) if number.strip() else None
    if digits and (wrong := corporate_number_findings(digits, "number")):
        raise BadInput(*wrong)
    row = CommitteeRelation(
        person_id=who.person_id,
        kind=kind,
        name=checked_words(name, "name", limit=NAME_LIMIT),
        corporate_number=digits,
        note=checked_words(note, "note", optional=True),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        "committee_relation_declared",
        subject=("person", who.person_id),
        organisation_id=None,
        after={"kind": kind},
    )


@use_case
def remove_relation(relation_id: uuid.UUID) -> None:
    """The member takes a relation that no longer holds off its list."""
    who = actor.current()
    who.require(Permission.SCORE_REGISTRATIONS)
    row = db.session.get(CommitteeRelation, relation_id)
    if row is None or row.person_id != who.person_id:
        raise NotFound(Text("関係先", "The relation"))
    db.session.delete(row)
    audit.record(
        "committee_relation_removed",
        subject=("person", who.person_id),
        organisation_id=None,
        before={"kind": row.kind, "name": row.name},
    )
