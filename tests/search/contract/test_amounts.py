"""What every engine must do with other amounts for documents that are there: order, filter and count by them, and nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

from search_samples import a_document, ask, fill, ids, money, random_documents

from search.documents import Amounts, SearchDocument
from search.port import Amount, Facet, Group, Range, Sort


def amounts_of(document: SearchDocument, **other) -> Amounts:
    names = ("id", "version", "subsidy_yen", "own_cost_yen", "fundable", "own_cost_band")
    return Amounts(**({name: getattr(document, name) for name in names} | other))


def reprice(engine, *amounts):
    engine.wait(engine.reprice(amounts))


def agrees(engine, documents):
    """Whether orders, limits and counts are those of these documents."""
    assert list(engine.iter_amounts()) == sorted(map(amounts_of, documents), key=lambda each: each.id)
    counts = {
        Facet.FUNDABLE: lambda d: ["true" if d.fundable else "false"],
        Facet.OWN_COST_BAND: lambda d: [d.own_cost_band] if d.own_cost_band else [],
        Facet.PRICE_BAND: lambda d: [d.price_band],
        Facet.SECOND_YEAR_BAND: lambda d: [d.second_year_band],
        Facet.CATEGORY: lambda d: d.categories,
        Facet.DEPLOYMENT: lambda d: d.deployments,
    }
    found = ask(engine, facets=tuple(counts), sort=Sort.OWN_COST, per_page=100)
    for facet, values in counts.items():
        every = [value for document in documents for value in values(document)]
        assert found.facets[facet] == {value: every.count(value) for value in every}, facet
    by_id = {document.id: document for document in documents}
    own = [by_id[each].own_cost_yen for each in ids(found)]
    assert own == sorted(document.own_cost_yen for document in documents)
    subsidies = [by_id[each].subsidy_yen for each in ids(ask(engine, sort=Sort.SUBSIDY, per_page=100))]
    assert subsidies == sorted((document.subsidy_yen for document in documents), reverse=True)
    for amount, low, high in ((Amount.OWN_COST, 1, 200_000), (Amount.SUBSIDY, 150_000, None)):
        right = {
            d.id
            for d in documents
            if low <= getattr(d, amount.value) and (high is None or getattr(d, amount.value) <= high)
        }
        assert set(ids(ask(engine, "", Range(amount, low, high), per_page=100))) == right
    for value in ("true", "false"):
        right = {d.id for d in documents if d.fundable is (value == "true")}
        assert set(ids(ask(engine, "", Group(Facet.FUNDABLE, (value,)), per_page=100))) == right
    right = {d.id for d in documents if d.own_cost_band in {"small", "new"}}
    assert set(ids(ask(engine, "", Group(Facet.OWN_COST_BAND, ("small", "new")), per_page=100))) == right


def test_orders_limits_and_counts_are_of_the_new_amounts(engine):
    chance = random.Random(5)  # noqa: S311 - not for secrets
    documents = {document.id: document for document in random_documents(40, seed=11)}
    listed = list(documents.values())
    fill(engine, *listed[:25])
    fill(engine, *listed[25:])
    agrees(engine, listed)
    for _ in range(2):
        changed = []
        for document in chance.sample(list(documents.values()), 25):
            own, subsidy = chance.randint(0, 9) * 50_000, chance.randint(0, 9) * 50_000
            new = {
                "own_cost_yen": own,
                "subsidy_yen": subsidy,
                "fundable": subsidy > 0,
                "own_cost_band": chance.choice(("small", "large", "new", "")),
            }
            documents[document.id] = replace(document, **new)
            changed.append(amounts_of(documents[document.id]))
        reprice(engine, *changed)
        agrees(engine, list(documents.values()))


def test_nothing_that_words_find_is_touched(engine):
    fill(engine, a_document("A", name="会計帳簿", description="給与"), a_document("B", name="会計"))
    before = ask(engine, "会計", highlight=True)
    reprice(engine, money("A", 1, 70, 30, "small"))
    after = ask(engine, "会計", highlight=True)
    assert after.hits == before.hits
    assert after.applied_version != before.applied_version
    assert ids(ask(engine, "給与", Range(Amount.OWN_COST, 30, 30))) == ["A"]
    assert dict(engine.iter_versions()) == {"A": 1, "B": 1}


def test_what_is_not_there_or_of_another_version_stays_as_it_is(engine):
    fill(engine, a_document("A", version=2, own_cost_yen=5), a_document("GONE"))
    engine.wait(engine.delete(["GONE"]))
    reprice(
        engine,
        money("A", 1, 70, 30, "small"),
        money("A-3", 3, 70, 30, "small"),
        money("GONE", 1, 70, 30, "small"),
    )
    reprice(engine)
    assert list(engine.iter_amounts()) == [money("A", 2, 0, 5, "")]
    assert engine.stats().documents == 1


def test_a_document_that_comes_after_replaces_its_amounts_too(engine):
    fill(engine, a_document("A", own_cost_yen=5), a_document("B", own_cost_yen=6))
    reprice(engine, money("A", 1, 70, 30, "small"), money("B", 1, 71, 31, "small"))
    fill(engine, a_document("A", version=2, own_cost_yen=5))
    assert list(engine.iter_amounts()) == [
        money("A", 2, 0, 5, ""),
        money("B", 1, 71, 31, "small"),
    ]


def test_a_rebuild_brings_over_the_amounts_that_were_written_meanwhile(engine):
    documents = [a_document(each, own_cost_yen=5) for each in ("A", "B", "C", "D")]
    fill(engine, *documents)
    rebuild = engine.begin_rebuild()
    engine.load(rebuild, [*documents[:3], replace(documents[3], version=2, own_cost_yen=9)])
    reprice(engine, *(money(each, 1, 70, 30, "small") for each in ("A", "B", "D")))
    fill(engine, a_document("B", version=2, name="会計", own_cost_yen=7))
    fill(engine, a_document("E", own_cost_yen=8))
    reprice(engine, money("B", 2, 71, 31, "small"), money("E", 1, 72, 32, ""))
    engine.commit_rebuild(rebuild)
    found = {each.id: each for each in engine.iter_amounts()}
    assert found["A"] == money("A", 1, 70, 30, "small")
    assert found["B"] == money("B", 2, 71, 31, "small")
    assert found["C"] == money("C", 1, 0, 5, "")
    assert found["E"] == money("E", 1, 72, 32, "")
    assert ids(ask(engine, "会計")) == ["B"]
    assert dict(engine.iter_versions()).keys() == {"A", "B", "C", "D", "E"}
