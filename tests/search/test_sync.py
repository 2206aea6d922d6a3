"""The index is kept equal to what is published, whatever happens on the way."""

from __future__ import annotations

import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path

import published
import pytest
from search_samples import a_document
from sqlalchemy import select, text

from catalogue.listings import note_index_change
from catalogue.models import IndexChange
from marketplace import pricing
from search import engines, queries, setting_aside, sync
from search.embedded import EmbeddedEngine
from search.parameters import SearchQuery
from search.port import DocumentsRefused, EngineBusy, EngineUnavailable
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db, use_case


@pytest.fixture
def packages(index):
    return published.publish()


def dirty() -> dict[str, int]:
    with act_as(SYSTEM):
        return {row.code: row.version for row in db.session.scalars(select(IndexChange))}


def found(q: str = "") -> set[str]:
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(q=q, per_page=100))
        assert not page.degraded
        return {hit.code for hit in page.items}


# --- the ordinary way ---


def test_what_is_published_is_found_once_it_was_synchronised(packages, owner):
    assert dirty() == dict.fromkeys(packages, 1)
    with owner.connect() as connection:
        jobs = connection.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE status = 'todo'")).all()
    assert jobs.count("search.synchronise") == 1
    assert sync.status().waiting == len(packages)
    sync.synchronise()
    assert found() == set(packages)
    assert dirty() == {}
    assert sync.verify() == []
    state = sync.status()
    assert (state.documents, state.published, state.waiting) == (6, 6, 0)
    assert state.size_bytes > 0
    assert sync.synchronise() == 0


def test_a_new_version_replaces_the_old_one_whole(packages):
    code, listing_id = next(iter(packages.items()))
    sync.synchronise()
    published.publish_again(listing_id, "きつねのお宿パック")
    assert code not in found("きつねのお宿")
    assert sync.synchronise() == 1
    assert found("きつねのお宿") == {code}
    assert found() == set(packages)
    assert sync.verify() == []


def test_what_is_withdrawn_is_gone_from_the_results_even_before_the_index_knows(packages):
    code, listing_id = next(iter(packages.items()))
    sync.synchronise()
    published.withdraw(listing_id)
    assert code not in found()
    assert sync.synchronise() == 1
    assert code not in dict(engines.engine().iter_versions())
    assert sync.verify() == []
    published.publish_again(listing_id, "また公開")
    sync.synchronise()
    assert code in found()


def test_more_changes_than_one_batch(packages, monkeypatch):
    monkeypatch.setattr(sync, "BATCH", 4)
    engines.engine().ensure_schema()
    assert sync.synchronise() == len(packages)
    assert sync.verify() == []


# --- changes that cross each other ---


def test_a_package_that_changed_during_the_work_stays_dirty(packages, services):
    sync.synchronise()
    code, listing_id = next(iter(packages.items()))
    published.publish_again(listing_id, "二番目の名")
    with act_as(SYSTEM):
        changes = sync._changes()
        outcome = sync._apply([each[0] for each in changes], pricing.scheme())
        published.elsewhere(services, lambda: published.publish_again(listing_id, "三番目の名"))
        sync._clear(changes, outcome)
    assert dirty() == {code: 2}
    assert found("二番目の名") == {code}, "found by the old words, shown as published now"
    sync.synchronise()
    assert found("三番目の名") == {code}
    assert sync.verify() == []


def test_two_who_synchronise_at_once_do_not_clear_what_neither_has_done(packages, services):
    """Between reading and clearing, somebody else does the work and the package is published again."""
    sync.synchronise()
    code, listing_id = next(iter(packages.items()))
    published.publish_again(listing_id, "二番目の名")
    with act_as(SYSTEM):
        changes = sync._changes()
        outcome = sync._apply([each[0] for each in changes], pricing.scheme())
        published.elsewhere(services, sync.synchronise)
        published.elsewhere(services, lambda: published.publish_again(listing_id, "三番目の名"))
        assert dirty() == {code: 1}
        sync._clear(changes, outcome)
    assert dirty() == {code: 1}
    sync.synchronise()
    assert found("三番目の名") == {code}


def test_a_code_that_was_never_published_is_taken_out_and_forgotten(packages):
    sync.synchronise()

    @use_case
    def note() -> None:
        note_index_change(["NO-SUCH", "NO-SUCH"])

    with act_as(SYSTEM):
        note()
    assert sync.synchronise() == 1
    assert dirty() == {}
    assert sync.verify() == []


