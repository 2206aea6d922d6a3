"""What a search need not do again under the same words, and what it never does: counted, not timed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from search_samples import a_document, random_documents

from search import spellings
from search.documents import Visibility, from_bytes, to_bytes
from search.embedded import EmbeddedEngine
from search.embedded import engine as engine_module
from search.embedded.folder import IndexFolder
from search.embedded.highlights import fields_of, fields_of_stored
from search.embedded.nodes import Run
from search.port import Amount, Facet, Group, MatchStage, Range, SearchRequest, Sort, Wider


@pytest.fixture
def engine(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    made.ensure_schema()
    made.upsert(
        [a_document(f"D{number}", name=f"会計{number}", price_yen=number * 1_000) for number in range(1, 8)]
    )
    yield made
    made.close()


@pytest.fixture
def looked(monkeypatch):
    """The runs whose rows are looked for, as they are."""
    seen = []
    real = Run.mask
    monkeypatch.setattr(Run, "mask", lambda run, view: seen.append(run.field) or real(run, view))
    return seen


def ask(engine, text="会計", **more):
    return engine.search(SearchRequest(Visibility.PUBLIC, text, **more))


def test_other_filters_orders_and_pages_do_not_look_for_the_words_again(engine, looked):
    assert ask(engine).total == 7
    assert looked
    looked.clear()
    cheap = Range(Amount.PRICE, None, 3_000)
    assert ask(engine, groups=(cheap,)).total == 3
    assert ask(engine, groups=(cheap,), sort=Sort.PRICE, page=2, per_page=2).total == 3
    assert ask(engine, facets=(Facet.FUNDABLE,)).total == 7
    assert looked == []


def test_what_is_nowhere_is_not_looked_for_again_either(engine, looked):
    assert ask(engine, "ぬぬぬ").stage is MatchStage.NONE
    looked.clear()
    assert ask(engine, "ぬぬぬ", groups=(Group(Facet.VENDOR, ("1",)),)).stage is MatchStage.NONE
    assert looked == []


def test_other_words_readers_and_a_change_are_looked_for_anew(engine, looked):
    assert ask(engine).total == 7
    engine.upsert([a_document("W", name="経理")])
    widened = (Wider("会計", ("経理",)),)
    assert ask(engine, synonyms=widened).stage is MatchStage.WIDENED
    assert ask(engine, synonyms=widened).total == 8
    engine.upsert([a_document("S", name="会計", visibility=Visibility.SECRETARIAT)])
    assert ask(engine).total == 7
    assert engine.search(SearchRequest(Visibility.SECRETARIAT, "会計")).total == 8
    engine.delete(["D1"])
    looked.clear()
    assert ask(engine).total == 6
    assert looked


def test_room_for_it_is_counted_in_rows(engine, looked, monkeypatch):
    assert engine._first_found.maxsize == engine_module._MOST_FOUND
    ask(engine)
    assert engine._first_found.currsize == 7
    monkeypatch.setattr(engine_module, "_MOST_FOUND", 6)
    ask(engine, "計")
    assert engine._first_found.currsize == 7, "what is larger than all room is not kept"


def test_nothing_is_kept_where_everything_is_measured(tmp_path, looked):
    engine = EmbeddedEngine(tmp_path / "index", remembered=0)
    engine.ensure_schema()
    engine.upsert([a_document("A", name="会計")])
    ask(engine)
    times = len(looked)
    ask(engine)
    assert len(looked) == 2 * times


def test_the_index_in_use_is_read_once_for_each_file_that_names_it(tmp_path, monkeypatch):
    folder, reads = IndexFolder(tmp_path), []
    real = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, *given: reads.append(path.name) or real(path, *given))
    other = IndexFolder(tmp_path)
    for path in (folder.new(), folder.new()):
        other.use(path)
        reads.clear()
        assert [folder.current() for _ in range(3)] == [path] * 3
        assert reads == ["current"]
    (tmp_path / "current").write_text("../elsewhere")
    with pytest.raises(Exception, match="damaged"):
        folder.current()


def test_what_is_marked_is_read_off_the_record_as_off_the_document():
    for document in random_documents(20, seed=8):
        stored = to_bytes(document)
        assert fields_of_stored(stored) == fields_of(document) == fields_of(from_bytes(stored))


def test_the_plain_form_is_the_same_without_places():
    """And their places are asked for only where amounts are put in digits."""
    parts = (
        "見積もり",
        "受け発注",
        "申し込み",
        "三千円",
        "10-二十万円",
        "売り上げ",
        "会計",
        "－",
        "、",
        "サーバー",
        "の",
        "a",
    )
    chosen = random.Random(5)  # noqa: S311
    texts = ["".join(chosen.choices(parts, k=5)) for _ in range(500)]
    for text in texts:
        assert spellings.plain(text) == spellings.plain_with_places(text).text
    spellings.plain_with_places.cache_clear()
    assert spellings.plain("請求書の見積もりと受け発注、売り上げ") == "請求書の見積と受発注 売上".replace(
        " ", spellings.GAP
    )
    assert spellings.plain_with_places.cache_info().misses == 0
