"""Whatever goes wrong at the edge is said so that people can read it, and programs too."""

from __future__ import annotations

from collections.abc import Iterator

import published
import pytest
from flask import Flask

from tenants.db import db
from web import guard, problems
from web.app import create_app


@pytest.fixture(scope="module")
def faulty(settings) -> Iterator[Flask]:
    """The application with routes that go wrong in every way."""
    from flask import abort  # noqa: PLC0415

    from tenants.errors import BadInput, Conflict, Finding, IllegalStep, NotFound, StaleVersion  # noqa: PLC0415
    from tenants.text import Text  # noqa: PLC0415

    app = create_app(settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True
    finding = Finding("test", Text("だめです。", "No good."), Text("直してください。", "Mend it."), "欄")
    faults = {
        "domain422": lambda: BadInput(finding),
        "domain404": lambda: NotFound(Text("品", "It")),
        "domain409": Conflict,
        "illegal": lambda: IllegalStep(finding),
        "stale": lambda: StaleVersion(Text("品", "It"), yours=1, current=2),
        "unexpected": lambda: ZeroDivisionError("秘密の中身"),
    }
    for prefix in ("", "/api/v1"):
        for name, make in faults.items():

            @guard.allow(guard.Open.EVERYBODY)
            def fail(make=make) -> str:
                raise make()

            app.add_url_rule(f"{prefix}/fault/{name}", f"{prefix}{name}", fail)

        @guard.allow(guard.Open.EVERYBODY)
        def give_up(status: int) -> str:
            abort(status)

        app.add_url_rule(f"{prefix}/fault/http/<int:status>", f"{prefix}http", give_up)
    from pages import PageClient  # noqa: PLC0415

    app.test_client_class = PageClient
    yield app
    app.logger.disabled = False  # it is one for all applications of this process
    with app.app_context():
        db.engine.dispose()


EXPECTED = {
    "domain422": 422,
    "domain404": 404,
    "domain409": 409,
    "illegal": 409,
    "stale": 409,
    "unexpected": 500,
    "http/400": 400,
    "http/403": 403,
    "http/404": 404,
    "http/405": 405,
    "http/406": 406,
    "http/409": 409,
    "http/410": 410,
    "http/413": 413,
    "http/415": 415,
    "http/422": 422,
    "http/429": 429,
    "http/500": 500,
    "http/501": 501,
    "http/503": 503,
}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("fault", "status"), EXPECTED.items())
def test_every_error_is_a_page_in_the_reader_s_language(services, faulty, fault, status, language):
    answer = faulty.test_client().get(f"/fault/{fault}?lang={language}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert f'lang="{language}"' in answer.text
    own_page = status in problems._PAGES
    assert str(status) in answer.text
    assert own_page or problems.title(status).in_language(language) in answer.text
    assert "秘密の中身" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    if fault == "domain422":
        assert ("だめです" if language == "ja" else "No good") in answer.text
        assert ("直して" if language == "ja" else "Mend it") in answer.text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize(("fault", "status"), EXPECTED.items())
def test_every_error_of_the_api_is_a_problem_document(services, faulty, fault, status, language):
    answer = faulty.test_client().get(f"/api/v1/fault/{fault}?lang={language}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    body = answer.json
    assert body["status"] == status
    assert body["title"] == problems.title(status).in_language(language)
    assert body["instance"] == f"/api/v1/fault/{fault}"
    assert "秘密の中身" not in answer.text
    if fault == "domain422":
        assert body["code"] == "test"
        assert body["errors"][0]["column"] == "欄"


def test_an_error_page_of_ours_carries_the_number_to_tell_the_call_centre(services, faulty):
    answer = faulty.test_client().get("/fault/unexpected")
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_wrong_method_says_which_are_right(browser):
    for path in ("/faq", "/api/v1/schemes", "/sign-out"):
        client = browser()
        answer = (
            client.get(path)
            if path == "/sign-out"
            else client.delete(path, headers={"X-CSRFToken": client.csrf_token()})
        )
        assert answer.status_code == 405, path
        assert "POST" in answer.headers["Allow"] or "GET" in answer.headers["Allow"]


def test_the_address_of_a_form_leads_to_the_page_it_stands_on(browser):
    """A page with mistakes stands at the address it was sent to, where a reload shows nothing."""
    sheet = "/committee/assignments/9278a909-0035-4767-aadd-afdb429fd324"
    answer = browser().get(f"{sheet}/scores")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert f'href="{sheet}"' in answer.text
    nowhere = browser().get("/sign-out")
    assert (nowhere.status_code, "もとの画面を開く" in nowhere.text) == (405, False)


@pytest.mark.parametrize(
    "path",
    [
        "/packages/%00",
        "/packages/..%2f..%2fetc%2fpasswd",
        "/packages/" + "a" * 5000,
        "/packages/%ff%fe",
        "/vendors/%00",
        "/vendors/9" + "9" * 400,
        "/vendors/7000012050002/products/%00",
        "/packages?q=%00",
        "/packages?q=" + "%e4%bc%9a" * 3000,
        "/packages?page=1000000",
        "/packages?page=99999999999999999999",
        "/packages?price_min=1e309",
        "/compare?codes=%00,b",
        "/sitemap-99999999999999999999.xml",
        "/find?q=%ff",
        "/sign-in?next=%00",
        "/sign-in?lang=%00",
        "/api/v1/packages/%00",
        "/api/v1/compare?codes=%00",
        "/static/%00",
        "/static/../web/settings.py",
        "/static/%2e%2e/settings.py",
    ],
)
def test_hostile_addresses_are_never_a_fault_of_ours(browser, index, path):
    index.ensure_schema()
    assert browser().get(path).status_code < 500


@pytest.mark.parametrize(
    "cookie", ["hojo=garbage", "hojo=eyJhIjoxfQ.x.y", "hojo=" + "a" * 3000, "language=%00", "language=<b>"]
)
def test_a_cookie_that_is_not_ours_is_nobody(browser, cookie):
    client = browser()
    assert client.get("/faq", headers={"Cookie": cookie}).status_code == 200
    assert client.get("/my", headers={"Cookie": cookie}).status_code == 302


def test_the_site_serves_when_the_index_is_gone(browser, index):
    published.publish()
    answer = browser().get("/packages")
    assert answer.status_code == 200
    ready = browser().get("/readyz")
    assert ready.status_code == 200
    assert ready.json["search"] == "index_missing"
    assert ready.json["search_waiting"] > 0
    assert ready.json["search_set_aside"] == 0
