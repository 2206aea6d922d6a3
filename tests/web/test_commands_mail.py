"""`hojo mail`: what is due goes out, what failed is listed, what came back is taken in."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import post
import pytest

from tenants import clock, notices
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from tenants.notices.models import OutgoingMail


@pytest.fixture
def server(monkeypatch):
    with post.serving() as made:
        monkeypatch.setenv("HOJO_MAIL_SERVER", "127.0.0.1")
        monkeypatch.setenv("HOJO_MAIL_PORT", str(made.port))
        monkeypatch.setenv("HOJO_MAIL_SECURITY", "none")
        monkeypatch.setenv("HOJO_MAIL_FROM", "no-reply@hojo.example.jp")
        yield made


@pytest.fixture
def posted(organisation, actor_of):
    person = actor_of(organisation("vendor"), "vendor_owner")

    @use_case
    def tell() -> None:
        notices.notify_person(person.person_id, "listing_published", link="/vendor", listing="会計くん")

    with act_as(SYSTEM):
        tell()


def test_what_is_due_is_sent_and_listed(hojo, server, posted):
    sent = hojo("mail", "send")
    assert sent.exit_code == 0
    assert "送信 1通" in sent.output
    (row,) = json.loads(hojo("mail", "list", "--json").output)
    assert (row["state"], row["address"], row["subject"]) == (
        "sent",
        "hanako@example.jp",
        "会計くんが公開されました",
    )
    assert hojo("mail", "list", "--state", "failed").output == ""


def test_without_a_mail_server_it_says_so(hojo, posted):
    sent = hojo("mail", "send", language="en_US.UTF-8")
    assert sent.exit_code == 1
    assert "HOJO_MAIL_SERVER is not set" in sent.output


def test_a_server_that_is_away_is_a_message_and_an_exit_code(hojo, posted, monkeypatch):
    with post.serving() as gone:
        port = gone.port
    for name, value in {"SERVER": "127.0.0.1", "PORT": port, "SECURITY": "none", "FROM": "a@example.jp"}.items():
        monkeypatch.setenv(f"HOJO_MAIL_{name}", str(value))
    sent = hojo("mail", "send")
    assert sent.exit_code == 1
    assert "refused" in sent.output.lower()


def test_a_returned_mail_is_taken_in_and_never_sent_back(hojo, app, monkeypatch):
    with act_as(SYSTEM):
        db.session.add(
            OutgoingMail(
                address="gone@example.jp",
                language="ja",
                template="listing_published",
                category="listings",
                subject="x",
                state="sent",
                settled_at=clock.now(),
                message_id="<1@example.jp>",
            )
        )
        db.session.commit()
    report = (
        b'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
        b"Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1\n\n--b\n"
        b"Content-Type: text/rfc822-headers\n\nMessage-ID: <1@example.jp>\n--b--\n"
    )
    for raw, words in (
        (report, "この宛先への送信を止めました\tgone@example.jp"),
        (b"\xff\x00", "何もしませんでした"),
    ):
        # What click gives a command has no bytes behind it in every version.
        with monkeypatch.context() as patch:
            patch.setattr("web.commands.mail.sys", SimpleNamespace(stdin=SimpleNamespace(buffer=io.BytesIO(raw))))
            taken = hojo("mail", "bounce")
        assert taken.exit_code == 0
        assert words in taken.output
