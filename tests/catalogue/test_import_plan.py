"""Rows judged against each other, against what is registered, and against who loads them."""

from dataclasses import replace

import pytest
from import_rows import ASAHI, PACKAGE

from catalogue.imports.layouts import COLUMNS, read_table
from catalogue.imports.plan import Known, plan
from catalogue.imports.refused import inert, write_refused
from catalogue.imports.rows import VendorDraft, read_rows
from catalogue.vocabulary_files import read_default_masters

MASTERS = read_default_masters()
MINATO = VendorDraft("6999900000102", "みなと情報サービス株式会社", "神奈川県", "横浜市")
REGISTERED = {("vendors", vendor.number, ""): vendor for vendor in (ASAHI, MINATO)}

PRODUCT = {
    "法人番号": ASAHI.number,
    "事業者名": ASAHI.name,
    "製品コード": "A-1",
    "製品名": "あさひ会計",
    "製品名（カナ）": "アサヒカイケイ",
    "コア機能": "B1;M1",
    "費目": "クラウド利用料",
    "課金単位": "月額",
    "標準販売価格（税抜）": "1,000",
    "最小販売価格（税抜）": "900",
    "説明": "会計。",
}
VENDOR = {"法人番号": ASAHI.number, "事業者名": ASAHI.name, "所在地": "東京都千代田区"}
BASE = {"vendors": VENDOR, "products": PRODUCT, "packages": PACKAGE}


def table(kind, *changes):
    quoted = [[f'"{(BASE[kind] | change)[name]}"' for name in COLUMNS[kind]] for change in changes]
    lines = [",".join(COLUMNS[kind]), *(",".join(line) for line in quoted)]
    return read_table(kind, "\n".join(lines).encode(), f"{kind}.csv")


def planned(*tables, known=Known(drafts=REGISTERED)):  # noqa: B008  (frozen)
    return plan([row for each in tables for row in read_rows(each, MASTERS)], known, MASTERS)


def faults(planned_, row=-1):
    return [(found.field, found.code) for found in planned_.results[row].findings]


def after(*tables):
    """What is registered once these tables are loaded."""
    return REGISTERED | dict(planned(*tables).creates)


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("products", {"法人番号": "8999900000101"}, [("法人番号", "wrong_check_digit")]),
        ("products", {"法人番号": ""}, [("法人番号", "missing_number")]),
        ("products", {"法人番号": "1000011000005"}, [("法人番号", "unknown_vendor")]),
        ("products", {"事業者名": "別の会社"}, [("事業者名", "name_mismatch")]),
        ("products", {"事業者名": ""}, [("事業者名", "missing_value")]),
        ("products", {"製品コード": ""}, [("製品コード", "missing_value")]),
        ("products", {"費目": "交際費"}, [("費目", "unknown_cost_kind")]),
        ("products", {"費目": ""}, [("費目", "missing_value")]),
        ("products", {"課金単位": "隔月/1社"}, [("課金単位", "unknown_billing_unit")]),
        ("products", {"課金単位": ""}, [("課金単位", "missing_value")]),
        ("products", {"製品名": "あ" * 121}, [("製品名", "too_long")]),
        ("products", {"説明": "あ" * 4001}, [("説明", "too_long")]),
        ("products", {"説明": "=1+1"}, [("説明", "formula")]),
        ("products", {"標準販売価格（税抜）": "=1000"}, [("標準販売価格（税抜）", "formula")]),
        ("products", {"コア機能": "Z9;Z8;B1"}, [("コア機能", "unknown_function")] * 2),
        (
            "products",
            {"製品名": "", "標準販売価格（税抜）": "-1", "コア機能": "Z9"},
            [
                ("標準販売価格（税抜）", "negative_price"),
                ("製品名", "missing_value"),
                ("コア機能", "unknown_function"),
            ],
        ),
        ("packages", {"対象業種": "宇宙開発業;小売業"}, [("対象業種", "unknown_industry")]),
        ("packages", {"対象業種": ""}, [("対象業種", "no_industries")]),
        (
            "packages",
            {"構成製品×数量": ""},
            [("構成製品×数量", "no_items"), ("構成製品×数量", "too_few_functions")],
        ),
        ("packages", {"構成製品×数量": "A-1"}, [("構成製品×数量", "malformed_item")]),
        ("packages", {"構成製品×数量": "A-1×1;B×1;C×1"}, [("構成製品×数量", "unknown_product")] * 2),
        ("packages", {"クラウド計上月数": "121"}, [("クラウド計上月数", "not_in_range")]),
        ("packages", {"クラウド計上月数": "0"}, [("クラウド計上月数", "months_missing")]),
        ("packages", {"法人番号": MINATO.number, "事業者名": MINATO.name}, [("構成製品×数量", "unknown_product")]),
        ("vendors", {"所在地": "千代田区"}, [("所在地", "no_prefecture")]),
        ("vendors", {"事業者名": ""}, [("事業者名", "missing_value")]),
    ],
)
def test_every_fault_of_a_row_is_named(kind, change, expected):
    known = Known(drafts=after(table("products", {})))
    result = planned(table(kind, change), known=known)
    assert faults(result) == expected
    assert not result.creates
    assert not result.updates
    assert result.results[0].as_json()["accepted"] is False


