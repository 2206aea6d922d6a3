"""Proving once more who one is before what cannot be taken back, and the list of one's sessions."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import oidc
import pytest
from pages import PageClient
from ways_in import asked_of, attempt, come_back, new_code, newcomer, proved_at, signed_in

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import ExternalIdentity
from tenants.permissions import Permission
from web import guard
from web.app import create_app
from web.sign_in.devices import device_words, network_words

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PUBLISH = "/secretariat/publications"
DONE = "/sign-in/again/done"


@pytest.fixture
def client(services, site, hostile):
    return newcomer(site, hostile)


@pytest.fixture
def publisher(client, hostile, organisation, actor_of):
    """A browser of the secretariat's, signed in with the lying provider as its somebody."""
    who = actor_of(organisation("secretariat"), "secretariat_publisher")
    with act_as(SYSTEM):
        db.session.add(ExternalIdentity(provider="hostile", subject="somebody", person_id=who.person_id))
        db.session.commit()
    assert attempt(client, hostile, oidc.Lie()).status_code == 302
    return client


def grow_old() -> None:
    proved_at(LONG_AGO)


def is_asked(answer) -> bool:
    return answer.status_code == 403 and "もう一度ご本人の確認をお願いします" in answer.text


def prove(client, hostile, lie: oidc.Lie | None = None, target: str = PUBLISH, token: str | None = None):
    """The way to the provider for a fresh sign-in, and back. token: of the form, when it matters which."""
    form = {"next": target, "csrf_token": token or client.csrf_token()}
    left = client.post("/sign-in/again", data=form)
    assert left.status_code == 302
    asked = asked_of(hostile, left)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    hostile.lie = lie or oidc.Lie()
    return come_back(client, code=new_code(), state=asked["state"])


def test_publishing_asks_who_is_there_when_the_sign_in_is_old(publisher, hostile):
    assert publisher.post_form(PUBLISH).status_code == 422, "fresh: only nothing was chosen"
    grow_old()
    asked = publisher.post_form(PUBLISH, {"chosen": ["a", "b & <c>"]})
    assert is_asked(asked)
    assert publisher.get(PUBLISH).status_code == 200, "looking needs no fresh sign-in"
    answer = prove(publisher, hostile)
    assert (answer.status_code, answer.location) == (302, PUBLISH)
    assert publisher.post_form(PUBLISH).status_code == 422


def test_what_was_sent_is_on_the_page_and_can_be_sent_again(publisher, hostile):
    page = publisher.get("/sign-in/again").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    grow_old()
    asked = publisher.post(PUBLISH, data={"chosen": ["a", "b & <c>"], "csrf_token": token})
    assert is_asked(asked)
    form = asked.text[asked.text.index('id="send"') :]
    assert re.findall(r'name="chosen" value="([^"]+)"', form) == ["a", "b &amp; &lt;c&gt;"]
    assert f'action="{PUBLISH}"' in form
    assert prove(publisher, hostile, target=DONE, token=token).location == DONE
    assert "この画面を閉じて" in publisher.get(DONE).text
    again = publisher.post(PUBLISH, data={"chosen": ["a"], "csrf_token": token})
    assert again.status_code in (400, 422), "the form's token still holds; only the choice is none"
    assert "送信できませんでした" not in again.text


@pytest.mark.security
def test_a_form_of_somebody_else_s_is_not_made_ours_by_asking(publisher):
    grow_old()
    answer = publisher.post(PUBLISH, data={"chosen": "a"})
    assert answer.status_code == 400
    assert 'name="chosen"' not in answer.text


@pytest.mark.security
def test_the_session_is_another_one_afterwards(publisher, hostile):
    from web.edge import SESSION_TOKEN  # noqa: PLC0415

    with publisher.session_transaction() as session:
        before = session[SESSION_TOKEN]
    prove(publisher, hostile)
    with publisher.session_transaction() as session:
        assert session[SESSION_TOKEN] != before
        session[SESSION_TOKEN] = before
    assert not signed_in(publisher)


@pytest.mark.security
def test_an_old_sign_in_is_not_taken_for_a_new_one(publisher, hostile):
    grow_old()
    old = oidc.Lie(claims=lambda claims: claims | {"auth_time": claims["iat"] - 3600})
    answer = prove(publisher, hostile, old)
    assert answer.status_code == 422
    assert "本人確認が新しくありませんでした" in answer.text
    assert is_asked(publisher.post_form(PUBLISH))
    silent = oidc.Lie(claims=lambda claims: {name: claims[name] for name in claims if name != "auth_time"})
    assert prove(publisher, hostile, silent).status_code == 422
    assert is_asked(publisher.post_form(PUBLISH)), "who does not say when, does not say that it was just now"
    assert prove(publisher, hostile).status_code == 302
    assert publisher.post_form(PUBLISH).status_code == 422


@pytest.mark.security
def test_somebody_else_does_not_prove_it(publisher, hostile):
    grow_old()
    other = oidc.Lie(
        claims=lambda claims: claims | {"sub": "another"}, userinfo=lambda info: info | {"sub": "another"}
    )
    answer = prove(publisher, hostile, other)
    assert answer.status_code == 422
    assert "別のアカウントでした" in answer.text
    assert signed_in(publisher), "still as before"
    assert is_asked(publisher.post_form(PUBLISH))


