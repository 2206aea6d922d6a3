"""`hojo programme`: the programme's master data."""

from __future__ import annotations

from typing import Any

import click

from catalogue.masters import MasterDocument
from marketplace.newer_schemes import NewerFile, newer_files
from marketplace.programme import load_programme, newer_lists
from web.commands.output import as_json_option, as_system, say, write_json, write_table


@click.group()
def commands() -> None:
    """The programme's master data (制度データ)."""


@commands.command()
@as_json_option
def load(*, as_json: bool) -> None:
    """Load what is new of the master data (制度データを読み込む).

    Schemes, rounds, call centre hours, core functions, industries, cost kinds and the productivity index.
    Loading twice changes nothing; a changed file needs a new version number. A scheme that the secretariat has
    rewritten is left alone; where the software brings a newer file of it, that is said, with what differs. So is a list
    of synonyms or problems that it has changed.
    """
    with as_system():
        loaded, left, lists = load_programme(), newer_files(), newer_lists()
    if as_json:
        own = [{"kind": each.kind, "key": each.key, "new": False, "left_alone": True} for each in lists]
        write_json([_loaded(document, new=new) for document, new in loaded] + [_left(each) for each in left] + own)
        return
    words = {True: say("登録しました", "loaded"), False: say("登録済み", "known already")}
    write_table([(each.kind, each.key, f"v{each.version}", words[new]) for each, new in loaded])
    for one in lists:
        click.echo(
            say(
                f"{one.kind} {one.key}: 事務局が編集した一覧のため、新しいファイル（v{one.version}）は読み込みませんでした。",
                f"{one.kind} {one.key}: left alone, since the secretariat has changed its list; there is a newer file (v{one.version}).",
            )
        )
    for each in left:
        click.echo(
            say(
                f"scheme {each.scheme_id}: 事務局が書き換えたため、読み込みませんでした。新しいファイルとの違い（{len(each.values)}か所）：",
                f"scheme {each.scheme_id}: left alone, since the secretariat has rewritten it. The newer file differs ({len(each.values)}):",
            )
        )
        write_table([(f"  {where}", before, "→", after) for where, before, after in each.values])


def _loaded(document: MasterDocument, *, new: bool) -> dict[str, Any]:
    return {
        "kind": document.kind,
        "key": document.key,
        "version": document.version,
        "effective_from": document.effective_from.isoformat(),
        "new": new,
    }


def _left(each: NewerFile) -> dict[str, Any]:
    differs = [{"where": where, "here": here, "file": there} for where, here, there in each.values]
    return {"kind": "scheme", "key": each.scheme_id, "new": False, "left_alone": True, "differs": differs}
