"""From a posting to inboxes and mails, through a real mail server."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import post
import pytest
from sqlalchemy import select, text

from tenants import clock, notices
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db, use_case
from tenants.models import Person
from tenants.notices import delivery, inbox, preferences, sending
from tenants.notices.models import MailBody, MailSuppression, Notice, OutgoingMail, Posting
from tenants.notices.sending import GIVE_UP_AFTER, PAUSES
from tenants.permissions import Permission
from tenants.text import Text


@pytest.fixture
def server():
    with post.serving() as made:
        yield made


@pytest.fixture
def somebody(organisation, actor_of):
    """Make a vendor's person with a name and an address of their own."""

    def make(address: str, *, name: str = "山田 花子", role: str = "vendor_owner", place: uuid.UUID | None = None):
        actor = actor_of(place or organisation("vendor"), role)
        with act_as(SYSTEM):
            person = db.session.get_one(Person, actor.person_id)
            person.name, person.email = name, address
            db.session.commit()
        return actor

    return make


@use_case
def tell(person: Actor, *, listing: str | Text = "会計くん", template: str = "listing_returned") -> None:
    facts = {"listing": listing} | ({"reason": "価格を確かめてください"} if template == "listing_returned" else {})
    notices.notify_person(person.person_id, template, link="/vendor/packages/P-1", **facts)


def told(person: Actor, **more: object) -> None:
    with act_as(SYSTEM):
        tell(person, **more)


def rows(model):
    with act_as(SYSTEM):
        found = list(db.session.scalars(select(model)))
        db.session.expunge_all()
        return found


def mail() -> OutgoingMail:
    (row,) = rows(OutgoingMail)
    return row


def go(server: post.Server, **more: object) -> sending.Tally:
    office = post.office(server, **more)
    delivery.deliver(office)
    return sending.send_due(office)


def later(pause: timedelta):
    return clock.at(clock.now() + pause + timedelta(seconds=1))


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


# --- a server that says no ---


def test_a_temporary_refusal_is_tried_again_after_growing_pauses(server, somebody):
    server.recipient = lambda _: "451 4.3.0 try later"
    told(somebody("hanako@example.jp"))
    assert go(server).later == 1
    row = mail()
    assert (row.state, row.attempts, row.last_error) == ("queued", 1, "451 4.3.0 try later")
    assert sending.send_due(post.office(server)).tried == 0, "not before its time"
    with later(PAUSES[0]):
        assert sending.send_due(post.office(server)).later == 1
        assert mail().due_at - clock.now() >= PAUSES[1] - timedelta(seconds=5)
    server.recipient = lambda _: None
    with later(PAUSES[0] + PAUSES[1]):
        assert sending.send_due(post.office(server)).sent == 1
    assert server.letters[0]["Message-ID"] == mail().message_id


def test_it_is_given_up_after_days_and_says_why(server, somebody):
    server.data = lambda _: "452 4.3.1 disk full"
    told(somebody("hanako@example.jp"))
    go(server)
    for _ in range(40):
        if mail().state != "queued":
            break
        with clock.at(mail().due_at):
            sending.send_due(post.office(server))
    row = mail()
    assert row.state == "failed"
    assert row.last_error == "452 4.3.1 disk full"
    assert row.settled_at - row.queued_at <= GIVE_UP_AFTER
    assert row.attempts > 5
    assert len(rows(MailBody)) == 1, "it can be tried again"


@pytest.mark.parametrize(
    "said", ["550 5.1.1 no such user", "550 unknown", "553 5.1.3 bad address", "550 5.2.1 disabled"]
)
def test_an_address_that_does_not_exist_is_stopped_and_its_person_told(server, somebody, said):
    server.recipient = lambda _: said
    person = somebody("Hanako@Example.jp")
    told(person)
    go(server)
    assert (mail().state, mail().last_error) == ("bounced", said)
    told(person)
    go(server)
    assert sorted(row.state for row in rows(OutgoingMail)) == ["bounced", "suppressed"]
    assert len(rows(Notice)) == 2
    with act_as(person):
        assert inbox.header().broken_address == "Hanako@Example.jp"
        preferences.use_address_again()
        assert inbox.header().broken_address is None
    server.recipient = lambda _: None
    told(person)
    assert go(server).sent == 1


@pytest.mark.parametrize(
    "said", ["554 5.7.1 spam", "550 5.7.1 policy", "552 5.2.2 mailbox full", "530 login first"]
)
def test_a_refusal_that_is_not_the_address_s_fault_stops_nothing(server, somebody, said):
    server.recipient = lambda _: said
    told(somebody("hanako@example.jp"))
    go(server)
    assert mail().state == "failed"
    assert rows(MailSuppression) == []


