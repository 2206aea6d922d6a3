"""`hojo search judge`: how well a search finds what it should, in any collection."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import click
from pydantic import SecretStr

from search.judging.collection import read_documents, read_queries
from search.judging.contestants import CONTESTANTS, Opening, on_server
from search.judging.judge import NoScratchRoom, Verdict, judge_collection
from search.port import DocumentsRefused, EngineUnavailable
from tenants.errors import BadInput
from web.commands.index_faults import cannot_be_used
from web.commands.output import as_json_option, say, sentence, write_json, write_table

_BAD_FILE: Final = 2
_NO_ROOM: Final = 3
_ON_A_SERVER: Final = "meilisearch"
_A_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--documents",
    type=_A_FILE,
    required=True,
    help="A JSON object on each line: {code, name, vendor, description, functions, industries, prefecture, "
    "price_yen}; code and name are needed. 文書。",
)
@click.option(
    "--queries",
    type=_A_FILE,
    required=True,
    help="A JSON object on each line: {group, q, relevant}; relevant: codes that should be found. 質問。",
)
@click.option(
    "--engine",
    "engines",
    type=click.Choice([*CONTESTANTS, _ON_A_SERVER]),
    multiple=True,
    default=("embedded",),
    show_default=True,
    help="May be repeated; meilisearch needs MEILISEARCH_URL, and MEILISEARCH_KEY. 比べる方式。",
)
@click.option("--each", "each_query", is_flag=True, help="Also write every query. 1問ずつの結果も書きます。")
@as_json_option
def judge(documents: Path, queries: Path, engines: tuple[str, ...], *, each_query: bool, as_json: bool) -> None:
    """Judge how well a search finds what it should, in any collection (検索の質を測る).

    Asks on a scratch index: neither the live one nor the database is needed or touched. Exit code 1 when a server does
    not do it, 2 when a file has bad lines; each is named. Exit code 3 when there is no room for the scratch index.
    """
    openings = _openings(engines)
    try:
        collection = read_documents(documents)
        asked = read_queries(queries, collection)
    except BadInput as error:
        for finding in error.findings:
            click.echo(sentence(finding), err=True)
        sys.exit(_BAD_FILE)
    try:
        verdicts = judge_collection(collection, asked, openings)
    except EngineUnavailable as error:
        raise cannot_be_used(error) from error
    except DocumentsRefused as error:
        raise click.ClickException(
            say(
                f"サーバーが文書を受け付けません：{error.reason}", f"The server refuses a document: {error.reason}"
            )
        ) from error
    except NoScratchRoom:
        click.echo(
            say(
                "作業用の場所（TMPDIR）に空きがありません。または、書き込めません。空きを作るか、TMPDIR で別の場所を指定してください。",
                "The scratch folder (TMPDIR) is full or cannot be written. Make room, or name another one as TMPDIR.",
            ),
            err=True,
        )
        sys.exit(_NO_ROOM)
    if as_json:
        told = [verdict.as_dict(with_queries=each_query) for verdict in verdicts]
        write_json({"documents": len(collection), "queries": len(asked), "engines": told})
        return
    for verdict in verdicts:
        _write_verdict(verdict, each_query=each_query)


def _openings(engines: Sequence[str]) -> Mapping[str, Opening]:
    """The engines by name, each once."""
    url = os.environ.get("MEILISEARCH_URL", "")
    if _ON_A_SERVER in engines and not url:
        raise click.BadParameter(
            say(
                "Meilisearch のサーバーが指定されていません。MEILISEARCH_URL にそのアドレスを設定してください。",
                "no Meilisearch server was named: set MEILISEARCH_URL to its address.",
            ),
            param_hint="--engine",
        )
    server = on_server(url, SecretStr(os.environ.get("MEILISEARCH_KEY", "")))
    return {name: CONTESTANTS.get(name, server) for name in engines}


def _write_verdict(verdict: Verdict, *, each_query: bool) -> None:
    write_table([(verdict.engine, say("件数", "queries"), "recall@10", "MRR", "nDCG@10", "p50 ms", "p95 ms")])
    rows = [*verdict.groups.items(), (say("全体", "overall"), verdict.overall)]
    write_table(
        [
            (
                group,
                each.queries,
                f"{each.recall:.3f}",
                f"{each.mrr:.3f}",
                f"{each.ndcg:.3f}",
                f"{each.p50_ms:.1f}",
                f"{each.p95_ms:.1f}",
            )
            for group, each in rows
        ]
    )
    if each_query:
        write_table([(q.group, q.text, f"{q.recall:.2f}", q.stage, " ".join(q.found)) for q in verdict.judged])
