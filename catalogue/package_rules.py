"""What a package must be. Pure.

Source: the programme's outline, 「ITツールの定義」: at least two core functions; all in one business category only
where that category's work ratio (作業比率) in the productivity index exceeds 50%, and then for those industries only.
Money is whole yen without consumption tax, shares are exact percent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from catalogue.price_sheets import MOST_MONTHS, MOST_TOTAL_YEN, Component, price_sheet, term_of
from catalogue.vocabulary import ALL_INDUSTRIES, CATEGORIES, Industry, Masters, percent
from tenants.errors import Finding
from tenants.text import Text

LEAST_FUNCTIONS: Final = 2
WORK_RATIO_LIMIT: Final = Fraction(50)
# Not a rule of the programme: a bound of what one package can mean.
MOST_ITEMS: Final = 500

ITEMS_COLUMN: Final = "構成製品×数量"
INDUSTRIES_COLUMN: Final = "対象業種"
MONTHS_COLUMN: Final = "クラウド計上月数"


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """Whether a package may be registered, and why.

    restriction: industry codes it may be sold to only; empty when it may be sold to whom it is made for.
    functions, categories: what it has, in the master's order. reason: the decision in one sentence.
    """

    accepted: bool
    restriction: tuple[str, ...]
    functions: tuple[str, ...]
    categories: tuple[str, ...]
    reason: Text
    findings: tuple[Finding, ...]


def assess_package(
    items: Sequence[Component], industries: Iterable[str], cloud_months: int, masters: Masters
) -> RuleOutcome:
    """Judge a package by the rules of registration; every finding at once.

    industries: codes, ``all`` for every industry. cloud_months: months of cloud fees in its price (0 to 120).
    """
    wanted = [code for item in items for code in item.functions]
    functions = tuple(row.code for row in masters.functions_of(wanted))
    categories = masters.categories_of(functions)
    targets = _targets(industries)
    findings = [
        *_unknown_functions(wanted, masters),
        *_unknown_kinds(items, masters),
        *_unknown_industries(targets, masters),
        *_composition(items, targets, cloud_months, masters),
    ]
    restriction: tuple[str, ...] = ()
    if len(functions) < LEAST_FUNCTIONS:
        findings.append(_too_few(functions, masters))
    elif len(categories) == 1:
        restriction = targets
        findings.extend(_one_category(categories[0], targets, masters))
    if findings:
        return RuleOutcome(
            accepted=False,
            restriction=(),
            functions=functions,
            categories=categories,
            reason=findings[0].message,
            findings=tuple(findings),
        )
    reason = _why_restricted(categories[0], restriction, masters) if restriction else _why_accepted(categories)
    return RuleOutcome(
        accepted=True,
        restriction=restriction,
        functions=functions,
        categories=categories,
        reason=reason,
        findings=(),
    )


def _targets(industries: Iterable[str]) -> tuple[str, ...]:
    """Each industry once; ``all`` swallows the others."""
    codes = tuple(dict.fromkeys(industries))
    return (ALL_INDUSTRIES,) if ALL_INDUSTRIES in codes else codes


def _unknown_functions(codes: Iterable[str], masters: Masters) -> Iterable[Finding]:
    for code in dict.fromkeys(code for code in codes if masters.function(code) is None):
        yield Finding(
            "unknown_function",
            Text(
                f"コア機能「{code}」は、現在の一覧にありません。",
                f"The core function {code!r} is not in the list.",
            ),
            Text("その機能を持つ製品の登録を直してください。", "Correct the product that has this function."),
            ITEMS_COLUMN,
        )


def _unknown_kinds(items: Iterable[Component], masters: Masters) -> Iterable[Finding]:
    for item in items:
        if masters.cost_kind(item.cost_kind) is None:
            yield Finding(
                "unknown_cost_kind",
                Text(
                    f"製品 {item.product_code} の費目「{item.cost_kind}」は、現在の一覧にありません。",
                    f"The cost kind {item.cost_kind!r} of product {item.product_code} is not in the list.",
                ),
                Text("その製品の費目を直してください。", "Correct that product's cost kind."),
                ITEMS_COLUMN,
            )


def _unknown_industries(codes: Iterable[str], masters: Masters) -> Iterable[Finding]:
    for code in codes:
        if masters.industry(code) is None:
            yield Finding(
                "unknown_industry",
                Text(f"業種「{code}」は、現在の一覧にありません。", f"The industry {code!r} is not in the list."),
                Text("一覧にある業種を選んでください。", "Choose an industry from the list."),
                INDUSTRIES_COLUMN,
            )


def _composition(
    items: Sequence[Component], targets: tuple[str, ...], cloud_months: int, masters: Masters
) -> Iterable[Finding]:
    if not items:
        yield Finding(
            "no_items",
            Text("構成製品がありません。", "The package has no product."),
            Text("製品を1つ以上選んでください。", "Choose at least one product."),
            ITEMS_COLUMN,
        )
    if len(items) > MOST_ITEMS:
        yield Finding(
            "too_many_items",
            Text(
                f"構成製品が{len(items)}あります（{MOST_ITEMS}まで）。",
                f"{len(items)} products (at most {MOST_ITEMS}).",
            ),
            Text("ITツールを分けて登録してください。", "Register it as several packages."),
            ITEMS_COLUMN,
        )
    if not targets:
        yield Finding(
            "no_industries",
            Text("対象業種がありません。", "The package has no target industry."),
            Text("対象業種を選ぶか、「全業種」を選んでください。", "Choose industries, or all industries."),
            INDUSTRIES_COLUMN,
        )
    yield from _months(items, cloud_months, masters)


def _months(items: Sequence[Component], cloud_months: int, masters: Masters) -> Iterable[Finding]:
    if not 0 <= cloud_months <= MOST_MONTHS:
        yield Finding(
            "months_out_of_range",
            Text(f"クラウド計上月数は0〜{MOST_MONTHS}です。", f"Months of cloud fees are 0 to {MOST_MONTHS}."),
            Text(f"0から{MOST_MONTHS}までの整数にしてください。", f"Use a whole number from 0 to {MOST_MONTHS}."),
            MONTHS_COLUMN,
        )
        return
    needing = [item.product_code for item in items if _needs_months(item, masters)]
    if needing and cloud_months == 0:
        codes = "、".join(needing)
        yield Finding(
            "months_missing",
            Text(
                f"月額・年額の製品（{codes}）があるのに、クラウド計上月数が0です。",
                f"Products paid by the month or year ({codes}), but 0 months of fees are counted.",
            ),
            Text(
                "価格に含める月数（例：12）を入力してください。",
                "Say how many months the price covers, such as 12.",
            ),
            MONTHS_COLUMN,
        )
    total = price_sheet(items, cloud_months, masters).total_yen
    if total > MOST_TOTAL_YEN:
        yield Finding(
            "total_too_large",
            Text(
                f"合計{total:,}円は大きすぎます（{MOST_TOTAL_YEN:,}円まで）。",
                f"{total:,} yen is too much in all.",
            ),
            Text("数量と月数を確かめてください。", "Check the quantities and months."),
            ITEMS_COLUMN,
        )


def _needs_months(item: Component, masters: Masters) -> bool:
    return item.period in ("monthly", "yearly") and term_of(item.cost_kind, masters) != "one_year"


def _too_few(functions: tuple[str, ...], masters: Masters) -> Finding:
    names = [row.name for row in masters.functions_of(functions)]
    have = Text("、".join(name.ja for name in names) or "なし", ", ".join(name.en for name in names) or "none")
    return Finding(
        "too_few_functions",
        Text(
            f"コア機能が{LEAST_FUNCTIONS}つ以上必要ですが、{len(functions)}つです（{have.ja}）。",
            f"At least {LEAST_FUNCTIONS} core functions are needed; there are {len(functions)} ({have.en}).",
        ),
        Text(
            "別のコア機能を持つ製品を、構成製品に加えてください。",
            "Add a product that has another core function.",
        ),
        ITEMS_COLUMN,
    )


def _one_category(category: str, targets: tuple[str, ...], masters: Masters) -> Iterable[Finding]:
    failing = [code for code in targets if not _exceeds(code, category, masters)]
    if failing:
        yield Finding(
            "work_ratio",
            _not_above(category, failing, masters),
            _way_out(category, masters),
            INDUSTRIES_COLUMN,
        )


def _exceeds(industry: str, category: str, masters: Masters) -> bool:
    index = masters.indexes.get(industry)
    return index is not None and index.shares[category] > WORK_RATIO_LIMIT


def _not_above(category: str, failing: Sequence[str], masters: Masters) -> Text:
    name = masters.category(category).name
    if ALL_INDUSTRIES in failing:
        return Text(
            f"コア機能が{name.ja}だけのITツールは、全業種向けには登録できません。",
            f"With core functions of one category only ({name.en}), it cannot be registered for all industries.",
        )
    said = [_share(code, category, masters) for code in failing]
    return Text(
        f"コア機能が{name.ja}だけで、対象業種の{name.ja}の作業比率が50%を超えていません："
        + "、".join(text.ja for text in said)
        + "。",
        f"All core functions are {name.en}, and its work ratio does not exceed 50% for: "
        + ", ".join(text.en for text in said)
        + ".",
    )


def _share(code: str, category: str, masters: Masters) -> Text:
    industry = masters.industry(code)
    name = industry.name if industry else Text(code, code)
    index = masters.indexes.get(code)
    if index is None:
        return Text(f"{name.ja} 指数なし", f"{name.en} (no index)")
    share = percent(index.shares[category])
    return Text(f"{name.ja} {share}", f"{name.en} {share}")


def _way_out(category: str, masters: Masters) -> Text:
    name = masters.category(category).name
    others = [row.name for row in CATEGORIES if row.code != category]
    add = Text(
        f"{'か'.join(text.ja for text in others)}のコア機能を持つ製品を加えてください。",
        f"add a product with a core function of {' or '.join(text.en for text in others)}.",
    )
    passing = _passing(category, masters)
    if not passing:
        return Text(
            f"{name.ja}の作業比率が50%を超える業種はありません。{add.ja}",
            f"In no industry does the work ratio of {name.en} exceed 50%: {add.en}",
        )
    said = [_share(row.code, category, masters) for row in passing]
    return Text(
        f"対象業種を{'、'.join(text.ja for text in said)}だけにするか、{add.ja}",
        f"Choose only from {', '.join(text.en for text in said)}, or {add.en}",
    )


def _passing(category: str, masters: Masters) -> list[Industry]:
    return [row for row in masters.industries if _exceeds(row.code, category, masters)]


def _why_restricted(category: str, restriction: tuple[str, ...], masters: Masters) -> Text:
    name = masters.category(category).name
    said = [_share(code, category, masters) for code in restriction]
    return Text(
        f"{name.ja}だけのITツールのため、作業比率が50%を超える業種（{'、'.join(text.ja for text in said)}）に限って販売できます。",
        f"It has {name.en} functions only, so it may be sold only where their work ratio exceeds 50%: "
        + ", ".join(text.en for text in said)
        + ".",
    )


def _why_accepted(categories: tuple[str, ...]) -> Text:
    names = [row.name for row in CATEGORIES if row.code in categories]
    return Text(
        f"{'・'.join(text.ja for text in names)}のコア機能を組み合わせているため、登録要件を満たしています。",
        f"It combines core functions of {' and '.join(text.en for text in names)}: the requirement is met.",
    )
