"""A registration before the committee: its vendor, the secretariat, members, and what they do."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from catalogue.masters import EDITION, newest
from marketplace import rounds
from marketplace.registration import committee, committee_queries, decisions
from marketplace.registration.committee_models import CommitteeAssignment, CommitteeTurn
from marketplace.registration.data import form
from marketplace.registration.models import VendorRegistration
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.errors import BadInput
from tenants.models import Organisation
from tenants.notices.models import Posting

CRITERIA = ("capability", "productivity", "support", "soundness")
CONTENT: dict[str, Any] = {
    "company": {"name_kana": "アオバシステム", "representative_name": "青葉 一郎", "employees": 24},
    "business": {"summary": "中小企業の会計と販売の仕組みを作っています。", "customers": 40},
    "interests": {
        "has_related": "yes",
        "companies": [
            {"name": "あおばホールディングス株式会社", "corporate_number": "1180301018771", "relation": "親会社"}
        ],
    },
}
_numbers = itertools.count(1)


@dataclass
class Review:
    """Who takes part. registration_id: in state in_committee."""

    vendor: Actor
    office: Actor
    members: list[Actor]
    registration_id: uuid.UUID

    def assign(self, *members: Actor) -> int:
        """The secretariat assigns these; the first two unless told."""
        chosen = members or tuple(self.members[:2])
        with act_as(self.office):
            return committee.assign(
                self.registration_id, [member.person_id for member in chosen if member.person_id]
            )

    def assignment(self, member: Actor) -> CommitteeAssignment:
        """The member's newest assignment, as the system sees it."""
        with act_as(SYSTEM):
            row = db.session.scalars(
                select(CommitteeAssignment)
                .join(CommitteeTurn, CommitteeTurn.id == CommitteeAssignment.turn_id)
                .where(
                    CommitteeAssignment.registration_id == self.registration_id,
                    CommitteeAssignment.person_id == member.person_id,
                )
                .order_by(CommitteeTurn.number.desc())
            ).first()
            assert row is not None
            db.session.expunge(row)
            return row

    def declare(self, member: Actor, *, conflict: bool = False) -> None:
        """Whether there is a conflict."""
        row = self.assignment(member)
        with act_as(member):
            committee.declare(
                row.id, conflict=conflict, note="妻の勤め先です" if conflict else "", read_version=row.version
            )

    def score(self, member: Actor, points: Sequence[int] = (4, 3, 4, 3)) -> None:
        """All criteria, saved but not handed in."""
        row = self.assignment(member)
        with act_as(member):
            for code, mark in zip(CRITERIA, points, strict=True):
                committee.save_score(row.id, code, points=str(mark), comment="資料のとおりです。")

    def submit(self, member: Actor) -> bool:
        """The member hands in; whether it was the last."""
        row = self.assignment(member)
        with act_as(member):
            return committee.submit_scores(row.id, read_version=row.version)

    def finish(self, member: Actor, points: Sequence[int] = (4, 3, 4, 3)) -> bool:
        """Declare, score and hand in."""
        self.declare(member)
        self.score(member, points)
        return self.submit(member)

    def row(self) -> VendorRegistration:
        """The registration as it is now."""
        with act_as(SYSTEM):
            row = db.session.get_one(VendorRegistration, self.registration_id, populate_existing=True)
            db.session.expunge(row)
            return row

    def decide(self, *, adopt: bool = True, reason: str = "評価が基準を満たすため") -> None:
        """The secretariat decides on what it sees now."""
        version = self.row().version
        with act_as(self.office):
            decisions.decide(self.registration_id, adopt=adopt, reason=reason, read_version=version)

    def all_in(self, *points: Sequence[int]) -> None:
        """Two members assigned, and all marks handed in."""
        self.assign()
        for member, marks in itertools.zip_longest(self.members[:2], points, fillvalue=(4, 3, 4, 3)):
            self.finish(member, marks)  # type: ignore[arg-type]

    def turn(self) -> committee_queries.TurnView:
        """The newest turn as the secretariat sees it."""
        with act_as(self.office):
            return committee_queries.turns(self.registration_id)[0]

    def standing(self) -> str | None:
        """How the vendor stands."""
        with act_as(SYSTEM):
            return db.session.scalar(
                select(Organisation.standing).where(Organisation.id == self.vendor.organisation_id)
            )


def before_committee(vendor_id: uuid.UUID, **facts: Any) -> uuid.UUID:
    """A registration of this vendor that was passed to the committee, written by the system."""

    @use_case
    def write() -> uuid.UUID:
        usual = {"round_id": "vendor-2", "fiscal_year": 2026, "form_version": form().version, "content": CONTENT}
        row = VendorRegistration(organisation_id=vendor_id, state="draft", **usual | facts)
        db.session.add(row)
        db.session.flush()
        vendor = db.session.get_one(Organisation, vendor_id)
        row.submitted_at = clock.now()
        row.submitted_copy = {
            "registration": row.number,
            "form_version": row.form_version,
            "vendor": {"name": vendor.name, "corporate_number": vendor.corporate_number},
            "content": row.content,
            "papers": [],
        }
        row.state = "in_committee"
        return row.id

    with act_as(SYSTEM):
        return write()


def build(
    organisation: Callable[..., uuid.UUID], actor_of: Callable[..., Actor], *, members: int = 4, **facts: Any
) -> Review:
    """The applicant, an administrator and so many members."""
    number = next(_numbers)
    vendor_id = organisation(
        "vendor", **{"name": f"あおばシステム{number}株式会社", "standing": "applicant"} | facts
    )
    board = organisation("committee", name="審査委員会")
    office = actor_of(organisation("secretariat", name="事務局"), "secretariat_administrator")
    return Review(
        actor_of(vendor_id, "vendor_owner"),
        office,
        [actor_of(board, "committee_member") for _ in range(members)],
        before_committee(vendor_id),
    )


def version_of(vendor_id: uuid.UUID) -> int:
    """The vendor's version now, as the current actor sees it."""
    return db.session.scalars(select(Organisation.version).where(Organisation.id == vendor_id)).one()


def open_registrations() -> None:
    """A round for registrations around now."""
    moment = clock.now()
    window = {
        "id": "vendor-test",
        "kind": "vendor_registration",
        "name": {"ja": "テスト", "en": "Test"},
        "opens_at": (moment - timedelta(days=3)).isoformat(),
        "closes_at": (moment + timedelta(days=20)).isoformat(),
        "unconfirmed": False,
    }
    with act_as(SYSTEM):
        row = newest("rounds", EDITION)
        rounds.load_rounds([*row.content["rounds"], window], version=row.version + 1, source="テスト")


def codes(error: pytest.ExceptionInfo[BadInput]) -> list[str]:
    """What was refused, by code."""
    return [finding.code for finding in error.value.findings]


def told(template: str) -> int:
    """How many postings of this template there are."""
    with act_as(SYSTEM):
        return len(db.session.scalars(select(Posting.id).where(Posting.template == template)).all())
