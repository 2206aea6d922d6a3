"""Whatever is sent, the answer says what is wrong, where, and how to mend it; never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pages import PageClient
from werkzeug.test import TestResponse
from worked_input import publish_worked_input

from catalogue import listings
from catalogue.selection import select_listings
from search.embedded import EmbeddedEngine
from tenants.actor import SYSTEM
from tenants.db import act_as
from web.api.answers import Problem
from web.api.fault_codes import CODES
from web.api.faults import LARGEST_BODY, MOST_FINDINGS

GOOD: dict[str, Any] = {
    "scheme": "2017",
    "functions": ["F1", "B1"],
    "lines": [{"kind": "software", "amount_yen": 300_000}],
}
WHO: dict[str, Any] = {"kind": "company", "jsic": "M76", "employees": 4}


def problem(response: TestResponse, status: int, code: str | None) -> dict[str, Any]:
    """The problem, after checks that hold for every one."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    found: dict[str, Any] = response.json  # type: ignore[assignment]
    Problem.model_validate(found)
    assert found["status"] == status
    assert found.get("code") == code
    for error in found["errors"]:
        assert CODES[error["code"]][0] == status
        assert error["message"]
        assert error["remedy"]
    return found


def with_line(**changes: Any) -> dict[str, Any]:
    return GOOD | {"lines": [GOOD["lines"][0] | changes]}


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "package_or_lines", "package"),
        (GOOD | {"package": "AP-1"}, "package_or_lines", "package"),
        ({"package": "AP-1", "functions": ["F1"]}, "package_or_lines", "package"),
        ([], "wrong_type", "body"),
        ("text", "wrong_type", "body"),
        (GOOD | {"extra": 1}, "unknown_field", "extra"),
        (GOOD | {"\n" * 500: 1}, "unknown_field", "\n" * 60),
        (GOOD | {"scheme": "../2017"}, "wrong_form", "scheme"),
        (GOOD | {"functions": ["F1", "Z9"]}, "unknown_function", "functions[1]"),
        (GOOD | {"functions": ["F1"] * 101}, "not_in_range", "functions"),
        (GOOD | {"lines": []}, "not_in_range", "lines"),
        (GOOD | {"lines": GOOD["lines"] * 501}, "not_in_range", "lines"),
        (with_line(kind="snacks"), "unknown_cost_kind", "lines[0].kind"),
        (with_line(amount_yen="300000"), "wrong_type", "lines[0].amount_yen"),
        (with_line(amount_yen=1.5), "wrong_type", "lines[0].amount_yen"),
        (with_line(amount_yen=True), "wrong_type", "lines[0].amount_yen"),
        (with_line(amount_yen=None), "wrong_type", "lines[0].amount_yen"),
        (with_line(amount_yen=-1), "not_in_range", "lines[0].amount_yen"),
        (with_line(amount_yen=10**12 + 1), "not_in_range", "lines[0].amount_yen"),
        (with_line(amount_yen=10**300), "not_in_range", "lines[0].amount_yen"),
        (with_line(months=0), "not_in_range", "lines[0].months"),
        (with_line(months=121), "not_in_range", "lines[0].months"),
        (with_line(label="あ" * 121), "not_in_range", "lines[0].label"),
        ({"lines": [{"kind": "software"}]}, "missing", "lines[0].amount_yen"),
        (GOOD | {"granted_yen": -1}, "not_in_range", "granted_yen"),
        (GOOD | {"applicant": WHO | {"kind": "empire"}}, "not_allowed", "applicant.kind"),
        (GOOD | {"applicant": WHO | {"employees": -1}}, "not_in_range", "applicant.employees"),
        (GOOD | {"applicant": WHO | {"jsic": "ZZ9"}}, "unknown_jsic", "jsic"),
        (GOOD | {"applicant": WHO | {"jsic": None}}, "bad_applicant", "jsic"),
        (GOOD | {"applicant": WHO | {"large_firms_share": 101}}, "not_in_range", "applicant.large_firms_share"),
    ],
)
def test_bad_values_name_themselves(client: PageClient, body: Any, code: str, field: str) -> None:
    found = problem(client.post("/api/v1/estimates", json=body), 422, code)
    assert found["errors"][0]["column"] == field


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"lines": NaN}', "malformed_json"),
        (b'{"lines": -Infinity}', "malformed_json"),
        (b'{"scheme": "\\ud800"}', "malformed_json"),
        (b'{"\\udfff": 1}', "malformed_json"),
        (b'{"scheme": "\xff\xfe"}', "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"granted_yen": ' + b"9" * 5_000 + b"}", "malformed_json"),
        (b'{"scheme": "2017", "scheme": "2018"}', "duplicate_key"),
        (b'{"lines": [{"kind": "cloud", "kind": "software", "amount_yen": 1}]}', "duplicate_key"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/estimates", "/api/v1/eligibility"])
def test_what_is_no_json(client: PageClient, path: str, raw: bytes, code: str) -> None:
    problem(client.post(path, data=raw, content_type="application/json"), 400, code)


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "text/json"])
def test_other_media_types(client: PageClient, content_type: str | None) -> None:
    response = client.post("/api/v1/estimates", data=json.dumps(GOOD), content_type=content_type)
    problem(response, 415, "not_json")


def test_charset_and_json_dialects_are_json(client: PageClient) -> None:
    for content_type in ("application/json; charset=utf-8", "application/vnd.hojo+json"):
        response = client.post("/api/v1/estimates", data=json.dumps(GOOD), content_type=content_type)
        assert response.status_code == 200


def test_too_large_is_refused_unread(client: PageClient) -> None:
    data = json.dumps(GOOD).encode() + b" " * LARGEST_BODY
    problem(client.post("/api/v1/estimates", data=data, content_type="application/json"), 413, "body_too_large")