def test_a_rebuild_while_packages_are_published_and_withdrawn_loses_nothing(packages, services, monkeypatch):
    sync.synchronise()
    ids = list(packages.values())
    real = EmbeddedEngine.load
    began, done = threading.Event(), threading.Event()

    def slow(self, rebuild, documents):
        """Reads what is published, then takes its time while others go on."""
        read = list(documents)
        began.set()
        done.wait(20)
        real(self, rebuild, read)

    monkeypatch.setattr(EmbeddedEngine, "load", slow)

    def others() -> None:
        began.wait(20)
        published.publish_again(ids[0], "改築中の名")
        published.withdraw(ids[1])
        sync.synchronise()
        published.publish_again(ids[2], "改築後の名")
        done.set()

    thread = threading.Thread(target=published.elsewhere, args=(services, others))
    thread.start()
    sync.rebuild()
    thread.join()
    monkeypatch.undo()
    sync.synchronise()
    assert sync.verify() == []
    codes = list(packages)
    assert found("改築中の名") == {codes[0]}
    assert found("改築後の名") == {codes[2]}
    assert found() == set(codes) - {codes[1]}


def test_publishing_and_synchronising_from_many_threads_ends_equal(packages, services):
    ids = list(packages.values())
    stop = threading.Event()
    errors: list[BaseException] = []

    def keep(do) -> None:
        try:
            published.elsewhere(services, do)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    def publishing(own) -> None:
        for turn in range(4):
            published.publish_again(own, f"第{turn}版")

    def synchronising() -> None:
        while not stop.is_set():
            sync.synchronise()

    engines.engine().ensure_schema()
    workers = [threading.Thread(target=keep, args=(synchronising,)) for _ in range(2)]
    publishers = [threading.Thread(target=keep, args=(lambda own=own: publishing(own),)) for own in ids[:3]]
    for thread in (*workers, *publishers):
        thread.start()
    for thread in publishers:
        thread.join()
    time.sleep(0.1)
    stop.set()
    for thread in workers:
        thread.join()
    sync.synchronise()
    assert errors == []
    assert sync.verify() == []


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


def test_without_any_index_yet_names_are_found(index):
    packages = published.publish()
    assert engines.state() == "index_missing"
    with pytest.raises(EngineUnavailable):
        sync.verify()
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(per_page=4, page=2))
    assert page.degraded
    assert (page.total, page.pages, len(page.items)) == (len(packages), 2, 2)


def test_verify_names_each_difference(packages):
    sync.synchronise()
    codes, ids = list(packages), list(packages.values())
    target = engines.engine()
    versions = dict(target.iter_versions())
    target.delete([codes[0]])
    published.withdraw(ids[1])
    published.publish_again(ids[2], "新しい版")
    found_differences = {each.code: each for each in sync.verify()}
    assert set(found_differences) == set(codes[:3])
    assert found_differences[codes[0]].published == versions[codes[0]]
    assert found_differences[codes[0]].indexed is None
    assert found_differences[codes[1]].published is None
    assert found_differences[codes[1]].indexed == versions[codes[1]]
    assert found_differences[codes[2]].published > found_differences[codes[2]].indexed == versions[codes[2]]
    assert sync.rebuild() == len(codes) - 1
    assert sync.verify() == []


def test_a_rebuild_that_fails_leaves_the_index_in_use(packages, monkeypatch):
    sync.synchronise()
    with monkeypatch.context() as patched:
        patched.setattr(setting_aside, "document_of", lambda *_: 1 / 0)
        with pytest.raises(EngineUnavailable) as raised:
            sync.rebuild()
    assert raised.value.code == "rebuild_refused"
    assert found() == set(packages)
    assert sync.rebuild() == len(packages)


# --- documents that cannot go in ---


def refused() -> dict[str, str]:
    with act_as(SYSTEM):
        return {each.code: each.reason for each in setting_aside.listed()}


def test_a_package_of_which_no_document_can_be_made_is_set_aside_and_the_others_go_in(packages, monkeypatch):
    bad = list(packages)[2]
    real = setting_aside.document_of
    with monkeypatch.context() as patched:
        patched.setattr(
            setting_aside, "document_of", lambda p, *more: {}["x"] if p.code == bad else real(p, *more)
        )
        assert sync.synchronise() == len(packages)
        assert found() == set(packages) - {bad}
        assert refused() == {bad: "KeyError: 'x'"}
        assert [(each.code, each.refused) for each in sync.verify()] == [(bad, "KeyError: 'x'")]
        assert (sync.status().waiting, sync.status().set_aside, sync.status().health) == (0, 1, "ok")
        sync.rebuild()
        assert refused() == {bad: "KeyError: 'x'"}
        assert [each.code for each in sync.reconcile()] == [bad]
        assert refused() == {bad: "KeyError: 'x'"}
    assert [each.code for each in sync.reconcile()] == [bad], "tried again every night"
    assert refused() == {}
    assert sync.verify() == []


