"""From a published package to its estimate: the one way, for lists, pages, comparison, API and applications."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Final, Protocol

from catalogue import masters
from catalogue.masters import EDITION
from marketplace.subsidy.engine import Estimate, Figures, estimate, figures_of, tariff_for
from marketplace.subsidy.lines import CostLine
from marketplace.subsidy.parts import BusinessSize
from marketplace.subsidy.scheme import Scheme, no_such_scheme
from marketplace.subsidy.tariff import Tariff
from tenants import clock
from tenants.errors import NotFound
from tenants.public_changes import Unchanged

IN_USE: Final = "scheme_in_use"
NAMED: Final = (IN_USE, EDITION, "scheme")
_STAMP: Final = re.compile(r"([a-z0-9-]{1,40})\.([0-9]{1,6})", re.ASCII)
_parsed: dict[str, Scheme] = {}


def _scheme(row: masters.MasterRow) -> Scheme:
    """Parsed once for each content: a version never changes."""
    if row.content_hash not in _parsed:
        _parsed[row.content_hash] = Scheme.model_validate_json(json.dumps(row.content))
    return _parsed[row.content_hash]


def scheme(scheme_id: str | None = None) -> Scheme:
    """The version of a scheme that counts today, by default of the one in use; NotFound when there is none.

    Parsed once for each content, so all but the first ask for a hash alone.
    """
    asked = scheme_id, clock.today()
    return of_hash(_newest.of([asked], _ask_newest).get(asked), scheme_id)


_Asked = tuple[str | None, date]
_newest: Final[Unchanged[_Asked, str]] = Unchanged(50)


def _ask_newest(asked: Sequence[_Asked]) -> dict[_Asked, str]:
    """The hashes of the schemes with these ids, None for the one in use, as they count today."""
    found = {each: _newest_hash(each[0]) for each in asked}
    return {each: digest for each, digest in found.items() if digest is not None}


def _newest_hash(scheme_id: str | None) -> str | None:
    if scheme_id is None:
        return masters.newest_hash_named("scheme", NAMED)
    return masters.newest_hash("scheme", scheme_id)


def of_hash(newest: str | None, scheme_id: str | None = None) -> Scheme:
    """The same for whoever knows the hash of what counts today."""
    return _parsed.get(newest or "") or scheme_on(clock.today(), scheme_id)


def id_in_use(on: date | None = None) -> str:
    """The id of the scheme that pages, estimates and new applications are reckoned with on a day (today)."""
    return str(masters.newest(IN_USE, EDITION, on=on).content["scheme"])


def scheme_on(day: date, scheme_id: str | None = None) -> Scheme:
    """The version that counts on a day, by default of the scheme in use then; NotFound when there is none."""
    wanted = id_in_use(day) if scheme_id is None else scheme_id
    try:
        return _scheme(masters.newest("scheme", wanted, on=day))
    except NotFound:
        raise no_such_scheme(wanted, [each.id for each in schemes(on=day)]) from None


def scheme_version(scheme_id: str, version: int) -> Scheme | None:
    """One version of a scheme, whether it counts today or not; None when there is none."""
    row = masters.exact("scheme", scheme_id, version)
    return _scheme(row) if row else None


def stamp(under: Scheme) -> str:
    """A scheme's version in an address: ``2018.2``."""
    return f"{under.id}.{under.version}"


def stamped(written: str) -> Scheme | None:
    """The version that a stamp names, if it counts or has counted; None for anything else."""
    found = _STAMP.fullmatch(written)
    row = masters.exact("scheme", found[1], int(found[2])) if found else None
    return _scheme(row) if row and row.effective_from <= clock.today() else None


def schemes(*, on: date | None = None) -> list[Scheme]:
    """All schemes as they count on a day (today), by id."""
    return [_scheme(row) for row in masters.newest_of_kind("scheme", on=on)]


def lines_of(package: Mapping[str, Any]) -> list[CostLine]:
    """The cost lines of a published package's snapshot; amounts in whole yen without tax."""
    return [
        CostLine(item["cost_kind"], item["amount_yen"], item["months"], item["name"]) for item in package["items"]
    ]


def can_reckon(package: Mapping[str, Any], under: Scheme) -> bool:
    """Whether the scheme can reckon every kind of cost in a published package."""
    return tariff_for(under).takes(item["cost_kind"] for item in package["items"])


class Facts(Protocol):
    """What of a business an estimate rests on: what it has saved, or only told."""

    @property
    def business_size(self) -> BusinessSize:
        """sme, or small (小規模事業者)."""

    @property
    def conditions(self) -> Mapping[str, bool]:
        """Its answers to schemes' own questions, by code; those to other schemes' count for nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """Facts as somebody tells them, kept nowhere. conditions: answers by code; what is not there was not answered."""

    business_size: BusinessSize = "sme"
    conditions: Mapping[str, bool] = field(default_factory=dict)


def _answers(under: Scheme, facts: Facts | None) -> dict[str, bool]:
    """What was answered of this scheme's questions."""
    if facts is None or not under.conditions:
        return {}
    return {code: facts.conditions[code] for code in under.conditions if code in facts.conditions}


def _size(facts: Facts | None) -> BusinessSize:
    return facts.business_size if facts else "sme"


def estimate_package(package: Mapping[str, Any], under: Scheme, facts: Facts | None = None) -> Estimate:
    """What a published package costs after the subsidy, and why.

    facts: the business it is for; None for any small or medium business that has answered nothing.
    """
    return estimate(
        under,
        lines_of(package),
        functions=package["functions"],
        size=_size(facts),
        conditions=_answers(under, facts),
    )


def figures_of_package(package: Mapping[str, Any], under: Scheme, facts: Facts | None = None) -> Figures:
    """The same estimate's numbers alone, for the index and lists."""
    return figures_under(package, tariff_of(package["functions"], under, facts))


def figures_under(package: Mapping[str, Any], tariff: Tariff) -> Figures:
    """The same for whoever has the tariff of :func:`tariff_of` for the package's functions."""
    lines = tuple((item["cost_kind"], item["amount_yen"], item["months"]) for item in package["items"])
    return figures_of_terms(lines, tariff)


@lru_cache(maxsize=20_000)
def figures_of_terms(lines: tuple[tuple[str, int, int | None], ...], tariff: Tariff) -> Figures:
    """The same from (cost kind, yen, months) of each item, as they also lie beside what is live.

    tariff: of :func:`tariff_of` for the package's functions. Remembered by both, which are all it depends on.
    """
    return figures_of(tariff, [CostLine(*line) for line in lines])


def tariff_of(functions: Collection[str], under: Scheme, facts: Facts | None = None) -> Tariff:
    """The scheme as it counts for a package with these functions, and for this business."""
    answers = _answers(under, facts)
    return tariff_for(
        under,
        functions=functions,
        size=_size(facts),
        met=frozenset(code for code, met in answers.items() if met),
        refused=any(under.conditions[code].required and not met for code, met in answers.items()),
    )
