"""Two records that look like one business: told apart, or one account closed in favour of the other."""

from __future__ import annotations

import uuid

import grants
import pytest
from letters import posted
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError

from marketplace import duplicate_accounts
from tenants import duplicate_verdicts, duplicates, invited
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted
from tenants.models import Membership, Organisation

WHY = "登記の住所と代表者が同じことを電話で確かめた。"
NUMBER = "7000012050002"


@pytest.fixture
def administrator(organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def twins(services, organisation) -> tuple[uuid.UUID, uuid.UUID]:
    return tuple(organisation("sme", name=name, address="港区1-1") for name in ("ひまわり商店", "㈱ひまわり商店"))


def suspected(who: Actor) -> list[list[uuid.UUID]]:
    with act_as(who):
        page = duplicates.suspicions("name_and_address")
        assert page.total == len(page.items)
        return [[each.id for each in group.candidates] for group in page.items]


def members_of(organisation_id: uuid.UUID) -> set[tuple[uuid.UUID, str]]:
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(Membership.person_id, Membership.role).where(Membership.organisation_id == organisation_id)
        )
        return {(row.person_id, row.role) for row in rows}


def test_two_businesses_leave_the_list_and_their_owners_are_told(administrator, twins, actor_of):
    for each in twins:
        actor_of(each, "sme_owner")
    assert suspected(administrator) == [list(twins)]
    with act_as(administrator):
        duplicate_verdicts.tell_apart(twins[1], twins[0], reason=WHY)
        known = duplicate_verdicts.pair(*twins)
        assert (known.settled.verdict, known.settled.kept_id, known.settled.reason) == ("different", None, WHY)
        with pytest.raises(IllegalStep, match="settled_already"):
            duplicate_verdicts.tell_apart(*twins, reason=WHY)
    assert suspected(administrator) == []
    assert {each.organisation_id for each in posted("told_apart")} == set(twins)
    with act_as(SYSTEM):
        told = db.session.scalars(
            select(AuditEvent.organisation_id).where(AuditEvent.name == "duplicate_settled")
        ).all()
        assert set(told) == set(twins)
        assert list(verify()) == []


def test_a_third_one_brings_the_group_back_with_the_pairs_that_are_open(administrator, twins, organisation):
    with act_as(administrator):
        duplicate_verdicts.tell_apart(*twins, reason=WHY)
    third = organisation("sme", name="ひまわり商店（株）", address="港区1-1")
    assert suspected(administrator) == [[*twins, third]]
    with act_as(administrator):
        [group] = duplicates.suspicions("name_and_address").items
        assert [{a.id, b.id} for a, b in group.pairs] == [{twins[0], third}, {twins[1], third}]
        for each in twins:
            duplicate_verdicts.tell_apart(each, third, reason=WHY)
    assert suspected(administrator) == []


def test_one_account_is_closed_and_its_people_are_asked_over(administrator, twins, actor_of):
    older, newer = twins
    owner, both, gone = actor_of(older, "sme_owner"), actor_of(older, "sme_member"), actor_of(newer, "sme_owner")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=newer, person_id=both.person_id, role="sme_owner"))
        db.session.get_one(Organisation, newer).corporate_number = NUMBER
        db.session.commit()
    with act_as(administrator):
        assert duplicate_accounts.merge(newer, older, reason=WHY) == 1
        known = duplicate_verdicts.pair(*twins)
        assert (known.settled.verdict, known.settled.kept_id) == ("same", older)
        assert known.newer.closed_at is not None
    assert suspected(administrator) == []
    assert members_of(newer) == set()
    assert members_of(older) == {(owner.person_id, "sme_owner"), (both.person_id, "sme_member")}
    [letter] = posted("moved_invitation")
    assert invited.accept(gone, letter.link.partition("#")[2]) == older
    assert (gone.person_id, "sme_member") in members_of(older), "the least role there is"
    assert {each.person_id for each in posted("account_closed")} == {both.person_id, gone.person_id}
    assert [each.organisation_id for each in posted("account_joined")] == [older]
    with act_as(SYSTEM):
        duplicates.require_new("sme", name="ほか", prefecture="東京都", address="港区9", numbers=[NUMBER])
        with pytest.raises(AlreadyRegistered):
            duplicates.require_new("sme", name="ひまわり商店", prefecture="東京都", address="港区1-1")
        assert list(verify()) == []


def test_what_has_open_matters_is_not_closed(organisation, actor_of, administrator):
    world = grants.build(organisation, actor_of, now=True)
    shop = world.sme.organisation_id
    with act_as(world.sme):
        publication = grants.services.live_package(grants.CODE)
        grants.services.start(grants.CODE, publication_id=publication.id)
    twin = organisation("sme", name="別の書き方", address="港区2-2")
    with act_as(administrator):
        assert [each.ja for each in duplicate_accounts.open_matters(shop)] == ["手続き中の交付申請が1件あります"]
        with pytest.raises(IllegalStep, match="open_matters"):
            duplicate_accounts.merge(shop, twin, reason=WHY)
        assert duplicate_verdicts.pair(shop, twin).settled is None
        duplicate_accounts.merge(twin, shop, reason=WHY)
    assert members_of(shop)


def test_where_both_have_open_matters_neither_is_closed(organisation, actor_of, administrator):
    world = grants.build(organisation, actor_of, now=True)
    vendor, other = world.vendor.organisation_id, organisation("vendor", name="双子の会社")
    with act_as(administrator):
        words = [each.ja for each in duplicate_accounts.open_matters(vendor)]
        assert words[0] == "IT導入支援事業者として登録されています"
        with pytest.raises(IllegalStep, match="both_open"):
            duplicate_accounts.merge(vendor, other, reason=WHY)


def test_only_pairs_of_one_kind_with_a_reason_by_the_administrator(twins, organisation, actor_of, administrator):
    vendor = organisation("vendor", name="ベンダー")
    with act_as(administrator):
        for other in (vendor, twins[0], uuid.uuid4()):
            with pytest.raises(NotFound):
                duplicate_verdicts.pair(twins[0], other)
        for change in (
            lambda: duplicate_verdicts.tell_apart(*twins, reason=" "),
            lambda: duplicate_accounts.merge(*twins, reason="x" * 501),
        ):
            with pytest.raises(BadInput, match="reason_missing"):
                change()
    office = organisation("secretariat")
    for who in (actor_of(office, "secretariat_reviewer"), actor_of(twins[0], "sme_owner"), SYSTEM):
        with act_as(who), pytest.raises(NotPermitted):
            duplicate_accounts.merge(*twins, reason=WHY)
    with act_as(actor_of(twins[0], "sme_owner")), pytest.raises(NotPermitted):
        duplicate_verdicts.tell_apart(*twins, reason=WHY)


@pytest.mark.security
def test_an_organisation_closes_nothing_in_sql_either(twins, actor_of):
    owner = actor_of(twins[0], "sme_owner")
    with act_as(owner):
        row = db.session.get_one(Organisation, twins[0])
        row.closed_into, row.closed_at = twins[0], row.created_at
        with pytest.raises(ProgrammingError, match="only the secretariat closes"):
            db.session.flush()
        db.session.rollback()
