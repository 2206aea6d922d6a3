"""Who may apply: every edge of the table, every other rule, and industries by code and by name."""

import re
from fractions import Fraction

import pytest

from marketplace.subsidy.classes import (
    Classification,
    choice_of,
    classification,
    find_industries,
    industry_choices,
    industry_of,
    is_listed,
    name_of,
    normalise_jsic,
)
from marketplace.subsidy.eligibility import Applicant, check, rules_for
from marketplace.subsidy.files import parse
from marketplace.subsidy.scheme import SHIPPED, load_scheme, shipped_schemes
from tenants.errors import BadInput

RULES = rules_for(shipped_schemes().get("2017"))
RULES_2018 = rules_for(shipped_schemes().get("2018"))
RULES_2025 = rules_for(shipped_schemes().get("2025-normal"))

# class, example codes, capital, employees, small business
TABLE = [
    ("general", ["E09", "D06", "H44", "A01", "J62", "N791", "K68", "G37", "E1911", "E1931", "G413"], 300, 300, 20),
    ("wholesale", ["I50", "I55", "5411"], 100, 100, 5),
    (
        "service",
        ["G38", "G411", "K693", "K70", "L72", "N78", "N79", "O82", "P83", "Q87", "R89", "3922"],
        50,
        100,
        5,
    ),
    ("amusement", ["N80"], 50, 100, 20),
    ("retail", ["I56", "I61", "M76", "M77", "M767"], 50, 50, 5),
    ("rubber", ["E19", "192", "1933"], 300, 900, 20),
    ("software", ["G39", "G391", "392", "3921"], 300, 300, 5),
    ("inns_and_hotels", ["M75", "M751"], 50, 200, 20),
]
ROWS = [
    (name, code, capital * 10**6, staff, small) for name, codes, capital, staff, small in TABLE for code in codes
]


@pytest.mark.parametrize(
    ("capital_yen", "said"),
    [
        (50_000_000, "資本金5,000万円、"),
        (300_000_000, "資本金3億円、"),
        (1_250_000_000, "資本金12億5,000万円、"),
        (3_000_001, "資本金3,000,001円、"),
        (9_999, "資本金9,999円、"),
    ],
)
def test_capital_is_said_as_people_say_it(capital_yen, said):
    (size,) = (
        rule for rule in check(Applicant("company", 1, "E09", capital_yen), RULES).rules if rule.code == "size"
    )
    assert "資本金3億円以下" in size.message.ja
    assert f"（{said}" in size.message.ja


@pytest.mark.parametrize(("name", "code", "capital", "staff", "small"), ROWS, ids=[row[1] for row in ROWS])
def test_edges_of_the_table(name, code, capital, staff, small):
    def result(kind, employees, capital_yen):
        found = check(Applicant(kind, employees, code, capital_yen), RULES)
        assert found.size_class == name
        return found.result

    assert result("company", staff, capital + 1) == "eligible"
    assert result("company", staff + 1, capital) == "eligible"
    assert result("company", staff + 1, capital + 1) == "not_eligible"
    assert result("company", staff + 1, None) == "needs_papers"
    assert result("sole_proprietor", staff, None) == "eligible"
    assert result("sole_proprietor", staff + 1, None) == "not_eligible"
    assert check(Applicant("company", small, code, 0), RULES).business_size == "small"
    assert check(Applicant("company", small + 1, code, 0), RULES).business_size == "sme"


def test_a_division_alone_may_leave_it_open():
    assert check(Applicant("company", 40, "I", 10**9), RULES).result == "eligible"
    open_case = check(Applicant("company", 80, "I", 10**9), RULES)
    assert (open_case.result, open_case.size_class) == ("needs_papers", None)
    assert "2けた" in open_case.rules[1].message.ja
    assert check(Applicant("company", 80, "L", 10**9), RULES).size_class == "service"


@pytest.mark.parametrize("kind", ["medical_corporation", "social_welfare_corporation", "npo"])
def test_organisations_by_edition(kind):
    assert check(Applicant(kind, 100), RULES).result == "eligible"
    assert check(Applicant(kind, 101), RULES).result == "needs_papers"
    assert check(Applicant(kind, 101, "P83"), RULES_2018).result == "not_eligible"
    assert check(Applicant(kind, 300), RULES_2025).result == "eligible"
    assert check(Applicant(kind, 301), RULES_2025).result == "not_eligible"


def test_unions_have_no_limit_and_a_scheme_may_leave_a_kind_out():
    found = check(Applicant("union", 5000), RULES)
    assert (found.result, found.size_class, found.as_json()["size_class_label"]) == ("eligible", None, None)
    text = (SHIPPED / "2018.yaml").read_text(encoding="utf-8")
    without = re.sub(r"    union:\n(?:      .*\n)+", "", text)
    assert without != text
    assert check(Applicant("union", 1), rules_for(load_scheme(without))).result == "not_eligible"


