"""Measure the embedded search engine over sizes, beside SQLite's FTS5 trigram index, in one run on one machine.

    python -m bench.search_engine [sizes, default 10000 50000 200000 500000] [--rounds 10]

Each size is measured in a process of its own, so that memory is its own. Every question asks for 20 hits and the counts
of all facets, nearly all for highlights too; no answer is remembered. "First" are questions asked for the first time,
when not even the texts shown have been read. Times are the clock's, and the processor's beside them: on a machine that
others use too, only these say what a quiet one would give. The catalogue is made up before, and read from a file for
both. The baseline finds the same words in the same texts, counts
only two facets and fetches 20 rows, unranked.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from bench.search_catalogue import documents
from search.documents import SearchDocument, Visibility
from search.embedded import EmbeddedEngine
from search.judging.judge import delivered_synonyms
from search.port import Amount, Facet, Group, Range, SearchRequest, Sort
from search.widening import widen

_ALL = tuple(Facet)
_TEXTS = (
    "",
    "会計",
    "給与",
    "給与計算",
    "オンライン予約",
    "勤怠管理",
    "ﾚｼﾞ",
    "きんたい",
    "勤退管理",
    "予約 飲食",
    "在庫 EDI 小売業",
    "コールセター",
    "電話の予約で手が離せない",
    "京都",
    "計",
    "みなとPOSレジ",
)
_QUESTIONS: dict[str, SearchRequest] = {
    text or "(everything)": SearchRequest(Visibility.PUBLIC, text, facets=_ALL, highlight=True) for text in _TEXTS
}
_QUESTIONS |= {
    "会計, two functions": SearchRequest(
        Visibility.PUBLIC, "会計", (Group(Facet.FUNCTION, ("B1", "B3")),), facets=_ALL, highlight=True
    ),
    "three filters, by own cost": SearchRequest(
        Visibility.PUBLIC,
        "",
        (
            Group(Facet.CATEGORY, ("front",)),
            Group(Facet.INDUSTRY, ("retail", "restaurants")),
            Range(Amount.OWN_COST, None, 1_000_000),
        ),
        sort=Sort.OWN_COST,
        facets=_ALL,
    ),
}
_LISTED = delivered_synonyms()
_QUESTIONS = {
    name: replace(request, synonyms=widen(request.text, _LISTED)) for name, request in _QUESTIONS.items()
}
"""As the site asks them, with what their words are widened to."""
_BROADEST = SearchRequest(Visibility.PUBLIC, "創芸管理", facets=_ALL, highlight=True)
"""Nothing is called so, and half of all documents sound a little like it: the slowest question known, told by itself."""
_CHANGES = 100
_BATCH = 2_000


class Taken:
    """How long something took, each time: by the clock and of the processor, in milliseconds."""

    def __init__(self) -> None:
        self.clock: list[float] = []
        self.processor: list[float] = []

    def measure(self, run: Callable[[], Any]) -> Any:
        """Run it once."""
        clock, processor = time.perf_counter(), time.thread_time()
        result = run()
        self.clock.append((time.perf_counter() - clock) * 1000)
        self.processor.append((time.thread_time() - processor) * 1000)
        return result

    def __iadd__(self, other: Taken) -> Taken:
        self.clock += other.clock
        self.processor += other.processor
        return self

    def said(self, percentile: int = 95) -> str:
        """Median and percentile by the clock, and of the processor in brackets."""
        pairs = [
            (statistics.median(taken), statistics.quantiles(taken, n=100)[percentile - 1])
            for taken in (self.clock, self.processor)
        ]
        (p50, high), (own50, own_high) = pairs
        return f"{p50:.1f} / {high:.1f} ({own50:.1f} / {own_high:.1f})"


def _make_up(path: Path, count: int) -> None:
    stream = documents(count)
    with path.open("wb") as file:
        while batch := list(islice(stream, _BATCH)):
            pickle.dump(batch, file)


def _made_up(path: Path) -> Iterator[list[SearchDocument]]:
    with path.open("rb") as file, suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301 - written above


def _build(engine: EmbeddedEngine, catalogue: Path) -> float:
    """Seconds. Documents are read beside, as the worker reads ahead."""
    start = time.perf_counter()
    rebuild = engine.begin_rebuild()
    with ThreadPoolExecutor(1) as thread:
        loaded = thread.submit(engine.load, rebuild, ())
        for batch in _made_up(catalogue):
            loaded.result()
            loaded = thread.submit(engine.load, rebuild, batch)
        loaded.result()
    engine.commit_rebuild(rebuild)
    return time.perf_counter() - start


def _baseline(path: Path, catalogue: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(
        "create table package (id integer primary key, category text, prefecture text, document text)"
    )
    database.execute("create virtual table package_text using fts5(body, content='', tokenize='trigram')")
    for number, d in enumerate(chain.from_iterable(_made_up(catalogue)), 1):
        body = " ".join((d.name, *d.function_words, *d.products, *d.industry_names, d.description, d.vendor_name))
        database.execute("insert into package values (?, ?, ?, ?)", (number, d.categories[0], d.prefecture, body))
        database.execute("insert into package_text(rowid, body) values (?, ?)", (number, body))
    database.commit()
    return database


def _ask_baseline(database: sqlite3.Connection, text: str) -> int:
    """Hits and two facets; trigrams find nothing below three characters, so those need a scan."""
    words = text.split()
    if all(len(word) > 2 for word in words):
        phrase = " ".join(f'"{word}"' for word in words)
        where, values = "id in (select rowid from package_text where package_text match ?)", [phrase]
    else:
        where = " and ".join("document like ?" for _ in words)
        values = [f"%{word}%" for word in words]
    total = 0
    for facet in ("category", "prefecture"):
        counting = f"select {facet}, count(*) from package where {where} group by 1"  # noqa: S608
        counted = database.execute(counting, values).fetchall()
        total = sum(row[1] for row in counted)
    database.execute(f"select document from package where {where} limit 20", values).fetchall()  # noqa: S608
    return total


def _change(engine: EmbeddedEngine) -> Taken:
    """One change each time: written, committed and found again."""
    taken = Taken()
    for document in documents(_CHANGES):
        engine.upsert([document])
        taken.measure(
            lambda d=document: (engine.upsert([d]), engine.search(SearchRequest(Visibility.PUBLIC, d.name)))
        )
    engine.close()
    return taken


def _peak() -> float:
    """Megabytes at most, of this process and of its helper."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(each).ru_maxrss for each in who) / 1024


