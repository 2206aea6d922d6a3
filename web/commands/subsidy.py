"""`hojo subsidy`: reckoning as the API answers; checking a scheme's file; deciding which scheme is in use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import click

from marketplace import scheme_decisions, scheme_draft_queries, scheme_drafts, scheme_in_use
from marketplace.scheme_impact import Summary
from marketplace.subsidy.lines import MOST_COUNT, MOST_MONTHS, MOST_YEN
from marketplace.subsidy.scheme import SHIPPED, load_scheme
from tenants import clock
from tenants.errors import BadInput
from web import console
from web.api import answers, reading, reckoning
from web.api.bodies import EstimateBody, PriceBody
from web.api.faults import LARGEST_BODY, Malformed, too_large
from web.api.rulebook import SHIPPED as SHIPPED_RULES
from web.api.rulebook import Rulebook, published
from web.commands.output import (
    Number,
    as_json_option,
    as_system,
    say,
    sentence,
    stop_with_problems,
    write_json,
    write_table,
)
from web.words import speak

_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
_scheme_option = click.option("--scheme", help="A scheme's id, e.g. 2017; by default the one in use. 補助制度。")
_functions_option = click.option(
    "--functions", default="", help="Core functions, separated by commas: F1,M3,B5. コア機能。"
)
_processes_option = click.option(
    "--processes", type=click.IntRange(0, MOST_COUNT), help="For schemes that count processes. プロセス数。"
)
_size_option = click.option(
    "--size", type=click.Choice(["sme", "small"]), help="Without an applicant; by default sme. 事業者の規模。"
)
_applicant_option = click.option(
    "--applicant", type=_FILE, help="JSON file as the API's applicant: the size follows from it. 申請者。"
)
_condition_option = click.option(
    "--condition",
    "answers_given",
    multiple=True,
    metavar="CODE=yes|no",
    help="An answer to one of the scheme's conditions; may be repeated. 申請者の条件への答え。",
)


@click.group()
def commands() -> None:
    """Subsidy estimates (補助額の見積り)."""


@contextmanager
def _rulebook(*, without_database: bool) -> Iterator[Rulebook]:
    """What is published; where there is no database, and none is needed, what the software comes with."""
    if without_database and not console.has_database():
        told = say(
            "データベースがないため、ソフトウェアに付属する制度ファイルで計算します。",
            "There is no database: reckoned with the scheme files that come with the software.",
        )
        click.echo(told, err=True)
        yield SHIPPED_RULES
        return
    with as_system():
        yield published()


@commands.command("estimate")
@_scheme_option
@click.option("--package", help="Code of a published package, in place of lines. 公開中のITツールのコード。")
@click.option(
    "--quantity",
    "quantities",
    multiple=True,
    metavar="PRODUCT=NUMBER",
    help="With --package: another quantity of a product, 0 to leave it out; may be repeated. 製品の数量。",
)
@click.option(
    "--lines",
    "source",
    type=_FILE,
    help='JSON array of lines, "-" for standard input: [{"kind": "cloud", "amount_yen": 118800, "months": 12}]; '
    "or an object as the API takes it, with lines, functions and so on. 明細。",
)
@_functions_option
@_processes_option
@_size_option
@_applicant_option
@click.option(
    "--granted",
    "granted_yen",
    type=Number(0, MOST_YEN),
    help="Amount granted: confirm the actual cost. 交付決定額。",
)
@_condition_option
@as_json_option
def estimate_command(source: str | None, quantities: tuple[str, ...], *, as_json: bool, **options: Any) -> None:
    """Say what is granted for lines or a published package, and why (見積もる)."""
    if source is None and options["package"] is None:
        raise click.UsageError(say("--lines か --package が必要です。", "Give --lines or --package."))
    given = _json_of(source) if source else {}
    given = dict(given) if isinstance(given, dict) else {"lines": given}
    if quantities:
        given["quantities"] = dict(_quantity(each) for each in quantities)
    body = reading.parse(EstimateBody, json.dumps(given | _facts(options)).encode())
    with _rulebook(without_database=options["package"] is None) as rules:
        speak(console.language())
        found = reckoning.estimate_of(body, rules)
    if as_json:
        write_json(found.model_dump(mode="json"))
    else:
        _write(found)


@commands.command("price")
@_scheme_option
@click.option("--kind", default="software", show_default=True, help="The cost kind whose price is asked. 費目。")
@click.option("--months", type=click.IntRange(1, MOST_MONTHS), help="How many months it covers. 月数。")
@click.option(
    "--subsidy", "subsidy_yen", type=Number(1, MOST_YEN), help="The smallest price for it. ほしい補助額。"
)
@click.option("--from", "from_yen", type=Number(0, MOST_YEN), help="The least own cost from here up. 金額の下限。")
@click.option("--to", "to_yen", type=Number(0, MOST_YEN), help="With --from: the highest price. 金額の上限。")
@click.option("--beside", type=_FILE, help="JSON array of the lines beside it. 一緒に導入する明細。")
@_functions_option
@_processes_option
@_size_option
@_applicant_option
@_condition_option
@as_json_option
def price_command(beside: str | None, *, as_json: bool, **options: Any) -> None:
    """Say which price brings a subsidy, or has the least own cost (金額を逆算する)."""
    given = {"lines": _json_of(beside)} if beside else {}
    body = reading.parse(PriceBody, json.dumps(given | _facts(options)).encode())
    with _rulebook(without_database=True) as rules:
        speak(console.language())
        found = reckoning.price_of(body, rules)
    if as_json:
        write_json(found.model_dump(mode="json"))
        return
    write_table(
        [
            (say("金額", "price"), f"{found.price_yen:,}"),
            (say("補助額", "subsidy"), f"{found.subsidy_yen:,}"),
            (say("自己負担", "own cost"), f"{found.own_cost_yen:,}"),
        ]
    )
    click.echo(found.reason)


@commands.command("use")
@click.argument("scheme_id", required=False)
@click.option(
    "--from",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day in Japan from which it is in use; by default today. 使い始める日。",
)
@click.option("--yes", is_flag=True, help="Decide it, instead of only saying what would change. 決定する。")
@as_json_option
def use_command(scheme_id: str | None, day: datetime | None, *, yes: bool, as_json: bool) -> None:
    """Put the scheme SCHEME_ID in use from a day on, or say which one is (使う制度を決める).

    Without --yes nothing changes: it says what would change for the published packages.
    """
    with as_system():
        speak(console.language())
        if scheme_id is None:
            _tell_decisions(as_json=as_json)
            return
        wanted = day.date() if day else clock.today()
        try:
            summary = _put_in_use(scheme_id, wanted) if yes else scheme_in_use.preview(scheme_id, wanted)
        except BadInput as error:
            for each in error.findings:
                click.echo(sentence(each), err=True)
            stop_with_problems()
    if as_json:
        write_json({"scheme": scheme_id, "from": wanted.isoformat(), "decided": yes, "summary": summary.as_json()})
        return
    write_table(
        [
            (say("公開中のITツール", "published packages"), f"{summary.packages:,}"),
            (say("金額が変わる", "change"), f"{summary.changed:,}"),
            (
                say("新しく対象になる／対象外になる", "become fundable / not"),
                f"{summary.became_fundable:,} / {summary.became_not_fundable:,}",
            ),
            (
                say("補助額の合計", "subsidy, all packages"),
                f"{summary.subsidy_before:,} -> {summary.subsidy_after:,}",
            ),
        ]
    )
    click.echo(
        say(f"{wanted}から使うと決めました。", f"It is in use from {wanted} on.")
        if yes
        else say("決めるには --yes を付けてください。", "To decide it, add --yes.")
    )


def _put_in_use(scheme_id: str, day: date) -> Summary:
    draft_id = scheme_in_use.propose(scheme_id, day, read_version=scheme_in_use.decision_version())
    scheme_drafts.compare(draft_id)
    draft = scheme_draft_queries.one(draft_id)
    try:
        decided = scheme_decisions.decide(draft_id, read_version=draft.version)
    except BadInput:
        scheme_drafts.delete(draft_id, read_version=draft.version)
        raise
    return cast("Summary", decided.summary)


def _tell_decisions(*, as_json: bool) -> None:
    found = scheme_in_use.decisions()
    if as_json:
        write_json(
            [
                {
                    "scheme": each.scheme_id,
                    "from": each.effective_from.isoformat(),
                    "version": each.version,
                    "state": each.state,
                }
                for each in found
            ]
        )
        return
    states = scheme_in_use.STATES
    write_table(
        [
            (each.scheme_id, each.effective_from, states[each.state].in_language(console.language()))
            for each in found
        ]
    )


@commands.command("check")
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json_option
def check_command(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Check scheme FILES, by default those that come with the software (制度ファイルを調べる).

    Every fault is named with its line, its key and what was expected; then what no source confirms.
    """
    language = console.language()
    told: list[dict[str, Any]] = []
    for path in files or sorted(SHIPPED.glob("*.yaml")):
        try:
            scheme = load_scheme(path)
        except BadInput as error:
            told.append({"file": path.name, "faults": [each.as_json(language) for each in error.findings]})
            if not as_json:
                for each in error.findings:
                    click.echo(each.message.in_language(language))
            continue
        points = [{"path": point.path, "note": point.note} for point in scheme.open_points]
        told.append(
            {
                "file": path.name,
                "scheme": scheme.id,
                "version": scheme.version,
                "faults": [],
                "unconfirmed": points,
            }
        )
        if not as_json:
            fine = say("正しく読めます", "is well-formed")
            click.echo(f"{path.name}: {scheme.id} v{scheme.version} {fine}")
            mark = say("未確認", "unconfirmed")
            write_table([(f"  {mark}", point.path, point.note) for point in scheme.open_points])
    if as_json:
        write_json(told)
    if any(each["faults"] for each in told):
        stop_with_problems()


