"""The API's description as a page people read, from the same operations and models as the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel

from catalogue.vocabulary import Masters
from tenants.text import Text
from web.api.bodies import ApplicantBody, EligibilityBody, EstimateBody, FindBody, LineBody, NeedsBody
from web.api.examples import PACKAGE_CODE
from web.api.fault_codes import CODES
from web.api.field_words import about
from web.api.operations import Operation, operations
from web.api.parameters import Parameter
from web.problems import title

_NESTED: Final[dict[type[BaseModel], tuple[type[BaseModel], ...]]] = {
    EstimateBody: (EstimateBody, LineBody, ApplicantBody),
    EligibilityBody: (EligibilityBody, ApplicantBody),
    NeedsBody: (NeedsBody,),
    FindBody: (FindBody,),
}
_PREFIXES: Final[dict[type[BaseModel], str]] = {LineBody: "lines[].", ApplicantBody: "applicant."}


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a field of a body."""

    name: str
    form: str
    required: bool
    about: Text


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status an operation may answer with, and the codes it carries."""

    status: int
    title: Text
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: Text
    about: Text
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    curl: str
    answer: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page. codes: every problem's code with its status and meaning."""

    entries: tuple[Entry, ...]
    codes: tuple[tuple[str, int, Text], ...]


def page(server: str, masters: Masters, package: str | None = None) -> Page:
    """The page for a site at this address. package: the code of a published one, for calls that can be tried."""
    return Page(
        tuple(_entry(each, server, package or PACKAGE_CODE) for each in operations(masters)),
        tuple((code, status, about) for code, (status, about) in CODES.items()),
    )


def _entry(each: Operation, server: str, package: str) -> Entry:
    return Entry(
        each.id,
        each.method.upper(),
        each.path,
        each.summary,
        each.about,
        tuple(Row(one.name, _form(one.schema), one.required, one.about) for one in each.parameters),
        tuple(row for model in _NESTED.get(each.body, ()) for row in _fields(model)) if each.body else (),
        _curl(each, server).replace(PACKAGE_CODE, package),
        json.dumps(each.example().model_dump(mode="json"), ensure_ascii=False, indent=2),
        tuple(
            Refusal(status, title(status), tuple(code for code, (of, _) in CODES.items() if of == status))
            for status in each.refused
        ),
    )


def _fields(model: type[BaseModel]) -> list[Row]:
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        Row(
            f"{_PREFIXES.get(model, '')}{name}",
            _form(field),
            name in required,
            about(model, name, field["description"]),
        )
        for name, field in schema["properties"].items()
    ]


def _form(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words: ``integer 0–1000000``, ``array of string``, ``true | false``."""
    if "anyOf" in schema:
        return " | ".join(_form(each) for each in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema["type"] == "array":
        return f"array of {_form(schema['items'])}"
    if "minimum" in schema:
        return f"{schema['type']} {schema['minimum']:,}–{schema['maximum']:,}"
    return str(schema["type"])


def _curl(each: Operation, server: str) -> str:
    path = each.path
    query = []
    for one in each.parameters:
        if one.where == "path":
            path = path.replace(f"{{{one.name}}}", str(one.example))
        elif one.required or one.name in ("q", "fundable"):
            query.append(f"{one.name}={_written(one)}")
    address = f"{server}{path}{'?' + '&'.join(query) if query else ''}"
    if not each.body:
        return f"curl '{address}'"
    body = json.dumps(next(iter(each.body_examples.values())), ensure_ascii=False)
    return f"curl '{address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{body}'"


def _written(one: Parameter) -> str:
    values = one.example if isinstance(one.example, list) else [one.example]
    return ",".join(quote(str(value).lower() if value is True else str(value)) for value in values)
