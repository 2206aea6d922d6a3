"""Packages for my needs on real publications: the same as brute force over all of them, within the rules."""

from __future__ import annotations

from itertools import combinations

import published
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import offer_terms
from catalogue.masters import vocabulary
from catalogue.offer_terms import OfferGroup
from catalogue.publications import every_live_package
from catalogue.vocabulary_files import read_default_masters
from marketplace import pricing
from marketplace.needs import service
from marketplace.needs.offers import Buyer
from marketplace.needs.ranking import least_yen, rank
from marketplace.needs.request import MOST_FUNCTIONS, checked
from marketplace.needs.service import advise
from marketplace.needs.size import hint
from marketplace.needs.solving import set_of, without_idle
from marketplace.needs.weighing import Weighed
from marketplace.subsidy.eligibility import rules_for
from marketplace.subsidy.scheme import shipped_schemes
from tenants.actor import PUBLIC
from tenants.db import act_as, db
from tenants.errors import BadInput, Conflict

MASTERS = read_default_masters()
RULES = rules_for(shipped_schemes().get("2017"))


@pytest.fixture(scope="module")
def market(ground, empty_database):
    """Forty packages of eight vendors, live; nothing here changes them."""
    with ground.app_context():
        published.publish(packages=40, vendors=8)
        with act_as(PUBLIC):
            yield list(every_live_package())
        db.session.remove()
        db.engine.dispose()
    empty_database()


def by_hand(packages, functions, *, industry=None, size="sme", budget=None, only_own=False, can_apply=True):
    """(covered, own cost) of the best sets, from the publications alone."""
    scheme = pricing.scheme()
    bits = {code: 1 << place for place, code in enumerate(functions)}
    weighed = []
    for each in packages:
        content = each.content
        if content["restricted"] and industry not in content["industries"]:
            continue
        if only_own and not {"all", industry} & set(content["industries"]):
            continue
        covers = sum(bits[code] for code in content["functions"] if code in bits)
        figures = pricing.figures_of_package(content, scheme, pricing.Told(size))
        own = figures.own_cost_yen if can_apply else figures.total_yen
        if covers:
            weighed.append(Weighed(each.code, covers, figures.total_yen, own))
    found = []
    for number in range(1, len(functions) + 1):
        for some in combinations(weighed, number):
            if len(without_idle(some)) == number:
                made = set_of(some)
                if budget is None or made.own_yen <= budget:
                    found.append((-made.covers.bit_count(), made.own_yen))
    return sorted(found)[:3]


def told(advice):
    return [(-len(each.covers), each.own_cost_yen) for each in advice.answers]


@pytest.mark.parametrize(
    ("functions", "asked"),
    [
        (("B1", "B4"), {}),
        (("F2", "F5"), {"industry": "restaurants"}),
        (("F4", "M3", "B1"), {"industry": "retail", "own_industry": True}),
        (("B1", "B3"), {"industry": "manufacturing", "can_apply": False}),
        (("F4", "M3"), {"industry": "retail", "budget_yen": 250_000}),
        (("M1", "B5", "F3"), {"budget_yen": 120_000}),
    ],
)
def test_the_answers_are_those_of_brute_force(market, functions, asked):
    with act_as(PUBLIC):
        advice = advise(checked(vocabulary(), functions, **asked), seconds=60)
        best = by_hand(
            market,
            functions,
            industry=asked.get("industry"),
            budget=asked.get("budget_yen"),
            only_own=asked.get("own_industry", False),
            can_apply=asked.get("can_apply", True),
        )
    assert told(advice) == best
    assert advice.proven
    offered = set(functions) - set(advice.not_offered)
    assert advice.complete == bool(best and -best[0][0] == len(offered))


def test_out_of_time_an_answer_is_given_and_not_called_the_best(market):
    with act_as(PUBLIC):
        advice = advise(checked(vocabulary(), ["B1", "F2", "M3"]), seconds=0)
        best = advise(checked(vocabulary(), ["B1", "F2", "M3"]), seconds=60)
    assert advice.answers
    assert not advice.proven
    assert advice.answers[0].own_cost_yen - advice.gap_yen <= best.answers[0].own_cost_yen
    assert advice.offered == best.offered