def _json_of(source: str) -> Any:
    """A file's JSON. Raises what the API raises for a body that is too large; what is no JSON is named."""
    with click.open_file(source, "rb") as file:
        data: bytes = file.read(LARGEST_BODY + 1)
    if len(data) > LARGEST_BODY:
        raise too_large()
    try:
        return reading.load(data)
    except Malformed as error:
        raise click.ClickException(f"{source}: {' '.join(map(sentence, error.findings))}") from None


def _facts(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were given, by the body's names."""
    found = {name: value for name, value in options.items() if value is not None}
    codes = [code.strip() for code in found.pop("functions").split(",") if code.strip()]
    answered = dict(_answer(each) for each in found.pop("answers_given"))
    if codes:
        found["functions"] = codes
    if answered:
        found["conditions"] = answered
    if "applicant" in found:
        found["applicant"] = _json_of(found["applicant"])
    return found


def _answer(text: str) -> tuple[str, bool]:
    code, _, said = text.partition("=")
    if said not in ("yes", "no"):
        raise click.BadParameter(f"{text!r}: CODE=yes or CODE=no", param_hint="--condition")
    return code, said == "yes"


def _quantity(text: str) -> tuple[str, int]:
    code, _, number = text.rpartition("=")
    if not code or not number.isascii() or not number.isdigit():
        raise click.BadParameter(f"{text!r}: PRODUCT=NUMBER", param_hint="--quantity")
    return code, int(number)


def _write(found: answers.EstimateForApplicant) -> None:
    write_table(
        [
            (
                line.label or line.kind_label,
                f"{line.amount_yen:,}",
                f"{line.counted_yen:,}",
                line.rate,
                line.reason,
                line.clause,
            )
            for line in found.lines
        ]
    )
    write_table([(limit.reason, f"{limit.before_yen:,} -> {limit.after_yen:,}") for limit in found.limits])
    write_table(
        [
            (say("総額", "total"), f"{found.total_yen:,}"),
            (say("補助の対象になる費用", "eligible cost"), f"{found.eligible_cost_yen:,}"),
            (say("補助額", "subsidy"), f"{found.subsidy_yen:,}"),
            (say("自己負担", "own cost"), f"{found.own_cost_yen:,}"),
        ]
    )
    for way in found.raises:
        click.echo(way.message)
    for finding in found.findings:
        click.echo(f"{finding.message} {finding.remedy}")
