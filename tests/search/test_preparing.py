"""Documents analysed in two processes: the same as in one, whatever happens to the second."""

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
    """Preparing that has a helper take its share of four documents and more, three at a time."""
    monkeypatch.setattr(preparing, "_WORTH_A_HELPER", 4)
    monkeypatch.setattr(preparing, "_PIECE", 3)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    made = Preparing()
    yield made
    made.close()


def together(pieces):
    return facts(merged([(piece, None) for piece in pieces]))


def facts(rows):
    return {name: array.tolist() for name, array in rows.items()}


def test_two_processes_make_what_one_makes_also_after_a_refusal_and_after_the_helper_was_killed(shared):
    documents = random_documents(40, seed=5)
    right = facts(analysed(documents))
    assert together(shared.rows(documents)) == right
    for place in (0, 39):
        bad = [*documents[:place], a_document("BAD", vendor_number="7\x1f"), *documents[place + 1 :]]
        with pytest.raises(DocumentsRefused, match="no code"):
            shared.rows(bad)
        assert together(shared.rows(documents)) == right
    shared._helper._process.kill()
    shared._helper._process.wait()
    assert together(shared.rows(documents)) == right
    assert together(shared.rows(documents)) == right


def test_a_refusal_is_told_whoever_meets_it_and_what_a_lost_helper_left_is_done_here():
    documents = random_documents(7, seed=8)
    heap = preparing._Heap([documents[:3], documents[3:6], documents[6:]])
    assert not heap.work(lambda _: None)  # gone with the first piece
    assert heap.work(analysed)
    assert together(heap.made()) == facts(analysed(documents))
    heap = preparing._Heap([documents[:3], documents[3:]])
    with pytest.raises(DocumentsRefused):
        heap.work(refuse)
    heap.stop()
    assert heap.work(refuse)  # nothing more is begun


def refuse(_):
    raise DocumentsRefused("no code")


def test_few_documents_and_one_processor_need_no_helper(shared, monkeypatch):
    documents = random_documents(3, seed=6)
    assert together(shared.rows(documents)) == facts(analysed(documents))
    assert shared._helper is None
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    alone = Preparing()
    assert [count(rows) for rows in alone.rows(random_documents(8, seed=6))] == [8]
    assert alone._helper is None


def test_a_killed_worker_leaves_no_helper_behind():
    script = (
        "import os, sys; from search.embedded import preparing; from search_samples import random_documents\n"
        "preparing._WORTH_A_HELPER = 4; os.sched_getaffinity = lambda _: {0, 1}\n"
        "made = preparing.Preparing(); made.rows(random_documents(8, seed=1))\n"
        "print(made._helper._process.pid, flush=True); sys.stdin.readline()"
    )
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "search")))
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        helper = int(worker.stdout.readline())
        worker.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while Path(f"/proc/{helper}").exists() and Path(f"/proc/{helper}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < until
        time.sleep(0.02)
