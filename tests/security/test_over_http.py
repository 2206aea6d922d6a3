"""Two organisations attack each other, and everybody the site, through the real application's front door.

What each role may ask for is walked in test_routes.py. Here the requests themselves are bent: no token, another method,
ids and versions in forms, fields that are not on the form, sessions and letters used after their time.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any
from urllib.parse import urlencode

import house as building
import pytest
from everything import changed, everything
from routes import EVERYBODY, ROUTES, SIGNED_IN, WITHOUT_FORM_TOKEN, Route
from sqlalchemy import Engine, event, select
from together import at_once

from catalogue.models import Package, PackageItem, Product
from marketplace.models import GrantApplication
from search import engines
from search.embedded import EmbeddedEngine
from tenants import invitations, members
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership, Organisation
from tenants.notices.models import Posting
from web.edge import SESSION_TOKEN
from web.lists import page_address

pytestmark = pytest.mark.security

POSTS = [route for route in ROUTES if route.method == "POST" and not route.endpoint.startswith("api.")]
GETS = [route for route in ROUTES if route.method == "GET"]
FILLED = {"version": "1", "hash": "0" * 64, "reason": "x", "name": "x", "by_mail": "off"}
# A list's address may name what is no longer there: it is left out.
LISTS = {"public.compare", "sme.compare_quotes"}
# A browser that asks for these is somebody else afterwards.
ENDS_SESSION = {"sign_in.leave_site", "sign_in.switch"}
# What these do rests on nothing that somebody may have changed meanwhile.
VERSIONLESS = ENDS_SESSION | {
    "secretariat.open_support_view",
    "secretariat.review_remark",
}


@pytest.fixture(scope="module")
def house(ground, application, owner, tmp_path_factory) -> Iterator[building.House]:
    from conftest import _empty  # noqa: PLC0415

    before = engines._Chosen.engine
    made = EmbeddedEngine(tmp_path_factory.mktemp("index"))
    made.ensure_schema()
    engines.use(made)
    with ground.app_context():
        lived_in = building.build(application)
        # That somebody opened an enquiry is told to the other side, the first time: no other page changes anything.
        for place, who in (
            ("/my/enquiries/{enquiry}", "sme_owner"),
            ("/vendor/enquiries/{enquiry}", "vendor_owner"),
        ):
            assert lived_in.browser(lived_in.own[who]).get(lived_in.address(place)).status_code == 200
        yield lived_in
        db.session.remove()
        db.engine.dispose()
    with application.app_context():
        db.engine.dispose()
    engines._Chosen.engine = before
    _empty(owner)


def who_may(house: building.House, route: Route) -> Actor:
    """Somebody of the organisation whose things the route names, who may use it."""
    if route.who in (EVERYBODY, SIGNED_IN):
        return house.own["vendor_owner"]
    return house.own[route.only or sorted(route.who)[0]]


# --- the request itself ---


def test_without_its_token_no_form_does_anything(house, owner):
    """For whoever may, on every route: with a token made up, with that of another browser, and with none."""
    for route in POSTS:  # sign everybody in first
        house.browser(who_may(house, route))
    stranger = house.browser(house.strangers["vendor_owner"]).csrf_token()
    before = everything(owner)
    for route in (each for each in POSTS if each.endpoint not in WITHOUT_FORM_TOKEN):
        browser = house.browser(who_may(house, route))
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
    for route in GETS:
        house.browser(who_may(house, route))
    before = everything(owner)
    for route in GETS:
        browser = house.browser(who_may(house, route))
        assert browser.get(house.address(route.path), buffered=True).status_code < 500
        assert browser.head(house.address(route.path), buffered=True).status_code < 500
    assert everything(owner) == before


def test_what_an_address_asks_is_no_argument_of_ours(house):
    """Names that mean something to url_for, beside a filter whose chip keeps the rest of the address."""
    named = {"endpoint": "x", "self": "x", "_anchor": "x", "_external": "1", "_scheme": "http", "_method": "POST"}
    asked = named | {"name": "signed_in", "words": "x", "own_cost_max": "x"}
    for route in GETS:
        browser = house.browser(who_may(house, route))
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
    for route in GETS:
        named = re.findall(r"\{(\w+)\}", route.path)
        if not named or route.endpoint in LISTS:
            continue
        path = route.path.format(**dict.fromkeys(named, bent))
        answer = house.browser(who_may(house, route)).get(path, buffered=True)
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
    for route in POSTS:
        house.browser(who_may(house, route))
    before = everything(owner)
    for route in POSTS:
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
        browser = house.browser(who_may(house, route))
        answer = browser.post_form(house.address(route.path), data=filled)
        assert 400 <= answer.status_code < 500, (route.endpoint, version, answer.status_code)
    assert everything(owner) == before


# --- whose things a form names ---


def test_another_s_listings_are_not_chosen_in_a_list(house, owner):
    chosen = f"product:{house.names['product']}:1"
    stranger, shop = house.browser(house.strangers["vendor_owner"]), house.browser(house.own["sme_owner"])
    before = everything(owner)
    for place in ("/vendor/products/submit", "/vendor/packages/submit"):
        answer = stranger.post_form(place, data={"chosen": chosen})
        assert answer.status_code in (404, 422), answer.status_code
    answer = shop.post_form("/vendor/products/submit", data={"chosen": chosen})
    assert answer.status_code == 403
    assert changed(owner, before) == set()


def test_another_s_product_is_not_put_into_one_s_package(house):
    stranger = house.browser(house.strangers["vendor_owner"])
    page = stranger.get("/vendor/new-package")
    assert page.status_code == 200
    names = set(re.findall(r'name="([^"]+)"', page.text)) - {"csrf_token"}
    filled = dict.fromkeys(names, "D-1") | {"code": "THEIRS", "name": "横取りパック", "industries": "all"}
    answer = stranger.post_form("/vendor/new-package", data=filled)
    assert answer.status_code < 500
    assert building.SECRETS[0] not in answer.text
    with act_as(SYSTEM):
        held = select(PackageItem.organisation_id).join(Product, Product.id == PackageItem.product_id)
        wrong = held.where(PackageItem.organisation_id != Product.organisation_id)
        assert db.session.scalars(wrong).all() == []
        db.session.rollback()


@pytest.mark.parametrize("who", ["vendor_owner", "sme_owner", "secretariat_administrator"])
def test_the_people_of_others_are_not_reached_through_a_form(house, owner, who):
    """``committee`` names whose people are meant; only the secretariat's own committees can be."""
    with act_as(SYSTEM):
        others = {
            str(row)
            for row in db.session.scalars(
                select(Organisation.id).where(
                    Organisation.kind != "committee", Organisation.id != house.own[who].organisation_id
                )
            )
        }
        db.session.rollback()
    browser = house.browser(house.own[who], fresh=True)
    before = everything(owner)
    colleague = house.names["colleague"]
    for other in others:
        asked = browser.get("/organisation/people", query_string={"committee": other})
        assert asked.status_code == 404
        for path, data in (
            ("/organisation/people/invite", {"email": "me@evil.example", "roles": "vendor_owner"}),
            (f"/organisation/people/{colleague}/roles", {"roles": "vendor_owner"}),
            (f"/organisation/people/{colleague}/remove", {}),
            (f"/organisation/invitations/{house.names['invitation']}/revoke", {}),
        ):
            for how in (
                {"data": data | {"committee": other}},
                {"data": data, "query_string": {"committee": other}},
            ):
                answer = browser.post_form(path, **how)
                assert answer.status_code == 404, (path, answer.status_code)
    assert changed(owner, before) == set()


