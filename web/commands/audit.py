"""`hojo audit`: the trail of everything that was done."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

import click

from tenants import audit
from web.commands.output import as_json_option, as_system, say, stop_with_problems, write_json


@click.group()
def commands() -> None:
    """The audit trail (監査記録)."""


class _Noted(click.ParamType):
    name = "NUMBER:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> audit.Head:
        number, _, digest = str(value).partition(":")
        if not re.fullmatch("[0-9]{1,18}", number) or not re.fullmatch("[0-9a-f]{64}", digest):
            self.fail(
                say(
                    "「番号:ハッシュ」の形で指定してください（hojo audit head が表示したもの）。",
                    "must be NUMBER:HASH as `hojo audit head` printed it.",
                ),
                param,
                ctx,
            )
        return audit.Head(int(number), digest)


@commands.command()
@as_json_option
def head(*, as_json: bool) -> None:
    """Print the last event as NUMBER:HASH, to be kept outside the database (末尾の控え)."""
    with as_system():
        last = audit.head()
    if as_json:
        write_json(asdict(last))
    else:
        click.echo(f"{last.number}:{last.hash}")


@commands.command()
@click.option(
    "--noted", type=_Noted(), help="A head that was kept (`hojo audit head`): the trail must still go by it."
)
@as_json_option
def verify(*, noted: audit.Head | None, as_json: bool) -> None:
    """Check the whole chain of events (改ざんを調べる).

    Exit code 1 when it does not hold; each broken place is named by its number, with the reason. Whoever owns the
    database can cut the end off, head included, and leave no trace in it: only a head kept elsewhere tells (--noted).
    """
    with as_system():
        broken = list(audit.verify(noted=noted))
    if as_json:
        write_json({"holds": not broken, "broken": [asdict(each) for each in broken]})
    for each in [] if as_json else broken:
        click.echo(f"{each.number}\t{say(each.reason_ja, each.reason)}")
    if broken:
        stop_with_problems()
    if not as_json:
        click.echo(say("監査記録に問題はありません。", "The audit trail holds."))
