"""The columns of what a package does to the work, read together: a figure without its grounds says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue import effects
from catalogue.effects import Effect
from catalogue.imports import layouts as columns
from catalogue.imports.values import parse_count, too_long
from tenants.errors import Finding
from tenants.text import Text

_RANGES: Final = {
    effects.HOURS: effects.MOST_HOURS,
    effects.PRODUCTIVITY: effects.MOST_PRODUCTIVITY,
    effects.PEOPLE: effects.MOST_PEOPLE,
}


def read_effect(cells: Mapping[str, str]) -> tuple[Effect | None, list[Finding]]:
    """The claim and what is wrong with it; None when the row does not speak of it."""
    missing = [column for column in columns.EFFECT.values() if column not in cells]
    if len(missing) == len(columns.EFFECT):
        return None, []
    if missing:
        return None, [_not_together(missing)]
    found: dict[str, int | str | None] = {}
    wrong: list[Finding] = []
    for name, most in _RANGES.items():
        column = columns.EFFECT[name]
        number = parse_count(_bare(cells[column]), column, least=1, most=most) if cells[column].strip() else None
        if isinstance(number, Finding):
            wrong.append(number)
        else:
            found[name] = number
    column = columns.EFFECT[effects.BASIS]
    found[effects.BASIS] = cells[column].strip()
    if len(cells[column]) > effects.MOST_BASIS:
        wrong.append(too_long(cells[column], column, effects.MOST_BASIS))
    claim = effects.stated(found)
    return claim, wrong or list(effects.faults(claim, columns.EFFECT))


def _bare(written: str) -> str:
    """40時間, 10人, 15％ without their units."""
    return written.strip().rstrip("%％人名").removesuffix("時間")


def _not_together(missing: list[str]) -> Finding:
    named = "、".join(missing)
    return Finding(
        "effect_columns",
        Text(f"効果の列がそろっていません：{named}", f"Columns of the effect are missing: {named}"),
        Text(
            "効果の4列は、すべて入れるか、すべて外してください。",
            "Give all four columns of the effect, or none of them.",
        ),
    )