def test_roles_of_another_kind_are_not_given(house, owner):
    browser = house.browser(house.own["vendor_owner"], fresh=True)
    before = everything(owner)
    for role in ("secretariat_administrator", "sme_owner", "committee_member", "system", "", "vendor_owner,x"):
        for path in (f"/organisation/people/{house.names['colleague']}/roles", "/organisation/people/invite"):
            answer = browser.post_form(path, data={"roles": ["vendor_viewer", role], "email": "a@evil.example"})
            assert answer.status_code == 422, (role, path)
    assert changed(owner, before) == set()


def test_nobody_switches_to_an_organisation_that_is_not_theirs(house):
    for person in (house.own["vendor_owner"], house.own["sme_member"], house.nobody_yet):
        browser = house.browser(person, fresh=True)
        for other in (house.own["secretariat_administrator"], house.strangers["vendor_owner"]):
            answer = browser.post_form("/sign-in/organisation", data={"organisation": str(other.organisation_id)})
            assert answer.status_code == 404
        assert browser.get("/secretariat/").status_code == 403


EXTRA = {
    "kind": "secretariat",
    "standing": "adopted",
    "state": "published",
    "role": "secretariat_administrator",
    "roles": "secretariat_administrator",
    "number_verified_at": "2026-01-01",
    "registered_on": "2026-01-01",
    "submitted_at": "2020-01-01",
    "decided_at": "2020-01-01",
    "subsidy_yen": "1000000",
    "estimate": '{"subsidy_yen": 1000000}',
}


