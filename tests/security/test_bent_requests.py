"""Requests that are bent: no token, another method, ids that name nothing or what is another's, versions nobody saw.

What each role may ask for is walked in test_routes.py. Here whoever may asks, on every route, through the real
application's front door.
"""

from __future__ import annotations

import re
import uuid
from difflib import unified_diff
from typing import Any
from urllib.parse import urlencode

import house as building
import pytest
from everything import everything
from routes import ENDS_SESSION, FORMS, PAGES, ROUTES, WITHOUT_FORM_TOKEN, Route
from sqlalchemy import Engine, event

from tenants.actor import Actor
from web.lists import page_address

pytestmark = pytest.mark.security

FILLED = {"version": "1", "hash": "0" * 64, "reason": "x", "name": "x", "by_mail": "off"}
# A list's address may name what is no longer there: it is left out.
LISTS = {"public.compare", "sme.compare_quotes"}
# What these do rests on nothing that somebody may have changed meanwhile.
VERSIONLESS = ENDS_SESSION | {
    "secretariat.open_support_view",
    "secretariat.review_remark",
}


def test_without_its_token_no_form_does_anything(house, owner):
    """For whoever may, on every route: with a token made up, with that of another browser, and with none."""
    for route in FORMS:  # sign everybody in first
        house.browser(house.who_may(route))
    stranger = house.browser(house.strangers["vendor_owner"]).csrf_token()
    before = everything(owner)
    for route in (each for each in FORMS if each.endpoint not in WITHOUT_FORM_TOKEN):
        browser = house.browser(house.who_may(route))
        for data in ({}, {"csrf_token": "x"}, {"csrf_token": stranger}):
            answer = browser.post(house.address(route.path), data=data)
            assert answer.status_code == 400, (route.endpoint, data, answer.status_code)
    assert everything(owner) == before


def test_no_other_method_is_a_way_in(house, owner):
    """Neither a method nobody uses, nor a header or field by which some frameworks take one for another."""
    paths = {route.path: {r.method for r in ROUTES if r.path == route.path} for route in ROUTES}
    browser = house.browser(house.own["vendor_owner"])
    token = browser.csrf_token()
    before = everything(owner)
    for path, methods in paths.items():
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"):
            answer = browser.open(house.address(path), method=method, headers={"X-CSRFToken": token})
            assert answer.status_code == 405, (path, method, answer.status_code)
        if "POST" in methods:
            told = browser.options(house.address(path)).headers.get("Allow", "GET")  # none where one may not be
            assert set(told.split(", ")) <= {"GET", "HEAD", "OPTIONS", "POST"}, path
        if methods == {"POST"}:
            for how in (
                {"headers": {"X-HTTP-Method-Override": "POST", "X-Method-Override": "POST"}},
                {"query_string": {"_method": "POST", "csrf_token": token}},
            ):
                answer = browser.get(house.address(path), **how)
                assert answer.status_code in (302, 404, 405), (path, answer.status_code)
    assert everything(owner) == before


def test_looking_at_a_page_changes_nothing(house, owner):
    """Every page, by whoever may see it: a link, a picture's address or a prefetch can do no harm."""
    for route in PAGES:
        house.browser(house.who_may(route))
    before = everything(owner)
    for route in PAGES:
        browser = house.browser(house.who_may(route))
        assert browser.get(house.address(route.path), buffered=True).status_code < 500
        assert browser.head(house.address(route.path), buffered=True).status_code < 500
    assert everything(owner) == before


