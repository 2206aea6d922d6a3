"""Names in the order of their sound: of the index, of vendors, of pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worked_input import publish_worked_input

from catalogue import public_lists
from search.name_order import name_key, vendor_key
from tenants.actor import PUBLIC, SYSTEM
from tenants.db import act_as, db
from tenants.models import Organisation


@pytest.mark.parametrize(
    "names",
    [
        ("クリニック", "農園", "美容室", "旅館・ホテル"),
        ("3Dプリンタ", "POSレジ", "あさひ帳簿", "旭屋カルテ"),
        ("Excel連携", "ｆｒｅｅ会計", "アート", "あい"),
        ("給与", "きゅうよけい", "給与計算"),
        ("ガイド", "かき", "がく"),
        ("かき", "がき", "かきかえ"),
        ("はば", "ハハビ", "ババビ"),
        ("サーバー管理", "さいと"),
        ("しや", "シャアル", "しやい"),
    ],
)
def test_by_sound_voiced_and_small_kana_last(names):
    assert sorted({*names}, key=name_key) == list(names)


def test_a_reading_that_was_said_counts_and_not_the_dictionary_s():
    assert sorted(["角田", "山川"], key=lambda name: name_key(name, "ヤマト" if name == "角田" else "")) == [
        "山川",
        "角田",
    ]
    assert name_key("角田", "カクタ") < name_key("角田", "ツノダ")


@pytest.mark.parametrize(
    ("name", "kana"),
    [
        ("株式会社みなと", ""),
        ("㈱みなと", ""),
        ("（有）みなと", ""),
        ("みなと合同会社", ""),
        ("一般社団法人 みなと", ""),
        ("みなと", "カブシキガイシャ　ミナト"),
    ],
)
def test_what_form_a_company_has_does_not_count(name, kana):
    assert vendor_key(name, kana) == vendor_key("みなと")
    assert vendor_key("株式会社") < vendor_key("みなと")


@given(st.text(max_size=30), st.text(max_size=10))
def test_every_name_has_its_place(name, kana):
    assert name_key(name, kana).count("\x1e") == 2
    assert vendor_key(name, kana).count("\x1e") == 2


def test_the_list_of_vendors_is_in_this_order(client, index):
    publish_worked_input()
    with act_as(SYSTEM):
        for at, row in enumerate(db.session.query(Organisation).filter(Organisation.kind == "vendor")):
            row.name_kana = "" if at % 2 else "カブシキガイシャ" + "ワラヤマハ"[at // 2]
        db.session.commit()
    with act_as(PUBLIC):
        offering = public_lists.vendors()
    expected = sorted(offering, key=lambda each: vendor_key(each.name, each.name_kana))
    shown = re.findall(r'<a href="/vendors/(\d+)">', client.get("/vendors").text)
    assert shown == [each.number for each in expected]
    assert len(shown) > 3
