"""What the Meilisearch engine asks of a server, and what it makes of the answers (see test_meilisearch_protocol.py)."""

from __future__ import annotations

import pytest
from meilisearch_engine import found, searches
from search_samples import a_document, ask

from search.documents import Visibility
from search.meilisearch.terms import letters, part_phrases, to_record, whole_phrase
from search.port import (
    Amount,
    EngineUnavailable,
    Facet,
    Group,
    MatchStage,
    Range,
    SearchRequest,
    Sort,
    Wider,
)


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
