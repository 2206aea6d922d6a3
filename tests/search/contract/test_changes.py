"""What every engine holds: the last version of each document, for those who may see it."""

from __future__ import annotations

from dataclasses import replace

from search_samples import a_document, ask, fill, ids, random_documents

from search.documents import Visibility
from search.port import Facet, SearchRequest, Sort


class TestChanges:
    def test_a_document_is_replaced_whole(self, engine):
        fill(engine, a_document("A", version=1, name="会計"))
        before = ask(engine, "会計").applied_version
        fill(engine, a_document("A", version=2, name="給与"))
        assert ask(engine, "会計").total == 0
        result = ask(engine, "給与")
        assert [(h.id, h.version) for h in result.hits] == [("A", 2)]
        assert result.applied_version != before
        assert result.applied_version == ask(engine).applied_version == engine.stats().applied_version

    def test_deleted_is_gone_and_may_be_deleted_again(self, engine):
        fill(engine, a_document("A"), a_document("B"))
        engine.wait(engine.delete(["A", "never"]))
        engine.wait(engine.delete(["A"]))
        assert ids(ask(engine)) == ["B"]
        assert list(engine.iter_versions()) == [("B", 1)]

    def test_versions_and_statistics(self, engine):
        documents = random_documents(30, seed=6)
        fill(engine, *documents)
        fill(engine, replace(documents[3], version=99))
        assert dict(engine.iter_versions()) == {d.id: d.version for d in documents} | {"R-3": 99}
        assert engine.stats().documents == 30
        assert engine.stats().size_bytes > 0
        assert engine.ensure_schema() is False

    def test_only_those_who_may_see_a_document_find_it(self, engine):
        fill(engine, a_document("OPEN"), a_document("HELD", visibility=Visibility.SECRETARIAT, vendor_number="1"))
        request = SearchRequest(Visibility.SECRETARIAT, sort=Sort.NAME, facets=(Facet.VENDOR,))
        assert ids(ask(engine)) == ["OPEN"]
        assert set(ids(engine.search(request))) == {"OPEN", "HELD"}
        assert engine.facet_values(Facet.VENDOR, Visibility.PUBLIC) == {"7000000000001": 1}
        assert engine.facet_values(Facet.VENDOR, Visibility.SECRETARIAT) == {"7000000000001": 1, "1": 1}
        assert ask(engine, "HELD").total == 0


class TestVocabulary:
    def test_names_and_loan_words_in_descriptions_most_frequent_first(self, engine):
        fill(
            engine,
            a_document("A", name="ｺｰﾙｾﾝﾀｰ支援", products=("Security",), description="会計係のコールセンター"),
            a_document("B", name="コールセンターの友", function_words=("給与計算",)),
        )
        assert list(engine.vocabulary()) == [("コールセンター", 2), ("Security", 1), ("給与計算", 1)]
