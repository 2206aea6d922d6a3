"""Programme, search, applications and audit from the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import Engine, text
from worked_input import publish_worked_input

from catalogue.masters import vocabulary
from catalogue.publications import live_package
from search import explaining, setting_aside
from search.embedded import EmbeddedEngine
from search.embedded.folder import IndexFolder
from search.port import Explanation, MatchStage, Reason
from tenants.actor import PUBLIC
from tenants.db import act_as
from web import cli, tasks

Hojo = Callable[..., Result]


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
    assert "exact\t勤怠\t1.00\texact\tあ/1" in table

    unnamed = hojo(*asked, "--engine", "meilisearch", MEILISEARCH_URL="")
    assert (unnamed.exit_code, "MEILISEARCH_URL にそのアドレスを設定" in unnamed.stderr) == (2, True)
    down = hojo(*asked, "--engine", "meilisearch", MEILISEARCH_URL="http://127.0.0.1:9")
    assert (down.exit_code, "engine_down" in down.stderr) == (1, True)

    queries.write_text('{"q": "勤怠", "relevant": ["い"]}', "utf-8")
    refused = hojo(*asked)
    assert refused.exit_code == 2
    assert "Q.jsonl 1: relevant のコード「い」の文書がありません。" in refused.stderr


@pytest.mark.parametrize("engine", ["embedded", "trigram"])
def test_judging_without_room_for_its_scratch_index_says_where_there_is_none(tmp_path: Path, engine: str) -> None:
    documents, queries = tmp_path / "D.jsonl", tmp_path / "Q.jsonl"
    documents.write_text('{"code": "1", "name": "勤怠"}', "utf-8")
    queries.write_text('{"q": "勤怠", "relevant": ["1"]}', "utf-8")
    script = (
        "import resource, sys; from web.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "main(sys.argv[1:])"
    )
    asked = ("search", "judge", "--documents", str(documents), "--queries", str(queries), "--engine", engine)
    told = subprocess.run(
        [sys.executable, "-c", script, *asked],
        env=os.environ | {"LC_ALL": "ja_JP.UTF-8", "HOJO_ENVIRONMENT": "test", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stderr) == (
        3,
        "作業用の場所（TMPDIR）に空きがありません。または、書き込めません。空きを作るか、TMPDIR で別の場所を指定してください。\n",
    )


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


def test_who_runs_it_is_told_why_the_index_cannot_be_built(
    hojo: Hojo, index: EmbeddedEngine, tmp_path: Path
) -> None:
    publish_worked_input()
    refused = hojo("search", "rebuild", HOJO_SEARCH_FOLDER="/sys/hojo-search")  # where nobody may write
    assert refused.exit_code == 1
    assert "検索の索引を使えません（index_not_writable）。索引のフォルダーに書き込めません" in refused.stderr
    assert "しばらくしてから" not in refused.stderr, "that is said to those who search"
    status = hojo("search", "status")
    assert (status.exit_code, "index_not_writable" in status.stdout) == (1, True)
    with IndexFolder(tmp_path / "index").rebuilding():
        busy = hojo("search", "rebuild", language="en_US.UTF-8")
    assert (busy.exit_code, "index_busy" in busy.stderr, "has finished" in busy.stderr) == (1, True, True)
    assert hojo("search", "rebuild").exit_code == 0
    assert hojo("search", "status").exit_code == 0


def test_comparing_reads_all_and_a_damaged_index_is_no_longer_asked(
    hojo: Hojo, index: EmbeddedEngine, tmp_path: Path
) -> None:
    publish_worked_input()
    assert hojo("search", "verify").exit_code == 0
    path = max(tmp_path.glob("index/index-*/*.rows"), key=lambda file: file.stat().st_size)
    before = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert hojo("search", "status").exit_code == 0, "nothing can be seen from outside"
    told = hojo("search", "verify")
    assert (told.exit_code, "index_broken" in told.stderr) == (1, True)
    assert "index_broken" in hojo("search", "status").stdout
    assert "名前とコードだけでさがしました" in hojo("search", "query", "会計").stderr
    tasks.synchronise()  # within the minute that was promised
    assert hojo("search", "verify").exit_code == 0
    assert hojo("search", "status").exit_code == 0


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
    vendor = content["vendor"]
    for words, reason in (
        (code.lower(), f"ITツールコードに「{code.lower()}」がある"),
        (vendor["number"], f"ITベンダーの番号に「{vendor['number']}」がある"),
        (vendor["name"], f"ITベンダーの名前に「{vendor['name']}」がある"),
    ):
        assert f"0.00\t{reason}" in hojo("search", "explain", words, code).stdout
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
    # What query finds is what explain explains: an amount is a limit for both, and in 「」 words for both.
    for words, limit in (("会計 1円以下", "own_cost_max=1"), ("会計 「1円以下」", "")):
        listed = json.loads(hojo("search", "query", words, "--json").stdout)
        why = hojo("search", "explain", words, code, "--json")
        explained = json.loads(why.stdout)
        assert (listed["read_as"], limit in listed["read_as"]) == (explained["read_as"], True)
        assert bool(listed["read_as"]) == bool(limit)
        assert explained["found"] == bool(listed["items"]) == (why.exit_code == 0) == (not limit)
    assert "読み取れませんでした" in hojo("search", "understand", "ほげ").stderr


@pytest.mark.usefixtures("index")
def test_what_is_only_like_the_words_is_said_to_be_that(hojo: Hojo, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_worked_input()
    code = json.loads(hojo("search", "query", "会計", "--json").stdout)["items"][0]["code"]
    for reasons in ((), (Reason("completeness", "2/4", 0.1),)):
        found = Explanation(MatchStage.SIMILAR, 1, reasons)
        monkeypatch.setattr(explaining, "explanation_of", lambda *_, found=found: found)
        assert "「かいけえ」と、字の並びか読みが似ている" in hojo("search", "explain", "かいけえ", code).stdout
    found = Explanation(MatchStage.SIMILAR, 1, (Reason("name", "会計", 2.0),))
    monkeypatch.setattr(explaining, "explanation_of", lambda *_: found)
    assert "似ている" not in hojo("search", "explain", "かいけえ", code).stdout
    found = Explanation(MatchStage.EXACT, 1, (Reason("completeness", "2/4", 0.0),))
    monkeypatch.setattr(explaining, "explanation_of", lambda *_: found)
    said = hojo("search", "explain", code, code).stdout
    assert said.index("ITツールコードに") < said.index("登録内容がそろっている"), "first what it was found by"


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
