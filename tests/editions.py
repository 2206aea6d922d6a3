"""An edition of one's own, put in use: the shipped one with other rules, for tests of what follows from them."""

from __future__ import annotations

import copy
from typing import Any

from catalogue import masters
from catalogue.masters import EDITION, MasterDocument
from marketplace import pricing, scheme_draft_queries
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

RAISING = "minimum_wage"
REQUIRED = "wage_raise"
QUESTIONS: dict[str, Any] = {
    RAISING: {
        "question": {"ja": "最低賃金に近い従業員が30%以上いますか。", "en": "Are 30% paid near the minimum wage?"},
        "required": False,
        "clause": "試験 補助率",
    },
    REQUIRED: {
        "question": {
            "ja": "賃上げの計画を従業員に伝えていますか。",
            "en": "Have you told your employees of higher wages?",
        },
        "required": True,
        "clause": "試験 申請要件",
    },
}


def asking() -> dict[str, Any]:
    """2018 (half, filed by proxy, cap 500,000) with two questions: one lifts the rate to 2/3, one is required."""
    with act_as(SYSTEM):
        content = copy.deepcopy(masters.newest("scheme", "2018").content)
    content |= {"id": "asking", "version": 1, "conditions": copy.deepcopy(QUESTIONS)}
    for segment in content["segments"]:
        for band in segment["bands"]:
            band["raised"] = [{"when": RAISING, "rates": {"sme": "2/3", "small": "2/3"}, "clause": "試験 補助率"}]
    return content


def put_in_use(content: dict[str, Any], version: int = 2) -> None:
    """Load this scheme and use it from today on. version: of the decision."""
    day, key = clock.today(), content["id"]
    with act_as(SYSTEM):
        masters.load(
            [
                MasterDocument("scheme", key, content["version"], day, "試験", content),
                MasterDocument(pricing.IN_USE, EDITION, version, day, "試験", {"scheme": key}),
            ]
        )


def version_of(scheme_id: str) -> int:
    """The version of a scheme that counts today."""
    with act_as(SYSTEM):
        return pricing.scheme(scheme_id).version


def new_version(floor: int | None = None, *, without: str = "") -> None:
    """Another version of 2017 from today on: under another floor (None: that of the shipped one), without a kind of cost."""
    with act_as(SYSTEM):
        number = scheme_draft_queries.newest_version("2017").version
        shipped = masters.exact("scheme", "2017", 3)
        assert shipped is not None
        content = copy.deepcopy(shipped.content) | {"version": number + 1}
        if floor is not None:
            content["limits"]["floor"]["yen"] = floor
        if without:
            del content["cost_kinds"][without]
            for segment in content["segments"]:
                segment["kinds"] = [kind for kind in segment["kinds"] if kind != without]
        masters.load([MasterDocument("scheme", "2017", number + 1, clock.today(), "試験", content)])
