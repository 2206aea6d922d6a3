"""Which functions a sentence speaks of, by what the listings that have them say."""

from __future__ import annotations

import numpy as np
import pytest
from search_samples import a_document

from search.embedded import EmbeddedEngine
from search.embedded.folder import IndexFolder
from search.embedded.reader import open_snapshot
from search.embedded.speaking import spoken_of
from search.embedded.units import unit_of
from search.embedded.viewing import View
from search.port import MatchStage, SearchRequest, Visibility, Wider

CARE = (
    "利用者の家を回る順番を決めます",
    "玄関から車までの時間を見込み、順番を決めます",
    "車いすの利用者の順番を組みます",
)
DOCUMENTS = (
    *(
        a_document(f"C{number}", name=f"ルートくん{number}", functions=("transport",), description=text)
        for number, text in enumerate(CARE)
    ),
    # Has the function, and not one of the words.
    a_document("SILENT", name="おくるま", functions=("transport",), description="詳しくは資料をご覧ください"),
    *(
        a_document(
            f"M{number}", name=f"帳簿{number}", functions=("accounts",), description="会社の数字をまとめます"
        )
        for number in range(12)
    ),
    a_document(
        "BUNDLE", name="なんでも", functions=("transport", "accounts", "chat"), description="ご相談ください"
    ),
    *(
        a_document(f"T{n}", name=f"連絡{n}", functions=("chat",), description="お客様に返事を書けます")
        for n in range(6)
    ),
    a_document("MENTIONS", name="帳簿の友", functions=("accounts",), description="玄関の案内板にも数字を出せます"),
)


@pytest.fixture(scope="module")
def engine(filled):
    return filled(DOCUMENTS)


def found(engine, text, **more):
    result = engine.search(SearchRequest(Visibility.PUBLIC, text, **more))
    return result.stage, [hit.id for hit in result.hits]


def test_who_has_the_function_is_found_without_one_of_the_words(engine):
    stage, ids = found(engine, "利用者を車で迎える順番に悩む")
    assert stage is MatchStage.ANY
    assert {*ids[:5]} == {"C0", "C1", "C2", "SILENT", "BUNDLE"}


def test_a_word_that_one_of_many_says_speaks_of_no_function(engine):
    assert "M0" not in found(engine, "玄関を開けられない")[1]


@pytest.mark.parametrize("text", ["利用者 玄関", "利用者の玄関"])
def test_names_are_no_sentences(engine, text):
    assert "SILENT" not in found(engine, text)[1]


def test_a_bundle_gets_the_points_of_its_likeliest_function_alone(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    made.ensure_schema()
    made.upsert(DOCUMENTS)
    view = View(open_snapshot(IndexFolder(tmp_path / "index").current()))
    units = [unit for word in ("利用者", "返事") if (unit := unit_of((word,), 1.0, view))]
    spoken = spoken_of(units, view)
    rows = np.array([view.snapshot.row_of(code) for code in ("SILENT", "T0", "BUNDLE", "M0")])
    care, answers, bundle, other = view.scores([each.query for each in spoken], rows).tolist()
    assert {each.text for each in spoken} == {"transport", "chat"}
    assert min(care, answers) > other == 0
    assert bundle == pytest.approx(max(care, answers))


def test_the_synonyms_are_heard_beside_it(engine):
    said = Wider("車で迎える順番", ("帳簿",), likely=1.0, signs=())
    ids = found(engine, "利用者を車で迎える順番に悩む", synonyms=(said,))[1]
    assert {"SILENT", "MENTIONS"} <= {*ids}


def test_the_reason_names_the_function(engine):
    request = SearchRequest(Visibility.PUBLIC, "利用者を車で迎える順番に悩む")
    reasons = {(each.field, each.text) for each in engine.explain(request, "SILENT").reasons}
    assert ("speaks_of", "transport") in reasons