def test_reading_stops_when_its_time_is_over(market):
    with act_as(PUBLIC):
        there = service.market(Buyer(pricing.scheme()), ("B1", "F2", "M3"))
        every, whole = there.weighed(1)
        heads, all_read = there.weighed(1, lambda: -1)
        ticks = iter([1, 1])
        some, _ = there.weighed(1, lambda: next(ticks, -1))
    assert (whole, all_read) == (True, False)
    assert set(heads) < set(some) < set(every)
    assert len(some) == len(heads) + 1


def test_one_package_of_a_set_is_subsidised_and_the_sums_are_exact(market):
    with act_as(PUBLIC):
        advice = advise(checked(vocabulary(), ["B1", "F2", "M3"], employees=3), seconds=60)
    assert advice.people
    assert advice.people.size == "small"
    for answer in advice.answers:
        assert sum(part.subsidised for part in answer.parts) <= 1
        assert answer.total_yen == sum(part.total_yen for part in answer.parts)
        assert answer.own_cost_yen == answer.total_yen - answer.subsidy_yen
        assert all(part.subsidy_yen == 0 for part in answer.parts if not part.subsidised)
        assert set(answer.covers) | set(answer.leaves) == {"B1", "F2", "M3"}
        assert answer.more_yen == answer.own_cost_yen - advice.answers[0].own_cost_yen
        assert answer.second_year_yen == sum(part.second_year_yen for part in answer.parts)
    assert "1番目" not in advice.answers[0].differs.ja
    assert all("1番目" in answer.differs.ja for answer in advice.answers[1:])


def test_what_is_there_already_is_no_bonus(market):
    with act_as(PUBLIC):
        plain = advise(checked(vocabulary(), ["B4"]), seconds=60)
        also = plain.answers[0].also
        having = advise(checked(vocabulary(), ["B4"], have=also), seconds=60)
    assert also
    assert having.answers[0].also == ()


def test_restricted_packages_are_for_their_industries_only(market):
    with act_as(PUBLIC):
        restricted = [each for each in market if each.content["restricted"]]
        assert restricted
        content = restricted[0].content
        mine, functions = content["industries"][0], content["functions"]
        other = next(row.code for row in MASTERS.industries if row.code not in {"all", *content["industries"]})
        for industry, left in ((mine, False), (other, True), (None, True)):
            advice = advise(checked(vocabulary(), functions, industry=industry), seconds=60)
            for answer in advice.answers:
                for part in answer.parts:
                    sold = next(each.content for each in market if each.code == part.code)
                    assert not sold["restricted"] or industry in sold["industries"]
            assert (advice.left_out > 0) >= left


def test_the_terms_beside_a_live_package_are_its_publication_s(market):
    with act_as(PUBLIC):
        offers = {each.code: each for each in offer_terms.up_to(dict.fromkeys(offer_terms.groups(), 10**12))}
        assert offers.keys() == {each.code for each in market}
        assert sum(offer_terms.groups().values()) == len(market)
    for each in market:
        offer, content = offers[each.code], each.content
        group = OfferGroup.read(offer.group)
        assert group.functions == set(content["functions"])
        assert group.industries == set(content["industries"])
        assert group.restricted == content["restricted"]
        assert offer.total_yen == content["total_yen"]
        assert offer.lines == tuple(
            (item["cost_kind"], item["amount_yen"], item["months"]) for item in content["items"]
        )


def test_a_package_published_while_we_look_is_looked_at_again(market, monkeypatch):
    looked = []
    real = service.live_packages

    def changing(codes):
        looked.append(codes)
        return {} if len(looked) == 1 else real(codes)

    monkeypatch.setattr(service, "live_packages", changing)
    with act_as(PUBLIC):
        assert advise(checked(vocabulary(), ["B1"]), seconds=60).answers
        assert len(looked) == 2
        monkeypatch.setattr(service, "live_packages", lambda _: {})
        with pytest.raises(Conflict):
            advise(checked(vocabulary(), ["B1"]), seconds=60)


