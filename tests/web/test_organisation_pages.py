"""An organisation's own pages: people, invitations, details; the secretariat's look into it; switching."""

from __future__ import annotations

import re

import pytest
from letters import invitation_token
from sqlalchemy import select

from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership, Organisation, Person

PEOPLE = "/organisation/people"
INVITATION = "/organisation/invitation"
REASON = "お電話でのご相談のため"


@pytest.fixture
def vendor(services, organisation):
    return organisation("vendor", name="さくらシステム")


@pytest.fixture
def owner_of_vendor(vendor, actor_of) -> Actor:
    return actor_of(vendor, "vendor_owner")


@pytest.fixture
def newcomer(services) -> Actor:
    with act_as(SYSTEM):
        person = Person(name="新人 一郎", email="other@example.jp")
        db.session.add(person)
        db.session.commit()
        return Actor("public", None, person.id, name=person.name)


@pytest.fixture
def looked_into(browser, organisation, actor_of):
    """A shop, and a browser of the secretariat that looks into it."""
    shop = actor_of(organisation("sme", name="食堂ひまわり"), "sme_owner")
    office = browser(actor_of(organisation("secretariat", name="事務局"), "secretariat_reviewer"))
    answer = office.post_form(
        f"/secretariat/organisations/{shop.organisation_id}/support-view", {"reason": REASON}
    )
    assert answer.location == "/my"
    return shop, office


def invited(browser, owner_of_vendor, **fields) -> str:
    form = {"email": "new@example.jp", "roles": ["vendor_editor"], "letter": "ja"} | fields
    answer = browser(owner_of_vendor).post_form(f"{PEOPLE}/invite", form)
    assert answer.status_code == 302, answer.text
    return invitation_token(form["email"])


def test_from_the_letter_to_the_first_page(browser, owner_of_vendor, newcomer):
    token = invited(browser, owner_of_vendor)
    guest = browser()
    answer = guest.post_form(INVITATION, {"code": f"https://hojo.example{INVITATION}#{token}"})
    assert answer.location == INVITATION
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert f"Path={INVITATION}" in cookie
    page = guest.get(INVITATION)
    for words in ("さくらシステム", "登録担当", owner_of_vendor.name, "ログインする"):
        assert words in page.text
    # Whichever of the buttons is pressed: the one in the text, or the one at the top.
    assert set(re.findall(r'href="(/sign-in[^"]*)"', page.text)) == {f"/sign-in?next={INVITATION}"}
    assert token not in page.text
    assert '<meta name="referrer" content="no-referrer">' in page.text
    guest.act_as(newcomer)
    assert "新人 一郎" in guest.get(INVITATION).text
    assert guest.post_form(f"{INVITATION}/accept").location == "/sign-in/arrive"
    assert "さくらシステム" in guest.get("/vendor/").text
    assert guest.post_form(f"{INVITATION}/accept").location == INVITATION


@pytest.mark.parametrize("code", ["", "hello", "#" + "a" * 42, "https://hojo.example/organisation/invitation"])
def test_what_is_no_link_is_asked_for_again(browser, code):
    answer = browser().post_form(INVITATION, {"code": code})
    assert answer.status_code == 422
    assert "招待のリンクが読み取れません" in answer.text


def test_a_link_that_opens_nothing_is_told_kindly_and_forgotten(browser, owner_of_vendor):
    guest = browser()
    guest.post_form(INVITATION, {"code": "a" * 43})
    answer = guest.get(INVITATION)
    assert answer.status_code == 410
    assert "この招待は使えません" in answer.text
    assert guest.get(INVITATION).status_code == 200


def test_a_mistake_keeps_what_was_typed(browser, owner_of_vendor):
    answer = browser(owner_of_vendor).post_form(f"{PEOPLE}/invite", {"email": "no address"})
    assert answer.status_code == 422
    assert 'value="no address"' in answer.text
    assert "役割" in answer.text


def test_a_viewer_sees_colleagues_and_no_buttons(browser, owner_of_vendor, vendor, actor_of):
    page = browser(actor_of(vendor, "vendor_viewer")).get(PEOPLE).text
    assert owner_of_vendor.name in page
    assert "招待メールを送る" not in page
    assert "この組織から抜ける" in page


def test_one_removes_oneself_by_leaving(browser, owner_of_vendor, vendor, actor_of):
    second = actor_of(vendor, "vendor_owner")
    mine = browser(second)
    answer = mine.post_form(f"{PEOPLE}/{second.person_id}/remove")
    assert answer.location == "/organisation/leave"
    assert "抜けると、この組織の画面は使えなくなります" in mine.get("/organisation/leave").text
    assert mine.post_form("/organisation/leave", {"organisation": "another"}).status_code == 422
    assert mine.post_form("/organisation/leave", {"organisation": str(vendor)}).status_code == 302
    assert mine.get(PEOPLE).location == "/my/register"
    left = browser(owner_of_vendor)
    before = left.get("/organisation/leave").text
    assert "責任者（代表者・管理者）は、あなただけです" in before
    assert "danger" not in before
    last = left.post_form("/organisation/leave", {"organisation": str(vendor)})
    assert last.status_code == 409
    assert "最後の責任者" in last.text
    assert "ほかの人が先に更新したか" not in last.text, "it is said why"


