"""`hojo search needs`, `find` and `understand`: from a problem to packages, without a page."""

from __future__ import annotations

import time

import click

from catalogue.masters import vocabulary
from marketplace.needs.request import checked
from marketplace.needs.service import Advice, advise
from marketplace.subsidy.eligibility import MOST_EMPLOYEES
from marketplace.subsidy.lines import MOST_YEN
from marketplace.today import today
from search import guided
from search.finding import understand as understood
from web import console
from web.api.guided import GuidedAnswer, answer_from_problem
from web.api.needs import needs_answer
from web.commands.output import Number, as_json_option, as_system, say, write_json, write_table


@click.command()
@click.argument("functions", nargs=-1, required=True)
@click.option("--have", multiple=True, help="A function that is there already. すでにある機能。")
@click.option("--industry", help="A target industry's code, e.g. restaurants. 業種。")
@click.option(
    "--people", "--employees", "employees", type=Number(0, MOST_EMPLOYEES), help="Regular employees. 従業員数。"
)
@click.option(
    "--budget", type=Number(1, MOST_YEN), help="The most to pay after the subsidy, in yen. 自己負担の上限（円）。"
)
@click.option("--applied", is_flag=True, help="Reckon without the subsidy. 補助金なしで計算する。")
@click.option("--own-industry", is_flag=True, help="Only packages made for the industry. その業種向けだけ。")
@as_json_option
def needs(
    functions: tuple[str, ...],
    have: tuple[str, ...],
    industry: str | None,
    employees: int | None,
    budget: int | None,
    *,
    applied: bool,
    own_industry: bool,
    as_json: bool,
) -> None:
    """Find the cheapest sets of packages with FUNCTIONS, such as F2 B3 (必要な機能をいちばん安くそろえる)."""
    with as_system():
        asked = checked(
            vocabulary(),
            _codes(functions),
            have=_codes(have),
            industry=industry,
            employees=employees,
            budget_yen=budget,
            can_apply=not applied,
            own_industry=own_industry,
        )
        began = time.perf_counter()
        advice = advise(asked)
        seconds = time.perf_counter() - began
        answer = needs_answer(advice).model_dump(mode="json")
    if as_json:
        write_json({**answer, "milliseconds": int(seconds * 1000)})
        return
    _write(advice)


def _codes(given: tuple[str, ...]) -> list[str]:
    return [code for part in given for code in part.split(",") if code]


def _write(advice: Advice) -> None:
    language = console.language()
    for number, each in enumerate(advice.answers, 1):
        click.echo(
            f"{number}. {say('自己負担', 'own cost')} {each.own_cost_yen:,} — {each.differs.in_language(language)}"
        )
        write_table(
            [
                (part.code, part.name, " ".join(part.covers), f"{part.total_yen:,}", f"-{part.subsidy_yen:,}")
                for part in each.parts
            ]
        )
        if each.leaves:
            click.echo(f"{say('まかなえない機能', 'not covered')}: {' '.join(each.leaves)}")
    if advice.not_offered:
        click.echo(f"{say('公開されていない機能', 'not offered')}: {' '.join(advice.not_offered)}")
    if advice.cover_all_yen is not None:
        click.echo(
            say(f"すべてそろえるには{advice.cover_all_yen:,}円", f"everything: {advice.cover_all_yen:,} yen")
        )
    if not advice.answers:
        click.echo(say("この条件でそろえられるITツールはありません。", "Nothing fits."))
    elif advice.proven:
        click.echo(say("これより良い組み合わせはありません。", "No set is better."))
    else:
        click.echo(
            say(f"時間切れ：差は最大{advice.gap_yen:,}円", f"out of time: gap of at most {advice.gap_yen:,} yen")
        )


@click.command()
@click.argument("text", default="")
@click.option("--problem", "problems", multiple=True, help="A problem's code, instead of TEXT. 困りごと。")
@click.option("--function", "functions", multiple=True, help="A function's code, instead of TEXT. 機能。")
@click.option("--industry", help="A target industry's code: only packages made for it, or for all. 業種。")
@click.option("--people", "--employees", "employees", type=Number(0, MOST_EMPLOYEES), help="Employees. 従業員数。")
@click.option(
    "--budget",
    type=Number(1, MOST_YEN),
    help="The most to pay for one package after the subsidy, in yen. 自己負担の上限（円）。",
)
@as_json_option
def find(
    text: str,
    problems: tuple[str, ...],
    functions: tuple[str, ...],
    industry: str | None,
    employees: int | None,
    budget: int | None,
    *,
    as_json: bool,
) -> None:
    """Rank packages for what TEXT is troubled by (困りごとからITツールを探す).

    As on the page "Start from a problem": an amount in TEXT is the budget, unless --budget is given; in 「」 it is words.
    """
    with as_system():
        asked = guided.checked(
            vocabulary(),
            text=text,
            problems=_codes(problems),
            functions=_codes(functions),
            industry=industry,
            employees=employees,
            budget_yen=budget,
        )
        found = answer_from_problem(asked, today())
    if as_json:
        write_json(found.model_dump(mode="json"))
    else:
        _write_found(found)


def _write_found(found: GuidedAnswer) -> None:
    meant = found.understood
    write_table([(each.code, each.label, " ".join(each.functions), "、".join(each.by)) for each in meant.troubles])
    if meant.read_as:
        click.echo(meant.read_as, err=True)
    if not meant.troubles:
        click.echo(_nothing_understood(), err=True)
        return
    click.echo()
    write_table(
        [
            (
                str(number),
                each.code,
                each.name,
                " ".join(each.covers),
                f"{each.total_yen:,}",
                f"-{each.subsidy_yen:,}",
                f"{say('自己負担', 'own cost')} {each.own_cost_yen:,}",
            )
            for number, each in enumerate(found.items, 1)
        ]
    )
    for one in found.unsolved:
        click.echo(f"{say('解決できない困りごと', 'not solved')}: {one.label}: {one.says}")
    click.echo(
        say(
            f"役立つ機能をもつITツールは全部で{found.packages_offered:,}件あります。",
            f"{found.packages_offered:,} packages have something that helps.",
        )
    )


def _nothing_understood() -> str:
    return say("困りごとも機能も読み取れませんでした。", "No problem and no function was understood.")


@click.command()
@click.argument("text")
@click.option("--industry", help="A target industry's code: breaks ties. 業種。")
@as_json_option
def understand(text: str, industry: str | None, *, as_json: bool) -> None:
    """Say which problems TEXT speaks of (困りごとを読み取る)."""
    with as_system():
        found = understood(text, industry)
    if as_json:
        write_json(
            {
                "problems": [
                    {
                        "code": each.problem.code,
                        "sentence": each.problem.sentence,
                        "functions": list(each.problem.functions),
                        "by": list(each.by),
                    }
                    for each in found.problems
                ],
                "functions": list(found.functions),
                "near": [each.code for each in found.near],
            }
        )
        return
    write_table(
        [
            (each.problem.code, each.problem.sentence, " ".join(each.problem.functions), "、".join(each.by))
            for each in found.problems
        ]
    )
    write_table([(code, "", code, "") for code in found.functions])
    if not found.problems and not found.functions:
        click.echo(_nothing_understood(), err=True)
