"""Words people read, in both languages, side by side where they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Japanese (the first language) and in English (the second).

    Both are written at once, so no translation can be missing: a missing one is a TypeError.
    """

    ja: str
    en: str

    def in_language(self, language: Language) -> str:
        """The sentence in the reader's language."""
        return self.en if language == "en" else self.ja

    def as_json(self) -> dict[str, str]:
        """{ja, en}, for snapshots and audit rows."""
        return {"ja": self.ja, "en": self.en}

    @classmethod
    def of(cls, value: dict[str, str]) -> Text:
        """The inverse of :meth:`as_json`."""
        return cls(value["ja"], value["en"])


def same(word: str) -> Text:
    """A name or a number that reads the same in both languages."""
    return Text(word, word)