def test_every_finding_speaks_both_languages():
    result = planned(
        table(
            "products",
            {"製品名": "", "コア機能": "Z9", "費目": "x", "課金単位": "隔月", "標準販売価格（税抜）": "?"},
        )
    )
    for language in ("ja", "en"):
        for found in result.results[0].as_json(language)["findings"]:
            assert found["message"]
            assert found["remedy"]
            assert found["column"] in COLUMNS["products"]


def test_a_function_named_twice_is_one():
    result = planned(table("products", {"コア機能": "ｂ1；B1、M1"}))
    assert result.creates["products", ASAHI.number, "A-1"].functions == ("B1", "M1")


def test_small_differences_of_a_name_do_not_matter():
    for written in ("(株)あさひ　業務ソフト", "㈱ あさひ業務ソフト", "あさひ業務ソフト（株）"):
        assert planned(table("products", {"事業者名": written})).results[0].action == "create"


def test_an_industry_with_a_comma_in_its_name_is_one():
    result = planned(
        table("products", {}),
        table(
            "packages",
            {"対象業種": "教育、学習支援業"},
            {"ITツールコード": "P-2", "対象業種": "小売業;小売;製造業"},
        ),
    )
    assert result.creates["packages", ASAHI.number, "P-1"].industries == ("education",)
    assert result.creates["packages", ASAHI.number, "P-2"].industries == ("retail", "manufacturing")


def test_vendors_of_the_same_upload_count():
    number, name = "1000011000005", "新しい会社"
    result = planned(
        table("vendors", {"法人番号": number, "事業者名": name}),
        table("products", {"法人番号": number, "事業者名": name}),
        table("packages", {"法人番号": number, "事業者名": name}),
    )
    assert [row.action for row in result.results] == ["create"] * 3
    assert result.results[2].note is not None


def test_products_whose_row_was_refused_are_said_to_be():
    result = planned(table("products", {"製品名": ""}), table("packages", {}))
    assert faults(result) == [("構成製品×数量", "unknown_product")]
    assert "同じファイルで取り込めなかった" in result.results[1].findings[0].message.ja


def test_a_registered_product_serves_when_its_new_row_is_refused():
    known = Known(drafts=after(table("products", {})))
    result = planned(table("products", {"製品名": ""}), table("packages", {}), known=known)
    assert [row.action for row in result.results] == [None, "create"]


@pytest.mark.parametrize("kind", ["vendors", "products", "packages"])
def test_a_code_twice_in_a_file_is_refused_the_second_time(kind):
    result = planned(table("products", {}) if kind == "packages" else table("vendors"), table(kind, {}, {}))
    *_, first, second = result.results
    assert first.accepted
    assert [found.code for found in second.findings] == ["duplicate_code"]
    assert "2行目" in second.findings[0].message.ja


def test_the_same_code_at_two_vendors_is_no_repetition():
    other = {"法人番号": MINATO.number, "事業者名": MINATO.name}
    assert [row.action for row in planned(table("products", {}, other)).results] == ["create"] * 2


def test_what_is_registered_is_unchanged_or_updated():
    known = Known(drafts=after(table("products", {}), table("packages", {})))
    same = planned(table("vendors", {}), table("products", {}), table("packages", {}), known=known)
    assert {row.action for row in same.results} == {"unchanged"}
    changed = planned(
        table("vendors", {"所在地": "東京都港区"}),
        table("products", {"標準販売価格（税抜）": "2000"}),
        table("packages", {"構成製品×数量": "A-1×2"}),
        known=known,
    )
    assert {row.action for row in changed.results} == {"update"}
    assert len(changed.updates) == 3
    told = [[tuple(change.as_json().values()) for change in row.changes] for row in changed.results]
    assert told == [
        [("所在地", "東京都千代田区", "東京都港区")],
        [("標準販売価格（税抜）", "1,000", "2,000")],
        [("構成製品×数量", "A-1×1", "A-1×2")],
    ]


def test_every_column_of_a_change_is_told_in_the_words_of_a_file():
    known = Known(drafts=after(table("products", {}), table("packages", {})))
    product = {
        "製品名": "あさひ会計2",
        "製品名（カナ）": "",
        "コア機能": "B1",
        "費目": "ソフトウエア",
        "課金単位": "年額/1社",
        "標準販売価格（税抜）": "2,000",
        "最小販売価格（税抜）": "0",
        "説明": "新しい会計。",
    }
    row = planned(table("products", product), known=known).results[0]
    assert {change.column: change.after for change in row.changes} == product
    assert {change.column: change.before for change in row.changes} == {name: PRODUCT[name] for name in product}
    package = {"ITツール名": "新パック", "対象業種": "卸売業;小売業", "クラウド計上月数": "24", "説明": "長い。"}
    row = planned(table("packages", package), known=known).results[0]
    assert {change.column: change.after for change in row.changes} == package
    assert row.as_json()["changes"][1] == {"column": "対象業種", "before": "全業種", "after": "卸売業;小売業"}


