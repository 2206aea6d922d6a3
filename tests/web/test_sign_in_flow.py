"""Signing in with OpenID Connect, the whole way: the demo's real provider over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from ways_in import BACK, choose, leave, newcomer, signed_in

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Person
from web import edge
from web.app import create_app
from web.demo import load
from web.demo.people import PEOPLE, by_subject
from web.sign_in.blueprint import safe_next


@pytest.fixture
def client(services, site, hostile):
    return newcomer(site, hostile)


@pytest.mark.parametrize(
    "subject", ["ramen-owner", "vendor-owner", "secretariat-administrator", "committee-member"]
)
def test_the_whole_way_in_and_out(client, subject):
    load.load_everybody()
    answer = leave(client, "demo")
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 20
    assert len(asked["nonce"][0]) >= 16
    assert asked["redirect_uri"] == [BACK.format("demo")]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    back = client.get(choose(answer, subject))
    assert back.status_code == 302
    home = client.get(back.location, follow_redirects=True)
    assert home.status_code == 200
    assert by_subject(subject).organisation.name in home.text
    assert client.get("/sign-in").status_code == 302, "already inside"
    out = client.post_form("/sign-out")
    assert out.status_code == 302
    assert not signed_in(client)


def test_a_newcomer_is_led_to_registering_a_business(client):
    back = client.get(choose(leave(client, "demo"), PEOPLE[0].subject))
    page = client.get(back.location)
    assert (page.status_code, page.location) == (302, "/my/register")
    with act_as(SYSTEM):
        assert db.session.scalars(select(Person.name)).one() == PEOPLE[0].name


def test_one_goes_where_one_wanted_to_go(client):
    wanted = client.get("/my/profile?tab=1")
    assert wanted.status_code == 302
    assert wanted.location == "/sign-in?next=/my/profile?tab%3D1"
    assert "さきほどの続きに進みます" in client.get(wanted.location).text
    assert "さきほどの続き" not in client.get("/sign-in").text
    answer = leave(client, "demo", next="/my/profile?tab=1")
    assert client.get(choose(answer, "ramen-owner")).location == "/my/profile?tab=1"


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "///evil.example",
        "/%5cevil.example\\",
        "evil.example",
        "",
        "http:evil.example",
        "/\\/evil.example",
        "//evil.example\\@localhost",
        "/\x00/evil",
        "/packages?q=" + "a" * 5_000,
    ],
)
def test_nobody_is_sent_to_another_site_or_to_an_address_that_no_cookie_holds(client, target):
    answer = leave(client, "demo", next=target)
    back = client.get(choose(answer, "ramen-owner"))
    assert back.location == "/sign-in/arrive"


@pytest.mark.parametrize("target", ["/", "/my", "/packages?q=会計&page=2", "/compare?codes=A,B#top"])
def test_every_address_of_this_site_is_a_fair_wish(target):
    assert safe_next(target) == target


def test_the_cookie_is_the_browser_s_alone(client, site, settings):
    back = client.get(choose(leave(client, "demo"), "ramen-owner"))
    cookie = back.headers["Set-Cookie"]
    assert cookie.startswith("hojo=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Expires" not in cookie, "it ends with the browser"
    assert back.headers["Cache-Control"] == "no-store"
    secure = create_app(settings.model_copy(update={"cookie_secure": True}))
    assert secure.config["SESSION_COOKIE_SECURE"] is True


def test_what_was_in_the_cookie_before_signing_in_is_gone_after_it(client):
    answer = leave(client, "demo")
    with client.session_transaction() as session:
        before = dict(session)
    client.get(choose(answer, "ramen-owner"))
    with client.session_transaction() as session:
        assert set(session) - {"_permanent"} == {edge.SESSION_TOKEN}
        assert not any(name.startswith("_state") for name in session)
    assert any(name.startswith("_state") for name in before)


def test_a_cookie_from_before_signing_out_is_worth_nothing(client):
    client.get(choose(leave(client, "demo"), "ramen-owner"))
    with client.session_transaction() as session:
        kept = session[edge.SESSION_TOKEN]
    client.post_form("/sign-out")
    with client.session_transaction() as session:
        session[edge.SESSION_TOKEN] = kept
    assert not signed_in(client)
    with client.session_transaction() as session:
        assert edge.SESSION_TOKEN not in session, "a dead token is dropped"


def test_the_session_ends_after_an_hour_without_a_page_and_after_half_a_day(client, arrive):
    start = datetime.now(UTC)
    arrive(start)
    client.get(choose(leave(client, "demo"), "ramen-owner"))
    arrive(start + timedelta(minutes=59))
    assert signed_in(client)
    began = start + timedelta(minutes=59 + 61)
    arrive(began)
    assert not signed_in(client)
    client.get(choose(leave(client, "demo"), "ramen-owner"))
    for half_hours in range(1, 24):
        arrive(began + half_hours * timedelta(minutes=30))
        assert signed_in(client)
    arrive(began + timedelta(hours=12, minutes=1))
    assert not signed_in(client)


def test_switching_the_organisation_changes_the_token(client, organisation, actor_of):
    vendor, shop = organisation("vendor", name="二足の会社"), organisation("sme", name="二足の店")
    who = actor_of(vendor, "vendor_owner")
    with act_as(SYSTEM):
        from tenants.models import Membership  # noqa: PLC0415

        db.session.add(Membership(organisation_id=shop, person_id=who.person_id, role="sme_owner"))
        db.session.commit()
    client.act_as(who)
    with client.session_transaction() as session:
        before = session[edge.SESSION_TOKEN]
    answer = client.post_form("/sign-in/organisation", {"organisation": str(shop)})
    assert answer.status_code == 302
    with client.session_transaction() as session:
        assert session[edge.SESSION_TOKEN] != before
    assert client.get(answer.location).location == "/my"
    assert client.get("/vendor/").status_code == 403
    stranger = organisation("vendor")
    for wanted in (str(stranger), "not-an-id", ""):
        assert client.post_form("/sign-in/organisation", {"organisation": wanted}).status_code == 404