@pytest.mark.parametrize(
    ("troubles", "industry", "budget_yen"),
    [
        ([("F2",), ("B3", "B4"), ("M1",)], "beauty", 400_000),
        ([("M1", "F2"), ("B4", "B3"), ("M2", "F1")], None, None),
    ],
)
def test_ranking_is_that_of_the_whole_catalogue(market, troubles, industry, budget_yen):
    functions = {code for each in troubles for code in each}
    own_industry = industry is not None
    with act_as(PUBLIC):
        scheme = pricing.scheme()
        buyer = Buyer(scheme, industry=industry, own_industry=own_industry)
        found = rank(buyer, troubles, budget_yen=budget_yen, number=40)
        anywhere = least_yen(Buyer(scheme, industry=industry), troubles)
    expected = []
    least = {True: [None] * 3, False: [None] * 3}  # made for the industry, or for whom it may be
    for each in market:
        content = each.content
        own = pricing.figures_of_package(content, scheme).own_cost_yen
        have = set(content["functions"])
        made_for = bool({"all", industry} & set(content["industries"]))
        may_be = not content["restricted"] or industry in content["industries"]
        for place, needed in enumerate(troubles):
            for only_own, cheapest in least.items():
                if set(needed) <= have and (made_for if only_own and own_industry else may_be):
                    cheapest[place] = own if cheapest[place] is None else min(cheapest[place], own)
        covered = len(have & functions)
        if covered and may_be and (made_for or not own_industry) and (budget_yen is None or own <= budget_yen):
            solved = sum(set(each) <= have for each in troubles)
            begun = sum(each[0] in have for each in troubles)
            expected.append((-solved, -begun, -covered, own, each.code))
    ranked = [each.package.code for each in found.items]
    assert ranked == [code for *_, code in sorted(expected)[:40]]
    assert all(set(each.covers) <= set(each.package.content["functions"]) for each in found.items)
    assert (list(found.least), list(anywhere)) == (least[True], least[False])
    # Among many the better half of a trouble tells.
    halves = sorted((*one[:1], *one[2:]) for one in expected)
    assert own_industry or ranked != [code for *_, code in halves[:40]]


class TestRequest:
    @pytest.mark.parametrize(
        ("functions", "asked", "field"),
        [
            ((), {}, "functions"),
            (("ZZ",), {}, "functions"),
            ([f"X{n}" for n in range(500)], {}, "functions"),
            (("B1",), {"have": ["B1"]}, "have"),
            (("B1",), {"have": ["nothing"]}, "have"),
            (("B1",), {"industry": "moon"}, "industry"),
            (("B1",), {"industry": "all"}, "industry"),
            (("B1",), {"own_industry": True}, "industry"),
            (("B1",), {"budget_yen": 0}, "budget_yen"),
            (("B1",), {"budget_yen": -5}, "budget_yen"),
            (("B1",), {"employees": -1}, "employees"),
        ],
    )
    def test_what_cannot_be_asked_names_its_field(self, functions, asked, field):
        with pytest.raises(BadInput) as raised:
            checked(MASTERS, functions, **asked)
        assert {finding.field for finding in raised.value.findings} == {field}
        assert len(raised.value.findings) <= 5

    def test_width_and_case_make_no_difference(self):
        needs = checked(MASTERS, ["ｂ1", "f2", "B1"], have=["m3"], industry="飲食店")
        assert needs.functions == ("F2", "B1")
        assert needs.have == ("M3",)
        assert needs.industry == "restaurants"

    @given(
        st.lists(st.text(max_size=6), max_size=MOST_FUNCTIONS + 5),
        st.lists(st.text(max_size=6), max_size=5),
        st.one_of(st.none(), st.text(max_size=10)),
        st.one_of(st.none(), st.integers()),
    )
    def test_anything_is_answered_or_refused(self, functions, have, industry, budget):
        try:
            needs = checked(MASTERS, functions, have=have, industry=industry, budget_yen=budget)
        except BadInput:
            return
        assert not set(needs.functions) & set(needs.have)


@pytest.mark.parametrize(
    ("industry", "employees", "by_people", "size"),
    [
        ("restaurants", 5, True, "small"),
        ("restaurants", 50, True, "sme"),
        ("restaurants", 51, False, "sme"),
        ("manufacturing", 20, True, "small"),
        (None, 5, True, "small"),
        (None, 120, None, "sme"),
        ("inns_and_hotels", 200, True, "sme"),
    ],
)
def test_what_the_number_of_people_tells(industry, employees, by_people, size):
    found = hint(industry, employees, RULES)
    assert found is not None
    assert (found.by_people, found.size) == (by_people, size)
    assert found.message.ja
    assert found.message.en


def test_no_number_tells_nothing():
    assert hint("retail", None, RULES) is None
