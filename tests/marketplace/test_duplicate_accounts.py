"""Two records that look like one business: told apart, or one account closed in favour of the other."""

from __future__ import annotations

import uuid

import grants
import pytest
from letters import posted
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from together import use_cases_at_once

from marketplace import duplicate_accounts
from tenants import across_kinds, duplicate_verdicts, duplicates, invited
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db
from tenants.duplicate_models import DuplicateVerdict
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, Conflict, IllegalStep, NotFound, NotPermitted
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


def test_only_vendors_and_applicants_with_a_reason_by_the_administrator(
    twins, organisation, actor_of, administrator
):
    vendor = organisation("vendor", name="ベンダー")
    with act_as(administrator):
        for other in (administrator.organisation_id, twins[0], uuid.uuid4()):
            with pytest.raises(NotFound):
                duplicate_verdicts.pair(twins[0], other)
        with pytest.raises(NotFound):
            duplicate_accounts.merge(twins[0], vendor, reason=WHY)
        with pytest.raises(NotFound):
            duplicate_verdicts.find_same(*twins, reason=WHY)
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


def test_a_verdict_is_taken_back_with_a_reason_and_stays_on_record(administrator, twins):
    with act_as(administrator):
        duplicate_verdicts.tell_apart(*twins, reason=WHY)
        duplicate_verdicts.reopen(*twins, reason="登記を見直した。")
        known = duplicate_verdicts.pair(*twins)
        assert known.settled is None
        [earlier] = known.earlier
        assert (earlier.verdict, earlier.reason, earlier.decided_by) == ("different", WHY, administrator.name)
        assert (earlier.reopened.reason, earlier.reopened.by) == ("登記を見直した。", administrator.name)
        with pytest.raises(IllegalStep, match="not_settled"):
            duplicate_verdicts.reopen(*twins, reason=WHY)
        assert duplicate_verdicts.settled_pairs().items == ()
    assert suspected(administrator) == [list(twins)]
    with act_as(administrator):
        duplicate_verdicts.tell_apart(*twins, reason=WHY)
        assert [each.settled.verdict for each in duplicate_verdicts.settled_pairs().items] == ["different"]
    with act_as(SYSTEM):
        names = db.session.scalars(
            select(AuditEvent.name).where(AuditEvent.organisation_id == twins[0]).order_by(AuditEvent.number)
        ).all()
        assert names == ["duplicate_settled", "duplicate_reopened", "duplicate_settled"]
        assert list(verify()) == []


def test_a_closed_account_stays_closed(administrator, twins):
    with act_as(administrator):
        duplicate_accounts.merge(twins[1], twins[0], reason=WHY)
        assert not duplicate_verdicts.pair(*twins).may_reopen
        with pytest.raises(IllegalStep, match="not_settled"):
            duplicate_verdicts.reopen(*twins, reason=WHY)


# --- a vendor and an applicant ---


@pytest.fixture
def counterparts(services, organisation) -> tuple[uuid.UUID, uuid.UUID]:
    """An applicant without a number, and a vendor of the same name at the same place."""
    return tuple(organisation(kind, name="ひまわり商店", address="港区1-1") for kind in ("sme", "vendor"))


def across(who: Actor) -> list[uuid.UUID]:
    with act_as(who):
        return [each.applicant.id for each in across_kinds.pairs().items]


@pytest.mark.parametrize(
    ("settle", "verdict", "certain"),
    [(duplicate_verdicts.tell_apart, "different", False), (duplicate_verdicts.find_same, "same", True)],
)
def test_a_pair_across_kinds_is_settled_both_go_on_and_neither_is_told(
    administrator, counterparts, actor_of, settle, verdict, certain
):
    shop, vendor = counterparts
    owners = [actor_of(shop, "sme_owner"), actor_of(vendor, "vendor_owner")]
    assert across(administrator) == [shop]
    with act_as(administrator):
        settle(shop, vendor, reason=WHY)
        known = duplicate_verdicts.pair(vendor, shop)
        assert known.across
        assert (known.settled.verdict, known.settled.kept_id, known.settled.decided_by) == (
            verdict,
            None,
            administrator.name,
        )
        assert known.older.closed_at is known.newer.closed_at is None
        assert across_kinds.same_people(shop, vendor) is certain
        assert across_kinds.alike(vendor) == ()
        [listed] = duplicate_verdicts.settled_pairs().items
        assert (listed.older.id, listed.newer.id, listed.settled) == (shop, vendor, known.settled)
    assert across(administrator) == []
    assert posted("told_apart") == []
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(AuditEvent.subject_id, AuditEvent.organisation_id).where(AuditEvent.name == "duplicate_settled")
        ).all()
        assert {row.subject_id for row in rows} == {str(shop), str(vendor)}
        assert {row.organisation_id for row in rows} == {None}, "it is not theirs to read"
    for who in owners:
        with act_as(who):
            assert db.session.scalars(select(AuditEvent)).all() == []
            assert db.session.scalars(select(DuplicateVerdict)).all() == []
    with act_as(administrator):
        duplicate_verdicts.reopen(shop, vendor, reason="新しい書類が届いた。")
        assert across_kinds.same_people(shop, vendor) is False
    assert across(administrator) == [shop]


