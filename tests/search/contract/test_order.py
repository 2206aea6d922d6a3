"""In which order every engine gives what it found, why, and on which page."""

from __future__ import annotations

import pytest
from search_samples import a_document, ask, fill, ids, random_documents

from search.documents import Visibility
from search.name_order import name_key
from search.port import Amount, Facet, Group, MatchStage, Range, SearchRequest, Sort, Wider
from tenants.errors import BadInput


class TestRanking:
    def test_fields_in_their_order(self, engine):
        fill(
            engine,
            a_document("VENDOR", vendor_name="会計屋"),
            a_document("DESCRIPTION", description="会計"),
            a_document("INDUSTRY", industry_names=("会計",)),
            a_document("PRODUCT", products=("会計",)),
            a_document("FUNCTION", function_words=("会計",)),
            a_document("NAME", name="会計"),
        )
        assert ids(ask(engine, "会計")) == ["NAME", "FUNCTION", "PRODUCT", "INDUSTRY", "DESCRIPTION", "VENDOR"]

    @pytest.mark.parametrize(
        ("query", "trap", "right"),
        [
            ("京都", "東京都の案内", "京都の着物"),
            ("レジ", "クレジット決済", "POSレジ"),
            ("pos", "position", "pos 端末"),
        ],
    )
    def test_a_part_of_another_word_comes_after_the_word(self, engine, query, trap, right):
        fill(
            engine,
            a_document("TRAP", name=trap, function_words=(trap,), products=(trap,), description=trap),
            a_document("RIGHT", description=right),
        )
        assert ids(ask(engine, query)) == ["RIGHT", "TRAP"]

    def test_ties_do_not_follow_the_order_of_loading(self, engine):
        documents = [a_document(f"T-{n}", name="会計") for n in range(30)]
        fill(engine, *documents)
        before = ids(ask(engine, "会計", per_page=100))
        engine.delete([d.id for d in documents])
        fill(engine, *reversed(documents))
        assert ids(ask(engine, "会計", per_page=100)) == before


class TestExplaining:
    @pytest.fixture(autouse=True)
    def _documents(self, engine):
        fill(
            engine,
            a_document("CARD", name="クレジット決済", products=("レジ連携",)),
            a_document("TILL", name="POSレジ"),
            a_document("OTHER", name="勤怠"),
        )

    def explain(self, engine, text, identity, **more):
        return engine.explain(SearchRequest(Visibility.PUBLIC, text, **more), identity)

    def test_reasons_add_up_to_the_order(self, engine):
        hits = ask(engine, "レジ").hits
        told = {hit.id: self.explain(engine, "レジ", hit.id) for hit in hits}
        assert {identity: each.rank for identity, each in told.items()} == {"TILL": 1, "CARD": 2}
        sums = [sum(reason.points for reason in told[hit.id].reasons) for hit in hits]
        assert sums == sorted(sums, reverse=True)
        assert {(r.field, r.text) for r in told["TILL"].reasons} >= {("name", "レジ"), ("name_words", "レジ")}
        assert ("name_words", "レジ") not in {(r.field, r.text) for r in told["CARD"].reasons}

    def test_a_synonym_is_a_reason_of_its_own(self, engine):
        told = self.explain(engine, "キャッシャー", "TILL", synonyms=(Wider("キャッシャー", ("レジ",)),))
        assert told.stage is MatchStage.WIDENED
        assert {reason.text for reason in told.reasons} == {"レジ"}

    def test_what_is_not_found_has_no_reasons(self, engine):
        assert self.explain(engine, "レジ", "OTHER") is None
        assert self.explain(engine, "レジ", "NOBODY") is None
        assert self.explain(engine, "鰻重", "TILL") is None
        assert self.explain(engine, "!!!", "TILL") is None

    def test_without_words_there_is_a_place_but_no_reason(self, engine):
        told = self.explain(engine, "", "TILL")
        assert (told.stage, told.reasons) == (MatchStage.ALL, ())
        places = {each: self.explain(engine, "", each).rank for each in ("CARD", "TILL", "OTHER")}
        assert sorted(places, key=places.get) == ids(ask(engine, ""))

    def test_the_place_is_among_what_the_filters_leave_in_the_order_asked_for(self, engine):
        fill(
            engine,
            a_document("FEW", name="レジ", industries=("retail",), price_yen=3),
            a_document("ALSO", name="レジ締め", industries=("retail",), price_yen=1),
        )
        only = {"groups": (Group(Facet.INDUSTRY, ("retail",)),)}
        assert self.explain(engine, "レジ", "TILL", **only) is None
        for sort in (Sort.RELEVANCE, Sort.PRICE, Sort.NAME):
            found = ids(ask(engine, "レジ", *only["groups"], sort=sort))
            assert len(found) == 2
            told = [self.explain(engine, "レジ", each, **only, sort=sort).rank for each in found]
            assert told == [1, 2]


