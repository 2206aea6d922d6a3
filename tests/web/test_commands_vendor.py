"""`hojo vendor`: seen, suspended and reinstated from the command line."""

from __future__ import annotations

import json

import pytest

from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Organisation

NUMBER = "7000012050002"


@pytest.fixture
def vendor_id(services, organisation):
    return organisation("vendor", corporate_number=NUMBER)


def test_a_vendor_is_suspended_and_reinstated(hojo, vendor_id):
    answer = hojo("vendor", "suspend", NUMBER, "--reason", "報告の遅れ")
    assert answer.exit_code == 0, answer.output
    with act_as(SYSTEM):
        assert db.session.get_one(Organisation, vendor_id).standing == "suspended"
    shown = json.loads(hojo("vendor", "show", NUMBER, "--json").stdout)
    assert (shown["standing"], shown["cases"][0]["reason"]) == ("suspended", "報告の遅れ")
    assert hojo("vendor", "reinstate", NUMBER, "--reason", "提出された").exit_code == 0
    assert json.loads(hojo("vendor", "show", NUMBER, "--json").stdout)["standing"] == "adopted"
    assert hojo("vendor", "show", NUMBER).exit_code == 0
    assert hojo("vendor", "renewals").exit_code == 0


def test_a_reason_is_needed(hojo, vendor_id):
    assert hojo("vendor", "suspend", NUMBER).exit_code == 2
