"""What an organisation says of itself, and what is not its own to say; one business found twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.subsidy.classes import normalise_jsic
from tenants import details, duplicates
from tenants.actor import SYSTEM, Actor
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.details import Details
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, NotPermitted, StaleVersion
from tenants.models import Organisation

NUMBER = "7000012050002"
GOOD = Details(
    name="食堂ひまわり",
    name_kana="しょくどう ヒマワリ",
    form="corporation",
    corporate_number="７００００１２０５０００２",
    invoice_number="t7000012050002",
    prefecture="東京都",
    address="千代田区丸の内1-9-1",
    jsic="m-762",
    representative="山田 太郎",
    telephone="03-1234-5678",
)


@pytest.fixture
def shop(services, organisation, actor_of) -> Actor:
    return actor_of(organisation("sme", name="ひまわり"), "sme_owner")


def save(who: Actor, said: Details, version: int | None = None) -> details.Record:
    with act_as(who):
        return details.save(
            said,
            read_version=details.own().version if version is None else version,
            require_industry=normalise_jsic,
        )


def codes(who: Actor, said: Details) -> list[str]:
    with pytest.raises(BadInput) as caught:
        save(who, said)
    return [finding.code for finding in caught.value.findings]


def test_the_owner_keeps_the_details_in_one_spelling(shop):
    kept = save(shop, GOOD).details
    assert kept.name_kana == "ショクドウ ヒマワリ"
    assert kept.corporate_number == NUMBER
    assert kept.invoice_number == f"T{NUMBER}"
    assert kept.jsic == "M762"
    assert kept.telephone == "0312345678"
    with act_as(SYSTEM):
        event = db.session.query(AuditEvent).one()
        assert event.name == "organisation_edited"
        assert event.before["name"] == "ひまわり"
        assert event.after["name"] == "食堂ひまわり"


def test_saving_the_same_again_is_no_event(shop):
    save(shop, GOOD)
    save(shop, GOOD)
    with act_as(SYSTEM):
        assert db.session.query(AuditEvent).count() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, "name_length"),
        ({"name": "あ" * 121}, "name_length"),
        ({"address": ""}, "address_length"),
        ({"prefecture": "江戸"}, "prefecture_missing"),
        ({"form": ""}, "form_missing"),
        ({"name_kana": "漢字"}, "malformed_name_kana"),
        ({"telephone": "12"}, "malformed_telephone"),
        ({"jsic": "ZZ"}, "unknown_jsic"),
        ({"jsic": "00"}, "unknown_jsic"),
        ({"jsic": "I762"}, "unknown_jsic"),
        ({"jsic": "768"}, "unknown_jsic"),
        ({"jsic": "7680"}, "unknown_jsic"),
        ({"corporate_number": ""}, "missing_number"),
        ({"corporate_number": "1000012050002"}, "wrong_check_digit"),
        ({"invoice_number": "T123"}, "malformed_invoice_number"),
        ({"invoice_number": "T1000012050008"}, "invoice_number_of_another"),
    ],
)
def test_each_fault_is_said(shop, change, code):
    assert code in codes(shop, replace(GOOD, **change))


def test_a_sole_proprietor_has_no_corporate_number_and_any_invoice_number(shop):
    kept = save(shop, replace(GOOD, form="sole_proprietor", invoice_number="T1234567890123")).details
    assert kept.corporate_number == ""
    assert kept.invoice_number == "T1234567890123"


def test_who_was_second_sees_that_somebody_was_first(shop):
    with act_as(shop):
        version = details.own().version
    save(shop, GOOD, version)
    with pytest.raises(StaleVersion):
        save(shop, replace(GOOD, name="別の名"), version)


def test_only_owners_change_them(shop, actor_of, organisation):
    member = actor_of(shop.organisation_id, "sme_member")
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    for who in (member, office):
        with act_as(who), pytest.raises(NotPermitted):
            details.save(GOOD, read_version=1, require_industry=normalise_jsic)


def test_another_s_number_is_refused(shop, organisation):
    organisation("sme", corporate_number=NUMBER)
    with pytest.raises(AlreadyRegistered) as caught:
        save(shop, GOOD)
    assert caught.value.certain


def test_an_adopted_vendor_keeps_its_name_and_number_an_applicant_does_not(services, organisation, actor_of):
    adopted = actor_of(organisation("vendor", name="あさひ", corporate_number="1000012050008"), "vendor_owner")
    kept = save(adopted, replace(GOOD, invoice_number="")).details
    assert (kept.name, kept.corporate_number, kept.address) == ("あさひ", "1000012050008", GOOD.address)
    applicant = actor_of(organisation("vendor", name="みなと", standing="applicant"), "vendor_owner")
    assert save(applicant, GOOD).details.corporate_number == NUMBER


def vouch(who: Actor, **facts: object) -> None:
    """Let a provider say this of the person's business."""
    row = {
        "p": who.person_id,
        "account": "prime",
        "corp": "corporation",
        "number": NUMBER,
        "name": "株式会社食堂ひまわり",
        "kana": "",
        "place": "東京都",
        "address": "千代田区1-1",
    } | facts
    with act_as(SYSTEM):
        db.session.execute(
            text(
                "INSERT INTO identity_facts (person_id, provider, account_type, corp_type, corporate_number, name,"
                " name_kana, prefecture, address, verified_at)"
                " VALUES (:p, 'gbiz', :account, :corp, :number, :name, :kana, :place, :address, now())"
            ),
            row,
        )
        db.session.commit()