def test_a_mail_that_is_refused_for_its_content_fails_and_the_others_go(server, somebody):
    server.data = lambda address: "554 5.6.0 no" if address == "a@example.jp" else None
    for address in ("a@example.jp", "b@example.jp", "c@example.jp"):
        told(somebody(address))
    tally = go(server)
    assert (tally.sent, tally.failed) == (2, 1)
    assert {row.address: row.state for row in rows(OutgoingMail)}["a@example.jp"] == "failed"


# --- a server that is not there, a worker that dies ---


def test_while_the_server_is_down_mails_wait_and_go_when_it_is_back(somebody):
    with post.serving() as server:
        gone = post.office(server)
    for address in ("a@example.jp", "b@example.jp"):
        told(somebody(address))
    delivery.deliver(gone)
    tally = sending.send_due(gone)
    assert "refused" in tally.unreachable.lower()
    assert tally.tried == 1, "with nobody there, no other is tried"
    assert sorted(row.attempts for row in rows(OutgoingMail)) == [0, 1]
    with post.serving() as back, later(PAUSES[0]):
        assert sending.send_due(post.office(back)).sent == 2
        assert len(back.letters) == 2


def test_without_a_mail_server_mails_wait_and_are_given_up(somebody):
    told(somebody("a@example.jp"))
    delivery.deliver(post.office())
    assert sending.send_due(post.office()).tried == 0
    assert mail().state == "queued"
    with later(GIVE_UP_AFTER):
        sending.send_due(post.office())
    assert mail().state == "failed"


def test_a_worker_killed_before_it_could_note_it_sends_again_under_the_same_id(server, somebody, monkeypatch):
    told(somebody("hanako@example.jp"))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_write", die)
        with pytest.raises(Killed):
            go(server)
    assert len(server.letters) == 1
    assert mail().state == "queued"
    assert go(server).sent == 1
    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert go(server).tried == 0


def test_a_connection_that_breaks_in_the_middle_is_made_anew(server, somebody):
    for address in ("a@example.jp", "b@example.jp"):
        told(somebody(address))
    closing = iter(["421 4.3.2 closing"])
    server.data = lambda _: next(closing, None)
    tally = go(server)
    assert (tally.sent, tally.later) == (1, 1)
    with later(PAUSES[0]):
        sending.send_due(post.office(server))
    assert len(server.to("a@example.jp")) == 1
    assert len(server.to("b@example.jp")) == 1


def test_many_workers_send_each_mail_once(server, somebody, services):
    for number in range(12):
        told(somebody(f"p{number}@example.jp"))
    gate = threading.Barrier(4)
    office = post.office(server)

    def work(_: int) -> None:
        with services.app_context():
            gate.wait()
            delivery.deliver(office)
            sending.send_due(office)
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    sending.send_due(office)
    assert sorted(envelope.rcpt_tos[0] for envelope in server.envelopes) == sorted(
        f"p{number}@example.jp" for number in range(12)
    )
    assert len(rows(Notice)) == 12


# --- secrets ---


def test_login_needs_the_right_password_and_no_error_repeats_it(somebody, tmp_path, monkeypatch, caplog):
    certificate, key = _certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    def check(_server, _session, _envelope, _mechanism, data):
        from aiosmtpd.smtp import AuthResult  # noqa: PLC0415

        return AuthResult(
            success=data.password == b"right", handled=False, message="535 5.7.8 wrong: secret-wrong"
        )

    with post.serving(
        tls_context=post.context(certificate, key), authenticator=check, auth_required=True, require_starttls=True
    ) as server:
        secure = {"security": "starttls", "host": "localhost", "user": "hojo"}
        told(somebody("hanako@example.jp"))
        tally = go(server, **secure, password="secret-wrong")
        assert tally.unreachable == "535 login refused"
        assert "secret-wrong" not in mail().last_error + caplog.text + repr(
            post.office(server, password="secret-wrong")
        )
        with later(PAUSES[0]):
            assert go(server, **secure, password="right").sent == 1
        assert server.secured == [True]


def test_a_certificate_nobody_vouches_for_is_not_believed(somebody, tmp_path):
    certificate, key = _certificate(tmp_path)
    with post.serving(tls_context=post.context(certificate, key)) as server:
        told(somebody("hanako@example.jp"))
        tally = go(server, security="starttls", host="localhost")
        assert "CERTIFICATE_VERIFY_FAILED" in tally.unreachable
        assert server.letters == []


def test_a_server_without_tls_gets_nothing_when_tls_is_wanted(server, somebody):
    told(somebody("hanako@example.jp"))
    assert "STARTTLS" in go(server, security="starttls").unreachable
    assert server.letters == []


def _certificate(folder):
    """A certificate of this test's own for localhost."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, key
