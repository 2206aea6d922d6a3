"""The folder engine alone: several processes, rebuilds beside readers and writers, damage and healing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from search_samples import a_document, money

from search.documents import Visibility
from search.embedded import EmbeddedEngine
from search.embedded import engine as engine_module
from search.embedded.folder import IndexFolder
from search.embedded.reader import open_snapshot
from search.port import EngineBusy, EngineUnavailable, Facet, Group, MatchStage, Receipt, SearchRequest

ROOT = Path(__file__).parents[2]
EVERYTHING = SearchRequest(Visibility.PUBLIC, per_page=100)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def engine(folder):
    made = EmbeddedEngine(folder, lock_seconds=2.0)
    made.ensure_schema()
    yield made
    made.close()


def ids(engine, text=""):
    return {h.id for h in engine.search(SearchRequest(Visibility.PUBLIC, text, per_page=100)).hits}


def vanish(folder):
    """Take the folder away at once, also while files are made in it."""
    gone = folder.with_name("gone")
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def in_another_process(folder, code):
    """Run code with ``engine`` on the folder and ``a_document`` in scope; started, not waited for."""
    script = (
        "import sys; from pathlib import Path; from search.embedded import EmbeddedEngine\n"
        "from search_samples import a_document\n"
        f"engine = EmbeddedEngine(Path({str(folder)!r}), lock_seconds=5.0)\n{code}\n"
    )
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


class TestProcesses:
    def test_a_reader_sees_another_process_commit_within_two_seconds(self, engine, folder):
        assert ids(engine) == set()
        code = "engine.upsert([a_document('A', name='勤怠')]); print('done', flush=True); sys.stdin.readline()"
        with in_another_process(folder, code) as writer:
            assert writer.stdout.readline() == "done\n"
            committed = time.monotonic()
            while not ids(engine, "勤怠"):
                assert time.monotonic() - committed < 2
            writer.communicate("\n")
        assert writer.returncode == 0

    def test_a_killed_writer_leaves_no_lock_and_no_half_change(self, engine, folder):
        code = "engine.upsert([a_document('A')]); print('done', flush=True); sys.stdin.readline()"
        with in_another_process(folder, code) as writer:
            writer.stdout.readline()
            writer.kill()
        engine.upsert([a_document("B")])
        assert ids(engine) == {"A", "B"}

    def test_a_second_writer_waits_and_then_says_that_it_is_busy(self, engine, folder):
        other = EmbeddedEngine(folder, lock_seconds=0.2)
        with IndexFolder(folder).writing(seconds=0), pytest.raises(EngineBusy):
            other.upsert([a_document("B")])
        assert ids(engine) == set()
        engine.upsert([a_document("A")])
        other.upsert([a_document("B")])
        assert ids(engine) == ids(other) == {"A", "B"}

    def test_changes_are_put_together_and_what_is_gone_is_left_out(self, engine, folder):
        for version in range(3):
            for number in range(20):
                engine.upsert([a_document(f"S-{number}", version=version, name=f"会計{number}")])
        engine.delete(["S-3", "S-4"])
        expected = {f"S-{number}" for number in range(20)} - {"S-3", "S-4"}
        assert dict(engine.iter_versions()) == dict.fromkeys(expected, 2)
        assert ids(engine, "会計") == expected
        snapshot = open_snapshot(IndexFolder(folder).current())
        assert snapshot.documents == 18
        assert len(snapshot.segments) < 8
        assert {path.name for path in snapshot.path.glob("*.*")} == {
            "segments.json",
            *(name for each in snapshot.listed for name in each if name),
        }, "nothing of what was put together is left"

    def test_all_of_a_segment_gone_is_a_segment_gone(self, engine):
        engine.upsert([a_document("A"), a_document("B")])
        engine.upsert([a_document("C")])
        engine.delete(["A", "B"])
        assert (ids(engine), engine.stats().segments) == ({"C"}, 1)
        engine.delete(["C", "NEVER-THERE"])
        assert (ids(engine), engine.stats().segments) == (set(), 0)

    def test_many_small_changes_are_merged(self, engine):
        for number in range(40):
            engine.upsert([a_document(f"S-{number}")])
        engine.close()
        assert engine.stats().documents == 40
        assert engine.stats().segments < 20

    def test_readers_in_many_threads_while_changes_come(self, engine):
        engine.upsert([a_document("KEEP", name="勤怠")])
        stop, faults = threading.Event(), []

        def read():
            while not stop.is_set():
                result = engine.search(SearchRequest(Visibility.PUBLIC, "勤怠", facets=tuple(Facet)))
                if "KEEP" not in {h.id for h in result.hits}:
                    faults.append(result)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(20):
            engine.upsert(
                [a_document(f"N-{number}", name="勤怠"), a_document("KEEP", version=number, name="勤怠")]
            )
        stop.set()
        for thread in threads:
            thread.join()
        assert faults == []


class TestRebuild:
    def test_replaces_everything_at_once(self, engine, folder):
        engine.upsert([a_document("OLD")])
        reader = EmbeddedEngine(folder)
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("NEW")])
        assert ids(reader) == {"OLD"}
        engine.commit_rebuild(rebuild)
        assert ids(reader) == {"NEW"}
        assert len(list(folder.glob("index-*"))) == 2

    def test_what_is_written_meanwhile_is_brought_over(self, engine, folder):
        engine.upsert([a_document("A"), a_document("GONE")])
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("A"), a_document("GONE")])
        code = "engine.upsert([a_document('A', version=2), a_document('B')]); engine.delete(['GONE'])"
        with in_another_process(folder, code) as writer:
            writer.wait()
        assert writer.returncode == 0
        engine.load(rebuild, [a_document("A", version=1)])  # an older reading of the same publication
        engine.commit_rebuild(rebuild)
        assert dict(engine.iter_versions()) == {"A": 2, "B": 1}
        engine.upsert([a_document("C")])
        assert ids(engine) == {"A", "B", "C"}

    def test_readers_never_miss_a_document_during_it(self, engine, folder):
        documents = [a_document(f"D-{n}", name="会計") for n in range(50)]
        engine.upsert(documents)
        stop, totals = threading.Event(), set()

        def read():
            reader = EmbeddedEngine(folder)
            while not stop.is_set():
                totals.add(reader.search(SearchRequest(Visibility.PUBLIC, "会計")).total)

        threads = [threading.Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            rebuild = engine.begin_rebuild()
            engine.load(rebuild, documents)
            engine.commit_rebuild(rebuild)
        stop.set()
        for thread in threads:
            thread.join()
        assert totals == {50}

    def test_one_at_a_time(self, engine, folder):
        rebuild = engine.begin_rebuild()
        with pytest.raises(EngineBusy):
            EmbeddedEngine(folder).begin_rebuild()
        engine.abort_rebuild(rebuild)
        engine.abort_rebuild(rebuild)
        engine.abort_rebuild(engine.begin_rebuild())
        assert len(list(folder.glob("index-*"))) == 1

    def test_a_killed_rebuild_stops_nobody(self, engine, folder):
        engine.upsert([a_document("A")])
        code = "r = engine.begin_rebuild(); engine.load(r, [a_document('X')]); print('on', flush=True); sys.stdin.readline()"
        with in_another_process(folder, code) as other:
            other.stdout.readline()
            other.kill()
        engine.upsert([a_document("B")])
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("A")])
        engine.commit_rebuild(rebuild)
        assert ids(engine) == {"A"}
        assert len(list(folder.glob("index-*"))) == 2

    def test_what_a_killed_one_leaves_is_removed_and_what_one_under_way_has_is_not(self, engine, folder):
        left = ["touched", "repriced"]
        code = "r = engine.begin_rebuild(); engine.load(r, [a_document('X')]); print('on', flush=True); sys.stdin.readline()"
        with in_another_process(folder, code) as other:
            other.stdout.readline()
            assert engine.ensure_schema() is False
            assert all((folder / name).exists() for name in left)
            assert len(list(folder.glob("index-*"))) == 2
            other.kill()
        assert engine.ensure_schema() is False
        assert not any((folder / name).exists() for name in left)
        assert len(list(folder.glob("index-*"))) == 1

    def test_an_incomplete_one_is_not_put_in_use(self, engine):
        engine.upsert([a_document("A")])
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("B")])
        rebuild.ids.add("LOST")
        with pytest.raises(EngineUnavailable) as raised:
            engine.commit_rebuild(rebuild)
        assert raised.value.code == "rebuild_incomplete"
        assert ids(engine) == {"A"}
        engine.abort_rebuild(engine.begin_rebuild())


class TestDamage:
    def heal(self, engine):
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("HEALED")])
        engine.commit_rebuild(rebuild)
        assert ids(engine) == {"HEALED"}
        assert engine.ensure_schema() is False

    def test_no_index(self, folder):
        engine = EmbeddedEngine(folder)
        for act in (
            lambda: engine.search(EVERYTHING),
            lambda: engine.upsert([a_document("A")]),
            lambda: list(engine.iter_versions()),
            engine.stats,
        ):
            with pytest.raises(EngineUnavailable) as raised:
                act()
            assert (raised.value.code, raised.value.status) == ("index_missing", 503)
        self.heal(engine)

    def test_folder_deleted_under_the_running_application(self, engine, folder):
        engine.upsert([a_document("A")])
        assert ids(engine) == {"A"}
        vanish(folder)
        with pytest.raises(EngineUnavailable):
            engine.search(EVERYTHING)
        assert engine.ensure_schema() is True
        assert ids(engine) == set()
        self.heal(engine)

    def test_folder_deleted_during_a_rebuild(self, engine, folder):
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("A")])
        vanish(folder)
        with pytest.raises(EngineUnavailable):
            engine.commit_rebuild(rebuild)
        self.heal(engine)

    @pytest.mark.parametrize("ending", [".rows", ".gone", ".amounts", "segments.json", "current"])
    @pytest.mark.parametrize("how", ["truncate", "overwrite"])
    def test_damaged_files(self, folder, ending, how):
        writer = EmbeddedEngine(folder)
        writer.ensure_schema()
        writer.upsert([a_document(f"A-{n}", name="会計") for n in range(50)])
        writer.delete(["A-0"])
        writer.reprice([money("A-1", 1, 5, 0, "small")])
        damaged = [p for p in folder.rglob("*") if p.name.endswith(ending)]
        assert damaged
        for path in damaged:
            size = path.stat().st_size
            path.write_bytes(b"" if how == "truncate" else b"\xff" * size)
        engine = EmbeddedEngine(folder)
        with pytest.raises(EngineUnavailable):
            engine.search(SearchRequest(Visibility.PUBLIC, "会計", facets=tuple(Facet), highlight=True))
        self.heal(engine)

    @pytest.mark.parametrize("how", ["truncate", "overwrite"])
    def test_files_damaged_in_their_place_under_a_process_that_has_them_mapped(self, folder, engine, how):
        engine.upsert([a_document(f"A-{n}", name="会計") for n in range(50)])
        engine.close()
        code = (
            "from search.documents import Visibility\n"
            "from search.port import EngineUnavailable, SearchRequest\n"
            "request = SearchRequest(Visibility.PUBLIC, '会計', highlight=True)\n"
            "for _ in sys.stdin:\n"
            "    try: print(engine.search(request).total, flush=True)\n"
            "    except EngineUnavailable as error: print(error.code, flush=True)\n"
        )
        with in_another_process(folder, code) as reader:

            def ask():
                reader.stdin.write("\n")
                reader.stdin.flush()
                return reader.stdout.readline().strip()

            assert ask() == "50"
            (index,) = folder.glob("index-*")
            kept = {path: path.read_bytes() for path in index.glob("*.rows")}
            for path, content in kept.items():
                with path.open("r+b") as file:
                    if how == "truncate":
                        file.truncate(10)
                    else:
                        file.write(b"\xff" * (len(content) // 2))
            assert [ask(), ask()] == ["index_broken", "index_broken"]
            for path, content in kept.items():
                path.write_bytes(content)
            until = time.monotonic() + 20
            while ask() != "50":
                assert time.monotonic() < until, "an index put right in its place is used again"
                time.sleep(0.1)
            with max(kept, key=lambda path: len(kept[path])).open("r+b") as file:
                file.seek(20)
                file.write(b"\xff" * 8)
            assert ask() == "index_broken"
            assert engine.ensure_schema() is True, "the worker sees it too, and builds anew"
            self.heal(engine)
            assert ask() == "0"
            reader.stdin.close()
        assert reader.returncode == 0, "the process lived through it all"

    def test_a_full_disk_is_told_and_nothing_is_lost(self, folder, engine):
        engine.upsert([a_document("KEEP")])
        engine.close()
        code = (
            "import resource\n"
            "from search.port import EngineUnavailable\n"
            "hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))\n"
            "many = [a_document(f'D-{n}', description='会計' * 50) for n in range(100)]\n"
            "for act in (lambda: engine.upsert(many), engine.begin_rebuild):\n"
            "    try:\n"
            "        done = act()\n"
            "        engine.load(done, many); engine.commit_rebuild(done)\n"
            "    except EngineUnavailable as error: print(error.code, flush=True)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))\n"
            "engine.upsert(many); engine.close(); print('went on', flush=True)\n"
        )
        with in_another_process(folder, code) as writer:
            assert [line.strip() for line in writer.stdout] == ["index_full", "index_full", "went on"]
        assert len(ids(engine)) == 100 or engine.stats().documents == 101
        assert "KEEP" in dict(engine.iter_versions())

    def test_made_by_another_version(self, engine, folder):
        (mark,) = folder.glob("*/fingerprint")
        mark.write_text("older")
        with pytest.raises(EngineUnavailable) as raised:
            EmbeddedEngine(folder).search(EVERYTHING)
        assert raised.value.code == "index_outdated"
        assert engine.ensure_schema() is True
        self.heal(EmbeddedEngine(folder))


class TestMemory:
    def test_counts_are_remembered_until_the_next_change_and_no_longer(self, folder, monkeypatch):
        passes = []
        real = engine_module.counting.count_disjunctively
        monkeypatch.setattr(engine_module.counting, "count_disjunctively", lambda *a: passes.append(1) or real(*a))
        engine = EmbeddedEngine(folder, remembered=2)
        engine.ensure_schema()
        engine.upsert([a_document("A")])
        requests = [
            SearchRequest(Visibility.PUBLIC, "", (Group(Facet.VENDOR, (v,)),), facets=(Facet.VENDOR,))
            for v in "abc"
        ]
        for request in (requests[0], requests[0], requests[1], requests[0]):
            engine.search(request)
        assert len(passes) == 2
        engine.search(requests[2])
        engine.search(requests[1])
        assert len(passes) == 4
        engine.upsert([a_document("B")])
        engine.search(requests[1])
        assert len(passes) == 5
        engine.close()

    def test_a_receipt_of_another_engine_is_refused(self, engine):
        with pytest.raises(ValueError, match="meilisearch"):
            engine.wait(Receipt("meilisearch", "1"))

    def test_nothing_found_names_its_stage(self, engine):
        assert engine.search(SearchRequest(Visibility.PUBLIC, "会計")).stage is MatchStage.NONE
