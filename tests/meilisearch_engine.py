"""The Meilisearch engine on the stand-in for its protocol: how tests fill it, ask it, and let it answer."""

from __future__ import annotations

from meilisearch_protocol import KEY, Server
from pydantic import SecretStr

from search.documents import Visibility, to_bytes
from search.meilisearch import MeilisearchEngine
from search.port import SearchRequest


def made(server: Server, **more: object) -> MeilisearchEngine:
    """An engine on this server."""
    return MeilisearchEngine(server.url, SecretStr(KEY), **more)


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
