"""Worked examples, to the yen: the schemes' own, and the packages of the first catalogue."""

import csv
from pathlib import Path

import pytest

from marketplace.subsidy.engine import CostLine, estimate, figures_of, tariff_for
from marketplace.subsidy.scheme import shipped_schemes

TABLE = (Path(__file__).parent / "subsidy_examples.csv").read_text(encoding="utf-8-sig")
EXAMPLES = list(csv.DictReader(TABLE.splitlines()))


def lines_of(text: str) -> list[CostLine]:
    """`100001;pc:300000` as lines; software unless said otherwise."""
    parts = [part.rpartition(":") for part in text.split(";")]
    return [CostLine(kind or "software", int(amount)) for kind, _, amount in parts]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["id"])
def test_worked_example(row: dict[str, str]) -> None:
    scheme = shipped_schemes().get(row["scheme"])
    functions = [f"F{n}" for n in range(int(row["functions_or_processes"]))]
    granted = row["context"].rpartition(" ")[2] if row["context"].startswith("confirmation") else None
    found = estimate(
        scheme,
        lines_of(row["lines_yen_ex_tax"]),
        functions=functions,
        size=row["business_size"],
        granted_yen=int(granted) if granted else None,
    )
    assert found.subsidy_yen == int(row["expected_subsidy_yen"])
    assert found.fundable is (row["fundable"] == "true")
    assert found.own_cost_yen == found.total_yen - found.subsidy_yen
    if granted is None:
        tariff = tariff_for(scheme, functions=functions, size=row["business_size"])
        assert figures_of(tariff, lines_of(row["lines_yen_ex_tax"])).subsidy_yen == found.subsidy_yen


def cloud(monthly: int, months: int = 12) -> CostLine:
    return CostLine("cloud", monthly * months, months)


def yearly(amount: int) -> CostLine:
    return CostLine("cloud", amount, 12)


# code, lines, eligible cost, subsidy, own cost
PACKAGES = [
    (
        "AP-1",
        [
            yearly(118_800),
            yearly(96_000),
            yearly(72_000),
            yearly(60_000),
            CostLine("導入設定", 200_000),
            CostLine("研修", 80_000),
        ],
        (626_800, 417_866, 208_934),
    ),
    ("AP-2", [yearly(96_000), yearly(72_000), CostLine("setup", 200_000)], (368_000, 245_333, 122_667)),
    (
        "MP-1",
        [
            CostLine("software", 300_000),
            cloud(9_800),
            cloud(6_800),
            cloud(5_800),
            CostLine("ハードウエア", 128_000),
            CostLine("setup", 150_000),
        ],
        (718_800, 479_200, 367_600),
    ),
    ("MP-2", [cloud(9_800), cloud(6_800)], (199_200, 0, 199_200)),
    (
        "MP-3",
        [CostLine("software", 600_000), cloud(5_800 * 2), CostLine("setup", 300_000)],
        (1_039_200, 692_800, 346_400),
    ),
    ("KP-1", [cloud(4_980), cloud(12_800), CostLine("website", 180_000, 12)], (393_360, 262_240, 131_120)),
    ("KP-2", [cloud(4_980), cloud(7_500), cloud(15_000)], (329_760, 219_840, 109_920)),
    (
        "HP-1",
        [CostLine("software", amount) for amount in (1_200_000, 480_000, 360_000, 360_000)]
        + [CostLine("setup", 700_000)],
        (3_100_000, 1_000_000, 2_100_000),
    ),
    (
        "MCP-1",
        [CostLine("software", 280_000), CostLine("software", 150_000), CostLine("support", 60_000, 12)],
        (490_000, 326_666, 163_334),
    ),
    ("UP-1", [cloud(24_800), cloud(32_000), cloud(8_000), cloud(0)], (777_600, 518_400, 259_200)),
    ("UP-2", [cloud(24_800, 24), cloud(0, 24)], (297_600, 0, 595_200)),
]


@pytest.mark.parametrize(("code", "lines", "expected"), PACKAGES, ids=[row[0] for row in PACKAGES])
def test_package_of_the_first_catalogue(code: str, lines: list[CostLine], expected: tuple[int, int, int]) -> None:
    found = estimate(shipped_schemes().get("2017"), lines)
    assert (found.eligible_cost_yen, found.subsidy_yen, found.own_cost_yen) == expected
    assert found.fundable is (expected[1] > 0)
