"""A lint rule: no floating point anywhere near money."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# The solver's own bounds and moments on the clock; what it finds is reckoned again in whole yen (packages-for-my-needs).
NO_AMOUNTS = {
    PROJECT / "marketplace/needs" / name for name in ("service.py", "sets.py", "solving.py", "time_left.py")
}
# Every file that speaks of yen or is called after prices: a new one is held to it by itself.
MODULES = [
    path
    for folder in ("tenants", "catalogue", "marketplace", "search", "web")
    for path in sorted((PROJECT / folder).rglob("*.py"))
    if "web/demo/" not in path.as_posix()
    and path not in NO_AMOUNTS
    and ("yen" in path.read_text(encoding="utf-8") or path.stem.startswith("pric"))
]
# A path is joined with the same sign, and a Fraction divides exactly: these are all there are.
EXACT = (
    "Path(__file__)",
    "DATA / ",
    "HERE / ",
    "SHIPPED / ",
    "folder / ",
    "(end - below) / rate",
    "Fraction(exact) / tariff.scale",
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_floating_point_near_money(path: Path) -> None:
    """No float literal, no float() or round(), no true division, nothing of math but whole numbers."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        named = isinstance(node, ast.Name) and node.id in {"float", "round", "Decimal"}
        of_math = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math"
        inexact = of_math and node.attr not in {"lcm", "gcd", "isqrt", "prod"}
        divided = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)
        if literal or named or inexact or divided:
            found.append((node.lineno, ast.unparse(node)))
    assert [each for each in found if not each[1].startswith(EXACT)] == []


def test_the_rule_sees_the_modules_that_matter() -> None:
    names = {path.relative_to(PROJECT).as_posix() for path in MODULES}
    assert names >= {
        "marketplace/subsidy/engine.py",
        "marketplace/cash_flow.py",
        "marketplace/outlay.py",
        "marketplace/quotes/rules.py",
        "catalogue/pricing_units.py",
        "search/embedded/repricing.py",
        "web/public/money.py",
        "web/public/cost_chart.py",
    }
