"""Measure suggestions while typing as a browser meets them: real server, database and index, generated catalogue.

    python -m bench.suggestions [packages, default 50000] [rounds, default 5]

Asked one after the other, each address new, so that no kept answer helps; times include HTTP.
"""

from __future__ import annotations

import statistics
import sys
import time
import urllib.request
from urllib.parse import quote

from bench.pages import served

TYPED = (
    "か",
    "会",
    "会計",
    "会計そ",
    "き",
    "きん",
    "きんた",
    "きんたい",
    "ﾚｼﾞ",
    "レジ",
    "給",
    "給与",
    "予約",
    "よや",
)
TYPED += (
    "po",
    "pos",
    "在庫",
    "ざいこ",
    "株式会社",
    "みなと",
    "請求",
    "せいきゅうしょ",
    "クラウド",
    "管理",
    "レジシステム",
    "勤怠ア",
    "会計ソフト",
    "yoyaku",
    "kyuyo",
    "invo",
    "コールセター",
    "zzzz",
)


def _milliseconds(address: str) -> float:
    start = time.perf_counter()
    urllib.request.urlopen(address, timeout=30).read()  # noqa: S310
    return (time.perf_counter() - start) * 1000


def main(packages: int, rounds: int) -> None:
    """Serve, ask, print."""
    with served(packages) as address:
        everything: list[float] = []
        for typed in TYPED:
            url = f"{address}/api/v1/suggestions?q={quote(typed)}"
            _milliseconds(f"{url}&n=first")
            taken = [_milliseconds(f"{url}&n={number}") for number in range(rounds)]
            everything += taken
            print(f"{typed:<10} p50 {statistics.median(taken):7.1f} ms  slowest {max(taken):7.1f} ms")
        alive = [_milliseconds(f"{address}/healthz") for _ in range(rounds * 4)]
        p95 = statistics.quantiles(everything, n=20)[18]
        print(
            f"all of them: p50 {statistics.median(everything):.1f} ms, p95 {p95:.1f} ms, worst {max(everything):.1f} ms"
        )
        print(f"/healthz beside it: p50 {statistics.median(alive):.1f} ms")


if __name__ == "__main__":
    main(*(int(a) for a in (*sys.argv[1:3], *("50000", "5")[len(sys.argv[1:3]) :])))