def test_who_is_one_with_a_closed_account_is_one_with_the_account_that_goes_on(
    administrator, counterparts, twins, organisation
):
    _, vendor = counterparts
    kept, closed = twins
    with act_as(administrator):
        duplicate_verdicts.find_same(closed, vendor, reason=WHY)
        assert across_kinds.same_people(kept, vendor) is False
        duplicate_accounts.merge(closed, kept, reason=WHY)
        assert across_kinds.same_people(kept, vendor) is True
        assert duplicate_verdicts.pair(kept, vendor).settled.reason == WHY


def test_of_two_who_settle_or_open_a_pair_at_once_one_is_heard(services, administrator, counterparts):
    def by(step):
        def run() -> None:
            with act_as(administrator):
                step(*counterparts, reason=WHY)

        return run

    steps = duplicate_verdicts
    for pressed in ((steps.tell_apart, steps.find_same), (steps.reopen, steps.reopen)):
        got = use_cases_at_once(services, *map(by, pressed))
        assert sum(each is None for each in got) == 1, got
        assert all(each is None or isinstance(each, Conflict | IllegalStep) for each in got)


def test_only_the_administrator_settles_and_opens_pairs(counterparts, organisation, actor_of, administrator):
    office = organisation("secretariat")
    others = (
        actor_of(office, "secretariat_reviewer"),
        actor_of(office, "secretariat_auditor"),
        actor_of(counterparts[0], "sme_owner"),
        actor_of(counterparts[1], "vendor_owner"),
    )
    for step in (duplicate_verdicts.find_same, duplicate_verdicts.tell_apart, duplicate_verdicts.reopen):
        for who in others:
            with act_as(who), pytest.raises(NotPermitted):
                step(*counterparts, reason=WHY)
        with act_as(administrator), pytest.raises(BadInput, match="reason_missing"):
            step(*counterparts, reason=" ")
    with act_as(others[2]), pytest.raises(NotPermitted):
        duplicate_verdicts.settled_pairs()


@pytest.mark.security
def test_a_verdict_is_changed_in_sql_neither_by_its_parties_nor_after_it_was_taken_back(
    administrator, counterparts, actor_of
):
    with act_as(administrator):
        duplicate_verdicts.find_same(*counterparts, reason=WHY)
    take_back = text("UPDATE duplicate_verdict SET reopened_reason = 'x', reopened_at = now(), reopened_by = :who")
    for who in (actor_of(counterparts[0], "sme_owner"), actor_of(counterparts[1], "vendor_owner")):
        with act_as(who):
            assert db.session.execute(take_back.bindparams(who=who.person_id)).rowcount == 0
            db.session.rollback()
    with act_as(administrator):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text("UPDATE duplicate_verdict SET verdict = 'different'"))
        db.session.rollback()
        duplicate_verdicts.reopen(*counterparts, reason=WHY)
        assert db.session.execute(take_back.bindparams(who=administrator.person_id)).rowcount == 0
        db.session.rollback()


@pytest.mark.security
def test_an_organisation_closes_nothing_in_sql_either(twins, actor_of):
    owner = actor_of(twins[0], "sme_owner")
    with act_as(owner):
        row = db.session.get_one(Organisation, twins[0])
        row.closed_into, row.closed_at = twins[0], row.created_at
        with pytest.raises(ProgrammingError, match="only the secretariat closes"):
            db.session.flush()
        db.session.rollback()
