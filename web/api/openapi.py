"""The API's description in OpenAPI 3.1, made from the operations and the models that answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from catalogue.vocabulary import Masters
from tenants.text import Text
from web.api import answers
from web.api.fault_codes import CODES
from web.api.field_words import put_japanese
from web.api.operations import Operation, operations
from web.api.parameters import LANGUAGE, Parameter
from web.problems import title
from web.words import language, say

VERSION: Final = "1.0.0"
_SCHEMAS: Final = "#/components/schemas/"
_TAGS: Final = {
    "packages": Text("公開中のITツール", "Published packages"),
    "subsidy": Text("補助額と申請資格", "Subsidy and eligibility"),
    "programme": Text("お知らせと説明会", "Announcements and briefings"),
    "operations": Text("運用", "For operators"),
}
_ABOUT: Final = Text(
    "公開中のITツールを探し、補助額を見積もるAPIです。認証はいりません。どのサイトのスクリプトからも使えます（CORS、Cookieなし）。"
    "金額はすべて税抜の円（整数）です。GETの答えにはETagがあり、If-None-Match を送ると変わりがなければ304を返します。"
    "誤りは RFC 9457 の application/problem+json で、どこを・どう直すかを1件ずつ示します。",
    "Search published IT tools and estimate the subsidy. No authentication; scripts of any site may use it (CORS, "
    "without cookies). All money is whole yen, consumption tax excluded. GET answers carry an ETag: send it as "
    "If-None-Match, and an unchanged answer is 304. Faults are RFC 9457 problems (application/problem+json) that say "
    "one by one what is wrong, where, and how to mend it.",
)
_NOT_CHANGED: Final = Text("変わっていません（If-None-Match）。", "Not changed (If-None-Match).")
# By language and versions of the master data: it takes fifty times as long to make as to send.
_made: Final[dict[tuple[str | int, ...], dict[str, Any]]] = {}
_ETAG: Final = {"schema": {"type": "string"}, "description": "For If-None-Match."}


def document(server: str, masters: Masters) -> dict[str, Any]:
    """The whole description in the reader's language. server: this site's address, without a final slash."""
    key = (language(), *(part.version for part in masters.versions.values()))
    if key not in _made:
        _made[key] = _without_servers(operations(masters))
    return {**_made[key], "servers": [{"url": server}]}


def _without_servers(every: Sequence[Operation]) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for each in every:
        paths.setdefault(each.path, {})[each.method] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hojo API", "version": VERSION, "description": say(_ABOUT)},
        "tags": [{"name": name, "description": say(about)} for name, about in _TAGS.items()],
        "paths": paths,
        "components": {"schemas": _schemas(every), "parameters": {LANGUAGE.name: _parameter(LANGUAGE)}},
    }


def _schemas(every: Sequence[Operation]) -> dict[str, Any]:
    taken = [(each.body, "validation") for each in every if each.body]
    given = [(each.answer, "serialization") for each in every]
    wanted: list[tuple[type[BaseModel], Any]] = [*taken, *given, (answers.Problem, "validation")]
    _, found = models_json_schema(wanted, ref_template=f"{_SCHEMAS}{{model}}")
    schemas: dict[str, Any] = found["$defs"]
    if language() == "ja":
        put_japanese(schemas)
    return schemas


def _operation(each: Operation) -> dict[str, Any]:
    spoken = [] if each.tag == "operations" else [{"$ref": f"#/components/parameters/{LANGUAGE.name}"}]
    found: dict[str, Any] = {
        "operationId": each.id,
        "tags": [each.tag],
        "summary": say(each.summary),
        "description": say(each.about),
        "parameters": [*map(_parameter, each.parameters), *spoken],
        "responses": _responses(each),
    }
    if each.body:
        found["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _ref(each.body),
                    "examples": {name: {"value": dict(value)} for name, value in each.body_examples.items()},
                }
            },
        }
    return found


def _parameter(each: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": each.name,
        "in": each.where,
        "required": each.required,
        "description": say(each.about),
        "schema": dict(each.schema),
    }
    if each.listed:
        found |= {"style": "form", "explode": False}
    if each.example is not None:
        found["example"] = each.example
    return found


def _responses(each: Operation) -> dict[str, Any]:
    answer = {"schema": _ref(each.answer), "example": each.example().model_dump(mode="json")}
    found: dict[str, Any] = {
        "200": {"description": say(Text("答え", "The answer")), "content": {"application/json": answer}}
    }
    if each.method == "get":
        found["200"]["headers"] = {"ETag": _ETAG}
        found["304"] = {"description": say(_NOT_CHANGED), "headers": {"ETag": _ETAG}}
    for status in each.refused:
        found[str(status)] = _problem(status)
    if each.unavailable:
        found["503"] = {
            "description": say(title(503)),
            "content": {"application/json": {"schema": _ref(each.unavailable)}},
        }
    return found


def _problem(status: int) -> dict[str, Any]:
    codes = [f"`{code}`: {say(about)}" for code, (of, about) in CODES.items() if of == status]
    return {
        "description": "\n\n".join([say(title(status)), *codes]),
        "content": {"application/problem+json": {"schema": _ref(answers.Problem)}},
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"{_SCHEMAS}{model.__name__}"}
