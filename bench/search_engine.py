"""Measure the embedded search engine beside SQLite's FTS5 trigram index, in one run on one machine.

    python -m bench.search_engine [documents, default 20000] [rounds, default 20]

Every query asks for 20 hits, their highlights and the counts of all facets; nothing is remembered between queries.
The baseline finds the same words in the same texts, counts only two facets and fetches 20 rows, unranked.
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

from bench.search_catalogue import documents
from search.documents import Visibility
from search.embedded import EmbeddedEngine
from search.port import Amount, Facet, Group, Range, SearchRequest, Sort

_ALL = tuple(Facet)
_TEXTS = (
    "",
    "会計",
    "給与",
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
    f"text {text or '(none)'}": SearchRequest(Visibility.PUBLIC, text, facets=_ALL, highlight=True)
    for text in _TEXTS
}
_QUESTIONS |= {
    "one function": SearchRequest(
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


def _milliseconds(run: Callable[[], object], rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _quantiles(taken: Sequence[float]) -> tuple[float, float]:
    return statistics.median(taken), statistics.quantiles(taken, n=20)[18]


def _build(engine: EmbeddedEngine, count: int) -> float:
    start = time.perf_counter()
    rebuild = engine.begin_rebuild()
    stream = documents(count)
    while batch := list(islice(stream, 2000)):
        engine.load(rebuild, batch)
    engine.commit_rebuild(rebuild)
    return time.perf_counter() - start


def _baseline(path: Path, count: int) -> sqlite3.Connection:
    database = sqlite3.connect(path)
    database.execute(
        "create table package (id integer primary key, category text, prefecture text, document text)"
    )
    database.execute("create virtual table package_text using fts5(body, content='', tokenize='trigram')")
    for number, d in enumerate(documents(count), 1):
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


def _report_change(engine: EmbeddedEngine) -> None:
    reader_taken = []
    for document in documents(20):
        start = time.perf_counter()
        engine.upsert([document])
        engine.search(SearchRequest(Visibility.PUBLIC, document.name))
        reader_taken.append((time.perf_counter() - start) * 1000)
    p50, p95 = _quantiles(reader_taken)
    print(f"one change, written, committed and found again: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def main(count: int, rounds: int) -> None:
    """Build both, ask both, print."""
    with tempfile.TemporaryDirectory() as folder:
        engine = EmbeddedEngine(Path(folder) / "index", remembered=0)
        engine.ensure_schema()
        seconds = _build(engine, count)
        stats = engine.stats()
        print(
            f"{count:,} documents: built in {seconds:.1f} s, {stats.size_bytes / 1e6:.0f} MB, {stats.segments} segments"
        )
        everything: list[float] = []
        medians: dict[str, float] = {}
        for name, request in _QUESTIONS.items():
            found = engine.search(request)
            taken = _milliseconds(lambda request=request: engine.search(request), rounds)  # type: ignore[misc]
            everything += taken
            p50, p95 = _quantiles(taken)
            medians[name] = p50
            print(f"{name:<32} p50 {p50:7.2f} ms  p95 {p95:7.2f} ms  {found.stage.value:<8} {found.total:>8,}")
        ours = _quantiles(everything)
        print(f"all of them: p50 {ours[0]:.2f} ms, p95 {ours[1]:.2f} ms")
        _report_change(engine)
        engine.close()
        start = time.perf_counter()
        database = _baseline(Path(folder) / "baseline.db", count)
        print(f"baseline built in {time.perf_counter() - start:.1f} s")
        print("SQLite FTS5 trigram beside it (p50; LIKE below three characters):")
        for text in filter(None, _TEXTS):
            taken = _milliseconds(lambda text=text: _ask_baseline(database, text), max(3, rounds // 4))  # type: ignore[misc]
            median, found_there = statistics.median(taken), _ask_baseline(database, text)
            ratio = median / medians[f"text {text}"]
            print(f"text {text:<27} p50 {median:7.2f} ms  finds {found_there:>8,}  baseline / engine {ratio:6.2f}")
        database.close()
        print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(*(int(a) for a in (*sys.argv[1:3], *("20000", "20")[len(sys.argv[1:3]) :])))
