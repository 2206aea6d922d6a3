"""Signing in with OpenID Connect: the demo's real provider over HTTP, and one that lies in every way it can."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import oidc
import pytest
import requests
from flask import Response
from pages import PageClient
from sqlalchemy import func, select

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Person, SignInSession
from web import edge
from web.app import create_app
from web.demo import load
from web.demo.identity_provider import create_provider
from web.demo.notes import Client
from web.demo.people import PEOPLE, by_subject
from web.settings import OidcProvider
from web.sign_in.blueprint import safe_next

BACK = "http://localhost/sign-in/{}/callback"


def provider_settings(issuer: str) -> OidcProvider:
    return OidcProvider.model_validate(
        {
            "issuer": issuer,
            "client_id": oidc.CLIENT,
            "client_secret": oidc.SECRET,
            "label": {"ja": "試験のログイン", "en": "Test sign-in"},
        }
    )


@pytest.fixture(scope="module")
def hostile():
    provider = oidc.HostileProvider()
    with oidc.served(provider.application()) as issuer:
        provider.issuer = issuer
        yield provider


@pytest.fixture(scope="module")
def site(settings, hostile):
    """The site with the demo's provider, the lying one and one that is not there."""
    demo = create_provider(Client(oidc.CLIENT, oidc.SECRET, (BACK.format("demo"),)))
    with oidc.served(demo) as address:
        known = {
            "demo": provider_settings(address),
            "hostile": provider_settings(hostile.issuer),
            "away": provider_settings("http://127.0.0.1:9"),
        }
        app = create_app(settings.model_copy(update={"oidc_providers": known}))
        app.test_client_class = PageClient
        yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(services, site, hostile):
    hostile.lie = oidc.Lie()
    return site.test_client()


def leave(client, provider: str, **query: str):
    """Press the button: the answer that sends the browser to the provider."""
    page = client.get("/sign-in", query_string=query)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)
    return client.post(f"/sign-in/{provider}", data={"csrf_token": token})


def choose(answer, subject: str) -> str:
    """Choose a person on the demo provider's page, in a real browser's way: the address it sends back to."""
    browser = requests.Session()
    page = browser.get(answer.location, timeout=10)
    assert page.status_code == 200
    back = browser.post(answer.location, data={"sub": subject}, allow_redirects=False, timeout=10)
    assert back.status_code == 302
    return back.headers["Location"]


def to_hostile(client, hostile, **query: str) -> dict[str, str]:
    """Leave for the lying provider; what it learned of the request."""
    asked = {
        name: values[0]
        for name, values in parse_qs(urlsplit(leave(client, "hostile", **query).location).query).items()
    }
    hostile.nonce, hostile.challenge = asked["nonce"], asked["code_challenge"]
    return asked


def come_back(client, provider: str = "hostile", **query: str):
    return client.get(f"/sign-in/{provider}/callback", query_string=query)


def signed_in(client) -> bool:
    return not client.get("/sign-in/arrive").location.startswith("/sign-in")


def sessions() -> int:
    with act_as(SYSTEM):
        return db.session.scalar(select(func.count()).select_from(SignInSession))


_codes = iter(range(10**6))


def attempt(client, hostile, lie: oidc.Lie):
    asked = to_hostile(client, hostile)
    hostile.lie = lie
    return come_back(client, code=f"c{next(_codes)}", state=asked["state"])


# --- the whole way with the demo's provider ---


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
    ],
)
def test_nobody_is_sent_to_another_site(client, target):
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


def test_the_session_ends_after_an_hour_without_a_page_and_after_half_a_day(client, monkeypatch):
    start = datetime.now(UTC)
    moment = [start]

    class Watch(datetime):
        @classmethod
        def now(cls, _zone=None):
            return moment[0]

    monkeypatch.setattr(edge, "datetime", Watch)
    client.get(choose(leave(client, "demo"), "ramen-owner"))
    moment[0] += timedelta(minutes=59)
    assert signed_in(client)
    moment[0] += timedelta(minutes=61)
    assert not signed_in(client)
    client.get(choose(leave(client, "demo"), "ramen-owner"))
    began = moment[0]
    while moment[0] - began < timedelta(hours=11, minutes=30):
        moment[0] += timedelta(minutes=30)
        assert signed_in(client)
    moment[0] = began + timedelta(hours=12, minutes=1)
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


# --- what must not get in ---


def test_an_honest_answer_of_the_lying_provider_gets_in(client, hostile):
    """Else the refusals below would prove nothing."""
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    assert signed_in(client)


def honest(**changes):
    return lambda claims: {name: value for name, value in (claims | changes).items() if value is not None}


