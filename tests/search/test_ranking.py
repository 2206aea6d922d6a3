"""What puts one package before another when the words find both: the words, and what it says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from search_samples import a_document

from search.completeness import FACTS, completeness
from search.documents import Visibility
from search.embedded import EmbeddedEngine
from search.port import Facet, Group, SearchRequest, Sort, Wider

LONG = "毎日の売上と仕入れを入力すると、帳簿と試算表ができあがり、申告の時期に慌てることがなくなります。" * 2
TOLD = {
    "description": LONG,
    "products": ("会計",),
    "product_kana": ("カイケイ",),
    "languages": ("ja",),
    "support": ("weekday",),
}


@pytest.fixture
def engine(tmp_path):
    made = EmbeddedEngine(tmp_path / "index")
    made.ensure_schema()
    yield made
    made.close()


def order(engine, text, *groups, sort=Sort.RELEVANCE):
    request = SearchRequest(Visibility.PUBLIC, text, groups=groups, sort=sort, per_page=50)
    return [hit.id for hit in engine.search(request).hits]


def test_completeness_counts_only_what_every_vendor_can_say():
    plain = a_document("A")
    assert completeness(plain) == 0
    for name in ("description", "languages", "support"):
        assert completeness(a_document("A", **{name: TOLD[name]})) == 1
    assert completeness(a_document("A", products=("会計", "給与"), product_kana=("カイケイ", ""))) == 0
    assert completeness(a_document("A", **TOLD)) == FACTS
    dear = a_document("A", certifications=("iso27001",), price_yen=9_000_000, functions=("F1", "B1"))
    assert completeness(dear) == 0


def test_of_equals_the_one_that_says_more_comes_first(engine):
    # Whatever the shuffle of the ids would have: ten pairs, each the other way round in the alphabet.
    shops = [a_document(f"A{n}", name="会計パック") for n in range(10)]
    told = [a_document(f"B{n}", name="会計パック", languages=("ja",), support=("weekday",)) for n in range(10)]
    engine.upsert([*shops, *told])
    found = order(engine, "会計")
    assert {each[0] for each in found[:10]} == {"B"}
    assert {each[0] for each in found[10:]} == {"A"}


def test_words_count_more_than_what_it_says_of_itself(engine):
    engine.upsert([a_document("NAME", name="会計パック"), a_document("ELSE", **(TOLD | {"products": ("会計",)}))])
    assert order(engine, "会計") == ["NAME", "ELSE"]


def test_what_is_just_that_comes_before_what_has_it_as_a_part(engine):
    part = a_document("PART", name="運転日報プロ", function_words=("運転日報",), description=LONG)
    engine.upsert([part, a_document("JUST", name="メモリア", function_words=("集計", "日報"))])
    assert order(engine, "日報") == ["JUST", "PART"]
    engine.upsert([a_document("NAME", name="日報"), a_document("LONG", name="日報と日報")])
    assert order(engine, "日報")[0] == "NAME"
    assert order(engine, "集計 日報") == ["JUST"]


def test_by_its_sound_what_is_just_that_comes_first_too(engine):
    part = a_document("PART", name="運転日報プロ", function_words=("運転日報",), description=LONG)
    engine.upsert([part, a_document("JUST", name="メモリア", function_words=("日報",))])
    assert order(engine, "にっぽう") == ["JUST", "PART"]


def test_a_word_of_katakana_in_hiragana_is_that_word_and_comes_before_its_synonyms(engine):
    other = a_document("OTHER", name="勤怠", function_words=("勤怠管理",), products=("勤怠",), description=LONG)
    engine.upsert([other, a_document("SHIFT", name="メモリア", function_words=("シフト作成",))])
    known = (Wider("しふと", ("勤怠",)),)
    hits = engine.search(SearchRequest(Visibility.PUBLIC, "しふと", synonyms=known)).hits
    assert [hit.id for hit in hits] == ["SHIFT", "OTHER"]


def test_one_word_in_the_name_does_not_outweigh_another_that_is_only_a_part(engine):
    tokyo = a_document("TOKYO", name="シフト表の友", function_words=("シフト表",), prefecture="東京都")
    engine.upsert([tokyo, a_document("KYOTO", name="ヒトリア", function_words=("シフト表",), prefecture="京都府")])
    assert order(engine, "京都 シフト表") == ["KYOTO", "TOKYO"]


def test_what_was_typed_counts_more_than_all_its_synonyms_together(engine):
    engine.upsert(
        [
            a_document("TYPED", name="甲", function_words=("入金消込",)),
            a_document("OTHER", name="請求書発行", function_words=("請求管理", "請求書発行")),
        ]
    )
    synonyms = (Wider("入金消込", ("請求書発行", "請求書", "請求管理", "請求")),)
    request = SearchRequest(Visibility.PUBLIC, "入金消込", synonyms=synonyms)
    assert [hit.id for hit in engine.search(request).hits] == ["TYPED", "OTHER"]


@pytest.mark.parametrize("text", ["給与 計算", "kyuyo keisan"])
def test_neighbours_that_are_one_word_there_come_first(engine, text):
    engine.upsert(
        [
            a_document("APART", name="丙", function_words=("給与明細", "時間計算")),
            a_document("ONE", name="乙", function_words=("給与計算",)),
        ]
    )
    assert order(engine, text) == ["ONE", "APART"]


def test_the_reasons_of_a_rank_hold_under_the_filters_too(engine):
    every = tuple(f"i{n}" for n in range(12))
    many = [a_document(f"ALL{n}", name="会計パック", industries=every) for n in range(5)]
    few = [a_document(f"FEW{n}", name="会計パック", industries=("i3", "i4")) for n in range(5)]
    engine.upsert([*many, *few, a_document("OUT", name="会計パック", industries=("i9",))])
    request = SearchRequest(Visibility.PUBLIC, "会計", groups=(Group(Facet.INDUSTRY, ("i3",)),), per_page=50)
    hits = engine.search(request).hits
    told = {hit.id: engine.explain(request, hit.id) for hit in hits}
    assert [told[hit.id].rank for hit in hits] == list(range(1, 11))
    sums = {hit.id: sum(reason.points for reason in told[hit.id].reasons) for hit in hits}
    for hit in hits:
        # A score is the points times the same for all, but for the shuffle and what is rounded.
        assert hit.score / sums[hit.id] == pytest.approx(hits[0].score / sums[hits[0].id], rel=0.002)
        fit = [r.text for r in told[hit.id].reasons if r.field == "fit_industry"]
        assert fit == (["i3"] if hit.id.startswith("FEW") else [])
    assert engine.explain(request, "OUT") is None


# None of them holds a word that is asked for, nor sounds like one.
VENDORS = st.sampled_from(
    ("株式会社みほん", "有限会社そらまめ", "ヨツバ", "合同会社ひなたデータ製造所・東日本支社", "7")
)
MONEY = st.integers(0, 10**7)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    told=st.lists(st.tuples(VENDORS, MONEY, MONEY, MONEY, st.booleans()), min_size=6, max_size=6),
    text=st.sampled_from(
        ("会計", "かいけい", "レジ", "会計 レジ", "月末の会計が大変", "会刑ソフ", "給与けいさん", "")
    ),
)
def test_neither_vendor_nor_money_moves_anything(engine, told, text):
    """The same listings under other vendors and for other money: the same points, place by place."""
    listings = [
        a_document(
            f"P{n}",
            name=("会計パック", "レジと会計", "給与計算", "予約台帳", "会計", "POSレジ")[n],
            description=LONG if n % 2 else "会計もレジも",
            industries=("i3",) if n % 3 else (),
            functions=("B1", "B2")[: n % 3],
        )
        for n in range(6)
    ]
    request = SearchRequest(
        Visibility.PUBLIC, text, groups=(Group(Facet.FUNCTION, ("B1", "B2")),) if len(told[0][0]) % 2 else ()
    )
    engine.upsert(listings)
    plain = [(hit.id, hit.score) for hit in engine.search(request).hits]
    engine.upsert(
        replace(
            each,
            vendor_name=vendor,
            vendor_number=f"{7000000000000 + number}",
            price_yen=price,
            subsidy_yen=subsidy,
            own_cost_yen=own,
            second_year_yen=own,
            fundable=fundable,
        )
        for number, (each, (vendor, price, subsidy, own, fundable)) in enumerate(zip(listings, told, strict=True))
    )
    assert [(hit.id, hit.score) for hit in engine.search(request).hits] == plain


def test_a_sort_that_was_asked_for_decides_alone(engine):
    engine.upsert([a_document("A", name="会計", price_yen=1), a_document("B", name="会計", price_yen=2, **TOLD)])
    assert order(engine, "会計", sort=Sort.PRICE) == ["A", "B"]


def test_the_reasons_name_it(engine):
    engine.upsert([a_document("A", name="会計"), a_document("B", name="会計", languages=("ja",))])
    request = SearchRequest(Visibility.PUBLIC, "会計")
    told = {each.field: each for each in engine.explain(request, "B").reasons}
    assert told["completeness"].text == f"1/{FACTS}"
    assert 0 < told["completeness"].points < 1
    assert "completeness" not in {each.field for each in engine.explain(request, "A").reasons}
