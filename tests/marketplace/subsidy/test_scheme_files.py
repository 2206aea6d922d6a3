"""Scheme files: strict, and every fault named with file, line, key and what was expected."""

import json

import pytest

from marketplace.subsidy.class_table import ClassTable, class_table
from marketplace.subsidy.classes import DATA, Classification
from marketplace.subsidy.files import parse, plain
from marketplace.subsidy.scheme import SHIPPED, OpenPoint, Scheme, SchemeBook, load_scheme, shipped_schemes
from tenants.errors import BadInput, NotFound

TEXT = (SHIPPED / "2017.yaml").read_text(encoding="utf-8")
INVOICE = (SHIPPED / "2025-invoice.yaml").read_text(encoding="utf-8")


def faults(old: str, new: str, text: str = TEXT) -> list[tuple[str, str]]:
    assert old in text
    with pytest.raises(BadInput) as caught:
        load_scheme(text.replace(old, new, 1), "bad.yaml")
    return [(finding.field or "", finding.message.en) for finding in caught.value.findings]


def test_shipped_schemes():
    book = shipped_schemes()
    assert book.get("2017").filing.who == "proxy"
    assert book.get("2025-normal").filing.who == "applicant"
    assert book.get("2017", 3) is book.get("2017")
    for name, version in (("1999", None), ("2017", 99)):
        with pytest.raises(NotFound):
            book.get(name, version)


def test_an_older_version_stays_at_hand():
    old, new = load_scheme(TEXT), load_scheme(TEXT.replace("version: 3\n", "version: 4\n", 1))
    book = SchemeBook([new, old])
    assert book.get("2017") is new
    assert book.get("2017", 3) is old
    assert book.all() == (new,)


def test_what_no_source_confirms_is_marked():
    points = shipped_schemes().get("2017").open_points
    assert all(isinstance(point, OpenPoint) and point.note for point in points)
    assert {point.path for point in points} >= {"confirmation", "applicants.organisations.npo"}


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("rounding:", "roundings:", "bad.yaml:1 rounding", "required"),
        ('sme: "2/3"', 'sme: "2/3", spare: 1', "segments.0.bands.0.rates.spare", "expected: sme"),
        ("counts: functions", "counts: functions\nspare: 1", " spare", "not permitted"),
        ('sme: "2/3"', "sme: 0.66", "segments.0.bands.0.rates.sme", 'fraction in quotes such as "2/3"'),
        ('sme: "2/3"', 'sme: "2/0"', "segments.0.bands.0.rates.sme", "fraction"),
        ('sme: "2/3"', 'sme: "4/3"', "segments.0.bands.0.rates.sme", "at most 1"),
        ("{yen: 200000", "{yen: 2000000", " limits", "floor lies above"),
        ("{yen: 200000", "{yen: true", "limits.floor.yen", "whole number"),
        ("{yen: 200000", "{yen: 200000.5", "limits.floor.yen", "valid integer"),
        ("who: proxy", "who: anybody", "filing.who", "'proxy' or 'applicant'"),
        ("  from: 2017-01-27", "  from: 2018-01-27", " effective", "must not lie before"),
        ("from: 2017-01-27", "from: soon", "effective.from", "valid date"),
        ("eligible: true", "eligible: maybe", "cost_kinds.software.eligible", "boolean"),
        ("    kinds: [software, cloud,", "    kinds: [cloud,", "cost_kinds.software", "exactly one segment"),
        (
            "    kinds: [software, cloud,",
            "    kinds: [software, software, cloud,",
            "segments.0.kinds.1",
            "stands in two segments",
        ),
        ("    kinds: [software,", "    kinds: [hardware, software,", "segments.0.kinds.0", "does not count"),
        ("aliases: [研修]", "aliases: [研修, 導入設定]", "cost_kinds.training.aliases.1", "used twice"),
        (
            "    - {yen: 1000000,",
            "    - {to: 3, yen: 1000000,",
            " limits",
            "the last cap must have no `to`",
        ),
        ('id: "2017"', 'id: "2017"\nid: "2018"', "bad.yaml:2 id", "written twice"),
        ("    union:", "    unions:", "organisations.unions", "'union'"),
        ("counts: functions", "counts: [functions]", " counts", "'functions' or 'processes'"),
        ("name: {ja:", "name: {de:", " name", "two sentences"),
        ("      note: 2017年", "      nota: 2017年", "medical_corporation.nota", "not permitted"),
    ],
)
def test_a_bad_file_is_explained(old, new, place, words):
    found = faults(old, new)
    assert any(place in field and words in message for field, message in found), found
    assert all(field.startswith("bad.yaml:") for field, _ in found)


def test_the_line_is_named():
    line = TEXT[: TEXT.index('sme: "2/3"')].count("\n") + 1
    assert faults('sme: "2/3"', 'sme: "x"')[0][0] == f"bad.yaml:{line} segments.0.bands.0.rates.sme"


