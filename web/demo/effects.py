"""What the demo's vendors claim of their packages, believable for what they hold. A chance of their own."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from catalogue.effects import BASIS, HOURS, PEOPLE, PRODUCTIVITY, Effect, stated
from catalogue.price_sheets import Component

_SILENT: Final = 0.35  # how many vendors claim nothing
_PEOPLE: Final = (3, 5, 5, 8, 10, 10, 15, 20, 30)
_GROUNDS: Final = (
    "導入した{n}社の平均（自社調べ、2026年5月）",
    "導入前後3か月の作業記録の比較（{n}社、2026年3月）",
    "標準的な業務量での自社試算（2026年4月）",
    "利用{n}社へのアンケート（2026年6月）",
)


def effect_of(code: str, parts: Sequence[Component], seed: int) -> Effect:
    """The claim for a package of these parts: the more functions, the more is saved. The same for the same seed."""
    chance = random.Random(f"{seed}-effect-{code}")  # noqa: S311  (a catalogue, not a secret)
    if chance.random() < _SILENT:
        return {}
    functions = {function for part in parts for function in part.functions}
    people = chance.choice(_PEOPLE)
    return stated(
        {
            HOURS: people * chance.randint(1, 3) + len(functions) * chance.randint(1, 4),
            PEOPLE: people,
            PRODUCTIVITY: chance.randint(2, 15) if chance.random() < 0.5 else None,
            BASIS: chance.choice(_GROUNDS).format(n=chance.randint(4, 40)),
        }
    )
