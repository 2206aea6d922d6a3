"""`hojo subsidy`: reckoning without a page."""

from __future__ import annotations

import click
from pydantic import Field, RootModel

from marketplace import pricing
from marketplace.subsidy.engine import Estimate, estimate
from marketplace.subsidy.lines import MOST_COUNT, MOST_LINES, MOST_YEN
from marketplace.subsidy.scheme import BusinessSize
from web import console
from web.api import reading
from web.api.bodies import LineBody
from web.api.faults import LARGEST_BODY, too_large
from web.api.functions import check_functions
from web.commands.output import as_json_option, as_system, say, sentence, write_json, write_table


class Lines(RootModel[list[LineBody]]):
    """A file of lines: a JSON array of {kind, amount_yen, months, label}, as the API takes them."""

    root: list[LineBody] = Field(min_length=1, max_length=MOST_LINES)


@click.group()
def commands() -> None:
    """Subsidy estimates (補助額の見積り)."""


@commands.command("estimate")
@click.option("--scheme", "scheme_id", required=True, help="A scheme's id, e.g. 2017. 補助制度。")
@click.option(
    "--lines",
    "source",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    required=True,
    help='JSON array of lines, "-" for standard input: [{"kind": "cloud", "amount_yen": 118800, "months": 12}]. 明細。',
)
@click.option("--functions", default="", help="Core functions, separated by commas: F1,M3,B5. コア機能。")
@click.option(
    "--processes", type=click.IntRange(0, MOST_COUNT), help="For schemes that count processes. プロセス数。"
)
@click.option(
    "--size", type=click.Choice(["sme", "small"]), default="sme", show_default=True, help="事業者の規模。"
)
@click.option(
    "--granted", type=click.IntRange(0, MOST_YEN), help="Amount granted: confirm the actual cost. 交付決定額。"
)
@click.option(
    "--condition",
    "answers",
    multiple=True,
    metavar="CODE=yes|no",
    help="An answer to one of the scheme's conditions; may be repeated. 申請者の条件への答え。",
)
@as_json_option
def estimate_command(
    scheme_id: str,
    source: str,
    functions: str,
    processes: int | None,
    size: BusinessSize,
    granted: int | None,
    answers: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Say what is granted for lines, and why (見積もる)."""
    with click.open_file(source, "rb") as file:
        data: bytes = file.read(LARGEST_BODY + 1)
    if len(data) > LARGEST_BODY:
        raise too_large()
    lines = [each.line() for each in reading.parse(Lines, data).root]
    codes = [code.strip() for code in functions.split(",") if code.strip()]
    with as_system():
        check_functions(codes)
        result = estimate(
            pricing.scheme(scheme_id),
            lines,
            functions=codes,
            processes=processes,
            size=size,
            granted_yen=granted,
            conditions=dict(_answer(each) for each in answers),
        )
    if as_json:
        write_json(result.as_json(console.language()))
    else:
        _write(result)


def _answer(text: str) -> tuple[str, bool]:
    code, _, said = text.partition("=")
    if said not in ("yes", "no"):
        raise click.BadParameter(f"{text!r}: CODE=yes or CODE=no", param_hint="--condition")
    return code, said == "yes"


def _write(result: Estimate) -> None:
    language = console.language()
    write_table(
        [
            (
                line.label or line.kind_label.in_language(language),
                f"{line.amount_yen:,}",
                f"{line.counted_yen:,}",
                line.rate,
                line.reason.in_language(language),
                line.clause,
            )
            for line in result.lines
        ]
    )
    write_table(
        [
            (limit.reason.in_language(language), f"{limit.before_yen:,} -> {limit.after_yen:,}")
            for limit in result.limits
        ]
    )
    write_table(
        [
            (say("総額", "total"), f"{result.total_yen:,}"),
            (say("補助の対象になる費用", "eligible cost"), f"{result.eligible_cost_yen:,}"),
            (say("補助額", "subsidy"), f"{result.subsidy_yen:,}"),
            (say("自己負担", "own cost"), f"{result.own_cost_yen:,}"),
        ]
    )
    for finding in result.findings:
        click.echo(sentence(finding))
