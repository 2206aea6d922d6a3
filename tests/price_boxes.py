"""Total, subsidy and own cost as an answer of the API, a page or a PDF shows them, to be compared."""

from __future__ import annotations

import re
from typing import Any

Figures = tuple[int, int, int]
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
