"""The Meilisearch engine over a stand-in for the protocol: what is sent, and what becomes of failures.

What a real server finds is proved by the contract suite alone, when MEILISEARCH_URL is set.
"""

from __future__ import annotations

import logging
import threading

import pytest
from meilisearch_protocol import KEY, always, serving, slowly
from pydantic import SecretStr
from search_samples import a_document, money

from search.documents import Visibility, to_bytes
from search.meilisearch import MeilisearchEngine
from search.meilisearch.index_settings import SETTINGS
from search.meilisearch.terms import letters, part_phrases, to_record, whole_phrase
from search.port import (
    Amount,
    DocumentsRefused,
    EngineBusy,
    EngineUnavailable,
    Facet,
    Group,
    MatchStage,
    Range,
    Receipt,
    SearchRequest,
    Sort,
    Wider,
)


@pytest.fixture
def server():
    with serving() as running:
        yield running


def made(server, **more):
    return MeilisearchEngine(server.url, SecretStr(KEY), **more)


@pytest.fixture
def engine(server):
    engine = made(server)
    assert engine.ensure_schema() is True
    return engine


def fill(engine, *documents):
    engine.wait(engine.upsert(documents))


def searches(server):
    return [call.body for call in server.calls if call.path == "/multi-search"]


def found(*documents, total=None, facets=None):
    """An answer with these hits."""
    hits = [
        {
            "id": d.id,
            "version": d.version,
            "source": to_bytes(d).decode(),
            "_federation": {"weightedRankingScore": 0.5},
        }
        for d in documents
    ]
    answer = {"hits": hits, "estimatedTotalHits": len(hits) if total is None else total}
    return answer | ({"facetsByIndex": {"packages": {"distribution": facets}}} if facets else {})


def ask(engine, text="", *groups, **more):
    return engine.search(SearchRequest(Visibility.PUBLIC, text, groups, **more))


class TestIndex:
    def test_it_is_made_with_our_settings_and_needs_a_rebuild_only_when_another_version_made_it(self, server):
        engine = made(server)
        assert engine.ensure_schema() is True
        assert server.indexes["packages"].settings == SETTINGS
        assert engine.ensure_schema() is False
        server.indexes["packages"].settings["searchableAttributes"] = ["*"]
        assert engine.ensure_schema() is True

    def test_the_settings_say_what_would_otherwise_be_guessed(self):
        assert SETTINGS["localizedAttributes"] == [{"attributePatterns": ["*"], "locales": ["jpn"]}]
        assert SETTINGS["distinctAttribute"] is None
        assert SETTINGS["pagination"]["maxTotalHits"] >= 1_000_000
        assert SETTINGS["faceting"]["maxValuesPerFacet"] >= 20_000
        assert SETTINGS["proximityPrecision"] == "byWord"
        coded = {
            name for name in SETTINGS["searchableAttributes"] if name.startswith(("parts_", "whole_", "sound"))
        }
        assert coded | {"characters"} == set(SETTINGS["typoTolerance"]["disableOnAttributes"])
        assert {f"has_{facet.value}" for facet in Facet} <= set(SETTINGS["filterableAttributes"])
        assert {amount.value for amount in Amount} <= set(SETTINGS["filterableAttributes"])


