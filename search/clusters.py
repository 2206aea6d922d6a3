"""Characters together with what belongs to them: marks, what chooses a picture of them, what nobody sees. Pure."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from search.character_forms import in_todays_form
from search.one_way import COMPANIES
from tenants.hidden import as_seen
from tenants.one_form import in_one_form

# ﾞ of half-width kana, and ゛ of those who typed it by itself: カ゛ソリン.
_MARKS_APART: Final = "\uff9e\uff9f゛゜"
_AS_MARKS: Final = str.maketrans({"゛": "\u3099", "゜": "\u309a"})


@lru_cache(maxsize=20_000)
def _belongs_to_the_one_before(character: str) -> bool:
    return character in _MARKS_APART or unicodedata.combining(character) > 0 or not as_seen(character)


def clusters(text: str) -> list[tuple[int, int]]:
    """(start, end) of every character together with what belongs to it."""
    starts = [at for at, character in enumerate(text) if not at or not _belongs_to_the_one_before(character)]
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if text else []


@lru_cache(maxsize=20_000)
def composed(cluster: str) -> str:
    """One character with its marks, or one that stands for several, in NFKC and today's form: what is seen of it.

    Latin letters lose their accents (café is cafe to who types it). Of marks that are piled up some are left out.
    """
    seen = as_seen(cluster)
    if seen in COMPANIES:
        return COMPANIES[seen]
    one_form = in_one_form(seen.translate(_AS_MARKS))
    return in_todays_form("".join(map(_without_accent, one_form)))


def _without_accent(character: str) -> str:
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() and base.isalpha() else character
