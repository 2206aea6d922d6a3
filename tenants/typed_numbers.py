"""Numbers as people type them, read kindly: full-width digits, thousands separators, units, 万, 十万, 1億. Pure."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from tenants.one_form import in_one_form

_UNITS: Final = re.compile(r"[円人名%¥,]|\b(?:yen|jpy)\b|(?<![0-9])\s+|\s+(?![0-9])", re.IGNORECASE)
_WHOLE: Final = re.compile(r"[0-9]{1,15}")
_LONGEST: Final = 40  # 九千九百九十九億 and so on needs fewer

_KANJI: Final = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_SMALL: Final = {"十": 10, "百": 100, "千": 1_000}
_LARGE: Final = {"万": 10**4, "億": 10**8, "兆": 10**12}
_MOST: Final = 10**15
_PART: Final = re.compile("([0-9]+(?:[.][0-9]+)?|[〇一二三四五六七八九]+)?([十百千])?")
_FEWEST_IN_A_ROW: Final = 3  # 二三人 are two or three, 二〇二六年 is a year


def whole_number(written: str) -> int | None:
    """１,０００万円, 1.5万円, 百万円, ¥500,000 and 3人 as whole numbers; None for what is no whole number (or empty)."""
    plain = _UNITS.sub("", in_one_form(written))
    digits = in_digits(plain) if len(plain) <= _LONGEST else None
    return int(digits) if digits and _WHOLE.fullmatch(digits) else None


def in_digits(written: str) -> str | None:
    """A number in words or signs, in digits; None for what is none, or (where it is not in digits) no whole one."""
    if re.fullmatch("[0-9]+(?:[.][0-9]+)?", written):
        return written
    total, rest, last = Fraction(0), written, _MOST
    while rest:
        cut = next((at for at, character in enumerate(rest) if character in _LARGE), None)
        unit = _LARGE[rest[cut]] if cut is not None else 1
        part = _below_ten_thousand(rest[:cut])
        if part is None or unit >= last:
            return None
        total, last = total + part * unit, unit
        rest = rest[cut + 1 :] if cut is not None else ""
    return str(total) if written and total.denominator == 1 and total < _MOST else None


def _below_ten_thousand(written: str) -> Fraction | None:
    """五千三百, 5千, 1.5, 二〇二六; at least 1 character."""
    total, at, last = Fraction(0), 0, _MOST
    while at < len(written):
        match = _PART.match(written, at)
        if match is None or match.end() == at:
            return None
        digits, unit = match.groups()
        times = _SMALL[unit] if unit else 1
        value = Fraction(1) if digits is None else _value(digits)
        if value is None or times >= last:
            return None
        total, last, at = total + value * times, times, match.end()
    return total if written else None


def _value(digits: str) -> Fraction | None:
    if digits[0] not in _KANJI:
        return Fraction(digits)
    if 1 < len(digits) < _FEWEST_IN_A_ROW and "〇" not in digits:
        return None
    return Fraction("".join(str(_KANJI[digit]) for digit in digits))
