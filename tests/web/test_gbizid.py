"""Signing in with GビズID and with ミラサポ: what they vouch for is not typed, and who may only look is told kindly."""

from __future__ import annotations

import grants
import oidc
import pytest
from oidc import GBIZID_PRIME as PRIME
from sqlalchemy import select
from ways_in import attempt, newcomer, sessions, signed_in, to_hostile

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import IdentityFacts, MirasapoAccount, Organisation, Person
from web.sign_in.client import CLIENTS


@pytest.fixture
def client(services, site, hostile):
    return newcomer(site, hostile)


def says(**changes):
    """A provider whose ID token says nothing but who, and whose userinfo says all."""
    told = {name: value for name, value in {**PRIME, **changes}.items() if value is not None}
    return oidc.Lie(userinfo=lambda info: told | {"sub": info["sub"]})


def registered() -> Organisation:
    columns = (Organisation.name, Organisation.corporate_number, Organisation.prefecture, Organisation.address)
    with act_as(SYSTEM):
        return tuple(db.session.execute(select(*columns).where(Organisation.kind == "sme")).one())


def test_all_ways_to_sign_in_are_on_the_page_with_whom_they_are_for(client):
    page = client.get("/sign-in").text
    for name in ("demo", "hostile", "gbizid", "mirasapo", "away"):
        assert f'action="/sign-in/{name}"' in page
    assert "「エントリー」では、さがす・比べるところまで使えます" in page
    assert "2017年度の公募" in page


def test_gbizid_is_asked_for_named_scopes_and_needs_no_sign_out_address(client, hostile):
    asked = to_hostile(client, hostile, "gbizid")
    assert asked["scope"] == "openid profile user email"
    assert asked["code_challenge_method"] == "S256"
    assert attempt(client, hostile, says(), "gbizid").status_code == 302
    out = client.post_form("/sign-out")
    assert "GビズID側のログインは、しばらく残ることがあります" in client.get(out.location).text
    assert not signed_in(client)


def test_the_secret_goes_in_the_header_only(site):
    for name in ("demo", "gbizid"):
        client = site.extensions[CLIENTS].create_client(name)
        assert client.client_kwargs["token_endpoint_auth_method"] == "client_secret_basic"


def test_a_prime_account_registers_its_business_by_one_press(client, hostile):
    assert attempt(client, hostile, says(), "gbizid").status_code == 302
    with act_as(SYSTEM):
        assert db.session.scalars(select(Person.name)).one() == "山田 花子"
    page = client.get("/my/register").text
    assert "GビズIDで確認された内容" in page
    assert "7000012050002" in page
    for name in ("name", "form", "corporate_number", "prefecture", "address"):
        assert f'name="{name}"' not in page
    answer = client.post_form("/my/register", {})
    assert answer.status_code == 302, answer.text
    assert registered() == ("株式会社ひまわり", "7000012050002", "東京都", "千代田区霞が関1-1")


def test_what_is_locked_is_not_changed_by_sending_something_else(client, hostile):
    attempt(client, hostile, says(), "gbizid")
    forged = {
        "name": "乗っ取り株式会社",
        "form": "corporation",
        "corporate_number": "1180301018771",
        "prefecture": "大阪府",
        "address": "大阪市1-1",
    }
    assert client.post_form("/my/register", forged).status_code == 302
    assert registered() == ("株式会社ひまわり", "7000012050002", "東京都", "千代田区霞が関1-1")


def test_a_sole_proprietor_registers_without_a_number(client, hostile):
    attempt(client, hostile, says(corp_type="2", corporate_number="12345", name="食堂ひまわり"), "gbizid")
    assert client.post_form("/my/register", {"corporate_number": "7000012050002"}).status_code == 302
    assert registered()[:2] == ("食堂ひまわり", None)


