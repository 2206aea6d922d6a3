"""A second way to sign in: proved with both, refused when it is somebody else's, never the last one taken off."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import oidc
import pytest
from lies import LIES
from sqlalchemy import select
from ways_in import asked_of, attempt, choose, come_back, leave, new_code, newcomer, proved_at, sessions, signed_in

from tenants import clock, linked_identities
from tenants.actor import SYSTEM
from tenants.audit import AuditEvent, verify
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, IdentityFacts, MirasapoAccount, Person
from tenants.notices.models import Posting
from web.edge import SESSION_TOKEN

PAGE = "/account/identities"
OLD = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def client(services, site, hostile):
    """A browser signed in with the lying provider, which was honest, as its somebody."""
    made = newcomer(site, hostile)
    assert attempt(made, hostile, oidc.Lie()).status_code == 302
    return made


def identities() -> list[tuple[str, str]]:
    with act_as(SYSTEM):
        rows = db.session.execute(
            select(ExternalIdentity.provider, ExternalIdentity.subject).order_by(ExternalIdentity.provider)
        )
        return [(row.provider, row.subject) for row in rows]


def people() -> int:
    with act_as(SYSTEM):
        return len(db.session.scalars(select(Person.id)).all())


def grow_old() -> None:
    proved_at(OLD)


def depart(client, hostile, provider: str = "gbizid") -> dict[str, str]:
    left = client.post_form(f"{PAGE}/{provider}/link")
    assert left.status_code == 302, left.text
    return asked_of(hostile, left)


def linked(client, hostile, lie: oidc.Lie, provider: str = "gbizid"):
    """To the second provider, which lies so, and back."""
    asked = depart(client, hostile, provider)
    hostile.lie = lie
    return come_back(client, provider, code=new_code(), state=asked["state"])


def says(**claims) -> oidc.Lie:
    told = oidc.GBIZID_PRIME | claims
    return oidc.Lie(claims=lambda honest: honest | {"sub": told["sub"]}, userinfo=lambda info: info | told)


def test_two_providers_are_one_person(client, hostile, site):
    page = client.get(PAGE).text
    assert "最後の1つは外せません" in page
    with client.session_transaction() as session:
        before = session[SESSION_TOKEN]
    left = client.post_form(f"{PAGE}/demo/link")
    assert "prompt=login" in left.location
    back = choose(left, "ramen-owner")
    answer = client.get(back)
    assert (answer.status_code, answer.location) == (302, PAGE)
    with client.session_transaction() as session:
        assert session[SESSION_TOKEN] != before, "another session from here on"
    assert [provider for provider, _ in identities()] == ["demo", "hostile"]
    assert people() == 1
    other = newcomer(site, hostile)
    assert other.get(choose(leave(other, "demo"), "ramen-owner")).status_code == 302
    assert people() == 1, "signing in with the second finds the same person"
    with act_as(SYSTEM):
        assert db.session.scalars(select(AuditEvent.name).order_by(AuditEvent.number)).all() == [
            "signed_in",
            "identity_linked",
            "signed_in",
        ]
        assert db.session.scalars(select(Posting.template)).all() == ["identity_linked"]
        assert list(verify()) == []


def test_what_the_second_one_vouches_for_is_kept_and_goes_with_it(client, hostile, site):
    with act_as(SYSTEM):
        before = db.session.scalars(select(Person.name)).one()
    assert linked(client, hostile, says(user_last_name="別姓")).location == PAGE
    with act_as(SYSTEM):
        assert db.session.scalars(select(IdentityFacts.corporate_number)).all() == ["7000012050002"]
        assert db.session.scalars(select(Person.name)).all() == [before], "the name stays as it was"
    elsewhere = newcomer(site, hostile)
    assert attempt(elsewhere, hostile, says(), "gbizid").status_code == 302
    assert signed_in(elsewhere)
    answer = client.post_form(f"{PAGE}/gbizid/unlink")
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert not signed_in(elsewhere), "whoever was signed in with it no longer is"
    assert signed_in(client)
    with act_as(SYSTEM):
        assert db.session.scalars(select(IdentityFacts.provider)).all() == []
    assert identities() == [("hostile", "somebody")]


def test_a_mirasapo_id_is_one_s_own_word_again(client, hostile):
    said = oidc.Lie(
        claims=lambda honest: honest | {"sub": "m-1"},
        userinfo=lambda info: info | {"sub": "m-1", "mirasapo_id": "hanako_01"},
    )
    assert linked(client, hostile, said, "mirasapo").location == PAGE
    with act_as(SYSTEM):
        assert db.session.scalars(select(MirasapoAccount.verified_at)).one() is not None
    assert client.post_form(f"{PAGE}/mirasapo/unlink").status_code == 302
    with act_as(SYSTEM):
        assert db.session.scalars(select(MirasapoAccount.verified_at)).one() is None


@pytest.mark.security
def test_an_identity_of_somebody_else_stays_theirs(client, hostile, site):
    theirs = newcomer(site, hostile)
    assert attempt(theirs, hostile, says(), "gbizid").status_code == 302
    answer = linked(client, hostile, says())
    assert answer.status_code == 409
    assert "すでにほかの利用者のログインに使われています" in answer.text
    assert people() == 2
    with act_as(SYSTEM):
        owners = set(db.session.scalars(select(ExternalIdentity.person_id)))
    assert len(owners) == 2


@pytest.mark.security
@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_links_nothing(client, hostile, lie):
    hostile.lie = oidc.Lie(metadata=lie.metadata)
    left = client.post_form(f"{PAGE}/mirasapo/link")
    if left.status_code == 302:
        asked = asked_of(hostile, left)
        hostile.lie = lie
        answer = come_back(client, "mirasapo", code=new_code(), state=asked["state"])
        assert answer.status_code == 422
    else:
        assert left.status_code == 422
    hostile.lie = oidc.Lie()
    assert identities() == [("hostile", "somebody")]
    assert signed_in(client), "still as before"


@pytest.mark.security
def test_both_must_be_proved_just_now(client, hostile):
    grow_old()
    answer = client.post_form(f"{PAGE}/gbizid/link")
    assert answer.status_code == 403
    assert "もう一度ご本人の確認をお願いします" in answer.text
    assert client.post_form(f"{PAGE}/hostile/unlink").status_code == 403
    proved_at(clock.now())
    old = oidc.Lie(
        claims=lambda honest: honest | {"sub": "g-1", "auth_time": honest["iat"] - 3600}, userinfo=says().userinfo
    )
    refused = linked(client, hostile, old)
    assert refused.status_code == 422
    assert f'href="{PAGE}"' in refused.text
    assert identities() == [("hostile", "somebody")]


@pytest.mark.security
def test_an_answer_counts_once_for_whom_it_was_asked_and_not_forever(client, hostile, site):
    asked = depart(client, hostile)
    hostile.lie = says()
    with client.session_transaction() as session:
        noted = {name: value for name, value in session.items() if name.startswith("_state_")}
    another = newcomer(site, hostile)
    hostile.lie = says(sub="g-9")
    attempt(another, hostile, oidc.Lie(claims=lambda c: c | {"sub": "x"}, userinfo=lambda i: i | {"sub": "x"}))
    with another.session_transaction() as session:
        session.update(noted)
    hostile.lie = says()
    hostile.nonce, hostile.challenge = asked["nonce"], asked["code_challenge"]
    stolen = come_back(another, "gbizid", code=new_code(), state=asked["state"])
    assert stolen.status_code == 422
    assert "ログインしている方が変わったため" in stolen.text
    nobody = site.test_client()
    with nobody.session_transaction() as session:
        session.update(noted)
    assert come_back(nobody, "gbizid", code=new_code(), state=asked["state"]).status_code in (401, 403, 422)
    with client.session_transaction() as session:
        way = next(name for name in session if name.startswith("_state_gbizid_"))
        kept = session[way]
        late = {**kept["data"]["again"], "left_at": kept["data"]["again"]["left_at"] - 3600}
        session[way] = {**kept, "data": {**kept["data"], "again": late}}
    slow = come_back(client, "gbizid", code=new_code(), state=asked["state"])
    assert slow.status_code == 422
    assert "時間がかかりすぎた" in slow.text
    assert come_back(client, "gbizid", code=new_code(), state=asked["state"]).status_code == 422, "and once only"
    assert ("gbizid", "g-1") not in identities()


def test_one_identity_of_each_provider(client, hostile):
    other = oidc.Lie(claims=lambda c: c | {"sub": "again"}, userinfo=lambda i: i | {"sub": "again"})
    answer = linked(client, hostile, other, "hostile")
    assert answer.status_code == 422
    assert "すでに別のアカウントがつながっています" in answer.text
    same = linked(client, hostile, oidc.Lie(), "hostile")
    assert same.location == PAGE, "the one that is there already is no error"
    assert identities() == [("hostile", "somebody")]


def test_the_last_one_and_the_one_in_use_stay(client, hostile):
    last = client.post_form(f"{PAGE}/hostile/unlink")
    assert last.status_code == 422
    assert "最後のログイン方法は外せません" in last.text
    assert linked(client, hostile, says()).location == PAGE
    used = client.post_form(f"{PAGE}/hostile/unlink")
    assert used.status_code == 422
    assert "いまのログインに使っている方法は外せません" in used.text
    assert client.post_form(f"{PAGE}/mirasapo/unlink").status_code == 404
    assert client.post_form(f"{PAGE}/nobody/link").status_code == 404
    page = client.get(PAGE).text
    assert re.findall(r'action="(/account/identities/[a-z]+/unlink)"', page) == [f"{PAGE}/gbizid/unlink"]


def test_whoever_declines_there_is_back_on_the_page(client, hostile):
    asked = depart(client, hostile)
    answer = client.get(
        "/sign-in/gbizid/callback", query_string={"error": "access_denied", "state": asked["state"]}
    )
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert "ログイン方法の追加を取りやめました" in client.get(PAGE).text
    assert sessions() == 1


def test_a_session_that_is_over_links_and_unlinks_nothing(client, hostile):
    with client.session_transaction() as session:
        token = session[SESSION_TOKEN]
    with act_as(SYSTEM):
        person = db.session.scalars(select(Person.id)).one()
    with clock.at(clock.now() + timedelta(hours=2)):
        for change in (
            lambda: linked_identities.link(token, "gbizid", "g-1", person=person),
            lambda: linked_identities.unlink(token, "hostile", person=person),
        ):
            with pytest.raises(Exception, match="not_found"):
                change()
    assert identities() == [("hostile", "somebody")]
