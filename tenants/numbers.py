"""Corporate numbers (法人番号) and invoice registration numbers, as people type them. Pure.

Source: the check digit is that of the ministerial order on corporate numbers (法人番号の指定等に関する省令 第2条).
"""

from __future__ import annotations

import re
from typing import Final

from tenants.errors import Finding
from tenants.one_form import in_one_form
from tenants.text import Text

DIGITS: Final = 13
_HYPHENS: Final = re.compile(r"[\s\-‐‑‒–—―−ー－]+")
_CORPORATE: Final = re.compile(r"[0-9]{13}")
_INVOICE: Final = re.compile(r"T[0-9]{13}")


def normalised_number(written: str) -> str:
    """Digits and letters in half width and upper case, without spaces and hyphens of any kind."""
    return _HYPHENS.sub("", in_one_form(written)).upper()


def check_digit(body: str) -> int:
    """The check digit of the other twelve digits: 9 - (sum of Pn x Qn mod 9).

    Pn: the n-th digit from the right; Qn: 1 for odd n, 2 for even n. Raises ValueError unless 12 ASCII digits.
    """
    if not re.fullmatch(r"[0-9]{12}", body):
        raise ValueError("twelve digits are expected")
    return 9 - sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(body))) % 9


def is_corporate_number(number: str) -> bool:
    """Whether these are thirteen half-width digits whose first is the right check digit."""
    return bool(_CORPORATE.fullmatch(number)) and int(number[0]) == check_digit(number[1:])


def corporate_number_findings(written: str, field: str) -> list[Finding]:
    """What is wrong with a corporate number as it was written; empty when nothing is.

    field: the form field or column, as the user sees it.
    """
    number = normalised_number(written)
    if not number:
        return [
            Finding(
                "missing_number",
                Text("法人番号がありません。", "The corporate number is missing."),
                _HOW_TO_FIND,
                field,
            )
        ]
    if not _CORPORATE.fullmatch(number):
        return [
            Finding(
                "malformed_number",
                Text(
                    f"法人番号は数字{DIGITS}桁ですが、「{written[:40]}」と書かれています。",
                    f"A corporate number has {DIGITS} digits; this says {written[:40]!r}.",
                ),
                _HOW_TO_FIND,
                field,
            )
        ]
    if not is_corporate_number(number):
        return [
            Finding(
                "wrong_check_digit",
                Text(
                    f"法人番号 {number} は、先頭の検査用数字が合いません。",
                    f"The check digit of the corporate number {number} is wrong.",
                ),
                Text(
                    "打ち間違いがないか、国税庁の法人番号公表サイトで確かめてください。",
                    "Look for a slip; the National Tax Agency's corporate number site has the right one.",
                ),
                field,
            )
        ]
    return []


def invoice_number_findings(written: str, field: str, *, sole_proprietor: bool) -> list[Finding]:
    """What is wrong with an invoice registration number: T and thirteen digits.

    A corporation's digits are its corporate number. A sole proprietor's are not, so no check digit is asked.
    """
    number = normalised_number(written)
    if not _INVOICE.fullmatch(number):
        return [
            Finding(
                "malformed_invoice_number",
                Text(
                    f"登録番号は「T」と数字{DIGITS}桁ですが、「{written[:40]}」と書かれています。",
                    f"A registration number is T and {DIGITS} digits; this says {written[:40]!r}.",
                ),
                Text(
                    "適格請求書発行事業者の登録通知書にある番号を入力してください。",
                    "Enter the number on the notice of registration as an invoice issuer.",
                ),
                field,
            )
        ]
    return [] if sole_proprietor else corporate_number_findings(number[1:], field)


_HOW_TO_FIND: Final = Text(
    f"国税庁の法人番号公表サイトで確かめ、数字{DIGITS}桁で入力してください。",
    f"Look it up on the National Tax Agency's corporate number site and enter its {DIGITS} digits.",
)
