"""Packages in lists: what each is, its money, and what can be done with it.

Written here and not in macros, which take ten times as long: a list has dozens, and other ones under each address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from flask import Flask, current_app
from markupsafe import Markup, escape

from marketplace.cash_flow import Payment
from marketplace.outlay import Outlay
from tenants.text import Text
from web.public.cards import CardMoney, CardWords, FunctionLabel, Match, Pieces
from web.words import amount, function_tag, percent, say, t, written

_SIGNS: Final = "img/icons.svg"


def price_steps(
    total: int | None,
    subsidy: int | None,
    own: int | None,
    fundable: object = True,  # noqa: FBT002  (as templates write it)
    why_not: Text | str | None = None,
    size: str = "l",
) -> Markup:
    """Total -> subsidy -> own cost, the last one largest. why_not: what stands in the subsidy's place if there is none."""
    if fundable:
        back = f'<span aria-hidden="true">−</span>{amount(subsidy, "m")}'
    else:
        back = f'<span class="price-steps__not">{escape(say(why_not or t("対象外", "Not fundable")))}</span>'
    return Markup(  # noqa: S704  (amounts, and words that are escaped)
        '<dl class="price-steps">\n'
        f'    <div class="price-steps__total"><dt>{t("総額（税抜）", "Total (before tax)")}</dt>'
        f"<dd>{amount(total, 'm')}</dd></div>\n"
        '    <div class="price-steps__subsidy">\n'
        f"      <dt>{t('補助金の見込み', 'Estimated subsidy')}</dt>\n"
        f"      <dd>{back}</dd>\n"
        "    </div>\n"
        f'    <div class="price-steps__own"><dt>{t("自己負担", "Your cost")}</dt>'
        f"<dd>{amount(own, size)}</dd></div>\n"
        "  </dl>"
    )


def second_year(value: int | None, incomplete: object = False) -> Markup:  # noqa: FBT002  (as templates write it)
    """What falls due each year from the second on. incomplete: some renewal prices are not registered."""
    if value:
        each = t("／年", "/year") + (_or_more() if incomplete else "")
        return Markup(f"{amount(value, 's')}<span>{each}</span>")  # noqa: S704  (an amount, and words of ours)
    none = t("更新料金が未登録", "renewal price not registered") if incomplete else t("費用なし", "no fee")
    return Markup(f"<span>{none}</span>")  # noqa: S704  (words of ours)


def _or_more() -> str:
    return t("以上", " or more")


def outlay_brief(outlay: Outlay, eligible_yen: int, name: Text | str) -> Markup:
    """The money of one package: what it costs, the later years, and one line that opens onto the rest."""
    years, flow = outlay.years, outlay.flow
    rate = percent(flow.tax_rate.rate)
    tax = t(f"消費税（{rate}・対象外）", f"Consumption tax ({rate}, not subsidised)")
    payments = "".join(_payment(each) for each in flow.payments if each.kind != "later")
    steps = price_steps(outlay.total_yen, outlay.subsidy_yen, outlay.own_cost_yen, outlay.fundable)
    return Markup(  # noqa: S704  (amounts, and words that are escaped)
        f'{steps}\n  <dl class="brief">\n'
        f"    <div><dt>{t('2年目以降', 'From year two')}</dt>"
        f"<dd>{second_year(outlay.second_year_yen, not years.complete)}</dd></div>\n"
        f'    <div class="brief__three-years"><dt>{t("3年間の合計", "Three years together")}</dt>'
        f"<dd>{amount(years.total_yen, 's')}{'' if years.complete else _or_more()}</dd></div>\n"
        "  </dl>\n"
        '  <details class="brief-flow">\n'
        f"    <summary>{t('お金の流れと消費税', 'When you pay, and tax')}{_of(name)}</summary>\n"
        '    <dl class="brief">\n'
        f'      <div class="brief__eligible"><dt>{t("補助の対象額", "Eligible cost")}</dt>'
        f"<dd>{amount(eligible_yen, 's')}</dd></div>\n"
        f'      <div class="brief__tax"><dt>{tax}</dt><dd>{amount(flow.tax_yen, "s")}</dd></div>\n'
        f"{payments}"
        "    </dl>\n"
        "  </details>"
    )


def _payment(payment: Payment) -> str:
    if payment.kind == "pay":
        what = t("先に支払う（税込）", "Paid first (tax included)")
    else:
        what = t("あとで受け取る補助金", "Subsidy, received later")
    return (
        f'        <div class="brief__{payment.kind}"><dt>{what}</dt><dd>{amount(payment.yen, "s")}</dd>'
        f'<dd class="brief__when">{escape(say(payment.when))}</dd></div>\n'
    )


