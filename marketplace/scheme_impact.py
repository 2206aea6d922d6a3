"""What a version of a scheme changes for the published packages: all of them reckoned under both. Reads only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, NamedTuple

from catalogue import offer_terms
from catalogue.offer_terms import Terms
from marketplace.subsidy.engine import figures_of, tariff_for
from marketplace.subsidy.lines import CostLine
from marketplace.subsidy.scheme import Scheme
from marketplace.subsidy.tariff import Tariff


class Change(NamedTuple):
    """One package under both versions, in whole yen."""

    code: str
    name: str
    total_yen: int
    subsidy_before: int
    subsidy_after: int

    @property
    def own_before(self) -> int:
        """What is left to pay now."""
        return self.total_yen - self.subsidy_before

    @property
    def own_after(self) -> int:
        """What would be left to pay."""
        return self.total_yen - self.subsidy_after

    @property
    def difference(self) -> int:
        """How much more subsidy there would be."""
        return self.subsidy_after - self.subsidy_before

    @property
    def became(self) -> str:
        """``fundable``, ``not_fundable``, or nothing where that stays."""
        if (self.subsidy_before > 0) == (self.subsidy_after > 0):
            return ""
        return "fundable" if self.subsidy_after else "not_fundable"


@dataclass(frozen=True, slots=True)
class Summary:
    """What changes in numbers; sums in whole yen over all packages.

    not_reckoned: packages with a kind of cost that one of the two lacks, or counts by accounts; lost: the new one.
    """

    packages: int
    changed: int
    more: int
    less: int
    became_fundable: int
    became_not_fundable: int
    subsidy_before: int
    subsidy_after: int
    not_reckoned: int
    lost: int = 0

    def as_json(self) -> dict[str, Any]:
        """To be kept with the draft."""
        return asdict(self)


class Reckoned(NamedTuple):
    """A live package under two versions, in whole yen; None where the version cannot reckon one of its kinds of cost."""

    publication_id: uuid.UUID
    code: str
    total_yen: int
    before: int | None
    after: int | None

    @property
    def difference(self) -> int:
        """How much more subsidy there would be; who is not reckoned gets nothing."""
        return (self.after or 0) - (self.before or 0)


def reckoned_under(scheme: Scheme, packages: Iterable[Terms]) -> Iterator[Reckoned]:
    """Each package under one version, which stands for both."""
    return reckoned(packages, scheme, scheme)


_Figures = tuple[int, int | None, int | None]
# Like packages are reckoned once. More different ones than this are not remembered at a time.
_REMEMBERED: Final = 100_000


def reckoned(packages: Iterable[Terms], before: Scheme, after: Scheme) -> Iterator[Reckoned]:
    """Each package under both versions, in whole yen, one by one as they come."""
    tariffs: dict[str, tuple[Tariff, Tariff]] = {}
    known: dict[tuple[str, str], _Figures] = {}
    for package in packages:
        publication_id, code, functions, lines = package
        figures = known.get((functions, lines))
        if figures is None:
            both = tariffs.get(functions)
            if both is None:
                codes = package.function_codes()
                both = tariff_for(before, functions=codes), tariff_for(after, functions=codes)
                tariffs[functions] = both
            if len(known) >= _REMEMBERED:
                known.clear()
            figures = known[functions, lines] = _figures(package, *both)
        yield Reckoned(publication_id, code, *figures)


def _figures(package: Terms, before: Tariff, after: Tariff) -> _Figures:
    lines = [CostLine(*line) for line in package.priced_lines()]
    subsidy = _subsidy(before, lines)
    return sum(line.amount_yen for line in lines), subsidy, subsidy if after is before else _subsidy(after, lines)


def _subsidy(tariff: Tariff, lines: Sequence[CostLine]) -> int | None:
    if not tariff.takes([line.kind for line in lines]):
        return None
    return figures_of(tariff, lines).subsidy_yen


def changes(before: Scheme, after: Scheme) -> tuple[list[Reckoned], Summary]:
    """Every live package whose subsidy differs, the largest change first, then by code; and the numbers.

    A package with a kind of cost that one of the two cannot reckon gets nothing there, and is counted as not reckoned. All
    as they are at one moment; nothing is locked meanwhile.
    """
    found: list[Reckoned] = []
    packages = before_sum = after_sum = not_reckoned = lost = 0
    for each in reckoned(offer_terms.every_package(), before, after):
        packages += 1
        not_reckoned += each.before is None or each.after is None
        lost += each.after is None
        before_sum += each.before or 0
        after_sum += each.after or 0
        if each.difference:
            found.append(each)
    found.sort(key=lambda each: (-abs(each.difference), each.code))
    return found, Summary(
        packages,
        len(found),
        sum(each.difference > 0 for each in found),
        sum(each.difference < 0 for each in found),
        sum(not each.before for each in found),
        sum(not each.after for each in found),
        before_sum,
        after_sum,
        not_reckoned,
        lost,
    )


def changed(before: Scheme | None, after: Scheme, batch: Iterable[Terms]) -> Iterator[Reckoned]:
    """The packages of a batch that differ between the two; all of them when the earlier is not known."""
    if before is None:
        yield from reckoned_under(after, batch)
    else:
        yield from (each for each in reckoned(batch, before, after) if each.before != each.after)
