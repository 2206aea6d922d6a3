"""The catalogue from the command line: the same rows as the page's, and every step to the public and off it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from pages import PageClient
from sqlalchemy import func, select
from worked_input import DATA, FILES, rows

from catalogue.imports import service
from catalogue.imports.readers import MOST_BYTES
from catalogue.imports.service import SourceFile
from catalogue.models import Package, Product
from tenants import audit
from tenants.actor import SYSTEM
from tenants.db import act_as, db

Hojo = Callable[..., Result]
ALL_FILES = [part for kind, name in FILES.items() for part in (f"--{kind}", str(DATA / name))]
ROW_KEYS = {"file", "row", "code", "accepted", "action", "findings", "changes"}


def count(model: type[Any]) -> int:
    with act_as(SYSTEM):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def loaded(result: Result) -> Any:
    return json.loads(result.stdout)


def test_dry_run_writes_nothing_and_says_what_the_page_says(hojo: Hojo) -> None:
    result = hojo("catalogue", "import", *ALL_FILES, "--dry-run", "--json")
    assert result.exit_code == 0, result.output
    found = loaded(result)
    assert count(Product) == 0
    with act_as(SYSTEM):
        page = service.preview(
            {kind: SourceFile(name, (DATA / name).read_bytes()) for kind, name in FILES.items()}
        )
    assert found == page.as_json("ja")
    assert all(set(row) == ROW_KEYS for row in found)
    assert all(
        set(finding) == {"column", "code", "message", "remedy"} for row in found for finding in row["findings"]
    )


def test_import_twice_changes_nothing(hojo: Hojo) -> None:
    first = loaded(hojo("catalogue", "import", *ALL_FILES, "--json"))
    products = [row for row in first if row["file"] == FILES["products"]]
    assert sum(row["accepted"] for row in products) == 29
    assert sum(not row["accepted"] for row in products) == 5
    packages = {row["code"]: row["accepted"] for row in first if row["file"] == FILES["packages"]}
    assert packages == {row["code"]: row["accepted"] == "true" for row in rows("packages_expected.csv")}
    again = loaded(hojo("catalogue", "import", *ALL_FILES, "--json"))
    assert {row["action"] for row in again if row["accepted"]} == {"unchanged"}
    assert count(Product) == 29
    assert count(Package) == sum(packages.values())


def test_only_good_rows_is_success(hojo: Hojo) -> None:
    result = hojo("catalogue", "import", "--vendors", str(DATA / FILES["vendors"]))
    assert result.exit_code == 0, result.output
    assert "登録6件" in result.stderr
    assert (
        hojo("catalogue", "import", "--vendors", str(DATA / FILES["vendors"]), language="en_US.UTF-8").exit_code
        == 0
    )


def test_refused_rows_in_plain_text(hojo: Hojo) -> None:
    result = hojo("catalogue", "import", *ALL_FILES)
    assert result.exit_code == 0, "refused rows are an answer: the good ones went in"
    assert "登録できません" in result.stdout
    assert "AP-3" in result.stdout


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xff\xfe\x00\x01\x81", "wrong_encoding"),
        (b"PK\x03\x04 broken", "broken_workbook"),
        (b"\xd0\xcf\x11\xe0 old", "old_excel"),
        (b"a,b,c\n1,2,3\n", None),
    ],
)
def test_files_that_cannot_be_read(hojo: Hojo, tmp_path: Path, content: bytes, code: str | None) -> None:
    path = tmp_path / "製品.csv"
    path.write_bytes(content)
    result = hojo("catalogue", "import", "--products", str(path), "--json")
    assert result.exit_code == 1
    found = loaded(result)
    assert found
    assert not any(row["accepted"] for row in found)
    assert code is None or found[0]["findings"][0]["code"] == code
    assert all(finding["remedy"] for row in found for finding in row["findings"])
    assert hojo("catalogue", "import", "--products", str(path)).exit_code == 1
    assert count(Product) == 0


def test_200_megabytes_are_refused_unread(hojo: Hojo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    taken: list[int] = []
    real = service.preview
    monkeypatch.setattr(
        service,
        "preview",
        lambda files: (taken.extend(len(each.content) for each in files.values()), real(files))[1],
    )
    result = hojo("catalogue", "import", "--packages", str(path), "--dry-run", "--json")
    assert result.exit_code == 1
    assert loaded(result)[0]["findings"][0]["code"] == "file_too_large"
    assert taken == [MOST_BYTES + 1]


@pytest.mark.parametrize(
    "arguments", [["--products", "nowhere.csv"], ["--products", "."], [], ["--surprise", "x"]]
)
def test_wrong_usage(hojo: Hojo, arguments: list[str]) -> None:
    assert hojo("catalogue", "import", *arguments).exit_code == 2


def test_all_the_way_to_the_public_and_off_it(hojo: Hojo, index: object, client: PageClient) -> None:
    hojo("catalogue", "import", *ALL_FILES)
    vendor = rows("vendors.csv")[0]["法人番号"]

    one = loaded(hojo("catalogue", "submit", "--vendor", vendor, "--json"))
    assert {row["vendor"] for row in one} == {vendor}
    assert {"AP-1", "AP-2"} <= {row["code"] for row in one}
    assert hojo("catalogue", "submit", "--all").exit_code == 0
    returned = hojo("catalogue", "return", "AP-2", "--kind", "package", "--reason", "説明を足してください。")
    assert returned.exit_code == 0, returned.output
    assert hojo("catalogue", "approve", "--all").exit_code == 0
    published = loaded(hojo("catalogue", "publish", "--all", "--json"))
    assert len([row for row in published if row["kind"] == "product"]) == 29
    assert client.get("/api/v1/packages/AP-1").status_code == 200
    assert client.get("/api/v1/packages/AP-2").status_code == 404

    listed = loaded(hojo("catalogue", "list", "--state", "returned", "--json"))
    assert [row["code"] for row in listed["items"]] == ["AP-2"]
    assert "AP-2" in hojo("catalogue", "list", "--words", "あさひ").stdout

    assert hojo("catalogue", "withdraw", "AP-1", "--reason", "販売を終了しました。").exit_code == 0
    assert client.get("/api/v1/packages/AP-1").status_code == 410
    with act_as(SYSTEM):
        assert list(audit.verify()) == []
        who = set(db.session.scalars(select(audit.AuditEvent.actor_name)))
    assert who == {"system"}


def test_refusals_of_steps(hojo: Hojo) -> None:
    hojo("catalogue", "import", *ALL_FILES)
    unknown = hojo("catalogue", "submit", "NOPE-1")
    assert unknown.exit_code == 1
    assert "NOPE-1" in unknown.stderr
    early = hojo("catalogue", "publish", "A-001")
    assert early.exit_code == 1
    assert "下書き" in early.stderr
    products_first = hojo("catalogue", "submit", "AP-1", "--kind", "package")
    assert products_first.exit_code == 0
    assert hojo("catalogue", "approve", "AP-1", "--kind", "package").exit_code == 1
    assert hojo("catalogue", "return", "AP-1", "--reason", " ").exit_code == 1
    for wrong in (["submit"], ["publish", "--all", "AP-1"], ["withdraw", "AP-1"], ["return", "--reason", "x"]):
        assert hojo("catalogue", *wrong).exit_code == 2, wrong


def test_nothing_waits(hojo: Hojo) -> None:
    result = hojo("catalogue", "publish", "--all", "--json")
    assert (result.exit_code, loaded(result)) == (0, [])