def test_a_scheme_with_an_unknown_table():
    text = (SHIPPED / "2018.yaml").read_text(encoding="utf-8").replace("table: sme-classes", "table: other")
    with pytest.raises(BadInput) as caught:
        rules_for(load_scheme(text))
    assert caught.value.findings[0].field == "applicants.table"


@pytest.mark.parametrize(
    ("facts", "passed"),
    [
        ({"largest_large_firm_share": 49}, True),
        ({"largest_large_firm_share": 50}, False),
        ({"largest_large_firm_share": Fraction(1, 2)}, False),
        ({"large_firms_share": 66}, True),
        ({"large_firms_share": Fraction(2, 3)}, False),
        ({"large_firms_share": Fraction(2, 3) - Fraction(1, 10**6)}, True),
        ({"large_firm_officers_share": 49}, True),
        ({"large_firm_officers_share": Fraction(1, 2)}, False),
    ],
)
def test_deemed_large_enterprise(facts, passed):
    found = check(Applicant("company", 5, "M76", 10**6, **facts), RULES)
    assert found.rules[2].passed is passed
    assert found.result == ("eligible" if passed else "not_eligible")


def test_domestic_and_once():
    abroad = check(Applicant("company", 5, "M76", 10**6, domestic=False), RULES)
    assert [rule.code for rule in abroad.rules if rule.passed is False] == ["domestic"]
    twice = check(Applicant("company", 5, "M76", 10**6, already_applied=True), RULES)
    assert [rule.code for rule in twice.rules if rule.passed is False] == ["once"]


def test_json_of_an_answer():
    found = check(Applicant("company", 5, "m76", 10**6), RULES).as_json("en")
    assert list(found) == ["result", "size_class", "size_class_label", "business_size", "rules", "rules_version"]
    assert found["size_class_label"] == "retail and restaurants"
    assert found["rules_version"] == "sme-classes 1"
    assert set(found["rules"][0]) == {"code", "passed", "message", "clause"}
    assert all(rule["clause"] for rule in found["rules"])


@pytest.mark.parametrize(
    ("applicant", "field"),
    [
        (Applicant("stranger", 1, "M76"), "kind"),
        (Applicant("company", 1), "jsic"),
        (Applicant("company", 1, "Z99"), "jsic"),
        (Applicant("company", -1, "M76"), "employees"),
        (Applicant("company", employees=True, jsic="M76"), "employees"),
        (Applicant("company", 1_000_001, "M76"), "employees"),
        (Applicant("company", 1, "M76", -1), "capital_yen"),
        (Applicant("company", 1, "M76", 1.5), "capital_yen"),
        (Applicant("company", 1, "M76", 1, largest_large_firm_share=101), "largest_large_firm_share"),
        (Applicant("company", 1, "M76", 1, large_firms_share=Fraction(3, 2)), "large_firms_share"),
        (Applicant("company", 1, "M76", 1, large_firm_officers_share=0.5), "large_firm_officers_share"),
    ],
)
def test_what_cannot_be_judged(applicant, field):
    with pytest.raises(BadInput) as caught:
        check(applicant, RULES)
    assert [finding.field for finding in caught.value.findings] == [field]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("G39", "G39"),
        ("39", "G39"),
        ("G391", "G391"),
        ("391", "G391"),
        ("g-39-1", "G391"),
        ("Ｇ３９１", "G391"),
        (" 3911 ", "G3911"),
        ("M76", "M76"),
        ("i58", "I58"),
        ("L", "L"),
        ("01", "A01"),
    ],
)
def test_codes_as_people_write_them(written, code):
    assert normalise_jsic(written).code == code


@pytest.mark.parametrize(
    "written", ["", "U01", "00", "A39", "39111", "G3", "飲食店", "3９x", "G39; drop", "768", "M7680", "G399"]
)
def test_what_is_no_code(written):
    with pytest.raises(BadInput) as caught:
        normalise_jsic(written)
    assert caught.value.findings[0].field == "jsic"


def test_the_table_is_whole():
    groups = [group.code for division in classification().divisions for group in division.groups]
    assert groups == [f"{number:02}" for number in range(1, 100)]
    assert "".join(division.code for division in classification().divisions) == "ABCDEFGHIJKLMNOPQRST"
    for code in groups:
        assert check(Applicant("company", 1, code, 1), RULES).size_class
        assert industry_of(normalise_jsic(code))
    assert name_of(normalise_jsic("3911")).ja == "ソフトウェア業"
    assert [is_listed(normalise_jsic(code)) for code in ("M", "39", "391", "6031", "3911")] == [True] * 4 + [False]


