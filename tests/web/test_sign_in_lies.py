"""What a provider, or somebody between, may say that is not so: each is refused with a page, and starts no session."""

from __future__ import annotations

import re

import oidc
import pytest
import requests
from flask import Response
from lies import LIES, algorithms, honest
from ways_in import (
    BACK,
    attempt,
    choose,
    come_back,
    leave,
    new_code,
    newcomer,
    sessions,
    signed_in,
    to_hostile,
)

from web.sign_in import client as client_side


@pytest.fixture
def client(services, site, hostile):
    return newcomer(site, hostile)


def test_an_honest_answer_of_the_lying_provider_gets_in(client, hostile):
    """Else the refusals below would prove nothing."""
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    assert signed_in(client)


@pytest.mark.security
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_is_refused_with_a_page_and_no_session(client, hostile, lie, monkeypatch):
    monkeypatch.setattr(client_side, "PATIENCE_SECONDS", 2)
    answer = attempt(client, hostile, lie)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert "ログインを確認できませんでした" in answer.text
    assert not signed_in(client)
    assert sessions() == 0
    hostile.lie = oidc.Lie()


METADATA = {
    "another issuer": lambda said: said | {"issuer": "https://evil.example"},
    "no issuer": lambda said: {**said, "issuer": None},
    "a final slash more": lambda said: said | {"issuer": f"{said['issuer']}/"},
    "no endpoint to sign in at": lambda said: said | {"authorization_endpoint": None},
    "an endpoint that is a script": lambda said: said | {"authorization_endpoint": "javascript:alert(1)"},
    "an endpoint that is a file": lambda said: said | {"jwks_uri": "file:///etc/passwd"},
    "an endpoint that is a list": lambda said: said | {"token_endpoint": ["https://evil.example"]},
    "no userinfo": lambda said: {key: value for key, value in said.items() if key != "userinfo_endpoint"},
    "signs with nothing": algorithms("none"),
    "signs with secrets": algorithms("HS256", "HS512"),
    "signs with a number": lambda said: said | {"id_token_signing_alg_values_supported": 5},
    "a list": lambda _: [],
    "null": lambda _: Response("null", mimetype="application/json"),
    "HTML": lambda _: Response("<html>"),
    "nothing": lambda _: Response(""),
    "an error": lambda _: Response("{}", 503, mimetype="application/json"),
    "elsewhere": lambda _: Response("", 302, headers={"Location": "https://evil.example/"}),
    "an answer of depth": lambda _: Response('{"a":' * 50_000, mimetype="application/json"),
    "trickling": lambda _: oidc.trickling(),
    "endless": lambda _: oidc.endless(),
}


@pytest.mark.security
@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA)
def test_metadata_that_are_wrong_lead_nowhere_and_are_not_remembered(client, hostile, metadata, monkeypatch):
    monkeypatch.setattr(client_side, "PATIENCE_SECONDS", 2)
    hostile.lie = oidc.Lie(metadata=metadata)
    answer = leave(client, "hostile")
    assert answer.status_code == 422
    assert "ログインを確認できませんでした" in answer.text
    assert attempt(client, hostile, oidc.Lie()).status_code == 302, "right now, right at once"


@pytest.mark.security
def test_metadata_cannot_switch_off_what_protects_us(client, hostile):
    hostile.lie = oidc.Lie(
        metadata=lambda said: (
            said
            | {
                "code_challenge_method": None,
                "client_id": "other",
                "scope": "openid admin",
                "verify": False,
                "redirect_uri": "https://evil.example/",
            }
        )
    )
    asked = to_hostile(client, hostile)
    assert asked["code_challenge_method"] == "S256"
    assert asked["client_id"] == oidc.CLIENT
    assert asked["scope"] == "openid profile email"
    assert asked["redirect_uri"] == BACK.format("hostile")


def test_keys_that_could_not_be_read_are_asked_for_again(client, hostile):
    assert attempt(client, hostile, oidc.Lie(keys=lambda _: {"error": "starting"})).status_code == 422
    assert attempt(client, hostile, oidc.Lie()).status_code == 302


def test_a_provider_may_change_its_key(client, hostile):
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    client.post_form("/sign-out")
    renewed = oidc.HostileProvider().key
    answer = attempt(
        client,
        hostile,
        oidc.Lie(
            sign=lambda claims, provider: provider.signed(claims, oidc.named(renewed, "next"), kid="next"),
            keys=lambda _: {"keys": [oidc.named(renewed, "next").as_dict(private=False)]},
        ),
    )
    assert answer.status_code == 302


def test_the_only_key_needs_no_name(client, hostile):
    lie = oidc.Lie(sign=lambda claims, provider: provider.signed(claims, kid=None))
    assert attempt(client, hostile, lie).status_code == 302


@pytest.mark.security
def test_a_token_of_an_earlier_sign_in_is_refused(client, hostile):
    """Its nonce belongs to the way the browser went then."""
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    client.post_form("/sign-out")
    earlier = hostile.sent[-1]
    assert attempt(client, hostile, oidc.Lie(sign=lambda *_: earlier)).status_code == 422
    assert not signed_in(client)


# --- RFC 9207: the answer says whose it is ---

PROMISED = {"authorization_response_iss_parameter_supported": True}


@pytest.mark.security
@pytest.mark.parametrize(
    ("promised", "said", "status"),
    [
        (False, None, 302),
        (False, "right", 302),
        (False, "https://evil.example", 422),
        (False, "", 422),
        (True, "right", 302),
        (True, None, 422),
        (True, "", 422),
        (True, "https://evil.example", 422),
        (True, "right/", 422),
    ],
)
def test_an_answer_of_another_issuer_is_refused(client, hostile, promised, said, status):
    hostile.lie = oidc.Lie(metadata=lambda metadata: metadata | (PROMISED if promised else {}))
    asked = to_hostile(client, hostile)
    issuer = {} if said is None else {"iss": said.replace("right", hostile.issuer)}
    answer = come_back(client, code=new_code(), state=asked["state"], **issuer)
    assert answer.status_code == status
    assert signed_in(client) == (status == 302)


@pytest.mark.security
def test_a_refusal_of_another_issuer_is_none(client, hostile):
    to_hostile(client, hostile)
    assert come_back(client, error="access_denied", iss="https://evil.example").status_code == 422
    assert come_back(client, error="access_denied", iss=hostile.issuer).status_code == 302


def test_many_ways_begun_do_not_burst_the_cookie(client, hostile):
    for _ in range(12):
        asked = to_hostile(client, hostile)
    with client.session_transaction() as session:
        assert len([name for name in session if name.startswith("_state_")]) == 3
    assert come_back(client, code=new_code(), state=asked["state"]).status_code == 302


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
        {"state": None},
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
    assert sessions() == 0


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
    assert "ログインを取りやめました" in page.text
    assert 'role="alert"' not in page.text
    assert sessions() == 0


def test_an_answer_that_is_out_of_date_says_so_and_leads_to_sign_in(client):
    answer = leave(client, "demo")
    first = choose(answer, "ramen-owner")
    client.get(first)
    again = client.get(choose(answer, "workshop-owner"))
    assert again.status_code == 422
    assert "いまのログインはそのまま続いています" in again.text
    assert sessions() == 1
    client.post_form("/sign-out")
    page = client.get(first)
    assert page.status_code == 422
    assert re.search(r'href="/sign-in"[^>]*>[^\n]{0,80}ログインをやり直す', page.text)
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
