"""Conditional requests, methods, other sites' scripts."""

from __future__ import annotations

import pytest
from pages import PageClient
from worked_input import publish_worked_input

GETS = [
    "/api/v1/packages",
    "/api/v1/packages?q=%E4%BC%9A%E8%A8%88",
    "/api/v1/packages/AP-1",
    "/api/v1/compare?codes=AP-1,AP-2",
    "/api/v1/schemes",
    "/api/v1/openapi.json",
    "/healthz",
    "/readyz",
]


def test_unchanged_answers_are_not_sent_again(index: object, client: PageClient) -> None:
    publish_worked_input()
    for path in GETS:
        first = client.get(path)
        assert first.status_code == 200, path
        tag = first.headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b""), path
        assert again.headers["ETag"] == tag
        english = client.get(path, headers={"If-None-Match": tag, "Accept-Language": "en"})
        assert english.status_code == (304 if english.headers["ETag"] == tag else 200)
        head = client.head(path)
        assert (head.status_code, head.data) == (200, b""), path
        assert head.headers["ETag"] == tag
        assert "Accept-Language" in first.headers["Vary"]
    body = client.get("/api/v1/packages/AP-1").json
    assert client.get("/api/v1/packages/AP-1?lang=en").json["estimate"]["lines"] != body["estimate"]["lines"]


def test_reckoned_answers_are_not_kept(client: PageClient) -> None:
    response = client.post("/api/v1/estimates", json={"lines": [{"kind": "software", "amount_yen": 300_000}]})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "method"), [("/api/v1/packages", "GET"), ("/api/v1/estimates", "POST"), ("/api/v1/schemes", "GET")]
)
def test_scripts_of_other_sites_may_ask(client: PageClient, path: str, method: str) -> None:
    asked = client.options(
        path,
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in asked.headers
    assert method in asked.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in asked.headers["Access-Control-Allow-Headers"]


def test_only_the_api_is_shared(client: PageClient) -> None:
    for path in ("/api/docs", "/healthz", "/sign-in"):
        assert "Access-Control-Allow-Origin" not in client.get(path).headers
    assert client.get("/api/v1/schemes").headers["Access-Control-Expose-Headers"] == "ETag, X-Request-Id"


def test_no_form_token_is_asked_for(client: PageClient) -> None:
    response = client.post("/api/v1/eligibility", json={"applicant": {"kind": "npo", "employees": 3}})
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
