"""Mail servers that refuse, that are not there or not to be trusted; workers that die."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import post
import pytest
from mailing import go, later, mail, rows, told

from tenants import clock
from tenants.db import act_as, db
from tenants.notices import delivery, inbox, preferences, sending
from tenants.notices.models import MailBody, MailSuppression, Notice, OutgoingMail
from tenants.notices.sending import GIVE_UP_AFTER, PAUSES

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
