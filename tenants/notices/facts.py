"""The facts of a notice in words of both languages, kept as they were when it was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from tenants import clock
from tenants.text import Text, same

Fact = str | int | Text | date | datetime | tuple[Text, ...] | None
_WEEKDAYS: Final = "月火水木金土日"
_LONGEST: Final = 500


def in_words(value: Fact) -> Text:
    """A fact as people read it: dates in Japan time, a dash for nothing, several texts one a line."""
    match value:
        case tuple():
            return Text("\n".join(each.ja for each in value), "\n".join(each.en for each in value))
        case Text():
            return value
        case datetime():
            local = value.astimezone(clock.JAPAN)
            day = in_words(local.date())
            return Text(f"{day.ja}{local:%H:%M}", f"{day.en}, {local:%H:%M} (Japan time)")
        case date():
            return Text(
                f"{value.year}年{value.month}月{value.day}日（{_WEEKDAYS[value.weekday()]}）",
                f"{value.day} {value:%B %Y} ({value:%a})",
            )
        case int():
            return same(f"{value}")
        case None | "":
            return same("—")
    return same(value)


def keep(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """Facts as they are kept with a notice: {name: {ja, en}}, each text on one line and not endless."""
    return {name: in_words(_kept(value)).as_json() for name, value in facts.items()}


def _kept(value: Fact) -> Text | tuple[Text, ...]:
    if isinstance(value, tuple):
        return tuple(Text(_line(each.ja), _line(each.en)) for each in value)
    words = in_words(value)
    return Text(_line(words.ja), _line(words.en))


def _line(words: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def fill(words: Text, kept: Mapping[str, Mapping[str, str]]) -> Text:
    """The words with the kept facts in their {places}."""
    return Text(
        words.ja.format(**{name: fact["ja"] for name, fact in kept.items()}),
        words.en.format(**{name: fact["en"] for name, fact in kept.items()}),
    )
