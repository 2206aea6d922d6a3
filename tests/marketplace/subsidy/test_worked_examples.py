"""Worked examples of each edition, to the yen: one file for each scheme that is shipped."""

import csv
from pathlib import Path

import pytest

from marketplace.subsidy.engine import CostLine, estimate, figures_of, tariff_for
from marketplace.subsidy.scheme import shipped_schemes

FOLDER = Path(__file__).parent / "examples"
# Codes of the master data; the first are what the editions that name functions ask for.
FUNCTIONS = ("B1", "M2", "F5", "F4", "M3", "B3")
EXAMPLES = [
    (path.stem, number, row)
    for path in sorted(FOLDER.glob("*.csv"))
    for number, row in enumerate(csv.DictReader(path.read_text(encoding="utf-8").splitlines()), 2)
]


def lines_of(text: str) -> list[CostLine]:
    """`100001;pc:300000;cloud/24:240000` as lines: kind, after the stroke the months; software unless said."""
    found = []
    for part in text.split(";"):
        what, _, amount = part.rpartition(":")
        kind, _, months = what.partition("/")
        found.append(CostLine(kind or "software", int(amount), int(months) if months else None))
    return found


def answers_of(text: str) -> dict[str, bool]:
    return {code: said == "yes" for code, _, said in (each.partition("=") for each in text.split(";") if each)}


@pytest.mark.parametrize(("scheme", "number", "row"), EXAMPLES, ids=[f"{name}:{n}" for name, n, _ in EXAMPLES])
def test_worked_example(scheme: str, number: int, row: dict[str, str]) -> None:
    under = shipped_schemes().get(scheme)
    lines = lines_of(row["lines_yen_ex_tax"])
    functions = FUNCTIONS[: int(row["functions_or_processes"])]
    answers = answers_of(row["conditions"])
    granted = int(row["granted_yen"]) if row["granted_yen"] else None
    found = estimate(
        under, lines, functions=functions, size=row["business_size"], conditions=answers, granted_yen=granted
    )
    assert found.subsidy_yen == int(row["expected_subsidy_yen"]), row["note"]
    assert found.fundable is (row["fundable"] == "true")
    assert found.own_cost_yen == sum(line.amount_yen for line in lines) - found.subsidy_yen
    if granted is None and False not in answers.values():
        met = frozenset(code for code, said in answers.items() if said)
        tariff = tariff_for(under, functions=functions, size=row["business_size"], met=met)
        assert figures_of(tariff, lines).subsidy_yen == found.subsidy_yen


def test_every_scheme_has_its_examples() -> None:
    """Fundable and not, so that a floor or a missing function is among them."""
    for scheme in shipped_schemes().all():
        outcomes = [row["fundable"] for name, _, row in EXAMPLES if name == scheme.id]
        assert len(outcomes) >= 4, scheme.id
        assert {"true", "false"} <= set(outcomes), scheme.id
