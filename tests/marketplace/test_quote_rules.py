"""What a quote may hold and what it comes to, by the rules alone; the services stand in test_quotes.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from catalogue.vocabulary_files import read_default_masters
from marketplace.consumption_tax import rate_on
from marketplace.quotes.rules import Terms, Wanted, content_of, offered, standing
from tenants.errors import BadInput

TODAY = date(2026, 11, 2)
LINES = (Wanted("P-1", 540_000, 1), Wanted("P-2", 45_000, 2))
MINIMUMS = {"P-1": 480_000, "P-2": 40_000}


def item(code: str, name: str, functions: tuple[str, ...], price_yen: int) -> dict[str, Any]:
    return {
        "product_code": code,
        "name": name,
        "functions": functions,
        "cost_kind": "software" if functions else "hardware",
        "billing_period": "once",
        "billing_unit": "",
        "unit_price_yen": price_yen,
        "quantity": 1,
    }


PACKAGE = {"items": [item("P-1", "予約台帳", ("F1", "B1"), 600_000), item("P-2", "レジの端末", (), 50_000)]}


def terms(**changes: Any) -> Terms:
    usual: dict[str, Any] = {
        "cloud_months": 12,
        "valid_until": TODAY + timedelta(days=14),
        "subject": "予約の導入",
    }
    return Terms(**usual | changes)


def content(lines: tuple[Wanted, ...] = LINES, on: Terms | None = None) -> dict[str, Any]:
    return content_of(
        PACKAGE,
        MINIMUMS,
        lines,
        on or terms(),
        masters=read_default_masters(),
        tax=rate_on(TODAY),
        scheme={"id": "2017", "version": 1, "name": "2017"},
        today=TODAY,
    )


def test_a_quote_says_what_is_seen_of_it():
    made = content(on=terms(subject=" 予約の\u202e導入\n一式\u200b", note="税\x01込み\r\n二行目"))
    assert (made["subject"], made["note"]) == ("予約の導入 一式", "税込み\n二行目")
    with pytest.raises(BadInput):
        content(on=terms(subject="\u200b"))


def test_a_quote_adds_up_with_tax_apart():
    made = content()
    assert made["total_yen"] == made["package"]["total_yen"] == 540_000 + 2 * 45_000
    assert (made["tax_percent"], made["tax_yen"], made["with_tax_yen"]) == (10, 63_000, 693_000)
    assert [each["standard_price_yen"] for each in made["package"]["items"]] == [600_000, 50_000]


@pytest.mark.parametrize(
    ("lines", "code", "field"),
    [
        ((Wanted("P-1", 479_999, 1), LINES[1]), "price_out_of_range", "price-P-1"),
        ((Wanted("P-1", 600_001, 1), LINES[1]), "price_out_of_range", "price-P-1"),
        ((Wanted("P-1", 500_000, -1), LINES[1]), "quantity", "quantity-P-1"),
        ((Wanted("P-1", 500_000, 10_001), LINES[1]), "quantity", "quantity-P-1"),
        ((*LINES, Wanted("P-9", 1, 1)), "not_of_the_package", None),
        ((*LINES, LINES[0]), "not_of_the_package", None),
        ((Wanted("P-1", 500_000, 0), LINES[1]), "function_left_out", "quantity-P-1"),
        ((Wanted("P-1", 600_000, 10_000), Wanted("P-2", 50_000, 10_000)), None, None),
        ((), "no_lines", None),
    ],
)
def test_lines_outside_what_is_registered_are_blocked_by_name(lines, code, field):
    if code is None:
        assert content(lines)["total_yen"] == 6_500_000_000
        return
    with pytest.raises(BadInput) as refusal:
        content(lines)
    assert (code, field) in {(finding.code, finding.field) for finding in refusal.value.findings}


def test_a_price_outside_says_line_range_and_reason():
    with pytest.raises(BadInput) as refusal:
        content((Wanted("P-1", 100, 1), LINES[1]))
    [finding] = refusal.value.findings
    assert finding.message.ja == "「予約台帳」の単価 100円は、登録された最低販売価格を下回っています。"
    assert "480,000円から600,000円まで" in finding.remedy.ja
    assert "登録して公開された価格" in finding.remedy.ja


def test_a_total_beyond_what_is_reckoned_is_refused():
    dear = {"items": [item("P-1", "予約台帳", ("F1",), 10**9)]}
    with pytest.raises(BadInput) as refusal:
        content_of(
            dear,
            {},
            (Wanted("P-1", 10**9, 10_000),),
            terms(),
            masters=read_default_masters(),
            tax=rate_on(TODAY),
            scheme={},
            today=TODAY,
        )
    assert refusal.value.code == "too_much"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
        ({"valid_until": TODAY + timedelta(days=366)}, "valid_until"),
        ({"cloud_months": 121}, "cloud_months"),
        ({"cloud_months": -1}, "cloud_months"),
        ({"subject": " "}, "subject"),
        ({"note": "あ" * 2001}, "note"),
    ],
)
def test_terms_out_of_bounds(changes, field):
    with pytest.raises(BadInput) as refusal:
        content(on=terms(**changes))
    assert [finding.field for finding in refusal.value.findings] == [field]


@pytest.mark.parametrize(
    ("state", "day", "shown"),
    [("sent", TODAY, "sent"), ("sent", TODAY + timedelta(days=1), "expired"), ("accepted", date.max, "accepted")],
)
def test_only_what_waits_for_an_answer_expires_and_its_last_day_still_counts(state, day, shown):
    assert standing(state, TODAY, day) == shown


def test_a_minimum_above_the_published_price_is_that_price():
    [first, second] = offered(PACKAGE, {"P-1": 700_000})
    assert (first.minimum_yen, first.standard_yen) == (600_000, 600_000)
    assert second.minimum_yen == second.standard_yen == 50_000
