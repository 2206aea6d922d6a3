"""`hojo programme`: the programme's master data."""

from __future__ import annotations

import click

from marketplace.programme import load_programme
from web.commands.output import as_json_option, as_system, say, write_json, write_table


@click.group()
def commands() -> None:
    """The programme's master data (制度データ)."""


@commands.command()
@as_json_option
def load(*, as_json: bool) -> None:
    """Load what is new of the master data (制度データを読み込む).

    Schemes, rounds, call centre hours, core functions, industries, cost kinds and the productivity index.
    Loading twice changes nothing; a changed file needs a new version number.
    """
    with as_system():
        loaded = load_programme()
    if as_json:
        write_json(
            [
                {
                    "kind": document.kind,
                    "key": document.key,
                    "version": document.version,
                    "effective_from": document.effective_from.isoformat(),
                    "new": new,
                }
                for document, new in loaded
            ]
        )
        return
    words = {True: say("登録しました", "loaded"), False: say("登録済み", "known already")}
    write_table([(each.kind, each.key, f"v{each.version}", words[new]) for each, new in loaded])
