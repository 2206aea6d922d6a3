"""Pages of a list: every list has an order and a limit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar, TypeVarTuple

from sqlalchemy import BindParameter, Integer, Row, Select, bindparam, func, select

from tenants.db import db

Item = TypeVar("Item")
Columns = TypeVarTuple("Columns")
LONGEST_PAGE: Final = 200
LAST_PAGE: Final = 100_000


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of an ordered list, and where in it they stand. number: counted from 1."""

    items: tuple[Item, ...]
    total: int
    number: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The place of the first item shown, counted from 1; 0 when there is none."""
        return (self.number - 1) * self.per_page + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The place of the last item shown; 0 when there is none."""
        return self.first + len(self.items) - 1 if self.items else 0


def page_of(
    query: Select[*tuple[Any, ...]],
    make: Callable[[Row[*tuple[Any, ...]]], Item],
    *,
    number: int = 1,
    per_page: int = 50,
    counted: Select[int] | None = None,
) -> Page[Item]:
    """One page of an ordered query, in two statements: how many there are, and these.

    number: below 1 counts as 1, beyond the end as the last page. counted: counts the same rows, where that takes less
    than the query itself does.
    """
    limit = min(max(per_page, 1), LONGEST_PAGE)
    if counted is None:
        counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = db.session.scalar(counted) or 0
    number = min(max(number, 1), max(1, -(-total // limit)), LAST_PAGE)
    rows = db.session.execute(cut(query, limit, (number - 1) * limit)).all()
    return Page(tuple(make(row) for row in rows), total, number, limit)


def cut(query: Select[*Columns], limit: int, offset: int = 0) -> Select[*Columns]:
    """These rows of an ordered query, with both numbers in the statement's own text.

    As parameters they would hide from PostgreSQL how few rows are wanted: it then never keeps its plan for a
    prepared statement, and plans each page anew for longer than it takes to read it.
    """
    taken = query.limit(_in_the_text(limit))
    return taken.offset(_in_the_text(offset)) if offset else taken


def _in_the_text(number: int) -> BindParameter[int]:
    return bindparam(None, number, type_=Integer, literal_execute=True)


def page_of_sequence(items: tuple[Item, ...], *, number: int = 1, per_page: int = 50) -> Page[Item]:
    """One page of what is in memory already; number as in :func:`page_of`."""
    limit = min(max(per_page, 1), LONGEST_PAGE)
    number = min(max(number, 1), max(1, -(-len(items) // limit)))
    start = (number - 1) * limit
    return Page(items[start : start + limit], len(items), number, limit)
