"""The words of the catalogue: what comes with the software holds together, and what does not is named."""

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction

import pytest

from catalogue.vocabulary import CATEGORY_CODES, PARTS, Document, Masters, percent
from catalogue.vocabulary_files import DATA, read_default_masters, read_documents
from tenants.errors import BadInput

MASTERS = read_default_masters()


def test_what_comes_with_the_software_holds_together():
    assert [row.code for row in MASTERS.functions] == [
        *(f"F{n}" for n in range(1, 6)),
        *(f"M{n}" for n in range(1, 8)),
        *(f"B{n}" for n in range(1, 6)),
    ]
    assert len(MASTERS.indexes) == 10
    assert {part: version.edition for part, version in MASTERS.versions.items()} == dict.fromkeys(PARTS, "2017")
    assert all(version.source and version.note for version in MASTERS.versions.values())


@pytest.mark.parametrize("name", ["core_functions.csv", "productivity_index.csv"])
def test_the_worked_input_is_what_comes_with_the_software(data, name):
    assert (DATA / name).read_bytes() == (data / name).read_bytes()


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("飲食サービス業", "restaurants"),
        ("飲食業", "restaurants"),
        (" 医療・福祉 ", "medical_and_welfare"),
        ("ｻｰﾋﾞｽ業", "services"),
        ("美容業", "beauty"),
        ("全業種", "all"),
        ("Retail", "retail"),
        ("inns_and_hotels", "inns_and_hotels"),
    ],
)
def test_industries_are_found_by_what_vendors_write(word, code):
    assert MASTERS.industry(word).code == code


def test_an_industry_is_known_by_names_that_name_nothing_beside_it():
    known = MASTERS.industry("restaurants").known_as
    assert {"飲食サービス業", "飲食店"} <= set(known)
    assert "持ち帰り・配達飲食サービス業" not in known  # whoever looks for 配達 means no restaurant


def test_unknown_words_are_nobodys():
    assert MASTERS.industry("宇宙開発業") is None
    assert MASTERS.cost_kind("交際費") is None
    assert MASTERS.function("Z9") is None


def test_cost_kinds_are_found_by_what_vendors_write():
    assert MASTERS.cost_kind("ソフトウェア").code == "software"
    assert MASTERS.cost_kind("クラウド利用料").term == "cloud_months"
    assert MASTERS.cost_kind("保守").term == "one_year"


def test_functions_and_categories_come_in_the_masters_order():
    codes = ["b1", "Ｆ２", "F2", "Z9", "M1"]
    assert [row.code for row in MASTERS.functions_of(codes)] == ["F2", "M1", "B1"]
    assert MASTERS.categories_of(codes) == CATEGORY_CODES
    assert MASTERS.category("front").name.ja == "フロント業務"


def test_index_is_exact():
    assert MASTERS.indexes["education"].shares["front"] == Fraction(50)
    assert percent(Fraction(50)) == "50%"
    assert percent(Fraction(101, 2)) == "50.5%"
    assert percent(Fraction(1, 3)) == "1/3%"


def test_content_is_what_a_version_keeps():
    documents = read_documents()
    kept = [
        Document(
            d.part,
            d.edition,
            d.version,
            d.effective_from,
            d.source,
            tuple(d.content()["rows"]),
            d.content()["note"],
        )
        for d in documents
    ]
    made = Masters.from_documents(kept)
    for field in fields(Masters):
        assert getattr(made, field.name) == getattr(MASTERS, field.name), field.name


def changed(part, change):
    documents = {document.part: document for document in read_documents()}
    rows = [dict(row) for row in documents[part].rows]
    change(rows)
    return [*(d for d in documents.values() if d.part != part), replace(documents[part], rows=tuple(rows))]


BAD = [
    (
        "productivity_index",
        lambda rows: rows[0].update(front="19"),
        "productivity_index.csv 2 front, middle, back_office",
    ),
    ("productivity_index", lambda rows: rows[0].update(front="many"), "productivity_index.csv 2 front"),
    ("productivity_index", lambda rows: rows[0].update(front="1."), "productivity_index.csv 2 front"),
    ("productivity_index", lambda rows: rows[0].update(front=".5"), "productivity_index.csv 2 front"),
    ("productivity_index", lambda rows: rows[0].update(front="18.000000000"), "productivity_index.csv 2 front"),
    ("productivity_index", lambda rows: rows[0].update(front=""), "productivity_index.csv 2 front"),
    ("productivity_index", lambda rows: rows[3].update(industry="all"), "productivity_index.csv 5 industry"),
    ("productivity_index", lambda rows: rows[3].update(industry="retail"), "productivity_index.csv 5 industry"),
    ("core_functions", lambda rows: rows[4].update(category="side"), "core_functions.csv 6 category"),
    ("core_functions", lambda rows: rows[4].update(code="f1"), "core_functions.csv 6 code"),
    ("core_functions", lambda rows: rows[4].update(name_en=" "), "core_functions.csv 6 name_en"),
    ("core_functions", lambda rows: rows.clear(), "core_functions.csv"),
    ("industries", lambda rows: rows[1].update(aliases="製造"), "industries.yaml 2 aliases"),
    ("industries", lambda rows: rows[1].update(aliases=[1]), "industries.yaml 2 aliases"),
    ("industries", lambda rows: rows[2].update(aliases=["製造業"]), "industries.yaml wholesale"),
    ("cost_kinds", lambda rows: rows[0].update(term="forever"), "cost_kinds.yaml 1 term"),
    ("cost_kinds", lambda rows: rows[0].pop("code"), "cost_kinds.yaml 1 code"),
]


@pytest.mark.parametrize(("part", "change", "place"), BAD, ids=[case[2] for case in BAD])
def test_what_does_not_fit_is_named_with_file_row_and_column(part, change, place):
    with pytest.raises(BadInput) as caught:
        Masters.from_documents(changed(part, change))
    assert place in [found.field for found in caught.value.findings]
    assert all(found.code == "bad_master" for found in caught.value.findings)


def test_halves_of_a_percent_are_exact():
    masters = Masters.from_documents(
        changed("productivity_index", lambda rows: rows[0].update(front="17.5", middle="60.5"))
    )
    assert masters.indexes["manufacturing"].shares["middle"] == Fraction(121, 2)


def test_every_part_is_needed():
    with pytest.raises(BadInput) as caught:
        Masters.from_documents([d for d in read_documents() if d.part != "industries"])
    assert [found.field for found in caught.value.findings] == ["industries"]


def test_a_part_without_a_name_is_called_by_its_part():
    documents = {d.part: d for d in read_documents()}
    bad = replace(documents["core_functions"], name="", rows=())
    with pytest.raises(BadInput) as caught:
        Masters.from_documents([*documents.values(), bad])
    assert caught.value.findings[0].field == "core_functions"


def test_a_date_that_is_none_is_refused(tmp_path):
    (tmp_path / "core_functions.yaml").write_text(
        'edition: "2017"\nversion: 1\neffective_from: soon\nsource: x\nrows: []\n', encoding="utf-8"
    )
    with pytest.raises(TypeError, match=r"core_functions\.yaml effective_from"):
        read_documents(tmp_path)


def test_versions_say_from_when_they_count():
    assert MASTERS.versions["industries"].effective_from == date(2017, 1, 1)