def test_many_faults_are_told_up_to_a_limit(client: PageClient) -> None:
    body = {"lines": [{"kind": "software", "amount_yen": "x"}] * 400}
    found = problem(client.post("/api/v1/estimates", json=body), 422, "wrong_type")
    assert len(found["errors"]) == MOST_FINDINGS


@pytest.mark.parametrize(
    "query",
    [
        "function=Z9",
        "category=attic",
        "industry=piracy",
        "vendor=123",
        "prefecture=Atlantis",
        "price_band=cheap",
        "price_min=-1",
        "price_min=1.5",
        "price_max=NaN",
        "price_max=9999999999999999999",
        "price_min=2&price_max=1",
        "own_cost_max=free",
        "fundable=maybe",
        "sort=random",
        "page=0",
        "page=1000001",
        "per_page=101",
        "per_page=0",
        "function=%00",
        "function=" + ",".join(["F1", *(f"X{n}" for n in range(200))]),
    ],
)
def test_bad_filters(client: PageClient, query: str) -> None:
    problem(client.get(f"/api/v1/packages?{query}"), 400, "bad_query")


@pytest.mark.parametrize(
    ("name", "mend"), [("industries", "“industry” instead"), ("utm_source", "Possible names: q")]
)
def test_a_name_that_no_search_has(client: PageClient, name: str, mend: str) -> None:
    found = problem(client.get(f"/api/v1/packages?lang=en&{name}=retail"), 400, "unknown_parameter")
    assert mend in found["errors"][0]["remedy"]


@pytest.mark.parametrize(
    "words", ["会" * 10_000, "\0", "%FF", "\\", '"', "a AND (", "* OR *", "-", "　", "é́" * 200, "😀", "'; --"]
)
def test_hostile_words_are_only_words(index: EmbeddedEngine, client: PageClient, words: str) -> None:
    index.ensure_schema()
    response = client.get("/api/v1/packages", query_string={"q": words})
    assert response.status_code == 200
    assert not response.json["degraded"]
    assert response.json["total"] == 0


@pytest.mark.parametrize("codes", ["", ",,,", "A,B,C,D,E,F,G"])
def test_comparison_of_too_few_or_too_many(client: PageClient, codes: str) -> None:
    problem(client.get("/api/v1/compare", query_string={"codes": codes}), 400, "codes_out_of_range")


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("get", "/api/v1/packages/NOPE", None, "not_found"),
        ("get", "/api/v1/packages/" + "x" * 5_000, None, "not_found"),
        ("get", "/api/v1/compare?codes=NOPE", None, "not_found"),
        ("post", "/api/v1/estimates", GOOD | {"scheme": "1999"}, "not_found"),
        ("post", "/api/v1/estimates", {"package": "NOPE"}, "not_found"),
        ("post", "/api/v1/eligibility", {"scheme": "1999", "applicant": WHO}, "not_found"),
        ("get", "/api/v1/nothing", None, None),
        ("get", "/api/v1", None, None),
        ("get", "/api/v1/", None, None),
    ],
)
def test_what_is_not_there(client: PageClient, method: str, path: str, body: Any, code: str | None) -> None:
    problem(client.open(path, method=method.upper(), json=body), 404, code)


@pytest.mark.parametrize("path", ["/api/v1/packages/%00", "/api/v1/compare?codes=%00"])
def test_characters_the_database_has_no_place_for(client: PageClient, path: str) -> None:
    problem(client.get(path), 400, "unusable_value")


def test_methods_that_are_not_there(client: PageClient) -> None:
    for path, method, allowed in [
        ("/api/v1/estimates", "GET", {"OPTIONS", "POST"}),
        ("/api/v1/packages", "POST", {"GET", "HEAD", "OPTIONS"}),
        ("/api/v1/packages/AP-1", "DELETE", {"GET", "HEAD", "OPTIONS"}),
    ]:
        response = client.open(path, method=method)
        problem(response, 405, None)
        assert set(response.headers["Allow"].split(", ")) == allowed


def test_withdrawn_says_when_and_why(index: object, client: PageClient) -> None:
    publish_worked_input()
    with act_as(SYSTEM):
        [row] = select_listings("withdraw", kinds=["package"], codes=["AP-1"])
        listings.withdraw("package", row.id, reason="販売を終了しました。", read_version=row.version)
    for response in (
        client.get("/api/v1/packages/AP-1"),
        client.get("/api/v1/compare?codes=AP-1"),
        client.post("/api/v1/estimates", json={"package": "AP-1"}),
    ):
        assert "販売を終了しました。" in problem(response, 410, "gone")["detail"]
    compared = client.get("/api/v1/compare?codes=AP-1,AP-2").json
    assert compared["unknown"] == ["AP-1"]


def test_words_in_the_callers_language(client: PageClient) -> None:
    def detail(path: str, **headers: str) -> str:
        return str(client.get(path, headers=headers).json["detail"])

    path = "/api/v1/packages/NOPE"
    english, japanese = "The package was not found.", "ITツールが見つかりません。"
    assert detail(path) == japanese
    assert detail(path, **{"Accept-Language": "en-US,en;q=0.9"}) == english
    assert detail(path, **{"Accept-Language": "de"}) == japanese
    assert detail(f"{path}?lang=ja", **{"Accept-Language": "en"}) == japanese
    assert detail(f"{path}?lang=en") == english
    client.set_cookie("language", "en")
    assert detail(path) == japanese, "a browser's cookie must not decide what programs read"
    unknown = client.get("/api/v1/nothing", headers={"Accept-Language": "en"}).json
    assert unknown["title"] == "Page not found"
