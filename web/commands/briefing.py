"""`hojo briefing`: briefings, who comes, and who came."""

from __future__ import annotations

import click

from marketplace.briefings import queries, services
from marketplace.briefings.queries import BriefingView
from tenants import clock
from web import console
from web.commands.output import as_json_option, as_system, page_option, say, write_json, write_page, write_table

_number = click.argument("number", type=click.IntRange(1))


@click.group()
def commands() -> None:
    """Briefings (説明会)."""


@commands.command("list")
@page_option
@as_json_option
def list_briefings(*, page: int, as_json: bool) -> None:
    """List all briefings, the latest first, with seats taken and people waiting (一覧にする)."""
    with as_system():
        found = queries.for_desk(number=page)
    write_page(found, _card, _row, as_json=as_json)


def _row(each: BriefingView) -> tuple[object, ...]:
    language = console.language()
    return (
        each.number,
        each.starts_at.astimezone(clock.JAPAN).isoformat(timespec="minutes"),
        each.label.in_language(language),
        f"{each.taken}/{each.seats}",
        each.waiting,
        each.title.in_language(language),
    )


def _card(each: BriefingView) -> dict[str, object]:
    return {
        "number": each.number,
        "state": each.standing,
        "title": each.title.as_json(),
        "audience": each.audience,
        "starts_at": each.starts_at.isoformat(),
        "ends_at": each.ends_at.isoformat(),
        "place": each.place,
        "online": each.online,
        "seats": each.seats,
        "taken": each.taken,
        "waiting": each.waiting,
        "version": each.version,
    }


@commands.command()
@_number
@as_json_option
def attendance(*, number: int, as_json: bool) -> None:
    """List who comes and who waits, with who came once it is marked (予約と出席).

    Names and addresses are personal data.
    """
    with as_system():
        queries.one_for_desk(number)
        found = queries.every_attendee(number)
    if as_json:
        write_json(
            [
                {
                    "state": each.state,
                    "name": each.name,
                    "organisation": each.organisation_name,
                    "email": each.email,
                    "people": each.people,
                    "attended": each.attended,
                }
                for each in found
            ]
        )
        return
    language = console.language()
    write_table(
        [
            (
                each.label.in_language(language),
                {True: say("出席", "came"), False: say("欠席", "did not come"), None: None}[each.attended],
                each.people,
                each.name,
                each.organisation_name,
                each.email,
            )
            for each in found
        ]
    )


@commands.command()
@_number
@click.option("--reason", required=True, help="Why; those who booked read it. 理由（予約した人に伝わる）")
def cancel(*, number: int, reason: str) -> None:
    """Call a briefing off; everybody who booked or waits is told (中止する)."""
    with as_system():
        version = queries.one_for_desk(number)[0].version
        services.cancel(number, reason=reason, read_version=version)
    click.echo(say("中止し、予約した方に知らせました。", "called off; those who booked are told"))


@commands.command()
def remind() -> None:
    """Remind those who come to a briefing soon, as the worker does (開催が近い説明会を知らせる)."""
    with as_system():
        number = services.remind()
    click.echo(say(f"{number}件の説明会を知らせました。", f"reminded of {number} briefing(s)"))