def test_what_an_address_asks_is_no_argument_of_ours(house):
    """Names that mean something to url_for, beside a filter whose chip keeps the rest of the address."""
    named = {"endpoint": "x", "self": "x", "_anchor": "x", "_external": "1", "_scheme": "http", "_method": "POST"}
    asked = named | {"name": "signed_in", "words": "x", "own_cost_max": "x"}
    for route in PAGES:
        browser = house.browser(house.who_may(route))
        address = house.address(route.path)
        answer = browser.get(f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", buffered=True)
        assert answer.status_code < 500, route.endpoint
        if answer.mimetype == "text/html":
            kept = [link for link in re.findall(r'href="([^"]*)"', answer.text) if "own_cost_max=x" in link]
            assert all(f"{name}={value}" in link for link in kept for name, value in named.items()), route.endpoint


def test_a_further_page_s_address_says_what_this_one_s_did(application):
    address = "/vendors?_scheme=javascript&endpoint=a&endpoint=b&words=%E8%8C%B6+%26&lang=en&page=3"
    with application.test_request_context(address):
        assert page_address(4) == "/vendors?_scheme=javascript&endpoint=a&endpoint=b&words=%E8%8C%B6+%26&page=4"


BENT_IDS = (
    "0",
    "-1",
    "99999999999999999999999999",
    "00000000-0000-0000-0000-000000000000",
    "../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "'%20OR%201=1--",
    "x" * 3000,
)


@pytest.mark.parametrize("bent", BENT_IDS)
def test_ids_that_name_nothing_are_not_found(house, bent):
    for route in PAGES:
        named = re.findall(r"\{(\w+)\}", route.path)
        if not named or route.endpoint in LISTS:
            continue
        path = route.path.format(**dict.fromkeys(named, bent))
        answer = house.browser(house.who_may(route)).get(path, buffered=True)
        # 403: asked for by a vendor's owner, as whoever may see pages that need no role.
        right = {302, 308, 400, 403, 404, 409, 414}
        assert answer.status_code in right, (route.endpoint, bent, answer.status_code)


def another_s(house: building.House, route: Route) -> tuple[list[Actor], str, str] | None:
    """Who asks, and with which addresses: one of what is another's, one of what is not there; None for no id."""
    ids = {name: value for name, value in house.names.items() if len(value) == len(str(uuid.UUID(int=0)))}
    named = re.findall(r"\{(\w+)\}", route.path)
    gone = house.names | {name: str(uuid.uuid4()) for name in ids}
    if route.endpoint.startswith("committee."):
        path = route.path.replace("{assignment}", "{colleague_s_assignment}")
        gone |= {"colleague_s_assignment": gone["assignment"]}
        return ([house.own["committee_member"]], path, path.format(**gone)) if path != route.path else None
    strangers = [house.strangers[name] for name in ("vendor_owner", "sme_owner")] + [house.nobody_yet]
    if set(named) & set(ids):
        return strangers, route.path, route.path.format(**gone)
    if "/D-1" in route.path:
        return strangers, route.path, house.address(route.path.replace("D-1", "D-0"))
    return None


def asked_for(browser: Any, route: Route, path: str, token: str, names: set[str]) -> tuple[int, str, list[str]]:
    """Status, all that the answer says but the names that were asked for, and the statements it took."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        if route.method == "GET":
            answer = browser.get(path, buffered=True)
        else:
            answer = browser.post(path, data=FILLED | {"csrf_token": token})
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    body = f"{answer.location} {sorted(answer.headers.keys())} {answer.text}"
    for name in names:
        body = body.replace(name, "NAME")
    return answer.status_code, re.sub(r'(csrf_token" value=")[^"]+', r"\1", body), asked


def test_what_is_another_s_and_what_is_not_there_look_and_cost_alike(house):
    """On every route that names a row: the same answer to the byte, after the same statements."""
    tried, wrong = 0, []
    for route in (each for each in ROUTES if each.endpoint not in LISTS):
        found = another_s(house, route)
        if found is None:
            continue
        who, theirs, gone = found
        paths = [house.address(theirs), gone]
        names = {part for path in paths for part in re.split(r"[/.?=]", path) if re.search(r"\d", part)}
        for actor in who:
            browser = house.browser(actor)
            token = browser.csrf_token()
            asked_for(browser, route, gone, token, names)  # what is read once and kept is read
            one, other = (asked_for(browser, route, path, token, names) for path in paths)
            tried += 1
            if one != other:
                lines = [each[1].splitlines() + each[2] for each in (one, other)]
                apart = [line for line in unified_diff(*lines, lineterm="", n=0) if line.strip()]
                wrong.append((route.endpoint, actor.audience, one[0], other[0], *apart))
    assert tried > 150
    assert wrong == []


@pytest.mark.parametrize(
    "version",
    ["", "-1", "0", "99999999999999999999", "１", "1e3", "NaN", "0x1", "1 OR 1=1", "\x00", "[]", "9" * 5000],
)
def test_versions_that_nobody_saw_change_nothing(house, owner, version):
    """Wherever a form carries the version that was read."""
    for route in FORMS:
        house.browser(house.who_may(route))
    before = everything(owner)
    for route in FORMS:
        if route.endpoint in VERSIONLESS or not re.search(r"\{|D-1|company|registration", route.path):
            continue
        if route.own in (302, 200):  # asks for no fields
            continue
        if version == "0" and route.endpoint.endswith("save_registration_section"):  # nobody wrote in it yet
            continue
        filled = {
            "version": version,
            "hash": version,
            "reason": "理由です。よろしくお願いします。",
            "seen": version,
        }
        browser = house.browser(house.who_may(route))
        answer = browser.post_form(house.address(route.path), data=filled)
        assert 400 <= answer.status_code < 500, (route.endpoint, version, answer.status_code)
    assert everything(owner) == before


# --- pages that are kept ---


def test_whoever_s_name_the_site_is_called_by_is_not_told_to_others(house):
    """A kept page must not carry the host that somebody made up, and nobody's headers are believed by themselves."""
    anybody = house.browser(None)
    for path in ("/", "/packages", f"/packages/{house.names['code']}", "/announcements.atom", "/sitemap.xml"):
        anybody.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert "evil.example" not in anybody.get(path).text
        assert "evil.example" not in anybody.get(path, headers={"X-Forwarded-Host": "evil.example"}).text


def test_a_public_page_s_etag_opens_nothing_of_a_signed_in_reader_s(house):
    anybody, reader = house.browser(None), house.browser(house.own["sme_owner"])
    for path in ("/packages", f"/packages/{house.names['code']}", "/vendors"):
        etag = anybody.get(path).headers.get("ETag")
        assert etag
        for said in (etag, "*"):
            answer = reader.get(path, headers={"If-None-Match": said})
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "ETag" not in answer.headers
    for path in (f"/my/applications/{house.names['application']}", "/vendor/registration/papers/{paper}"):
        for header in ({"If-None-Match": "*"}, {"If-Modified-Since": "Tue, 01 Jan 2097 00:00:00 GMT"}):
            stranger = house.browser(house.strangers["vendor_owner"])
            assert stranger.get(house.address(path), headers=header).status_code in (403, 404)