LIES = {
    "another issuer": oidc.Lie(claims=honest(iss="https://evil.example")),
    "no issuer": oidc.Lie(claims=honest(iss=None)),
    "for another client": oidc.Lie(claims=honest(aud="other")),
    "for another client, with our name as the party": oidc.Lie(claims=honest(aud="other", azp=oidc.CLIENT)),
    "for another client in a list": oidc.Lie(claims=honest(aud=["other"], azp=oidc.CLIENT)),
    "for us and another": oidc.Lie(claims=honest(aud=[oidc.CLIENT, "other"])),
    "for us and another, with our name": oidc.Lie(claims=honest(aud=["other", oidc.CLIENT], azp=oidc.CLIENT)),
    "for us and another, with the other's name": oidc.Lie(claims=honest(aud=[oidc.CLIENT, "other"], azp="other")),
    "for us, asked for by another": oidc.Lie(claims=honest(azp="other")),
    "for nobody": oidc.Lie(claims=honest(aud=None)),
    "for an empty list": oidc.Lie(claims=honest(aud=[])),
    "aud a number": oidc.Lie(claims=honest(aud=5)),
    "aud an object": oidc.Lie(claims=honest(aud={"a": 1})),
    "expired": oidc.Lie(claims=lambda claims: claims | {"exp": claims["iat"] - 60}),
    "expires never": oidc.Lie(claims=honest(exp=None)),
    "expires in words": oidc.Lie(claims=honest(exp="tomorrow")),
    "not valid yet": oidc.Lie(claims=lambda claims: claims | {"nbf": claims["iat"] + 600}),
    "from the future": oidc.Lie(claims=lambda claims: claims | {"iat": claims["iat"] + 600}),
    "no subject": oidc.Lie(claims=honest(sub=None)),
    "an empty subject": oidc.Lie(claims=honest(sub=""), userinfo=lambda info: info | {"sub": ""}),
    "a number as the subject": oidc.Lie(claims=honest(sub=5), userinfo=lambda info: info | {"sub": 5}),
    "a list as the subject": oidc.Lie(claims=honest(sub=["a"]), userinfo=lambda info: info | {"sub": ["a"]}),
    "no nonce": oidc.Lie(claims=honest(nonce=None)),
    "another nonce": oidc.Lie(claims=honest(nonce="replayed")),
    "unsigned": oidc.Lie(sign=oidc.unsigned),
    "signed with the client's secret": oidc.Lie(sign=oidc.hmac_with(oidc.SECRET.encode())),
    "signed with the public key as a secret": oidc.Lie(
        sign=lambda claims, provider: oidc.hmac_with(provider.key.as_pem(private=False))(claims, provider)
    ),
    "signed with an unknown key": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, provider.other, kid="unknown")
    ),
    "signed with another key under a known name": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims, provider.other)
    ),
    "changed after it was signed": oidc.Lie(
        sign=lambda claims, provider: re.sub(
            r"\.[^.]+\.", f".{oidc.segment(b'{}')}.", provider.signed(claims), count=1
        )
    ),
    "a signature cut off": oidc.Lie(
        sign=lambda claims, provider: provider.signed(claims).rpartition(".")[0] + "."
    ),
    "not a token": oidc.Lie(sign=lambda *_: "garbage"),
    "a list instead of a token": oidc.Lie(sign=lambda *_: ["a", "b"]),
    "an object instead of a token": oidc.Lie(sign=lambda *_: {"a": 1}),
    "no id_token": oidc.Lie(token=lambda answer, _: answer | {"id_token": None}),
    "id_token left out": oidc.Lie(token=lambda answer, _: {k: v for k, v in answer.items() if k != "id_token"}),
    "no access token": oidc.Lie(token=lambda answer, _: {"id_token": answer["id_token"]}),
    "an empty answer": oidc.Lie(token=lambda *_: {}),
    "a list as the answer": oidc.Lie(token=lambda *_: [1]),
    "null as the answer": oidc.Lie(token=lambda *_: Response("null", mimetype="application/json")),
    "HTML as the answer": oidc.Lie(token=lambda *_: Response("<html>")),
    "an error as the answer": oidc.Lie(
        token=lambda *_: Response('{"error": "no"}', 400, mimetype="application/json")
    ),
    "the provider fails": oidc.Lie(token=lambda *_: Response("oops", 500)),
    "userinfo of somebody else": oidc.Lie(userinfo=lambda info: info | {"sub": "somebody else"}),
    "userinfo of nobody": oidc.Lie(userinfo=lambda _: {"name": "x"}),
    "userinfo is a list": oidc.Lie(userinfo=lambda _: ["somebody"]),
    "userinfo is null": oidc.Lie(userinfo=lambda _: Response("null", mimetype="application/json")),
    "userinfo is HTML": oidc.Lie(userinfo=lambda _: Response("<html>")),
    "userinfo is refused": oidc.Lie(userinfo=lambda _: Response("{}", 401, mimetype="application/json")),
    "userinfo fails": oidc.Lie(userinfo=lambda _: Response("oops", 500)),
}


