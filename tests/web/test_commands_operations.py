"""Programme, search, subsidy, applications and audit from the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from pages import PageClient
from sqlalchemy import Engine, text
from worked_input import asked, publish_worked_input, rows

from catalogue.masters import vocabulary
from catalogue.publications import live_package
from marketplace.subsidy.scheme import SHIPPED
from search import setting_aside
from search.embedded import EmbeddedEngine
from tenants.actor import PUBLIC
from tenants.db import act_as
from web import cli, tasks

Hojo = Callable[..., Result]
EXAMPLES = rows("subsidy_examples.csv")


def test_programme_is_loaded_once(hojo: Hojo) -> None:
    result = hojo("programme", "load", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {"kind": "scheme", "key": "2017", "version": 3, "effective_from": "2017-01-27", "new": False} in found
    assert not any(row["new"] for row in found)
    assert "登録済み" in hojo("programme", "load").stdout


def test_audit_holds_until_somebody_tampers(hojo: Hojo, owner: Engine, index: object) -> None:
    publish_worked_input()
    assert hojo("audit", "verify").exit_code == 0
    kept = hojo("audit", "head").stdout.strip()
    assert hojo("audit", "verify", "--noted", kept).exit_code == 0
    number, digest = kept.split(":")
    assert json.loads(hojo("audit", "head", "--json").stdout) == {"number": int(number), "hash": digest}
    other = hojo("audit", "verify", "--noted", f"{number}:{'0' * 64}")
    assert (other.exit_code, other.stdout) == (1, f"{number}\t控えておいた記録と違います\n")
    assert "hojo audit head" in hojo("audit", "verify", "--noted", "5:abc").stderr
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


def test_a_search_is_judged(hojo: Hojo, tmp_path: Path) -> None:
    documents, queries = tmp_path / "D.jsonl", tmp_path / "Q.jsonl"
    documents.write_text('{"code": "あ/1", "name": "勤怠らくらく"}', "utf-8")
    queries.write_text('{"group": "exact", "q": "勤怠", "relevant": ["あ/1"]}', "utf-8")
    asked = ("search", "judge", "--documents", str(documents), "--queries", str(queries))
    told = json.loads(hojo(*asked, "--engine", "embedded", "--engine", "trigram", "--json").stdout)
    assert [(each["engine"], each["overall"]["recall_at_10"]) for each in told["engines"]] == [
        ("embedded", 1.0),
        ("trigram", 0.0),
    ]
    assert "judged" not in told["engines"][0]
    table = hojo(*asked, "--each").stdout
    assert "exact\t1\t1.000" in table
    assert "exact\t勤怠\t1.00\twidened\tあ/1" in table

    queries.write_text('{"q": "勤怠", "relevant": ["い"]}', "utf-8")
    refused = hojo(*asked)
    assert refused.exit_code == 2
    assert "Q.jsonl 1: relevant のコード「い」の文書がありません。" in refused.stderr


def test_search_index(hojo: Hojo, index: EmbeddedEngine) -> None:
    publish_worked_input()
    assert hojo("search", "verify").exit_code == 0
    state = json.loads(hojo("search", "status", "--json").stdout)
    assert (state["documents"], state["published"], state["waiting"]) == (11, 11, 0)
    assert (state["engine"], state["health"], state["set_aside"]) == ("embedded", "ok", [])
    assert "11" in hojo("search", "status").stdout

    index.wait(index.delete(["AP-1"]))
    differs = hojo("search", "verify", "--json")
    assert differs.exit_code == 1
    assert [each["code"] for each in json.loads(differs.stdout)["differences"]] == ["AP-1"]
    assert hojo("search", "verify").stdout.startswith("AP-1\t")
    assert "11" in hojo("search", "rebuild").stdout
    assert json.loads(hojo("search", "verify", "--json").stdout) == {"equal": True, "differences": []}

    right = next(each for each in index.iter_amounts() if each.id == "AP-1")
    index.wait(index.reprice([replace(right, own_cost_yen=right.own_cost_yen + 1)]))
    differs = hojo("search", "verify")
    assert differs.exit_code == 1
    assert "金額が今の補助制度と違う" in differs.stdout
    index.wait(index.reprice([right]))
    assert hojo("search", "verify").exit_code == 0

    found = json.loads(hojo("search", "query", "会計", "--filter", "sort=own_cost", "--json").stdout)
    assert found["total"] == len(found["items"]) > 0
    assert not found["degraded"]
    assert hojo("search", "query", "会計").stdout
    assert hojo("search", "query", "x", "--filter", "industry=piracy").exit_code == 1
    for wrong, said in (
        ("industry", "industry=retail のように"),
        ("trade=x", "「trade」という絞り込みはありません"),
    ):
        refused = hojo("search", "query", "x", "--filter", wrong)
        assert (refused.exit_code, said in refused.stderr) == (2, True)


def test_the_worker_heals_the_index_and_verifying_says_so(
    hojo: Hojo, index: EmbeddedEngine, tmp_path: Path
) -> None:
    publish_worked_input()
    assert hojo("search", "verify").exit_code == 0
    for harm in (
        lambda: shutil.rmtree(tmp_path / "index"),
        lambda: (tmp_path / "index" / "current").write_text("index-000000000000"),
    ):
        index.close()
        harm()
        for command in (("verify",), ("explain", "会計", "AP-1")):
            told = hojo("search", *command)
            assert (told.exit_code, "hojo search rebuild" in told.stderr) == (1, True)
        assert hojo("search", "status").exit_code == 1
        assert "名前とコードだけでさがしました" in hojo("search", "query", "会計").stderr
        tasks.synchronise()  # what the worker does every minute
        healed = hojo("search", "verify")
        assert (healed.exit_code, healed.stdout) == (0, "索引は公開内容と一致しています。\n")
        assert hojo("search", "status").exit_code == 0
    index.wait(index.delete(["AP-1"]))
    assert hojo("search", "verify").exit_code == 1
    tasks.reconcile_search()  # what it does every night
    assert hojo("search", "verify").exit_code == 0


@pytest.mark.usefixtures("index")
def test_the_reasons_of_a_rank(hojo: Hojo) -> None:
    publish_worked_input()
    code = json.loads(hojo("search", "query", "会計", "--json").stdout)["items"][0]["code"]
    told = json.loads(hojo("search", "explain", "会計", code, "--json").stdout)
    assert told["found"]
    assert told["stage"] == "exact"
    assert any(reason["text"] == "会計" and "会計" in reason["says"] for reason in told["reasons"])
    spoken = hojo("search", "explain", "会計", code).stdout
    assert "順位" in spoken
    assert "広告料では変わりません" in spoken
    assert "Never the vendor" in hojo("search", "explain", "会計", code, language="en_US.UTF-8").stdout
    with act_as(PUBLIC):
        content = live_package(code).content
        function = vocabulary().functions_of(content["functions"])[0]
    industry = f"industry={content['industries'][0]}"
    ticked = hojo("search", "explain", "", code, "--filter", industry, "--json")
    assert json.loads(ticked.stdout)["filters"] == [industry]
    assert json.loads(ticked.stdout)["rank"] >= 1
    also = hojo("search", "explain", "会計", code, "--filter", f"function={function.code}")
    assert f"選んだ機能「{function.name.ja}」がある" in also.stdout
    dear = hojo("search", "explain", "会計", code, "--filter", "price_min=900000000")
    assert dear.exit_code == 1
    assert "この絞り込みでは" in dear.stdout
    assert hojo("search", "explain", "会計", code, "--filter", "industry=piracy").exit_code == 1
    assert "own_cost_min" in hojo("search", "explain", "会計", code, "--filter", "trade=x").stderr
    missed = hojo("search", "explain", "会計", "NO-1")
    assert missed.exit_code == 1
    assert "見つかりません。公開中のITツールにこのコードはありません" in missed.stdout
    cheap = hojo("search", "explain", "安い会計ソフト 90万円以下", code)
    assert (cheap.exit_code, "自己負担が低い順" in cheap.stderr) == (0, True)
    assert "読み取れませんでした" in hojo("search", "understand", "ほげ").stderr


def test_what_the_index_does_not_take_is_said(
    hojo: Hojo, index: EmbeddedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_worked_input()
    real = setting_aside.document_of
    monkeypatch.setattr(
        setting_aside, "document_of", lambda p, *more: {}["x"] if p.code == "AP-1" else real(p, *more)
    )
    built = hojo("search", "rebuild", "--json")
    assert built.exit_code == 1
    answer = json.loads(built.stdout)
    assert answer["indexed"] == 10
    assert [(each["code"], each["reason"]) for each in answer["set_aside"]] == [("AP-1", "KeyError: 'x'")]
    assert "KeyError" in hojo("search", "rebuild").stdout
    state = hojo("search", "status", "--json")
    assert state.exit_code == 1
    assert [each["code"] for each in json.loads(state.stdout)["set_aside"]] == ["AP-1"]
    assert "AP-1\tKeyError" in hojo("search", "status").stdout
    differs = json.loads(hojo("search", "verify", "--json").stdout)["differences"]
    assert [(each["code"], each["refused"]) for each in differs] == [("AP-1", "KeyError: 'x'")]


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


def test_only_what_a_command_needs_is_read_in() -> None:
    """The demo starts five processes by it; each would read the database's tools in, needed or not."""
    heavy = {"sqlalchemy", "flask", "numpy", "procrastinate", "openpyxl"}
    asked = f"import sys, web.cli; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=Path(cli.__file__).parent.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "[]"