class TestChanges:
    def test_a_change_counts_only_when_its_task_succeeded(self, engine, server):
        receipt = engine.upsert([a_document("A")])
        assert server.indexes["packages"].documents == {}
        engine.wait(receipt)
        assert list(engine.iter_versions()) == [("A", 1)]
        engine.wait(engine.delete(["A", "never"]))
        assert list(engine.iter_versions()) == []

    def test_the_version_changes_with_the_index_and_is_asked_for_once_a_second(self, engine, server):
        before = engine.version()
        fill(engine, a_document("A"))
        assert engine.version() != before
        asked = len(server.calls)
        engine.version()
        assert len(server.calls) == asked

    def test_many_documents_go_in_several_requests_and_are_listed_in_several(self, engine, server, monkeypatch):
        monkeypatch.setattr("search.meilisearch.engine._PAGE", 2)
        fill(engine, *(a_document(f"D-{n}") for n in range(5)))
        assert len([c for c in server.calls if c.path.endswith("/packages/documents")]) == 3
        assert [identity for identity, _ in engine.iter_versions()] == [f"D-{n}" for n in range(5)]
        stats = engine.stats()
        assert (stats.engine, stats.documents, stats.size_bytes, stats.segments) == ("meilisearch", 5, 4096, 0)

    def test_amounts_are_put_into_what_is_there_and_nothing_is_made_of_what_is_not(
        self, engine, server, monkeypatch
    ):
        monkeypatch.setattr("search.meilisearch.engine._PAGE", 2)
        fill(engine, *(a_document(each, name=each, own_cost_yen=5) for each in "ABCDE"))
        kept = dict(server.indexes["packages"].documents)
        wanted = [money(each, 1, 70, 30, "small") for each in "ABCX"] + [money("D", 2, 70, 30, "small")]
        receipt = engine.reprice(wanted)
        assert server.indexes["packages"].documents == kept, "until its tasks are done"
        engine.wait(receipt)
        changed = {
            "subsidy_yen": 70,
            "own_cost_yen": 30,
            "has_fundable": ["true"],
            "has_own_cost_band": ["small"],
        }
        assert server.indexes["packages"].documents == kept | {each: kept[each] | changed for each in "ABC"}
        sent = [call.body for call in server.calls if call.method == "PUT"]
        assert [[record.keys() for record in body] for body in sent] == [
            [{"id", *changed}] * 2,
            [{"id", *changed}],
        ]
        assert list(engine.iter_amounts()) == [
            *(money(each, 1, 70, 30, "small") for each in "ABC"),
            *(money(each, 1, 0, 5, "") for each in "DE"),
        ]

    def test_amounts_that_the_server_refuses_are_refused(self, engine, server):
        fill(engine, a_document("A"), a_document("B"))
        server.bad = {"B"}
        with pytest.raises(DocumentsRefused):
            engine.wait(engine.reprice([money("A", 1, 70, 30, ""), money("B", 1, 70, 30, "")]))
        assert [each.own_cost_yen for each in engine.iter_amounts()] == [0, 0]

    def test_a_rebuild_brings_over_amounts_written_meanwhile(self, engine):
        documents = [a_document("A"), a_document("B")]
        fill(engine, *documents)
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, documents)
        engine.wait(engine.reprice([money("A", 1, 70, 30, "small")]))
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_amounts()) == [money("A", 1, 70, 30, "small"), money("B", 1, 0, 0, "")]

    def test_a_receipt_of_another_engine_is_refused(self, engine):
        with pytest.raises(ValueError, match="embedded"):
            engine.wait(Receipt("embedded", "1"))

    @pytest.mark.parametrize(
        ("trouble", "code"),
        [
            ({"full": True}, "engine_failed"),
            ({"lost": True}, "task_lost"),
            ({"stuck": True}, "engine_slow"),
        ],
    )
    def test_a_task_that_does_not_succeed_is_never_taken_for_done(self, engine, server, trouble, code):
        receipt = engine.upsert([a_document("A")])
        for name, value in trouble.items():
            setattr(server, name, value)
        with pytest.raises(EngineUnavailable) as raised:
            engine.wait(receipt, seconds=0.3)
        assert raised.value.code == code

    def test_a_cancelled_task_is_lost(self, engine, server):
        receipt = engine.upsert([a_document("A")])
        server.finish_everything()
        server.tasks[-1]["status"] = "canceled"
        with pytest.raises(EngineUnavailable) as raised:
            engine.wait(receipt)
        assert raised.value.code == "task_lost"

    def test_bad_documents_are_refused_as_such_by_task_and_by_size(self, engine, server):
        server.bad = {"B"}
        with pytest.raises(DocumentsRefused, match="invalid_document_id"):
            fill(engine, a_document("A"), a_document("B"))
        server.largest = 100
        with pytest.raises(DocumentsRefused, match="payload_too_large"):
            engine.upsert([a_document("A")])


