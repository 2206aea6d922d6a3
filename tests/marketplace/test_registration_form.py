"""The registration form as data: what was typed becomes values and findings, and nothing typed is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from registrations import ANSWERS

from marketplace.registration.answers import changes, findings, read, related_companies, written
from marketplace.registration.data import form, forms
from marketplace.registration.form import DECLARATIONS, Form

FORM = form()
FILLED = {section.code: read(section, ANSWERS[section.code]) for section in FORM.sections}


def section(code: str):
    found = FORM.section(code)
    assert found is not None
    return found


def wrong(code: str, **typed: list[str]) -> list[tuple[str, str | None]]:
    answers = {**ANSWERS[code], **{name.replace("__", "."): value for name, value in typed.items()}}
    page = section(code)
    return [(each.code, each.field) for each in findings(page, read(page, answers))]


def test_every_version_is_kept_under_its_own_name():
    assert FORM.version in forms()
    assert [page.code for page in FORM.pages][-1] == DECLARATIONS


def test_bank_details_are_not_asked():
    names = " ".join(field.label.ja for page in FORM.sections for field in page.fields)
    assert "口座" not in names
    assert "銀行" not in names


@pytest.mark.parametrize("page", FORM.sections, ids=lambda page: page.code)
def test_the_sample_is_complete_and_nothing_is_not(page):
    assert findings(page, FILLED[page.code]) == []
    required = [each for each in page.fields if each.required and each.when is None]
    assert len(findings(page, {})) == len(required)


@pytest.mark.parametrize(
    ("code", "typed", "expected"),
    [
        ("company", {"capital_yen": ["たくさん"]}, [("malformed", "capital_yen")]),
        ("company", {"employees": ["-1"]}, [("malformed", "employees")]),
        ("company", {"founded_on": ["2001-02-30"]}, [("malformed", "founded_on")]),
        ("company", {"website": ["javascript:alert(1)"]}, [("malformed", "website")]),
        ("company", {"website": [""]}, []),
        ("company", {"name_kana": ["ア" * 121]}, [("too_long", "name_kana")]),
        ("contact", {"email": ["hanako@"]}, [("malformed", "email")]),
        ("contact", {"telephone": ["でんわ"]}, [("malformed", "telephone")]),
        ("business", {"role": ["nonsense"]}, [("missing", "role")]),
        ("support", {"areas": ["火星"]}, [("missing", "areas")]),
        ("support", {"people": ["0"]}, [("malformed", "people")]),
        ("products", {"planned__maker": [""]}, [("missing", "planned.1.maker")]),
        (
            "products",
            {"planned__name": [], "planned__maker": [], "planned__functions": []},
            [("missing", "planned")],
        ),
        (
            "interests",
            {"companies__corporate_number": ["123"]},
            [("malformed_number", "companies.1.corporate_number")],
        ),
        ("interests", {"has_related": ["no"], "companies__name": [""]}, []),
        ("interests", {"committee": ["yes"]}, [("missing", "committee_note")]),
    ],
)
def test_what_is_wrong_is_told_at_its_field(code, typed, expected):
    assert wrong(code, **typed) == expected


def test_what_people_type_in_full_width_is_understood():
    values = FILLED["company"] | FILLED["contact"]
    assert (values["capital_yen"], values["employees"], values["telephone"]) == (10_000_000, 25, "03-1234-5678")


@given(
    st.dictionaries(st.sampled_from(["name_kana", "capital_yen", "founded_on", "website"]), st.lists(st.text()))
)
def test_whatever_is_typed_is_kept_or_tidied_and_never_an_error(typed):
    page = section("company")
    values = read(page, typed)
    findings(page, values)
    assert read(page, {name: [str(value)] for name, value in values.items()}) == values
    assert not any("\x00" in str(value) or "\u202e" in str(value) for value in values.values())


def test_changes_name_what_reads_otherwise_in_both_languages():
    after = {**FILLED, "support": {**FILLED["support"], "weekdays": ["weekdays", "sunday"]}}
    (change,) = changes(FORM, FILLED, after)
    assert change.section == "support"
    assert (change.before.ja, change.after.ja) == ("平日", "平日、日曜・祝日")
    assert change.after.en == "Weekdays, Sundays and holidays"


def test_a_table_is_written_row_by_row():
    field = section("interests").field("companies")
    assert written(field, FILLED["interests"]["companies"]).ja == "見本ホールディングス／7999900000101／親会社"


def test_related_companies_count_only_while_they_are_declared():
    assert {row["corporate_number"] for row in related_companies(FILLED)} == {"7999900000101"}
    taken_back = {**FILLED["interests"], "has_related": "no"}
    assert list(related_companies({**FILLED, "interests": taken_back})) == []
    assert list(related_companies({})) == []


def test_a_form_whose_parts_do_not_fit_together_is_refused():
    facts = FORM.model_dump()
    paper = {**facts["papers"][0], "section": "nowhere"}
    with pytest.raises(ValidationError):
        Form.model_validate({**facts, "papers": [paper]})
    with pytest.raises(ValidationError):
        Form.model_validate({**facts, "sections": [facts["sections"][0]] * 2})
