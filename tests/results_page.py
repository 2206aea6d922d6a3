"""What the search page shows: the packages it found, and how many it says each value of a filter would give."""

from __future__ import annotations

import re


def counts(page: str, name: str) -> dict[str, int]:
    """Value -> count as the page shows it."""
    found = re.findall(
        rf'type="checkbox" name="{name}" value="([^"]+)"(?: checked)?>\s*<label[^>]*>.*?facet__count">([\d,]+)<',
        page,
    )
    return {value: int(count.replace(",", "")) for value, count in found}


def codes(page: str) -> list[str]:
    """The packages' codes in order."""
    return re.findall(r'class="result__name"><a href="/packages/([\w-]+)"', page)