class TestRebuild:
    def test_the_new_index_takes_the_place_of_the_old_one_at_once(self, engine, server):
        fill(engine, a_document("OLD"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("NEW")])
        assert list(engine.iter_versions()) == [("OLD", 1)]
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_versions()) == [("NEW", 1)]
        assert set(server.indexes) == {"packages"}
        assert engine.ensure_schema() is False
        engine.abort_rebuild(rebuild)

    def test_what_another_process_writes_meanwhile_is_brought_over(self, engine, server):
        fill(engine, a_document("A"), a_document("GONE"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("A"), a_document("GONE")])
        other = made(server)
        fill(other, a_document("A", version=2), a_document("B"))
        other.wait(other.delete(["GONE"]))
        engine.load(rebuild, [a_document("A")])  # an older reading of the same publication
        engine.commit_rebuild(rebuild)
        assert dict(engine.iter_versions()) == {"A": 2, "B": 1}

    def test_one_at_a_time_and_what_a_killed_one_left_is_removed(self, engine, server):
        rebuild = engine.begin_rebuild()
        with pytest.raises(EngineBusy):
            engine.begin_rebuild()
        engine.load(rebuild, [a_document("X")])
        after = made(server)  # the next process, after the first was killed
        rebuild = after.begin_rebuild()
        assert server.indexes["packages-new"].documents == {}
        after.abort_rebuild(rebuild)
        assert set(server.indexes) == {"packages"}

    def test_an_incomplete_one_is_not_put_in_use(self, engine, server):
        fill(engine, a_document("A"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("B")])
        rebuild.ids.add("LOST")
        with pytest.raises(EngineUnavailable) as raised:
            engine.commit_rebuild(rebuild)
        assert raised.value.code == "rebuild_incomplete"
        assert list(engine.iter_versions()) == [("A", 1)]
        assert set(server.indexes) == {"packages"}

    def test_bad_documents_are_refused_while_it_loads(self, engine, server):
        server.bad = {"B"}
        rebuild = engine.begin_rebuild()
        with pytest.raises(DocumentsRefused):
            engine.load(rebuild, [a_document("B")])
        engine.load(rebuild, [a_document("A")])
        engine.commit_rebuild(rebuild)
        assert list(engine.iter_versions()) == [("A", 1)]

    def test_a_server_that_fails_at_the_start_leaves_the_way_free(self, engine, server):
        server.full = True
        with pytest.raises(EngineUnavailable):
            engine.begin_rebuild()
        server.full = False
        engine.abort_rebuild(engine.begin_rebuild())

    def test_a_server_that_goes_down_before_the_swap_keeps_what_is_in_use(self, engine, server):
        fill(engine, a_document("A"))
        rebuild = engine.begin_rebuild()
        engine.load(rebuild, [a_document("B")])
        server.broken = always(503)
        with pytest.raises(EngineUnavailable) as raised:
            engine.commit_rebuild(rebuild)
        assert raised.value.code == "engine_down"
        server.broken = lambda _: None
        assert list(engine.iter_versions()) == [("A", 1)]
        engine.abort_rebuild(engine.begin_rebuild())
        assert set(server.indexes) == {"packages"}