def _of(name: Text | str) -> str:
    """Which package a link or a line is of, for those who hear it alone."""
    return f'<span class="visually-hidden">{t("：", ": ")}{escape(written(name))}</span>'


def function_labels(functions: Sequence[FunctionLabel], shown: int = 6) -> Markup:
    """Functions as labels; beyond ``shown`` how many more."""
    tags = "".join(f"<li>{function_tag(each.category, each.name)}</li>" for each in functions[:shown])
    more = len(functions) - shown
    rest = f'<li class="functions__more">{t(f"ほか{more}機能", f"{more} more")}</li>' if more > 0 else ""
    label = t("機能", "Functions")
    return Markup(f'<ul class="functions" aria-label="{label}">\n{tags}{rest}  </ul>')  # noqa: S704  (tags are drawn)


def _matched(parts: str | Pieces) -> str:
    """A text, or its pieces with those that matched marked."""
    if isinstance(parts, str):
        return escape(written(parts))
    return "".join(
        f"<mark>{escape(written(words))}</mark>" if hit else escape(written(words)) for words, hit in parts
    )


def _found_in(match: Match) -> str:
    what = f"{escape(say(match.of))} " if match.of else ""
    return what + _matched(match.pieces)


def _why(icon: str, label: str, said: str) -> str:
    return f'<p class="result__why">{icon}<span><span class="result__why-label">{label}</span>{said}</span></p>'


def card_words(words: CardWords, level: int) -> str:
    """What a package is, and why it was found."""
    signs = current_app.jinja_env.globals["asset"](_SIGNS)
    check, search = (
        f'<svg class="icon" aria-hidden="true" focusable="false" width="24" height="24"><use href="{signs}#{name}"></use></svg>'
        for name in ("check", "search")
    )
    summary = f'<p class="result__summary">{_matched(words.summary)}</p>' if words.summary else ""
    good = ""
    if words.solves:
        solved = "、".join(escape(written(one)) for one in words.solves)
        good = _why(check, t("解決する困りごと：", "Solves: "), solved) + "\n"
    elif words.helps:
        helped = t("、", ", ").join(escape(say(one)) for one in words.helps)
        good = _why(check, t("役立つ機能：", "Helps with: "), helped)
    industries = why = ""
    if words.industries:
        of = t("業種：", "For: ")
        industries = f'<p class="result__industries">{of}{escape(say(words.industries))}</p>'
    if words.why:
        why = _why(search, t("一致した箇所：", "Matched: "), t("、", ", ").join(map(_found_in, words.why)))
    name = _matched(words.name_matched or words.name)
    return (
        '<div class="result__body">\n'
        f'      <h{level} class="result__name"><a href="{escape(words.href)}">{name}</a></h{level}>\n'
        f'      <p class="result__vendor"><a href="{escape(words.vendor_href)}">'
        f"{escape(written(words.vendor_name))}</a></p>\n"
        f"{summary}{good}      {function_labels(words.functions)}\n"
        f"{industries}{why}    </div>"
    )


def card_money(money: CardMoney, compare: bool) -> str:  # noqa: FBT001  (a part is given all by place)
    """What it costs, and what can be done with it."""
    of, tick, later = _of(money.name), "", ""
    if compare:  # joins the form of the compare bar on the same page
        tick = (
            f'<label class="compare-tick"><input type="checkbox" name="codes" value="{escape(money.code)}"'
            f' form="compare-form" data-compare-name="{escape(say(money.name))}">'
            f"<span>{t('比べる', 'Compare')}{of}</span></label>"
        )
    if money.later_href:
        aside = t("あとで検討", "Consider later")
        later = f'<p class="result__later"><a href="{escape(money.later_href)}">{aside}{of}</a></p>'
    brief = outlay_brief(money.outlay, money.eligible_cost_yen, money.name)
    return f'<div class="result__money">\n      {brief}\n{tick}{later}    </div>'


PARTS: Final[Mapping[str, Callable[..., str]]] = {
    "packages.card_words": card_words,
    "packages.card_money": card_money,
}
"""The two parts of a card, by the names under which they are drawn once (web/drawn.py)."""


def install(app: Flask) -> None:
    """Make known to the templates what they draw beside cards."""
    app.jinja_env.globals.update(
        price_steps=price_steps,
        second_year=second_year,
        outlay_brief=outlay_brief,
        function_labels=function_labels,
    )
