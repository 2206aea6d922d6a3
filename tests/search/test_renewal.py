"""After a scheme's change the index follows batch by batch: resumed after a kill, restarted after another change."""

from __future__ import annotations

import published
import pytest

from catalogue import masters
from catalogue.listings import note_index_change
from catalogue.masters import MasterDocument
from marketplace import pricing, scheme_drafts, scheme_in_use
from marketplace.scheme_models import INDEX, IndexFigures
from marketplace.subsidy.files import plain
from search import queries, renewal, sync
from search.parameters import SearchQuery
from search.setting_aside import Outcome
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db, use_case


@pytest.fixture
def packages(index):
    codes = published.publish()
    sync.synchronise()
    return sorted(codes)


def new_version(floor: int) -> None:
    """A version from today on, under another floor."""
    with act_as(SYSTEM):
        number = scheme_drafts.newest_version("2017").version
        text = scheme_drafts.text_of("2017").replace(f"version: {number}\n", f"version: {number + 1}\n", 1)
        content = plain(text)
        content["limits"]["floor"]["yen"] = floor
        masters.load([MasterDocument("scheme", "2017", number + 1, clock.today(), "試験", content)])


def put_in_use(scheme_id: str) -> None:
    """Another scheme from today on."""
    with act_as(SYSTEM):
        content = {"scheme": scheme_id}
        number = scheme_in_use.decision_version() + 1
        masters.load([MasterDocument(pricing.IN_USE, masters.EDITION, number, clock.today(), "試験", content)])


def state() -> tuple[int, str, bool]:
    with act_as(SYSTEM):
        row = db.session.get(IndexFigures, INDEX)
        found = (row.scheme_version, row.after_code, row.finished_at is not None)
        db.session.rollback()
        return found


def fundable() -> int:
    with act_as(PUBLIC):
        facets = queries.find(SearchQuery(per_page=100)).facets["fundable"]
        return next(each.count for each in facets if each.value == "true")


def reckoned() -> int:
    with act_as(PUBLIC):
        return sum(hit.fundable for hit in queries.find(SearchQuery(per_page=100)).items)


def test_every_document_is_of_the_version_that_counts(packages):
    new_version(999_999)
    assert sync.synchronise() > 0
    assert fundable() == reckoned()
    assert state() == (2, packages[-1], True)
    assert sync.synchronise() == 0


def test_another_scheme_in_use_is_followed_and_the_way_back_too(packages):
    before = fundable()
    put_in_use("2018")
    assert sync.synchronise() > 0
    with act_as(SYSTEM):
        row = db.session.get(IndexFigures, INDEX)
        assert (row.scheme_id, row.from_scheme, row.from_version) == ("2018", "2017", 1)
        db.session.rollback()
    assert fundable() == reckoned()
    assert sync.synchronise() == 0
    put_in_use("2017")
    assert sync.synchronise() > 0
    assert fundable() == reckoned() == before


def test_another_scheme_before_the_end_takes_all_documents_anew(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    put_in_use("2018")
    with act_as(SYSTEM):
        renewal.step(lambda _: None)
        db.session.rollback()
    put_in_use("2017")
    assert sync.synchronise() == len(packages)
    assert fundable() == reckoned()


def test_it_goes_on_where_a_killed_worker_stopped(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 2)
    new_version(999_999)
    replace = sync._apply
    done: list[str] = []

    def dies_at_the_second(codes):
        if done:
            raise KeyboardInterrupt
        done.extend(codes)
        return replace(codes)

    monkeypatch.setattr(sync, "_apply", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sync.synchronise()
    db.session.remove()
    assert state()[2] is False
    monkeypatch.setattr(sync, "_apply", replace)
    sync.synchronise()
    assert state()[2] is True
    assert fundable() == reckoned()


def test_only_so_many_documents_at_once(packages, monkeypatch):
    monkeypatch.setattr(renewal, "_AT_ONCE", 1)
    new_version(10**9 // 1000)
    applied: list[list[str]] = []
    with act_as(SYSTEM):
        while renewal.step(lambda codes: applied.append(list(codes))) is not None:
            db.session.rollback()
    assert all(len(codes) == 1 for codes in applied)
    assert len(applied) == len({code for codes in applied for code in codes})


def test_another_change_before_the_end_takes_all_documents_anew(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    new_version(999_999)
    with act_as(SYSTEM):
        renewal.step(lambda _: None)
        db.session.rollback()
    new_version(200_000)
    assert sync.synchronise() == len(packages)
    assert state() == (3, packages[-1], True)
    assert fundable() == reckoned()


def test_a_rebuilt_index_is_of_the_version_that_counts(packages):
    new_version(999_999)
    sync.rebuild()
    assert state() == (2, "", True)
    assert sync.synchronise() == 0
    assert fundable() == reckoned()


def test_what_is_published_meanwhile_goes_first(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    new_version(999_999)
    order: list[list[str]] = []

    def note(codes):
        order.append(list(codes))
        return Outcome()

    monkeypatch.setattr(sync, "_apply", note)
    with act_as(SYSTEM):
        use_case(note_index_change)([packages[-1]])
    sync.synchronise()
    assert order[0] == [packages[-1]]


def test_a_version_that_is_not_there_is_none(app):
    with act_as(SYSTEM):
        assert pricing.scheme_version("2017", 99) is None
