"""What the commands share: who acts, and how results are written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click

from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.errors import Finding
from tenants.paging import Page
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web import console

PROBLEMS: Final = 1

Item = TypeVar("Item")

as_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON. JSONで出力します。")
page_option = click.option(
    "--page", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Twenty to a page."
)


class Number(click.ParamType):
    """A whole number as the site's forms read it: 300000, 300,000 or 30万円; from low to high."""

    name = "number"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """click's own hook."""
        number = whole_number(str(value))
        if number is None or not self.low <= number <= self.high:
            self.fail(
                say(
                    f"「{value}」は使えません。{self.low:,}から{self.high:,}までの数にしてください（1,000 や 1万 とも書けます）。",
                    f"{value!r} cannot be used; give a number from {self.low:,} to {self.high:,}, such as 1,000.",
                ),
                param,
                ctx,
            )
        return number


@contextmanager
def as_system() -> Iterator[None]:
    """The application with its database; what is done inside is done, and audited, as the system."""
    with console.application(), act_as(SYSTEM):
        yield


def say(ja: str, en: str) -> str:
    """The words in the terminal's language."""
    return Text(ja, en).in_language(console.language())


def write_json(value: Any) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def sentence(finding: Finding) -> str:
    """A finding on one line: where, what, what to do."""
    place = f"{finding.field}: " if finding.field else ""
    language = console.language()
    return f"{place}{finding.message.in_language(language)} {finding.remedy.in_language(language)}"


def write_table(rows: Sequence[Sequence[object]]) -> None:
    """Rows with a tab between columns: readable, and cut by other programs."""
    for row in rows:
        click.echo("\t".join("-" if cell is None else str(cell) for cell in row))


def write_page(
    found: Page[Item],
    as_item: Callable[[Item], dict[str, Any]],
    as_row: Callable[[Item], Sequence[object]],
    *,
    as_json: bool,
) -> None:
    """A page of a list, as JSON or as rows; how many there are in all is said beside the rows, not among them."""
    if as_json:
        write_json({"items": [as_item(each) for each in found.items], "total": found.total, "page": found.number})
        return
    write_table([as_row(each) for each in found.items])
    click.echo(say(f"全{found.total:,}件", f"{found.total:,} in all"), err=True)


def stop_with_problems() -> None:
    """End with the exit code that says: something was refused or found."""
    sys.exit(PROBLEMS)
