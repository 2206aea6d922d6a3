"""The lists of the index against brute force: runs of characters and of words, over several segments, with rows gone."""

from __future__ import annotations

import subprocess
import sys
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_samples import a_document

from search.analyser import GAP, fold
from search.embedded import EmbeddedEngine, arrays, lists
from search.embedded.answering import smallest
from search.embedded.inverting import (
    BLOCK,
    CHARACTERS,
    NAME,
    REST,
    SOUND_WORDS,
    SOUNDS,
    STREAMS,
    VENDOR,
    WORDS,
    ZONES,
    Hits,
    Stream,
    characters,
    key,
    times_of,
    zones_of,
)
from search.embedded.nodes import AllOf, AnyOf, Everything, Points, Run, Times
from search.embedded.queries import phrase, run
from search.embedded.reader import open_snapshot
from search.embedded.rows import analysed, merged
from search.embedded.segment import complete
from search.embedded.viewing import View
from search.name_order import name_key
from search.port import DocumentsRefused, SearchRequest, Sort, Visibility
from search.spellings import spellings

# Few characters, so that runs repeat and cross; 𠮷 is two code units, the point is a gap, 受け付 has a plain form.
TEXTS = st.lists(st.sampled_from(("会", "計", "会計", "請求書", "𠮷", "。", "受け付", "a1")), max_size=7).map(
    "".join
)
ASKED = st.lists(st.sampled_from(("会", "計", "請", "求書", "𠮷", "け", "付", "a")), min_size=1, max_size=8).map(
    "".join
)


@st.composite
def documents(draw):
    return [
        a_document(
            f"T-{number}",
            version=draw(st.integers(0, 9)),
            name=draw(TEXTS) or "名",
            function_words=tuple(draw(st.lists(TEXTS, max_size=2))),
            description=draw(TEXTS),
            vendor_name=draw(TEXTS),
        )
        for number in draw(st.lists(st.integers(0, 9), max_size=8))
    ]


def parts(texts):
    return [part for text in texts for form in spellings(text) for part in form.split(GAP)]


def holds(texts, wanted):
    return any(wanted in part for part in parts(texts))


def texts_in(document, field):
    labels = (document.name, *document.function_words)
    return {
        "body": (*labels, document.description),
        "name": (document.name,),
        "functions": document.function_words,
        "vendor": (document.vendor_name, document.vendor_number, document.id),
    }[field]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("own")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(changes=st.lists(documents(), min_size=1, max_size=4), asked=st.lists(ASKED, min_size=1, max_size=4))
def test_a_run_is_found_where_a_text_has_it(root, changes, asked):
    engine = EmbeddedEngine(Path(root / "index"))
    rebuild = engine.begin_rebuild() if engine.ensure_schema() is not None else None
    assert rebuild is not None
    engine.commit_rebuild(rebuild)
    there = {}
    for change in changes:
        engine.upsert(change)
        there |= {document.id: document for document in change}
    gone = sorted(there)[:1]
    engine.delete(gone)
    there = {identity: document for identity, document in there.items() if identity not in gone}
    snapshot = open_snapshot(engine._folder.current())
    view = View(snapshot)
    assert snapshot.documents == len(there)

    def found(question):
        return {snapshot.document(row).id for row in view.rows(question).tolist()}

    for text in map(fold, asked):
        for field in ("body", "name", "functions", "vendor"):
            right = {i for i, document in there.items() if holds(texts_in(document, field), text)}
            assert found(run(field, text)) == right, (field, text)
    runs = [run("body", fold(text)) for text in asked]
    each = [found(one) for one in runs]
    assert found(AllOf(tuple(runs))) == reduce(set.intersection, each)
    assert found(AnyOf(tuple(runs))) == reduce(set.union, each)
    half = (len(runs) + 1) // 2
    assert found(AnyOf(tuple(runs), half)) == {i for i in there if sum(i in some for some in each) >= half}
    for question in (
        *runs,
        AnyOf(tuple(runs), half),
        AllOf(tuple(runs)),
        Times(Points(AllOf(tuple(runs)), 1.0), 2.0),
    ):
        assert not (question.nowhere(view) and found(question))
    assert found(Everything()) == set(there)
    assert dict(engine.iter_versions()) == {i: document.version for i, document in there.items()}
    by_name = engine.search(SearchRequest(Visibility.PUBLIC, sort=Sort.NAME, per_page=100)).hits
    known = [f"{name_key(there[hit.id].name)}\x1f{hit.id}" for hit in by_name]
    assert known == sorted(known, key=str.encode)


