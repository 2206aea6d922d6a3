"""How much a listing says of itself: what puts one before another when the words find both alike. Pure."""

from __future__ import annotations

from typing import Final

from search.documents import SearchDocument

_TELLING_CHARACTERS: Final = 60
FACTS: Final = 4
"""How many facts are looked for: a description that tells something, every product's reading, languages, support.

Only what any vendor can say, whatever it sells and costs: no certificate, no price, no number of functions.
"""


def completeness(document: SearchDocument) -> int:
    """How many of the facts are there, from 0 to FACTS."""
    return sum(
        (
            len(document.description) >= _TELLING_CHARACTERS,
            bool(document.product_kana) and all(document.product_kana),
            bool(document.languages),
            bool(document.support),
        )
    )
