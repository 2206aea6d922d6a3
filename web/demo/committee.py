"""The committee at work on made-up registrations: some to declare, some to score, some in discussion, decided."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from marketplace.registration import committee, conflict_check, decisions, discussion, standing
from marketplace.registration.committee_models import CommitteeAssignment, CommitteeTurn
from marketplace.registration.models import VendorRegistration
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, Organisation, Person
from web.demo.actors import actor_for
from web.demo.people import MINATO, PROVIDER, DemoPerson, by_subject

MEMBERS: Final = ("committee-member", "committee-member-2", "committee-member-3")
OFFICE: Final = "secretariat-administrator"
CRITERIA: Final = ("capability", "productivity", "support", "soundness")
COMMENTS: Final = (
    "同じ規模の店への導入実績が示されています。",
    "減る作業時間の根拠が、業種ごとに書かれています。",
    "窓口と教え方は決まっていますが、障害のときの目標時間がありません。",
    "規程がそろい、心配な点は見あたりません。",
)


def make_reviews() -> None:
    """The reviews that are not there yet, on the registrations that wait for the committee."""
    with act_as(SYSTEM):
        if db.session.scalar(select(CommitteeTurn.id).limit(1)) is not None:
            return
        waiting = list(
            db.session.scalars(
                select(VendorRegistration.id)
                .where(VendorRegistration.state == "in_committee")
                .order_by(VendorRegistration.number)
            )
        )
        office = _actor(OFFICE)
        members = [member for subject in MEMBERS if (member := _actor(subject))]
    # The first is left for whoever tries to assign it.
    if office is None or len(members) < len(MEMBERS) or len(waiting) < 6:
        return
    with act_as(members[2]):
        conflict_check.add_relation(
            kind="contract", name="株式会社やまびこクラウド", number="", note="共同研究を受けています。"
        )
    pair = members[:2]
    for registration_id in waiting[1:6]:
        with act_as(office):
            committee.assign(registration_id, [member.person_id for member in pair if member.person_id])
    _, _, begun, discussed, adopted, rejected = waiting[:6]
    _finish(pair[1], begun, (4, 3, 4, 4))
    _begin(pair[0], begun)
    for registration_id, first, second in (
        (discussed, (5, 4, 4, 4), (2, 4, 3, 4)),
        (adopted, (4, 4, 4, 5), (5, 4, 4, 4)),
        (rejected, (2, 2, 1, 3), (2, 1, 2, 2)),
    ):
        _finish(pair[0], registration_id, first)
        _finish(pair[1], registration_id, second)
    _discuss(pair[1], office, discussed)
    _decide(office, adopted, "導入の実績と支援の体制が、ともに基準を満たしています。", adopt=True)
    _decide(office, rejected, "導入後の支援の体制が確認できませんでした。", adopt=False)
    _a_past_suspension(office)


def _actor(subject: str) -> Actor | None:
    """A person of the sign-in list in their first role; None in a demo that was made before they came."""
    demo = by_subject(subject)
    row = db.session.execute(
        select(Person.id, Person.name)
        .join(ExternalIdentity, ExternalIdentity.person_id == Person.id)
        .where(ExternalIdentity.provider == PROVIDER, ExternalIdentity.subject == subject)
    ).first()
    if demo is None or row is None:
        return None
    return Actor(demo.organisation.kind, _organisation(demo), row.id, frozenset(demo.roles), row.name)


def _organisation(demo: DemoPerson) -> uuid.UUID:
    return db.session.scalars(
        select(Organisation.id).where(
            Organisation.kind == demo.organisation.kind, Organisation.name == demo.organisation.name
        )
    ).one()


def _own(member: Actor, registration_id: uuid.UUID) -> CommitteeAssignment:
    return db.session.scalars(
        select(CommitteeAssignment).where(
            CommitteeAssignment.registration_id == registration_id,
            CommitteeAssignment.person_id == member.person_id,
        )
    ).one()


def _begin(member: Actor, registration_id: uuid.UUID, marks: Sequence[int] = (4, 4)) -> None:
    """No conflict, and the first marks saved."""
    with act_as(member):
        row = _own(member, registration_id)
        committee.declare(row.id, conflict=False, note="", read_version=row.version)
        committee.save_scores(
            row.id,
            {code: (str(mark), words) for code, mark, words in zip(CRITERIA, marks, COMMENTS, strict=False)},
        )


def _finish(member: Actor, registration_id: uuid.UUID, marks: Sequence[int]) -> None:
    _begin(member, registration_id, marks)
    with act_as(member):
        row = _own(member, registration_id)
        committee.submit_scores(row.id, read_version=row.version)


def _discuss(member: Actor, office: Actor, registration_id: uuid.UUID) -> None:
    with act_as(office):
        turn = db.session.scalars(
            select(CommitteeTurn.id).where(CommitteeTurn.registration_id == registration_id)
        ).one()
        discussion.remark(turn, "「導入を支援する力」の評点が3点離れています。ご意見をお聞かせください。")
    with act_as(member):
        discussion.remark(turn, "実績の件数は多いのですが、同じ規模の店への導入が読み取れませんでした。")


def _decide(office: Actor, registration_id: uuid.UUID, reason: str, *, adopt: bool) -> None:
    with act_as(office):
        row = db.session.get_one(VendorRegistration, registration_id)
        decisions.decide(row.id, adopt=adopt, reason=reason, read_version=row.version)


def _a_past_suspension(office: Actor) -> None:
    vendor = actor_for(MINATO).own_organisation
    with act_as(office):
        for decide, reason in (
            (standing.suspend, "実績報告の期限を過ぎたため。"),
            (standing.reinstate, "実績報告が提出されたため。"),
        ):
            decide(vendor, reason=reason, read_version=standing.overview(vendor).version)