@pytest.mark.security
def test_a_lie_makes_nothing_fresh(publisher, hostile):
    grow_old()
    for lie in (oidc.Lie(sign=oidc.unsigned), oidc.Lie(token=lambda *_: {})):
        assert prove(publisher, hostile, lie).status_code == 422
    assert is_asked(publisher.post_form(PUBLISH))


def test_signing_in_with_an_old_session_at_the_provider_is_not_fresh(client, hostile, publisher):
    client.post_form("/sign-out")
    old = oidc.Lie(claims=lambda claims: claims | {"auth_time": claims["iat"] - 3600})
    assert attempt(client, hostile, old).status_code == 302
    assert is_asked(client.post_form(PUBLISH))


def test_whoever_s_provider_is_gone_is_told_what_to_do(client, actor_of, organisation):
    client.act_as(actor_of(organisation("secretariat"), "secretariat_publisher"))
    answer = client.post_form("/sign-in/again", {"next": PUBLISH})
    assert answer.status_code == 422
    assert "このログイン方法は、いまは使えません" in answer.text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", ""])
def test_one_comes_back_to_this_site_only(publisher, hostile, target):
    assert prove(publisher, hostile, target=target).location == "/secretariat/"
    page = publisher.get("/sign-in/again", query_string={"next": target}).text
    assert 'name="next" value="/secretariat/"' in page


def test_files_that_were_sent_are_asked_for_again(publisher):
    grow_old()
    sent = {"chosen": "a", "file": (io.BytesIO(b"x"), "a.csv")}
    answer = publisher.post_form(
        PUBLISH,
        sent,
        content_type="multipart/form-data",
        headers={"Referer": "http://localhost/secretariat/x?y=1"},
    )
    assert is_asked(answer)
    assert "ファイルは、この画面には残せません" in answer.text
    assert 'name="next" value="/secretariat/x?y=1"' in answer.text


# --- routes that come later ---


@pytest.fixture(scope="module")
def later(settings):
    """A site with routes for granting and paying out that say nothing of a fresh sign-in."""
    app = create_app(settings)
    app.test_client_class = PageClient
    for needs in (Permission.DECIDE_GRANTS, Permission.PAY_OUT):
        view = guard.allow(needs)(lambda: "done")
        app.add_url_rule(f"/later/{needs}", needs, view, methods=["GET", "POST", "PUT", "DELETE"])
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.security
@pytest.mark.parametrize(
    ("needs", "role", "other"),
    [
        (Permission.DECIDE_GRANTS, "secretariat_administrator", "secretariat_payments"),
        (Permission.PAY_OUT, "secretariat_payments", "secretariat_administrator"),
    ],
)
def test_granting_and_paying_out_want_a_fresh_sign_in_of_themselves(
    services, later, organisation, actor_of, needs, role, other
):
    office, address = organisation("secretariat"), f"/later/{needs}"
    client = later.test_client().act_as(actor_of(office, role))
    assert client.post_form(address).text == "done"
    grow_old()
    for method in ("POST", "PUT", "DELETE"):
        assert is_asked(client.open(address, method=method, data={"csrf_token": client.csrf_token()}))
    assert client.get(address).text == "done", "looking needs no fresh sign-in"
    refused = later.test_client().act_as(actor_of(office, other)).post_form(address)
    assert refused.status_code == 403
    assert not is_asked(refused)


# --- the page of one's sessions ---


def test_the_page_shows_my_browsers_and_ends_them(publisher, hostile, site):
    phone = site.test_client()
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Safari/604.1"
    phone.environ_base["HTTP_USER_AGENT"] = agent
    assert attempt(phone, hostile, oidc.Lie()).status_code == 302
    page = publisher.get("/account/sessions").text
    assert "Safari / iPhone" in page
    assert "127.0.0.x" in page
    assert "試験のログイン" in page
    assert page.count("いま使っているブラウザー") == 1
    action = re.search(r'action="(/account/sessions/[0-9a-f-]+/end)"', page).group(1)
    assert publisher.post_form(action).location == "/account/sessions"
    assert not signed_in(phone)
    assert signed_in(publisher)
    assert publisher.post_form(action).status_code == 404


def test_all_others_at_once(publisher, hostile, site):
    others = [site.test_client() for _ in range(2)]
    for other in others:
        attempt(other, hostile, oidc.Lie())
    answer = publisher.post_form("/account/sessions/end-others")
    assert "ほかの2件をログアウトしました" in publisher.get(answer.location).text
    assert not any(signed_in(other) for other in others)
    again = publisher.post_form("/account/sessions/end-others")
    assert "ほかにログイン中のブラウザーはありません" in publisher.get(again.location).text


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 (KHTML) Chrome/140.0 Safari/537",
            "Chrome / Windows",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140.0 Safari/537 Edg/140.0", "Edge / Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) AppleWebKit/605 Version/18.0 Safari/605", "Safari / Mac"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537 Chrome/140.0 Mobile Safari/537", "Chrome / Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox / Linux"),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_in_few_words(agent, words):
    assert device_words(agent) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("203.0.113.77", "203.0.113.x"),
        ("::ffff:203.0.113.77", "203.0.113.x"),
        ("2001:db8:0:12::7", "2001:db8:0:x"),
        ("::1", "0:0:0:x"),
        ("unix", ""),
        (None, ""),
    ],
)
def test_a_network_is_not_a_person(address, words):
    assert network_words(address) == words
