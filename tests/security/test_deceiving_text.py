"""Characters that make a listing's name read otherwise than it is."""

from __future__ import annotations

import pytest

from catalogue.imports.layouts import COLUMNS, PRODUCT_NAME, read_table

pytestmark = pytest.mark.security


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x85", "\x7f", "\x1b"])
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
