"""Judge what a search finds: ours, ours without readings, and a plain FTS5 trigram index, on the same questions.

    python -m bench.search_quality [documents, default 50000] [file to write the tables to]

Four collections: one the search was tuned on, one of other words that it was not, and two whose questions were all
written before any was asked (see bench/judged/).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.judged.generator import collection
from search.judging.contestants import CONTESTANTS
from search.judging.judge import Verdict, judge_collection

_NAMES = {"tuned": "Tuned on", "held_out": "Held out", "fresh": "Written unseen", "terse": "Terse listings"}


def _table(title: str, documents: int, verdicts: Sequence[Verdict]) -> Iterator[str]:
    names = [verdict.engine for verdict in verdicts]
    yield f"### {title}: {documents:,} documents, {verdicts[0].overall.queries} questions\n"
    yield "| group | questions | " + " | ".join(f"{name}: recall@10 / MRR / nDCG@10" for name in names) + " |"
    yield "|---|---:|" + "---:|" * len(names)
    for group in (*verdicts[0].groups, None):
        figures = [verdict.overall if group is None else verdict.groups[group] for verdict in verdicts]
        cells = [f"{each.recall:.3f} / {each.mrr:.3f} / {each.ndcg:.3f}" for each in figures]
        yield f"| {group or '**all**'} | {figures[0].queries} | " + " | ".join(cells) + " |"
    yield ""


def main(documents: int, target: Path | None) -> None:
    """Build, ask, print, and write the tables if a file was named."""
    lines: list[str] = []
    for name, title in _NAMES.items():
        made = collection(name, documents)
        verdicts = judge_collection(made.documents, made.queries, CONTESTANTS)
        lines += _table(title, documents, verdicts)
        for judged in verdicts[0].judged:
            if judged.recall < 1:
                print(f"{judged.recall:.1f} {judged.group}: {judged.text} ({judged.stage})", file=sys.stderr)
    print("\n".join(lines))
    if target is not None:
        # What people wrote above the tables stays.
        before, _, _ = target.read_text("utf-8").partition("\n### ") if target.exists() else ("", "", "")
        target.write_text("\n".join([before.rstrip("\n"), "", *lines]).lstrip("\n"), "utf-8")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 50_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
