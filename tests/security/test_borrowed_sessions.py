"""Sessions, roles, letters and looks to help: after their time, twice, or in another's hands."""

from __future__ import annotations

import uuid
from typing import Any

import house as building
import pytest
from everything import changed, everything
from routes import ENDS_SESSION, FORMS
from sqlalchemy import select
from together import at_once

from tenants import invitations, members
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership
from tenants.notices.models import Posting
from web.edge import SESSION_TOKEN

pytestmark = pytest.mark.security


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
    for route in FORMS:
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
