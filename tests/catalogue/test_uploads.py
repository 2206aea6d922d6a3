"""Files are kept for an hour, looked at and loaded."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import current_app
from sqlalchemy import text
from together import people_at_once

from catalogue import uploads
from catalogue.imports.service import SourceFile
from tenants import actor, clock
from tenants.actor import Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, NotPermitted


class TestUploads:
    def files(self, data):
        return {
            "products": SourceFile("products.csv", (data / "products_cp932.csv").read_bytes()),
            "packages": SourceFile("packages.csv", (data / "packages_cp932.csv").read_bytes()),
        }

    def test_kept_loaded_gone(self, asahi, data):
        with act_as(asahi):
            upload_id = uploads.keep(self.files(data))
            assert set(uploads.read(upload_id)) == {"products", "packages"}
            before = uploads.refused_of(upload_id, "products", "csv")
            report = uploads.load(upload_id)
            assert report.counts("products") == {"create": 0, "update": 0, "unchanged": 6, "refused": 28}
            assert uploads.result_of(upload_id)["products"]["unchanged"] == 6
            assert uploads.refused_of(upload_id, "products", "csv") == before
            assert uploads.refused_of(upload_id, "products", "xlsx").startswith(b"PK")
            with pytest.raises(uploads.UploadGone):
                uploads.read(upload_id)
            with pytest.raises(uploads.UploadGone):
                uploads.load(upload_id)

    def test_two_loads_at_once(self, asahi, data):
        with act_as(asahi):
            upload_id = uploads.keep(self.files(data))
        outcomes = people_at_once(
            current_app._get_current_object(),
            [asahi, asahi],
            lambda: uploads.load(upload_id).counts()["unchanged"],
        )
        assert sorted(outcomes, key=str) == [8, "UploadGone"]

    def test_nobody_else_reads_it(self, asahi, data, actor_of, office):
        with act_as(asahi):
            upload_id = uploads.keep(self.files(data))
        for other in (actor_of(asahi.organisation_id, "vendor_owner"), office("administrator")):
            with act_as(other):
                for attempt in (uploads.read, uploads.load, uploads.result_of):
                    with pytest.raises(uploads.UploadGone):
                        attempt(upload_id)
                uploads.discard(upload_id)
                assert db.session.scalar(text("SELECT count(*) FROM uploaded_file")) == 0
        with act_as(asahi):
            assert uploads.read(upload_id)
            uploads.discard(upload_id)
            with pytest.raises(uploads.UploadGone):
                uploads.read(upload_id)

    def test_gone_after_an_hour(self, asahi, data, owner):
        with clock.at(datetime.now(UTC) - timedelta(hours=2)), act_as(asahi):
            old = uploads.keep(self.files(data))
        with act_as(asahi):
            with pytest.raises(uploads.UploadGone):
                uploads.read(old)
            uploads.keep({"products": self.files(data)["products"]})
        with owner.begin() as connection:
            assert connection.scalar(text("SELECT count(*) FROM uploaded_file")) == 1

    def test_the_oldest_make_room(self, asahi, data):
        with act_as(asahi):
            first = uploads.keep(self.files(data))
            for _ in range(6):
                last = uploads.keep(self.files(data))
            assert uploads.read(last)
            with pytest.raises(uploads.UploadGone):
                uploads.read(first)

    def test_only_what_can_be_read_is_kept(self, asahi):
        with act_as(asahi):
            with pytest.raises(BadInput):
                uploads.keep({})
            with pytest.raises(BadInput):
                uploads.keep({"products": SourceFile("x.csv", b"\x00\x01\x02")})

    def test_no_refused_rows_no_file(self, asahi, data):
        with act_as(asahi):
            rows = (data / "products_cp932.csv").read_bytes().splitlines(keepends=True)[:3]
            upload_id = uploads.keep({"products": SourceFile("p.csv", b"".join(rows))})
            with pytest.raises(uploads.UploadGone):
                uploads.refused_of(upload_id, "products", "csv")

    @pytest.mark.usefixtures("catalogue")
    def test_nobody_means_nobody(self):
        with act_as(Actor("vendor", uuid.uuid4())), pytest.raises(NotPermitted):
            uploads.read(uuid.uuid4())
        assert actor.current().audience == "public"
