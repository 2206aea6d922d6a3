"""What the demo's packages are like, believable for what they hold. A chance of their own: the rest stays as it was."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from catalogue.price_sheets import Component
from catalogue.traits import (
    AREA,
    CERTIFICATION,
    DEPLOYMENT,
    LANGUAGE,
    NATIONWIDE,
    REQUIREMENT,
    SUPPORT,
    Traits,
    deployments,
    stated,
)
from tenants.organisations import PREFECTURES

# Prefectures in the office's order lie beside each other, from north to south.
_NEIGHBOURS: Final = 3
_SILENT: Final = 0.12  # how many vendors say nothing of a kind
_LANGUAGES: Final = (
    (("ja",),) * 6 + (("ja", "en"),) * 3 + (("ja", "en", "zh"), ("ja", "en", "zh", "ko"), ("ja", "vi", "pt"))
)
_SUPPORT: Final = (
    ("weekdays",),
    ("weekdays",),
    ("weekdays",),
    ("weekdays", "evenings"),
    ("weekdays", "weekends"),
    ("weekdays", "evenings", "weekends"),
    ("always",),
)


def traits_of(code: str, parts: Sequence[Component], prefecture: str, seed: int) -> Traits:
    """The traits of a package of these parts; the same for the same seed."""
    chance = random.Random(f"{seed}-traits-{code}")  # noqa: S311  (a catalogue, not a secret)
    software = [part for part in parts if part.functions]
    functions = {function for part in software for function in part.functions}
    runs = deployments((), [part.cost_kind for part in software])
    found = {
        DEPLOYMENT: runs,
        LANGUAGE: chance.choice(_LANGUAGES),
        CERTIFICATION: _certifications(chance, functions, runs),
        SUPPORT: chance.choice(_SUPPORT),
        AREA: _areas(chance, prefecture, runs),
    }
    said = {kind: codes for kind, codes in found.items() if chance.random() >= _SILENT}
    return stated(said | {REQUIREMENT: _requirements(f"{seed}-requirement-{code}", runs)})


def _requirements(seed: str, runs: Sequence[str]) -> tuple[str, ...]:
    """What runs elsewhere wants a browser and a connection, what is installed a computer; few say nothing."""
    chance = random.Random(seed)  # noqa: S311  (a catalogue, not a secret)
    if chance.random() < _SILENT:
        return ()
    share = {"browser": 0, "windows": 0, "mac": 0, "ios": 0.5, "android": 0.4, "internet": 0, "device": 0.1}
    if "cloud" in runs:
        share |= {"browser": 0.8, "internet": 1}
    if "installed" in runs:
        share |= {"windows": 1, "mac": 0.2, "ios": 0.1, "android": 0.1}
    return tuple(code for code, likely in share.items() if chance.random() < likely)


def _certifications(chance: random.Random, functions: set[str], runs: Sequence[str]) -> tuple[str, ...]:
    """Cards need their own protection, electronic books their own certificate."""
    likely = {
        "privacy_mark": 0.4,
        "isms": 0.25,
        "isms_cloud": 0.15 if "cloud" in runs else 0,
        "pci_dss": 0.5 if "F5" in functions else 0,
        "jiima": 0.4 if functions & {"B1", "B2", "B5"} else 0,
    }
    return tuple(code for code, share in likely.items() if chance.random() < share)


def _areas(chance: random.Random, prefecture: str, runs: Sequence[str]) -> tuple[str, ...]:
    """What runs elsewhere is sold everywhere; what is installed, more often near its vendor."""
    if chance.random() < (0.75 if "installed" not in runs else 0.35):
        return (NATIONWIDE,)
    at = PREFECTURES.index(prefecture)
    return PREFECTURES[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS + 1]
