"""Characters that make a name read, or count, otherwise than it looks."""

from __future__ import annotations

import pytest

from catalogue.imports.layouts import COLUMNS, PRODUCT_NAME, read_table
from marketplace.applications.document import prepared_from
from marketplace.registration.answers import tidy
from marketplace.registration.words import checked_words
from tenants.details import Details
from tenants.errors import BadInput
from tenants.reasons import reasoned
from tenants.same_business import name_key
from web.company_form import Company
from web.sme.forms import business_from

pytestmark = pytest.mark.security

SIGNS = [
    "\u202e",
    "\u2066",
    "\x85",
    "\x7f",
    "\x1b",
    "\u200b",
    "\u200e",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u3164",
    "\U000e0041",
]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_name_holds_no_invisible_controls(sign):
    cells = dict.fromkeys(COLUMNS["products"], "x") | {PRODUCT_NAME: f"会計{sign}ソフト"}
    data = f"{','.join(cells)}\r\n{','.join(cells.values())}\r\n".encode()
    (row,) = read_table("products", data, "x.csv").rows
    assert [(found.code, found.field) for found in row.findings] == [("control_character", PRODUCT_NAME)]


@pytest.mark.parametrize("name", ["会計ソフト（縦書き）", "👨‍👩‍👧会計", "ｶﾞｽ料金", "Café 会計"])
def test_what_people_do_write_stays(name):
    cells = dict.fromkeys(COLUMNS["products"], "x") | {PRODUCT_NAME: name}
    data = f"{','.join(cells)}\r\n{','.join(cells.values())}\r\n".encode()
    (row,) = read_table("products", data, "x.csv").rows
    assert row.findings == ()


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("form", [Company.sent, business_from, Details.sent])
def test_an_organisation_is_called_what_is_seen_of_its_name(form, sign):
    assert form({"name": f"{sign}麺処{sign}こはる"}).name == "麺処こはる"
    assert form({"name": sign}).name == ""


@pytest.mark.parametrize("form", [Company.sent, business_from, Details.sent])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028"])
def test_a_name_is_one_line(form, end):
    assert form({"name": f"麺処{end}Bcc: all@example.jp"}).name == "麺処 Bcc: all@example.jp"
    assert form({"name": "麺処\u3000葛\U000e0100"}).name == "麺処\u3000葛\U000e0100"


@pytest.mark.parametrize("sign", [*SIGNS, "\ufe0f", "\U000e0100", "\u200d"])
def test_two_names_that_look_the_same_are_the_same_business(sign):
    assert name_key(f"麺処{sign}こはる") == name_key("麺処こはる")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("kept", [reasoned, tidy, lambda text: checked_words(text, "note")])
def test_a_text_for_another_side_is_what_its_writer_saw(kept, sign):
    assert kept(f" 一行目{sign}です。\r\n{sign}二行目 ") == "一行目です。\n二行目"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_reason_that_nobody_sees_is_none(sign):
    with pytest.raises(BadInput):
        reasoned(sign)
    with pytest.raises(BadInput):
        checked_words(sign, "note")


@pytest.mark.parametrize("sign", SIGNS)
def test_a_business_agrees_to_what_it_reads(sign):
    typed = {
        "representative_name": f"小春{sign}あかり",
        "address": f"東京都{sign}港区\n1-1",
        "phone": "03-1234-5678",
        "purpose": f"自己負担{sign}を\r\n減らす",
        "expected_effect": f"{sign}月10時間",
        "introduction_planned_on": "2026-12-01",
    }
    prepared = prepared_from(typed)
    assert (prepared.representative_name, prepared.address) == ("小春あかり", "東京都港区 1-1")
    assert (prepared.purpose, prepared.expected_effect) == ("自己負担を\n減らす", "月10時間")
    with pytest.raises(BadInput):
        prepared_from(typed | {"purpose": sign})
