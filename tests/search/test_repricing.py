"""Other amounts in the folder engine: any order of changes, what is written to disk, readers meanwhile, damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_samples import a_document, money

from search.documents import Amounts, SearchDocument, Visibility
from search.embedded import EmbeddedEngine, sets
from search.embedded.facets import count
from search.embedded.folder import IndexFolder
from search.embedded.reader import open_snapshot
from search.filters import Facet
from search.port import DocumentsRefused, SearchRequest, Sort

CHEAPEST = SearchRequest(Visibility.PUBLIC, sort=Sort.OWN_COST, per_page=100)
NAMES = [f"T-{number}" for number in range(8)]
YEN = st.sampled_from((0, 1, 5, 99_999))
BANDS = st.sampled_from(("", "small", "large"))


@st.composite
def steps(draw):
    """(what is done, to which documents): put in, taken out, other amounts of the right or another version."""
    what = draw(st.sampled_from(("upsert", "upsert", "delete", "reprice", "reprice", "rebuild", "use")))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    return what, [(name, draw(YEN), draw(YEN), draw(BANDS), draw(st.integers(0, 1))) for name in names]


class Model:
    """What the index must hold, done to a dictionary."""

    def __init__(self) -> None:
        self.there: dict[str, SearchDocument] = {}
        self.number = 0

    def upsert(self, changes):
        made = []
        for name, own, subsidy, band, _ in changes:
            self.number += 1
            made.append(
                a_document(
                    name,
                    version=self.number,
                    own_cost_yen=own,
                    subsidy_yen=subsidy,
                    fundable=subsidy > 0,
                    own_cost_band=band,
                    categories=("front",) if own else (),
                )
            )
        self.there |= {each.id: each for each in made}
        return made

    def delete(self, changes):
        for name, *_ in changes:
            self.there.pop(name, None)
        return [name for name, *_ in changes]

    def reprice(self, changes):
        amounts = []
        for name, own, subsidy, band, off in changes:
            known = self.there.get(name)
            each = money(name, (known.version if known else 1) + off, subsidy, own, band)
            amounts.append(each)
            if known and not off:
                self.there[name] = known.repriced(each)
        return amounts


def amounts_of(document):
    return Amounts(
        document.id,
        document.version,
        document.subsidy_yen,
        document.own_cost_yen,
        document.fundable,
        document.own_cost_band,
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("repricing")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(done=st.lists(steps(), min_size=3, max_size=14))
def test_after_any_order_of_changes_and_rebuilds_the_amounts_are_the_last_ones(root, done):
    """A rebuild is begun at ``rebuild`` and put in use at ``use``; what is done between the two is brought over."""
    engine, model, building = EmbeddedEngine(root / "index"), Model(), None
    engine.ensure_schema()
    engine.delete([name for name, _ in engine.iter_versions()])
    for what, changes in done:
        if what == "rebuild":
            if building is None:
                building = engine.begin_rebuild()
                engine.load(building, list(model.there.values()))
        elif what == "use":
            if building is not None:
                engine.commit_rebuild(building)
                building = None
        else:
            getattr(engine, what)(getattr(model, what)(changes))
    if building is not None:
        engine.commit_rebuild(building)
    right = sorted(map(amounts_of, model.there.values()), key=lambda each: each.id)
    assert list(engine.iter_amounts()) == right
    snapshot = open_snapshot(engine._folder.current())
    assert sorted(each for _, _, amounts in snapshot.listed for each in (amounts,) if each) == sorted(
        path.name for path in snapshot.path.glob("*.amounts")
    ), "nothing that no list names is left"
    found = engine.search(replace(CHEAPEST, facets=(Facet.OWN_COST_BAND, Facet.CATEGORY)))
    assert [model.there[hit.id].own_cost_yen for hit in found.hits] == sorted(
        each.own_cost_yen for each in model.there.values()
    )
    bands = [each.own_cost_band for each in model.there.values() if each.own_cost_band]
    assert found.facets[Facet.OWN_COST_BAND] == {band: bands.count(band) for band in bands}
    assert found.facets[Facet.CATEGORY].get("front", 0) == sum(
        each.categories == ("front",) for each in model.there.values()
    )


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def engine(folder):
    made = EmbeddedEngine(folder, lock_seconds=0.2)
    made.ensure_schema()
    made.upsert([a_document(f"A-{number}", own_cost_yen=number, name="会計ソフト") for number in range(30)])
    made.upsert([a_document("B", own_cost_yen=1000)])
    return made


def first(engine) -> str:
    return engine.search(CHEAPEST).hits[0].id


def in_use(folder: Path) -> dict[str, tuple[int, int]]:
    index = IndexFolder(folder).current()
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in index.glob("*.*")}


def test_one_small_file_beside_the_segment_is_all_that_is_written(engine, folder):
    before = in_use(folder)
    size = engine.stats().size_bytes
    engine.reprice([money("A-29", 1, 5, 0, "small")])
    after = in_use(folder)
    (new,) = set(after) - set(before)
    assert new.endswith(".amounts")
    assert {name: after[name] for name in before if name != "segments.json"} == {
        name: stamp for name, stamp in before.items() if name != "segments.json"
    }
    assert engine.stats().size_bytes - size < size / 5
    engine.reprice([money("A-29", 1, 6, 0, "small"), money("B", 1, 6, 1, "small")])
    assert new not in in_use(folder)
    assert sum(name.endswith(".amounts") for name in in_use(folder)) == 2


def test_amounts_that_are_there_already_are_no_change(engine, folder):
    engine.reprice([money("A-29", 1, 5, 0, "small")])
    before = engine.version(), in_use(folder)
    engine.reprice([money("A-29", 1, 5, 0, "small"), money("NEVER", 1, 5, 0, "small")])
    assert (engine.version(), in_use(folder)) == before


def test_the_last_of_two_amounts_for_a_document_counts(engine):
    engine.reprice([money("B", 1, 5, 9, "small"), money("B", 1, 5, 0, "small")])
    assert {each.id: each.own_cost_yen for each in engine.iter_amounts()}["B"] == 0


def test_readers_take_no_lock_and_keep_what_they_read(engine, folder):
    other = EmbeddedEngine(folder)
    assert first(other) == "A-0"
    held = other._reader.snapshot()
    engine.reprice([money("B", 1, 5, 0, "small"), money("A-0", 1, 5, 1, "small")])
    with IndexFolder(folder).writing(seconds=0):
        assert first(other) == "B", "while somebody writes"
    assert held.column("own_cost_yen").tolist() == [*range(30), 1000]
    assert sum(count(held, np.ones(held.rows, bool), [Facet.FUNDABLE])[Facet.FUNDABLE].values()) == held.rows


def test_what_a_reader_knows_of_the_rows_is_kept_and_what_it_knows_of_amounts_is_not(engine):
    engine.search(replace(CHEAPEST, text="会計"))
    engine.search(replace(CHEAPEST, sort=Sort.NAME, facets=(Facet.FUNDABLE,)))
    engine.search(replace(CHEAPEST, sort=Sort.SUBSIDY))
    before = engine._reader.snapshot()
    fair, _ = before.fair, before.column("shuffle")
    engine.reprice([money("B", 1, 5, 0, "small")])
    after = engine._reader.snapshot()
    assert after.fair is fair
    assert after.column("shuffle") is before.column("shuffle")
    assert after.shuffled("subsidy_yen") is not before.shuffled("subsidy_yen")
    assert [each.id for each in engine.search(replace(CHEAPEST, sort=Sort.SUBSIDY, per_page=1)).hits] == ["B"]
    engine.delete(["A-3"])
    assert engine._reader.snapshot().fair is not fair


def test_merging_puts_the_amounts_into_the_segment(engine, folder):
    engine.reprice([money("B", 1, 5, 0, "small")])
    for number in range(4):
        engine.upsert([a_document(f"C-{number}", own_cost_yen=2000)])
    engine.reprice([money("C-3", 1, 7, 3, "large")])
    for number in range(12):
        engine.upsert([a_document(f"D-{number}", own_cost_yen=3000)])
    amounts = {each.id: each for each in engine.iter_amounts()}
    assert amounts["B"] == money("B", 1, 5, 0, "small")
    assert amounts["C-3"] == money("C-3", 1, 7, 3, "large")
    assert not [name for name in in_use(folder) if name.endswith(".amounts")]


@pytest.mark.parametrize(
    "wrong",
    [
        money("A-1", 1, 5, 0, "sm\x1fall"),
        money("A-1", 2**70, 5, 0, "small"),
        money("A-1", "x", 5, 0, "small"),
    ],
)
def test_amounts_that_cannot_be_taken_are_refused_and_nothing_of_them_is_in(engine, wrong):
    before = engine.version()
    with pytest.raises(DocumentsRefused):
        engine.reprice([money("A-2", 1, 5, 0, "small"), wrong])
    assert engine.version() == before


def test_amounts_of_another_segment_are_not_taken(engine, folder):
    """As after a copy of only some files: said, not mixed up."""
    engine.reprice([money("A-1", 1, 5, 0, "small"), money("B", 1, 5, 0, "small")])
    index = IndexFolder(folder).current()
    one, other = (index / amounts for _, _, amounts in open_snapshot(index).listed)
    content = one.read_bytes(), other.read_bytes()
    for path, given_ in ((one, content[1]), (other, content[0])):
        path.unlink()
        path.write_bytes(given_)
    with pytest.raises(Exception, match="index"):
        EmbeddedEngine(folder).search(CHEAPEST)


@pytest.mark.parametrize("wrong", [-1, 2**40])
def test_amounts_are_whole_yen_in_range(wrong):
    with pytest.raises(ValueError, match="out of range"):
        money("A", 1, wrong, 0, "")
    with pytest.raises(ValueError, match="out of range"):
        money("A", 1, 0, wrong, "")


@given(
    values=st.fixed_dictionaries(
        {
            Facet.CATEGORY: st.lists(st.sampled_from(("front", "middle")), unique=True),
            Facet.FUNDABLE: st.lists(st.sampled_from(("true", "false")), max_size=1),
            Facet.DEPLOYMENT: st.lists(st.sampled_from(("cloud", "installed")), unique=True),
        }
    ),
    new=st.sampled_from(("", "true", "false")),
)
def test_a_set_with_another_value_is_the_set_that_a_document_with_it_has(values, new):
    (column,) = sets.columns(Facet.FUNDABLE)
    values = {facet: values[facet] for facet in Facet if facet in values}  # in a document's order
    right = sets.written(values | {Facet.FUNDABLE: [new] if new else []})[column]
    made = sets.with_value(sets.written(values)[column], Facet.FUNDABLE, new)
    assert made == right
    assert sets.value_in(made, Facet.FUNDABLE) == new
