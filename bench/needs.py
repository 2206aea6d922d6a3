"""Measure packages for one's needs and the guided search as a browser meets them: real server and database.

    python -m bench.needs [packages, default 50000] [rounds, default 5]
    python -m bench.needs http://127.0.0.1:8080 [rounds]      a server that runs already

Asked one after the other; times include HTTP. "first" is the first request of the server for these needs.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.request
from typing import Any
from urllib.parse import quote

from bench.pages import served

TWELVE = ["F1", "F2", "F3", "F4", "M1", "M2", "M3", "M5", "B1", "B3", "B4", "B5"]
EVERY = ["F1", "F2", "F3", "F4", "F5", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "B1", "B2", "B3", "B4", "B5"]
ASKED: dict[str, dict[str, Any]] = {
    "2 functions": {"functions": ["F2", "B3"]},
    "3 functions, restaurant": {"functions": ["B1", "B3", "B4"], "industry": "restaurants", "employees": 5},
    "6 functions, restaurant": {"functions": ["F2", "F4", "F5", "M1", "M3", "M6"], "industry": "restaurants"},
    "6 functions, budget 300,000": {
        "functions": ["F2", "F4", "F5", "M1", "M3", "M6"],
        "industry": "restaurants",
        "budget_yen": 300_000,
    },
    "12 functions, retail": {"functions": TWELVE, "industry": "retail"},
    "12 functions, budget 600,000": {"functions": TWELVE, "industry": "retail", "budget_yen": 600_000},
    "all 17 functions": {"functions": EVERY},
}
TROUBLE = quote("電話の予約で手が離せず、月末の給与計算も大変")
PAGES = {
    "a question": f"/find?q={TROUBLE}",
    "the ranked packages": f"/find?q={TROUBLE}&industry=restaurants&people=4&budget=400000",
}


def _asked(request: urllib.request.Request | str) -> tuple[float, bytes]:
    start = time.perf_counter()
    answer: bytes = urllib.request.urlopen(request, timeout=60).read()  # noqa: S310
    return (time.perf_counter() - start) * 1000, answer


def _line(name: str, taken: list[float], more: str) -> None:
    p50 = statistics.median(taken)
    print(f"| {name} | {taken[0]:.0f} | {p50:.0f} | {max(taken[1:]):.0f} | {more} |")


def measure(address: str, rounds: int) -> None:
    """Ask and print a Markdown table."""
    print("| | first ms | p50 ms | slowest ms | answer |\n|---|---|---|---|---|")
    for name, body in ASKED.items():
        request = urllib.request.Request(  # noqa: S310
            f"{address}/api/v1/needs", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        found = [_asked(request) for _ in range(rounds + 1)]
        told = json.loads(found[-1][1])
        proven = "proven best" if told["proven"] else f"gap {told['gap_yen']:,} yen"
        weighed = f"{told['packages_offered']:,} packages, {told['packages_weighed']} weighed"
        _line(name, [taken for taken, _ in found], f"{weighed}, {proven}")
    for name, path in PAGES.items():
        _line(name, [_asked(f"{address}{path}")[0] for _ in range(rounds + 1)], "page")


def main() -> None:
    """Measure a server that runs, or one of our own."""
    where = sys.argv[1] if len(sys.argv) > 1 else "50000"
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    if where.startswith("http"):
        measure(where, rounds)
        return
    with served(int(where)) as address:
        measure(address, rounds)


if __name__ == "__main__":
    main()
