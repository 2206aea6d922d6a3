"""A worker that is killed at any point, a full disk, an index that is damaged: nothing is lost, and names are found."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import published
import pytest
from indexed import dirty, found, refused

from search import engines, queries, sync
from search.embedded import EmbeddedEngine, integrity, reader
from search.parameters import SearchQuery
from search.port import EngineUnavailable
from tenants.actor import PUBLIC
from tenants.db import act_as, db

# --- being killed ---


@pytest.mark.parametrize(
    "point",
    [
        "before the index is written",
        "while the index is written",
        "before the list of segments is replaced",
        "after the list of segments was replaced",
        "while segments are put together",
        "before the segments put together are listed",
        "after the segments put together were listed",
        "between the halves of what is refused",
        "after the index was written",
        "after a document was taken out",
        "before the row is cleared",
        "while a rebuild loads",
        "before a rebuild is put in use",
        "after a rebuild was put in use",
    ],
)
def test_a_worker_killed_at_any_point_loses_nothing(services, worker, index, point):
    kill_at, folder = worker
    shutil.rmtree(folder, ignore_errors=True)
    engines.use(EmbeddedEngine(folder))
    packages = published.publish()
    codes, ids = list(packages), list(packages.values())
    sync.synchronise()
    for number, each in enumerate(ids[2:4]):  # so many small segments that they are put together with the next one
        published.publish_again(each, f"前の名{number}")
        sync.synchronise()
    segments = engines.engine().stats().segments
    engines.engine().close()
    published.publish_again(ids[0], "生き残りの名")
    if point == "between the halves of what is refused":
        published.publish_again(ids[5], "拒まれる名")
    published.withdraw(ids[1])
    db.session.remove()
    assert kill_at(point) == "9", "the worker was not killed where it should have been"
    assert dirty().keys() >= {codes[0]} - ({codes[0]} if "rebuild" in point else set())
    sync.synchronise()
    assert sync.verify() == []
    assert dirty() == {}
    assert refused() == {}
    assert engines.engine().stats().segments < segments, "they were put together"
    assert found("生き残りの名") == {codes[0]}
    assert found() == set(codes) - {codes[1]}
    sync.rebuild()
    assert sync.verify() == []
    assert len(list(folder.glob("index-*"))) <= 2, "what was half made is cleared away"
    engines.engine().close()


def test_a_full_disk_keeps_the_changes_waiting(services, worker):
    kill_at, folder = worker
    shutil.rmtree(folder, ignore_errors=True)
    before = engines._Chosen.engine
    engines.use(EmbeddedEngine(folder))
    packages = published.publish()
    sync.synchronise()
    engines.engine().close()
    code = next(iter(packages))
    published.publish_again(packages[code], "満杯のあとの名")
    db.session.remove()
    assert kill_at("the disk is full") == "ended 256", "it failed, and said so"
    assert dirty() == {code: 1}
    assert found() == set(packages), "search goes on"
    sync.synchronise()
    assert found("満杯のあとの名") == {code}
    assert sync.verify() == []
    engines.engine().close()
    engines._Chosen.engine = before


# --- an index that is damaged under the running application ---


def the_index(folder: Path) -> Path:
    return folder / (folder / "current").read_text().strip()


def replaced(path: Path, content: bytes) -> None:
    """Another file under this name: what the old one is mapped into stays readable, as after a restore."""
    path.unlink()
    path.write_bytes(content)


DAMAGE = {
    "the whole folder is gone": shutil.rmtree,
    "the index is gone": lambda folder: shutil.rmtree(the_index(folder)),
    "the pointer is gone": lambda folder: (folder / "current").unlink(),
    "the pointer is empty": lambda folder: (folder / "current").write_text(""),
    "the pointer leads outside": lambda folder: (folder / "current").write_text("../elsewhere"),
    "the pointer is a folder": lambda folder: ((folder / "current").unlink(), (folder / "current").mkdir()),
    "the pointer leads nowhere": lambda folder: (folder / "current").write_text("index-000000000000"),
    "the list of segments is gone": lambda folder: (the_index(folder) / "segments.json").unlink(),
    "the list of segments is garbage": lambda folder: replaced(
        the_index(folder) / "segments.json", b"\x00garbage"
    ),
    "the schema is another version's": lambda folder: (the_index(folder) / "fingerprint").write_text("old"),
    "every file of the index is garbage": lambda folder: [
        replaced(path, b"\xff" * 100)
        for path in the_index(folder).iterdir()
        if path.suffix and path.name != "segments.json"
    ],
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_index_degrades_the_search_and_is_built_anew(packages, index, tmp_path, how):
    sync.synchronise()
    code, listing_id = next(iter(packages.items()))
    published.publish_again(listing_id, "しらさぎ会計")
    sync.synchronise()
    index.close()
    DAMAGE[how](tmp_path / "index")
    if how == "every file of the index is garbage":
        engines.use(EmbeddedEngine(tmp_path / "index"))  # one that has mapped nothing yet
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(q="しらさぎ"))
        # What is in use already is of the version it was opened with, so it answers until it is opened anew.
        assert page.degraded is (how != "the schema is another version's")
        assert [hit.code for hit in page.items] == [code]
        assert page.items[0].total_yen > 0
        assert any(value.count for value in page.facets["category"]) is not page.degraded
        by_code = queries.find(SearchQuery(q=code.lower()))
        assert [hit.code for hit in by_code.items] == [code]
    sync.synchronise()
    engines.engine().close()
    assert found("しらさぎ") == {code}
    assert found() == set(packages)
    assert sync.verify() == []
    assert engines.state() == "ok"


def changed_in_place(folder: Path) -> None:
    """Other bytes in the middle of the largest file, as a disk gives them: its size and time are what they were."""
    path = max(the_index(folder).glob("*.rows"), key=lambda file: file.stat().st_size)
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(before.st_size // 2)
        file.write(b"\xff" * 1000)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def degraded() -> bool:
    with act_as(PUBLIC):
        return queries.find(SearchQuery(q="会計")).degraded


def test_what_a_disk_lost_unnoticed_is_found_by_the_worker(packages, index, tmp_path):
    sync.synchronise()
    sync.synchronise()  # what is new was read through
    changed_in_place(tmp_path / "index")
    assert sync.synchronise() == 0
    assert not degraded()
    assert sync.verify() == []


def test_what_a_disk_lost_unnoticed_is_found_by_comparing_and_then_built_anew(
    packages, index, tmp_path, monkeypatch
):
    monkeypatch.setattr(integrity, "PIECES_AT_A_LOOK", 0)
    sync.synchronise()
    sync.synchronise()  # what is new was read through
    changed_in_place(tmp_path / "index")
    sync.synchronise()  # it does not happen to look there
    with pytest.raises(EngineUnavailable, match="damaged"):
        sync.verify()
    assert (degraded(), sync.status().health) == (True, "index_broken")
    sync.synchronise()
    sync.synchronise()
    assert not degraded()
    changed_in_place(tmp_path / "index")
    assert sync.reconcile() == []
    assert not degraded()
    assert sync.verify() == []


def test_why_the_index_cannot_be_written_is_told_until_it_can(packages, index, monkeypatch):
    sync.synchronise()
    engines.use(EmbeddedEngine(Path("/sys/hojo-search")))  # where nobody may write, whoever asks
    for act in (sync.synchronise, sync.rebuild):
        with pytest.raises(EngineUnavailable) as raised:
            act()
        assert raised.value.code == "index_not_writable"
    engines.use(index)
    state = sync.status()
    assert (state.health, state.answers) == ("index_not_writable", True)
    sync.synchronise()
    assert sync.status().health == "index_not_writable", "of a rebuild nothing is known yet"
    sync.reconcile()
    assert sync.status().health == "ok", "none is needed"
    with monkeypatch.context() as full:
        full.setattr(index, "begin_rebuild", reader.engine_faults()(lambda: Path("/dev/full").write_text("x")))
        with pytest.raises(EngineUnavailable):
            sync.rebuild()
    sync.synchronise()
    assert (sync.status().health, sync.status().answers) == ("index_full", True)
    sync.rebuild()
    assert sync.status().health == "ok"


def test_without_any_index_yet_names_are_found(index):
    packages = published.publish()
    assert engines.state() == "index_missing"
    with pytest.raises(EngineUnavailable):
        sync.verify()
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(per_page=4, page=2))
    assert page.degraded
    assert (page.total, page.pages, len(page.items)) == (len(packages), 2, 2)
