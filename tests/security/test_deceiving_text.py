"""Characters that make a name read, or count, otherwise than it looks."""

from __future__ import annotations

import pytest

from catalogue.imports.layouts import COLUMNS, PRODUCT_NAME, read_table
from tenants.details import Details
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
