"""`hojo mail`: the notices that go out by mail, and what comes back."""

from __future__ import annotations

import sys

import click
from flask import current_app

from tenants.notices import bounces, delivery, mails, sending
from tenants.notices.models import MAIL_STATES
from web import post_office
from web.commands.output import as_json_option, as_system, say, stop_with_problems, write_json, write_table


@click.group()
def commands() -> None:
    """Mails to people (メール)."""


@commands.command()
def send() -> None:
    """Send what is due, as the job worker does every minute (待っているメールを送る).

    Exit code 1 when the mail server cannot be used.
    """
    with as_system():
        office = post_office.of_app(current_app)
        delivery.deliver(office)
        tally = sending.send_due(office)
    click.echo(
        say(
            f"送信 {tally.sent}通、あとで再送 {tally.later}通、送信できず {tally.failed}通",
            f"sent {tally.sent}, to be tried again {tally.later}, failed {tally.failed}",
        )
    )
    if not office.host:
        click.echo(say("メールサーバーが設定されていません（HOJO_MAIL_SERVER）。", "HOJO_MAIL_SERVER is not set."))
    if tally.unreachable or not office.host:
        click.echo(tally.unreachable, err=True)
        stop_with_problems()


@commands.command(name="list")
@click.option("--state", type=click.Choice(MAIL_STATES), help="Only these. この状態だけ。")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="At most so many.")
@as_json_option
def list_mails(*, state: str | None, limit: int, as_json: bool) -> None:
    """List mails, the newest first: never their words (メールの一覧)."""
    with as_system():
        found = mails.mails(state=state, per_page=limit).items
    if as_json:
        write_json(
            [
                {
                    "id": str(mail.id),
                    "address": mail.address,
                    "subject": mail.subject,
                    "state": mail.state,
                    "attempts": mail.attempts,
                    "last_error": mail.last_error,
                    "created_at": mail.created_at.isoformat(),
                }
                for mail in found
            ]
        )
        return
    write_table(
        [
            (
                mail.created_at.isoformat(timespec="seconds"),
                mail.state,
                mail.address,
                mail.subject,
                mail.last_error,
            )
            for mail in found
        ]
    )


@commands.command()
def bounce() -> None:
    """Take in a mail that came back, from standard input (戻ってきたメールを読む).

    Ends well whatever the mail is: a mail server that pipes it here must not send it back again.
    """
    raw = sys.stdin.buffer.read(bounces.LARGEST)
    with as_system():
        taken = bounces.take(raw)
    words = {
        "suppressed": say("この宛先への送信を止めました", "no more mail goes to this address"),
        "noted": say("届かなかったことを記録しました", "noted that it did not arrive"),
        "ignored": say("何もしませんでした", "nothing was done"),
    }
    click.echo("\t".join(filter(None, (words[taken.kind], taken.address, taken.why))))
