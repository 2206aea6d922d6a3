"""What a package is like: read from files and the form, kept where a file says nothing, told when it changes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import pytest
from import_rows import ASAHI, PACKAGE, PRODUCT

from catalogue.differences import differences
from catalogue.imports.examples import GUIDE, example_file
from catalogue.imports.layouts import COLUMNS, TRAITS, every_column, read_table
from catalogue.imports.plan import Known, plan
from catalogue.imports.refused import write_refused
from catalogue.imports.rows import read_rows
from catalogue.snapshots import traits_of
from catalogue.traits import AREAS, KINDS, areas, deployments, stated
from catalogue.vocabulary import LATER_PARTS, Masters
from catalogue.vocabulary_files import read_default_masters, read_documents
from tenants.errors import BadInput
from tenants.organisations import PREFECTURES

MASTERS = read_default_masters()
REGISTERED = {("vendors", ASAHI.number, ""): ASAHI}
PRODUCTS = (PRODUCT, PRODUCT | {"製品コード": "A-2", "コア機能": "B3"})
PACKAGE_OF_TWO = PACKAGE | {"構成製品×数量": "A-1×1;A-2×1"}


def table(kind, *rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([COLUMNS[kind], *([row[name] for name in COLUMNS[kind]] for row in rows)])
    return read_table(kind, out.getvalue().encode(), f"{kind}.csv")


def planned(*tables, known=Known(drafts=REGISTERED)):  # noqa: B008  (frozen)
    return plan([row for each in tables for row in read_rows(each, MASTERS)], known, MASTERS)


def registered(*tables):
    return REGISTERED | dict(planned(*tables).creates)


def packages(**traits):
    """A file with these columns of traits beside the others."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [
            (*COLUMNS["packages"], *traits),
            [(PACKAGE_OF_TWO | traits)[name] for name in (*COLUMNS["packages"], *traits)],
        ]
    )
    return read_table("packages", out.getvalue().encode(), "packages.csv")


def known_with(**traits):
    drafts = registered(table("products", *PRODUCTS), packages(**traits))
    return Known(drafts=drafts, states={key: "draft" for key in drafts if key[0] != "vendors"})


def draft_of(made):
    return next(draft for key, draft in (dict(made.creates) | dict(made.updates)).items() if key[0] == "packages")


def test_words_become_codes_in_the_masters_order():
    made = planned(
        table("products", *PRODUCTS),
        packages(
            提供形態="インストール型；SaaS",
            動作環境="ネット接続、ウィンドウズ",
            対応言語="英語、日本語",
            認証="Ｐマーク",
            サポート時間="土日祝",
            対応地域="京都府;東京",
        ),
    )
    assert made.results[-1].action == "create"
    assert draft_of(made).traits == {
        "deployment": ("cloud", "installed"),
        "requirement": ("windows", "internet"),
        "language": ("ja", "en"),
        "certification": ("privacy_mark",),
        "support": ("weekends",),
        "area": ("東京都", "京都府"),
    }


def test_a_file_without_these_columns_is_read_as_ever():
    made = planned(table("products", *PRODUCTS), table("packages", PACKAGE_OF_TWO))
    assert made.results[-1].action == "create"
    assert draft_of(made).traits == {}


def test_the_whole_country_stands_for_every_area():
    assert draft_of(planned(table("products", *PRODUCTS), packages(対応地域="東京都;全国"))).traits == {
        "area": ("all",)
    }


def test_a_column_left_out_leaves_what_is_registered_and_an_empty_one_takes_it_away():
    known = known_with(提供形態="クラウド", 対応言語="日本語")
    again = planned(table("packages", PACKAGE_OF_TWO), known=known)
    assert [row.action for row in again.results] == ["unchanged"]
    emptied = planned(packages(対応言語=""), known=known)
    assert draft_of(emptied).traits == {"deployment": ("cloud",)}
    assert [(change.column, change.before, change.after) for change in emptied.results[0].changes] == [
        ("対応言語", "日本語", "")
    ]


