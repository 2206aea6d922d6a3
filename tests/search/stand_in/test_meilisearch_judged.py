"""Judging on a Meilisearch server: an index of its own, filled, asked as the site asks, and taken off again.

The stand-in finds nothing by itself: what a server finds only a real one tells.
"""

from __future__ import annotations

import pytest
from meilisearch_engine import found, searches
from meilisearch_protocol import KEY, always
from pydantic import SecretStr
from search_samples import a_document

from search.judging.collection import JudgedDocument, JudgedQuery
from search.judging.contestants import on_server
from search.judging.judge import judge_collection
from search.port import DocumentsRefused, EngineUnavailable

DOCUMENTS = (JudgedDocument("あ/1", "勤怠らくらく"), JudgedDocument("い 2", "給与ぴったり"))
QUERIES = (JudgedQuery("g", "給与", frozenset({"い 2"})),)


def judged(server):
    return judge_collection(DOCUMENTS, QUERIES, {"meilisearch": on_server(server.url, SecretStr(KEY))})


def test_it_is_filled_and_asked_and_nothing_is_left_behind(server):
    server.answer = lambda _body: found(a_document("D1"))
    (verdict,) = judged(server)
    assert (verdict.engine, verdict.overall.recall, verdict.judged[0].found) == ("meilisearch", 1.0, ("い 2",))
    (asked, *_) = searches(server)
    assert asked["queries"][0]["indexUid"].startswith("hojo-judge-")
    filled = [call for call in server.calls if call.method == "POST" and call.path.endswith("/documents")]
    assert [record["name"] for call in filled for record in call.body] == ["勤怠らくらく", "給与ぴったり"]
    assert server.indexes == {}


def test_a_document_that_the_server_refuses_is_said_and_nothing_is_left_behind(server):
    server.bad = {"D1"}
    with pytest.raises(DocumentsRefused):
        judged(server)
    assert server.indexes == {}


def test_a_server_that_refuses_is_said_and_nothing_is_left_behind(server):
    server.largest = 100
    with pytest.raises(EngineUnavailable):
        judged(server)
    assert server.indexes == {}


def test_a_server_that_does_not_answer_is_said(server):
    server.broken = always(503)
    with pytest.raises(EngineUnavailable, match="engine_down"):
        judged(server)
