"""Corporate numbers and invoice registration numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.numbers import (
    check_digit,
    corporate_number_findings,
    invoice_number_findings,
    is_corporate_number,
    normalised_number,
)

VALID = ["7000012050002", "1000011000005", "1000012010003", "1180301018771", "9010401052465"]


@pytest.mark.parametrize("number", VALID)
def test_published_numbers_are_valid(number):
    assert is_corporate_number(number)
    assert corporate_number_findings(number, "法人番号") == []


def test_a_wrong_check_digit_is_named():
    (found,) = corporate_number_findings("8000012050002", "法人番号")
    assert (found.code, found.field) == ("wrong_check_digit", "法人番号")
    assert "8000012050002" in found.message.ja


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("", "missing_number"),
        ("　", "missing_number"),
        ("123", "malformed_number"),
        ("70000120500O2", "malformed_number"),
    ],
)
def test_what_is_no_number_is_named(written, code):
    assert [found.code for found in corporate_number_findings(written, "法人番号")] == [code]


@pytest.mark.parametrize(
    "written", ["７０００－０１２０５－０００２", "7-0000-1205-0002", " 7000012050002\n", "7ー000012050002"]
)
def test_width_and_hyphens_make_no_difference(written):
    assert normalised_number(written) == "7000012050002"
    assert corporate_number_findings(written, "法人番号") == []


@pytest.mark.parametrize("body", ["", "12345678901", "1234567890123", "１２３４５６７８９０１２"])
def test_check_digit_wants_twelve_digits(body):
    with pytest.raises(ValueError, match="twelve"):
        check_digit(body)


@settings(deadline=None)
@given(st.text("0123456789", min_size=12, max_size=12))
def test_exactly_one_first_digit_fits(body):
    assert sum(is_corporate_number(f"{digit}{body}") for digit in range(10)) == 1


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_findings_or_a_number(written):
    if not corporate_number_findings(written, "法人番号"):
        assert is_corporate_number(normalised_number(written))


def test_invoice_number_of_a_corporation_has_its_corporate_number():
    assert invoice_number_findings("Ｔ7000012050002", "登録番号", sole_proprietor=False) == []
    (found,) = invoice_number_findings("T8000012050002", "登録番号", sole_proprietor=False)
    assert found.code == "wrong_check_digit"


def test_invoice_number_of_a_sole_proprietor_has_no_check_digit():
    assert invoice_number_findings("t8000012050002", "登録番号", sole_proprietor=True) == []


@pytest.mark.parametrize("written", ["7000012050002", "T700001205000", "", "TT000012050002"])
def test_malformed_invoice_numbers_are_named(written):
    (found,) = invoice_number_findings(written, "登録番号", sole_proprietor=True)
    assert found.code == "malformed_invoice_number"
