"""Text in one form of Unicode, in time that grows with its length only. Pure.

Python sorts the marks that stand on one letter by comparing each with each: a megabyte of marks would keep a process
from all else for an hour. No letter of any language has more than a few (UAX #15, 12.1, counts on 30 at most), so
what is piled higher is cut before.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import Final, Literal

MOST_MARKS: Final = 30
_TOO_SHORT_TO_TAKE_LONG: Final = 100


def in_one_form(written: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """What was written in this form of Unicode, without the marks above MOST_MARKS on one letter."""
    return unicodedata.normalize(form, _unpiled(written) if len(written) > _TOO_SHORT_TO_TAKE_LONG else written)


def _unpiled(written: str) -> str:
    if written.isascii():
        return written
    kept, marks = [], 0
    for character in written:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


@functools.lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Whether it stands on what comes before, as it is or taken apart: a half-width ﾞ is no mark until then."""
    return unicodedata.combining(unicodedata.normalize("NFKD", character)[0]) > 0