def test_two_who_edit_the_details_see_both_versions(browser, organisation, actor_of):
    shop = organisation("sme", name="食堂ひまわり", address="港区1-1", form="sole_proprietor")
    first, second = (browser(actor_of(shop, "sme_owner")) for _ in range(2))
    form = {
        "name": "食堂ひまわり",
        "form": "sole_proprietor",
        "prefecture": "東京都",
        "address": "港区2-2",
        "version": "1",
    }
    assert first.post_form("/organisation/details", form).status_code == 302
    answer = second.post_form("/organisation/details", form | {"address": "港区3-3"})
    assert answer.status_code == 409
    assert "港区2-2" in answer.text
    assert "港区3-3" in answer.text


def test_an_industry_reads_with_its_name_and_says_what_nobody_checked(browser, organisation, actor_of):
    shop = organisation("sme")
    page = browser(actor_of(shop, "sme_owner"))
    for kept, shown in {
        "M762": "M762（専門料理店）",
        "M7621": "M7621（はじめの3けた762：専門料理店。4けた目は確かめていません）",
        "I6031": "I6031（ドラッグストア）",
        "M768": "<dd>M768</dd>",
    }.items():
        with act_as(SYSTEM):
            db.session.get_one(Organisation, shop).jsic = kept
            db.session.commit()
        assert shown in page.get("/organisation/").text


def test_a_business_that_is_registered_says_how_to_be_invited_and_nobody_s_name(
    browser, organisation, actor_of, newcomer
):
    shop = organisation("sme", name="食堂ひまわり", address="港区1-1")
    known = actor_of(shop, "sme_owner")
    form = {
        "name": "食堂 ヒマワリ",
        "form": "sole_proprietor",
        "prefecture": "東京都",
        "address": "港区１丁目１番",
    }
    mine = browser(newcomer)
    answer = mine.post_form("/my/register", form)
    assert answer.status_code == 409
    assert "招待" in answer.text
    assert known.name not in answer.text
    assert "別の事業者として登録する" in answer.text
    assert mine.post_form("/my/register", form | {"another": "1"}).status_code == 302
    with act_as(SYSTEM):
        assert len(db.session.scalars(select(Organisation.id).where(Organisation.kind == "sme")).all()) == 2


# --- looking in ---


def test_every_page_says_that_it_is_a_support_view(looked_into):
    _, office = looked_into
    for path in ("/my", "/my/applications", "/organisation", "/organisation/people", "/", "/packages"):
        page = office.get(path, follow_redirects=True)
        assert page.status_code == 200, path
        assert "サポート閲覧中：食堂ひまわりの画面です" in page.text, path


def test_nothing_can_be_changed_while_looking(looked_into, organisation):
    shop, office = looked_into
    for path in (
        "/my/profile",
        "/my/register",
        "/organisation/details",
        "/organisation/leave",
        f"{PEOPLE}/invite",
        f"{PEOPLE}/{shop.person_id}/remove",
        "/sign-in/organisation",
        f"{INVITATION}/accept",
        f"/secretariat/organisations/{shop.organisation_id}/support-view",
    ):
        answer = office.post_form(path, {"organisation": str(shop.organisation_id)})
        assert answer.status_code == 403, path
        assert "サポート閲覧中は、見るだけです" in answer.text, path
    for path in ("/organisation/details", "/secretariat/", "/vendor/"):
        assert office.get(path).status_code == 403, path
    with act_as(SYSTEM):
        assert db.session.scalars(select(Membership.role).where(Membership.person_id == shop.person_id)).all()


def test_the_organisation_reads_who_looked_and_the_desk_comes_back(looked_into, browser):
    shop, office = looked_into
    assert REASON in browser(shop).get("/organisation").text
    assert office.post_form("/organisation/support-view/close").location == "/secretariat/support-views"
    page = office.get("/secretariat/support-views").text
    assert REASON in page
    assert "サポート閲覧中：" not in page
    assert office.get("/secretariat/").status_code == 200


def test_signing_out_ends_the_look(looked_into):
    _, office = looked_into
    assert office.post_form("/sign-out").status_code == 302
    assert office.get("/my").location.startswith("/sign-in")


# --- several organisations ---


@pytest.fixture
def both(browser, organisation, actor_of, vendor):
    """A browser of somebody who belongs to a shop (acted for now) and to a vendor."""
    shop = actor_of(organisation("sme", name="食堂ひまわり"), "sme_owner")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=vendor, person_id=shop.person_id, role="vendor_viewer"))
        db.session.commit()
    return browser(shop)


def test_a_page_of_another_of_one_s_organisations_says_so_and_offers_to_switch(both, vendor):
    answer = both.get("/vendor/products?page=1")
    assert answer.status_code == 403
    assert "「さくらシステム」に切り替える" in answer.text
    target = re.search(r'name="next" value="([^"]+)"', answer.text).group(1)
    answer = both.post_form("/sign-in/organisation", {"organisation": str(vendor), "next": target})
    assert answer.location == "/vendor/products?page=1"
    assert both.get(answer.location).status_code == 200


def test_a_form_opened_for_the_one_changes_nothing_for_the_other(both, vendor):
    token = both.csrf_token()
    both.post_form("/sign-in/organisation", {"organisation": str(vendor)})
    stale = both.post("/organisation/leave", data={"organisation": str(vendor), "csrf_token": token})
    assert stale.status_code == 400


def test_after_leaving_one_goes_on_for_the_other(both, vendor):
    page = both.get("/my").text
    assert page.count("食堂ひまわり") >= 2
    both.post_form("/sign-in/organisation", {"organisation": str(vendor)})
    both.post_form("/organisation/leave", {"organisation": str(vendor)})
    assert "食堂ひまわり" in both.get("/my").text
