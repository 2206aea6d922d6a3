"""The second wall around a vendor's registration: what it hands in, and what the committee writes."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import attacks
import pytest
import world
from attacks import SECOND_WALL as WALL
from attacks import done, past_the_walls
from sqlalchemy import func, insert, select, text, update

from marketplace.registration.committee_models import CommitteeAssignment, CommitteeScore, CommitteeTurn
from marketplace.registration.models import RegistrationPaper, VendorRegistration
from tenants import clock
from tenants.actor import Actor
from tenants.db import act_as, db
from tenants.file_models import StoredFile
from tenants.models import Organisation, Person

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("time_counts")]

refused = partial(attacks.refused, WALL)


# --- a vendor's registration ---


@pytest.fixture
def registration(parties, owner) -> VendorRegistration:
    """Vendor A's draft, with its paper."""
    draft = {"state": "draft", "submitted_at": None, "submitted_copy": None, "content": {"company": {"a": "1"}}}
    past_the_walls(owner, update(VendorRegistration).values(**draft, paper=False, paper_received_on=None))
    with act_as(parties.vendor_a.actor):
        row = db.session.scalars(select(VendorRegistration)).one()
        db.session.expunge_all()
    return row


def handed_in(parties: world.TwoOfEach, row: VendorRegistration, **other: Any) -> dict[str, Any]:
    """The copy as the service makes it."""
    with act_as(parties.vendor_a.actor):
        vendor = db.session.get_one(Organisation, row.organisation_id)
        papers = db.session.execute(
            select(RegistrationPaper, StoredFile)
            .join(StoredFile, StoredFile.id == RegistrationPaper.file_id)
            .where(RegistrationPaper.registration_id == row.id, RegistrationPaper.removed_at.is_(None))
        ).all()
        db.session.expunge_all()
    assert papers
    names = ("name", "corporate_number", "prefecture", "address")
    return {
        "registration": row.number,
        "form_version": row.form_version,
        "round": row.round_id,
        "fiscal_year": row.fiscal_year,
        "received_on": None,
        "vendor": {name: getattr(vendor, name) for name in names},
        "content": row.content,
        "declarations": row.declarations,
        "papers": [
            {
                "paper_id": str(paper.id),
                "file_id": str(file.id),
                "kind": paper.kind,
                "name": file.name,
                "sha256": file.sha256,
                "size": file.size,
            }
            for paper, file in papers
        ],
    } | other


def hand_in(copy: dict[str, Any] | None, **other: Any) -> Any:
    values = {"state": "submitted", "submitted_at": clock.now(), "submitted_copy": copy} | other
    return update(VendorRegistration).values(**values)


def test_a_vendor_hands_in_what_lies_there_when_it_does(parties, registration):
    vendor, copy = parties.vendor_a.actor, handed_in(parties, registration)
    refused(vendor, hand_in(copy, submitted_at=clock.now() - timedelta(days=9)))
    refused(vendor, hand_in({}))
    for part, other in (
        ("content", {"company": {"a": "2"}}),
        ("declarations", [{"code": "x"}]),
        ("registration", 1),
        ("round", "another"),
        ("fiscal_year", 1999),
        ("vendor", copy["vendor"] | {"name": "別の会社"}),
        ("papers", []),
        ("papers", [copy["papers"][0] | {"sha256": "f" * 64}]),
    ):
        refused(vendor, hand_in(copy | {part: other}))
    assert done(vendor, hand_in(copy)) == 1
    # Then it stays: also when it is taken back.
    refused(vendor, hand_in(copy, state="withdrawn", submitted_at=clock.now()))
    refused(vendor, hand_in(copy | {"content": {}}, state="withdrawn"))
    assert done(vendor, update(VendorRegistration).values(state="withdrawn")) == 1


def test_a_vendor_writes_no_submission_into_its_draft(parties, registration):
    copy = handed_in(parties, registration)
    refused(parties.vendor_a.actor, hand_in(copy, state="draft"))


def test_a_returned_registration_stays_in_its_round(parties, registration, owner):
    returned = {"state": "returned", "returned": {}, "corrections_due_at": world.MOMENT}
    past_the_walls(owner, update(VendorRegistration).values(**returned))
    for column, value in (("round_id", "next"), ("fiscal_year", 2030), ("form_version", "9")):
        refused(parties.vendor_a.actor, update(VendorRegistration).values({column: value}))


# --- the committee ---


@pytest.mark.parametrize(("criterion", "points"), [("support", 99), ("support", 0), ("made_up", 3)])
def test_a_mark_is_one_of_the_rules(parties, owner, criterion, points):
    person = uuid.uuid4()
    rules = {"scale": [1, 2, 3, 4, 5], "criteria": [{"code": "support"}]}
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(update(CommitteeTurn).values(rules=rules, waiting=1, opened_at=None))
        turn = connection.execute(select(CommitteeTurn.id, CommitteeTurn.registration_id).limit(1)).one()
        connection.execute(insert(Person).values(id=person, name="委員", email="c@example.jp"))
        assignment = connection.execute(
            insert(CommitteeAssignment)
            .values(
                turn_id=turn.id,
                registration_id=turn.registration_id,
                registration_number=300001,
                person_id=person,
                person_name="委員",
                parties=[],
                declared="none",
            )
            .returning(CommitteeAssignment.id)
        ).scalar_one()
    member = Actor("committee", uuid.uuid4(), person, frozenset({"committee_member"}))
    mark = {"assignment_id": assignment, "turn_id": turn.id, "person_id": person}
    refused(member, insert(CommitteeScore).values(**mark, criterion=criterion, points=points))
    done(member, insert(CommitteeScore).values(**mark, criterion="support", points=5))
    refused(member, update(CommitteeScore).where(CommitteeScore.person_id == person).values(points=points * 100))
    with act_as(member):
        assert db.session.scalar(select(func.count()).select_from(CommitteeScore)) == 1
