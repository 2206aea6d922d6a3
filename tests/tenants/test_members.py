"""People come by invitation, get roles, and go; an organisation never loses its last owner."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from letters import invitation_token, posted
from sqlalchemy import select, text
from together import use_cases_at_once

from tenants import clock, invitations, invited, members, sign_in
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db
from tenants.errors import BadInput, DomainError, NotFound, NotPermitted
from tenants.invited import InvitationClosed
from tenants.member_models import Invitation
from tenants.members import LastOwner
from tenants.models import Membership, Person

NOW = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)


@pytest.fixture
def vendor(services, organisation):
    return organisation("vendor", name="さくらシステム")


@pytest.fixture
def owner_of_vendor(vendor, actor_of):
    return actor_of(vendor, "vendor_owner")


@pytest.fixture
def newcomer(services) -> Actor:
    with act_as(SYSTEM):
        person = Person(name="新人 一郎", email="other@example.jp")
        db.session.add(person)
        db.session.commit()
        return Actor("public", None, person.id, name=person.name)


def roles_in(organisation_id: uuid.UUID, person: Actor) -> set[str]:
    with act_as(SYSTEM):
        query = select(Membership.role).where(
            Membership.organisation_id == organisation_id, Membership.person_id == person.person_id
        )
        return set(db.session.scalars(query))


def events() -> list[str]:
    with act_as(SYSTEM):
        assert list(verify()) == []
        return list(db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)))


def invite(actor: Actor, email: str = "new@example.jp", *roles: str, **more) -> uuid.UUID:
    with act_as(actor):
        return invitations.invite(email, roles or ["vendor_editor"], **more)


# --- invitations ---


def test_whoever_holds_the_letter_joins_once(owner_of_vendor, vendor, newcomer):
    invite(owner_of_vendor, " New@Example.JP ", "vendor_editor", "vendor_applications")
    token = invitation_token("new@example.jp")
    seen = invited.look(token)
    assert (seen.organisation, seen.inviter) == ("さくらシステム", owner_of_vendor.name)
    assert invited.accept(newcomer, token) == vendor
    assert roles_in(vendor, newcomer) == {"vendor_editor", "vendor_applications"}
    assert events() == ["member_invited", "invitation_accepted"]
    with pytest.raises(InvitationClosed) as caught:
        invited.accept(newcomer, token)
    assert caught.value.code == "invitation_accepted"
    assert [each.organisation_id for each in posted("invitation_accepted")] == [vendor]


def test_the_database_holds_the_hash_and_the_trail_no_token(owner_of_vendor, owner):
    invite(owner_of_vendor)
    token = invitation_token("new@example.jp")
    assert len(token) == 43
    with owner.connect() as connection:
        rows = str(connection.execute(text("SELECT * FROM invitation")).all())
        rows += str(connection.execute(text("SELECT * FROM audit_event")).all())
        rows += str(connection.execute(text("SELECT args FROM procrastinate_jobs")).all())
    assert token not in rows
    assert invitations.hash_of(token) in rows


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "' OR 1=1 --"])
def test_a_token_nobody_was_given_opens_nothing(owner_of_vendor, newcomer, token):
    invite(owner_of_vendor)
    for ask in (lambda: invited.look(token), lambda: invited.accept(newcomer, token)):
        with pytest.raises(InvitationClosed) as caught:
            ask()
        assert caught.value.code == "invitation_unknown"


def test_a_week_and_no_longer(owner_of_vendor, newcomer):
    with clock.at(NOW):
        invite(owner_of_vendor)
    token = invitation_token("new@example.jp")
    with clock.at(NOW + timedelta(days=7, seconds=-1)):
        invited.look(token)
    with clock.at(NOW + timedelta(days=7)), pytest.raises(InvitationClosed) as caught:
        invited.accept(newcomer, token)
    assert caught.value.code == "invitation_expired"
    with clock.at(NOW + timedelta(days=8)):
        invite(owner_of_vendor)  # one that has run out is replaced
    assert invitation_token("new@example.jp") != token


def test_sending_again_makes_the_first_letter_worthless(owner_of_vendor, vendor, newcomer):
    sent = invite(owner_of_vendor)
    first = invitation_token("new@example.jp")
    with act_as(owner_of_vendor):
        assert invitations.resend(sent) == "new@example.jp"
    with pytest.raises(InvitationClosed):
        invited.accept(newcomer, first)
    invited.accept(newcomer, invitation_token("new@example.jp"))
    with act_as(owner_of_vendor), pytest.raises(NotFound):
        invitations.resend(sent)


def test_two_windows_that_send_again_at_once_send_one_letter(services, owner_of_vendor):
    sent = invite(owner_of_vendor)

    def press():
        with act_as(owner_of_vendor):
            return invitations.resend(sent)

    results = use_cases_at_once(services, press, press)
    assert sorted(type(one).__name__ for one in results) == ["JustSentAgain", "str"]
    assert len(posted("invitation")) == 2
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert press() == "new@example.jp"


def test_what_was_taken_back_opens_nothing(owner_of_vendor, newcomer):
    sent = invite(owner_of_vendor)
    with act_as(owner_of_vendor):
        invitations.revoke(sent)
        assert invitations.waiting(members.team()) == []
    with pytest.raises(InvitationClosed) as caught:
        invited.accept(newcomer, invitation_token("new@example.jp"))
    assert caught.value.code == "invitation_revoked"


@pytest.mark.parametrize(
    ("email", "roles", "code"),
    [
        ("", ["vendor_viewer"], "malformed_email"),
        ("a@b", ["vendor_viewer"], "malformed_email"),
        ("a@example.jp\nBcc: x@example.jp", ["vendor_viewer"], "malformed_email"),
        ("a@example.jp", [], "role_missing"),
        ("a@example.jp", ["sme_owner"], "role_missing"),
        ("a@example.jp", ["vendor_viewer", "secretariat_administrator"], "role_missing"),
        ("hanako@example.jp", ["vendor_viewer"], "already_member"),
    ],
)
def test_what_cannot_be_sent(owner_of_vendor, email, roles, code):
    with act_as(owner_of_vendor), pytest.raises(BadInput) as caught:
        invitations.invite(email, roles)
    assert caught.value.code == code
    assert posted("invitation") == []


def test_one_letter_at_a_time_to_one_address_also_use_cases_at_once(services, owner_of_vendor):
    results = use_cases_at_once(services, *[lambda: invite(owner_of_vendor)] * 3)
    refused = [one for one in results if isinstance(one, DomainError)]
    assert [one.code for one in refused] == ["already_invited"] * 2


def test_of_two_who_open_one_letter_at_once_one_joins(
    services, owner_of_vendor, vendor, newcomer, actor_of, organisation
):
    invite(owner_of_vendor)
    token = invitation_token("new@example.jp")
    other = actor_of(organisation("sme"), "sme_owner")
    results = use_cases_at_once(
        services, lambda: invited.accept(newcomer, token), lambda: invited.accept(other, token)
    )
    assert sorted(isinstance(one, InvitationClosed) for one in results) == [False, True]
    assert sorted(len(roles_in(vendor, who)) for who in (newcomer, other)) == [0, 1]


def test_only_owners_invite_and_only_for_their_own(owner_of_vendor, vendor, actor_of, organisation):
    editor = actor_of(vendor, "vendor_editor")
    with pytest.raises(NotPermitted):
        invite(editor)
    stranger = actor_of(organisation("vendor"), "vendor_owner")
    sent = invite(owner_of_vendor)
    for step in (invitations.resend, invitations.revoke):
        with act_as(stranger), pytest.raises(NotFound):
            step(sent)
        with act_as(stranger), pytest.raises(NotFound):
            step(sent, organisation_id=vendor)
    with act_as(editor):
        assert invitations.waiting(members.team()) == []


def test_the_secretariat_s_administrator_keeps_the_committee(services, organisation, actor_of, newcomer, vendor):
    office, committee = organisation("secretariat"), organisation("committee", name="審査委員会")
    administrator, reviewer = (actor_of(office, f"secretariat_{role}") for role in ("administrator", "reviewer"))
    invite(administrator, "iin@example.jp", "committee_member", organisation_id=committee)
    invited.accept(newcomer, invitation_token("iin@example.jp"))
    assert roles_in(committee, newcomer) == {"committee_member"}
    with act_as(administrator):
        assert [each.organisation_id for each in members.committees()] == [committee]
        assert len(members.members(members.team(committee))) == 1
        members.remove(newcomer.person_id, organisation_id=committee)
        with pytest.raises(NotFound):
            members.team(vendor)
    assert roles_in(committee, newcomer) == set()
    with act_as(reviewer), pytest.raises(NotFound):
        members.team(committee)


# --- roles, removal, leaving ---


def test_roles_are_given_and_taken(owner_of_vendor, vendor, actor_of):
    colleague = actor_of(vendor, "vendor_viewer")
    with act_as(owner_of_vendor):
        assert members.change_roles(colleague.person_id, ["vendor_applications", "vendor_editor"])
        assert not members.change_roles(colleague.person_id, ["vendor_editor", "vendor_applications"])
        found = members.member(members.team(), colleague.person_id)
    assert found.roles == ("vendor_editor", "vendor_applications")
    assert events()[-1] == "member_roles_changed"
    assert len(posted("role_changed")) == 1
    for wrong in ([], ["sme_owner"], ["vendor_owner", "committee_member"], ["nonsense"]):
        with act_as(owner_of_vendor), pytest.raises(BadInput):
            members.change_roles(colleague.person_id, wrong)


def test_somebody_removed_has_no_access_with_the_next_request(owner_of_vendor, vendor, actor_of):
    colleague = actor_of(vendor, "vendor_editor")
    with act_as(SYSTEM):
        db.session.execute(
            text("INSERT INTO external_identity (provider, subject, person_id) VALUES ('demo', 's', :p)"),
            {"p": colleague.person_id},
        )
        db.session.commit()
    token = sign_in.sign_in("demo", "s", name="同僚", email="c@example.jp")
    assert sign_in.resolve(token).actor.roles == {"vendor_editor"}
    with act_as(owner_of_vendor):
        members.remove(colleague.person_id)
    found = sign_in.resolve(token)
    assert found.workplace is None
    assert found.actor.audience == "public"
    assert [each.person_id for each in posted("removed_from_organisation")] == [colleague.person_id]


@pytest.mark.security
@pytest.mark.parametrize("way", ["removed", "another role", "left"])
def test_whoever_is_gone_comes_not_back_by_a_letter_of_their_own(owner_of_vendor, vendor, actor_of, newcomer, way):
    second = actor_of(vendor, "vendor_owner")
    with act_as(second):
        invitations.invite("second-again@example.jp", ["vendor_owner"])
    token = invitation_token("second-again@example.jp")
    with act_as(owner_of_vendor):
        kept = invitations.invite("colleague@example.jp", ["vendor_viewer"])
    with act_as(second if way == "left" else owner_of_vendor):
        if way == "removed":
            members.remove(second.person_id)
        elif way == "another role":
            members.change_roles(second.person_id, ["vendor_viewer"])
        else:
            members.leave()
    with pytest.raises(InvitationClosed) as caught:
        invited.accept(newcomer, token)
    assert caught.value.findings[0].code == "invitation_revoked"
    assert "invitation_revoked" in events()
    with act_as(owner_of_vendor):
        assert [each.id for each in invitations.waiting(members.team())] == [kept]


@pytest.mark.security
def test_of_the_secretariat_letters_to_a_committee_go_with_their_sender(
    services, organisation, actor_of, newcomer
):
    office = organisation("secretariat")
    board = organisation("committee", name="審査委員会")
    gone, stays = (actor_of(office, "secretariat_administrator") for _ in range(2))
    with act_as(gone):
        invitations.invite("friend@example.jp", ["committee_member"], organisation_id=board)
    token = invitation_token("friend@example.jp")
    with act_as(stays):
        members.remove(gone.person_id)
    with pytest.raises(InvitationClosed):
        invited.accept(newcomer, token)


def test_others_people_are_nobody(owner_of_vendor, actor_of, organisation):
    stranger = actor_of(organisation("vendor"), "vendor_viewer")
    for step in (members.remove, lambda person: members.change_roles(person, ["vendor_owner"])):
        with act_as(owner_of_vendor), pytest.raises(NotFound):
            step(stranger.person_id)


def test_the_last_owner_stays(owner_of_vendor, vendor, actor_of):
    actor_of(vendor, "vendor_editor")
    for step in (
        lambda: members.remove(owner_of_vendor.person_id),
        lambda: members.change_roles(owner_of_vendor.person_id, ["vendor_viewer"]),
        members.leave,
    ):
        with act_as(owner_of_vendor), pytest.raises(LastOwner):
            step()
    assert roles_in(vendor, owner_of_vendor) == {"vendor_owner"}
    with act_as(owner_of_vendor):  # taking on more is fine
        members.change_roles(owner_of_vendor.person_id, ["vendor_owner", "vendor_viewer"])


def test_of_two_owners_who_leave_at_once_one_stays(services, owner_of_vendor, vendor, actor_of):
    second = actor_of(vendor, "vendor_owner")

    def leave(who: Actor):
        with act_as(who):
            return members.leave()

    results = use_cases_at_once(services, lambda: leave(owner_of_vendor), lambda: leave(second))
    assert sorted(isinstance(one, LastOwner) for one in results) == [False, True]
    assert len(roles_in(vendor, owner_of_vendor) | roles_in(vendor, second)) == 1


def test_two_owners_who_remove_each_other_use_cases_at_once(services, owner_of_vendor, vendor, actor_of):
    second = actor_of(vendor, "vendor_owner")

    def remove(who: Actor, whom: Actor):
        with act_as(who):
            return members.remove(whom.person_id)

    results = use_cases_at_once(
        services, lambda: remove(owner_of_vendor, second), lambda: remove(second, owner_of_vendor)
    )
    assert sorted(isinstance(one, DomainError) for one in results) == [False, True]
    assert len(roles_in(vendor, owner_of_vendor) | roles_in(vendor, second)) == 1


def test_anybody_leaves_by_themselves(vendor, owner_of_vendor, actor_of, organisation):
    committee = actor_of(organisation("committee"), "committee_member")
    for who in (actor_of(vendor, "vendor_viewer"), committee):
        with act_as(who):
            members.leave()
        assert roles_in(who.organisation_id, who) == set()
    assert events() == ["member_left"] * 2


def test_committee_members_see_themselves_only(services, organisation, actor_of):
    committee = organisation("committee")
    one, _ = actor_of(committee, "committee_member"), actor_of(committee, "committee_member")
    with act_as(one):
        assert [each.person_id for each in members.members(members.team())] == [one.person_id]


def test_members_are_read_in_one_query(vendor, owner_of_vendor, actor_of, services, statements):
    for _ in range(5):
        actor_of(vendor, "vendor_viewer")
    with act_as(owner_of_vendor):
        of = members.team()
        with statements() as seen:
            assert len(members.members(of)) == 6
    assert len(seen) == 1


def test_expired_ones_are_shown_as_such(owner_of_vendor):
    with clock.at(NOW):
        invite(owner_of_vendor)
    with clock.at(NOW + timedelta(days=9)), act_as(owner_of_vendor):
        assert [each.state for each in invitations.waiting(members.team())] == ["expired"]
    with act_as(SYSTEM):
        assert db.session.scalars(select(Invitation.email)).all() == ["new@example.jp"]