def measure(count: int, rounds: int) -> dict[str, Any]:
    """Build both and ask both."""
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "index", remembered=0)
        engine.ensure_schema()
        catalogue = Path(folder) / "catalogue"
        _make_up(catalogue, count)
        built = _build(engine, catalogue)
        stats, peak = engine.stats(), _peak()
        asked: dict[str, Taken] = {}
        first, all_of_them = Taken(), Taken()
        found = {name: first.measure(lambda r=request: engine.search(r)) for name, request in _QUESTIONS.items()}
        for name, request in _QUESTIONS.items():
            asked[name] = Taken()
            for _ in range(rounds):
                asked[name].measure(lambda r=request: engine.search(r))
            all_of_them += asked[name]
        broadest = Taken()
        for _ in range(rounds):
            broadest.measure(lambda: engine.search(_BROADEST))
        changed = _change(engine)
        start = time.perf_counter()
        database = _baseline(Path(folder) / "baseline.db", catalogue)
        baseline_built = time.perf_counter() - start
        baseline = {}
        for text in filter(None, _TEXTS):
            taken = Taken()
            for _ in range(3):
                hits = taken.measure(lambda t=text: _ask_baseline(database, t))
            baseline[text] = (statistics.median(taken.processor), hits)
        database.close()
    return {
        "documents": count,
        "built in, s (documents/s)": f"{built:.0f} ({count / built:,.0f})",
        "of the time FTS5 takes to build": f"{built / baseline_built:.1f}",
        "on disk, MB; segments": f"{stats.size_bytes / 1e6:.0f}; {stats.segments}",
        "memory at most, MB": f"{peak:.0f}",
        "all questions, ms": all_of_them.said(),
        "the broadest likeness (創芸管理), ms": broadest.said(),
        "asked for the first time, ms": first.said(),
        "one change, p50 / p99, ms": changed.said(99),
        "load of the machine": f"{os.getloadavg()[0]:.1f}",
        "each": {
            name: {
                "stage": found[name].stage.value,
                "hits": found[name].total,
                "ms": taken.said(),
                "fts5": baseline[name][0] / statistics.median(taken.processor) if name in baseline else None,
                "fts5 hits": baseline[name][1] if name in baseline else None,
            }
            for name, taken in asked.items()
        },
    }


def report(results: Sequence[dict[str, Any]]) -> None:
    """As Markdown: the curve, then each question at the largest size."""
    print("\n| packages | " + " | ".join(f"{r['documents']:,}" for r in results) + " |")
    print("|---|" + "---:|" * len(results))
    for row in [key for key in results[-1] if key not in ("documents", "each")]:
        print(f"| {row} | " + " | ".join(str(r[row]) for r in results) + " |")
    print(f"\n| question ({results[-1]['documents']:,}) | stage | hits | p50 / p95 ms | FTS5 takes | FTS5 finds |")
    print("|---|---|---:|---:|---:|---:|")
    for name, each in results[-1]["each"].items():
        hits = each["fts5 hits"]
        takes = f"{each['fts5']:.1f} times" if hits else "-"  # finding nothing is no work to compare with
        print(
            f"| {name} | {each['stage']} | {each['hits']:,} | {each['ms']} | {takes} | "
            f"{'-' if hits is None else f'{hits:,}'} |"
        )


def main() -> None:
    """Measure each size in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 50_000, 200_000, 500_000])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--alone", action="store_true", help="one size, here, as JSON")
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(measure(given.sizes[0], given.rounds), ensure_ascii=False))
        return
    results = []
    for size in given.sizes:
        command = [
            sys.executable,
            "-m",
            "bench.search_engine",
            str(size),
            "--rounds",
            str(given.rounds),
            "--alone",
        ]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        results.append(json.loads(done.stdout))
        print(f"{size:,}: done", file=sys.stderr)
    report(results)


if __name__ == "__main__":
    main()
