"""Judging a search: measures by hand, any collection read or refused line by line, engines side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.judged.generator import collection
from catalogue.vocabulary_files import read_default_masters
from search.judging.collection import (
    MOST_CHARACTERS,
    MOST_FAULTS,
    JudgedDocument,
    JudgedQuery,
    read_documents,
    read_queries,
    search_documents,
)
from search.judging.contestants import CONTESTANTS
from search.judging.judge import judge_collection
from search.judging.measures import by_group, figures, judge
from tenants.errors import BadInput


def write(path, *rows):
    path.write_text(
        "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows), "utf-8"
    )
    return path


class TestMeasures:
    @pytest.mark.parametrize(
        ("found", "relevant", "recall", "mrr", "ndcg"),
        [
            ("ab", "ab", 1.0, 1.0, 1.0),
            ("xa", "a", 1.0, 0.5, 0.6309),
            ("xyz", "a", 0.0, 0.0, 0.0),
            ("", "a", 0.0, 0.0, 0.0),
            ("ax", "ab", 0.5, 1.0, 0.6131),
            ("abcdefghijkl", "abcdefghijklmn", 1.0, 1.0, 1.0),
            ("0123456789a", "a", 0.0, 0.0, 0.0),
        ],
    )
    def test_of_one_query(self, found, relevant, recall, mrr, ndcg):
        told = judge("g", "q", "exact", tuple(found), frozenset(relevant), 1.0)
        assert (told.recall, told.reciprocal_rank) == (recall, mrr)
        assert told.ndcg == pytest.approx(ndcg, abs=1e-4)

    def test_of_many_and_of_groups(self):
        one = judge("a", "q", "exact", ("x",), frozenset("x"), 2.0)
        judged = [one, replace(one, group="b", recall=0.0, milliseconds=8.0), replace(one, milliseconds=4.0)]
        assert (figures(judged).recall, figures(judged).p50_ms, figures(judged).p95_ms) == (2 / 3, 4.0, 8.0)
        assert {group: each.queries for group, each in by_group(judged).items()} == {"a": 2, "b": 1}


class TestReading:
    def test_what_is_missing_is_empty_and_anything_may_be_a_code(self, tmp_path):
        path = write(
            tmp_path / "D.jsonl",
            "\ufeff" + json.dumps({"code": "あ/ 1\u0000", "name": "\ud800勤怠", "functions": "勤怠管理"}),
            "",
            {"code": "2", "name": "x", "price_yen": 5.0, "industries": ["小売業", "惑星探査", ""], "vendor": None},
        )
        first, second = read_documents(path)
        assert (first.code, first.name, first.functions) == ("あ/ 1\u0000", "?勤怠", ("勤怠管理",))
        assert second == JudgedDocument("2", "x", price_yen=5, industries=("小売業", "惑星探査"))

    @pytest.mark.parametrize(
        "line",
        [
            "{",
            "[1]",
            '{"name": "x"}',
            '{"code": "1", "name": " "}',
            '{"code": 1, "name": "x"}',
            '{"code": "1", "name": "x", "functions": [1]}',
            '{"code": "1", "name": "x", "functions": {}}',
            '{"code": "1", "name": "x", "price_yen": -1}',
            '{"code": "1", "name": "x", "price_yen": 1.5}',
            '{"code": "1", "name": "x", "price_yen": true}',
            '{"code": "1", "name": "x", "price_yen": 1e999}',
            '{"code": "1", "name": "x", "price_yen": 1e300}',
            '{"code": "OK", "name": "twice"}',
            "[" * 100_000,
            json.dumps({"code": "1", "name": "か" + "\u3099" * MOST_CHARACTERS}),
            json.dumps({"code": "1", "name": "x", "functions": [f"{n}" for n in range(MOST_CHARACTERS)]}),
        ],
    )
    def test_a_bad_line_is_named_with_what_to_do(self, tmp_path, line):
        path = write(tmp_path / "D.jsonl", {"code": "OK", "name": "x"}, line)
        with pytest.raises(BadInput) as refused:
            read_documents(path)
        (finding,) = refused.value.findings
        assert finding.field == "D.jsonl 2"
        assert finding.remedy.ja
        assert finding.remedy.en

    def test_not_utf8(self, tmp_path):
        path = tmp_path / "D.jsonl"
        path.write_bytes('{"code": "1", "name": "会計"}'.encode("cp932"))
        with pytest.raises(BadInput):
            read_documents(path)

    def test_all_faults_at_once_but_not_endlessly(self, tmp_path):
        path = write(tmp_path / "D.jsonl", *["x"] * 50)
        with pytest.raises(BadInput) as refused:
            read_documents(path)
        assert len(refused.value.findings) == MOST_FAULTS
        with pytest.raises(BadInput):
            read_documents(write(tmp_path / "empty.jsonl"))

    @pytest.mark.parametrize(
        "query",
        [{"q": "x"}, {"q": "x", "relevant": ["NO"]}, {"relevant": ["A"]}, {"q": "x" * 30_000, "relevant": ["A"]}],
    )
    def test_a_query_needs_words_and_known_codes(self, tmp_path, query):
        known = [JudgedDocument("A", "a")]
        with pytest.raises(BadInput):
            read_queries(write(tmp_path / "Q.jsonl", query), known)
        (read,) = read_queries(write(tmp_path / "Q.jsonl", {"q": " x ", "relevant": ["A"]}), known)
        assert read == JudgedQuery("-", "x", frozenset("A"))

    def test_the_site_knows_the_official_names(self):
        masters = read_default_masters()
        known, unknown = search_documents(
            [
                JudgedDocument("1", "a", functions=("給与", "Payroll"), industries=("飲食店",)),
                JudgedDocument("2", "b", functions=("占い",), industries=("惑星探査",)),
            ],
            masters,
        )
        assert (known.functions, known.categories, known.industries) == (
            ("B3",),
            ("back_office",),
            ("restaurants",),
        )
        assert "年末調整" in known.function_words
        assert (unknown.functions, unknown.function_words, unknown.industries) == (("占い",), ("占い",), ())
        assert unknown.industry_names == ("惑星探査",)
        assert known.industry_names[0] == "飲食店"
        assert {"飲食サービス業", "外食"} <= set(known.industry_names)

    def test_labels_for_one_industry_of_the_site_are_none_of_its_other_names(self):
        documents = [
            JudgedDocument("1", "a", industries=("医療",)),
            JudgedDocument("2", "b", industries=("介護・福祉",)),
        ]
        names = [each.industry_names for each in search_documents(documents, read_default_masters())]
        assert names == [("医療",), ("介護・福祉",)]

    def test_what_people_call_a_function_is_not_said_of_it_where_another_is_called_so(self):
        documents = [
            JudgedDocument("1", "a", functions=("給与",)),
            JudgedDocument("2", "b", functions=("年末調整",)),
        ]
        known, own = search_documents(documents, read_default_masters())
        assert "年末調整" not in known.function_words
        assert (known.products, own.products) == ((), ("年末調整",))


DOCUMENTS = (
    JudgedDocument(
        "あ/1", "勤怠らくらく", "株式会社みほん", "打刻を簡単に", ("勤怠管理",), ("飲食店",), "東京都", 1
    ),
    JudgedDocument("い 2", "給与ぴったり", functions=("給与計算",)),
    JudgedDocument("う", "コールセンターの友"),
)


class TestEngines:
    @pytest.mark.parametrize(
        ("query", "engine", "recall", "stage"),
        [
            ("きんたい", "embedded", 1.0, "reading"),
            ("らくらく", "without-readings", 1.0, "exact"),
            ("勤怠管理", "trigram", 1.0, "match"),
            ("勤怠", "trigram", 0.0, "none"),
            ('"', "trigram", 0.0, "none"),
            (" \0", "trigram", 0.0, "none"),
            ("あ/1", "trigram", 1.0, "match"),
        ],
    )
    def test_each_as_it_is(self, query, engine, recall, stage):
        (verdict,) = judge_collection(
            DOCUMENTS, [JudgedQuery("g", query, frozenset({"あ/1"}))], {engine: CONTESTANTS[engine]}
        )
        assert (verdict.overall.recall, verdict.judged[0].stage) == (recall, stage)

    def test_ours_corrects_and_widens_as_the_site_does(self):
        queries = [
            JudgedQuery("t", "コールセター", frozenset("う")),
            JudgedQuery("s", "給料", frozenset({"い 2"})),
        ]
        (verdict,) = judge_collection(DOCUMENTS, queries, {"embedded": CONTESTANTS["embedded"]})
        assert [each.stage for each in verdict.judged] == ["corrected", "widened"]
        assert verdict.overall.recall == 1.0
        told = verdict.as_dict(with_queries=True)
        assert (told["overall"]["recall_at_10"], set(told["groups"])) == (1.0, {"t", "s"})
        assert told["judged"][0]["found"] == ("う",)

    @pytest.mark.parametrize("name", ["tuned", "held_out"])
    def test_traps_and_other_spellings_are_right_at_the_top(self, name):
        """京都 is not in 東京都, and words are found however they are spelt: first what is meant, in every question."""
        made = collection(name, 900)
        groups = {"trap": 15, "okurigana": 12, "old and new forms": 30}
        asked = [query for query in made.queries if query.group in groups]
        (verdict,) = judge_collection(made.documents, asked, {"embedded": CONTESTANTS["embedded"]})
        for group, fewest in groups.items():
            judged = [each for each in verdict.judged if each.group == group]
            assert len(judged) >= fewest
            assert [each.text for each in judged if each.reciprocal_rank != 1] == []
            assert verdict.groups[group].recall >= 0.97
        relevant = {query.text: query.relevant for query in asked}
        for each in verdict.judged:
            if each.group == "trap":
                first = [code in relevant[each.text] for code in each.found]
                assert first == sorted(first, reverse=True), "nothing else stands between what is meant"

    def test_every_engine_has_a_name(self):
        assert set(CONTESTANTS) == {"embedded", "without-readings", "trigram"}
