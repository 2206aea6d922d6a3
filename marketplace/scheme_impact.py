"""What a version of a scheme changes for the published packages: all of them reckoned under both. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from catalogue.publications import Priced, every_priced_package
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

    not_reckoned: packages with a kind of cost that one of the two lacks; lost: that the new one lacks.
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


def subsidies(packages: Sequence[Priced], *schemes: Scheme) -> Iterator[tuple[int | None, ...]]:
    """The subsidy of each package under each scheme; None where it has a kind of cost that the scheme lacks."""
    tariffs: dict[tuple[str, ...], list[Tariff]] = {}
    for package in packages:
        known = tariffs.get(package.functions)
        if known is None:
            known = [tariff_for(scheme, functions=package.functions) for scheme in schemes]
            tariffs[package.functions] = known
        lines = [CostLine(kind, amount, months) for kind, amount, months in package.items]
        yield tuple([_subsidy(tariff, lines) for tariff in known])


def _subsidy(tariff: Tariff, lines: Sequence[CostLine]) -> int | None:
    if any(line.kind not in tariff.kinds for line in lines):
        return None
    return figures_of(tariff, lines).subsidy_yen


def changes(before: Scheme, after: Scheme) -> tuple[list[Change], Summary]:
    """Every published package whose subsidy differs, the largest change first, then by code; and the numbers.

    A package with a kind of cost that one of the two lacks gets nothing there, and is counted as not reckoned.
    """
    found: list[Change] = []
    packages = before_sum = after_sum = not_reckoned = lost = 0
    for batch in every_priced_package():
        packages += len(batch)
        for package, (one, other) in zip(batch, subsidies(batch, before, after), strict=True):
            not_reckoned += one is None or other is None
            lost += other is None
            was, will = one or 0, other or 0
            before_sum += was
            after_sum += will
            if was != will:
                found.append(Change(package.code, package.name, package.total_yen, was, will))
    found.sort(key=lambda each: (-abs(each.difference), each.code))
    return found, Summary(
        packages,
        len(found),
        sum(each.difference > 0 for each in found),
        sum(each.difference < 0 for each in found),
        sum(each.became == "fundable" for each in found),
        sum(each.became == "not_fundable" for each in found),
        before_sum,
        after_sum,
        not_reckoned,
        lost,
    )


def changed_codes(before: Scheme | None, after: Scheme, batch: list[Priced]) -> Iterator[str]:
    """The packages of a batch that differ between the two; all of them when the earlier is not known."""
    if before is None:
        yield from (package.code for package in batch)
        return
    pairs = zip(batch, subsidies(batch, before, after), strict=True)
    yield from (package.code for package, (one, other) in pairs if one != other)
