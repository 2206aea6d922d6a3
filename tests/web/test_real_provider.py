"""Signing in with a real provider: oidc-provider in Node.js, which checks the PKCE verifier and the client's secret."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit, urlunsplit

import oidc
import pytest
import requests
from lies import honest
from sqlalchemy import select, update
from ways_in import (
    BACK,
    attempt,
    come_back,
    leave,
    new_code,
    newcomer,
    provider_settings,
    sessions,
    signed_in,
    site_with,
    to_hostile,
)

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, Person, SignInSession
from web.setup.environment import find_node

PROGRAM = Path(__file__).parents[1] / "real_provider.mjs"


@contextmanager
def real_provider() -> Iterator[str]:
    """The address at which the provider answers inside the block."""
    node = find_node()
    assert node, "no Node.js: run make setup-dev"
    client = {
        "client_id": oidc.CLIENT,
        "client_secret": oidc.SECRET,
        "redirects": [BACK.format(name) for name in ("real", "guessing")],
    }
    process = subprocess.Popen(
        [str(node), str(PROGRAM), json.dumps(client)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        told = process.stdout.readline()
        assert told, process.communicate()[1]
        yield json.loads(told)["issuer"]
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with real_provider() as address:
        yield address


@pytest.fixture(scope="module")
def site(settings, hostile, issuer):
    """The site that knows the provider, and knows it once more with a secret that is only guessed."""
    guessed = provider_settings(issuer, client_secret="a-secret-that-was-only-guessed")
    with site_with(settings, hostile, real=provider_settings(issuer), guessing=guessed) as app:
        yield app


@pytest.fixture
def client(services, site, hostile):
    return newcomer(site, hostile)


def through(answer, name: str = "hanako") -> str:
    """At the provider as a person with a browser: say who one is, agree; the address one is sent back to."""
    browser = requests.Session()
    page = browser.get(answer.location, timeout=20)
    for _ in range(4):
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text
        prompt = re.search(r'name="prompt" value="([^"]+)"', page.text)
        assert prompt, page.text
        said = {"prompt": prompt.group(1)} | (
            {"login": name, "password": "x"} if prompt.group(1) == "login" else {}
        )
        page = browser.post(urljoin(page.url, action.group(1)), data=said, allow_redirects=False, timeout=20)
        while page.is_redirect:
            onward = urljoin(page.url, page.headers["Location"])
            if urlsplit(onward).path.endswith("/callback"):
                return onward
            page = browser.get(onward, allow_redirects=False, timeout=20)
    raise AssertionError("the provider asks and asks")


def changed(address: str, **changes: str | None) -> str:
    """The same address with other parameters; None leaves one out."""
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return urlunsplit(parts._replace(query=urlencode({k: v for k, v in query.items() if v is not None})))


def test_the_whole_way(client, issuer):
    back = through(leave(client, "real"))
    assert parse_qs(urlsplit(back).query)["iss"] == [issuer], "RFC 9207"
    assert client.get(back).status_code == 302
    assert signed_in(client)
    with act_as(SYSTEM):
        assert db.session.execute(select(Person.name, Person.email)).one() == ("試験 hanako", "hanako@example.jp")


def test_it_is_added_to_somebody_s_account(client, hostile):
    """Signed in with another provider first; the real one asks for a fresh sign-in and proves it."""
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    back = through(client.post_form("/account/identities/real/link"))
    assert client.get(back).location == "/account/identities"
    assert client.get(back).status_code == 422, "its code and state count once"
    client.post_form("/sign-out")
    assert client.get(through(leave(client, "real"))).status_code == 302
    with act_as(SYSTEM):
        assert db.session.scalars(select(Person.name)).all() == ["試験 hanako"], "one person, known by both"


@pytest.mark.security
def test_a_wrong_verifier_is_refused_by_the_provider(client):
    """Whoever has the code but not the browser's secret has nothing."""
    back = through(leave(client, "real"))
    with client.session_transaction() as session:
        way = next(name for name in session if name.startswith("_state_real_"))
        kept = session[way]
        session[way] = {**kept, "data": {**kept["data"], "code_verifier": "v" * 48}}
    answer = client.get(back)
    assert answer.status_code == 422
    assert "ログインを確認できませんでした" in answer.text
    assert not signed_in(client)
    assert sessions() == 0


@pytest.mark.security
def test_a_wrong_secret_is_refused_by_the_provider(client):
    answer = client.get(through(leave(client, "guessing")))
    assert answer.status_code == 422
    assert sessions() == 0


@pytest.mark.security
def test_a_code_counts_once(client, site, hostile):
    back = through(leave(client, "real"))
    with client.session_transaction() as session:
        noted = dict(session)
    assert client.get(back).status_code == 302
    thief = newcomer(site, hostile)
    with thief.session_transaction() as session:
        session.update(noted)
    assert thief.get(back).status_code == 422
    assert not signed_in(thief)


@pytest.mark.security
@pytest.mark.parametrize("issuer_said", [None, "https://evil.example"])
def test_the_provider_promises_to_say_who_it_is(client, issuer_said):
    answer = client.get(changed(through(leave(client, "real")), iss=issuer_said))
    assert answer.status_code == 422
    assert sessions() == 0


@pytest.mark.security
def test_an_unknown_code_is_refused(client):
    assert client.get(changed(through(leave(client, "real")), code="guessed")).status_code == 422
    assert sessions() == 0


