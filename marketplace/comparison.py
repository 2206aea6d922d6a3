"""Up to six published packages side by side, in the reader's order, one of them pinned if wished.

What the rows say and what is best in them: :mod:`marketplace.comparison_rows`. Money is whole yen without
consumption tax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.publications import Gone, Published, live_packages, withdrawn_packages
from marketplace import pricing
from marketplace.applicants import readers_profile
from marketplace.comparison_rows import Column, side_by_side
from marketplace.pricing import stamp
from marketplace.row_groups import Row, RowGroup
from marketplace.subsidy.scheme import Scheme
from marketplace.today import Today, today
from tenants.text import Language, Text

MOST: Final = 6
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was compared, and under which scheme's version.

    unknown: codes nothing is published under; withdrawn: of these, by code, what was published once; left_out: codes beyond the sixth. pinned: the code that stands first
    and stays in sight, None when none is. scheme: what it was reckoned by; present: the one in use; both None when
    nothing was compared. lost: the scheme's version that was asked for and cannot be reckoned with, else empty.
    """

    columns: tuple[Column, ...]
    groups: tuple[RowGroup, ...]
    unknown: tuple[str, ...]
    left_out: tuple[str, ...]
    pinned: str | None = None
    scheme: Scheme | None = None
    present: Scheme | None = None
    lost: str = ""
    withdrawn: Mapping[str, Gone] = field(default_factory=dict)

    @property
    def outdated(self) -> bool:
        """Whether it was reckoned by a version that is not the one in use."""
        return self.scheme is not None and self.present is not None and stamp(self.scheme) != stamp(self.present)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that are compared, in order."""
        return tuple(column.package.code for column in self.columns)

    def as_json(self, language: Language = "ja") -> dict[str, Any]:
        """{scheme, in_use, packages, groups, unknown, left_out, pinned}, for the API."""
        return {
            "scheme": _scheme_json(self.scheme),
            "in_use": _scheme_json(self.present),
            "packages": [_column_json(column, language) for column in self.columns],
            "groups": [
                {
                    "key": group.key,
                    "label": group.label.in_language(language),
                    "note": group.note.in_language(language) if group.note else None,
                    "rows": [_row_json(row, language) for row in group.rows],
                }
                for group in self.groups
            ],
            "unknown": list(self.unknown),
            "left_out": list(self.left_out),
            "pinned": self.pinned,
        }


def _scheme_json(scheme: Scheme | None) -> dict[str, Any] | None:
    return {"id": scheme.id, "version": scheme.version} if scheme else None


def _column_json(column: Column, language: Language) -> dict[str, Any]:
    return {
        "code": column.package.code,
        "name": column.content["name"],
        "vendor": dict(column.content["vendor"]),
        "estimate": column.estimate.as_json(language),
        "cost_by_year_yen": list(column.years.by_year),
        "three_years_yen": column.years.total_yen,
        "three_years_complete": column.years.complete,
    }


def _row_json(row: Row, language: Language) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label.in_language(language),
        "values": [cell.in_language(language) if isinstance(cell, Text) else cell for cell in row.cells],
        "differs": row.differs,
        "best": list(row.best),
        "rule": row.rule.in_language(language) if row.rule else None,
    }


def compare(
    codes: Sequence[str], pinned: str | None = None, made_under: str = "", now: Today | None = None
) -> Comparison:
    """Compare the packages published under these codes, in their order, each once, at most :data:`MOST`.

    pinned: the code to stand first; one that is not compared pins nothing. Estimates are by the facts of the
    business that reads, when it has saved any. made_under: the scheme's version (pricing.stamp) that a link was made
    under and that it is to keep; without one, or when it cannot be reckoned with, the scheme in use counts. now: what counts today, where
    the request has asked for it.
    """
    wanted = list(dict.fromkeys(codes))
    taken, left_out = wanted[:MOST], wanted[MOST:]
    live = live_packages([code for code in taken if _CODE.fullmatch(code)])
    unknown = tuple(code for code in taken if code not in live)
    once = [code for code in unknown if _CODE.fullmatch(code)]
    gone = withdrawn_packages(once) if once else {}
    if not live:
        return Comparison((), (), unknown, tuple(left_out), withdrawn=gone)
    now = now or today()
    present = now.scheme
    kept = pricing.stamped(made_under) if made_under else present
    usable = kept is not None and all(pricing.can_reckon(each.content, kept) for each in live.values())
    scheme = kept if kept is not None and usable else present
    shown = sorted((code for code in taken if code in live), key=lambda code: code != pinned)
    facts = readers_profile()
    columns = tuple(_column(live[code], scheme, facts, now) for code in shown)
    return Comparison(
        columns,
        side_by_side(columns, now.words),
        unknown,
        tuple(left_out),
        pinned if pinned in live else None,
        scheme,
        present,
        "" if usable else made_under,
        gone,
    )


def _column(package: Published, scheme: Scheme, facts: pricing.Facts | None, now: Today) -> Column:
    estimate = pricing.estimate_package(package.content, scheme, facts)
    return Column(package, estimate, now.outlay(package.content, estimate))
