"""The worked input, in every form vendors send it, comes out as it must. Pure: plans, nothing written."""

import csv
import io
import re

import openpyxl
import pytest

from catalogue.imports.layouts import read_table
from catalogue.imports.plan import Known, plan
from catalogue.imports.rows import read_rows
from catalogue.price_sheets import Component, price_sheet
from catalogue.vocabulary_files import read_default_masters

FILES = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}
SOURCE_ENCODING = {"vendors": "utf-8", "products": "cp932", "packages": "cp932"}


def _workbook(text):
    book = openpyxl.Workbook()
    for line in csv.reader(io.StringIO(text)):
        book.active.append([int(cell) if re.fullmatch("[1-9][0-9]{0,14}", cell) else cell for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with_tabs(text):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue().encode("utf-16")


WRITERS = {
    "cp932": lambda text: text.encode("cp932"),
    "utf-8": lambda text: text.encode(),
    "utf-8-sig": lambda text: text.encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "tabs": _with_tabs,
    "xlsx": _workbook,
}


@pytest.fixture(params=WRITERS)
def tables(request, data):
    texts = {kind: (data / name).read_bytes().decode(SOURCE_ENCODING[kind]) for kind, name in FILES.items()}
    return [read_table(kind, WRITERS[request.param](text), FILES[kind]) for kind, text in texts.items()]


@pytest.fixture
def planned(tables):
    masters = read_default_masters()
    return plan([row for table in tables for row in read_rows(table, masters)], Known(), masters)


def _of(planned, kind):
    return [row for row in planned.results if row.kind == kind]


def test_six_vendors(planned):
    assert [row.action for row in _of(planned, "vendors")] == ["create"] * 6
    drafts = [draft for key, draft in planned.creates.items() if key[0] == "vendors"]
    assert [(draft.prefecture, draft.address) for draft in drafts[1:3]] == [
        ("神奈川県", "横浜市"),
        ("大阪府", "大阪市"),
    ]


def test_29_products_are_good_and_5_refused_for_what_is_wrong_with_them(planned):
    rows = _of(planned, "products")
    assert sum(row.accepted for row in rows) == 29
    refused = {(row.row, row.code): [(f.field, f.code) for f in row.findings] for row in rows if not row.accepted}
    assert refused == {
        (31, "K005"): [("製品コード", "duplicate_code")],
        (32, "MC-9"): [("最小販売価格（税抜）", "minimum_above_standard")],
        (33, "UK09"): [("コア機能", "unknown_function")],
        (34, "HS-199"): [("製品名", "missing_value")],
        (35, "MN-99"): [("標準販売価格（税抜）", "negative_price"), ("最小販売価格（税抜）", "negative_price")],
    }


def test_prices_are_read_in_every_spelling(planned):
    prices = {
        key[2]: (draft.standard_price_yen, draft.minimum_price_yen, draft.period, draft.unit)
        for key, draft in planned.creates.items()
        if key[0] == "products"
    }
    assert prices["A-001"] == (118_800, 98_000, "yearly", "1社")
    assert prices["MN-10"] == (300_000, 240_000, "once", "1店舗")
    assert prices["MN-15"] == (150_000, 100_000, "once", "1店舗")
    assert prices["UK04"] == (0, 0, "monthly", "1施設")
    assert prices["K003"] == (180_000, 150_000, "first_year", "")


def test_packages_come_out_as_expected(planned, data):
    with (data / "packages_expected.csv").open(encoding="utf-8-sig") as lines:
        expected = {row["code"]: row for row in csv.DictReader(lines)}
    rows = {row.code: row for row in _of(planned, "packages")}
    assert {code: row.accepted for code, row in rows.items()} == {
        code: row["accepted"] == "true" for code, row in expected.items()
    }
    refused = {code: [f.code for f in row.findings] for code, row in rows.items() if not row.accepted}
    assert refused == {
        "AP-3": ["work_ratio"],
        "HP-2": ["work_ratio"],
        "HP-9": ["work_ratio"],
        "MP-9": ["too_few_functions"],
        "KP-9": ["unknown_product"],
    }
    assert "XX-404" in rows["KP-9"].findings[0].message.ja
    assert "卸売業 46%、小売業 24%" in rows["HP-9"].findings[0].message.ja
    assert "製造業 60%" in rows["HP-9"].findings[0].remedy.ja
    assert "50%を超える業種はありません" in rows["AP-3"].findings[0].remedy.ja
    assert "小売業 58%" in rows["KP-1"].note.ja
    assert "製造業 60%" in rows["HP-1"].note.ja
    assert "宿泊業 52%" in rows["UP-2"].note.ja


def test_totals_agree_with_subsidy_and_own_cost(planned, data):
    masters = read_default_masters()
    with (data / "packages_expected.csv").open(encoding="utf-8-sig") as lines:
        expected = {row["code"]: row for row in csv.DictReader(lines) if row["accepted"] == "true"}
    seen = 0
    for key, draft in planned.creates.items():
        if key[0] != "packages":
            continue
        items = []
        for code, quantity in draft.items:
            product = planned.creates["products", draft.number, code]
            items.append(
                Component(
                    code,
                    product.name,
                    product.functions,
                    product.cost_kind,
                    product.period,
                    product.unit,
                    product.standard_price_yen,
                    quantity,
                )
            )
        sheet = price_sheet(items, draft.cloud_months, masters)
        row = expected[draft.code]
        assert sheet.total_yen == int(row["own_cost_yen"]) + int(row["subsidy_yen"]), draft.code
        seen += 1
    assert seen == len(expected) == 11


def test_the_same_files_again_change_nothing(tables):
    masters = read_default_masters()
    rows = [row for table in tables for row in read_rows(table, masters)]
    first = plan(rows, Known(), masters)
    again = plan(rows, Known(drafts=first.creates), masters)
    assert not again.creates
    assert not again.updates
    assert [row.accepted for row in again.results] == [row.accepted for row in first.results]
    assert {row.action for row in again.results if row.accepted} == {"unchanged"}
