"""The edge: headers, caching, time of arrival, sizes. What it says of errors: test_errors_in_words.py."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from tenants import actor, clock
from tenants.actor import PUBLIC, Actor
from web import edge, guard
from web.settings import MIB

PAGES = (
    "/",
    "/packages",
    "/eligibility",
    "/faq",
    "/schedule",
    "/vendors",
    "/sign-in",
    "/contact",
    "/nowhere",
    "/api/docs",
)


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/schemes", "/healthz", "/static/css/base.css"])
def test_security_headers_are_on_every_answer(browser, path):
    headers = browser().get(path, buffered=True).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert re.fullmatch(r"[0-9a-f]{12}", headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "http:" not in policy
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"


def test_https_is_kept_to_once_it_was_used(browser):
    assert (
        "max-age=31536000" in browser().get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
    )


def test_the_provider_s_origin_is_a_form_target_and_nothing_else(settings):
    from web.oidc_providers import OidcProvider  # noqa: PLC0415

    provider = OidcProvider.model_validate(
        {
            "issuer": "https://login.example/realms/a",
            "client_id": "a",
            "client_secret": "b",
            "label": {"ja": "あ", "en": "A"},
        }
    )
    policy = edge.content_policy(settings.model_copy(update={"oidc_providers": {"gbiz": provider}}))
    assert "form-action 'self' https://login.example;" in policy
    assert policy.count("login.example") == 1


# --- keeping and asking again ---


@pytest.mark.parametrize(
    "path", ["/", "/packages", "/faq", "/schedule", "/vendors", "/api/v1/schemes", "/api/docs"]
)
def test_what_everybody_sees_alike_is_asked_for_again_by_etag(browser, index, path):
    index.ensure_schema()
    client = browser()
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-cache"
    assert "Cookie" in first.headers["Vary"]
    assert "Accept-Language" in first.headers["Vary"]
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    squeezed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert squeezed.headers.get("Content-Encoding") == "gzip"
    again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": squeezed.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_two_languages_are_two_versions(browser):
    client = browser()
    japanese, english = client.get("/faq"), client.get("/faq?lang=en")
    assert 'lang="ja"' in japanese.text
    assert 'lang="en"' in english.text
    assert japanese.headers["ETag"] != english.headers["ETag"]
    cookie = english.headers["Set-Cookie"]
    assert "language=en" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert 'lang="en"' in client.get("/faq").text, "the choice stays"
    assert 'lang="ja"' in client.get("/faq?lang=xx", headers={"Cookie": ""}).text


def test_a_page_with_a_form_token_is_neither_kept_nor_compressed(application, browser, monkeypatch):
    from web.oidc_providers import OidcProvider  # noqa: PLC0415

    known = application.extensions["hojo_settings"]
    provider = OidcProvider.model_validate(
        {"issuer": "https://x.example", "client_id": "a", "client_secret": "b", "label": {"ja": "あ", "en": "A"}}
    )
    monkeypatch.setitem(
        application.extensions, "hojo_settings", known.model_copy(update={"oidc_providers": {"x": provider}})
    )
    answer = browser().get("/sign-in?next=/my", headers={"Accept-Encoding": "gzip"})
    assert 'name="csrf_token"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    assert "ETag" not in answer.headers


def test_what_a_signed_in_person_sees_is_never_kept(browser, organisation, actor_of):
    client = browser(actor_of(organisation("sme"), "sme_owner"))
    for path in ("/", "/packages", "/my", "/my/profile", "/api/v1/schemes"):
        headers = client.get(path, headers={"Accept-Encoding": "gzip"}).headers
        assert headers["Cache-Control"] == "no-store", path
        assert "ETag" not in headers
        assert "Content-Encoding" not in headers


def test_files_with_their_hash_are_kept_for_a_year_and_others_are_not(browser):
    client = browser()
    address = re.search(r'href="(/static/[^"]+\.css\?v=[0-9a-f]+)"', client.get("/").text).group(1)
    assert "immutable" in client.get(address, buffered=True).headers["Cache-Control"]
    assert "immutable" not in client.get(address.partition("?")[0], buffered=True).headers["Cache-Control"]


# --- time of arrival ---


class Clockwork:
    """An application that looks at the clock while it works and while its answer is read."""

    def __init__(self) -> None:
        self.seen: list[datetime] = []

    def __call__(self, _environ: dict[str, object], _start_response: object) -> list[bytes]:
        self.seen += [clock.now(), clock.now()]
        actor.enter(Actor("system"))
        return [b""]


def test_the_clock_stands_at_the_arrival_and_who_acts_is_gone_with_the_request():
    inner = Clockwork()
    arrival = edge.Arrival(inner)
    before = datetime.now(UTC)
    for _ in range(2):
        environ = EnvironBuilder().get_environ()
        arrival(environ, lambda *_: None)
        assert environ["hojo.request_id"]
    first, same, second, _ = inner.seen
    assert first == same
    assert before <= first < second <= datetime.now(UTC)
    assert actor.current() is PUBLIC
    assert clock.now() > second


def test_time_stands_still_within_a_real_request(application, browser, monkeypatch):
    seen: list[datetime] = []
    monkeypatch.setattr(edge.words, "choose_language", lambda: (seen.append(clock.now()), "ja")[1])
    real = edge.protect
    monkeypatch.setattr(edge, "protect", lambda response: (seen.append(clock.now()), real(response))[1])
    application.after_request_funcs[None].insert(0, lambda response: (seen.append(clock.now()), response)[1])
    try:
        browser().get("/faq")
    finally:
        application.after_request_funcs[None].pop(0)
    assert len(seen) >= 2
    assert len(set(seen)) == 1
    assert datetime.now(UTC) - seen[0] < timedelta(minutes=1)


# --- sizes ---


class Endless(io.RawIOBase):
    """An upload that counts how much of it was read."""

    def __init__(self, size: int) -> None:
        self.left, self.read_bytes = size, 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, _position: int, _whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: bytearray) -> int:
        size = min(len(buffer), self.left)
        self.left -= size
        self.read_bytes += size
        buffer[:size] = b"a" * size
        return size


UPLOADERS = [
    ("/vendor/import", "vendor", "vendor_owner"),
    ("/secretariat/import", "secretariat", "secretariat_reviewer"),
]


@pytest.mark.parametrize(("path", "kind", "role"), UPLOADERS)
@pytest.mark.parametrize("declared", [True, False], ids=["with a length", "without a length"])
def test_two_hundred_megabytes_are_refused_without_reading_them(
    browser, organisation, actor_of, path, kind, role, declared
):
    client = browser(actor_of(organisation(kind), role))
    body = Endless(200 * MIB)
    extra = {"CONTENT_LENGTH": str(200 * MIB)} if declared else {"wsgi.input_terminated": True}
    answer = client.post(
        path,
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
        environ_overrides=extra,
        headers={"X-CSRFToken": client.csrf_token()},
    )
    assert answer.status_code == 413
    assert body.read_bytes <= 13 * MIB
    assert answer.mimetype == "text/html"
    assert "大きすぎ" in answer.text
    assert "12MBまで" in answer.text
    assert "もう一度お送りください" in answer.text


def test_a_large_body_for_the_api_is_a_problem_document(browser):
    body = Endless(200 * MIB)
    answer = browser().post(
        "/api/v1/estimates",
        input_stream=body,
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(200 * MIB)},
    )
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"
    assert body.read_bytes <= 13 * MIB


# --- deny by default ---


def test_a_route_that_says_nothing_keeps_the_application_from_starting():
    app = Flask("test")
    app.add_url_rule("/open", "open", guard.allow(guard.Open.EVERYBODY)(lambda: ""))
    guard.check_declarations(app)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="routes without a permission: silent"):
        guard.check_declarations(app)


def test_the_language_outside_of_a_request_is_japanese(application):
    from web import words  # noqa: PLC0415

    with application.app_context():
        assert words.language() == "ja"
