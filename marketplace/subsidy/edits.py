"""Single values of a scheme's text: which there are, and the same text with some of them changed. Pure.

For people who do not write YAML. Only what is written for a value is replaced: comments, order, line breaks and all
other values stay as they are, to the character. What the text then means is checked as any text is (Scheme, parse).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from marketplace.subsidy.files import Written, written_values
from tenants.hidden import on_one_line
from tenants.one_form import in_one_form

Kind = Literal["day", "rate", "yen", "count", "words"]

_CAP: Final = r"(segments\.\d+|limits)\.caps\.\d+"
_BAND: Final = r"segments\.\d+\.bands\.\d+"
_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("day", re.compile(r"effective\.(from|to)")),
    ("rate", re.compile(rf"{_BAND}(\.raised\.\d+)?\.rates\.(sme|small)")),
    ("yen", re.compile(rf"{_CAP}\.yen|limits\.floor\.yen|{_BAND}\.up_to_subsidy_yen")),
    ("count", re.compile(r"follow_up\.years|cost_kinds\.[^.]+\.months")),
    (
        "words",
        re.compile(
            rf"name\.(ja|en)|conditions\.[^.]+\.question\.(ja|en)"
            rf"|({_CAP}|limits\.floor|{_BAND}(\.raised\.\d+)?|effective|follow_up)\.clause"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Value:
    """A value that can be changed by itself. path: where it stands; said: as a form shows it, on one line."""

    path: str
    kind: Kind
    said: str


def values(text: str) -> tuple[Value, ...]:
    """The values of a scheme's text (one that was accepted) that can be changed by themselves, in its order."""
    return tuple(
        Value(path, kind, _said(written))
        for path, written in written_values(text).items()
        if (kind := _kind(path))
    )


def changed(text: str, wanted: Mapping[str, str]) -> str:
    """The text with these values, by their paths, as people type them; what is wanted as it is stays untouched.

    A value that cannot be read is written as words, so that the check of the text names it.
    """
    there = written_values(text)
    for value in reversed(values(text)):
        said = on_one_line(wanted.get(value.path, value.said))
        if said != value.said:
            at = there[value.path]
            blank = " " if at.start == at.end else ""  # nothing stands there but the colon
            text = text[: at.start] + blank + _written(value.kind, said) + text[at.end :]
    return text


def _kind(path: str) -> Kind | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(path)), None)


def _said(written: Written) -> str:
    return "" if written.empty else on_one_line(written.said)


def _written(kind: Kind, said: str) -> str:
    plain = in_one_form(said)
    if kind == "rate":
        return json.dumps(re.sub(r"\s", "", plain), ensure_ascii=False)
    if kind == "day":
        return _day(plain)
    if kind in ("yen", "count"):
        digits = re.sub(r"[,、\s円年月か]", "", plain)
        return str(int(digits)) if re.fullmatch(r"[0-9]{1,15}", digits) else json.dumps(said, ensure_ascii=False)
    return json.dumps(said, ensure_ascii=False)


def _day(said: str) -> str:
    """Empty: not decided yet."""
    try:
        return date.fromisoformat(said).isoformat() if said else "null"
    except ValueError:
        return json.dumps(said, ensure_ascii=False)
