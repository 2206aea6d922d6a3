"""The description says what the API does: held against the routes, its own examples, and real answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from pages import PageClient, check
from pydantic import BaseModel
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from worked_input import publish_worked_input

from catalogue.vocabulary_files import read_default_masters
from search import engines
from search.embedded import EmbeddedEngine
from tenants.db import db
from web.api import answers
from web.api.bodies import ApplicantBody, EligibilityBody, EstimateBody, FindBody, LineBody, NeedsBody
from web.api.fault_codes import CODES
from web.api.operations import operations


def refused_when_wrong(context: Any, response: Any, case: schemathesis.Case) -> bool | None:
    """What does not fit is refused. But an empty filter counts as not given: the search form sends those."""
    values = [part for value in case.query.values() for part in (value if isinstance(value, list) else [value])]
    if any(not str(value).strip(" ,") for value in values):
        return None
    return negative_data_rejection(context, response, case)  # type: ignore[no-any-return]


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    refused_when_wrong,
]
POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
OPERATIONS = operations(read_default_masters())
KINDS_OF_REQUESTS = [(each.id, POSITIVE) for each in OPERATIONS] + [
    (each.id, NEGATIVE) for each in OPERATIONS if each.parameters or each.body
]


@pytest.fixture(scope="module")
def published(
    application: Flask, empty_database: Callable[[], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One published catalogue for all generated requests; nothing of the API changes it."""
    before, index = engines.engine(), EmbeddedEngine(tmp_path_factory.mktemp("index"))
    engines.use(index)
    with application.app_context():
        publish_worked_input()
        db.session.remove()
    yield application
    with application.app_context():
        db.engine.dispose()
    index.close()
    engines.use(before)
    empty_database()


@pytest.fixture(scope="module")
def api_schema(published: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", published)


@pytest.mark.parametrize(("operation_id", "mode"), KINDS_OF_REQUESTS, ids=str)
def test_any_request_is_answered_as_described(
    api_schema: Any, operation_id: str, mode: schemathesis.GenerationMode
) -> None:
    """Requests that fit the description, and such that do not, made up from it."""
    operation = api_schema.find_operation_by_id(operation_id)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

    ask()


def description(client: PageClient, language: str = "ja") -> dict[str, Any]:
    response = client.get("/api/v1/openapi.json", headers={"Accept-Language": language})
    assert response.mimetype == "application/json"
    return response.json  # type: ignore[return-value]


def test_every_route_is_described(app: Flask, client: PageClient) -> None:
    described = description(client)
    assert described["openapi"] == "3.1.0"
    routed = {
        (rule.rule.replace("<code>", "{code}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") or rule.rule in ("/healthz", "/readyz")
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"}
        if rule.rule != "/api/v1/openapi.json"
    }
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == routed


def test_examples_fit_their_schemas(client: PageClient) -> None:
    described = description(client)
    seen = 0
    for methods in described["paths"].values():
        for operation in methods.values():
            contents = [answer.get("content", {}) for answer in operation["responses"].values()]
            contents.append(operation.get("requestBody", {}).get("content", {}))
            for content in (each for one in contents for each in one.values()):
                shown = [each["value"] for each in content.get("examples", {}).values()]
                shown += [content["example"]] if "example" in content else []
                for example in shown:
                    jsonschema_rs.validate({**content["schema"], "components": described["components"]}, example)
                    seen += 1
    assert seen >= 11


def test_examples_are_what_is_really_answered(client: PageClient) -> None:
    for operation in OPERATIONS:
        if operation.method == "post":
            body = next(iter(operation.body_examples.values()))
            answered, example = (
                client.post(operation.path, json=body).json,
                operation.example().model_dump(mode="json"),
            )
            # Which packages there are depends on what is published: nothing, here.
            if operation.id in ("findSets", "findFromProblem"):
                assert answered.keys() == example.keys()
            else:
                assert answered == example


def test_example_parameters_are_accepted(index: object, client: PageClient) -> None:
    publish_worked_input()
    [search] = [each for each in OPERATIONS if each.id == "searchPackages"]
    for parameter in search.parameters:
        value = parameter.schema.get("default") if parameter.example is None else parameter.example
        written = ",".join(map(str, value)) if isinstance(value, list) else str(value).lower()
        response = client.get(search.path, query_string={parameter.name: written})
        assert response.status_code == 200, (parameter.name, response.text)


def test_nothing_published_is_lost_on_the_way(index: object, client: PageClient) -> None:
    """The answer's model names every key of a snapshot: a new one must be described before it is published."""
    publish_worked_input()
    from catalogue.publications import live_package  # noqa: PLC0415

    content = live_package("AP-1").content
    assert client.get("/api/v1/packages/AP-1").json.items() >= content.items()
    assert set(content) | {"publication", "estimate"} == set(answers.PackageAnswer.model_fields)


def test_described_in_both_languages(client: PageClient) -> None:
    japanese, english = description(client), description(client, "en")
    assert japanese["paths"].keys() == english["paths"].keys()
    assert english["paths"]["/api/v1/schemes"]["get"]["summary"] == "List schemes"
    assert not any("぀" <= char <= "ヿ" for char in json.dumps(english["info"], ensure_ascii=False))


@pytest.mark.parametrize("body", [EstimateBody, LineBody, ApplicantBody, EligibilityBody, NeedsBody, FindBody])
def test_every_field_of_a_body_is_described_in_japanese(client: PageClient, body: type[BaseModel]) -> None:
    fields = description(client)["components"]["schemas"][body.__name__]["properties"]
    assert set(fields) == set(body.model_fields)
    assert all(re.search("[ぁ-ん]", each["description"]) for each in fields.values())


def test_described_before_anything_is_loaded(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants.errors import NotFound  # noqa: PLC0415
    from tenants.text import same  # noqa: PLC0415

    def nothing() -> None:
        raise NotFound(same("master data"))

    loaded = description(client)
    monkeypatch.setattr("web.api.routes.vocabulary", nothing)
    assert description(client) == loaded


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_page_for_developers(client: PageClient, language: str) -> None:
    response = client.get(f"/api/docs?lang={language}")
    assert response.status_code == 200
    page = check(response.text)
    anchors = {attrs.get("id") for _, attrs in page.tags}
    assert anchors >= set(CODES), "a problem's type must lead to its explanation"
    links = {str(attrs["href"])[1:] for attrs in page.all("a") if str(attrs.get("href")).startswith("#")}
    assert links <= anchors
    for operation in OPERATIONS:
        assert operation.id in anchors
        assert operation.path in response.text
    assert "222667" not in response.text
    assert "245333" in response.text