class TestRequests:
    def test_every_word_is_needed_as_whole_words_or_as_parts(self, engine, server):
        server.answer = lambda _: found(a_document("A", version=7))
        result = ask(engine, "勤怠 会計")
        assert (result.stage, result.total, result.engine) == (MatchStage.EXACT, 1, "meilisearch")
        assert [(hit.id, hit.version, hit.score) for hit in result.hits] == [("A", 7, 0.5)]
        (body,) = searches(server)
        whole, parts = body["queries"]
        assert whole["q"] == f'"{whole_phrase("勤怠")}" "{whole_phrase("会計")}"'
        assert parts["q"] == f'"{part_phrases("勤怠")[0]}" "{part_phrases("会計")[0]}"'
        assert whole["federationOptions"]["weight"] > parts["federationOptions"]["weight"]
        for query in body["queries"]:
            assert (query["matchingStrategy"], query["locales"]) == ("all", ["jpn"])
            assert query["filter"] == ['visibility IN ["public"]']
        assert body["federation"] == {"limit": 20, "offset": 0}

    def test_stages_follow_each_other_as_the_port_names_them(self, engine, server):
        wider = (Wider("給料", ("給与計算",)),)
        meant = (Wider("給料", ("給料明細",)),)
        assert ask(engine, "給料", synonyms=wider, corrections=meant).stage is MatchStage.NONE
        asked = searches(server)
        assert len(asked) == 5
        texts = [{query["q"] for query in body["queries"]} for body in asked]
        assert f'"{part_phrases("給与計算")[0]}"' in texts[0]
        assert any(query["attributesToSearchOn"][-1] == "sounds" for query in asked[1]["queries"])
        assert f'"{part_phrases("給料明細")[0]}"' in texts[2]
        assert texts[3] == {"給料"}
        assert asked[3]["queries"][0]["attributesToSearchOn"] == [
            "name", "function_words", "products", "industry_names", "description", "vendor_name",
        ]  # fmt: skip
        server.calls.clear()
        ask(engine, "給料", loosest=MatchStage.READING)
        assert len(searches(server)) == 2

    def test_a_word_in_hiragana_is_a_sound_from_the_start(self, engine, server):
        server.answer = lambda _: found(a_document("A"))
        assert ask(engine, "きんたい").stage is MatchStage.READING

    def test_filters_never_loosen(self, engine, server):
        server.answer = lambda body: found(total=0 if "has_function" in str(body) else 3)
        result = ask(engine, "勤怠", Group(Facet.FUNCTION, ("F9",)), facets=(Facet.FUNCTION,))
        assert (result.stage, result.total, result.facets) == (MatchStage.EXACT, 0, {Facet.FUNCTION: {}})

    def test_filters_as_the_server_reads_them(self, engine, server):
        server.answer = lambda _: found(a_document("A"))
        ask(
            engine,
            "",
            Group(Facet.VENDOR, ('7"x\\', "\ud800")),
            Group(Facet.FUNCTION, ("F1", "F2"), "all"),
            Range(Amount.PRICE, 5, 10),
            Range(Amount.OWN_COST),
        )
        assert searches(server)[-1]["queries"][0]["filter"] == [
            'visibility IN ["public"]',
            'has_vendor IN ["7\\"x\\\\", "?"]',
            'has_function IN ["F1"]',
            'has_function IN ["F2"]',
            "price_yen >= 5",
            "price_yen <= 10",
        ]
        engine.search(SearchRequest(Visibility.SECRETARIAT))
        assert "filter" not in searches(server)[-1]["queries"][0]

    def test_counts_are_disjunctive(self, engine, server):
        def answer(body):
            facets = {
                name: {"x": len(str(body["queries"][0]["filter"]))}
                for name in body["federation"]["facetsByIndex"]["packages"]
            }
            return found(a_document("A"), facets=facets)

        server.answer = answer
        groups = (Group(Facet.VENDOR, ("v",)), Group(Facet.FUNCTION, ("F1",), "all"))
        result = ask(engine, "", *groups, facets=(Facet.VENDOR, Facet.FUNCTION, Facet.CATEGORY))
        together, apart = searches(server)
        assert together["federation"]["facetsByIndex"] == {"packages": ["has_function", "has_category"]}
        assert apart["federation"] == {"limit": 0, "offset": 0, "facetsByIndex": {"packages": ["has_vendor"]}}
        assert "has_vendor" not in str(apart["queries"][0]["filter"])
        assert "has_function" in str(apart["queries"][0]["filter"])
        assert set(result.facets) == {Facet.VENDOR, Facet.FUNCTION, Facet.CATEGORY}
        assert result.facets[Facet.VENDOR]["x"] < result.facets[Facet.CATEGORY]["x"]

    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            (Sort.OWN_COST, "own_cost_yen:asc"),
            (Sort.PRICE, "price_yen:asc"),
            (Sort.SUBSIDY, "subsidy_yen:desc"),
            (Sort.NEWEST, "newest:desc"),
            (Sort.NAME, "sort_name:asc"),
            (Sort.RELEVANCE, "newest:desc"),  # without a text
        ],
    )
    def test_orders_and_pages(self, engine, server, sort, order):
        ask(engine, sort=sort, page=3, per_page=7)
        body = searches(server)[-1]
        assert body["queries"][0]["sort"] == [order, "shuffle:asc"]
        assert (body["federation"]["limit"], body["federation"]["offset"]) == (7, 14)

    def test_a_page_beyond_all_pages_is_not_asked_for(self, engine, server):
        server.answer = lambda _: found(total=2)
        result = ask(engine, page=1_000_000, per_page=100)
        assert (result.hits, result.total) == ((), 2)
        assert searches(server)[-1]["federation"] == {"limit": 0, "offset": 0}

    def test_highlights_are_pairs_of_the_text_as_published(self, engine, server):
        server.answer = lambda _: found(a_document("A", name="安いﾚｼﾞ<b>"))
        (hit,) = ask(engine, "レジ", highlight=True).hits
        assert hit.highlights[0].pieces == (("安い", False), ("ﾚｼﾞ", True), ("<b>", False))
        assert searches(server)[-1]["queries"][0]["attributesToRetrieve"] == ["id", "version", "source"]

    def test_a_document_of_another_version_is_no_crash(self, engine, server):
        server.answer = lambda _: {
            "hits": [{"id": "A", "version": 1, "source": '{"id": "A", "colour": 1}', "_federation": {"weightedRankingScore": 1}}],
            "estimatedTotalHits": 1,
        }  # fmt: skip
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine, "レジ", highlight=True)
        assert raised.value.code == "index_outdated"

    def test_one_stage_asks_a_bounded_number_of_ways(self, engine, server):
        words = [f"語彙{n}" for n in range(10)]
        wider = tuple(Wider(word, (f"別名{n}", f"別称{n}")) for n, word in enumerate(words))
        ask(engine, " ".join(words), synonyms=wider)
        assert max(len(body["queries"]) for body in searches(server)) <= 36

    def test_values_vocabulary_and_explanation(self, engine, server):
        server.answer = lambda _: found(
            a_document("A"), facets={"has_vendor": {"7": 2}, "labels": {"b": 1, "a": 1, "c": 3}}
        )
        assert engine.facet_values(Facet.VENDOR, Visibility.PUBLIC) == {"7": 2}
        assert list(engine.vocabulary()) == [("c", 3), ("a", 1), ("b", 1)]
        told = engine.explain(SearchRequest(Visibility.PUBLIC, "レジ"), "A")
        assert (told.stage, told.rank) == (MatchStage.EXACT, 1)
        assert {reason.text for reason in told.reasons} == {"レジ"}
        assert {"name", "name_words"} <= {reason.field for reason in told.reasons}
        sounding = engine.explain(SearchRequest(Visibility.PUBLIC, "れじ"), "A")
        assert "reading" in {reason.field for reason in sounding.reasons}
        assert engine.explain(SearchRequest(Visibility.PUBLIC, ""), "A").reasons == ()
        assert engine.explain(SearchRequest(Visibility.PUBLIC, "!!"), "A") is None
        server.answer = lambda body: found(total=0 if '"A"' in str(body["queries"][0]["filter"]) else 3)
        assert engine.explain(SearchRequest(Visibility.PUBLIC, "レジ"), "A") is None

    @pytest.mark.parametrize("text", ["!!!", "鰻", "a", '"', "電話の予約で手が離せない", "\ud800\x00会計"])
    def test_whatever_is_typed_is_a_request_the_server_could_read(self, engine, server, text):
        assert ask(engine, text, facets=tuple(Facet)).stage is MatchStage.NONE
        assert all(query["q"].count('"') % 2 == 0 for body in searches(server) for query in body["queries"])


