"""Documents analysed in several processes: the same as in one, whatever happens to the others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from search_samples import a_document, random_documents

from search.embedded import preparing
from search.embedded.preparing import Preparing
from search.embedded.rows import analysed, count, merged
from search.port import DocumentsRefused

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared(monkeypatch):
    """Preparing that has two helpers for four documents and more, three at a time."""
    monkeypatch.setattr(preparing, "_WORTH_HELPERS", 4)
    monkeypatch.setattr(preparing, "_PIECE", 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    made = Preparing()
    yield made
    made.close()


def together(pieces):
    return facts(merged([(piece, None) for piece in pieces]))


def facts(rows):
    return {name: array.tolist() for name, array in rows.items()}


def test_helpers_make_what_one_process_makes_also_after_a_refusal_and_after_one_was_killed(shared):
    documents = random_documents(40, seed=5)
    right = facts(analysed(documents))
    assert [count(rows) for rows in shared.rows(documents)] == [40]  # here, while the helpers start
    assert together(shared.rows(documents)) == right
    for place in (0, 39):
        bad = [*documents[:place], a_document("BAD", vendor_number="7\x1f"), *documents[place + 1 :]]
        with pytest.raises(DocumentsRefused, match="no code"):
            shared.rows(bad)
        assert not shared._helpers
        shared.rows(documents)
        assert len(shared._helpers) == 2
        assert together(shared.rows(documents)) == right
    shared._helpers[1]._process.kill()
    shared._helpers[1]._process.wait()
    assert together(shared.rows(documents)) == right
    assert not shared._helpers  # and not replaced
    assert together(shared.rows(documents)) == right


class Lost:
    """A helper that goes away with the piece it was given as the nth, or meets a refusal there."""

    def __init__(self, after, error=EOFError):
        self.after, self.error, self.given = after, error, []

    def give(self, documents):
        self.given.append(documents)

    def rows(self):
        if not self.after:
            raise self.error
        self.after -= 1
        return analysed(self.given.pop(0))


def test_what_a_lost_helper_had_is_done_here_and_after_a_refusal_nothing_is_begun():
    documents = random_documents(14, seed=8)
    for after in range(5):
        heap = preparing._Heap([documents[at : at + 3] for at in range(0, 14, 3)])
        assert not heap.share(Lost(after))
        heap.work()
        assert together(heap.made()) == facts(analysed(documents))
    heap = preparing._Heap([documents[at : at + 3] for at in range(0, 14, 3)])
    with pytest.raises(DocumentsRefused):
        heap.share(Lost(1, DocumentsRefused("no code")))
    late = Lost(0)
    assert heap.share(late)
    assert not late.given


def test_a_helper_is_given_its_next_piece_before_it_has_done_the_last():
    documents = random_documents(9, seed=8)
    at_once = []

    class Watched(Lost):
        def rows(self):
            at_once.append(len(self.given))
            return super().rows()

    assert preparing._Heap([documents[:3], documents[3:6], documents[6:]]).share(Watched(3))
    assert at_once == [2, 2, 1]


def test_few_documents_and_one_processor_need_no_helpers(shared, monkeypatch):
    documents = random_documents(3, seed=6)
    assert together(shared.rows(documents)) == facts(analysed(documents))
    assert not shared._helpers
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    alone = Preparing()
    assert [count(rows) for rows in alone.rows(random_documents(8, seed=6))] == [8]
    assert not alone._helpers


def test_a_killed_worker_leaves_no_helper_behind():
    script = (
        "import os, sys; from search.embedded import preparing; from search_samples import random_documents\n"
        "preparing._WORTH_HELPERS = 4; os.sched_getaffinity = lambda _: {0, 1}\n"
        "made = preparing.Preparing(); made.rows(random_documents(8, seed=1))\n"
        "print(*(helper._process.pid for helper in made._helpers), flush=True); sys.stdin.readline()"
    )
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "search")))
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        helpers = worker.stdout.readline().split()
        worker.send_signal(signal.SIGKILL)
    until = time.monotonic() + 60
    assert len(helpers) == 2
    while any(map(alive, helpers)):
        assert time.monotonic() < until
        time.sleep(0.02)


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
