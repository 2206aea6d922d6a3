"""Mails that come back: a server's report stops an address; nobody else's letter does."""

from __future__ import annotations

import post
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tenants import notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.models import Person
from tenants.notices import bounces, delivery, inbox, sending
from tenants.notices.models import MailSuppression, OutgoingMail


@pytest.fixture
def sent(organisation, actor_of):
    """A mail that the server took: its row, and its person."""
    person = actor_of(organisation("vendor"), "vendor_owner")

    @use_case
    def tell() -> None:
        notices.notify_person(person.person_id, "listing_published", link="/vendor", listing="会計くん")

    with act_as(SYSTEM):
        db.session.get_one(Person, person.person_id).email = "gone@example.jp"
        db.session.commit()
        tell()
    with post.serving() as server:
        delivery.deliver(post.office(server))
        assert sending.send_due(post.office(server)).sent == 1
    return row(), person


def row() -> OutgoingMail:
    with act_as(SYSTEM):
        found = db.session.scalars(select(OutgoingMail)).one()
        db.session.expunge_all()
        return found


def suppressed() -> list[str]:
    with act_as(SYSTEM):
        return list(db.session.scalars(select(MailSuppression.address)))


def report(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    headers_only: bool = True,
) -> bytes:
    """As mail servers write it (RFC 3464): words, the status, what was sent."""
    headers = f"From: no-reply@hojo.example.jp\r\nMessage-ID: {message_id}\r\nSubject: x\r\n"
    returned = (
        f"Content-Type: text/rfc822-headers\r\n\r\n{headers}"
        if headers_only
        else f"Content-Type: message/rfc822\r\n\r\n{headers}\r\nbody\r\n"
    )
    return f"""\
From: MAILER-DAEMON@mx.example.net
To: bounces@hojo.example.jp
Subject: Undelivered Mail Returned to Sender
Message-ID: <report@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you…
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; gone@example.jp
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
{returned}
--b--
""".encode()


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_report_about_our_mail_stops_the_address(sent, headers_only):
    mail, person = sent
    taken = bounces.take(report(mail.message_id, headers_only=headers_only))
    assert taken.kind == "suppressed"
    assert taken.address == "gone@example.jp"
    assert suppressed() == ["gone@example.jp"]
    assert row().state == "bounced"
    assert "550 5.1.1 no such user" in row().last_error
    with act_as(person):
        assert inbox.header().broken_address == "gone@example.jp"


def test_the_same_report_again_changes_nothing(sent):
    raw = report(sent[0].message_id)
    assert bounces.take(raw) == bounces.take(raw)
    assert suppressed() == ["gone@example.jp"]


@pytest.mark.parametrize(
    "forged",
    ["<unknown@hojo.example.jp>", "", "gone@example.jp", "<%>", "<x\x00y@z>"],
)
def test_a_letter_that_knows_no_message_of_ours_stops_nobody(sent, forged):
    assert bounces.take(report(forged)).kind == "ignored"
    assert suppressed() == []
    assert row().state == "sent"


def test_a_delay_is_no_end(sent):
    taken = bounces.take(report(sent[0].message_id, action="delayed", status="4.4.1", diagnostic="smtp; 451 busy"))
    assert taken.kind == "ignored"
    assert row().state == "sent"


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "4.4.7"])
def test_what_is_not_the_address_s_fault_is_noted_only(sent, status):
    assert bounces.take(report(sent[0].message_id, status=status, diagnostic="smtp; no")).kind == "noted"
    assert row().state == "bounced"
    assert suppressed() == []


def nested(depth: int) -> bytes:
    return b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(depth)) + b"x"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff" * 1000,
        b"Subject: holiday\nAuto-Submitted: auto-replied\n\nI am away",
        b"Content-Type: multipart/report; boundary=x\n\n--x\nContent-Type: message/delivery-status\n\n\n--x--",
        b"Content-Type: message/delivery-status\n\nAction\n",
        b"Content-Type: text/rfc822-headers; charset=nonsense\nContent-Transfer-Encoding: base64\n\n!!!",
        nested(5000),
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\nA\n" * 5000 + b"--x--",
    ],
)
def test_nothing_that_is_sent_there_breaks_it(services, raw):
    assert bounces.take(raw).kind == "ignored"


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_or_not(raw):
    found = bounces.read(b"Content-Type: multipart/report; boundary=b\n\n--b\n" + raw)
    assert found is None or isinstance(found.message_ids, frozenset)
