"""`hojo programme`: the programme's master data."""

from __future__ import annotations

from typing import Any, Final

import click

from catalogue import problem_list, problems, synonym_list, synonyms
from catalogue.entry_merge import Step
from catalogue.masters import MasterDocument, newest
from marketplace import newer_rounds, rounds
from marketplace.newer_schemes import NewerFile, newer_files
from marketplace.programme import LISTS, load_programme, newer_list, newer_lists
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
    rewritten is left alone; where the software brings a newer file of it, that is said, with what differs. So are
    synonyms, problems and rounds that it has changed: see `hojo programme newer`.
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
                f"{one.kind} {one.key}: 事務局が編集した一覧のため、新しいファイル（v{one.version}）は読み込みませんでした。hojo programme newer {one.kind} で、変更を残したまま取り込めます。",
                f"{one.kind} {one.key}: left alone, since the secretariat has changed its list; there is a newer file (v{one.version}). hojo programme newer {one.kind} takes it in and keeps the changes.",
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


@commands.command()
@click.argument("kind", type=click.Choice(list(LISTS)))
@click.option("--theirs", multiple=True, metavar="ENTRY", help="Where both changed ENTRY, use the file's.")
@click.option("--take-in", "take", is_flag=True, help="Use it. Without this, nothing changes.")
@as_json_option
def newer(kind: str, theirs: tuple[str, ...], *, take: bool, as_json: bool) -> None:
    """What a newer file would bring to a list the secretariat has changed (新しいファイルを取り込む).

    The secretariat's own changes stay; where both changed an entry, the file's counts only by --theirs.
    """
    with as_system():
        file = newer_list(kind)
        if file is None:
            click.echo(say("取り込んでいない新しいファイルはありません。", "There is no newer file to take in."))
            return
        source = _SOURCES[kind]
        version, found = newest(kind, file.key).version, source.merge(file)
        if take:
            source.take_in(file, theirs, read_version=version)
    if as_json:
        coming, clashing = ([_step(each) for each in steps] for steps in (found.coming, found.clashing))
        write_json({"kind": kind, "own": found.own, "coming": coming, "clashing": clashing, "taken_in": take})
        return
    write_table([(_marks()[each.mark], each.entry.handle) for each in found.coming])
    both = say("どちらも変えた", "changed by both")
    write_table([(f"{both}: {_marks()[each.mark]}", each.entry.handle) for each in found.clashing])
    click.echo(
        say("取り込みました。", "Taken in.")
        if take
        else say(
            f"事務局の変更{found.own}件は残ります。取り込むには --take-in を付けてください。",
            f"Your own changes ({found.own}) stay. To take it in, add --take-in.",
        )
    )


_SOURCES: Final[dict[str, Any]] = {
    synonyms.KIND: synonym_list,
    problems.KIND: problem_list,
    rounds.KIND: newer_rounds,
}


def _marks() -> dict[str, str]:
    return {"new": say("加わる", "new"), "changed": say("変わる", "changed"), "gone": say("外れる", "gone")}


def _step(step: Step[Any]) -> dict[str, Any]:
    here, there = (each.row() if each else None for each in (step.ours, step.theirs))
    return {"entry": step.entry.handle, "mark": step.mark, "here": here, "file": there}


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
