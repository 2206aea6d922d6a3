"""Rows of what stands side by side, what differs in them, and what is best by a stated rule. Pure; money is whole yen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from tenants.text import Text

Value = int | Text | None
C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of every package. cells: in the columns' order; an int is yen.

    best: positions of the best value; empty where nothing is better, or all are alike. rule: what best means.
    main: the figure that matters most.
    """

    key: str
    label: Text
    cells: tuple[Value, ...]
    best: tuple[int, ...] = ()
    rule: Text | None = None
    main: bool = False

    @property
    def differs(self) -> bool:
        """Whether not all packages have the same."""
        return len(set(self.cells)) > 1


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows of one subject. note: what holds for all of them."""

    key: str
    label: Text
    rows: tuple[Row, ...]
    note: Text | None = None


LOWEST: Final = Text("いちばん低い", "Lowest")
HIGHEST: Final = Text("いちばん多い", "Highest")


def row(key: str, label: Text, columns: Sequence[C], fact: Callable[[C], Value]) -> Row:
    """One fact of every column."""
    return Row(key, label, tuple(fact(column) for column in columns))


def ranked(row: Row, rule: Text, *, comparable: Sequence[bool] | None = None, main: bool = False) -> Row:
    """The row with its best yen amounts marked: lowest, or highest when that is the rule.

    comparable: amounts that are complete. An incomplete one is only a lower bound, so it is never best, and when
    it lies below all complete ones nobody is.
    """
    fair = comparable or [True] * len(row.cells)
    amounts = [cell if isinstance(cell, int) else None for cell in row.cells]
    best = best_of(amounts, rule, fair) if row.differs else ()
    return Row(row.key, row.label, row.cells, best, rule, main)


def best_of(values: Sequence[int | None], rule: Text, fair: Sequence[bool]) -> tuple[int, ...]:
    """Positions of the best of these values; None is no value."""
    known = [(at, value) for at, value in enumerate(values) if value is not None]
    complete = [value for at, value in known if fair[at]]
    if not complete:
        return ()
    top = min(complete) if rule is LOWEST else max(complete)
    unsure = rule is LOWEST and any(value < top for at, value in known if not fair[at])
    return () if unsure else tuple(at for at, value in known if fair[at] and value == top)