def test_unconfirmed_needs_a_note():
    found = faults("clause: 公募期間", "clause: 公募期間\n  note_missing: 1")
    assert found
    text = TEXT.replace(
        "  note: 募集回ごとの日付は公募回の記録が正です。ここには最初と最後の日の目安だけを書いています。\n", "", 1
    )
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    assert "needs a note" in caught.value.findings[0].message.en


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("to: 1, yen: 500000", "to: 2, yen: 500000", "without gap or overlap"),
        ("{from: 1, to: 1,", "{from: 1,", "without gap or overlap"),
        ("{from: 2, yen: 3500000", "{from: 2, yen: 350000", "must not fall"),
        ("      - up_to_subsidy_yen: 500000\n        rates", "      - rates", "every band but the last"),
        (
            '      - rates: {sme: "2/3"',
            '      - up_to_subsidy_yen: 400000\n        rates: {sme: "2/3"',
            "the last band must be open-ended",
        ),
        (
            '      - rates: {sme: "2/3"',
            '      - {up_to_subsidy_yen: 400000, clause: x, rates: {sme: "1/3", small: "1/3"}}\n      - rates: {sme: "2/3"',
            "in rising order",
        ),
    ],
)
def test_bands_and_tiers_must_be_in_order(old, new, words):
    assert any(words in message for _, message in faults(old, new, INVOICE))


@pytest.mark.parametrize("text", ["", "- 1", "a: [", "a: 2017-13-45", "a: \x01", "!!python/object:os.system {}"])
def test_what_is_no_scheme_at_all(text):
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    assert (caught.value.findings[0].field or "").startswith("bad.yaml:1")
    assert caught.value.findings[0].remedy.ja


def test_a_file_on_disk(tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text(TEXT.replace('sme: "2/3"', "sme: 1", 1), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        SchemeBook.from_folder(tmp_path)
    assert (caught.value.findings[0].field or "").startswith("other.yaml:")


@pytest.mark.parametrize(
    ("model", "name", "old", "new", "words"),
    [
        (ClassTable, "eligibility.yaml", '["80"]', '["80", "19"]', "two classes"),
        (ClassTable, "eligibility.yaml", "default_class: service", "default_class: x", "none of the classes"),
        (Classification, "jsic.yaml", 'code: "02"', 'code: "01"', "listed twice"),
    ],
)
def test_the_tables_are_checked_too(model, name, old, new, words):
    text = (DATA / name).read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadInput) as caught:
        parse(model, text.replace(old, new, 1), name)
    assert words in caught.value.findings[0].message.en


def test_every_scheme_names_a_table_that_exists():
    assert {scheme.applicants.table for scheme in shipped_schemes().all()} == {class_table().id}


def test_all_faults_are_told_at_once_each_at_its_own_line():
    """Unknown and repeated keys, values of the wrong kind: one look at the file mends them all."""
    text = TEXT.replace("counts: functions", "counts: pieces\ncounts: functions\nspare: 1", 1)
    text = text.replace('sme: "2/3"', "sme: 0.66", 1).replace("unit_yen: 1\n", "unit_yen: 0\n", 1)
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    found = {(finding.field or "").partition(" ")[2]: finding for finding in caught.value.findings}
    assert {"counts", "spare", "segments.0.bands.0.rates.sme", "rounding.unit_yen"} == set(found)
    for key, finding in found.items():
        line = int((finding.field or "").split(":")[1].split()[0])
        assert key.rpartition(".")[2] in text.splitlines()[line - 1]
        assert finding.message.ja.startswith("bad.yaml:")
    assert "使える項目：id, version" in found["spare"].message.ja
    assert "1以上" in found["rounding.unit_yen"].message.ja


def test_faults_across_keys_are_all_told():
    text = TEXT.replace("kinds: [software, cloud,", "kinds: [cloud, snacks, hardware,", 1)
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    messages = [finding.message.en for finding in caught.value.findings]
    assert len(messages) == 3
    assert all("bad.yaml:1 " not in message for message in messages)


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "- " * 500 + "1", "[" * 100_000])
def test_a_file_that_would_take_forever_is_refused(text):
    with pytest.raises(BadInput):
        load_scheme(text, "bad.yaml")


def test_a_file_is_kept_as_plain_values():
    kept = plain(TEXT)
    assert kept["effective"]["from"] == "2017-01-27"
    assert Scheme.model_validate_json(json.dumps(kept)) == load_scheme(TEXT)


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b"id: x\nname: \x90\xa7\x93x\n", "bad.yaml:2", "UTF-8で保存し直してください"),
        (b"id: x\neffective:\n  from: 2017-13-45\n", "bad.yaml:3 effective.from", "のような日付が必要です"),
        (b"id: x\n\tversion: 1\n", "bad.yaml:2 version", "タブは使えません"),
        (b"id: [x\nversion: 1\n", "bad.yaml:2 version", "かっこや引用符の閉じ忘れ"),
        (("id: x\n" + "# 長い\n" * 100_000).encode(), "bad.yaml:20000", "100,000文字まで"),
    ],
)
def test_a_file_that_is_no_text_or_no_yaml_says_what_to_mend(tmp_path, data, place, said):
    file = tmp_path / "bad.yaml"
    file.write_bytes(data)
    with pytest.raises(BadInput) as caught:
        load_scheme(file)
    told = {finding.field: finding.message.ja for finding in caught.value.findings}
    assert said in told[place]


