"""What a scheme's change does to the published packages: exact, in few statements, with nobody kept waiting."""

from __future__ import annotations

import uuid

import published
import pytest

from catalogue import offer_terms, publications
from marketplace import pricing, scheme_decisions, scheme_draft_queries, scheme_drafts, scheme_impact
from marketplace.subsidy.scheme import load_scheme
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput


@pytest.fixture
def packages(services):
    return published.publish(packages=9)


def lower_cap():
    """The next version of 2017's text, with a lower cap and a higher floor."""
    version = scheme_draft_queries.newest_version("2017").version
    text = scheme_draft_queries.text_of("2017").replace(f"version: {version}\n", f"version: {version + 1}\n", 1)
    return text.replace("{yen: 1000000,", "{yen: 500000,").replace("floor: {yen: 200000,", "floor: {yen: 300000,")


def proposed():
    return scheme_drafts.propose(
        lower_cap(), clock.today(), read_version=scheme_draft_queries.newest_version("2017").version
    )


def test_every_package_comes_out_as_its_page_says(packages):
    with act_as(SYSTEM):
        before, after = pricing.scheme(), load_scheme(lower_cap())
        found, summary = scheme_impact.changes(before, after)
        expected = {
            code: tuple(pricing.figures_of_package(live.content, each) for each in (before, after))
            for code, live in publications.live_packages(list(packages)).items()
        }
    assert summary.packages == len(packages)
    assert (summary.subsidy_before, summary.subsidy_after) == tuple(
        sum(both[at].subsidy_yen for both in expected.values()) for at in (0, 1)
    )
    assert {each.code: (each.total_yen, each.before, each.after) for each in found} == {
        code: (was.total_yen, was.subsidy_yen, will.subsidy_yen)
        for code, (was, will) in expected.items()
        if was.subsidy_yen != will.subsidy_yen
    }
    assert found
    assert summary.became_not_fundable == sum(was.fundable > will.fundable for was, will in expected.values())


def test_like_packages_are_reckoned_once_however_many_are_remembered(packages, monkeypatch):
    reckoned: list[object] = []
    figures_of = scheme_impact.figures_of

    def count(tariff, lines):
        reckoned.append(lines)
        return figures_of(tariff, lines)

    with act_as(SYSTEM):
        before, after = pricing.scheme(), load_scheme(lower_cap())
        alike = [each._replace(code=f"X-{at}") for each in offer_terms.every_package() for at in range(5)]
        monkeypatch.setattr(scheme_impact, "figures_of", count)
        once = list(scheme_impact.reckoned(alike, before, after))
        assert len(reckoned) == 2 * len(packages)
        monkeypatch.setattr(scheme_impact, "_REMEMBERED", 2)
        assert list(scheme_impact.reckoned(alike, before, after)) == once


def test_one_statement_reads_them_all_and_one_writes_what_differs(packages, statements, monkeypatch):
    monkeypatch.setattr(offer_terms, "_STREAMED", 2)
    with act_as(SYSTEM):
        draft = proposed()
        with statements() as seen:
            scheme_drafts.compare(draft)
        assert sum("live_publication" in each for each in seen) == 1
        assert sum("INSERT INTO scheme_difference" in each for each in seen) == 1
        total = scheme_draft_queries.one(draft).summary.changed
        names = {each.code: each.name for each in scheme_draft_queries.differences(draft)}
        live = publications.live_packages(list(names))
    assert len(names) == total > 0
    assert names == {code: each.content["name"] for code, each in live.items()}


def test_a_version_that_counts_by_accounts_cannot_price_the_pages(packages):
    with act_as(SYSTEM):
        text = lower_cap().replace("    bands:\n", "    shared: true\n    bands:\n", 1)
        draft = scheme_drafts.propose(text, clock.today(), read_version=3)
        scheme_drafts.compare(draft)
        summary = scheme_draft_queries.one(draft).summary
        assert (summary.lost, summary.not_reckoned, summary.subsidy_after) == (len(packages), len(packages), 0)
        with pytest.raises(BadInput) as refused:
            scheme_decisions.decide(draft, read_version=2)
        assert refused.value.findings[0].code == "cost_kinds_missing"
        content = next(iter(publications.live_packages(list(packages)).values())).content
        assert not pricing.can_reckon(content, load_scheme(text))


def test_a_draft_taken_back_meanwhile_waits_for_nothing_and_leaves_nothing(packages, services, monkeypatch):
    changes = scheme_impact.changes

    def taken_back_meanwhile(*schemes):
        found = changes(*schemes)

        def delete():
            with act_as(SYSTEM):
                # At once, or not at all: were the draft held for the reckoning, this would fail.
                db.session.execute(db.text("SET SESSION lock_timeout = '1ms'"))
                db.session.commit()
                scheme_drafts.delete(draft, read_version=1)

        published.elsewhere(services, delete)
        return found

    monkeypatch.setattr(scheme_impact, "changes", taken_back_meanwhile)
    with act_as(SYSTEM):
        draft = proposed()
        scheme_drafts.compare(draft)
        assert scheme_draft_queries.differences(draft) == []
        assert str(draft) not in {str(each.id) for each in scheme_draft_queries.undecided()}


def test_a_draft_that_the_worker_reckoned_meanwhile_is_left_as_it_is(packages, services, monkeypatch):
    changes = scheme_impact.changes

    def reckoned_meanwhile(*schemes):
        monkeypatch.setattr(scheme_impact, "changes", changes)

        def compare():
            with act_as(SYSTEM):
                scheme_drafts.compare(draft)

        published.elsewhere(services, compare)
        return changes(*schemes)

    monkeypatch.setattr(scheme_impact, "changes", reckoned_meanwhile)
    with act_as(SYSTEM):
        draft = proposed()
        scheme_drafts.compare(draft)
        found = scheme_draft_queries.one(draft)
        assert (found.state, found.version) == ("compared", 2)
        assert len(scheme_draft_queries.differences(draft)) == found.summary.changed > 0


def test_what_is_published_meanwhile_is_not_half_in_it(packages, services):
    with act_as(SYSTEM):
        rows = offer_terms.every_package()
        first = next(rows)
        code = next(each for each in packages if each != first.code)
        published.elsewhere(services, lambda: published.withdraw(packages[code]))
        assert {first.code, *(each.code for each in rows)} == set(packages)
        db.session.rollback()
        assert {each.code for each in offer_terms.every_package()} == set(packages) - {code}


def test_packages_are_given_by_code_from_where_one_stopped(packages):
    with act_as(SYSTEM):
        codes = sorted(packages)
        assert [terms.code for terms, _ in offer_terms.packages_after(codes[1], 3)] == codes[2:5]
        assert offer_terms.packages_after(codes[-1], 3) == []


def test_a_draft_that_nobody_made_is_passed_over(services):
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.uuid4())