def test_words_are_found_one_after_the_other_and_not_over_a_gap(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.ensure_schema()
    engine.upsert(
        [
            a_document("A", name="給与計算ソフト"),
            a_document("B", name="給与。計算"),
            a_document("C", name="計算給与"),
        ]
    )
    snapshot = open_snapshot(engine._folder.current())
    view = View(snapshot)

    def found(*words):
        return {snapshot.document(row).id for row in view.rows(phrase("name_words", words)).tolist()}

    assert found("給与") == {"A", "B", "C"}
    assert found("給与", "計算") == {"A", "B"}
    assert found("給与", "計算", fold("ソフト")) == {"A"}
    assert found("ソフト", "給与") == set()


def test_rows_put_together_are_those_of_all_documents_at_once():
    some = [
        a_document(f"M-{number}", name=f"会計{number}", description="給与計算" * number) for number in range(5)
    ]
    apart = merged([(analysed(some[:2]), np.array([True, False])), (analysed(some[2:]), None)])
    at_once = analysed([some[0], *some[2:]])
    right, made = complete(at_once), complete(apart)
    assert set(made) == set(right)
    for stream in STREAMS:
        for name in (each for each in right if each.startswith(f"{stream.name}.")):
            assert made[name].tolist() == right[name].tolist(), name


def test_a_list_says_in_which_zones_and_how_often():
    made = complete(analysed([a_document("Z", name="会計会計", vendor_name="会計の会社", description="会計")]))
    slot = made["characters.keys"].tolist().index(key(characters("会計")))
    found = made["characters.hits"][made["characters.firsts"][slot] : made["characters.lasts"][slot]]
    rows, marks = Hits.of(found, 1).listed()
    assert rows.tolist() == [0]
    assert zones_of(marks).tolist() == [NAME | REST | VENDOR]
    assert times_of(marks).tolist() == [4]


@pytest.mark.parametrize("having", [1, 5, 6, 40])
def test_a_list_of_many_rows_is_kept_by_row_with_its_counts_and_says_the_same(having, tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.ensure_schema()
    engine.upsert(
        [
            a_document(f"K-{number:02d}", name="会計" if number % 2 else "", description="会計会計")
            if number < having
            else a_document(f"K-{number:02d}", name="予約", description="予約")
            for number in range(40)
        ]
    )
    (segment,) = open_snapshot(engine._folder.current()).segments
    hits = segment.hits(STREAMS[0], characters("会計"))
    assert (hits.rows is None) == (having > 40 // 8), "kept by row where more than one in eight rows has it"
    rows, marks = hits.listed()
    assert rows.tolist() == list(range(having))
    assert times_of(marks).tolist() == [3 if number % 2 else 2 for number in range(having)]
    named = having // 2
    counted = {zones: number for zones, number in enumerate(hits.by_zones().tolist()) if number}
    assert counted.pop(NAME | REST, 0) == named
    assert counted == {REST: having - named}
    assert np.flatnonzero(hits.by_row(40)).tolist() == list(range(having))


def test_points_are_added_times_what_they_are_multiplied_by(tmp_path):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.ensure_schema()
    engine.upsert([a_document("A", name="会計会計"), a_document("B", name="会計", description="給与" * 20)])
    view = View(open_snapshot(engine._folder.current()))
    once, both = run("body", "会計"), np.arange(2)
    assert isinstance(once, Run)
    rare, often = view.scores([once], both).tolist()
    assert rare > often > 0, "more often in a shorter text"
    assert view.scores([Times(once, 2.0)], both).tolist() == pytest.approx([2 * rare, 2 * often])
    assert view.scores([Points(once, 3.0), Points(Everything(), 1.0)], both).tolist() == [4.0, 4.0]
    assert view.scores([AnyOf((once, run("body", "給与")), 2)], both)[0] == 0
    assert view.scores([AnyOf((once, run("body", "給与")), 2)], both)[1] > often


def test_what_is_nowhere_is_told_without_a_look_at_each_row(tmp_path):
    engine = EmbeddedEngine(tmp_path)
    engine.ensure_schema()
    engine.upsert([a_document("T-1", name="会計と請求書", description="在庫")])
    view = View(open_snapshot(engine._folder.current()))
    there, missing = run("body", "会計"), run("body", "給与")
    assert not there.nowhere(view)
    assert missing.nowhere(view)
    assert run("vendor", "会計").nowhere(view)
    assert AnyOf((missing, there), 2).nowhere(view)
    assert not AnyOf((missing, there)).nowhere(view)
    assert AllOf((there, missing)).nowhere(view)
    assert not AllOf((there, run("body", "在庫"))).nowhere(view)
    assert Times(Points(missing, 1.0), 2.0).nowhere(view)


def test_memory_that_searches_free_is_kept(tmp_path):
    """Page faults would be those of columns made anew: none are left once the same was asked a few times."""
    program = (
        "import resource, sys, numpy as np\n"
        "from search.embedded.memory import keep_freed_memory\n"
        "if sys.argv[1] == 'keep': keep_freed_memory()\n"
        "def columns(): return [np.ones(1 << 20, np.uint8) for _ in range(40)]\n"
        "for _ in range(3): columns()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "for _ in range(5): columns()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)\n"
    )

    def faults(how: str) -> int:
        done = subprocess.run(
            [sys.executable, "-c", program, how], capture_output=True, text=True, check=True, timeout=60
        )
        return int(done.stdout)

    assert faults("keep") < faults("leave") / 10


@st.composite
def streams(draw):
    """A stream of small texts, block by block: its tokens, rows and zones."""
    stream = draw(st.sampled_from((CHARACTERS, WORDS, SOUNDS, SOUND_WORDS)))
    signs = (0, 97, 98, 99, 300) if stream.token is np.uint16 else (0, 97, 1 << 44 | 1, 1 << 63, 9 << 44)
    known = st.sampled_from(signs)
    tokens, rows, zones = [], [], []
    number = draw(st.integers(1, 4))
    for row in range(number):
        for zone in draw(st.sets(st.sampled_from(ZONES), min_size=1)):
            text = [*draw(st.lists(known, max_size=20)), 0]
            blocks = -(-len(text) // BLOCK)
            tokens += text + [0] * (blocks * BLOCK - len(text))
            rows += [row] * blocks
            zones += [zone] * blocks
    made = {"tokens": np.array(tokens, stream.token), "rows": np.array(rows, np.uint16)}
    made |= {"zones": np.array(zones, np.uint8)}
    return stream, {f"{stream.name}.{name}": array for name, array in made.items()}, number


def _runs_of(stream: Stream, given: arrays.Arrays) -> dict[int, list[int]]:
    """The key of each run -> its places."""
    tokens = given[f"{stream.name}.tokens"].tolist()
    found: dict[int, list[int]] = {}
    for length in stream.lengths:
        for place in range(len(tokens) - length + 1):
            if all(run_ := tokens[place : place + length]):
                found.setdefault(key(tuple(run_)), []).append(place)
    return found


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(streams(), st.sampled_from((8, 16, 1 << 17)), st.sampled_from((1, 24)), st.sampled_from((2, 100)))
def test_lists_are_those_of_going_through_place_by_place(made, size, table, many):
    """Whatever the slices, by table and by search, kept as lists and by row."""
    stream, given_, number = made
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lists, "_SLICE", size)
        patched.setattr(lists, "_TABLE", table)
        patched.setattr(lists, "_MANY", many)
        found = {name.split(".")[1]: each for name, each in lists.inverted(stream, given_, number).items()}
    right = _runs_of(stream, given_)
    assert found["keys"].tolist() == sorted(right)
    rows, zones = (given_[f"{stream.name}.{name}"] for name in ("rows", "zones"))
    longest = _longest_of(stream, given_)
    for slot, key_ in enumerate(found["keys"].tolist()):
        wanted: dict[int, list[int]] = {}
        for place in right[key_]:
            wanted.setdefault(int(rows[place // BLOCK]), []).append(int(zones[place // BLOCK]))
        hits = Hits.of(found["hits"][found["firsts"][slot] : found["lasts"][slot]], number)
        there, marks = hits.listed()
        told = zip(there.tolist(), zones_of(marks).tolist(), times_of(marks).tolist(), strict=True)
        assert [*told] == [(row, reduce(int.__or__, some), len(some)) for row, some in sorted(wanted.items())]
        if "places" in found:
            places = found["places"][found["place_firsts"][slot] : found["place_lasts"][slot]].tolist()
            assert places == (right[key_] if key_ in longest else [])


def _longest_of(stream: Stream, given: arrays.Arrays) -> set[int]:
    only = Stream(stream.name, stream.token, (stream.longest,))
    return set(_runs_of(only, given))


def test_values_are_numbered_in_bounded_steps_however_near_each_other_they_are(monkeypatch):
    looks: list[int] = []
    one_by_one = np.searchsorted
    monkeypatch.setattr(lists.np, "searchsorted", lambda a, v: looks.append(len(v)) or one_by_one(a, v))
    values = np.append(np.arange(1, 100_000, dtype=np.uint64), np.uint64(1 << 60))  # all but one begin alike
    known, numbers = lists._numbered_by_search(values)
    assert np.array_equal(known[numbers], values)
    assert np.array_equal(known, np.append(np.uint64(0), values))
    assert any(looks[1:])  # what is not among the next few is looked for among all, not step by step


def test_what_one_segment_cannot_hold_becomes_several_and_a_text_too_long_is_refused(tmp_path, monkeypatch):
    engine = EmbeddedEngine(tmp_path / "index")
    engine.ensure_schema()
    monkeypatch.setattr(lists, "_BITS", 28)
    engine.upsert([a_document(f"L-{number}", name=f"会計{number}") for number in range(8)])
    assert engine.stats().segments > 1
    assert {identity for identity, _ in engine.iter_versions()} == {f"L-{number}" for number in range(8)}
    with pytest.raises(DocumentsRefused, match="too long"):
        engine.upsert([a_document("LONG", description="会計と給与" * 100)])
    assert engine.stats().documents == 8


@given(
    order=st.lists(st.integers(0, 5), max_size=30),
    first=st.integers(0, 35),
    number=st.integers(1, 10),
)
def test_pages_of_the_smallest_are_the_sorted_list_cut_in_pages(order, first, number):
    right = sorted(range(len(order)), key=order.__getitem__)
    assert smallest(np.array(order, np.int64), first, number).tolist() == right[first : first + number]


class TestFiles:
    def test_what_is_written_is_read(self, tmp_path):
        given_ = {
            "a": np.arange(10, dtype=np.uint16),
            "b": np.zeros((0, 3), np.int32),
            "c": np.array([[1, 2], [3, 4]], np.int64),
        }
        arrays.write(tmp_path / "x", given_)
        found = arrays.read(tmp_path / "x")
        assert {name: (each.dtype, each.tolist()) for name, each in found.items()} == {
            name: (each.dtype, each.tolist()) for name, each in given_.items()
        }
        assert arrays.is_whole(tmp_path / "x")
        with pytest.raises(ValueError, match="read-only"):
            found["a"][0] = 1

    @pytest.mark.parametrize("size", [0, 10, 40, 100, -1, -64])
    def test_a_file_cut_short_is_told_before_it_is_used(self, tmp_path, size):
        path = tmp_path / "x"
        arrays.write(path, {"a": np.arange(100), "b": np.arange(100)})
        content = path.read_bytes()
        path.write_bytes(content[:size])
        assert not arrays.is_whole(path)
        if size != -1:
            with pytest.raises(ValueError):  # noqa: PT011 - whichever part of it is missing
                arrays.read(path)

    def test_any_byte_changed_is_found_out(self, tmp_path):
        path = tmp_path / "x"
        arrays.write(path, {"a": np.arange(4)})
        content = path.read_bytes()
        for at in range(0, len(content), 7):
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            assert not arrays.is_whole(path), at

    def test_one_that_is_gone_is_not_damaged(self, tmp_path):
        assert arrays.is_whole(tmp_path / "gone")