BAND = '      - up_to_subsidy_yen: 500000\n        rates: {sme: "3/4", small: "4/5"}\n        clause: c\n'


@pytest.mark.parametrize(
    ("old", "new", "key", "ja", "en"),
    [
        ('sme: "3/4"', "sme: 0.75", "segments.0.bands.0.rates.sme", "分数を引用符で囲んで", 'such as "2/3" is expected'),
        ('sme: "3/4"', 'sme: "4/3"', "segments.0.bands.0.rates.sme", "1以下の分数", "at most 1 is expected"),
        ("  unit_yen: 1\n  clause:", "  unit_yen: 1\n  klause:", "rounding.klause", "つづり", "expected: clause"),
        ("counts: functions", "counts: functions\ncounts: functions", "counts", "1回目は21行目", "first in line 21"),
        (BAND[:34], BAND + BAND.replace("500", "400")[:34], "segments.0.bands.1.up_to_subsidy_yen", "500000より大きい", "more than 500000"),
        ("{from: 2, yen", "{from: 1, yen", "segments.0.caps.1.from", "from: 2 が必要", "`from: 2` is expected"),
        ("yen: 3500000", "yen: 3500", "segments.0.caps.1.yen", "500000）以上", "at least 500000 is expected"),
        ("yen: 100000,", "yen: 100000.0,", "segments.1.caps.0.yen", "整数が必要", "a valid integer such as"),
        ("limits: {}", "limits: {floor: {yen: 9, bound: inclusive, clause: c}, caps: [{yen: 1, bound: inclusive, clause: c}]}",
         "limits.caps.0.yen", "9以上の金額", "at least 9 is expected"),
        ("from: 2025-03-31", "from: 2025-02-31", "effective.from", "暦にない日", "a valid date of the calendar"),
        ("to: 2026-03-31", "to: 2024-03-31", "effective.to", "from 以降の日付が必要", "must not lie before `from`"),
        ("who: applicant", "who: vendor", "filing.who", "（proxy・applicant）", "'proxy' or 'applicant'"),
        ("id: 2025-invoice", "id: 2025 Invoice", "id", "英小文字", "small letters, digits and hyphens"),
        ("limits: {}", "limits:", "limits", "「項目: 値」", '"key: value" pairs are expected'),
        ("limits: {}", "limits: {}\n2025: x", "2025", "引用符で囲みます", "a key is expected to be text"),
        ("  unit_yen: 1", "\tunit_yen: 1", "unit_yen", "半角の空白", "spaces are expected"),
        ("version: 4", 'version: "4"', "version", "整数が必要", "valid integer"),
        ("{from: 1, to: 1,", "{from: 2, to: 1,", "segments.0.caps.0.to", "from（2）以上", "at least `from` (2)"),
    ],
)  # fmt: skip
def test_each_fault_names_its_own_line_its_key_and_what_was_expected(old, new, key, ja, en):
    assert old in INVOICE
    text = INVOICE.replace(old, new, 1)
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    told = {finding.field.partition(" ")[2]: finding for finding in caught.value.findings}
    assert key in told, told
    line = int(told[key].field.partition(":")[2].split()[0])
    assert key.rpartition(".")[2] in text.splitlines()[line - 1]
    assert ja in told[key].message.ja
    assert en in told[key].message.en


def test_a_missing_clause_is_named_where_it_belongs():
    text = INVOICE.replace("        clause: 公募要領 補助率（PC・タブレット等）\n", "", 1)
    with pytest.raises(BadInput) as caught:
        load_scheme(text, "bad.yaml")
    (finding,) = caught.value.findings
    line = int(finding.field.partition(":")[2].split()[0])
    assert finding.field.endswith(" segments.1.bands.0.clause")
    assert text.splitlines()[line - 1].lstrip().startswith("- rates:")
    assert finding.message.en.endswith("this key is required, and missing")
    assert "必要な項目です" in finding.message.ja


@pytest.mark.parametrize(
    "words", ["Input should", "Field required", "String should", "Extra inputs", "Keys should"]
)
def test_no_fault_speaks_in_the_words_of_a_library(words):
    text = INVOICE.replace("version: 4", 'version: "4"').replace("who: applicant", "who: vendor")
    text = text.replace("limits: {}", "limits:\nspare: 1\n2025: x").replace("counts: functions\n", "")
    with pytest.raises(BadInput) as caught:
        load_scheme(text.replace("id: 2025-invoice", "id: 2025 Invoice"), "bad.yaml")
    assert len(caught.value.findings) >= 7
    assert not any(words in finding.message.en for finding in caught.value.findings)