def test_what_the_engine_refuses_is_found_by_halving(packages, monkeypatch):
    bad = set(list(packages)[1:3])
    real = EmbeddedEngine.upsert

    def picky(self, documents):
        documents = list(documents)
        if bad & {each.id for each in documents}:
            raise DocumentsRefused("not these")
        return real(self, documents)

    engines.engine().ensure_schema()
    sync.rebuild()
    for number, listing_id in enumerate(packages.values()):
        published.publish_again(listing_id, f"新しい名{number}")
    monkeypatch.setattr(EmbeddedEngine, "upsert", picky)
    assert sync.synchronise() == len(packages)
    assert refused() == dict.fromkeys(bad, "not these")
    assert {each.code for each in sync.verify()} == bad
    monkeypatch.undo()
    published.publish_again(packages[min(bad)], "直した名")
    sync.synchronise()
    assert set(refused()) == bad - {min(bad)}, "what is published anew is tried, and taken off the list"
    published.withdraw(packages[max(bad)])
    sync.synchronise()
    assert refused() == {}
    assert sync.verify() == []


def test_when_too_many_are_refused_the_index_in_use_stays():
    few = setting_aside.Outcome({f"A{n}": 1 for n in range(50)}, {f"B{n}": (1, "x") for n in range(10)})
    few.check()
    setting_aside.Outcome().check()
    many = setting_aside.Outcome({f"A{n}": 1 for n in range(50)}, {f"B{n}": (1, "x") for n in range(11)})
    with pytest.raises(EngineUnavailable):
        many.check()


# --- what else documents are made from ---


def test_the_index_is_built_anew_when_the_masters_or_the_engine_changed(packages, tmp_path, monkeypatch):
    sync.synchronise()
    before = engines.engine().version()
    assert sync.synchronise() == 0
    assert engines.engine().version() == before
    monkeypatch.setattr(sync, "_basis", lambda *_: "other masters")
    sync.synchronise()
    assert engines.engine().version() != before
    other = EmbeddedEngine(tmp_path / "other")
    other.ensure_schema()
    other.upsert([a_document("STALE")])
    other.name = "other"
    engines.use(other)
    sync.synchronise()
    assert sync.verify() == []
    other.close()


def test_reconciling_mends_both_ways(packages):
    sync.synchronise()
    codes = list(packages)
    target = engines.engine()
    target.wait(target.delete([codes[0]]))
    target.wait(target.upsert([a_document("NEVER-PUBLISHED"), a_document(codes[1], version=99)]))
    assert {each.code for each in sync.reconcile()} == {codes[0], codes[1], "NEVER-PUBLISHED"}
    assert sync.verify() == []
    assert sync.reconcile() == []


def test_at_night_an_index_full_of_what_was_replaced_is_built_anew(packages, monkeypatch):
    sync.synchronise()
    target = engines.engine()
    first = target.version()
    target.delete(list(packages)[:2])
    sync.reconcile()
    assert target.stats().left_over == 2, "little is left over: the same index"
    assert target.version().partition(".")[0] == first.partition(".")[0]
    monkeypatch.setattr(sync, "_LITTLE_LEFT_OVER", 0)
    assert sync.reconcile() == []
    assert (target.stats().left_over, target.stats().segments) == (0, 1)
    assert found() == set(packages)


def test_one_rebuild_at_a_time_on_whichever_machine(packages, services, monkeypatch):
    sync.synchronise()
    told: list[str] = []

    def second() -> None:
        try:
            sync.rebuild()
        except EngineBusy as error:
            told.append(error.code)
        monkeypatch.setattr(sync, "_basis", lambda *_: "other masters")
        told.append(str(sync.synchronise()))

    with sync._rebuilding():
        published.elsewhere(services, second)
    assert told == ["index_busy", "0"]
    sync.synchronise()
    assert sync.verify() == []


def test_a_change_that_waits_too_long_is_told(packages):
    assert sync.status().health == "index_missing"
    sync.synchronise()
    published.publish_again(next(iter(packages.values())), "待つ名")
    state = sync.status()
    assert (state.health, state.waiting) == ("ok", 1)
    with clock.at(state.oldest_waiting + timedelta(minutes=3)):
        assert sync.status().health == "late"
