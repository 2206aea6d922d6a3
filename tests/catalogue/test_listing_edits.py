"""Listings are written and changed by hand."""

from __future__ import annotations

import pytest
from desk import cells_of, chosen, everything, submit_all

from catalogue import desk, editing, listing_detail
from catalogue.imports import layouts as columns
from tenants.db import act_as
from tenants.errors import BadInput, IllegalStep, NotFound, NotPermitted, StaleVersion


class TestEditing:
    def test_new_product_and_package(self, asahi):
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            code, action = editing.save(
                "product", cells_of(detail, **{columns.PRODUCT_CODE: "N-1"}), read_version=None
            )
            assert (code, action) == ("N-1", "create")
            editing.save(
                "package",
                {
                    columns.PACKAGE_CODE: "NP-1",
                    columns.PACKAGE_NAME: "新しいパック",
                    columns.ITEMS: "N-1×1;A-003×2",
                    columns.INDUSTRIES: "all",
                    columns.MONTHS: "12",
                },
                read_version=None,
            )
            assert listing_detail.by_code("package", "NP-1").findings == ()
            assert "NP-1" in {row.code for row in everything("package")}
            assert {choice.code for choice in editing.product_choices()} >= {"N-1", "A-001"}

    def test_the_same_again_changes_nothing(self, asahi):
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            same = cells_of(detail)
            assert editing.save("product", same, read_version=detail.row.version) == ("A-001", "unchanged")

    def test_a_used_code_an_unknown_one_and_a_stale_version(self, asahi):
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            with pytest.raises(BadInput, match="code_used"):
                editing.save("product", cells_of(detail), read_version=None)
            with pytest.raises(NotFound):
                editing.save("product", cells_of(detail, **{columns.PRODUCT_CODE: "no"}), read_version=1)
            with pytest.raises(StaleVersion):
                editing.save("product", cells_of(detail), read_version=detail.row.version + 1)

    @pytest.mark.parametrize(
        ("column", "written", "code"),
        [
            (columns.STANDARD_PRICE, "-1", None),
            (columns.FUNCTIONS, "Z9", "unknown_function"),
            (columns.PRODUCT_NAME, "", "missing_value"),
            (columns.DESCRIPTION, "a\x07b", "control_character"),
            (columns.DESCRIPTION, "=1+1", "formula"),
        ],
    )
    def test_what_a_file_may_not_say_the_form_may_not_say(self, asahi, column, written, code):
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            with pytest.raises(BadInput) as refused:
                editing.save("product", cells_of(detail, **{column: written}), read_version=detail.row.version)
        assert refused.value.findings[0].field == column
        assert code in (None, refused.value.findings[0].code)

    def test_not_while_under_review_and_not_for_viewers(self, asahi, actor_of):
        submit_all(asahi)
        with act_as(asahi):
            detail = listing_detail.by_code("product", "A-001")
            changed = cells_of(detail, **{columns.PRODUCT_NAME: "別の名前"})
            with pytest.raises(BadInput, match="under_review"):
                editing.save("product", changed, read_version=detail.row.version)
        with act_as(actor_of(asahi.organisation_id, "vendor_viewer")), pytest.raises(NotPermitted):
            editing.save("product", changed, read_version=detail.row.version)

    def test_a_listing_that_is_not_a_draft_cannot_be_submitted(self, asahi):
        submit_all(asahi)
        with act_as(asahi), pytest.raises(IllegalStep):
            desk.submit(chosen("product", everything("product")))
