"""Who may not review whom, and why."""

from __future__ import annotations

import pytest

from marketplace.registration.conflict_check import parties_of
from marketplace.registration.conflicts import RELATIONS, Party, Relation, conflicts, same_company
from tenants.models import Organisation

APPLICANT = Party("株式会社あさひ業務ソフト", "7999900000101")
RELATED = Party("あさひホールディングス株式会社", None, related=True)


def codes(*relations: Relation, **facts: bool) -> list[str]:
    return [finding.code for finding in conflicts([APPLICANT, RELATED], relations, **facts)]


def test_nobody_is_in_conflict_without_a_relation():
    assert codes() == []
    assert codes(Relation("employer", "みなと大学", "6999900000102")) == []


def test_an_employer_with_the_applicant_s_number_is_the_same_company_whatever_its_name():
    assert codes(Relation("employer", "旧社名", "7999900000101")) == ["same_company"]


@pytest.mark.parametrize("kind", sorted(RELATIONS.keys() - {"employer"}))
def test_any_other_relation_to_the_applicant_counts(kind):
    assert codes(Relation(kind, "あさひ業務ソフト", None)) == ["declared_relation"]


def test_a_related_company_counts_as_the_applicant_does():
    [finding] = conflicts([APPLICANT, RELATED], [Relation("officer", "(株) あさひホールディングス", None)])
    assert finding.code == "declared_relation"
    assert "関連会社" in finding.message.ja
    assert "役員" in finding.message.ja


@pytest.mark.parametrize(("has_related", "related"), [("yes", 1), ("no", 0), ("", 0)])
def test_a_company_that_is_declared_no_more_is_no_party(has_related, related):
    """Its row stays in the form: nothing typed is lost."""
    rows = [{"name": RELATED.name, "corporate_number": ""}]
    applicant = Organisation(name=APPLICANT.name, corporate_number=APPLICANT.number)
    found = parties_of(applicant, {"interests": {"has_related": has_related, "companies": rows}})
    assert found == [APPLICANT, RELATED][: 1 + related]


def test_numbers_decide_where_both_are_known():
    same_name = Relation("employer", "株式会社あさひ業務ソフト", "6999900000102")
    assert codes(same_name) == []


def test_what_the_member_says_and_whose_member_they_are_come_first():
    found = codes(Relation("family", "あさひ業務ソフト", None), works_for_applicant=True, declared=True)
    assert found == ["declared_conflict", "works_for_applicant", "declared_relation"]


@pytest.mark.parametrize(
    "name", ["㈱あさひ業務ソフト", "あさひ業務ソフト株式会社", "あさひ 業務ソフト", "(株)あさひ業務ソフト"]
)
def test_names_are_compared_without_legal_form_and_spaces(name):
    assert same_company(name, None, APPLICANT)


def test_a_name_of_nothing_but_a_legal_form_is_nobody_s():
    assert not same_company("株式会社", None, Party("株式会社", None))