@pytest.mark.parametrize("state", ["draft", "returned", "approved", "published", "withdrawn"])
def test_a_listing_may_be_loaded_over_unless_it_is_under_review(state):
    drafts = after(table("products", {}))
    key = ("products", ASAHI.number, "A-1")
    changed = table("products", {"標準販売価格（税抜）": "2000"})
    assert planned(changed, known=Known(drafts, {key: state})).results[0].action == "update"
    under_review = planned(changed, known=Known(drafts, {key: "submitted"}))
    assert faults(under_review) == [(None, "under_review")]
    assert "審査中" in under_review.results[0].findings[0].message.ja
    assert planned(table("products", {}), known=Known(drafts, {key: "submitted"})).results[0].action == "unchanged"


def test_a_vendor_may_load_its_own_rows_only():
    known = Known(drafts=REGISTERED, only=ASAHI.number)
    other = {"法人番号": MINATO.number, "事業者名": MINATO.name}
    unknown = {"法人番号": "1000011000005", "製品コード": "A-3", "製品名": ""}
    result = planned(table("products", {}, other, unknown), known=known)
    assert [row.accepted for row in result.results] == [True, False, False]
    assert faults(result, 1) == [("法人番号", "other_company")]
    # Whether that company is registered is not told.
    assert faults(result, 2) == [("法人番号", "other_company"), ("製品名", "missing_value")]


def test_a_vendor_cannot_change_its_registration():
    known = Known(drafts=REGISTERED, only=ASAHI.number)
    result = planned(
        table(
            "vendors",
            {},
        ),
        known=known,
    )
    assert result.results[0].action == "unchanged"
    assert faults(planned(table("vendors", {"所在地": "東京都港区"}), known=known)) == [(None, "secretariat_only")]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_refused_rows_come_back_as_a_file_to_correct(file_format, language):
    rows = table(
        "products", {}, {"製品名": ""}, {"製品コード": "A-2", "説明": "=1+1", "標準販売価格（税抜）": "-500"}
    )
    result = planned(rows)
    data = write_refused(rows, result.results, file_format, language)
    again = read_table("products", data, f"refused.{file_format}")
    expected = [dict(row.cells) for row in rows.rows[1:]]
    expected[0]["製品コード"] = ""
    assert [dict(row.cells) for row in again.rows] == expected
    judged = planned(again)
    assert [row.accepted for row in judged.results] == [False, False]
    assert "formula" in [found.code for found in judged.results[1].findings]


def test_the_file_of_refused_rows_says_what_and_how():
    rows = table("products", {"製品名": "", "コア機能": "Z9"})
    text = write_refused(rows, planned(rows).results, "csv").decode("utf-8-sig")
    head, first, *_ = text.split("\r\n")
    assert head.endswith("説明,エラー内容,直し方")
    assert "【製品名】製品名がありません。" in first
    assert "【コア機能】" in first


def test_a_code_that_is_taken_is_left_out_of_the_file_of_refused_rows():
    rows = table("products", {}, {"製品名": "別の製品"})
    text = write_refused(rows, planned(rows).results, "csv").decode("utf-8-sig")
    assert "「A-1」は、ファイル「products.csv」の2行目で使われています。" in text
    assert "この欄は空にしてあります。" in text
    judged = planned(read_table("products", text.encode(), "r.csv"), known=Known(after(rows)))
    assert faults(judged) == [("製品コード", "missing_value")]


def test_a_finding_about_the_row_stands_without_a_column():
    drafts = after(table("products", {}))
    known = Known(drafts, {("products", ASAHI.number, "A-1"): "submitted"})
    rows = table("products", {"説明": "新しい説明"})
    text = write_refused(rows, planned(rows, known=known).results, "csv").decode("utf-8-sig")
    assert ",「審査中」のため" in text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1+1", "'-1+1"),
        ("@x", "'@x"),
        ("＝1", "'＝1"),
        ("－1", "'－1"),
        ("\tx", "'\tx"),
        ("-500", "-500"),
        ("-1,500.5", "-1,500.5"),
        ("x", "x"),
        ("", ""),
    ],
)
def test_no_written_cell_can_act_as_a_formula(text, written):
    assert inert(text) == written


def test_known_is_only_read():
    drafts = dict(REGISTERED)
    planned(table("products", {}), known=Known(drafts))
    assert drafts == REGISTERED
    assert replace(Known(drafts), only="x").drafts is drafts
