"""Files of the index that changed in their place with size and time as they were: found, told at once, never passed on."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from search_samples import a_document

from search.documents import Visibility
from search.embedded import EmbeddedEngine, arrays, integrity, reader
from search.embedded.integrity import Checked
from search.port import EngineUnavailable, SearchRequest

SMALL = 512


@pytest.fixture
def engine(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    made.ensure_schema()
    made.upsert([a_document(f"A-{n}", name=f"会計{n}") for n in range(20)])
    assert made.ensure_schema() is False
    return made


def ask(engine):
    return engine.search(SearchRequest(Visibility.PUBLIC, "会計", highlight=True)).total


def told(engine):
    with pytest.raises(EngineUnavailable) as raised:
        ask(engine)
    return raised.value.code


def upsert_one_by_one(engine, number):
    for each in range(number):
        engine.upsert([a_document(f"C-{each}", name="会計")])


def the_rows(folder: Path) -> Path:
    return max(folder.glob("index/index-*/*.rows"), key=lambda path: path.stat().st_size)


def lose(path, first, last):
    """Other bytes there, and nothing that could be seen of the file from outside."""
    before = path.stat()
    with path.open("r+b") as file:
        file.seek(first)
        file.write(b"\xff" * (last - first))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_each_look_reads_a_little_and_all_of_it_is_read_in_turn(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "_PIECE", SMALL)
    monkeypatch.setattr(integrity, "PIECES_AT_A_LOOK", 3)
    pieces = []
    real = integrity.read_through
    monkeypatch.setattr(
        integrity, "read_through", lambda path: (pieces.append(found) or found for found in real(path))
    )
    path = the_rows(tmp_path)
    size = path.stat().st_size
    index, checked = path.parent, Checked()
    looks = -(-size // (3 * SMALL))
    assert looks > 3
    for _ in range(2 * looks + 2):
        before = len(pieces)
        assert checked.damaged(index) is False
        assert len(pieces) - before <= 3
    assert len(pieces) >= 2 * (size // SMALL), "round and round"
    lose(path, size // 2, size // 2 + 8)
    found = [checked.damaged(index) for _ in range(2 * looks + 2)]
    assert True in found, "within two rounds, whichever part was being read"


def test_found_by_the_worker_it_is_told_by_every_process_at_once(engine, tmp_path):
    other = EmbeddedEngine(tmp_path / "index")
    assert ask(other) == 20
    path = the_rows(tmp_path)
    lose(path, path.stat().st_size // 2, path.stat().st_size // 2 + 8)
    assert engine.ensure_schema() is True
    assert [told(each) for each in (engine, other, EmbeddedEngine(tmp_path / "index"))] == ["index_broken"] * 3
    assert engine.ensure_schema() is True, "until it is built anew"
    rebuild = engine.begin_rebuild()
    engine.load(rebuild, [a_document("B", name="会計")])
    engine.commit_rebuild(rebuild)
    assert (engine.ensure_schema(), ask(other)) == (False, 1)


def test_examining_reads_all_at_once(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(integrity, "PIECES_AT_A_LOOK", 0)
    engine.examine()
    path = the_rows(tmp_path)
    lose(path, path.stat().st_size - 20, path.stat().st_size - 12)
    assert engine.ensure_schema() is False
    with pytest.raises(EngineUnavailable, match="damaged"):
        engine.examine()
    assert (told(engine), engine.ensure_schema()) == ("index_broken", True)


def test_what_cannot_be_read_has_the_worker_look_all_through(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(integrity, "PIECES_AT_A_LOOK", 0)
    path = the_rows(tmp_path)
    at = path.read_bytes().index('"会計7"'.encode())
    lose(path, at, at + 5)
    assert engine.ensure_schema() is False
    assert told(EmbeddedEngine(tmp_path / "index")) == "index_broken"
    assert engine.ensure_schema() is True


def test_a_fault_of_ours_makes_the_worker_look_once_and_condemns_nothing(engine, tmp_path, monkeypatch):
    looked = []
    real = integrity.is_whole
    monkeypatch.setattr(integrity, "is_whole", lambda path: looked.append(path) or real(path))
    with monkeypatch.context() as wrong:
        wrong.setattr("search.embedded.answering.hits", lambda *_: int("a fault of ours"))
        for _ in range(3):
            assert told(engine) == "index_broken"
            assert engine.ensure_schema() is False
    assert looked == [the_rows(tmp_path)]
    assert ask(engine) == 20


def test_damage_is_not_put_together_with_what_is_whole(engine, tmp_path):
    for number in range(2):
        engine.upsert([a_document(f"B-{number}", name="会計")])
    path = min(tmp_path.glob("index/index-*/*.rows"), key=lambda file: file.stat().st_size)
    lose(path, path.stat().st_size // 2, path.stat().st_size // 2 + 8)
    with pytest.raises(EngineUnavailable) as raised:
        upsert_one_by_one(engine, 7)
    assert raised.value.code == "index_broken"
    assert engine.ensure_schema() is True


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("ENOSPC", "index_full"),
        ("EDQUOT", "index_full"),
        ("EROFS", "index_not_writable"),
        ("EACCES", "index_not_writable"),
    ],
)
def test_what_the_system_says_is_told_by_its_name(number, code):
    with pytest.raises(EngineUnavailable) as raised, reader.engine_faults():
        raise OSError(getattr(errno, number), number)
    assert raised.value.code == code


def test_a_folder_that_nobody_may_write_is_told():
    engine = EmbeddedEngine(Path("/sys/hojo-search"))
    for act in (engine.ensure_schema, engine.begin_rebuild):
        with pytest.raises(EngineUnavailable) as raised:
            act()
        assert raised.value.code == "index_not_writable"
