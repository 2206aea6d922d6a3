"""From a posting to inboxes and mails, through a real mail server."""

from __future__ import annotations

import pytest
from mailing import go, mail, rows, told
from sqlalchemy import text

from tenants import clock, notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.notices import inbox, preferences
from tenants.notices.models import MailBody, Notice, Posting
from tenants.permissions import Permission
from tenants.text import Text

# --- what arrives ---


def test_a_notice_comes_to_the_inbox_and_by_mail(server, somebody):
    person = somebody("hanako@example.jp")
    told(person)
    assert go(server).sent == 1
    (letter,) = server.letters
    assert letter["Subject"] == "会計くんが差し戻されました"
    assert letter["From"] == "Hojo（ホジョ） <no-reply@hojo.example.jp>"
    assert letter["To"].addresses[0].display_name == "山田 花子"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == "<https://hojo.example.jp/account/notices>"
    assert letter["Content-Language"] == "ja"
    assert letter["Message-ID"].endswith("@hojo.example.jp>")
    assert letter["Date"]
    assert server.envelopes[0].mail_from == "bounces@hojo.example.jp"
    body = letter.get_content()
    assert "山田 花子 様" in body
    assert "価格を確かめてください" in body
    assert "内容を直して、もう一度提出してください。" in body
    assert "https://hojo.example.jp/vendor/packages/P-1" in body
    assert rows(Posting) == []
    assert rows(MailBody) == [], "what has gone is not kept"
    row = mail()
    assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")
    with act_as(person):
        (notice,) = inbox.mine().items
        assert notice.unread
        assert notice.subject.en == "Returned to you: 会計くん"


def test_each_gets_it_in_their_language(server, somebody):
    person = somebody("hanako@example.jp")
    with act_as(person):
        preferences.remember_language("en")
    told(person, listing=Text("製品「会計くん」", "the product Kaikei-kun"))
    go(server)
    assert server.letters[0]["Subject"] == "Returned to you: the product Kaikei-kun"
    assert server.letters[0]["Content-Language"] == "en"
    assert "Please mend it and submit it again." in server.letters[0].get_content()


def test_an_organisation_s_people_are_told_once_and_only_those_with_the_permission(server, somebody, organisation):
    vendor = organisation("vendor")
    owner = somebody("owner@example.jp", place=vendor)
    somebody("viewer@example.jp", place=vendor, role="vendor_viewer")
    somebody("other@example.jp")
    with act_as(SYSTEM):
        db.session.execute(
            text(
                "INSERT INTO membership (id, organisation_id, person_id, role, created_at)"
                " VALUES (gen_random_uuid(), :o, :p, 'vendor_editor', now())"
            ),
            {"o": vendor, "p": owner.person_id},
        )
        db.session.commit()

        @use_case
        def publish() -> None:
            notices.notify_organisation(
                vendor, "listing_published", link="/vendor", permission=Permission.EDIT_LISTINGS, listing="A"
            )

        publish()
    assert go(server).sent == 1
    assert server.to("owner@example.jp")
    assert [notice.organisation_id for notice in rows(Notice)] == [vendor]


def test_the_secretariat_is_told_by_somebody_who_does_not_know_it(server, somebody, organisation):
    office = organisation("secretariat")
    somebody("taro@example.jp", place=office, role="secretariat_reviewer")
    somebody("mamoru@example.jp", place=office, role="secretariat_auditor")

    @use_case
    def hand_in() -> None:
        notices.notify_secretariat(
            "registration_to_check",
            link="/secretariat/registrations/1",
            permission=Permission.CHECK_REGISTRATIONS,
            number=1,
            vendor="あさひ",
        )

    with act_as(somebody("vendor@example.jp")):
        hand_in()
    assert go(server).sent == 1
    assert server.to("taro@example.jp")


def test_an_address_gets_a_mail_without_an_inbox(server, services):
    @use_case
    def invite() -> None:
        notices.notify_address(
            " new@example.jp ",
            "invitation",
            language="en",
            link="/invitations/secret-token",
            organisation="あさひ",
            inviter="旭 直人",
            role=Text("閲覧のみ", "Viewer"),
            expires_at=clock.now(),
        )

    with act_as(SYSTEM):
        invite()
    go(server)
    (letter,) = server.to("new@example.jp")
    assert "https://hojo.example.jp/invitations/secret-token" in letter.get_content()
    assert letter["List-Unsubscribe"] is None, "an invitation cannot be declined in advance"
    assert rows(Notice) == []
    with act_as(SYSTEM):
        everything = str(db.session.execute(text("SELECT row_to_json(m) FROM outgoing_mail m")).all())
    assert "secret-token" not in everything


def test_what_was_declined_comes_to_the_inbox_only(server, somebody):
    person = somebody("hanako@example.jp")
    with act_as(person):
        preferences.save(language="ja", by_mail=["applications"])
    told(person)
    with act_as(SYSTEM):

        @use_case
        def revoke() -> None:
            notices.notify_person(person.person_id, "vendor_revoked", link="/vendor", reason="x")

        revoke()
    go(server)
    assert [letter["Subject"] for letter in server.letters] == ["IT導入支援事業者の登録が取り消されました"]
    assert len(rows(Notice)) == 2


# --- headers that could be broken ---


@pytest.mark.parametrize(
    "name",
    [
        "悪い\r\nBcc: victim@example.jp",
        'A" <x@evil.example>, "B',
        "名" * 300,
        "\u202e山田",
        "a\x00b",
        "=?utf-8?q?x?=",
    ],
)
def test_a_display_name_stays_a_name(server, somebody, name):
    told(somebody("hanako@example.jp", name=name.replace("\x00", "")))
    assert go(server).sent == 1
    (letter,) = server.letters
    assert letter["Bcc"] is None
    assert [address.addr_spec for address in letter["To"].addresses] == ["hanako@example.jp"]
    assert server.envelopes[0].rcpt_tos == ["hanako@example.jp"]


@pytest.mark.parametrize(
    "address",
    [
        "x@example.jp\r\nBcc: victim@example.jp",
        "a@example.jp, b@example.jp",
        "<a@example.jp>",
        "nobody",
        "@example.jp",
        "a@",
        'a"b@example.jp',
        "a@example.jp\u2028x",
        "a@" + "b" * 300 + ".jp",
        "a@..jp",
    ],
)
def test_what_is_no_address_is_never_sent_to(server, somebody, address):
    told(somebody(address))
    go(server)
    assert server.letters == []
    assert (mail().state, mail().last_error) == ("failed", "not a mail address")


@pytest.mark.parametrize("listing", ["長" * 450, "word " * 90, "x" * 450, "改行\r\nX-Evil: 1", "絵文字🎉" * 40])
def test_a_long_or_odd_subject_arrives_whole_and_in_one_header(server, somebody, listing):
    told(somebody("hanako@example.jp"), listing=listing)
    go(server)
    (letter,) = server.letters
    assert letter["X-Evil"] is None
    assert "".join(listing.split()) in "".join(str(letter["Subject"]).split())
    assert all(len(line) <= 998 for line in (server.envelopes[0].original_content or b"").split(b"\r\n"))


def test_a_host_outside_ascii_is_written_as_the_net_knows_it(server, somebody):
    told(somebody("hanako@日本語.example"))
    go(server)
    assert server.envelopes[0].rcpt_tos == ["hanako@xn--wgv71a119e.example"]


def test_a_mailbox_outside_ascii_fails_in_words_where_the_server_knows_none(server, somebody):
    told(somebody("花子@example.jp"))
    go(server)
    assert mail().state == "failed"
    assert "ASCII" in mail().last_error
