"""`hojo audit`: the trail of everything that was done."""

from __future__ import annotations

from dataclasses import asdict

import click

from tenants import audit
from web.commands.output import as_json_option, as_system, say, stop_with_problems, write_json


@click.group()
def commands() -> None:
    """The audit trail (監査記録)."""


@commands.command()
@as_json_option
def verify(*, as_json: bool) -> None:
    """Check the whole chain of events (改ざんを調べる).

    Exit code 1 when it does not hold; each broken place is named by its number, with the reason.
    """
    with as_system():
        broken = list(audit.verify())
    if as_json:
        write_json({"holds": not broken, "broken": [asdict(each) for each in broken]})
    for each in [] if as_json else broken:
        click.echo(f"{each.number}\t{say(each.reason_ja, each.reason)}")
    if broken:
        stop_with_problems()
    if not as_json:
        click.echo(say("監査記録に問題はありません。", "The audit trail holds."))
