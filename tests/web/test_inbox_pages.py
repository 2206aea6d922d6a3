"""The inbox, what comes by mail, the secretariat's page of mails, and the demo's."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from tenants import clock, notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.models import Membership, Person
from tenants.notices import delivery
from tenants.notices.message import PostOffice
from tenants.notices.models import MailSuppression, Notice, NoticePreference, OutgoingMail
from tenants.notices.template import CATEGORIES
from web.app import create_app

OFFICE = PostOffice("https://hojo.example.jp", "no-reply@hojo.example.jp", "b@hojo.example.jp")


@pytest.fixture
def vendor(organisation, actor_of):
    return actor_of(organisation("vendor", name="あさひ"), "vendor_owner")


def tell(person, *, link="/vendor/packages", organisation_id=None, times=1, listing="会計くん"):
    @use_case
    def post() -> None:
        for number in range(times):
            notices.notify_person(
                person.person_id,
                "listing_published",
                link=link,
                organisation_id=organisation_id or person.organisation_id,
                listing=f"{listing}{number or ''}",
            )

    with act_as(SYSTEM):
        post()
    delivery.deliver(OFFICE)


def notice_ids() -> list[str]:
    with act_as(SYSTEM):
        return [str(found) for found in db.session.scalars(select(Notice.id).order_by(Notice.created_at))]


def test_an_empty_inbox_says_what_will_come(browser, vendor):
    page = browser(vendor).get("/inbox")
    assert page.status_code == 200
    assert "通知はまだありません" in page.text
    assert "inbox-link__count" not in page.text


def test_a_notice_is_counted_read_and_leads_to_its_page(browser, vendor):
    tell(vendor)
    me = browser(vendor)
    assert re.search(r'inbox-link__count">1<', me.get("/vendor/").text)
    page = me.get("/inbox?only=unread").text
    assert "会計くんが公開されました" in page
    (notice,) = notice_ids()
    answer = me.post_form(f"/inbox/{notice}/open", {})
    assert (answer.status_code, answer.location) == (302, "/vendor/packages")
    assert "inbox-link__count" not in me.get("/vendor/").text
    assert "未読の通知はありません" in me.get("/inbox?only=unread").text


def test_one_or_all_are_marked_as_read(browser, vendor):
    tell(vendor, times=25)
    me = browser(vendor)
    assert "1〜20件" in me.get("/inbox").text
    me.post_form(f"/inbox/{notice_ids()[0]}/read", {"only": "unread"})
    assert re.search(r'inbox-link__count">24<', me.get("/inbox?page=2").text)
    answer = me.post_form("/inbox/read", {})
    assert "24件を既読にしました" in me.get(answer.location).text


def test_another_s_notice_does_not_exist(browser, vendor, organisation, actor_of):
    tell(vendor)
    (notice,) = notice_ids()
    other = browser(actor_of(vendor.organisation_id, "vendor_owner"))
    assert other.post_form(f"/inbox/{notice}/open", {}).status_code == 404
    other.post_form(f"/inbox/{notice}/read", {})
    assert "会計くん" not in other.get("/inbox").text
    assert re.search(r'inbox-link__count">1<', browser(vendor).get("/inbox").text)


def test_opening_a_notice_acts_for_the_organisation_it_is_about(browser, vendor, organisation):
    shop = organisation("sme", name="麺処こはる")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=shop, person_id=vendor.person_id, role="sme_owner"))
        db.session.commit()
    tell(vendor, link="/my/applications", organisation_id=shop)
    me = browser(vendor)
    assert "麺処こはる" in me.get("/inbox").text
    assert me.post_form(f"/inbox/{notice_ids()[0]}/open", {}).location == "/my/applications"
    assert me.get("/my/applications").status_code == 200


def test_what_comes_by_mail_is_chosen_and_what_cannot_be_declined_says_why(browser, vendor):
    me = browser(vendor)
    page = me.get("/account/notices").text
    assert "必ずメールでもお知らせします" in page
    declinable = [code for code, category in CATEGORIES.items() if category.required is None]
    assert re.findall(r'name="by_mail"[^>]*value="([^"]+)"', page) == declinable
    assert "enquiries" in declinable
    assert re.findall(r'name="language" value="(..)"', page) == ["ja", "en"]
    answer = me.post_form(
        "/account/notices", {"language": "en", "by_mail": ["applications", "account", "nonsense"]}
    )
    assert "Your choice is saved" in me.get(f"{answer.location}?lang=en").text
    with act_as(SYSTEM):
        row = db.session.get_one(NoticePreference, vendor.person_id)
        assert (row.language, row.declined) == (
            "en",
            ["briefings", "enquiries", "listings", "review", "saved_searches"],
        )


def test_the_language_of_mails_is_the_one_last_read_in(browser, vendor):
    def language() -> str | None:
        with act_as(SYSTEM):
            return db.session.scalar(select(NoticePreference.language))

    me = browser(vendor)
    me.get("/inbox")
    assert language() is None
    me.get("/vendor/?lang=en")
    assert language() == "en"
    me.get("/inbox?lang=ja")
    assert language() == "ja"


def test_somebody_without_an_organisation_has_an_inbox_too(browser, actor_of, services):
    with act_as(SYSTEM):
        person = Person(name="新人", email="new@example.jp")
        db.session.add(person)
        db.session.commit()
    from tenants.actor import Actor  # noqa: PLC0415

    me = browser(Actor("public", person_id=person.id, name="新人"))
    assert me.get("/inbox").status_code == 200
    assert me.post_form("/account/notices", {"language": "en"}).status_code == 302


def test_a_broken_address_is_said_on_every_page_until_it_works(browser, vendor):
    with act_as(SYSTEM):
        db.session.add(MailSuppression(address="hanako@example.jp", reason="bounced"))
        db.session.commit()
    me = browser(vendor)
    assert "hanako@example.jp にメールが届いていません" in me.get("/vendor/").text
    assert "戻ってきています" in me.get("/account/notices").text
    me.post_form("/account/notices/address-works", {})
    assert "届いていません" not in me.get("/vendor/").text


# --- the secretariat ---


def failed(number: int) -> OutgoingMail:
    return OutgoingMail(
        address=f"p{number}@example.jp",
        language="ja",
        template="listing_published",
        category="listings",
        subject=f"件名{number}",
        state="failed",
        last_error="554 5.6.0 no <script>",
        settled_at=clock.now(),
        message_id=f"<{number}@example.jp>",
    )


def states() -> list[str]:
    with act_as(SYSTEM):
        return sorted(db.session.scalars(select(OutgoingMail.state)))


def test_the_secretariat_sees_what_failed_and_has_it_tried_again(browser, organisation, actor_of):
    with act_as(SYSTEM):
        db.session.add_all([failed(1), failed(2), failed(3)])
        db.session.commit()
    office = organisation("secretariat")
    me = browser(actor_of(office, "secretariat_reviewer"))
    page = me.get("/secretariat/mail?state=failed").text
    assert "554 5.6.0 no &lt;script&gt;" in page
    assert "メールサーバーが設定されていません" in page
    one = re.search(r"/secretariat/mail/([0-9a-f-]{36})/retry", page).group(1)
    assert me.post_form(f"/secretariat/mail/{one}/retry", {}).status_code == 302
    assert states() == ["failed", "failed", "queued"]
    assert me.post_form(f"/secretariat/mail/{one}/retry", {}).status_code == 404, "it waits already"
    me.post_form("/secretariat/mail/retry", {})
    assert states() == ["queued"] * 3
    auditor = browser(actor_of(office, "secretariat_auditor"))
    assert "/retry" not in auditor.get("/secretariat/mail").text
    assert auditor.post_form("/secretariat/mail/retry", {}).status_code == 403


# --- the demo's mails ---


def letter(folder, content: bytes, name: str = "20261124T000000000000-0123abcd") -> str:
    (folder / "mails").mkdir(exist_ok=True)
    (folder / "mails" / f"{name}.eml").write_bytes(content)
    return name


@pytest.fixture
def demo(settings, app, tmp_path):
    made = create_app(settings.model_copy(update={"environment": "demo", "data": tmp_path}))
    made.test_client_class = type(app.test_client())
    yield made.test_client()
    with made.app_context():
        db.engine.dispose()


def test_the_demo_s_mails_are_read_as_text_only(demo, settings, tmp_path):
    assert "メールはまだありません" in demo.get("/demo/mails").text
    name = letter(
        tmp_path,
        b"From: a@example.jp\r\nTo: b@example.jp\r\nSubject: <script>alert(1)</script>\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n<img src=x onerror=alert(1)>\r\n\r\n"
        + f"{settings.site}/vendor\r\n{settings.site}//evil.example\r\nhttps://evil.example/\r\n".encode(),
    )
    assert "&lt;script&gt;" in demo.get("/demo/mails").text
    page = demo.get(f"/demo/mails/{name}").text
    assert "&lt;img src=x" in page
    assert '<a href="/vendor">' in page
    assert 'href="//evil' not in page
    assert 'href="https://evil' not in page


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        b"Subject: =?utf-8?b?broken\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    ],
)
def test_odd_mails_are_shown_all_the_same(demo, tmp_path, content):
    name = letter(tmp_path, content)
    assert demo.get("/demo/mails").status_code == 200
    page = demo.get(f"/demo/mails/{name}")
    assert page.status_code == 200
    assert "alert(1)" not in page.text


@pytest.mark.parametrize(
    "name", ["..", "demo.json", "..%2Fdemo.json", "20261124T000000000000-0123abcd", "x" * 300]
)
def test_nothing_else_is_read_through_that_page(demo, name):
    assert demo.get(f"/demo/mails/{name}").status_code == 404


def test_outside_the_demo_there_is_no_such_page(client):
    assert client.get("/demo/mails").status_code == 404
