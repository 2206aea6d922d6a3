"""Events in words: every fact that the code tells has a name, and codes, moments and lists are readable."""

from __future__ import annotations

import ast
import dataclasses
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from catalogue import masters
from catalogue.imports.rows import PackageDraft, ProductDraft, VendorDraft
from catalogue.models import MasterVersion
from marketplace.master_overview import KINDS as MASTER_KINDS
from tenants.actor import SYSTEM
from tenants.audit_queries import Event
from tenants.db import act_as, db
from web.audit_words import changes_in
from web.event_words import EVENTS, FACTS, KINDS, words_for
from web.fact_words import MORE_FACTS

ROOT = Path(__file__).parents[2]
FLOORS = ("tenants", "catalogue", "marketplace", "search", "web")


def calls() -> list[tuple[Path, ast.Call]]:
    found = []
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [(path, node) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return found


def recorded() -> set[str]:
    """The keys of every dict written as before= or after= of an event."""
    return {
        key.value
        for _, call in calls()
        for keyword in call.keywords
        if keyword.arg in ("before", "after")
        for node in ast.walk(keyword.value)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def test_every_fact_that_is_recorded_has_a_name():
    drafts = {
        field.name for draft in (VendorDraft, ProductDraft, PackageDraft) for field in dataclasses.fields(draft)
    }
    keys = recorded() | drafts
    assert {"reference", "verdict", "cost_kind"} <= keys, "the reading of the code found what is known to be there"
    assert keys - set(FACTS) - set(MORE_FACTS) == set()


def test_every_event_that_is_recorded_has_words():
    names = {
        call.args[0].value
        for _, call in calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "record"
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "audit"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(names) > 30
    assert {name for name in names if name not in EVENTS and words_for(name).ja == name} == set()


def test_whatever_an_event_is_about_has_words():
    kinds = {
        keyword.value.elts[0].value
        for _, call in calls()
        for keyword in call.keywords
        if keyword.arg == "subject" and isinstance(keyword.value, ast.Tuple)
        if isinstance(keyword.value.elts[0], ast.Constant)
    }
    assert {"person", "organisation", "adoption_list"} <= kinds
    assert kinds | set(MASTER_KINDS) | {"product", "package"} <= set(KINDS)


def event(name: str = "x", kind: str = "test", **facts: Any) -> Event:
    empty: dict[str, Any] = {field.name: None for field in dataclasses.fields(Event)}
    known = {
        "number": 1,
        "at": datetime(2026, 11, 2, tzinfo=UTC),
        "name": name,
        "subject_kind": kind,
        "subject_id": str(uuid.uuid4()),
        "after": facts,
    }
    return Event(**{**empty, **known})


@pytest.mark.parametrize(
    ("given", "label", "value"),
    [
        (event(kind="product", number="7999900000101"), "法人番号", "7999900000101"),
        (event(count=3), "件数", "3"),
        (event(rows={"create": 3, "refused": 1}), "行数", "新規：3、取り込めない行：1"),
        (event(files={"products": "製品.csv"}), "ファイル", "製品：製品.csv"),
        (event(period="yearly"), "支払いの時期", "毎年"),
        (event(standard_price_yen=1_200_000), "標準価格（円）", "1,200,000"),
        (event(starts_at="2026-12-01T05:00:00+00:00"), "開始日時", "2026年12月1日 14:00"),
        (event(deadline="2026-12-01"), "期限", "2026年12月1日"),
        (event(closed_at="soon"), "終了日時", "soon"),
        (event(section="company"), "項目", "会社の概要"),
        (event(sections=["company", "nothing"]), "項目", "会社の概要、nothing"),
        (event(verdict="same"), "確認の結果", "同じ事業者"),
        (event(category="important"), "分類", "重要"),
        (event(title={"ja": "題", "en": "title"}), "題名", "題"),
        (event(roles=["vendor_owner", "x"]), "役割", "責任者・x"),
        (event("person_forgotten", reason="asked"), "理由", "本人から消去の求めがあった"),
        (event(reason="電話のため"), "理由", "電話のため"),
        (event(description="x" * 200), "説明", "x" * 120 + "…"),
        (event(email=None), "メールアドレス", "（消去済み）"),
        (event(version=None), "版", "—"),
        (event(voided_confirmation=True), "取り消した同意", "はい"),
        (event(items=[["P-1", 2]]), "組み合わせた製品と数量", "P-1、2"),
        (event(unheard_of="x"), "unheard_of", "x"),
        (event(released=["industry", "name"]), "相手に知らせた項目", "業種、事業者名"),
        (event(result="needs_papers"), "結果", "書類で確かめる"),
        (event(rules_version="sme-classes 3"), "規則の版", "第3版"),
        (dataclasses.replace(event(), after={"kind": "contract"}), "種類", "仕事の取引・研究費がある"),
        (event("application_flagged", reason="suspended"), "理由", "停止中"),
        (event(declined=["account"]), "メールで受け取らない通知", "アカウントと所属"),
        (event(organisation_id="x"), "組織ID", "ほかの組織"),
        (event(effect={"hours": 12, "people": 3}), "導入の効果", "削減できる作業時間（月）：12、人数：3"),
        (
            event(summary={"changed": 2, "became_fundable": 1}),
            "変更後の見込みのまとめ",
            "補助額が変わる：2、新たに対象になる：1",
        ),
        (event(came=3), "出席した件数", "3"),
    ],
)
def test_a_fact_reads_as_words(given, label, value):
    [change] = changes_in(given)
    assert (change.name.ja, change.after.ja) == (label, value)


def test_codes_that_are_data_are_named_also_inside_and_where_the_master_left_them(services):
    """A trait's, a scheme's with its version, and one that only a former version of the master had."""
    with act_as(SYSTEM):
        former = db.session.scalars(select(MasterVersion).where(MasterVersion.kind == "core_functions")).first()
        gone = {"code": "Z9", "name_ja": "なくなった機能", "name_en": "gone", "category": "front"}
        older = {
            "version": 0,
            "content": {"rows": [gone], "note": former.content["note"]},
            "content_hash": "0" * 64,
        }
        kept = {name: getattr(former, name) for name in ("kind", "key", "effective_from", "source")}
        db.session.add(MasterVersion(**kept | older))
        db.session.commit()
        ever = masters.names_ever()
    assert ever["core_functions"]["Z9"].ja == "なくなった機能"
    assert ever["core_functions"]["B1"].ja != "B1"
    names = {
        "functions": ever["core_functions"],
        "deployment": ever["deployment"],
        "scheme": ever["scheme"],
    }
    for given, said in (
        (event(functions=["Z9"]), "なくなった機能"),
        (event(traits={"deployment": ["cloud"]}), f"提供形態：{ever['deployment']['cloud'].ja}"),
        (event(scheme="2017"), ever["scheme"]["2017"].ja),
        (event(scheme="2017 v3"), f"{ever['scheme']['2017'].ja}（第3版）"),
        (event(scheme="1999 v1"), "1999 v1"),
    ):
        [change] = changes_in(given, names)
        assert change.after.ja == said
