"""`hojo catalogue`: what vendors offer, from file to publication."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from catalogue import desk, listings
from catalogue.desk import Chosen
from catalogue.imports import service
from catalogue.imports.layouts import FileKind
from catalogue.imports.readers import MOST_BYTES
from catalogue.imports.service import ImportReport, SourceFile
from catalogue.listing_queries import KINDS, own
from catalogue.listing_rows import ListingRow
from catalogue.listings import Kind
from catalogue.models import LISTING_STATES
from catalogue.selection import Selected, batches, select_listings
from tenants.errors import BadInput
from web import console
from web.commands.output import (
    as_json_option,
    as_system,
    say,
    sentence,
    stop_with_problems,
    write_json,
    write_page,
    write_table,
)

Command = TypeVar("Command", bound=Callable[..., Any])
_FILE: Final = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group()
def commands() -> None:
    """Products and packages (製品・ITツール)."""


@commands.command("import")
@click.option("--vendors", type=_FILE, help="Vendors (CSV or .xlsx). 事業者のファイル。")
@click.option("--products", type=_FILE, help="Products. 製品のファイル。")
@click.option("--packages", type=_FILE, help="Packages. ITツールのファイル。")
@click.option("--dry-run", is_flag=True, help="Show what would happen, write nothing. 登録せずに確認だけします。")
@as_json_option
def import_files(
    vendors: Path | None, products: Path | None, packages: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    """Load vendors, products, packages from files (ファイルから登録する).

    Good rows go in, refused ones are named with row, column and remedy. Loading a file twice changes nothing.
    CSV in UTF-8 or Excel's CP932, or .xlsx; at most 10 MB each. Exit code 1 when a row or a file was refused.
    """
    given: dict[FileKind, Path | None] = {"vendors": vendors, "products": products, "packages": packages}
    paths = {kind: path for kind, path in given.items() if path is not None}
    if not paths:
        raise click.UsageError(
            say(
                "--vendors、--products、--packages のファイルを1つ以上指定してください。",
                "Give at least one file: --vendors, --products or --packages.",
            )
        )
    files = {kind: SourceFile(path.name, _start_of(path)) for kind, path in paths.items()}
    with as_system():
        try:
            report = service.preview(files) if dry_run else service.apply(files)
        except BadInput as error:
            if not as_json:
                raise
            write_json(_refused_files(error))
            stop_with_problems()
    if as_json:
        write_json(report.as_json(console.language()))
    else:
        _write_report(report, dry_run=dry_run)
    # Refused rows are an answer, not a failure: the good rows went in. Only a file that cannot be read exits 1.


def _start_of(path: Path) -> bytes:
    """A file's bytes; of one that is too large only enough for the reader to say so."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _refused_files(error: BadInput) -> list[dict[str, Any]]:
    """Files that cannot be read at all, in the form of refused rows."""
    return [
        {
            "file": finding.field,
            "row": None,
            "code": None,
            "accepted": False,
            "action": None,
            "findings": [finding.as_json(console.language())],
            "changes": [],
        }
        for finding in error.findings
    ]


def _write_report(report: ImportReport, *, dry_run: bool) -> None:
    words = {
        "create": say("登録", "create"),
        "update": say("更新", "update"),
        "unchanged": say("変更なし", "unchanged"),
        None: say("登録できません", "refused"),
    }
    for result in report.results:
        click.echo(f"{result.file}\t{result.row}\t{result.code}\t{words[result.action]}")
        for finding in result.findings:
            click.echo(f"\t{sentence(finding)}")
        for change in result.changes:
            click.echo(f"\t{change.column}: {change.before or '—'} → {change.after or '—'}")
    counts = report.counts()
    click.echo(
        say(
            "登録{create}件、更新{update}件、変更なし{unchanged}件、登録できないもの{refused}件",
            "{create} created, {update} updated, {unchanged} unchanged, {refused} refused",
        ).format(**counts)
        + (say("（確認のみ）", " (dry run)") if dry_run else ""),
        err=True,
    )


def _choosing(function: Command) -> Command:
    """Options that say which listings."""
    for option in (
        click.option("--kind", type=click.Choice(list(KINDS)), help="Only products, or only packages. 種類。"),
        click.option("--vendor", "vendor_number", metavar="NUMBER", help="Of this vendor (13 digits). 法人番号。"),
        click.argument("codes", nargs=-1),
    ):
        function = option(function)
    return function


_every = click.option("--all", "everything", is_flag=True, help="All that wait for this step. 対象をすべて。")
_reason = click.option(
    "--reason", required=True, help="Told to the vendor, and to the public on withdrawal. 理由。"
)


