"""What the commands share: who acts, and how results are written."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click

from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.errors import Finding
from tenants.text import Text
from tenants.typed_numbers import whole_number
from web import console

PROBLEMS: Final = 1

as_json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON. JSONで出力します。")


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


def stop_with_problems() -> None:
    """End with the exit code that says: something was refused or found."""
    sys.exit(PROBLEMS)
