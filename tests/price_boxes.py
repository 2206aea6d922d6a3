"""Total, subsidy and own cost as an answer of the API or a page shows them, to be compared."""

from __future__ import annotations

import re
from typing import Any

Figures = tuple[int, int, int]


def of(answer: dict[str, Any]) -> Figures:
    """Total, subsidy, own cost."""
    return answer["total_yen"], answer["subsidy_yen"], answer["own_cost_yen"]


def on_page(html: str) -> list[Figures]:
    """The figures of every price box on a page."""
    boxes = re.findall(r'<dl class="price-steps">(.*?)</dl>', html, re.DOTALL)
    found = []
    for box in boxes:
        amounts = [int(each.replace(",", "")) for each in re.findall(r'<span class="amount[^>]*>([\d,]+)', box)]
        total, own = amounts[0], amounts[-1]
        found.append((total, amounts[1] if len(amounts) == 3 else 0, own))
    return found
