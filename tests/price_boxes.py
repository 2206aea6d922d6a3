"""Total, subsidy and own cost as an answer of the API, a page or a PDF shows them, to be compared."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

Figures = tuple[int, int, int]


class Money(NamedTuple):
    """All that stands beside an estimate, in whole yen. first: what is paid before the subsidy comes, tax included."""

    total: int
    subsidy: int
    own: int
    eligible: int
    tax: int
    first: int
    three_years: int


# The rows of a comparison that say them.
ROWS = ("総額（税抜）", "補助金の見込み", "自己負担")


def of(answer: dict[str, Any]) -> Figures:
    """Total, subsidy, own cost."""
    return answer["total_yen"], answer["subsidy_yen"], answer["own_cost_yen"]


def on_page(html: str) -> list[Figures]:
    """The figures of every price box on a page."""
    boxes = re.findall(r'<dl class="price-steps">(.*?)</dl>', html, re.DOTALL)
    found = []
    for box in boxes:
        amounts = _amounts(box)
        total, own = amounts[0], amounts[-1]
        found.append((total, amounts[1] if len(amounts) == 3 else 0, own))
    return found


def compared(html: str) -> list[Figures]:
    """The figures of every package of a comparison's page, in their order."""
    rows = {
        re.sub(r"<.*", "", head, flags=re.DOTALL): _amounts(cells)
        for head, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', html, re.DOTALL)
    }
    return list(zip(*(rows[name] for name in ROWS), strict=True))


def on_cards(html: str) -> list[Money]:
    """The money of every card of a list, opened or not."""
    cards = re.findall(r'<dl class="price-steps">.*?</details>', html, re.DOTALL)
    return [
        Money(
            *on_page(card)[0],
            *(
                _amounts(_after(card, f'class="brief__{each}"'))[0]
                for each in ("eligible", "tax", "pay", "three-years")
            ),
        )
        for card in cards
    ]


def on_own_page(html: str) -> Money:
    """The money of a page about one package, or one application."""
    said = re.search(r'class="estimate__tax">[^<]*?）([\d,]+)円', html)
    assert said
    eligible = _amounts(_after(html, "<tfoot>"))[1]
    first = _amounts(_after(html, "flow__step--pay"))[0]
    three_years = _amounts(_after(html, 'class="three-years"'))[0]
    return Money(*on_page(html)[0], eligible, int(said[1].replace(",", "")), first, three_years)


def money_compared(html: str) -> list[Money]:
    """The money of every package of a comparison's page, or of quotes side by side."""
    rows = {
        re.sub(r"[<：（].*", "", head, flags=re.DOTALL): _amounts(cells)
        for head, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', html, re.DOTALL)
    }
    named = (
        "総額",
        "補助金の見込み",
        "自己負担",
        "補助の対象になる費用",
        "消費税",
        "先にベンダーに支払う",
        "3年間の合計",
    )
    return [Money(*each) for each in zip(*(rows[name] for name in named), strict=True)]


def _after(html: str, mark: str) -> str:
    return html[html.index(mark) :]


def printed(words: str) -> list[Figures]:
    """The same from a comparison's PDF, whose words tests/printed.py gives."""
    rows = []
    for name in ROWS:
        found = re.search(rf"{name}(?:違いあり)?((?:[\d,]+円(?:いちばん..)?)+)", words)
        assert found, name
        rows.append([int(each.replace(",", "")) for each in re.findall(r"([\d,]+)円", found[1])])
    return list(zip(*rows, strict=True))


def _amounts(html: str) -> list[int]:
    return [int(each.replace(",", "")) for each in re.findall(r'<span class="amount[^>]*>([\d,]+)', html)]
