"""Cells as values: yen, counts, codes, lists."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.imports.values import parse_code, parse_count, parse_items, parse_name, parse_yen, split_list
from tenants.errors import Finding

MOST = 1_000_000_000


@pytest.mark.parametrize(
    ("written", "yen"),
    [
        ("118,800", 118_800),
        ("３００，０００", 300_000),
        ("￥150,000", 150_000),
        ("¥150000", 150_000),
        ("\\150,000", 150_000),
        ("118,800円", 118_800),
        (" 1 200 ", 1_200),
        ("0", 0),
        ("-0", 0),
        ("007", 7),
        ("500.00", 500),
        ("1,000,000,000", MOST),
    ],
)
def test_yen_in_every_spelling(written, yen):
    assert parse_yen(written, "価格", most=MOST) == yen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "missing_value"),
        ("　", "missing_value"),
        ("-500", "negative_price"),
        ("▲500", "negative_price"),
        ("¥-500", "negative_price"),
        ("−５００円", "negative_price"),
        ("1.5", "not_whole_yen"),
        ("1,00", "not_an_amount"),
        ("12,3456", "not_an_amount"),
        ("無料", "not_an_amount"),
        ("30万", "not_an_amount"),
        ("1e9", "not_an_amount"),
        ("٣٠٠", "not_an_amount"),
        ("1,000,000,001", "price_too_large"),
        ("9" * 5_000, "price_too_large"),
    ],
)
def test_what_is_no_price_is_named(written, code):
    found = parse_yen(written, "価格", most=MOST)
    assert isinstance(found, Finding)
    assert (found.code, found.field) == (code, "価格")
    assert len(found.message.ja) < 120


FULL_WIDTH = str.maketrans("0123456789,-", "０１２３４５６７８９，－")


@settings(deadline=None)
@given(
    st.integers(-MOST, MOST), st.sampled_from(["", "¥", "￥", "\\"]), st.sampled_from(["", "円"]), st.booleans()
)
def test_amounts_survive_how_people_write_them(amount, sign, unit, wide):
    text = f"{amount:,}"
    text = text.translate(FULL_WIDTH) if wide else text
    found = parse_yen(f"{sign}{text}{unit}", "価格", most=MOST)
    if amount < 0:
        assert isinstance(found, Finding)
        assert found.code == "negative_price"
    else:
        assert found == amount


@settings(deadline=None)
@given(st.text())
def test_any_text_is_an_amount_or_a_finding(written):
    found = parse_yen(written, "価格", most=MOST)
    assert isinstance(found, Finding) or (type(found) is int and 0 <= found <= MOST)
    counted = parse_count(written, "月数", least=0, most=120)
    assert isinstance(counted, Finding) or (type(counted) is int and 0 <= counted <= 120)
    items, findings = parse_items(written, "構成製品×数量", most=10_000)
    assert all(1 <= quantity <= 10_000 for _, quantity in items)
    assert items or findings or not split_list(written)


@pytest.mark.parametrize(
    ("written", "count"), [("12", 12), ("１２", 12), ("12か月", 12), ("24ヶ月", 24), ("0", 0), ("120", 120)]
)
def test_counts(written, count):
    assert parse_count(written, "月数", least=0, most=120) == count


@pytest.mark.parametrize(
    ("written", "code"),
    [("", "missing_value"), ("121", "not_in_range"), ("-1", "not_in_range"), ("1.5", "not_in_range")],
)
def test_what_is_no_count_is_named(written, code):
    assert parse_count(written, "月数", least=0, most=120).code == code


def test_codes():
    assert parse_code("Ａ－００１", "製品コード") == "A-001"
    assert parse_code("", "製品コード").code == "missing_value"
    assert parse_code("製品1", "製品コード").code == "malformed_code"
    assert parse_code("A" * 41, "製品コード").code == "malformed_code"


def test_names():
    assert parse_name("あさひ会計", "製品名", most=120) == "あさひ会計"
    assert parse_name("", "製品名", most=120).code == "missing_value"
    assert parse_name("あ" * 121, "製品名", most=120).code == "too_long"


@pytest.mark.parametrize(
    "written",
    [
        "A-001×1;B_2×20",
        "Ａ－００１ｘ１；Ｂ＿２＊２０",
        "A-001X1、B_2*20",
        "A-001 × 1\nB_2 × 20",
        "A-001×1,B_2×20",
        "A-001×1;;B_2×20;",
    ],
)
def test_items_in_every_spelling(written):
    assert parse_items(written, "構成製品×数量", most=10_000) == ((("A-001", 1), ("B_2", 20)), [])


def test_a_code_may_hold_the_letter_x():
    assert parse_items("MAX-2x3;AX2×4", "c", most=10)[0] == (("MAX-2", 3), ("AX2", 4))


def test_thousands_in_a_quantity():
    assert parse_items("A×1,000", "c", most=10_000)[0] == (("A", 1_000),)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("A-001", "malformed_item"),
        ("×3", "malformed_item"),
        ("製品×3", "malformed_item"),
        ("A×0", "bad_quantity"),
        ("A×10001", "bad_quantity"),
        ("A×" + "9" * 50, "bad_quantity"),
        ("A×1;A×2", "duplicate_item"),
    ],
)
def test_what_is_no_item_is_named(written, code):
    _, (found,) = parse_items(written, "構成製品×数量", most=10_000)
    assert (found.code, found.field) == (code, "構成製品×数量")
