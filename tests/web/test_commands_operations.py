"""Programme, search, subsidy, applications and audit from the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from pages import PageClient
from sqlalchemy import Engine, text
from worked_input import publish_worked_input

from search.embedded import EmbeddedEngine
from web import cli

Hojo = Callable[..., Result]


def test_programme_is_loaded_once(hojo: Hojo) -> None:
    result = hojo("programme", "load", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {"kind": "scheme", "key": "2017", "version": 1, "effective_from": "2017-01-27", "new": False} in found
    assert not any(row["new"] for row in found)
    assert "登録済み" in hojo("programme", "load").stdout


def test_audit_holds_until_somebody_tampers(hojo: Hojo, owner: Engine, index: object) -> None:
    publish_worked_input()
    assert hojo("audit", "verify").exit_code == 0
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_event SET actor_name = 'nobody' WHERE number = 3"))
    broken = hojo("audit", "verify")
    assert broken.exit_code == 1
    assert broken.stdout.startswith("3\t書かれた後に変えられています")
    as_json = hojo("audit", "verify", "--json")
    assert as_json.exit_code == 1
    assert json.loads(as_json.stdout) == {
        "holds": False,
        "broken": [
            {"number": 3, "reason": "changed after it was written", "reason_ja": "書かれた後に変えられています"}
        ],
    }


def test_search_index(hojo: Hojo, index: EmbeddedEngine) -> None:
    publish_worked_input()
    assert hojo("search", "verify").exit_code == 0
    state = json.loads(hojo("search", "status", "--json").stdout)
    assert (state["documents"], state["published"], state["waiting"]) == (11, 11, 0)
    assert "11" in hojo("search", "status").stdout

    index.wait(index.delete(["AP-1"]))
    differs = hojo("search", "verify", "--json")
    assert differs.exit_code == 1
    assert [each["code"] for each in json.loads(differs.stdout)["differences"]] == ["AP-1"]
    assert hojo("search", "verify").stdout.startswith("AP-1\t")
    assert "11" in hojo("search", "rebuild").stdout
    assert json.loads(hojo("search", "verify", "--json").stdout) == {"equal": True, "differences": []}

    found = json.loads(hojo("search", "query", "会計", "--filter", "sort=own_cost", "--json").stdout)
    assert found["total"] == len(found["items"]) > 0
    assert not found["degraded"]
    assert hojo("search", "query", "会計").stdout
    assert hojo("search", "query", "x", "--filter", "industry=piracy").exit_code == 1
    assert hojo("search", "query", "x", "--filter", "industry").exit_code == 2
    code = found["items"][0]["code"]
    told = json.loads(hojo("search", "explain", "会計", code, "--json").stdout)
    assert told["found"]
    assert told["stage"] == "exact"
    assert any(reason["text"] == "会計" and "会計" in reason["says"] for reason in told["reasons"])
    spoken = hojo("search", "explain", "会計", code).stdout
    assert "順位" in spoken
    assert "広告料では変わりません" in spoken
    assert "Never the vendor" in hojo("search", "explain", "会計", code, language="en_US.UTF-8").stdout
    missed = hojo("search", "explain", "会計", "NO-1")
    assert missed.exit_code == 1
    assert "見つかりません" in missed.stdout


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
    answered.pop("eligibility")
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
    assert hojo("subsidy", "estimate", "--scheme", "1999", "--lines", path).exit_code == 1
    for wrong in (["--lines", "nowhere.json"], ["--lines", "."], ["--lines", path, "--size", "huge"], []):
        assert hojo("subsidy", "estimate", "--scheme", "2017", *wrong).exit_code == 2


def test_applications(hojo: Hojo) -> None:
    assert json.loads(hojo("application", "list", "--json").stdout) == {"items": [], "total": 0, "page": 1}
    assert hojo("application", "list").exit_code == 0
    assert json.loads(hojo("registration", "list", "--json").stdout) == {"items": [], "total": 0, "page": 1}
    assert hojo("registration", "list", "--state", "nowhere").exit_code == 2
    assert hojo("application", "list", "--state", "nowhere").exit_code == 2


def test_every_command_explains_itself(hojo: Hojo) -> None:
    def walk(command: object, words: list[str]) -> int:
        shown = hojo(*words, "--help")
        assert shown.exit_code == 0, words
        assert len(shown.stdout.splitlines()) > 3
        context = cli.main.make_context("hojo", ["--help"], resilient_parsing=True)
        names = command.list_commands(context) if hasattr(command, "list_commands") else []  # type: ignore[attr-defined]
        return 1 + sum(walk(command.get_command(context, name), [*words, name]) for name in names)  # type: ignore[attr-defined]

    assert walk(cli.main, []) > 25


def test_as_a_program_without_settings(tmp_path: Path) -> None:
    """Unset means production, which has no secret: one message, exit code 1, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", "catalogue", "publish", "--all"],
        env={"HOJO_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=Path(cli.__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "HOJO_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr
