"""The demo's identity provider, spoken to as a relying party does."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.test import Client as WSGIClient

from tenants import identity_profiles
from tenants.permissions import ROLES
from web.demo import notes
from web.demo.businesses import ACCOUNTS
from web.demo.identity_provider import BUSINESSES, create_provider
from web.demo.identity_server import both
from web.demo.notes import Client
from web.demo.people import PEOPLE, by_subject

BACK = "http://127.0.0.1:8080/sign-in/demo/callback"
SITE = "http://127.0.0.1:8081"
SECRET = "a-secret-of-this-test"
ASK = {
    "client_id": "hojo-demo",
    "redirect_uri": BACK,
    "response_type": "code",
    "scope": "openid profile email",
    "state": "abc",
    "nonce": "n-1",
}


@pytest.fixture
def browser():
    provider = create_provider(Client("hojo-demo", SECRET, (BACK,)))
    return provider.test_client()


def ask(browser, method="get", data=None, **changes):
    return browser.open(
        "/oauth2/authorize", method=method, base_url=SITE, query_string={**ASK, **changes}, data=data
    )


def redeem(browser, code, secret=SECRET):
    return browser.post(
        "/oauth2/token",
        base_url=SITE,
        auth=("hojo-demo", secret),
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": BACK},
    )


def code_for(browser, subject):
    answer = ask(browser, "post", {"sub": subject})
    assert answer.status_code == 302
    assert answer.location.startswith(BACK)
    returned = parse_qs(urlsplit(answer.location).query)
    assert returned["state"] == ["abc"]
    return returned["code"][0]


def test_everybody_of_the_demo_is_on_the_page_with_one_button(browser):
    page = ask(browser).text
    for person in PEOPLE:
        assert page.count(f'value="{person.subject}"') == 1
        assert person.name in page
        assert person.organisation.name in page
        assert person.description.ja in page
    assert "<input" not in page
    assert 'lang="ja"' in page


def test_the_page_reads_in_english_too(browser):
    page = ask(browser, lang="en").text
    assert "Who would you like to be?" in page
    assert PEOPLE[0].description.en in page


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.subject)
def test_choosing_somebody_signs_in_as_them(browser, person):
    token = redeem(browser, code_for(browser, person.subject)).json
    keys = KeySet.import_key_set(browser.get("/jwks", base_url=SITE).json)
    claims = jwt.decode(token["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["sub"] == person.subject
    assert claims["iss"] == SITE
    assert claims["nonce"] == "n-1"
    profile = browser.get(
        "/userinfo", base_url=SITE, headers={"Authorization": f"Bearer {token['access_token']}"}
    ).json
    assert profile == {"sub": person.subject, "name": person.name, "email": person.email}


def test_nobody_but_the_people_listed(browser):
    assert ask(browser, "post", {"sub": "root"}).status_code == 400


def test_the_wrong_secret_gets_no_token(browser):
    assert redeem(browser, code_for(browser, PEOPLE[0].subject), secret="guessed").status_code in (400, 401)


def test_only_the_registered_address_is_sent_back_to(browser):
    answer = ask(browser, redirect_uri="https://elsewhere.example/")
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_an_unknown_client_is_refused_with_a_page_that_says_what_to_do(browser):
    answer = ask(browser, client_id="other")
    assert answer.status_code == 400
    assert "デモのサイトに戻り" in answer.text


def test_going_back_without_signing_in(browser):
    answer = ask(browser, "post", {"action": "deny"})
    assert parse_qs(urlsplit(answer.location).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", "/users/ramen-owner"),
        ("post", "/users/ramen-owner/revoke-tokens"),
        ("post", "/oauth2/clients"),
        ("get", "/oidc/login"),
        ("get", "/oauth2/end_session"),
        ("get", "/"),
        ("get", "/console"),
    ],
)
def test_nothing_but_signing_in_is_served(browser, method, path):
    assert browser.open(path, method=method, base_url=SITE, json={}).status_code == 404


def test_an_error_shows_no_debugger():
    provider = create_provider(Client("hojo-demo", SECRET, (BACK,)))
    provider.before_request_funcs[None].append(lambda: 1 / 0)
    provider.logger.disabled = True
    answer = provider.test_client().get("/jwks", base_url=SITE)
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "console" not in answer.text.lower()


def test_one_person_at_least_for_each_role_of_the_demo():
    held = {role for person in PEOPLE for role in person.roles}
    assert held <= set(ROLES)
    assert {
        "secretariat_administrator",
        "secretariat_reviewer",
        "secretariat_publisher",
        "secretariat_auditor",
        "vendor_owner",
        "vendor_viewer",
        "sme_owner",
        "committee_member",
    } <= held
    assert len({person.subject for person in PEOPLE}) == len(PEOPLE)
    assert by_subject("nobody") is None


# --- the one that plays GビズID ---


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.subject)
def test_a_business_account_says_what_gbizid_says(account):
    browser = create_provider(Client("hojo-demo", SECRET, (BACK,)), BUSINESSES).test_client()
    page = ask(browser).text
    assert account.name in page
    assert account.description.ja in page
    answer = browser.post(
        "/oauth2/authorize",
        base_url=SITE,
        query_string={**ASK, "scope": "openid profile user email"},
        data={"sub": account.subject},
    )
    token = redeem(browser, parse_qs(urlsplit(answer.location).query)["code"][0]).json
    told = browser.get(
        "/userinfo", base_url=SITE, headers={"Authorization": f"Bearer {token['access_token']}"}
    ).json
    said = identity_profiles.read("gbizid", told)
    assert said.name == account.name
    assert said.business.name == account.business
    assert said.email


def test_both_are_served_on_one_port_under_two_names(tmp_path):
    demo = notes.begin(tmp_path, "127.0.0.1", 8123, 8124, 8125)
    assert set(demo.settings()["oidc_providers"]) == {"demo", "gbizid"}
    served = WSGIClient(both(demo))
    for issuer, client, expected, other in (
        (demo.issuer, demo.client, PEOPLE[0].name, ACCOUNTS[0].name),
        (demo.business_issuer, demo.business_client, ACCOUNTS[0].name, PEOPLE[0].name),
    ):
        metadata = served.get("/.well-known/openid-configuration", base_url=issuer).json
        assert metadata["issuer"] == issuer
        back = {"redirect_uri": client.redirects[0]}
        page = served.get("/oauth2/authorize", base_url=issuer, query_string={**ASK, **back}).text
        assert expected in page
        assert other not in page
