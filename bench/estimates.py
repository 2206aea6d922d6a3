"""Measure estimates per second in one process, numbers alone, with limits, and with every word.

    python -m bench.estimates [seconds, default 3]

"with limits" gives the amount and every limit with its clause; "every word" reads lines, ways up and sentences too.

Every row is the best of many turns taken in rotation, in processor time. Shown beside the slowest thing that could be right: Fractions added line by line and cut, without limits or reasons.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction

from marketplace.subsidy.engine import count_of, estimate, figures_of
from marketplace.subsidy.lines import CostLine
from marketplace.subsidy.scheme import shipped_schemes

LINES = [
    CostLine("software", 300_000),
    CostLine("cloud", 117_600, 12),
    CostLine("cloud", 163_200, 24),
    CostLine("setup", 150_000),
    CostLine("hardware", 128_000),
]
FUNCTIONS = ["F2", "F4", "M1"]
TURN = 100


def bare() -> int:
    """The sum of what counts times two thirds, and nothing else."""
    eligible = sum(
        (
            Fraction(line.amount_yen * min(12, line.months or 12), line.months or 12)
            for line in LINES
            if line.kind != "hardware"
        ),
        Fraction(0),
    )
    return int(eligible * Fraction(2, 3) // 1)


def rates(works: Sequence[Callable[[], object]], seconds: float) -> list[float]:
    """How often a second each is done: turn by turn, processor time, the best turn of each.

    On a machine that others use too, one after the other would measure the others.
    """
    best = [float("inf")] * len(works)
    end = time.perf_counter() + seconds * len(works)
    while time.perf_counter() < end:
        for at, work in enumerate(works):
            began = time.process_time()
            for _ in range(TURN):
                work()
            best[at] = min(best[at], time.process_time() - began)
    return [TURN / each for each in best]


def main() -> None:
    """Print a Markdown table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    scheme = shipped_schemes().get("2017")
    tariff = scheme.tariff("sme", count_of(scheme, FUNCTIONS))
    works: dict[str, Callable[[], object]] = {
        "bare Fractions": bare,
        "numbers alone": lambda: figures_of(tariff, LINES),
        "with limits": lambda: estimate(scheme, LINES, functions=FUNCTIONS),
        "with every word, as JSON": lambda: estimate(scheme, LINES, functions=FUNCTIONS).as_json(),
    }
    found = rates(list(works.values()), seconds)
    print("| five lines, scheme 2017 | a second | of bare Fractions |\n|---|---:|---:|")
    for name, each in zip(works, found, strict=True):
        print(f"| {name} | {each:,.0f} | {each / found[0]:.2f} |")


if __name__ == "__main__":
    main()