def _take(
    step: str,
    act: Callable[[list[Selected]], None],
    codes: Sequence[str],
    vendor_number: str | None,
    kind: Kind | None,
    *,
    everything: bool = False,
    as_json: bool,
) -> None:
    """Choose the listings, take the step, say which they were."""
    if (everything and codes) or not (everything or codes or vendor_number):
        raise click.UsageError(
            say(
                "コードか --vendor を指定してください（すべてなら --all）。",
                "Give codes or --vendor NUMBER (or --all where it is offered).",
            )
        )
    with as_system():
        rows = select_listings(
            step, kinds=(kind,) if kind else KINDS, vendor_number=vendor_number, codes=list(dict.fromkeys(codes))
        )
        act(rows)
    if as_json:
        write_json([{"kind": row.kind, "vendor": row.vendor_number, "code": row.code} for row in rows])
        return
    write_table([(row.kind, row.vendor_number, row.code) for row in rows])
    click.echo(say(f"{len(rows):,}件", f"{len(rows):,} done"), err=True)


def _in_batches(step: Callable[[Chosen], object]) -> Callable[[list[Selected]], None]:
    def act(rows: list[Selected]) -> None:
        for batch in batches(rows):
            step(batch)

    return act


def _one_by_one(step: Callable[..., object], reason: str) -> Callable[[list[Selected]], None]:
    def act(rows: list[Selected]) -> None:
        for row in rows:
            step(row.kind, row.id, reason=reason, read_version=row.version)

    return act


@commands.command()
@_choosing
@_every
@as_json_option
def submit(
    codes: tuple[str, ...], vendor_number: str | None, kind: Kind | None, *, everything: bool, as_json: bool
) -> None:
    """Hand drafts to the secretariat for vendors (提出する).

    Products go before packages, up to 2,000 in one transaction: all of them or none.
    """
    _take("submit", _in_batches(desk.submit), codes, vendor_number, kind, everything=everything, as_json=as_json)


@commands.command()
@_choosing
@_every
@as_json_option
def approve(
    codes: tuple[str, ...], vendor_number: str | None, kind: Kind | None, *, everything: bool, as_json: bool
) -> None:
    """Approve what was submitted (承認する).

    Products go before packages, up to 2,000 in one transaction: all of them or none.
    """
    _take("approve", _in_batches(desk.approve), codes, vendor_number, kind, everything=everything, as_json=as_json)


@commands.command()
@_choosing
@_every
@as_json_option
def publish(
    codes: tuple[str, ...], vendor_number: str | None, kind: Kind | None, *, everything: bool, as_json: bool
) -> None:
    """Publish what was approved (公開する).

    Products go before packages, up to 2,000 in one transaction: all of them or none.
    """
    _take("publish", _in_batches(desk.publish), codes, vendor_number, kind, everything=everything, as_json=as_json)


@commands.command("return")
@_choosing
@_reason
@as_json_option
def send_back(
    codes: tuple[str, ...], vendor_number: str | None, kind: Kind | None, reason: str, *, as_json: bool
) -> None:
    """Return listings to their vendors with a reason (差し戻す)."""
    _take("return", _one_by_one(listings.send_back, reason), codes, vendor_number, kind, as_json=as_json)


@commands.command()
@_choosing
@_reason
@as_json_option
def withdraw(
    codes: tuple[str, ...], vendor_number: str | None, kind: Kind | None, reason: str, *, as_json: bool
) -> None:
    """Take listings off the public site (公開を終了する)."""
    _take("withdraw", _one_by_one(listings.withdraw, reason), codes, vendor_number, kind, as_json=as_json)


@commands.command("list")
@click.option("--kind", type=click.Choice(list(KINDS)), default="package", show_default=True, help="種類。")
@click.option("--state", type=click.Choice([*LISTING_STATES, "live"]), help="Only in this state. 状態。")
@click.option("--words", default="", help="In code or name. コードか名前の一部。")
@click.option("--page", type=click.IntRange(1, 100_000), default=1, show_default=True)
@click.option("--per-page", type=click.IntRange(1, 200), default=50, show_default=True)
@as_json_option
def list_listings(*, kind: Kind, state: str | None, words: str, page: int, per_page: int, as_json: bool) -> None:
    """List listings by code (一覧にする)."""
    with as_system():
        found = own(kind, state=state, words=words, order="code", page=page, per_page=per_page)
    write_page(found, _row, lambda each: tuple(_row(each).values()), as_json=as_json)


def _row(each: ListingRow) -> dict[str, object]:
    return {
        "kind": each.kind,
        "vendor": each.vendor_number,
        "code": each.code,
        "name": each.name,
        "state": each.state,
        "version": each.version,
        "publication": each.live_number,
    }
