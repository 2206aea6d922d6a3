"""After a scheme's change the index follows batch by batch: resumed after a kill, restarted after another change."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import partial

import published
import pytest
from editions import new_version

from catalogue import masters, offer_terms, publications
from catalogue.listings import note_index_change
from catalogue.masters import MasterDocument, vocabulary
from marketplace import pricing, scheme_impact, scheme_in_use
from marketplace.scheme_models import INDEX, IndexFigures
from search import engines, queries, renewal, setting_aside, sync
from search.bands import OWN_COST_BANDS, band_of
from search.comparing import Difference
from search.documents import Amounts
from search.embedded import EmbeddedEngine
from search.embedded.folder import IndexFolder
from search.embedded.reader import open_snapshot
from search.parameters import SearchQuery
from search.port import DocumentsRefused
from search.publishing import amounts_of, document_of
from tenants import clock
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db, use_case


@pytest.fixture
def listings(index):
    """Code -> listing id."""
    codes = published.publish()
    sync.synchronise()
    return codes


@pytest.fixture
def packages(listings):
    return sorted(listings)


def put_in_use(scheme_id: str) -> None:
    """Another scheme from today on."""
    with act_as(SYSTEM):
        content = {"scheme": scheme_id}
        number = scheme_in_use.decision_version() + 1
        masters.load([MasterDocument(pricing.IN_USE, masters.EDITION, number, clock.today(), "試験", content)])


def one_step(reprice) -> int | None:
    """As a worker does it that is stopped after one batch."""
    with act_as(SYSTEM):
        scheme = pricing.scheme()
        found = renewal.step(scheme, renewal.begin(scheme), partial(reprice, scheme), partial(sync._renew, scheme))
        db.session.rollback()
        return found


def note_change(code: str) -> None:
    with act_as(SYSTEM):
        use_case(note_index_change)([code])


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
    assert state() == (4, packages[-1], True)
    assert sync.synchronise() == 0


def test_another_scheme_in_use_is_followed_and_the_way_back_too(packages):
    before = fundable()
    put_in_use("2018")
    assert sync.synchronise() > 0
    with act_as(SYSTEM):
        row = db.session.get(IndexFigures, INDEX)
        assert (row.scheme_id, row.from_scheme, row.from_version) == ("2018", "2017", 3)
        db.session.rollback()
    assert fundable() == reckoned()
    assert sync.synchronise() == 0
    put_in_use("2017")
    assert sync.synchronise() > 0
    assert fundable() == reckoned() == before


def test_another_scheme_before_the_end_takes_all_documents_anew(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    put_in_use("2018")
    one_step(sync._reprice)
    put_in_use("2017")
    assert sync.synchronise() == len(packages)
    assert fundable() == reckoned()


def test_it_goes_on_where_a_killed_worker_stopped(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 2)
    new_version(999_999)
    reprice = sync._reprice
    done: list[Amounts] = []

    def dies_at_the_second(scheme, amounts):
        if done:
            raise KeyboardInterrupt
        done.extend(amounts)
        return reprice(scheme, amounts)

    monkeypatch.setattr(sync, "_reprice", dies_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        sync.synchronise()
    db.session.remove()
    assert state()[2] is False
    assert 0 < len(done) <= 2
    monkeypatch.setattr(sync, "_reprice", reprice)
    sync.synchronise()
    assert state()[2] is True
    assert fundable() == reckoned()
    assert sync.verify() == []


def test_another_change_before_the_end_takes_all_documents_anew(packages, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    new_version(999_999)
    one_step(sync._reprice)
    new_version(200_000)
    assert sync.synchronise() == len(packages)
    assert state() == (5, packages[-1], True)
    assert fundable() == reckoned()


def test_a_rebuilt_index_is_of_the_version_that_counts(packages):
    new_version(999_999)
    sync.rebuild()
    assert state() == (4, "", True)
    assert sync.synchronise() == 0
    assert fundable() == reckoned()


def test_what_is_published_meanwhile_goes_first(packages, services, monkeypatch):
    monkeypatch.setattr(renewal, "BATCH", 1)
    new_version(999_999)
    order: list[str] = []
    real = EmbeddedEngine.upsert, EmbeddedEngine.reprice

    def upsert(self, documents):
        order.append("upsert")
        return real[0](self, documents)

    def reprice(self, amounts):
        order.append("reprice")
        if order.count("reprice") == 1:
            published.elsewhere(services, lambda: note_change(packages[0]))
        return real[1](self, amounts)

    monkeypatch.setattr(EmbeddedEngine, "upsert", upsert)
    monkeypatch.setattr(EmbeddedEngine, "reprice", reprice)
    note_change(packages[-1])
    sync.synchronise()
    assert order[:3] == ["upsert", "reprice", "upsert"]
    assert sync.verify() == []


def test_a_version_that_is_not_there_is_none(app):
    with act_as(SYSTEM):
        assert pricing.scheme_version("2017", 99) is None


# --- amounts only ---


def texts_anew(monkeypatch) -> list[str]:
    """The packages whose documents are made, from now on."""
    made: list[str] = []
    real = setting_aside.document_of
    monkeypatch.setattr(setting_aside, "document_of", lambda p, *more: made.append(p.code) or real(p, *more))
    return made


def test_no_document_is_made_anew_and_orders_and_counts_are_the_new_ones(packages, monkeypatch):
    made = texts_anew(monkeypatch)
    new_version(999_999)
    changed = sync.synchronise()
    assert changed > 0
    assert made == []
    assert sync.verify() == []
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(per_page=100, sort="own_cost"))
    shown = [hit.own_cost_yen for hit in page.items]
    assert shown == sorted(shown)
    bands = {each.value: each.count for each in page.facets["own_cost_band"] if each.count}
    right = [band_of(yen, OWN_COST_BANDS).code for yen in shown]
    assert bands == {band: right.count(band) for band in right}


def test_the_amounts_are_those_that_a_document_made_anew_has(packages):
    with act_as(SYSTEM):
        for scheme in (pricing.scheme("2017"), pricing.scheme("2018")):
            terms = {each.code: each for each in scheme_impact.reckoned_under(scheme, offer_terms.every_package())}
            for code, package in publications.live_packages(packages).items():
                document = document_of(package, vocabulary(), scheme)
                each = terms[code]
                amounts = amounts_of(code, package.number, each.total_yen, each.after)
                assert document.repriced(amounts) == document
                assert (amounts.id, amounts.version) == (document.id, document.version)


def test_a_batch_takes_as_many_statements_however_many_packages_and_locks_none(packages, statements, monkeypatch):
    new_version(999_999)
    counts = []
    for size in (1, 5):
        monkeypatch.setattr(renewal, "BATCH", size)
        with statements() as noted:
            assert one_step(sync._reprice) is not None
        counts.append(len(noted))
        locked = [each for each in noted if "FOR UPDATE" in each or "LOCK TABLE" in each]
        assert [each for each in locked if "FROM index_figures" not in each] == []
        written = [each for each in noted if each.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
        assert all("index_figures" in each for each in written)
    assert counts[1] <= counts[0], "the first writes down that it begins"


def test_a_package_published_between_reckoning_and_writing_is_of_its_new_publication(
    listings, packages, services, monkeypatch
):
    code = packages[0]
    new_version(999_999)
    real = EmbeddedEngine.reprice

    def late(self, amounts):
        monkeypatch.setattr(EmbeddedEngine, "reprice", real)
        published.elsewhere(services, lambda: published.publish_again(listings[code], "あとから公開した名"))
        return real(self, amounts)

    monkeypatch.setattr(EmbeddedEngine, "reprice", late)
    sync.synchronise()
    assert sync.verify() == []
    with act_as(PUBLIC):
        assert [hit.code for hit in queries.find(SearchQuery(q="あとから公開した名")).items] == [code]
    assert fundable() == reckoned()


def test_verify_names_amounts_of_another_scheme_and_reconciling_mends_them(packages, index):
    right = next(each for each in index.iter_amounts() if each.id == packages[0])
    index.reprice([replace(right, own_cost_yen=right.own_cost_yen + 1)])
    assert sync.verify() == [Difference(right.id, right.version, right.version, amounts=True)]
    assert [each.code for each in sync.reconcile()] == [packages[0]]
    assert sync.verify() == []


def test_what_is_refused_as_amounts_is_found_by_halving_and_replaced_whole(packages, monkeypatch):
    bad = packages[2]
    made = texts_anew(monkeypatch)
    real = EmbeddedEngine.reprice

    def picky(self, amounts):
        if bad in {each.id for each in amounts}:
            raise DocumentsRefused("not this one")
        return real(self, amounts)

    monkeypatch.setattr(EmbeddedEngine, "reprice", picky)
    put_in_use("2018")
    sync.synchronise()
    assert made == [bad]
    assert sync.verify() == []
    assert fundable() == reckoned()


def test_a_package_that_a_version_cannot_reckon_is_set_aside_until_one_can(packages):
    """As when it was published between the comparison of a draft and the decision; no other is held up by it."""
    with act_as(SYSTEM):
        kinds = {
            code: {item["cost_kind"] for item in package.content["items"]}
            for code, package in publications.live_packages(packages).items()
        }
    kind = next(
        each
        for each in ("setup", "training", "support", "consulting", "website", "cloud")
        if 0 < sum(each in of for of in kinds.values()) < len(kinds)
    )
    bad = {code for code, of in kinds.items() if kind in of}
    new_version(without=kind)
    sync.synchronise()
    with act_as(SYSTEM):
        assert {each.code for each in setting_aside.listed()} == bad
        db.session.rollback()
    new_version(999_999)
    sync.synchronise()
    with act_as(SYSTEM):
        assert setting_aside.listed() == []
    assert sync.verify() == []
    assert fundable() == reckoned()


# --- beside a rebuild ---


def rebuilding_beside(services, monkeypatch, others) -> None:
    """A rebuild, during whose loading others do their work."""
    real = EmbeddedEngine.load

    def load(self, rebuild, documents):
        read = list(documents)
        monkeypatch.setattr(EmbeddedEngine, "load", real)
        published.elsewhere(services, others)
        real(self, rebuild, read)

    monkeypatch.setattr(EmbeddedEngine, "load", load)
    sync.rebuild()


def test_a_version_that_comes_during_a_rebuild_reaches_the_new_index(packages, services, monkeypatch):
    def others():
        new_version(999_999)
        assert sync.synchronise() > 0

    rebuilding_beside(services, monkeypatch, others)
    assert state()[2] is False, "what was brought over may be of either version"
    sync.synchronise()
    assert state() == (4, packages[-1], True)
    assert sync.verify() == []
    assert fundable() == reckoned()


def test_two_versions_that_come_during_a_rebuild_the_second_as_before_leave_nothing_of_the_first(
    packages, services, monkeypatch
):
    """A worker dies between: what it brought in of the first must not stay where the second is as the one before."""

    def others():
        new_version(999_999)
        monkeypatch.setattr(renewal, "BATCH", 2)
        one_step(sync._reprice)
        new_version()

    rebuilding_beside(services, monkeypatch, others)
    sync.synchronise()
    assert state() == (5, packages[-1], True)
    assert sync.verify() == []


def test_a_version_begun_while_only_a_publication_was_written_under_it_is_not_forgotten(packages, monkeypatch):
    """The worker ends after a package was written under the new version; the next version is as the one before."""
    new_version(999_999)
    for code in packages:
        note_change(code)
    clear = sync._clear

    def dies_after_it(*given):
        clear(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sync, "_clear", dies_after_it)
        with pytest.raises(KeyboardInterrupt):
            sync.synchronise()
    db.session.remove()
    new_version()
    sync.synchronise()
    assert sync.verify() == []


# --- being killed ---


@pytest.mark.parametrize(
    "point",
    [
        "before amounts are written",
        "while amounts are written",
        "before the list of files is replaced",
        "after amounts were written",
        "after it was written down how far they have come",
        "before a rebuild is said to be of a version",
    ],
)
def test_a_worker_killed_at_any_point_leaves_the_search_whole_and_the_next_one_ends_it(
    services, worker, index, point
):
    kill_at, folder = worker
    shutil.rmtree(folder, ignore_errors=True)
    engines.use(EmbeddedEngine(folder))
    codes = sorted(published.publish())
    sync.synchronise()
    new_version(999_999)
    db.session.remove()
    assert kill_at(point) == "9", "the worker was not killed where it should have been"
    with act_as(PUBLIC):
        page = queries.find(SearchQuery(per_page=100, sort="own_cost"))
        assert not page.degraded
        assert sorted(hit.code for hit in page.items) == codes
    sync.synchronise()
    assert sync.verify() == []
    assert fundable() == reckoned()
    snapshot = open_snapshot(IndexFolder(folder).current())
    named = {name for each in snapshot.listed for name in each if name} | {"segments.json"}
    assert {path.name for path in snapshot.path.glob("*.*")} <= named, "what was half made is cleared away"
