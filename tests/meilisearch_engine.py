"""The Meilisearch engine on the stand-in for its protocol: how tests make it, and let it answer."""

from __future__ import annotations

from meilisearch_protocol import KEY, Server
from pydantic import SecretStr

from search.documents import to_bytes
from search.meilisearch import MeilisearchEngine


def made(server: Server, **more: object) -> MeilisearchEngine:
    """An engine on this server."""
    return MeilisearchEngine(server.url, SecretStr(KEY), **more)


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
