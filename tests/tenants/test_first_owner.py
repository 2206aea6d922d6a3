"""The first owner of a vendor that applied on paper comes in by a letter of the secretariat's."""

from __future__ import annotations

import uuid

import pytest
from letters import invitation_token, posted
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from tenants import clock, first_owner, invitations, invited
from tenants.actor import SYSTEM, Actor
from tenants.audit import verify
from tenants.db import act_as, db
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted
from tenants.invited import InvitationClosed
from tenants.member_models import Invitation
from tenants.models import Membership, Organisation, Person


@pytest.fixture
def deserted(services) -> uuid.UUID:
    with act_as(SYSTEM):
        row = Organisation(kind="vendor", standing="applicant", name="書面株式会社", prefecture="東京都")
        db.session.add(row)
        db.session.commit()
        return row.id


@pytest.fixture
def reviewer(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer")


def newcomer(name: str = "新人 一郎") -> Actor:
    with act_as(SYSTEM):
        person = Person(name=name, email="anybody@example.jp")
        db.session.add(person)
        db.session.commit()
        return Actor("public", None, person.id, name=name)


def roles_in(organisation_id: uuid.UUID) -> set[tuple[uuid.UUID, str]]:
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(Membership.person_id, Membership.role).where(Membership.organisation_id == organisation_id)
        )
        return {(row.person_id, row.role) for row in rows}


def test_the_first_owner_comes_in_once_and_is_its_owner(reviewer, deserted):
    with act_as(reviewer):
        assert first_owner.of(deserted) == first_owner.FirstOwner(0, None, None)
        first_owner.invite(deserted, " Owner@Paper.example ")
        known = first_owner.of(deserted)
        assert (known.people, known.invited) == (0, "owner@paper.example")
        assert known.expires_at is not None
    token = invitation_token("owner@paper.example", "owner_invitation")
    seen = invited.look(token)
    assert (seen.organisation, seen.roles, seen.inviter) == ("書面株式会社", ("vendor_owner",), "事務局")
    first, second = newcomer(), newcomer("横取り 次郎")
    assert invited.accept(first, token) == deserted
    assert roles_in(deserted) == {(first.person_id, "vendor_owner")}
    with pytest.raises(InvitationClosed):
        invited.accept(second, token)
    with act_as(reviewer):
        assert first_owner.of(deserted).people == 1
        with pytest.raises(IllegalStep, match="has_people"):
            first_owner.invite(deserted, "another@paper.example")
    with act_as(SYSTEM):
        assert list(verify()) == []


def test_only_the_newest_letter_opens_the_door(reviewer, deserted):
    with act_as(reviewer):
        first_owner.invite(deserted, "wrong@paper.example")
        first_owner.invite(deserted, "right@paper.example", language="en")
        assert first_owner.of(deserted).invited == "right@paper.example"
        first_owner.invite(deserted, "right@paper.example")
    assert [each.language for each in posted("owner_invitation")] == ["ja", "en", "ja"]
    letters = [each.link.partition("#")[2] for each in posted("owner_invitation")]
    for old in letters[:2]:
        with pytest.raises(InvitationClosed, match="invitation_revoked"):
            invited.look(old)
    assert invited.look(letters[2]).organisation == "書面株式会社"


def test_a_letter_that_has_run_out_is_as_none(reviewer, deserted):
    with act_as(reviewer):
        first_owner.invite(deserted, "late@paper.example")
    with clock.at(clock.now() + invitations.VALID_FOR), act_as(reviewer):
        assert first_owner.of(deserted).invited is None
        first_owner.invite(deserted, "late@paper.example")


def test_it_is_for_vendors_and_an_address_and_those_who_check(reviewer, deserted, organisation, actor_of):
    shop, other = organisation("sme"), organisation("vendor", name="ほかの会社")
    with act_as(reviewer):
        for unknown in (shop, uuid.uuid4()):
            with pytest.raises(NotFound):
                first_owner.invite(unknown, "a@example.jp")
        with pytest.raises(BadInput, match="malformed_email"):
            first_owner.invite(deserted, "no address")
    office = organisation("secretariat")
    for who in (
        actor_of(other, "vendor_owner"),
        actor_of(office, "secretariat_publisher"),
        actor_of(office, "secretariat_auditor"),
    ):
        with act_as(who), pytest.raises(NotPermitted):
            first_owner.invite(deserted, "a@example.jp")
    assert posted("owner_invitation") == []


@pytest.mark.security
@pytest.mark.parametrize("roles", [["vendor_viewer"], ["vendor_owner", "vendor_editor"]])
def test_the_database_lets_the_secretariat_invite_an_owner_to_a_deserted_vendor_only(
    reviewer, deserted, organisation, actor_of, roles
):
    """Past the service: other roles, and vendors with people, are refused by row-level security."""
    peopled = organisation("vendor", name="人のいる会社")
    actor_of(peopled, "vendor_owner")
    for place, given in ((deserted, roles), (peopled, ["vendor_owner"])):
        with act_as(reviewer):
            db.session.add(
                Invitation(
                    organisation_id=place,
                    email="x@example.jp",
                    roles=given,
                    token_hash="0",
                    invited_by=reviewer.person_id,
                    inviter_name="",
                    expires_at=clock.now(),
                )
            )
            with pytest.raises(ProgrammingError, match="row-level security"):
                db.session.flush()
            db.session.rollback()