def test_fields_that_are_not_on_the_form_do_nothing(house):
    newcomer = house.browser(house.nobody_yet, fresh=True)
    theirs = house.strangers["sme_owner"].organisation_id
    shop = {"form": "sole_proprietor", "name": "欲ばりの店", "prefecture": "東京都", "address": "1-1"}
    extra = EXTRA | {"organisation_id": str(theirs), "id": str(theirs), "person_id": str(uuid.uuid4())}
    answer = newcomer.post_form("/my/register", data=shop | extra | {"form": "sole_proprietor"})
    assert answer.status_code == 302, answer.text
    with act_as(SYSTEM):
        made = db.session.scalars(select(Organisation).where(Organisation.name == "欲ばりの店")).one()
        assert (made.kind, made.standing, made.number_verified_at) == ("sme", None, None)
        assert made.id != theirs
        roles = db.session.scalars(select(Membership.role).where(Membership.organisation_id == made.id)).all()
        assert roles == ["sme_owner"]
        db.session.rollback()


def test_an_edited_listing_stays_its_vendor_s_draft(house):
    browser = house.browser(house.own["vendor_owner"])
    page = browser.get("/vendor/packages/DP-1/edit")
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page.text)
    filled = {name: value for name, value in found if name != "csrf_token"}
    other = str(house.strangers["vendor_owner"].organisation_id)
    more = EXTRA | {"organisation_id": other, "vendor": other, "code": "DP-1", "name": building.SECRETS[1]}
    browser.post_form("/vendor/packages/DP-1/edit", data=filled | more)
    with act_as(SYSTEM):
        row = db.session.scalars(select(Package).where(Package.code == "DP-1")).one()
        assert (row.state, row.organisation_id) == ("draft", house.own["vendor_owner"].organisation_id)
        assert row.submitted_at is row.decided_at is None
        db.session.rollback()


def test_an_application_says_what_the_site_worked_out(house):
    """What a browser sends as amounts is not looked at."""
    with act_as(SYSTEM):
        before = db.session.scalars(select(GrantApplication)).one()
        told, version = json.dumps(before.estimate, sort_keys=True), before.version
        db.session.rollback()
    path = f"/my/applications/{house.names['application']}"
    for person, action in ((house.own["sme_owner"], "confirm"), (house.own["sme_owner"], "correction")):
        answer = house.browser(person).post_form(f"{path}/{action}", data=EXTRA | {"version": str(version)})
        assert 400 <= answer.status_code < 500
    with act_as(SYSTEM):
        after = db.session.scalars(select(GrantApplication)).one()
        assert json.dumps(after.estimate, sort_keys=True) == told
        assert after.state == "draft"
        db.session.rollback()


# --- sessions and letters after their time ---


def copied(house: building.House, browser: Any) -> Any:
    """A thief's browser with a copy of the other one's cookie."""
    thief = building.QuickClient(house.site, house.site.response_class)
    with browser.session_transaction() as session, thief.session_transaction() as stolen:
        stolen[SESSION_TOKEN] = session[SESSION_TOKEN]
    return thief


def test_a_copied_cookie_is_worth_nothing_after_signing_out_or_switching(house):
    for path, data in (
        ("/sign-out", {}),
        ("/sign-in/organisation", {"organisation": str(house.own["vendor_owner"].organisation_id)}),
    ):
        browser = house.browser(house.own["vendor_owner"], fresh=True)
        thief = copied(house, browser)
        assert thief.get("/vendor/products").status_code == 200
        assert browser.post_form(path, data=data).status_code == 302
        answer = thief.get("/vendor/products")
        assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in")


def test_a_cookie_that_somebody_made_is_nobody_s(house):
    for made in ("eyJzaWduX2luX3Rva2VuIjoiYSJ9.x.y", '{"sign_in_token": "x"}', "x" * 3000):
        browser = building.QuickClient(house.site, house.site.response_class)
        browser.set_cookie(house.site.config["SESSION_COOKIE_NAME"], made)
        assert browser.get("/vendor/products").status_code == 302


def test_a_role_that_was_taken_is_gone_with_the_next_request(house, actor_made):
    """Also for a page that was open, with its token and its version."""
    editor = actor_made("vendor_editor")
    browser = house.browser(editor, fresh=True)
    assert browser.get("/vendor/products/D-1/edit").status_code in (200, 409)
    with act_as(house.own["vendor_owner"]):
        members.change_roles(editor.person_id, ["vendor_viewer"])
    assert browser.post_form("/vendor/products/D-1/take-back", data={"version": "1"}).status_code == 403
    assert browser.get("/vendor/products").status_code == 200
    with act_as(house.own["vendor_owner"]):
        members.remove(editor.person_id)
    answer = browser.get("/vendor/products/D-1")
    assert answer.status_code == 403
    assert building.SECRETS[0] not in answer.text
    back = browser.post_form("/sign-in/organisation", data={"organisation": str(editor.organisation_id)})
    assert back.status_code == 404


