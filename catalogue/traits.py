"""What a package is like beyond functions and price: how and on what it runs, its languages, certifications, support, areas. Pure.

Everything here is said by the vendor for the package as it is sold, and may be left unsaid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tenants.organisations import PREFECTURES, place
from tenants.text import Text

DEPLOYMENT: Final = "deployment"
REQUIREMENT: Final = "requirement"
LANGUAGE: Final = "language"
CERTIFICATION: Final = "certification"
SUPPORT: Final = "support"
AREA: Final = "area"
KINDS: Final[Mapping[str, Text]] = {
    DEPLOYMENT: Text("提供形態", "How it runs"),
    REQUIREMENT: Text("動作環境", "Requirements"),
    LANGUAGE: Text("対応言語", "Languages"),
    CERTIFICATION: Text("認証", "Certifications"),
    SUPPORT: Text("サポート時間", "Support hours"),
    AREA: Text("対応地域", "Areas served"),
}
LISTED_KINDS: Final = tuple(kind for kind in KINDS if kind != AREA)
"""The kinds whose traits are master data; areas are the prefectures."""
FILTERED_KINDS: Final = tuple(kind for kind in LISTED_KINDS if kind != REQUIREMENT)
"""Of those, the kinds that a search filters by."""
NATIONWIDE: Final = "all"
# What is sold as a fee for use runs elsewhere; what is sold as software is installed.
_DEPLOYMENT_OF: Final = {"cloud": "cloud", "website": "cloud", "software": "installed"}

Traits = Mapping[str, tuple[str, ...]]
"""Kind -> codes, in the master's order; a kind about which nothing is said is left out."""


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait of a kind. aliases: as vendors write it."""

    kind: str
    code: str
    name: Text
    aliases: tuple[str, ...] = ()


def _short(prefecture: str) -> tuple[str, ...]:
    """東京 for 東京都; 北海道 has no shorter form."""
    return (prefecture[:-1],) if prefecture[-1] in "都府県" else ()


AREAS: Final = (
    Trait(AREA, NATIONWIDE, Text("全国", "Nationwide"), ("日本全国", "全都道府県", "全国対応")),
    *(Trait(AREA, name, place(name), _short(name)) for name in PREFECTURES),
)


def stated(traits: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The same with the kinds about which nothing is said left out, in the order of KINDS."""
    return {kind: tuple(traits[kind]) for kind in KINDS if traits.get(kind)}


def deployments(said: Iterable[str], cost_kinds: Iterable[str]) -> tuple[str, ...]:
    """How a package runs: as its vendor says; where nothing is said, as its products with functions are sold.

    cost_kinds: the cost kinds of those products.
    """
    known = tuple(said)
    if known:
        return known
    found = {_DEPLOYMENT_OF[kind] for kind in cost_kinds if kind in _DEPLOYMENT_OF}
    return tuple(sorted(found))


def areas(said: Iterable[str], vendor_prefecture: str) -> tuple[str, ...]:
    """Where a package is offered: as its vendor says; where nothing is said, at least where the vendor is."""
    known = tuple(said)
    if NATIONWIDE in known:
        return (NATIONWIDE,)
    return known or ((vendor_prefecture,) if vendor_prefecture else ())
