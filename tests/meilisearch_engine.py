"""The Meilisearch engine on the stand-in for its protocol: how tests make it, and let it answer."""

from __future__ import annotations

import ast
import re
from typing import Any

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


_ONE_OF = re.compile(r'(\w+) IN \[((?:"(?:[^"\\]|\\.)*"(?:, )?)+)\]')


def holds(condition: str, record: dict[str, Any]) -> bool:
    """Whether a record passes a filter of IN, AND, OR, NOT and brackets, read as the server's manual says."""

    def told(match: re.Match[str]) -> str:
        has = record[match[1]]
        has = has if isinstance(has, list) else [has]
        return str(any(value in has for value in re.findall(r'"((?:[^"\\]|\\.)*)"', match[2])))

    plain = _ONE_OF.sub(told, condition)
    words = plain.replace("AND", "and").replace("OR", "or").replace("NOT", "not")
    return _true(ast.parse(words, mode="eval").body)


def _true(node: ast.expr) -> bool:
    match node:
        case ast.BoolOp(ast.And(), values):
            return all(map(_true, values))
        case ast.BoolOp(ast.Or(), values):
            return any(map(_true, values))
        case ast.UnaryOp(ast.Not(), operand):
            return not _true(operand)
        case ast.Constant(bool() as value):
            return value
    raise AssertionError(f"no filter: {ast.unparse(node)}")
