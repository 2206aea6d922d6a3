"""Production as it is set up: no other name is answered, nothing outside the settings changes how it runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from pages import PageClient

from tenants import files
from tenants.db import db
from web.app import create_app
from web.settings import Settings

pytestmark = pytest.mark.security

OURS = {"Host": "hojo.example.jp", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def production(settings: Settings, application: Flask) -> Iterator[Flask]:
    """A site as an operator has it: one proxy in front, and a leftover of somebody's debugging in the environment."""
    kept = files.filing()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLASK_DEBUG", "1")
        changed = {"environment": "production", "base_url": "https://hojo.example.jp", "trusted_proxies": 1}
        app = create_app(settings.model_copy(update=changed | {"cookie_secure": True}))
    app.test_client_class = PageClient
    yield app
    files.use(kept)  # production opens nothing unscanned; the other tests' site does
    with app.app_context():
        db.engine.dispose()


def test_it_never_runs_in_debug_mode(production):
    assert production.debug is False


@pytest.mark.parametrize("path", ["/", "/nowhere", "/my", "/sign-in", "/robots.txt", "/static/css/base.css"])
@pytest.mark.parametrize(
    "host", ["evil.example", "hojo.example.jp.evil.example", "hojo.example.jp:99999", "a b", ""]
)
def test_another_name_is_refused_in_a_sentence(services, production, host, path):
    answer = production.test_client().get(path, headers=OURS | {"Host": host}, buffered=True)
    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert "evil" not in answer.text
    assert "evil" not in str(answer.headers)
    assert "https://hojo.example.jp" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_another_name_is_a_problem_document_to_programs(services, production):
    answer = production.test_client().get("/api/v1/schemes", headers=OURS | {"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    "forged", [{"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-Port": "444"}, {"X-Forwarded-Prefix": "/evil"}]
)
def test_a_reader_s_own_forwarded_headers_that_no_proxy_overwrites_change_nothing(services, production, forged):
    """Proxies are told to set -For and -Proto; what else a browser sends of the kind comes through them."""
    client = production.test_client()
    for path in ("/api/docs", "/api/v1/nowhere", "/sign-in"):
        plain, bent = (client.get(path, headers=OURS | more) for more in ({}, forged))
        assert plain.status_code == bent.status_code
        assert plain.text == bent.text
        # A port stands after a colon; three digits alone may be a part of a request's own random number.
        assert not [word for word in (":444", "evil") if word in str(bent.headers)]


def test_nobody_else_s_cookie_passes_for_ours(services, production):
    """A neighbour under the same domain, or somebody on the line, can set cookies too, but none of this name."""
    (cookie,) = production.test_client().get("/sign-in?next=/my", headers=OURS).headers.getlist("Set-Cookie")
    name, *rules = cookie.split("; ")
    assert name.startswith("__Host-hojo=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(rules)
    assert not any(rule.startswith("Domain") for rule in rules)
