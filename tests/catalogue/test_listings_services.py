"""Lists, the queue, review and publication on a real database."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

import pytest
from desk import ASAHI, cells_of, chosen, everything, submit_all
from flask import current_app
from together import people_at_once

from catalogue import desk, editing, listing_detail, listing_queries, listings, publications
from catalogue.imports import layouts as columns
from catalogue.models import Package, PackageItem, Product
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, NotPermitted, StaleVersion


class TestLists:
    def test_a_vendor_sees_its_own_only(self, asahi):
        with act_as(asahi):
            rows = everything("product")
            assert len(rows) == 6
            assert {row.vendor_number for row in rows} == {ASAHI}

    def test_search_folds_width_and_finds_kana(self, asahi):
        with act_as(asahi):
            assert [row.code for row in everything("product", words="Ａ-００１")] == ["A-001"]
            assert [row.code for row in everything("product", words="ｱｻﾋｷﾝﾀｲ")] == ["A-003"]
            assert everything("product", words="100%") == []

    def test_orders_and_pages(self, asahi):
        with act_as(asahi):
            page = listing_queries.own("product", order="code", per_page=4, page=2)
            assert [row.code for row in page.items] == ["A-005", "A-006"]
            assert (page.total, page.pages, page.first, page.last) == (6, 2, 5, 6)
            assert listing_queries.own("product", per_page=4, page=99).number == 2

    def test_counts_and_states(self, asahi):
        submit_all(asahi)
        with act_as(asahi):
            assert listing_queries.counts()["product"]["submitted"] == 6
            assert everything("product", state="draft") == []
            assert len(everything("package", state="submitted")) == 2
            assert everything("package", state="live") == []

    def test_a_list_costs_the_same_statements_however_long(self, asahi, statements):
        with act_as(asahi):
            listing_queries.own("product", per_page=1)
            with statements() as one:
                listing_queries.own("product", per_page=1)
            with statements() as many:
                listing_queries.own("product", per_page=50)
        assert len(one) == len(many) == 2

    @pytest.mark.usefixtures("catalogue")
    def test_the_public_has_no_list(self):
        with act_as(Actor("public")), pytest.raises(NotPermitted):
            listing_queries.own("product")


class TestQueue:
    def test_oldest_first_and_round_again(self, asahi, office):
        with act_as(asahi):
            rows = everything("product", order="code")
        for minute, row in enumerate(rows[:3]):
            with clock.at(datetime(2017, 2, 1, 0, minute, tzinfo=UTC)), act_as(asahi):
                desk.submit(chosen("product", [row]))
        with act_as(office("reviewer")):
            queue = listing_queries.queue().items
            assert [row.code for row in queue] == ["A-001", "A-002", "A-003"]
            assert listing_queries.next_in_queue(queue[0]).code == "A-002"
            assert listing_queries.next_in_queue(queue[2]).code == "A-001"
            assert listing_queries.queue(kind="package").items == ()
            assert listing_queries.queue(vendor_id=uuid.uuid4()).total == 0
            assert listing_queries.oldest_waiting() == datetime(2017, 2, 1, tzinfo=UTC)
            assert [name for _, name in listing_queries.vendors_with("submitted")] == ["株式会社あさひ業務ソフト"]

    def test_the_last_one_has_no_next(self, asahi, office):
        with act_as(asahi):
            desk.submit(chosen("product", everything("product")[:1]))
        with act_as(office("reviewer")):
            assert listing_queries.next_in_queue(listing_queries.queue().items[0]) is None


class TestReview:
    def test_the_whole_way(self, asahi, office):
        assert submit_all(asahi) == 8
        with act_as(office("reviewer")):
            queue = listing_queries.queue(per_page=200).items
            versions = {}
            for row in queue:
                versions.setdefault(row.kind, {})[row.id] = row.version
            assert desk.approve(versions) == 8
        with act_as(office("publisher")):
            waiting = listing_queries.every_approved()
            numbers = desk.publish(
                {
                    "package": {row.id: row.version for row in waiting if row.kind == "package"},
                    "product": {row.id: row.version for row in waiting if row.kind == "product"},
                }
            )
            assert numbers == sorted(numbers)
            assert len(numbers) == 8
            result = listing_queries.published_between(numbers[0], numbers[-1])
            assert result.total == 8
            assert result.items[-1].vendor_name == "株式会社あさひ業務ソフト"
            assert listing_queries.live().total == 8
            vendor = listing_queries.vendors(words=ASAHI).items[0]
            assert (vendor.live_products, vendor.live_packages, vendor.submitted) == (6, 2, 0)
        assert publications.live_package("AP-2").content["total_yen"] == 368000

    def test_a_package_waits_for_its_products(self, asahi, office):
        with act_as(asahi):
            desk.submit(chosen("package", everything("package", words="AP-2")))
        with act_as(office("reviewer")):
            row = listing_queries.queue().items[0]
            with pytest.raises(BadInput) as refused:
                desk.approve(chosen("package", [row]))
            assert {finding.code for finding in refused.value.findings} == {"product_not_approved"}
            assert [each.code for each in listing_detail.by_id("package", row.id).unapproved] == [
                "A-002",
                "A-003",
                "A-005",
            ]

    def test_what_was_not_seen_is_not_approved(self, asahi, office):
        with act_as(asahi):
            row = everything("product")[0]
            desk.submit(chosen("product", [row]))
        with act_as(office("reviewer")):
            seen = listing_queries.queue().items[0]
        with act_as(asahi):
            listings.take_back("product", seen.id, read_version=seen.version)
            desk.submit(chosen("product", everything("product", state="draft", words=seen.code)))
        with act_as(office("reviewer")), pytest.raises(StaleVersion):
            desk.approve(chosen("product", [seen]))

    def test_roles(self, asahi, office):
        submit_all(asahi)
        with act_as(office("publisher")):
            row = listing_queries.queue(kind="product").items[0]
            with pytest.raises(NotPermitted):
                desk.approve(chosen("product", [row]))
        with act_as(office("reviewer")):
            desk.approve(chosen("product", [row]))
            approved = listing_queries.chosen("product", [row.id])
            with pytest.raises(NotPermitted):
                desk.publish(chosen("product", approved))
        with act_as(office("auditor")), pytest.raises(NotPermitted):
            listings.send_back("product", row.id, reason="x", read_version=approved[0].version)

    def test_nothing_chosen(self, asahi):
        with act_as(asahi), pytest.raises(BadInput, match="nothing_chosen"):
            desk.submit({})

    def test_too_many_chosen(self, asahi):
        many = {uuid.uuid4(): 1 for _ in range(listing_queries.BATCH_LIMIT + 1)}
        with act_as(asahi), pytest.raises(BadInput, match="too_many_chosen"):
            desk.submit({"product": many})

    def test_two_reviewers_at_once(self, asahi, office):
        with act_as(asahi):
            desk.submit(chosen("product", everything("product")[:1]))
        people = [office("reviewer"), office("administrator")]
        with act_as(people[0]):
            row = listing_queries.queue().items[0]
        outcomes = people_at_once(
            current_app._get_current_object(), people, lambda: desk.approve(chosen("product", [row]))
        )
        assert sorted(outcomes, key=str) == sorted([1, "StaleVersion"], key=str)

    def test_what_changed_since_the_publication(self, asahi, office):
        submit_all(asahi)
        with act_as(office("administrator")):
            versions = {}
            for row in listing_queries.queue(per_page=200).items:
                versions.setdefault(row.kind, {})[row.id] = row.version
            desk.approve(versions)
            waiting = listing_queries.every_approved()
            desk.publish({"product": {row.id: row.version for row in waiting if row.kind == "product"}})
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            assert detail.changes == ()
            assert detail.is_live
            editing.save(
                "product", cells_of(detail, **{columns.STANDARD_PRICE: "120000"}), read_version=detail.row.version
            )
            again = listing_detail.by_code("product", "A-001")
        assert [(change.field, change.before.ja, change.after.ja) for change in again.changes] == [
            ("standard_price_yen", "118,800円", "120,000円")
        ]
        assert again.row.state == "draft"
        assert again.last_published.content["standard_price_yen"] == 118800
        assert [listing_detail.event_words(each).ja for each in again.history][:2] == [
            "内容を変更しました",
            "公開しました",
        ]

    def test_withdrawn_and_only_when_live(self, asahi, office):
        submit_all(asahi)
        with act_as(office("administrator")):
            row = listing_queries.queue(kind="product").items[0]
            assert "withdraw" not in listing_detail.by_id("product", row.id).steps
            desk.approve(chosen("product", [row]))
            desk.publish(chosen("product", listing_queries.chosen("product", [row.id])))
            now = listing_queries.chosen("product", [row.id])[0]
            assert "withdraw" in listing_detail.by_id("product", row.id).steps
            listings.withdraw("product", row.id, reason="販売を終えたため", read_version=now.version)
            assert listing_queries.live().total == 0
        with pytest.raises(publications.Gone):
            publications.live_product(ASAHI, row.code)


def test_six_hundred_at_once(asahi, office, statements):
    """Approving and publishing a large batch takes few statements for each listing, and seconds."""
    with act_as(SYSTEM):
        products = list(
            db.session.query(Product).filter_by(organisation_id=asahi.organisation_id).order_by(Product.code)
        )
        for product in products:
            product.state = "approved"
        for number in range(600):
            package = Package(
                organisation_id=asahi.organisation_id,
                code=f"BULK-{number}",
                name=f"まとめて{number}",
                industries=["all"],
                cloud_months=12,
                state="submitted",
                submitted_at=clock.now(),
            )
            package.items = [
                PackageItem(product=product, organisation_id=asahi.organisation_id, position=place, quantity=1)
                for place, product in enumerate(products[:3])
            ]
            db.session.add(package)
        db.session.commit()
    with act_as(office("administrator")):
        rows = [row for page in range(1, 5) for row in listing_queries.queue(page=page, per_page=200).items]
        seen = {row.id: row.version for row in rows}
        assert len(seen) == 600
        began = time.monotonic()
        assert desk.approve({"package": seen}) == 600
        approved = {row.id: row.version for row in listing_queries.every_approved(kind="package")}
        with statements() as seen_now:
            numbers = desk.publish({"package": approved})
        selects = [statement for statement in seen_now if statement.startswith("SELECT")]
        assert len(numbers) == 600
        assert len(selects) < 25
        assert time.monotonic() - began < 30
