"""`hojo search`: the search index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Final

import click
from flask import current_app
from werkzeug.datastructures import MultiDict

from catalogue.publications import live_packages
from search import explaining, setting_aside, sync
from search.parameters import NAMES
from search.port import EngineUnavailable
from search.queries import SearchQuery, find_as_read
from search.saved import telling
from web import console, stop_links
from web.commands.index_faults import cannot_be_used
from web.commands.judging import judge
from web.commands.needs import find, needs, understand
from web.commands.output import (
    as_json_option,
    as_system,
    say,
    stop_with_problems,
    write_json,
    write_table,
)


@click.group()
def commands() -> None:
    """The search index (検索の索引)."""


@contextmanager
def _asking_the_index() -> Iterator[None]:
    """As the system; an index that does not answer is told to who runs it, not to who searches."""
    try:
        with as_system():
            yield
    except EngineUnavailable as error:
        raise cannot_be_used(error) from error


@commands.command()
@as_json_option
def rebuild(*, as_json: bool) -> None:
    """Build the index anew (索引を作り直す).

    The index in use answers until the new one is whole. Exit code 1 when some packages were refused, or it cannot be
    built.
    """
    with _asking_the_index():
        number = sync.rebuild()
        refused = setting_aside.listed()
    if as_json:
        write_json({"indexed": number, "set_aside": [_refusal(each) for each in refused]})
    else:
        click.echo(say(f"{number:,}件の索引を作りました。", f"{number:,} packages indexed."))
        write_table([(each.code, each.number, each.reason) for each in refused])
    if refused:
        stop_with_problems()


def _refusal(each: setting_aside.SetAside) -> dict[str, object]:
    return {**asdict(each), "refused_at": each.refused_at.isoformat()}


@commands.command()
@as_json_option
def verify(*, as_json: bool) -> None:
    """Compare the index with what is published (照合する).

    All of the index is read through for this. Exit code 1 when they differ, or the index does not answer or is damaged. `hojo search rebuild` makes them equal.
    """
    with _asking_the_index():
        differences = sync.verify()
    if as_json:
        write_json({"equal": not differences, "differences": [asdict(each) for each in differences]})
    else:
        write_table([(each.code, each.published, each.indexed, _why(each)) for each in differences])
    if differences:
        stop_with_problems()
    if not as_json:
        click.echo(say("索引は公開内容と一致しています。", "The index equals what is published."))


def _why(each: sync.Difference) -> str:
    return each.refused or (
        say("金額が今の補助制度と違う", "other amounts than the scheme in use gives") if each.amounts else ""
    )


@commands.command()
@as_json_option
def status(*, as_json: bool) -> None:
    """Say how far the index has come, and what it does not take (状態を見る).

    Exit code 1 when it does not answer, is late or has set packages aside.
    """
    with as_system():
        state = sync.status()
        refused = setting_aside.listed()
    since = state.oldest_waiting.isoformat() if state.oldest_waiting else None
    if as_json:
        facts = {**asdict(state), "oldest_waiting": since}
        write_json({**facts, "set_aside": [_refusal(each) for each in refused]})
    else:
        _write_state(state, since, refused)
    if state.health != "ok" or refused:
        stop_with_problems()


def _write_state(state: sync.State, since: str | None, refused: list[setting_aside.SetAside]) -> None:
    write_table(
        [
            (say("方式", "engine"), state.engine),
            (say("状態", "health"), state.health),
            (say("索引の件数", "indexed"), f"{state.documents:,}"),
            (say("公開中の件数", "published"), f"{state.published:,}"),
            (say("反映待ち", "waiting"), f"{state.waiting:,}"),
            (say("最も古い反映待ち", "oldest waiting"), since),
            (say("大きさ（バイト）", "bytes"), f"{state.size_bytes:,}"),
            (say("載せられなかったもの", "set aside"), f"{state.set_aside:,}"),
            *((each.code, each.reason) for each in refused),
        ]
    )


_Pairs = tuple[tuple[str, str], ...]


def _read_filters(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> _Pairs:
    pairs = tuple((name, value) for name, _, value in (each.partition("=") for each in given))
    if not all("=" in each for each in given):
        raise click.BadParameter(
            say(
                "industry=retail のように、名前と値を書いてください。",
                "write name and value, as in industry=retail.",
            )
        )
    for name, _value in pairs:
        if name not in NAMES:
            known = ", ".join(NAMES)
            raise click.BadParameter(
                say(
                    f"「{name}」という絞り込みはありません。使える名前：{known}",
                    f"there is no filter {name!r}. Names: {known}",
                )
            )
    return pairs


_filter_option: Final = click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_read_filters,
    help="As in the search page's address: industry=retail, sort=own_cost, per_page=50. 絞り込み。",
)


def _query_of(text: str, filters: _Pairs) -> SearchQuery:
    return SearchQuery.from_args(MultiDict([("q", text), *filters]))


@commands.command()
@click.argument("text")
@_filter_option
@as_json_option
def query(text: str, filters: _Pairs, *, as_json: bool) -> None:
    """Search published packages for TEXT (検索する).

    As on the search page, amounts in TEXT are read as limits and 安い as an order; in 「」 they are words.
    """
    with as_system():
        found, asked, reading = find_as_read(_query_of(text, filters))
    read_as = reading.told(asked).in_language(console.language())
    hits = [
        {
            "code": hit.code,
            "name": hit.name,
            "vendor": hit.vendor_name,
            "total_yen": hit.total_yen,
            "subsidy_yen": hit.subsidy_yen,
            "own_cost_yen": hit.own_cost_yen,
        }
        for hit in found.items
    ]
    if as_json:
        write_json(
            {
                "items": hits,
                "total": found.total,
                "sort": asked.sort,
                "read_as": read_as,
                "stage": found.stage.value,
                "degraded": found.degraded,
            }
        )
        return
    write_table([tuple(hit.values()) for hit in hits])
    if read_as:
        click.echo(read_as, err=True)
    if found.degraded:
        click.echo(
            say(
                "索引が使えないため、名前とコードだけでさがしました。絞り込みと並び順は効いていません。",
                "Without the index: by name and code alone, without filters and order.",
            ),
            err=True,
        )
    stage = found.stage_label.in_language(console.language())
    click.echo(say(f"全{found.total:,}件（{stage}）", f"{found.total:,} in all ({stage})"), err=True)


@commands.command()
@click.argument("text")
@click.argument("code")
@_filter_option
@as_json_option
def explain(text: str, code: str, filters: _Pairs, *, as_json: bool) -> None:
    """Say why the package CODE is where it is when somebody searches TEXT (順位の理由を見る).

    TEXT is read as by `hojo search query`. With filters:
    among what they leave, and what it gains by fitting them; TEXT may then be empty (""). Exit code 1 when the words or
    the filters leave it out, or nothing public has this code.
    """
    with _asking_the_index():
        _page, asked, reading = find_as_read(_query_of(text, filters))
        found = explaining.explain(asked, code)
        public = found is not None or bool(live_packages([code]))
    read_as = reading.told(asked).in_language(console.language())
    if as_json:
        write_json(
            {
                "text": text,
                "code": code,
                "filters": [f"{name}={value}" for name, value in filters],
                "read_as": read_as,
                "found": found is not None,
                "stage": found.stage.value if found else None,
                "rank": found.rank if found else None,
                "reasons": [
                    {"field": each.field, "text": each.text, "points": each.points, "says": each.says.ja}
                    for each in (found.reasons if found else ())
                ],
                "never": explaining.NEVER.ja,
            }
        )
    elif not public:
        click.echo(
            say(
                f"{code} は見つかりません。公開中のITツールにこのコードはありません。",
                f"No public package is {code}.",
            )
        )
    elif found is None:
        under = say("とこの絞り込み", " under these filters") if filters else ""
        click.echo(
            say(f"「{text}」{under}では {code} は見つかりません。", f"{text!r}{under} does not find {code}.")
        )
    else:
        _write_reasons(found)
    if read_as and not as_json:
        click.echo(read_as, err=True)
    if found is None:
        stop_with_problems()


def _write_reasons(found: explaining.Explained) -> None:
    language = console.language()
    place = f"{found.rank:,}" if found.rank else say("1,000位より下", "below 1,000")
    stage = found.stage_label.in_language(language)
    click.echo(say(f"順位 {place}（{stage}）", f"rank {place} ({stage})"))
    write_table([(f"{each.points:.2f}", each.says.in_language(language)) for each in found.reasons])
    click.echo(explaining.NEVER.in_language(language))


@commands.command()
@click.option("--run", is_flag=True, help="Tell them now; without it nothing is told. いま知らせる。")
@as_json_option
def saved(*, run: bool, as_json: bool) -> None:
    """Say what would be told of saved searches today, in numbers (保存した検索の今日のお知らせ).

    The worker does it by itself from seven in the morning in Japan. Exit code 1 when some had to be left for later.
    """
    with as_system():
        tally = telling.run(stop_links.of_app(current_app)) if run else telling.preview()
    if as_json:
        write_json({"run": run, **asdict(tally)})
    else:
        write_table(
            [
                (say("知らせる人", "people told"), tally.people),
                (say("見た検索", "searches looked at"), tally.searches),
                (say("新着のあった検索", "with something new"), tally.told),
                (say("新しいITツール", "new packages"), tally.matches),
                (say("条件がなくなった検索", "conditions gone"), tally.broken),
                (say("失敗", "failed"), tally.failed),
                (say("後回しの理由", "left for later"), tally.later),
            ]
        )
    if tally.later or tally.failed:
        stop_with_problems()


commands.add_command(find)
commands.add_command(judge)
commands.add_command(needs)
commands.add_command(understand)
