"""The index is kept equal to what is published, whatever happens on the way."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import published
import pytest
from indexed import dirty, found
from search_samples import a_document
from sqlalchemy import text

from catalogue.listings import note_index_change
from marketplace import pricing
from search import engines, setting_aside, sync
from search.embedded import EmbeddedEngine
from search.port import EngineBusy, EngineUnavailable
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, use_case

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


# --- what differs from what is published ---


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