class TestOrderAndPages:
    def test_names_are_in_the_order_of_their_sound(self, engine):
        names = ("POSレジ", "あさひ帳簿", "ガイド", "かき", "クリニック", "農園", "会", "美容室", "旅館・ホテル")
        fill(
            engine,
            *(
                a_document(f"N{at}", name=name, name_kana="ノウカイ" if name == "会" else "")
                for at, name in enumerate(names)
            ),
        )
        found = [each for each in ids(ask(engine, sort=Sort.NAME, per_page=100)) if each.startswith("N")]
        assert found == [f"N{at}" for at in range(len(names))]

    @pytest.mark.parametrize(
        ("sort", "key"),
        [
            (Sort.PRICE, lambda d: d.price_yen),
            (Sort.OWN_COST, lambda d: d.own_cost_yen),
            (Sort.SUBSIDY, lambda d: -d.subsidy_yen),
            (Sort.NEWEST, lambda d: -d.published_at.timestamp()),
            (Sort.NAME, lambda d: name_key(d.name)),
        ],
    )
    def test_sorted_by_what_was_asked(self, engine, sort, key):
        documents = {d.id: d for d in random_documents(90, seed=4)}
        fill(engine, *documents.values())
        values = [key(documents[i]) for i in ids(ask(engine, sort=sort, per_page=100))]
        assert len(values) == 90
        assert values == sorted(values)

    @pytest.mark.parametrize("sort", list(Sort))
    def test_pages_put_together_are_the_whole(self, engine, sort):
        fill(engine, *random_documents(55, seed=5))
        whole = ids(ask(engine, "会計", sort=sort, per_page=100))
        pages = [ask(engine, "会計", sort=sort, per_page=7, page=n) for n in range(1, 10)]
        assert [i for page in pages for i in ids(page)] == whole
        assert {page.total for page in pages} == {len(whole)}

    def test_beyond_the_end_is_empty_with_the_total(self, engine):
        fill(engine, a_document("A"), a_document("B"))
        result = ask(engine, page=1_000_000, per_page=100, facets=(Facet.VENDOR,))
        assert (result.hits, result.total, result.total_is_exact) == ((), 2, True)
        assert result.facets == {Facet.VENDOR: {"7000000000001": 2}}

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda: SearchRequest(Visibility.PUBLIC, page=0),
            lambda: SearchRequest(Visibility.PUBLIC, page=1_000_001),
            lambda: SearchRequest(Visibility.PUBLIC, per_page=0),
            lambda: SearchRequest(Visibility.PUBLIC, per_page=101),
            lambda: Group(Facet.VENDOR, ()),
            lambda: Group(Facet.VENDOR, ("1",) * 101),
            lambda: Range(Amount.PRICE, -1),
            lambda: Range(Amount.PRICE, None, 2**64),
            lambda: SearchRequest(Visibility.PUBLIC, groups=(Group(Facet.VENDOR, ("1",)),) * 2),
        ],
    )
    def test_what_is_out_of_range_is_refused(self, wrong):
        with pytest.raises(BadInput):
            wrong()