@pytest.mark.security
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_is_refused_with_a_page_and_no_session(client, hostile, lie):
    answer = attempt(client, hostile, lie)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "サインインを確認できませんでした" in answer.text
    assert not signed_in(client)
    assert sessions() == 0
    hostile.lie = oidc.Lie()


def test_odd_names_are_people_too(client, hostile):
    for number, name in enumerate((None, "", 5, ["a"], {"a": 1}, "長" * 10_000, "\x00", "<script>")):
        lie = oidc.Lie(
            claims=honest(sub=f"s{number}"),
            userinfo=lambda _, n=number, name=name: {"sub": f"s{n}", "name": name, "email": name},
        )
        answer = attempt(client, hostile, lie)
        assert answer.status_code == 302, name
        assert client.get("/my/register").status_code == 200
        client.post_form("/sign-out")


@pytest.mark.parametrize(
    "query",
    [
        {"state": "wrong"},
        {"state": ""},
        {"code": ""},
        {"error": "access_denied"},
        {"error": "server_error", "error_description": "<script>alert(1)</script>"},
        {"state": "\x00"},
        {"state": "a" * 5000},
    ],
)
def test_coming_back_with_something_else_than_one_left_with(client, hostile, query):
    asked = to_hostile(client, hostile)
    answer = come_back(client, **({"code": "c-x", "state": asked["state"]} | query))
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert not signed_in(client)


@pytest.mark.parametrize("query", [{}, {"code": "a"}, {"code": "a", "state": "b"}, {"error": "x"}])
def test_coming_back_without_having_left(client, query):
    assert come_back(client, **query).status_code == 422
    assert sessions() == 0


def test_whoever_turns_back_at_the_provider_is_back_at_sign_in_without_a_fault(client):
    answer = leave(client, "demo")
    browser = requests.Session()
    browser.get(answer.location, timeout=10)
    refused = browser.post(answer.location, data={"action": "deny"}, allow_redirects=False, timeout=10)
    back = client.get(refused.headers["Location"])
    assert (back.status_code, back.location) == (302, "/sign-in")
    page = client.get(back.location)
    assert "サインインを取りやめました" in page.text
    assert 'role="alert"' not in page.text
    assert sessions() == 0


def test_an_answer_that_is_out_of_date_says_so_and_leads_to_sign_in(client):
    answer = leave(client, "demo")
    first = choose(answer, "ramen-owner")
    client.get(first)
    again = client.get(choose(answer, "workshop-owner"))
    assert again.status_code == 422
    assert "いまのサインインはそのまま続いています" in again.text
    assert sessions() == 1
    client.post_form("/sign-out")
    page = client.get(first)
    assert page.status_code == 422
    assert re.search(r'href="/sign-in"[^>]*>[^\n]{0,80}サインインをやり直す', page.text)
    assert not signed_in(client)


def test_an_answer_counts_once(client, hostile):
    asked = to_hostile(client, hostile)
    query = {"code": "c-once", "state": asked["state"]}
    assert come_back(client, **query).status_code == 302
    client.post_form("/sign-out")
    assert come_back(client, **query).status_code == 422
    assert not signed_in(client)


def test_an_answer_to_somebody_else_s_request_is_nothing_to_this_browser(client, site, hostile):
    """Somebody cannot make another person's browser act as themselves."""
    attacker = site.test_client()
    asked = to_hostile(attacker, hostile)
    assert come_back(client, code="c-attacker", state=asked["state"]).status_code == 422
    assert not signed_in(client)


def test_an_answer_of_one_provider_is_nothing_at_another_s_address(client, hostile):
    asked = to_hostile(client, hostile)
    assert come_back(client, "demo", code="c-mixed", state=asked["state"]).status_code == 422
    assert not signed_in(client)


def test_the_code_is_bound_to_the_browser_that_asked(client, hostile):
    """PKCE: the verifier never left, so another's code is refused by the provider."""
    asked = to_hostile(client, hostile)
    hostile.challenge = "of somebody else"
    assert come_back(client, code="c-pkce", state=asked["state"]).status_code == 422


def test_a_provider_that_is_away_or_unknown(client):
    assert leave(client, "away").status_code == 422
    assert client.post_form("/sign-in/nobody").status_code == 404
    assert client.get("/sign-in/nobody/callback?code=a&state=b").status_code == 404
    assert client.get("/sign-in/demo").status_code == 405


def test_leaving_needs_the_form_s_token(client):
    assert client.post("/sign-in/demo").status_code == 400
