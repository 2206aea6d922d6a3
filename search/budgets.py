"""What a query says of money: レジ 10万円以下 is レジ, and at most 100,000 yen. Pure.

Amounts in 「」 or "" are words. So are those of other things (月額1万円, 売上1000万円) and those that stand in a longer
word (5万円パック).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from search.parameters import LABELS, MAX_AMOUNT, RANGES, SearchQuery
from tenants.text import Text
from tenants.typed_numbers import in_digits

OWN_COST: Final = "own_cost"
PRICE: Final = "price"
# The figure an amount is of, by the word before it. A budget is what one pays oneself.
_FIGURES: Final = (
    (OWN_COST, "自己負担額?|持ち出し|手出し|予算|own cost|budget"),
    (PRICE, "総額|合計|本体価格|価格|値段|定価|税抜き?|料金|費用|total|price|cost"),
    ("second_year", "2年目以降|2年目|翌年以降|from year two"),
)
_LABEL: Final = "|".join(f"(?P<{name}>{words})" for name, words in _FIGURES)
_DIGITS: Final = "0-9.,〇一二三四五六七八九十百千万億"
_RULE: Final = re.compile(
    rf"(?:(?<![一-鿿ァ-ヶーa-z])(?:{_LABEL})(?:の費用)?\s*(?:[がはもを:=で]|of)?\s*)?"
    r"(?P<before>\b(?:under|below|less than|up to|at most|within|over|more than|at least)\b)?\s*"
    rf"(?P<sign>¥\s*)?(?<![{_DIGITS}数何])"  # 数十万円 is no number
    rf"(?:(?P<first>[{_DIGITS}]+)\s*円?\s*(?:から|[〜~–-])\s*¥?)?"
    rf"(?P<last>[{_DIGITS}]+)(?P<unit>\s*(?:円|yen\b|jpy\b))?"
    r"\s*(?P<after>以下|以内|まで|迄|未満|以上|から|超|台|前後|くらい|ぐらい|程度|ほど)?",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"「[^」]*」|\"[^\"]*\"")
# What an amount is of that no filter knows.
_OTHER: Final = re.compile(
    r"(?:月額?|月々|毎月|年額?|年間|年商|時給|日給|売上高?|売り上げ|資本金|補助金額?|補助額|助成金|手数料|単価|賃金"
    r"|[当あ]たり|給[与料]|monthly|yearly|annual|sales|subsidy)(?:[はがの:で]|に)?\s*$",
    re.IGNORECASE,
)
_SPACED: Final = re.compile(r"(?:給[与料]|[月年]|補助金)\s+$")  # 給与 30万円以下 is of payroll software
_PER: Final = re.compile(r"\s*(?:/|／|per\b|a month|a year|毎月|毎年)")
_ENDS: Final = re.compile(r"\s|$|[のでにをがは、。,!?]")
_TAIL: Final = re.compile(r"(?:くらい|ぐらい|程度)?[のでに]?[、。,]?")
_LEFT_OVER: Final = re.compile(r"^[\s、。,のがはをでに]+|(?<=[^\s])[をがは]$|[\s、。,]+$")
_BELOW: Final = ("未満", "under", "below", "less than")
_LOW: Final = ("以上", "から", "超", "over", "more than", "at least")
_ABOVE: Final = ("超", "over", "more than")


@dataclass(frozen=True, slots=True)
class Budget:
    """Amounts that a query says. words: as typed; figure: one of RANGES; low, high: whole yen, included, None is open.

    rest: the query without them. as_words: the query with them as mere words.
    """

    words: str
    figure: str
    low: int | None
    high: int | None
    rest: str
    as_words: str


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    figure: str
    low: int | None
    high: int | None


def budget_in(text: str) -> Budget | None:
    """The amounts that a query says, of one figure; None when it says none."""
    read = unicodedata.normalize("NFKC", text)
    apart = quoted(read)
    found = [
        each
        for match in _RULE.finditer(read)
        if not any(start <= match.start() < end for start, end in apart) and (each := _found(read, match))
    ]
    if not found:
        return None
    first = found[0]
    last = found[1] if len(found) > 1 and _completes(first, found[1]) else first
    used = (first,) if last is first else (first, last)
    low = next((each.low for each in used if each.low is not None), None)
    high = next((each.high for each in used if each.high is not None), None)
    rest, as_words = read, read
    for each in reversed(used):
        after = _TAIL.match(read, each.end)
        end = after.end() if after else each.end
        rest = f"{rest[: each.start]} {rest[end:]}"
        as_words = f"{as_words[: each.start]}「{as_words[each.start : each.end]}」{as_words[each.end :]}"
    words = "".join(read[each.start : each.end] for each in used)
    return Budget(words, first.figure, low, high, tidy(rest), as_words)


def quoted(text: str) -> list[tuple[int, int]]:
    """Where a text holds what is to be taken as mere words."""
    return [match.span() for match in _QUOTED.finditer(text)]


def with_budget(query: SearchQuery) -> tuple[SearchQuery, Budget | None]:
    """A query with the amounts in its words as limits. They replace limits of the same figure: they are newer."""
    budget = budget_in(query.q)
    return (limited(query, budget, budget.figure), budget) if budget else (query, None)


def told(budget: Budget) -> Text:
    """What a budget was read as, with the parameters that say the same."""
    label = LABELS[budget.figure]
    bounds = {f"{budget.figure}_min": budget.low, f"{budget.figure}_max": budget.high}
    limits = ", ".join(f"{name}={yen}" for name, yen in bounds.items() if yen is not None)
    return Text(
        f"「{budget.words}」を、{label.ja}の条件（{limits}）として読みました。",
        f"“{budget.words}” was read as a limit on “{label.en}” ({limits}).",
    )


def limited(query: SearchQuery, budget: Budget, figure: str) -> SearchQuery:
    """A query with a budget as limits of this figure, and of no other that the budget could have been of."""
    bounds: dict[str, int | None] = {}
    if figure != budget.figure:
        bounds |= {f"{budget.figure}_min": None, f"{budget.figure}_max": None}
    bounds |= {f"{figure}_min": budget.low, f"{figure}_max": budget.high}
    return replace(query, q=budget.rest, **bounds)  # type: ignore[arg-type]


def _found(text: str, match: re.Match[str]) -> _Found | None:
    number, unit = match["last"].replace(",", ""), match["sign"] or match["unit"]
    limit = (match["after"] or match["before"] or "").lower()
    named = next((name for name in RANGES if match[name]), None)
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    end = match.start() + len(match[0].rstrip())
    if not number or (not unit and (number.isdigit() or number[-1] not in "万千億" or limit == "台")):
        return None  # 30 of what, and 30台 are thirty of something
    if not limit and not _ENDS.match(text, end):
        return None
    if _PER.match(text, end) or (named is None and _of_another(text[:start])):
        return None
    high = _yen(number)
    low = _yen(_like(match["first"].replace(",", ""), number)) if match["first"] else None
    if high is None:
        return None
    if match["first"]:
        return _Found(start, end, named or OWN_COST, low, high) if low is not None and low <= high else None
    return _Found(start, end, named or OWN_COST, *_bounds(high, limit))


def _of_another(before: str) -> bool:
    return bool(_OTHER.search(before)) and not _SPACED.search(before)


def _bounds(yen: int, limit: str) -> tuple[int | None, int | None]:
    if limit == "台":
        step = 10 ** (len(str(yen)) - len(str(yen).rstrip("0"))) if yen else 1
        return yen, yen + step - 1
    if limit in _LOW:
        return yen + (limit in _ABOVE), None
    return None, max(0, yen - (limit in _BELOW))


def _completes(first: _Found, other: _Found) -> bool:
    """Whether two amounts are the ends of one range: 10万円以上 30万円以下."""
    lows, highs = (first.low, other.low), (first.high, other.high)
    return (
        first.figure == other.figure
        and lows.count(None) == highs.count(None) == 1
        and (first.low is None) is not (other.low is None)
        and max(low for low in lows if low is not None) <= max(high for high in highs if high is not None)
    )


def _like(first: str, last: str) -> str:
    """10 of 10〜20万円 is 10万."""
    unit = next((unit for unit in "万億" if last.endswith(unit)), "")
    return first + unit if first.isdigit() else first


def _yen(written: str) -> int | None:
    number = in_digits(written)
    return int(number) if number is not None and number.isdigit() and int(number) <= MAX_AMOUNT - 1 else None


def tidy(rest: str) -> str:
    """What is left of a query without what was read of it."""
    return " ".join(_LEFT_OVER.sub("", " ".join(rest.split())).split())