def test_what_a_provider_answers_for_is_not_typed_and_fixes_the_number(services, organisation, actor_of):
    shop = actor_of(organisation("sme", name="旧名", corporate_number=NUMBER), "sme_owner")
    vouch(shop)
    with act_as(shop):
        assert {"name", "corporate_number", "form", "address"} <= set(details.own().fixed)
    kept = save(shop, replace(GOOD, name="打った名", corporate_number="1000012050008", invoice_number=""))
    assert (kept.details.name, kept.details.corporate_number) == ("株式会社食堂ひまわり", NUMBER)
    assert kept.number_verified_at is not None
    # Fixed for colleagues too, who signed in without such a provider.
    colleague = actor_of(shop.organisation_id, "sme_owner")
    with act_as(colleague):
        assert set(details.own().fixed) == {"form", "corporate_number"}


def test_a_provider_that_speaks_of_another_business_locks_nothing_here(services, organisation, actor_of):
    shop = actor_of(organisation("sme", name="別の店", corporate_number="1000012050008"), "sme_owner")
    vouch(shop)
    with act_as(shop):
        assert details.own().fixed == {}


# --- one business found twice ---


def office(actor_of, organisation) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_auditor")


def test_pairs_are_found_by_name_and_address_and_by_number(services, organisation, actor_of):
    first = organisation("sme", name="㈱ひまわり商店", address="千代田区丸の内一丁目9番1号")
    second = organisation(
        "sme", name="ヒマワリ商店（株）", address="千代田区丸の内1-9-1 3階", invoice_number=f"T{NUMBER}"
    )
    third = organisation("sme", name="別名", address="港区1", corporate_number=NUMBER)
    organisation("sme", name="ひまわり商店", address="千代田区丸の内1-9-2")
    organisation("vendor", name="ひまわり商店", address="千代田区丸の内1-9-1")
    with act_as(office(actor_of, organisation)):
        by_name = duplicates.suspicions("name_and_address")
        by_number = duplicates.suspicions("number")
    assert [[one.id for one in group.candidates] for group in by_name.items] == [[first, second]]
    assert [[one.id for one in group.candidates] for group in by_number.items] == [[second, third]]


def test_the_list_is_paged_and_costs_the_same_for_many(services, organisation, actor_of, statements):
    for number in range(6):
        for name in (f"店{number}", f"店{number}（株）"):
            organisation("sme", name=name, address="港区1-1")
    with act_as(office(actor_of, organisation)), statements() as seen:
        page = duplicates.suspicions("name_and_address", per_page=4)
    assert (len(page.items), page.total, page.pages) == (4, 6, 2)
    assert len(seen) == 4


def test_only_the_secretariat_reads_it(shop):
    with act_as(shop), pytest.raises(NotPermitted):
        duplicates.suspicions("number")


def test_the_key_follows_the_name_and_the_address(services, organisation):
    made = organisation("sme", name="い", address="港区1")
    with act_as(SYSTEM):
        row = db.session.get_one(Organisation, made)
        before = row.match_key
        row.name = "ろ"
        db.session.commit()
        assert row.match_key != before
