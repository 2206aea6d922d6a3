"""One estimate, wherever it is shown: results, the package's page, the comparison and its PDF, the application, the API."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import grants
import printed
import pytest
from price_boxes import Figures, Money, compared, money_compared, of, on_cards, on_own_page, on_page
from price_boxes import printed as on_paper
from worked_input import publish_worked_input

from catalogue import masters
from catalogue.masters import EDITION, MasterDocument
from catalogue.public_lists import newest_packages
from catalogue.publications import Published
from marketplace import applicant_identity, pricing
from marketplace.applicants import Statement, profile, save_profile
from marketplace.applications import services
from marketplace.comparison import MOST
from marketplace.shortlists import services as shortlists
from marketplace.subsidy.scheme import Scheme, shipped_schemes
from search import sync
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

# A business of each industry that a restricted package of the worked input is for.
BUSINESSES = {"retail": "jsic_I58", "manufacturing": "jsic_E09", "inns_and_hotels": "jsic_M751", "all": "jsic_M76"}
# A small business, whose rates are higher in some editions.
SMALL = Statement("company", BUSINESSES["all"], 3_000_000, 4, domestic=True)


BY_OWN_FACTS = "下の金額は、登録した内容で計算しています"


@pytest.fixture
def published(client, index) -> list[Published]:
    """All packages of the worked input, while a round is open."""
    publish_worked_input()
    grants.open_now()
    with act_as(SYSTEM):
        return newest_packages(100)


@pytest.fixture
def shop(organisation, actor_of):
    """Somebody who owns a small business."""
    return actor_of(organisation("sme", address="1-1"), "sme_owner")


def put_in_use(scheme: str) -> None:
    """The scheme is the one in use, and the index follows."""
    with act_as(SYSTEM):
        decided = masters.newest(pricing.IN_USE, EDITION)
        if decided.content["scheme"] != scheme:
            choice = {"scheme": scheme}
            masters.load(
                [MasterDocument(pricing.IN_USE, EDITION, decided.version + 1, clock.today(), "試験", choice)]
            )
    sync.synchronise()


def by_six(codes: list[str]) -> Iterator[list[str]]:
    """As many as a comparison takes."""
    for at in range(0, len(codes), MOST):
        yield codes[at : at + MOST]


def everywhere(
    browser, expected: dict[str, Figures], pages: Collection[str], scheme: Scheme | None = None
) -> None:
    """The packages have these figures side by side, on paper too, and these of them on their pages.

    scheme: as the address asks for it; None for the one in use.
    """
    for code in pages:
        page = browser.get(f"/packages/{code}" + (f"?scheme={scheme.id}" if scheme else ""))
        assert (page.status_code, on_page(page.text)[0]) == (200, expected[code]), (code, scheme)
    for codes in by_six(list(expected)):
        figures = [expected[code] for code in codes]
        address = f"codes={','.join(codes)}" + (f"&scheme={pricing.stamp(scheme)}" if scheme else "")
        assert compared(browser.get(f"/compare?{address}").text) == figures
        assert on_paper(printed.first_page(browser.get(f"/compare.pdf?{address}").data)) == figures
        answer = browser.get(f"/api/v1/compare?{address}").json
        assert [of(each["estimate"]) for each in answer["packages"]] == figures


def asked(client, codes: list[str], **facts: object) -> dict[str, Figures]:
    """What the API reckons for such a business."""
    answers = {code: client.post("/api/v1/estimates", json={"package": code, **facts}) for code in codes}
    return {code: of(each.json) for code, each in answers.items()}


def test_every_scheme_has_one_estimate_asked_for_and_in_use(published, client, shop):
    codes, reader = [each.code for each in published], client.application.test_client().act_as(shop)
    for at, scheme in enumerate(shipped_schemes().all()):
        expected = asked(client, codes, scheme=scheme.id)
        # The first scheme with every package's own page, each other with two, which makes it all of them in the end.
        turn = {codes[at % len(codes)], codes[(at + 5) % len(codes)]}
        everywhere(client, expected, turn if at else codes, scheme)

        put_in_use(scheme.id)
        answer = client.get("/api/v1/packages?per_page=100").json["items"]
        assert {hit["code"]: of(hit) for hit in answer} == expected, scheme.id
        assert sorted(on_page(client.get("/packages?per_page=100").text)) == sorted(expected.values()), scheme.id

        conditions = dict.fromkeys(scheme.conditions, True)
        with act_as(shop):
            known = profile()
            save_profile(replace(SMALL, conditions=conditions), read_version=known.version if known else None)
        own = asked(client, codes, size="small", conditions=conditions)
        # The index orders by a business that has answered nothing: the page says so where that is another amount.
        listed = reader.get("/packages?sort=own_cost&per_page=100").text
        assert sorted(on_page(listed)) == sorted(own.values()), scheme.id
        assert (BY_OWN_FACTS in listed) is (own != expected), scheme.id
        everywhere(reader, own, turn)
        for code in turn:
            assert on_page(reader.get(f"/my/applications/start/{code}").text)[0] == own[code], scheme.id


def test_every_application_freezes_that_estimate(published, client, organisation, actor_of):
    expected = asked(client, [each.code for each in published], size="small")
    started = 0
    for package in published:
        if not expected[package.code][1]:
            continue
        industry = package.content["industries"][0] if package.content["restricted"] else "all"
        shop = actor_of(organisation("sme", address="1-1"), "sme_owner")
        with act_as(shop):
            save_profile(replace(SMALL, industry=BUSINESSES[industry]), read_version=None)
            applicant_identity.give(shop, "himawari")
            application = services.start(package.code, publication_id=package.id)
        client.act_as(shop)
        page = client.get(f"/my/applications/{application}").text
        assert on_page(page)[0] == expected[package.code]
        started += 1
    assert started == 9


def money_by_api(client, codes: list[str]) -> dict[str, Money]:
    """All that stands beside the estimates, from what the API reckons and today's tax."""
    found = {}
    for some in by_six(codes):
        for each in client.get(f"/api/v1/compare?codes={','.join(some)}").json["packages"]:
            total, subsidy, own = of(each["estimate"])
            tax = total // 10
            eligible, years = each["estimate"]["eligible_cost_yen"], each["three_years_yen"]
            found[each["code"]] = Money(total, subsidy, own, eligible, tax, total + tax, years)
    return found


def test_tax_payments_and_three_years_are_the_same_in_all_places(published, client, shop):
    with act_as(shop):
        save_profile(SMALL, read_version=None)
        applicant_identity.give(shop, "himawari")
        for each in published:
            shortlists.add(each.code, "")
    reader = client.application.test_client().act_as(shop)
    money = money_by_api(reader, [each.code for each in published])
    assert sorted(on_cards(reader.get("/packages?per_page=100").text)) == sorted(money.values())
    assert sorted(on_cards(reader.get("/my/shortlist").text)) == sorted(money.values())
    for codes in by_six(list(money)):
        page = reader.get(f"/compare?codes={','.join(codes)}").text
        assert money_compared(page) == [money[code] for code in codes]
    for code, expected in money.items():
        assert on_own_page(reader.get(f"/packages/{code}").text) == expected, code
        assert on_own_page(reader.get(f"/my/applications/start/{code}").text) == expected, code
    code = next(each.code for each in published if money[each.code].subsidy and not each.content["restricted"])
    with act_as(shop):
        started = services.start(code, publication_id=next(each.id for each in published if each.code == code))
    assert on_own_page(reader.get(f"/my/applications/{started}").text) == money[code]
