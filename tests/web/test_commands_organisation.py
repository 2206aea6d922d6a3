"""Organisations and their people from the command line."""

from __future__ import annotations

import json
import uuid


def test_organisations_and_their_people_are_listed(hojo, organisation, actor_of):
    vendor = organisation("vendor", name="さくらシステム", corporate_number="7000012050002")
    organisation("sme", name="食堂ひまわり")
    owner = actor_of(vendor, "vendor_owner")
    found = json.loads(hojo("organisation", "list", "--json").stdout)
    assert (found["total"], [each["name"] for each in found["items"]]) == (2, ["さくらシステム", "食堂ひまわり"])
    assert str(vendor) in hojo("organisation", "list", "--words", "7000012050002").stdout
    people = json.loads(hojo("organisation", "members", str(vendor), "--json").stdout)
    assert [(each["person"], each["roles"]) for each in people] == [(str(owner.person_id), ["vendor_owner"])]
    assert hojo("organisation", "members", str(vendor)).stdout == f"責任者\t{owner.name}\thanako@example.jp\n"


def test_an_organisation_that_is_none_is_said(hojo):
    answer = hojo("organisation", "members", str(uuid.uuid4()))
    assert answer.exit_code != 0
    assert "組織が見つかりません" in answer.stderr
