"""Nothing in a shipped scheme stands there as certain that no source at hand confirms.

Figures of money are confirmed by a worked example that comes out otherwise with another figure, or whose note names
it. Rules are confirmed by what the outline and the published sources state, written down here edition by edition.
"""

import copy
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from worked_input import rows

from marketplace.subsidy.engine import CostLine, estimate
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, Scheme

FILES = {path.stem: plain(path.read_text(encoding="utf-8")) for path in sorted(SHIPPED.glob("*.yaml"))}
EXAMPLES = rows("subsidy_examples.csv")
LATER = tuple(name for name in FILES if name != "2017")
SINCE_2021 = ("2022-digital", "2025-invoice", "2025-normal", "2025-security")
# Only cyber security services count there, which nothing published says of the other kinds.
MANY = tuple(name for name in FILES if name != "2025-security")

# What the sources state: of which editions, of what, and what has to stand there.
STATED: list[tuple[tuple[str, ...], str, dict[str, Any]]] = [
    (("2017",), r"filing", {"who": "proxy"}),
    (tuple(n for n in LATER if n.startswith("2025")), r"filing", {"who": "applicant"}),
    (("2017", "2018", "2025-invoice"), r"rounding", {"at": "total", "unit_yen": 1}),
    (MANY, r"cost_kinds\.(software|setup|training|consulting)", {"eligible": True}),
    (MANY, r"cost_kinds\.(cloud|support)", {"eligible": True, "months": 12}),
    (tuple(FILES), r"cost_kinds\.(travel|application_fee|rental|used|other)", {"eligible": False}),
    (("2017",), r"cost_kinds\.website", {"eligible": True, "months": 12}),
    (("2017",), r"cost_kinds\.(hardware|website_renewal)", {"eligible": False}),
    (("2025-invoice",), r"cost_kinds\.(pc|register)", {"eligible": True}),
    (("2017",), r"evidence\.payment", {"stage": "completion"}),
    (("2017",), r"applicants\.identity", {"kind": "mirasapo_id"}),
    (
        ("2018",),
        r"applicants\.organisations\.(medical_corporation|social_welfare_corporation|npo)",
        {"employees": 100},
    ),
    (
        SINCE_2021,
        r"applicants\.organisations\.(medical_corporation|social_welfare_corporation|npo)",
        {"employees": 300},
    ),
]


def sourced(value: object, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that names a clause, with where it stands."""
    if isinstance(value, dict):
        if "clause" in value:
            yield path, value
        for key, child in value.items():
            yield from sourced(child, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for place, child in enumerate(value):
            name = child.get("id", place) if isinstance(child, dict) else place
            yield from sourced(child, f"{path}.{name}")


def lines_of(row: dict[str, str]) -> list[CostLine]:
    found = []
    for each in row["lines_yen_ex_tax"].split(";"):
        kind, _, yen = each.rpartition(":")
        found.append(CostLine(kind or "software", int(yen)))
    return found


def outcome(content: dict[str, Any], row: dict[str, str]) -> int:
    count = int(row["functions_or_processes"])
    granted = re.search(r"grant of (\d+)", row["context"])
    return estimate(
        Scheme.model_validate_json(json.dumps(content)),
        lines_of(row),
        functions=[f"F{number}" for number in range(count)],
        size=row["business_size"],
        granted_yen=int(granted[1]) if granted else None,
    ).subsidy_yen


def others(figure: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is claimed, and the same rule with that figure a little higher or lower."""
    for key in ("yen", "up_to_subsidy_yen"):
        if figure.get(key):
            for step in (1, -1):
                yield str(figure[key]), {key: figure[key] + step}
    if "rates" in figure:
        for step in (Fraction(1, 100), Fraction(-1, 100)):
            rates = {size: str(Fraction(rate) + step) for size, rate in figure["rates"].items()}
            yield figure["rates"]["sme"], {"rates": rates}


def place_of(content: dict[str, Any], figure: dict[str, Any], path: str) -> dict[str, Any]:
    return next(
        found for where, found in sourced(content) if where == path and found["clause"] == figure["clause"]
    )


def confirmed_by_examples(name: str, path: str, figure: dict[str, Any]) -> bool:
    told = [row for row in EXAMPLES if row["scheme"] == name]
    changes = list(others(figure))
    for claim, change in changes:
        content = copy.deepcopy(FILES[name])
        place_of(content, figure, path).update(change)
        named = any(re.search(rf"(?<!\d){re.escape(claim)}(?!\d)", row["note"]) for row in told)
        if not named and all(outcome(content, row) == int(row["expected_subsidy_yen"]) for row in told):
            return False
    return bool(changes and told)


def stated(name: str, path: str, rule: dict[str, Any]) -> bool:
    return any(
        name in editions
        and re.fullmatch(pattern, path)
        and all(rule.get(key) == wanted for key, wanted in values.items())
        for editions, pattern, values in STATED
    )


@pytest.mark.parametrize("name", FILES)
def test_what_no_source_confirms_is_marked(name):
    certain = [(path, rule) for path, rule in sourced(FILES[name]) if not rule.get("unconfirmed")]
    assert certain
    for path, rule in certain:
        money = path.startswith(("limits", "segments"))
        sure = confirmed_by_examples(name, path, rule) if money else stated(name, path, rule)
        assert sure, f"{name}.yaml {path}: no source confirms it, and it is not marked"


def test_a_figure_that_no_example_turns_on_is_not_taken_for_certain():
    """The proof itself can fail: with the marks taken off, what they stand on is found."""
    found = dict(sourced(FILES["2022-digital"]))
    caps = [path for path in found if ".caps." in path]
    assert len(caps) == 4
    assert not any(confirmed_by_examples("2022-digital", path, found[path]) for path in caps)
    assert not stated("2019-a", "cost_kinds.hardware", {"eligible": False})
    assert not stated("2018", "applicants.organisations.npo", {"employees": 101})