class TestTerms:
    def test_letters_compare_as_the_texts_do(self):
        texts = sorted(["かいけい", "きんたい", "abc", "ｶ", "会計", "会"], key=lambda t: t.encode("utf-16-be"))
        assert sorted(texts, key=letters) == texts
        assert all(set(letters(text)) <= set("abcdefghijklmnop") for text in texts)

    def test_no_word_is_longer_than_the_server_keeps(self):
        record = to_record(a_document("A", name="長" * 500, description="a" * 500, products=("9" * 300,)))
        coded = {
            key: value for key, value in record.items() if key.startswith(("parts_", "whole_", "sound", "char"))
        }
        assert max(len(word) for texts in coded.values() for text in texts for word in text.split()) <= 250

    def test_a_sound_is_found_in_the_words_read_so(self):
        record = to_record(a_document("A", name="クラウド勤怠管理"))
        from search.meilisearch.terms import sound_phrase  # noqa: PLC0415

        assert any(sound_phrase("きんたい") in text for text in record["sounds"])
        assert part_phrases("勤怠")[0] in record["parts_name"][0]


class TestFaults:
    @pytest.mark.parametrize(
        ("broken", "code"),
        [
            (always(401, "missing_authorization_header", "auth"), "engine_refuses"),
            (always(403, "invalid_api_key", "auth"), "engine_refuses"),
            (always(503, "x"), "engine_down"),
            (always(429, "x"), "engine_down"),
            (always(500), "engine_broken"),
            (always(400, "invalid_search_attributes_to_search_on"), "index_outdated"),
            (always(404, "index_not_found"), "index_missing"),
            (lambda _: b"<html>not Meilisearch</html>", "engine_broken"),
            (lambda _: b'{"hits": 3}', "engine_broken"),
            (lambda _: b"[]", "engine_broken"),
        ],
    )
    def test_each_fault_has_its_name_and_none_is_a_crash(self, engine, server, broken, code):
        server.broken = broken
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine, "会計")
        assert (raised.value.code, raised.value.status) == (code, 503)

    def test_no_index_and_no_server(self, server):
        engine = made(server)
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine)
        assert raised.value.code == "index_missing"
        nobody = MeilisearchEngine("http://127.0.0.1:9", SecretStr(KEY))
        with pytest.raises(EngineUnavailable) as raised:
            ask(nobody)
        assert raised.value.code == "engine_down"

    def test_a_slow_server_is_asked_once_and_then_left_alone_for_a_while(self, server, monkeypatch):
        monkeypatch.setattr("search.meilisearch.connection._REST_SECONDS", 0.2)
        made(server).ensure_schema()
        hasty = made(server, read_seconds=0.1)
        server.broken = slowly(0.4)
        with pytest.raises(EngineUnavailable) as raised:
            ask(hasty)
        assert raised.value.code == "engine_slow"
        asked = len(server.calls)
        for _ in range(20):
            with pytest.raises(EngineUnavailable):
                ask(hasty)
        assert len(server.calls) == asked
        server.broken = lambda _: None
        threading.Event().wait(0.25)
        assert ask(hasty).total == 0

    def test_each_thread_has_a_client_of_its_own(self, engine, server):
        clients, faults = [], []

        def use() -> None:
            try:
                ask(engine, "会計")
                with engine._connection.reading() as client:
                    clients.append(client)
            except Exception as error:  # noqa: BLE001
                faults.append(error)

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        assert len({id(client) for client in clients}) == 8
        assert {call.key for call in server.calls} == {f"Bearer {KEY}"}

    def test_the_key_is_written_nowhere(self, server, caplog, capsys):
        caplog.set_level(logging.DEBUG)
        engine = made(server)
        engine.ensure_schema()
        server.broken = always(403, "invalid_api_key", "auth")
        with pytest.raises(EngineUnavailable) as raised:
            ask(engine)
        said = f"{raised.value!r} {raised.value.__cause__!r} {raised.value.findings} {engine!r} {vars(engine)} {caplog.text}"
        assert KEY not in said + "".join(capsys.readouterr())
