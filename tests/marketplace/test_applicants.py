"""The business's facts: said once, answered rule by rule, kept from the vendor."""

from __future__ import annotations

from dataclasses import replace

import pytest
from grants import SHOP, by, open_window

from catalogue import masters
from marketplace.applicants import Statement, profile, require_eligible, save_profile
from tenants.actor import SYSTEM
from tenants.errors import BadInput, NotPermitted, StaleVersion


@pytest.fixture
def sme(organisation, actor_of):
    return actor_of(organisation("sme"), "sme_owner")


def said(**changes: object) -> Statement:
    return replace(SHOP, **changes)  # type: ignore[arg-type]


def test_nothing_was_said_yet(sme):
    with by(sme):
        assert profile() is None
        with pytest.raises(BadInput) as refused:
            require_eligible()
    assert refused.value.code == "profile_missing"


def test_said_once_and_answered_rule_by_rule(sme):
    with by(sme):
        saved = save_profile(SHOP, read_version=None)
        assert saved == profile()
        assert saved.result == "eligible"
        assert saved.may_apply
        assert saved.jsic == "M76"
        assert saved.industry_label.ja == "飲食店"
        assert [rule["code"] for rule in saved.rules_in("ja")] == ["domestic", "size", "deemed_large", "once"]
        assert all(rule["clause"] and rule["passed"] for rule in saved.rules_in("en"))
        assert saved.rules_version.startswith("sme-classes")
        assert saved.checked_on.isoformat() == "2026-11-02"
        eligible = require_eligible()
    assert eligible.industry == "restaurants"
    assert eligible.business_size == "sme"
    assert eligible.facts()["industry_label"] == {"ja": "飲食店", "en": "Restaurant"}
    assert "employees" not in eligible.facts()
    assert eligible.figures()["employees"] == 8


def test_a_small_business_is_known(sme):
    with by(sme):
        save_profile(said(kind="sole_proprietor", capital_yen=None, employees=3), read_version=None)
        assert require_eligible().business_size == "small"
        assert require_eligible().facts()["kind_label"]["ja"] == "個人事業主"


def test_being_refused_is_an_answer_and_not_an_error(sme):
    with by(sme):
        saved = save_profile(said(capital_yen=80_000_000, employees=90, domestic=False), read_version=None)
        assert saved.result == "not_eligible"
        assert not saved.may_apply
        with pytest.raises(BadInput) as refused:
            require_eligible()
    assert [finding.code for finding in refused.value.findings] == ["not_eligible_domestic", "not_eligible_size"]
    assert all(finding.remedy.ja for finding in refused.value.findings)


def test_two_thirds_rounded_up_reach_the_limit(sme):
    with by(sme):
        assert save_profile(said(large_firms_share=66), read_version=None).may_apply
        assert not save_profile(said(large_firms_share=67), read_version=1).may_apply


def test_papers_do_not_stand_in_the_way(sme):
    with by(sme):
        saved = save_profile(said(capital_yen=None, employees=60), read_version=None)
        assert saved.result == "needs_papers"
        assert require_eligible().facts()["result"] == "needs_papers"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "somebody"}, "kind"),
        ({"industry": ""}, "industry"),
        ({"industry": "unheard_of"}, "industry"),
        ({"employees": -1}, "employees"),
        ({"employees": 10**7}, "employees"),
        ({"capital_yen": -5}, "capital_yen"),
        ({"large_firms_share": 101}, "large_firms_share"),
    ],
)
def test_what_cannot_be_judged_names_its_field(sme, changes, field):
    with by(sme):
        with pytest.raises(BadInput) as refused:
            save_profile(said(**changes), read_version=None)
        assert refused.value.findings[0].field == field
        assert profile() is None


def test_an_industry_of_the_classification_itself(sme):
    with by(sme):
        saved = save_profile(said(industry="jsic_G391", capital_yen=200_000_000), read_version=None)
        assert saved.may_apply
        assert saved.industry_label.ja == "ソフトウェア業"
        assert profile().statement.industry == "jsic_G391"


def test_the_later_of_two_editors_is_told(sme):
    with by(sme):
        save_profile(SHOP, read_version=None)
        for stale in (None, 7):
            with pytest.raises(StaleVersion):
                save_profile(said(employees=9), read_version=stale)
        assert save_profile(said(employees=9), read_version=1).version == 2


def test_the_rules_of_the_day_decide(sme):
    open_window()
    with by(sme):
        save_profile(said(kind="union", employees=40), read_version=None)
        require_eligible()
    with by(SYSTEM):
        row = masters.newest("scheme", "2017")
        content = {**row.content, "version": row.version + 1}
        content["applicants"] = {
            **content["applicants"],
            "organisations": {"union": {"employees": 30, "clause": "試験の要領"}},
        }
        masters.load(
            [masters.MasterDocument("scheme", "2017", row.version + 1, row.effective_from, "試験", content)]
        )
    with by(sme):
        assert profile().result == "eligible"
        with pytest.raises(BadInput) as refused:
            require_eligible()
    assert refused.value.code == "not_eligible_size"


def test_only_its_owner_says_it(organisation, actor_of):
    business = organisation("sme")
    member, vendor = actor_of(business, "sme_member"), actor_of(organisation("vendor"), "vendor_owner")
    with by(member):
        assert profile() is None
        with pytest.raises(NotPermitted):
            save_profile(SHOP, read_version=None)
    with by(vendor), pytest.raises(NotPermitted):
        profile()