def test_what_gbizid_leaves_open_is_typed(client, hostile):
    attempt(client, hostile, says(prefecture_name="江戸"), "gbizid")
    assert 'name="prefecture"' in client.get("/my/register").text
    assert client.post_form("/my/register", {}).status_code == 422
    assert client.post_form("/my/register", {"prefecture": "東京都"}).status_code == 302


def test_an_entry_account_is_filled_in_and_may_be_changed(client, hostile):
    attempt(client, hostile, says(account_type="1"), "gbizid")
    page = client.get("/my/register").text
    assert 'value="株式会社ひまわり"' in page
    assert "GビズIDエントリーでは、申請まではできません" in page


def test_an_entry_account_looks_at_everything_and_is_told_how_to_apply(
    client, hostile, site, organisation, actor_of
):
    world = grants.build(organisation, actor_of, now=True)
    client.act_as(world.sme)
    with act_as(SYSTEM):
        facts = {"account_type": "entry", "verified_at": grants.clock.now()}
        db.session.add(IdentityFacts(person_id=world.sme.person_id, provider="gbizid", **facts))
        db.session.commit()
    assert client.get("/packages").status_code == 200
    page = client.get(f"/my/applications/start/{grants.CODE}")
    assert page.status_code == 200
    assert "いまのアカウントでは申請できません" in page.text
    assert "gbiz-id.go.jp" in page.text
    assert "この内容で申請を始める" not in page.text
    publication = {"publication": "00000000-0000-0000-0000-000000000000"}
    refused = client.post_form(f"/my/applications/start/{grants.CODE}", publication)
    assert refused.status_code == 403
    assert "GビズIDプライム" in refused.text


@pytest.mark.security
@pytest.mark.parametrize(
    "changes",
    [
        {"account_type": None},
        {"account_type": "9"},
        {"corporate_number": "8000012050002"},
        {"corporate_number": None},
        {"corp_type": "7"},
    ],
)
def test_facts_that_cannot_be_are_refused_with_a_page(client, hostile, changes):
    answer = attempt(client, hostile, says(**changes), "gbizid")
    assert answer.status_code == 422
    assert sessions() == 0


@pytest.mark.security
def test_what_the_id_token_says_of_the_business_is_not_read(client, hostile):
    lie = says(account_type="1")
    lie.claims = lambda claims: claims | {"account_type": "2", "corporate_number": "1180301018771"}
    assert attempt(client, hostile, lie, "gbizid").status_code == 302
    with act_as(SYSTEM):
        found = db.session.execute(select(IdentityFacts.account_type, IdentityFacts.corporate_number)).one()
    assert tuple(found) == ("entry", "7000012050002")


def mirasapo() -> tuple[str, bool]:
    with act_as(SYSTEM):
        row = db.session.execute(select(MirasapoAccount.mirasapo_id, MirasapoAccount.verified_at)).one()
    return row[0], row[1] is not None


def test_mirasapo_vouches_for_its_id(client, hostile):
    lie = oidc.Lie(userinfo=lambda info: info | {"mirasapo_id": "hanako.2017"})
    assert attempt(client, hostile, lie, "mirasapo").status_code == 302
    assert mirasapo() == ("hanako.2017", True)
    assert 'value="hanako.2017"' in client.get("/my/register").text


def test_without_its_id_mirasapo_is_not_believed(client, hostile):
    assert attempt(client, hostile, oidc.Lie(), "mirasapo").status_code == 422


def test_a_mirasapo_id_is_checked_in_the_form_and_recorded(client, hostile):
    attempt(client, hostile, oidc.Lie())
    form = {"name": "食堂", "form": "sole_proprietor", "prefecture": "東京都", "address": "千代田区1-1"}
    refused = client.post_form("/my/register", {**form, "mirasapo_id": "はなこ"})
    assert refused.status_code == 422
    assert "ミラサポIDの形が正しくありません" in refused.text
    assert client.post_form("/my/register", {**form, "mirasapo_id": "ｈａｎａｋｏ"}).status_code == 302
    assert mirasapo() == ("hanako", False)