def test_both_editions_share_their_groups_and_differ_in_finer_ones():
    table = classification()
    assert [edition.id for edition in table.editions] == ["2013", "2023"]
    old, new = table.names("2013"), table.names("2023")
    assert {code for code in old if len(code) < 3} == {code for code in new if len(code) < 3}
    assert (old["561"].ja, new["561"].ja) == ("百貨店、総合スーパー", "百貨店")
    assert "562" in new
    assert "562" not in old
    assert "6031" in old
    assert "6031" not in new
    assert table.names()["561"].ja == "百貨店"
    assert table.names()["6031"].ja == "ドラッグストア"


@pytest.mark.parametrize("code", ["561", "562", "563", "564", "565", "566", "5811", "5891", "6031", "6091"])
def test_shops_are_retail_by_either_edition(code):
    assert check(Applicant("company", 60, code, 60_000_000), RULES).size_class == "retail"
    assert industry_of(normalise_jsic(code)) == "retail"


@pytest.mark.parametrize(
    "finer",
    [
        '[{code: "561", name: {ja: a, en: a}}, {code: "561", name: {ja: b, en: b}, editions: ["2013"]}]',
        '[{code: "561", name: {ja: a, en: a}, editions: ["1999"]}]',
    ],
)
def test_a_table_that_contradicts_itself_is_refused(finer):
    text = (
        'id: x\nversion: 1\neditions: [{id: "2013", source: x, effective_from: 2014-04-01}]\n'
        "divisions: []\nindustries: {}\nhead_offices: {name: {ja: a, en: a}, except: []}\n"
        f"finer: {finer}\n"
    )
    with pytest.raises(BadInput):
        parse(Classification, text, "jsic.yaml")


def test_catalogue_industries():
    expected = {
        "M76": "restaurants",
        "M751": "inns_and_hotels",
        "I58": "retail",
        "I52": "wholesale",
        "783": "beauty",
    }
    expected |= {"D06": "construction", "E24": "manufacturing", "P83": "medical_and_welfare", "391": "information"}
    assert {code: industry_of(normalise_jsic(code)) for code in expected} == expected
    assert industry_of(normalise_jsic("I")) is None


def test_choices_for_the_form():
    choices = industry_choices()
    assert len({choice.id for choice in choices}) == len({choice.jsic for choice in choices}) == len(choices)
    assert choices[0].as_json() == {
        "id": "restaurant",
        "label": {"ja": "飲食店", "en": "Restaurant"},
        "jsic": "M76",
        "industry": "restaurants",
    }


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("ラーメン屋", "飲食店"),
        ("ﾗｰﾒﾝ", "飲食店"),
        ("美容院", "美容室・エステ"),
        ("工務店", "工務店・建設"),
        ("hotel", "旅館・ホテル"),
        ("歯医者", "病院・クリニック・歯科"),
        ("m76", "飲食店"),
        ("鉄道業", "鉄道業"),
        ("均一価格店", "均一価格店"),
    ],
)
def test_search_by_name(words, first):
    assert find_industries(words)[0].label.ja == first


def test_search_that_finds_nothing():
    assert find_industries("") == find_industries("  ") == find_industries("あああ") == ()
    assert len(find_industries("業")) == 10


def test_a_choice_is_a_friendly_entry_or_a_group_of_the_classification():
    friendly = industry_choices()[0]
    assert choice_of(friendly.id) is friendly
    group = choice_of("jsic_M76")
    assert group is not None
    assert (group.jsic, group.industry) == ("M76", industry_of(normalise_jsic("M76")))
    assert choice_of("jsic_Z99") is None
    assert choice_of("ramen") is None


@pytest.mark.parametrize(
    ("answers", "passed", "result"),
    [
        ({"wage_raise": True}, True, "eligible"),
        ({"wage_raise": False}, False, "not_eligible"),
        ({}, None, "needs_papers"),
    ],
)
def test_what_an_edition_requires_of_the_applicant_is_a_rule_of_its_own(answers, passed, result):
    """And what only opens a higher rate (its minimum-wage question) stands against nobody."""
    edition = shipped_schemes().get("2020-b")
    required = {code for code, condition in edition.conditions.items() if condition.required}
    found = check(Applicant("company", 5, "M76", 10**6, conditions=answers), rules_for(edition))
    rules = {rule.code: rule for rule in found.rules if rule.code.startswith("condition_")}
    assert set(rules) == {f"condition_{code}" for code in required}
    assert rules["condition_wage_raise"].passed is passed
    assert found.result == result


def test_a_question_that_only_raises_the_rate_refuses_nobody():
    found = check(Applicant("company", 5, "M76", 10**6, conditions={"minimum_wage": False}), RULES_2025)
    assert RULES_2025.conditions
    assert found.result == "eligible"
    assert not [rule for rule in found.rules if rule.code.startswith("condition_")]
