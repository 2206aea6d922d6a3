"""Side by side: what differs, what is best and when nobody can say."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from worked_input import publish_worked_input

from catalogue.publications import Published
from catalogue.vocabulary_files import read_default_masters
from marketplace.comparison import MOST, compare
from marketplace.comparison_rows import Column, side_by_side
from marketplace.file_parts import Words
from marketplace.outlay import outlay
from marketplace.pricing import estimate_package
from marketplace.rounds import Round
from marketplace.row_groups import HIGHEST, LOWEST, Row
from marketplace.subsidy.scheme import shipped_schemes
from tenants.text import Text

WORDS = read_default_masters()
SCHEME = shipped_schemes().get("2017")
ROUNDS = tuple(
    Round(
        id=kind,
        kind=kind,
        name=Words(ja="回", en="round"),
        opens_at=datetime(2026, 2, 1, tzinfo=UTC),
        closes_at=datetime(2026, 3, 31, tzinfo=UTC),
    )
    for kind in ("completion_report", "payout")
)


def column(code: str, price: int = 600_000, **facts: object) -> Column:
    """A published package of one software product."""
    item = {
        "product_code": "P",
        "name": f"製品{code}",
        "cost_kind": "software",
        "amount_yen": price,
        "months": None,
    }
    content = {
        "code": code,
        "name": f"パック{code}",
        "vendor": {"number": "1", "name": "会社", "prefecture": "東京都"},
        "industries": ["all"],
        "restricted": False,
        "functions": ["F4", "B1"],
        "cloud_months": 0,
        "items": [item],
        "second_year_yen": 0,
        "second_year_incomplete": False,
    } | facts
    at = datetime(2026, 1, 1, tzinfo=UTC)
    published = Published(uuid.uuid4(), 1, "package", code, uuid.uuid4(), content, "hash", at)
    made = estimate_package(content, SCHEME)
    return Column(published, made, outlay(content, made, rounds=ROUNDS, at=at))


def rows(*columns: Column) -> dict[str, Row]:
    return {row.key: row for group in side_by_side(columns, WORDS) for row in group.rows}


def test_the_lowest_own_cost_and_the_highest_subsidy_are_marked_with_their_rule():
    found = rows(column("A", 600_000), column("B", 900_000))
    assert found["own_cost"].cells == (200_000, 300_000)
    assert (found["own_cost"].best, found["own_cost"].rule, found["own_cost"].main) == ((0,), LOWEST, True)
    assert (found["subsidy"].cells, found["subsidy"].best) == ((400_000, 600_000), (1,))
    assert found["subsidy"].rule is HIGHEST
    assert (found["tax"].cells, found["tax"].best) == ((60_000, 90_000), ())


def test_all_is_paid_first_with_tax_and_the_subsidy_comes_back_on_days_that_are_said_once():
    found = rows(column("A", 600_000), column("B", 100_000))
    assert (found["flow_pay"].cells, found["flow_receive"].cells) == ((660_000, 110_000), (400_000, 0))
    groups = {group.key: group for group in side_by_side((column("A"), column("B", 100_000)), WORDS)}
    assert groups["flow"].note == Text(
        "先にベンダーに支払う：交付決定のあと、2026年3月31日（火）までに。"
        "あとで補助金を受け取る：2026年2月1日（日）から2026年3月31日（火）のあいだ（確定通知のあと）",
        "You pay the vendor first: After the grant decision, by 31 March 2026 (Tue); "
        "You receive the subsidy later: Between 1 February 2026 (Sun) and 31 March 2026 (Tue), "
        "after the confirmation notice",
    )
    nothing = {group.key: group for group in side_by_side((column("C", 100_000),), WORDS)}
    assert "あとで補助金を受け取る" not in nothing["flow"].note.ja


def test_equal_amounts_are_no_difference_and_nobody_is_best():
    found = rows(column("A"), column("B"))
    assert not found["total"].differs
    assert found["total"].best == ()


def test_all_that_share_the_best_amount_are_marked():
    assert rows(column("A"), column("B"), column("C", 900_000))["total"].best == (0, 1)


def test_one_package_alone_is_best_at_nothing():
    found = rows(column("A"))
    assert all(row.best == () and not row.differs for row in found.values())


@pytest.mark.parametrize(
    ("second", "incomplete", "best"),
    [
        ((100, 200), (False, False), (0,)),
        ((100, 200), (False, True), (0,)),  # a lower bound above the lowest changes nothing
        ((100, 200), (True, False), ()),  # it may be more than 200: nobody can say
        ((100, 200), (True, True), ()),
    ],
)
def test_an_incomplete_second_year_is_only_a_lower_bound(second, incomplete, best):
    columns = [
        column(str(at), second_year_yen=yen, second_year_incomplete=unknown)
        for at, (yen, unknown) in enumerate(zip(second, incomplete, strict=True))
    ]
    found = rows(*columns)
    assert found["second_year"].best == best
    assert ("second_year_note" in found) == any(incomplete)


def test_functions_are_rows_of_their_category_with_words_for_having_them():
    columns = (column("A", functions=["F4", "B1"]), column("B", functions=["B1", "M3"]))
    groups = {group.key: group for group in side_by_side(columns, WORDS)}
    sales = groups["front"].rows[0]
    assert (sales.key, [cell.ja for cell in sales.cells], sales.differs) == ("F4", ["○ あり", "— なし"], True)
    assert not groups["back_office"].rows[0].differs
    assert [row.key for row in groups["middle"].rows] == ["M3"]


def test_a_category_nobody_serves_has_no_rows():
    assert "middle" not in {group.key for group in side_by_side((column("A"),), WORDS)}


def test_restricted_and_unknown_industries_in_words():
    found = rows(
        column("A", industries=["retail"], restricted=True),
        column("B", industries=["retail", "retired_code"]),
        column("C", cloud_months=12),
    )
    assert [cell.ja for cell in found["industries"].cells] == [
        "小売業 だけ",
        "小売業、retired_code",
        "すべての業種",
    ]
    assert [cell.en if cell else None for cell in found["months"].cells] == [None, None, "12 months"]


def test_why_a_package_cannot_be_funded_is_in_its_cell():
    cells = rows(column("A", 100_000), column("B"))["fundable"].cells
    assert cells[0].ja.startswith("× 使えません：")
    assert cells[1].ja == "○ 使えます"


def test_three_years_are_own_cost_and_two_more_years():
    dear = column("A", 600_000, second_year_yen=120_000)
    assert (dear.years.by_year, dear.years.total_yen) == ((200_000, 120_000, 120_000), 440_000)
    found = rows(dear, column("B", 900_000))
    assert found["three_years"].cells == (440_000, 300_000)
    assert found["three_years"].best == (1,)


def test_a_lower_bound_of_three_years_is_never_best():
    open_end = column("A", 600_000, second_year_incomplete=True)
    found = rows(open_end, column("B", 900_000))
    assert (found["three_years"].cells, found["three_years"].best) == ((200_000, 300_000), ())


def claim(hours: int | None = None, people: int = 10, productivity: int | None = None) -> dict[str, object]:
    figures = {"hours": hours, "people": people, "productivity": productivity, "basis": "自社調べ"}
    return {name: value for name, value in figures.items() if value is not None}


def test_claimed_hours_are_compared_by_person_and_what_is_not_stated_is_never_best():
    found = rows(
        column("A", effect=claim(40, 10, 8)), column("B", effect=claim(30, 5)), column("C"), column("D", effect={})
    )
    assert [cell.ja for cell in found["effect_hours"].cells] == ["40時間", "30時間", "未記入", "未記入"]
    assert found["effect_hours"].best == ()
    by_person = found["effect_hours_by_person"]
    assert [cell.ja for cell in by_person.cells] == ["4.0時間", "6.0時間", "未記入", "未記入"]
    assert (by_person.best, by_person.rule) == ((1,), HIGHEST)
    assert [cell.en for cell in found["effect_productivity"].cells] == ["8%"] + ["not stated"] * 3
    assert found["effect_productivity"].best == (), "one alone is best of nothing"
    assert found["effect_people"].cells[0].ja == "10人の事業者で"
    assert found["effect_basis"].cells[1].ja == "自社調べ"


def test_where_nobody_claims_anything_it_says_so():
    found = rows(column("A"), column("B"))
    assert {cell.ja for key in ("effect_hours", "effect_productivity") for cell in found[key].cells} == {"未記入"}
    assert "effect_basis" not in found
    groups = {group.key: group.label.ja for group in side_by_side([column("A")], WORDS)}
    assert groups["effect"] == "導入の効果（ベンダーの申告）"


def test_what_is_needed_to_use_them_stands_side_by_side():
    found = rows(column("A", traits={"requirement": ["browser", "internet"]}), column("B"))["requirement"]
    assert found.label.ja == "動作環境"
    assert [cell and cell.ja for cell in found.cells] == ["ブラウザだけで使える、インターネットの接続", None]
    assert found.differs


def test_equal_claims_and_all_that_share_the_highest():
    assert rows(column("A", effect=claim(20)), column("B", effect=claim(20)))["effect_hours_by_person"].best == ()
    three = [column(code, effect=claim(None, 10, rise)) for code, rise in (("A", 9), ("B", 9), ("C", 2))]
    assert rows(*three)["effect_productivity"].best == (0, 1)


def test_a_pinned_package_stands_first_and_an_unknown_pin_changes_nothing(services, index):
    publish_worked_input()
    codes = ["AP-1", "MP-1", "KP-1"]
    pinned = compare(codes, "KP-1")
    assert (pinned.codes, pinned.pinned) == (("KP-1", "AP-1", "MP-1"), "KP-1")
    for other in ("AP-2", "nope", "", None):
        result = compare(codes, other)
        assert (result.codes, result.pinned) == (tuple(codes), None)


def test_each_code_once_at_most_six_and_what_is_missing_by_name(services, index):
    publish_worked_input()
    codes = ["AP-1", "nope", "AP-1"]
    result = compare(codes)
    assert (result.codes, result.unknown, result.left_out) == (("AP-1",), ("nope",), ())
    many = compare([str(number) for number in range(MOST + 2)])
    assert (many.columns, many.groups) == ((), ())
    assert (len(many.unknown), many.left_out) == (MOST, ("6", "7"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_as_json_holds_every_row_in_one_language(services, index, language):
    publish_worked_input()
    answer = compare(["AP-1", "MP-1"]).as_json(language)
    money = answer["groups"][0]["rows"]
    assert [each["code"] for each in answer["packages"]] == ["AP-1", "MP-1"]
    assert money[0]["key"] == "own_cost"
    assert all(
        isinstance(value, int | str | None)
        for group in answer["groups"]
        for row in group["rows"]
        for value in row["values"]
    )
    assert money[0]["rule"] == LOWEST.in_language(language)
    assert answer["scheme"] == {"id": "2017", "version": SCHEME.version}
    for package in answer["packages"]:
        years = package["cost_by_year_yen"]
        assert years[0] == package["estimate"]["own_cost_yen"]
        assert package["three_years_yen"] == sum(years)
