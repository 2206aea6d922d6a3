"""Every route asked for real, by everybody: by nobody, by each role of the organisation and of another one."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import house as building
import printed
import pytest
import ways_in
from routes import (
    ENDS_SESSION,
    EVERYBODY,
    FILES,
    FORMS_ONLY,
    FRESH,
    HANDED_IN,
    NEWCOMER,
    ROUTES,
    SIGNED_IN,
    WITHOUT_FORM_TOKEN,
    Route,
)
from werkzeug.http import parse_options_header

from tenants import clock
from tenants.actor import Actor
from tenants.permissions import ALWAYS_FRESH, Permission
from web import guard

pytestmark = [pytest.mark.security, pytest.mark.slow]

FILLED = {
    "version": "1",
    "hash": "0" * 64,
    "reason": "x",
    "correction_reason": "x",
    "withdraw_reason": "x",
    "name": "x",
    "by_mail": "off",
}
NAMES = [f"{route.method} {route.path} {route.endpoint}" for route in ROUTES]


def told_of(answer) -> list[str]:
    """The secrets that an answer tells whoever reads it, a PDF too."""
    said = printed.read(answer.data).words if answer.mimetype == "application/pdf" else answer.text
    return [secret for secret in building.SECRETS if secret in said]


def ask(house: building.House, route: Route, actor: Actor | None, **kwargs: object):
    browser = house.browser(actor, fresh=route.endpoint in ENDS_SESSION)
    path = house.address(route.path)
    if route.method == "GET":
        return browser.get(path, buffered=True)
    if route.endpoint.startswith("api."):
        return browser.post(path, **kwargs)
    return browser.post_form(path, **kwargs)


def check_file(route: Route, answer) -> None:
    """A file is sent with its name and its headers, to whoever may have it; a refusal is a page, and no file."""
    if route.endpoint == "static":
        return
    disposition, options = parse_options_header(answer.headers.get("Content-Disposition"))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if answer.status_code != 200 or route.endpoint not in FILES:
        assert disposition == ""
        assert answer.status_code == 200 or answer.mimetype in ("text/html", "application/problem+json")
        return
    media_type, name = FILES[route.endpoint]
    ours = media_type == "application/pdf" and route.endpoint not in HANDED_IN
    assert (answer.mimetype, disposition) == (media_type, "inline" if ours else "attachment")
    assert options["filename"].endswith(name), options
    if not route.endpoint.startswith("public."):
        assert "no-store" in answer.headers["Cache-Control"]
    if route.endpoint in HANDED_IN:
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_the_table_is_the_site(application):
    """No route without a line here, no line without a route."""
    real = {
        (rule.endpoint, method)
        for rule in application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {(route.endpoint, route.method) for route in ROUTES} == real


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_nobody_in_particular(house, route):
    answer = ask(house, route, None)
    check_file(route, answer)
    if route.who is EVERYBODY:
        assert answer.status_code == (200 if route.endpoint == "sign_in.start" else route.own)
        return
    if route.method == "GET":
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")
    else:
        assert answer.status_code == 401
        assert 'href="/sign-in"' in answer.text
    head = house.browser(None).head(house.address(route.path))
    assert head.status_code in (302, 405)


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_each_role_of_the_organisation_and_of_another(house, route):
    wrong = []
    for people, own in ((house.strangers, False), (house.own, True)):
        for role, actor in people.items():
            # A stranger fills in the form, so that nothing but whose thing it is can stop the request.
            answer = ask(house, route, actor, data={} if own or route.method == "GET" else FILLED)
            check_file(route, answer)
            right = route.expected(role, own=own)
            if answer.status_code != right:
                wrong.append((role, "own" if own else "other", answer.status_code, right))
            involved = own and actor.audience in ("vendor", "sme")
            if not involved and actor.audience != "secretariat":
                leaked = told_of(answer)
                assert not leaked, f"{role} of another organisation reads {leaked}"
    assert wrong == []


def offered(house: building.House, page: str) -> set[str]:
    """The endpoints that the forms and links of a page lead to, within this site."""
    forms = re.findall(r'<form[^>]*method="post"[^>]*>', page)
    found = set()
    doors = house.site.url_map.bind("localhost")
    for method, tags in (("POST", forms), ("GET", re.findall(r"<a [^>]*>", page))):
        for address in re.findall(r'(?:action|href)="(/[^"]*)"', " ".join(tags)):
            found.add(doors.match(urlsplit(unescape(address)).path, method)[0])
    return found


def test_an_auditor_reads_all_of_the_secretariat_and_is_offered_nothing_that_is_refused(house):
    """Every page of the secretariat is open to the auditor, or declared to be a form whose facts stand elsewhere."""
    auditor = house.own["secretariat_auditor"]
    pages = [each for each in ROUTES if each.endpoint.startswith("secretariat.") and each.method == "GET"]
    closed = {each.endpoint for each in pages if "secretariat_auditor" not in each.who}
    assert closed == set(FORMS_ONLY)
    assert not closed & set(FORMS_ONLY.values())
    refused = {}
    for route in (each for each in pages if each.endpoint not in FORMS_ONLY):
        answer = ask(house, route, auditor)
        assert answer.status_code == 200, route
        ways = offered(house, answer.text) if answer.mimetype == "text/html" else set()
        needs = {name: guard.needs_of(house.site, name) for name in ways}
        closed_ways = {
            name for name, need in needs.items() if isinstance(need, Permission) and not auditor.may(need)
        }
        if closed_ways:
            refused[route.path] = closed_ways
    assert refused == {}


def test_what_cannot_be_taken_back_is_said_to_need_a_fresh_sign_in(application):
    """By the permission, or by the route where its permission does not say it."""
    asked = {each.endpoint for each in ROUTES if guard.needs_fresh(application, each.endpoint, each.method)}
    assert asked == FRESH
    assert not [each for each in ROUTES if each.method == "GET" and each.endpoint in FRESH]
    needs = {name: guard.needs_of(application, name) for name in application.view_functions}
    said = {name for name, view in application.view_functions.items() if getattr(view, guard._FRESH, False)}
    assert not {name for name in said if needs[name] in ALWAYS_FRESH}, "it is the permission's matter"


@pytest.mark.parametrize("route", [each for each in ROUTES if each.endpoint in FRESH], ids=lambda r: r.endpoint)
def test_an_old_sign_in_takes_no_step_that_cannot_be_taken_back(house, route):
    role = min(route.who & set(house.own)) if route.who is not SIGNED_IN else "sme_owner"
    house.browser(house.own[role])
    ways_in.proved_at(clock.now() - timedelta(hours=1))
    try:
        answer = ask(house, route, house.own[role], data=FILLED)
    finally:
        ways_in.proved_at(clock.now())
    assert answer.status_code == 403
    assert "もう一度ご本人の確認をお願いします" in answer.text


@pytest.mark.parametrize("route", ROUTES, ids=NAMES)
def test_somebody_who_belongs_nowhere_yet(house, route):
    answer = ask(house, route, house.nobody_yet)
    assert answer.status_code == route.expected(NEWCOMER, own=False)
    assert not told_of(answer)


CHANGING = [
    r
    for r in ROUTES
    if r.method == "POST" and not r.endpoint.startswith("api.") and r.endpoint not in WITHOUT_FORM_TOKEN
]


@pytest.mark.parametrize("route", CHANGING, ids=lambda route: route.endpoint)
@pytest.mark.parametrize("token", [None, "", "forged"])
def test_without_the_form_s_token_nothing_is_changed(house, route, token):
    role = route.only or next(iter(sorted(route.who & set(house.own))), "sme_owner")
    browser = house.browser(house.own[role], fresh=route.endpoint in ENDS_SESSION)
    form = {} if token is None else {"csrf_token": token}
    answer = browser.post(house.address(route.path), data=form)
    assert answer.status_code == 400
    assert "送信できませんでした" in answer.text


def test_a_token_of_another_browser_is_no_token(house):
    other = house.browser(house.strangers["sme_owner"], fresh=True)
    token = other.csrf_token()
    browser = house.browser(house.own["sme_owner"], fresh=True)
    assert browser.post("/my/profile", data={"csrf_token": token}).status_code == 400


def test_over_https_the_form_must_come_from_this_site(house):
    browser = house.browser(house.own["sme_owner"], fresh=True)
    token = browser.csrf_token()
    for referrer in (None, "https://evil.example/"):
        answer = browser.post(
            "/my/profile",
            data={"csrf_token": token},
            base_url="https://localhost",
            headers={"Referer": referrer} if referrer else {},
        )
        assert answer.status_code in (302, 400)
        assert answer.status_code == 400 or answer.location.startswith("/sign-in")


@pytest.mark.parametrize("what", ["not-an-id", "00000000-0000-0000-0000-000000000000", "%00", "' OR 1=1"])
def test_ids_that_are_nobody_s_are_not_found(house, what):
    for role, path in (
        ("sme_owner", f"/my/applications/{what}"),
        ("vendor_owner", f"/vendor/applications/{what}"),
        ("vendor_owner", f"/vendor/products/{what}"),
        ("secretariat_reviewer", f"/secretariat/review/product/{what}"),
        ("secretariat_reviewer", f"/secretariat/review/{what}/00000000-0000-0000-0000-000000000000"),
        ("secretariat_auditor", f"/secretariat/masters/{what}/2017"),
    ):
        assert house.browser(house.own[role]).get(path).status_code == 404, path


def test_a_package_s_id_is_not_a_product_s(house):
    path = house.address("/secretariat/review/product/{package}")
    assert house.browser(house.own["secretariat_reviewer"]).get(path).status_code == 404