@pytest.fixture
def actor_made(house) -> Any:
    def make(role: str) -> Actor:
        with act_as(SYSTEM):
            return building._person(house.own["vendor_owner"].organisation_id, "vendor", role)

    return make


def letter_of(house: building.House) -> tuple[uuid.UUID, str]:
    """A new invitation into the vendor, and the token of its letter."""
    with act_as(house.own["vendor_owner"]):
        made = invitations.invite(f"{uuid.uuid4().hex}@example.jp", ["vendor_viewer"])
    with act_as(SYSTEM):
        links = db.session.scalars(select(Posting.link).order_by(Posting.created_at.desc())).all()
        db.session.rollback()
    return made, next(link for link in links if "#" in link).rpartition("#")[2]


def holding(house: building.House, token: str) -> tuple[Actor, Any]:
    with act_as(SYSTEM):
        guest = building._person(None, "public")
    browser = house.browser(guest, fresh=True)
    assert browser.post_form("/organisation/invitation", data={"code": token}).status_code == 302
    return guest, browser


def test_of_two_who_open_one_letter_at_once_one_joins_and_not_again(house):
    _, token = letter_of(house)
    guests = [holding(house, token) for _ in range(3)]
    tokens = [browser.csrf_token() for _, browser in guests]
    got = at_once(
        [
            lambda b=browser, t=written: b.post("/organisation/invitation/accept", data={"csrf_token": t})
            for (_, browser), written in zip(guests, tokens, strict=True)
        ]
    )
    assert sorted(got) == [302, 410, 410]
    inside = [guest for guest, browser in guests if browser.get("/vendor/products").status_code == 200]
    assert len(inside) == 1
    with act_as(house.own["vendor_owner"]):
        members.remove(inside[0].person_id)
    again = house.browser(inside[0], fresh=True)
    again.post_form("/organisation/invitation", data={"code": token})
    assert again.post_form("/organisation/invitation/accept").status_code == 410
    assert again.get("/vendor/products").status_code == 403


def test_taking_a_letter_back_and_opening_it_at_once_ends_one_way(house):
    made, token = letter_of(house)
    _, browser = holding(house, token)
    desk = house.browser(house.own["vendor_owner"])
    accept, revoke = browser.csrf_token(), desk.csrf_token()
    got = at_once(
        [
            lambda: browser.post("/organisation/invitation/accept", data={"csrf_token": accept}),
            lambda: desk.post(f"/organisation/invitations/{made}/revoke", data={"csrf_token": revoke}),
        ]
    )
    joined = browser.get("/vendor/products").status_code == 200
    assert got in ([302, 404], [410, 302])
    assert joined is (got[0] == 302)


def test_of_the_last_two_owners_one_stays(house):
    with act_as(SYSTEM):
        place = building._organisation("sme", "ふたりの店")
        owners = [building._person(place, "sme", "sme_owner") for _ in range(2)]
    browsers = [house.browser(each, fresh=True) for each in owners]
    tokens = [browser.csrf_token() for browser in browsers]
    at_once(
        [
            lambda b=browser, t=token: b.post(
                "/organisation/leave", data={"csrf_token": t, "organisation": str(place)}
            )
            for browser, token in zip(browsers, tokens, strict=True)
        ]
    )
    with act_as(SYSTEM):
        left = db.session.scalars(select(Membership.role).where(Membership.organisation_id == place)).all()
        db.session.rollback()
    assert left == ["sme_owner"]


# --- looking in to help ---


def test_who_looks_in_to_help_gets_through_with_no_form(house, owner):
    """Every route that changes something, with a true token: nothing happens but the end of the look."""
    reviewer = house.own["secretariat_reviewer"]
    browser = house.browser(reviewer, fresh=True)
    opened = browser.post_form(
        f"/secretariat/organisations/{house.names['shop']}/support-view", data={"reason": "お電話でのご相談のため"}
    )
    assert opened.status_code == 302
    assert browser.get("/my/applications").status_code == 200
    before = everything(owner)
    for route in POSTS:
        if route.endpoint in ENDS_SESSION | {"organisation.close_support_view"}:
            continue
        answer = browser.post_form(house.address(route.path), data={"version": "1"})
        assert answer.status_code == 403, (route.endpoint, answer.status_code)
    assert changed(owner, before) == set()
    # Another of the secretariat cannot go on with it, and it ends with the role.
    with browser.session_transaction() as session:
        view = session["support_view"]
    colleague = house.browser(house.own["secretariat_administrator"], fresh=True)
    with colleague.session_transaction() as session:
        session["support_view"] = view
    assert colleague.get("/my/applications").status_code == 403


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
