"""A lint rule: no floating point anywhere near money."""

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
# Everything that reckons or shows an amount; a new file of these folders and names is held to it by itself.
MODULES = sorted(
    path
    for pattern in (
        "marketplace/subsidy/*.py",
        "marketplace/pricing.py",
        "marketplace/comparison*.py",
        "marketplace/schemes/*.py",
        "marketplace/quotes/*.py",
        "marketplace/money/*.py",
        "catalogue/pricing_units.py",
        "search/bands.py",
        "search/publishing.py",
        "web/public/money.py",
        "web/public/cards.py",
        "web/api/reckoning.py",
    )
    for path in PROJECT.glob(pattern)
)
# A path is joined with the same sign, and a Fraction divides exactly: these are all there are.
EXACT = ("Path(__file__)", "DATA / ", "HERE / ", "(end - below) / rate", "Fraction(exact) / tariff.scale")


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
    names = {path.name for path in MODULES}
    assert {"engine.py", "tariff.py", "inverse.py", "pricing.py", "money.py", "comparison.py"} <= names
