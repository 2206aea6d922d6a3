"""What is reckoned from the command line, and that the API says the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pages import PageClient
from worked_input import asked, rows

from marketplace.subsidy.scheme import SHIPPED

Hojo = Callable[..., Result]
EXAMPLES = rows("subsidy_examples.csv")


def lines_file(folder: Path, content: object) -> str:
    path = folder / "lines.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_estimate_is_the_apis(hojo: Hojo, client: PageClient, tmp_path: Path) -> None:
    lines = [{"kind": "software", "amount_yen": 100_001}] * 3
    path = lines_file(tmp_path, lines)
    result = hojo("subsidy", "estimate", "--scheme", "2017", "--lines", path, "--functions", "F1,B1", "--json")
    assert result.exit_code == 0, result.output
    body = {"scheme": "2017", "lines": lines, "functions": ["F1", "B1"]}
    answered = client.post("/api/v1/estimates", json=body).json
    assert json.loads(result.stdout) == answered
    assert answered["subsidy_yen"] == 200_002
    plain = hojo(
        "subsidy", "estimate", "--scheme", "2025-invoice", "--lines", path, "--processes", "2", "--size", "small"
    )
    assert "補助額\t240,002" in plain.stdout
    granted = hojo("subsidy", "estimate", "--scheme", "2017", "--lines", path, "--granted", "160000", "--json")
    assert json.loads(granted.stdout)["subsidy_yen"] == 160_000
    wages = hojo(
        "subsidy",
        "estimate",
        "--scheme",
        "2025-normal",
        "--lines",
        path,
        "--processes",
        "4",
        "--condition",
        "minimum_wage=yes",
        "--json",
    )
    assert json.loads(wages.output)["conditions"][0]["met"] is True
    unclear = hojo(
        "subsidy", "estimate", "--scheme", "2025-normal", "--lines", path, "--condition", "minimum_wage"
    )
    assert unclear.exit_code == 2
    below = hojo("subsidy", "estimate", "--scheme", "2017", "--lines", lines_file(tmp_path, lines[:1]))
    assert below.exit_code == 0
    assert "補助額\t0" in below.stdout


@pytest.mark.parametrize(
    ("content", "more"),
    [
        ("{", []),
        ("[]", []),
        ("{}", []),
        ([{"kind": "software"}], []),
        ([{"kind": "software", "amount_yen": -1}], []),
        ([{"kind": "snacks", "amount_yen": 1}], []),
        ([{"kind": "software", "amount_yen": 1}], ["--functions", "Z9"]),
        (" " * 300_000, []),
    ],
)
def test_lines_that_cannot_be_reckoned(hojo: Hojo, tmp_path: Path, content: object, more: list[str]) -> None:
    path = lines_file(tmp_path, content)
    result = hojo("subsidy", "estimate", "--scheme", "2017", "--lines", path, *more)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


def test_estimate_usage(hojo: Hojo, tmp_path: Path) -> None:
    path = lines_file(tmp_path, [{"kind": "software", "amount_yen": 1}])
    unknown = hojo("subsidy", "estimate", "--scheme", "1999", "--lines", path)
    assert unknown.exit_code == 1
    assert "2017" in unknown.stderr, "which there are"
    broken = tmp_path / "broken.json"
    broken.write_text("{bad")
    refused = hojo("subsidy", "estimate", "--scheme", "2017", "--lines", str(broken))
    assert refused.exit_code == 1
    assert str(broken) in refused.stderr
    for wrong in (["--lines", "nowhere.json"], ["--lines", "."], ["--lines", path, "--size", "huge"], []):
        assert hojo("subsidy", "estimate", "--scheme", "2017", *wrong).exit_code == 2


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: f"{row['scheme']}-{row['id']}")
def test_every_shared_example_alike_by_command_and_api(
    hojo: Hojo, client: PageClient, tmp_path: Path, row: dict[str, str]
) -> None:
    """The identical JSON, and to the yen what the example says; the size follows from class and employees."""
    body = asked(row)
    by_api = client.post("/api/v1/estimates", json=body).json
    lines, applicant = tmp_path / "lines.json", tmp_path / "applicant.json"
    lines.write_text(json.dumps(body["lines"]), encoding="utf-8")
    applicant.write_text(json.dumps(body["applicant"]), encoding="utf-8")
    granted = ["--granted", str(body["granted_yen"])] if "granted_yen" in body else []
    common = ["subsidy", "estimate", "--scheme", row["scheme"], "--json", "--lines"]
    spelled_out = hojo(
        *common, str(lines), "--functions", ",".join(body["functions"]), "--applicant", str(applicant), *granted
    )
    assert json.loads(spelled_out.stdout) == by_api
    lines.write_text(json.dumps({name: value for name, value in body.items() if name != "scheme"}))
    assert json.loads(hojo(*common, str(lines)).stdout) == by_api
    assert by_api["subsidy_yen"] == int(row["expected_subsidy_yen"])


def test_without_a_database_the_shipped_schemes_answer_alike(hojo: Hojo, tmp_path: Path) -> None:
    """As in a fresh clone: it says where the rules are from, and what needs packages says what is missing."""
    path = lines_file(tmp_path, [{"kind": "software", "amount_yen": 600_000}])
    asked_for = ("subsidy", "estimate", "--lines", path, "--functions", "F1,M3,B5", "--json")
    price = ("subsidy", "price", "--subsidy", "300000", "--functions", "F1", "--json")
    published = [hojo(*asked_for).stdout, hojo(*asked_for, "--scheme", "2025-invoice").stdout, hojo(*price).stdout]
    fresh = {"DATABASE_URL": "", "HOJO_ENVIRONMENT": "production", "HOJO_DATA": str(tmp_path / "data")}
    shipped = [hojo(*words, **fresh) for words in (asked_for, (*asked_for, "--scheme", "2025-invoice"), price)]
    assert [each.stdout for each in shipped] == published
    assert all("付属する制度ファイル" in each.stderr for each in shipped)
    unknown = hojo(*asked_for, "--scheme", "1999", **fresh)
    assert (unknown.exit_code, "2025-normal" in unknown.stderr) == (1, True)
    assert "ZZ" in hojo("subsidy", "estimate", "--lines", path, "--functions", "ZZ", **fresh).stderr
    package = hojo("subsidy", "estimate", "--package", "AP-1", **fresh)
    assert (package.exit_code, "DATABASE_URL" in package.stderr) == (1, True)


def test_a_price_is_the_apis(hojo: Hojo, client: PageClient, tmp_path: Path) -> None:
    """Paying more can cost less: the floor is reached."""
    result = hojo("subsidy", "price", "--scheme", "2017", "--from", "250000", "--to", "900000", "--json")
    body = {"scheme": "2017", "kind": "software", "from_yen": 250_000, "to_yen": 900_000}
    answered = client.post("/api/v1/prices", json=body).json
    assert json.loads(result.stdout) == answered
    assert (answered["price_yen"], answered["own_cost_yen"]) == (300_000, 100_000)
    assert "150,000円減ります" in answered["reason"]
    smallest = hojo("subsidy", "price", "--scheme", "2017", "--subsidy", "500001")
    assert "金額\t750,002" in smallest.stdout
    beside = tmp_path / "beside.json"
    beside.write_text('[{"kind": "cloud", "amount_yen": 240000, "months": 24}]')
    less = hojo("subsidy", "price", "--scheme", "2017", "--subsidy", "500000", "--beside", str(beside), "--json")
    assert json.loads(less.stdout)["price_yen"] == 630_000


def test_a_price_is_asked_under_the_scheme_in_use_as_an_estimate_is(hojo: Hojo) -> None:
    named = hojo("subsidy", "price", "--scheme", "2017", "--subsidy", "500000", "--json")
    assert hojo("subsidy", "price", "--subsidy", "500000", "--json").stdout == named.stdout


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "software"}, "subsidy_or_range"),
        ({"kind": "software", "subsidy_yen": 1, "from_yen": 1}, "subsidy_or_range"),
        ({"kind": "software", "to_yen": 1}, "subsidy_or_range"),
        ({"kind": "software", "subsidy_yen": 1_000_001}, "subsidy_out_of_reach"),
        ({"kind": "hardware", "subsidy_yen": 1}, "subsidy_out_of_reach"),
        ({"kind": "snacks", "from_yen": 1}, "unknown_cost_kind"),
        ({"kind": "software", "from_yen": 2, "to_yen": 1}, "not_in_range"),
        ({"kind": "software", "from_yen": 1, "functions": ["Z9"]}, "unknown_function"),
        (
            {
                "kind": "software",
                "from_yen": 1,
                "size": "small",
                "applicant": {"kind": "company", "jsic": "M76", "employees": 1},
            },
            "applicant_or_size",
        ),
    ],
)
def test_a_price_that_cannot_be_found(client: PageClient, body: dict[str, object], code: str) -> None:
    answer = client.post("/api/v1/prices", json=body)
    assert answer.status_code == 422
    assert code in answer.text


def test_a_scheme_file_is_checked(hojo: Hojo, tmp_path: Path) -> None:
    shipped = hojo("subsidy", "check")
    assert shipped.exit_code == 0
    assert "2017.yaml: 2017 v" in shipped.stdout
    assert "未確認\tconfirmation" in shipped.stdout
    bad = tmp_path / "next.yaml"
    text = (SHIPPED / "2017.yaml").read_text(encoding="utf-8")
    bad.write_text(text.replace('sme: "2/3"', "sme: 0.66").replace("counts:", "count:"), encoding="utf-8")
    told = hojo("subsidy", "check", str(bad))
    assert told.exit_code == 1
    assert "segments.0.bands.0.rates.sme" in told.stdout
    found = json.loads(hojo("subsidy", "check", str(bad), str(SHIPPED / "2018.yaml"), "--json").stdout)
    assert [len(each["faults"]) for each in found] == [3, 0]
    assert found[1]["unconfirmed"]