def test_a_fresh_sign_in_asks_anew_and_tells_when(client):
    assert client.get(through(leave(client, "real"))).status_code == 302
    with act_as(SYSTEM):
        long_ago = update(SignInSession).values(
            authenticated_at=SignInSession.created_at - db.func.make_interval(1)
        )
        db.session.execute(long_ago)
        db.session.commit()
    left = client.post_form("/sign-in/again", {"next": "/account/sessions"})
    answer = client.get(through(left))
    assert (answer.status_code, answer.location) == (302, "/account/sessions")
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(SignInSession.ended_at, SignInSession.authenticated_at - SignInSession.created_at).order_by(
                SignInSession.authenticated_at
            )
        ).all()
    assert [ended is not None for ended, _ in rows] == [True, False]
    assert rows[1][1].total_seconds() > -5


def test_another_person_at_the_provider_proves_nothing(client):
    assert client.get(through(leave(client, "real"))).status_code == 302
    left = client.post_form("/sign-in/again", {"next": "/account/sessions"})
    answer = client.get(through(left, "somebody-else"))
    assert answer.status_code == 422
    assert "別のアカウントでした" in answer.text


# --- two providers at once, one of them hostile: mixed up (RFC 9207, RFC 9700 4.4) ---


def sent_on(asked: dict[str, str], issuer: str, back: str = "real") -> SimpleNamespace:
    """The hostile provider sends a browser that came to it on to the real one, with all it was asked itself."""
    query = urlencode(asked | {"redirect_uri": BACK.format(back)})
    return SimpleNamespace(location=f"{issuer}/auth?{query}")


def redeemed(issuer: str, code: str, verifier: str, back: str = "real") -> dict[str, str]:
    """What the real provider gives for a code."""
    answer = requests.post(
        f"{issuer}/token",
        data={
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": BACK.format(back),
        },
        auth=(oidc.CLIENT, oidc.SECRET),
        timeout=20,
    )
    told: dict[str, str] = answer.json()
    return told


@pytest.mark.security
def test_a_code_of_the_real_provider_is_never_shown_to_the_hostile_one(client, hostile, issuer):
    """The mix-up attack: who began at the hostile provider is sent on to the real one, and agrees there."""
    shown = len(hostile.asked_with)
    asked = to_hostile(client, hostile)
    back = through(sent_on(asked, issuer))
    assert client.get(back).status_code == 422, "the real provider's address has nothing of this state"
    said = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert come_back(client, **said).status_code == 422, "it names the real issuer"
    assert hostile.asked_with[shown:] == []
    assert (signed_in(client), sessions()) == (False, 0)
    refused = requests.get(sent_on(asked, issuer, "hostile").location, timeout=20)
    assert refused.status_code == 400, "the real provider sends nobody to the other's address"


@pytest.mark.security
def test_answers_of_two_ways_begun_at_once_are_not_exchanged(client, hostile, issuer):
    theirs = to_hostile(client, hostile)["state"]
    back = through(leave(client, "real"))
    ours = parse_qs(urlsplit(back).query)["state"][0]
    shown = len(hostile.asked_with)
    for path, said in (
        ("real", {"code": new_code(), "state": ours, "iss": hostile.issuer}),
        ("real", {"code": new_code(), "state": theirs, "iss": issuer}),
        ("hostile", {"code": new_code(), "state": ours, "iss": hostile.issuer}),
        ("hostile", {"code": new_code(), "state": theirs, "iss": issuer}),
    ):
        assert come_back(client, path, **said).status_code == 422, (path, said)
    assert hostile.asked_with[shown:] == []
    assert (signed_in(client), sessions()) == (False, 0)


@pytest.mark.security
def test_an_id_token_of_the_real_provider_is_none_of_the_hostile_one_s(client, hostile, issuer, caplog):
    """Signed by the real one with the very nonce, and with its keys shown as one's own: it is another issuer's."""
    verifier = "v" * 48
    asked = to_hostile(client, hostile)
    back = through(sent_on(asked | {"code_challenge": oidc.challenge_of(verifier)}, issuer))
    stolen = redeemed(issuer, parse_qs(urlsplit(back).query)["code"][0], verifier)
    real_keys = requests.get(f"{issuer}/jwks", timeout=20).json()
    hostile.lie = oidc.Lie(
        sign=lambda *_: stolen["id_token"],
        token=lambda answer, _: answer | {"access_token": stolen["access_token"]},
        keys=lambda _: real_keys,
        userinfo=lambda info: info | {"sub": "hanako"},
    )
    assert come_back(client, code=new_code(), state=asked["state"]).status_code == 422
    assert hostile.sent[-1] == stolen["id_token"]
    assert "'iss'" in caplog.text, "nothing else was wrong with it"
    assert (signed_in(client), sessions()) == (False, 0)


@pytest.mark.security
def test_the_same_name_at_two_providers_is_two_people(client, site, hostile):
    assert client.get(through(leave(client, "real"), "hanako")).status_code == 302
    other = newcomer(site, hostile)
    lie = oidc.Lie(claims=honest(sub="hanako"), userinfo=lambda info: info | {"sub": "hanako", "name": "別人"})
    assert attempt(other, hostile, lie).status_code == 302
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(ExternalIdentity.provider, ExternalIdentity.subject, Person.name)
            .join(Person, Person.id == ExternalIdentity.person_id)
            .order_by(ExternalIdentity.provider)
        ).all()
    assert [tuple(row) for row in rows] == [("hostile", "hanako", "別人"), ("real", "hanako", "試験 hanako")]