@pytest.mark.parametrize("column", TRAITS.values())
def test_an_unknown_word_names_itself_and_what_would_do(column):
    made = planned(table("products", *PRODUCTS), packages(**{column: "月の裏側"}))
    (found,) = made.results[-1].findings
    assert (found.field, found.code) == (column, "unknown_trait")
    assert "月の裏側" in found.message.ja
    assert "、" in found.remedy.ja


def test_refused_rows_come_back_with_the_columns_they_had():
    table_ = packages(認証="なぞの認証")
    made = planned(table("products", *PRODUCTS), table_)
    text = write_refused(table_, made.results, "csv").decode("utf-8-sig")
    heading = next(csv.reader(io.StringIO(text)))
    assert "認証" in heading
    assert "対応言語" not in heading
    assert "なぞの認証" in text


def test_the_example_file_has_every_column_and_is_good():
    assert [guide.column for guide in GUIDE["packages"]] == list(every_column("packages"))
    book = openpyxl.load_workbook(io.BytesIO(example_file("packages", "xlsx")))
    assert [cell.value for cell in next(book.active.iter_rows())] == list(every_column("packages"))
    example = {guide.column: guide.example for guide in GUIDE["packages"]}
    for kind, column in TRAITS.items():
        assert MASTERS.trait(kind, example[column].partition(";")[0]), column


def test_how_it_runs_follows_from_its_products_where_nothing_is_said():
    assert deployments((), ["cloud", "website", "setup"]) == ("cloud",)
    assert deployments((), ["software", "cloud"]) == ("cloud", "installed")
    assert deployments(("installed",), ["cloud"]) == ("installed",)
    assert deployments((), ["training"]) == ()


def test_it_is_offered_at_least_where_its_vendor_is():
    assert areas((), "大阪府") == ("大阪府",)
    assert areas((), "") == ()
    assert areas(("東京都", "all"), "大阪府") == ("all",)
    assert areas(("東京都",), "大阪府") == ("東京都",)


def test_publications_from_before_say_nothing():
    assert traits_of({"name": "x"}) == {}
    assert traits_of({"traits": {"language": ["ja"], "area": []}}) == {"language": ("ja",)}
    assert list(stated({"area": ["all"], "deployment": ["cloud"]})) == ["deployment", "area"]


def test_what_changed_is_told_in_words():
    before = {"traits": {"deployment": ["cloud"], "support": ["weekdays"]}}
    after = {"traits": {"deployment": ["cloud"], "support": ["weekdays", "weekends"], "area": ["all"]}}
    told = {change.field: (change.before, change.after) for change in differences(before, after, MASTERS)}
    assert told.keys() == {"support", "area"}
    assert told["support"][0].ja == "平日の日中"
    assert told["support"][1].en == "Weekdays in office hours, Weekends and holidays"
    assert told["area"] == (None, MASTERS.trait("area", "全国").name)
    assert differences({}, {"traits": {}}, MASTERS) == ()


def test_every_prefecture_is_an_area_and_every_kind_has_words():
    assert [area.code for area in AREAS] == ["all", *PREFECTURES]
    assert MASTERS.trait("area", "北海道").code == "北海道"
    assert MASTERS.trait("area", "月") is None
    assert all(MASTERS.traits_of(kind) for kind in KINDS)


def test_a_programme_loaded_before_there_were_traits_still_has_its_words():
    older = Masters.from_documents(each for each in read_documents() if each.part not in LATER_PARTS)
    assert older.function("B1")
    assert older.traits_of("language") == ()
    assert older.trait("area", "東京都")
    assert "traits" not in older.versions


def test_a_faulty_trait_is_named():
    documents = {each.part: each for each in read_documents()}
    bad = documents["traits"].rows[0] | {"kind": "colour"}
    with pytest.raises(BadInput) as caught:
        Masters.from_documents(
            [
                *(each for part, each in documents.items() if part != "traits"),
                _with_rows(documents["traits"], [bad]),
            ]
        )
    assert caught.value.findings[0].field == "traits.yaml 1 kind"


def _with_rows(document, rows):
    return replace(document, rows=tuple(rows))
