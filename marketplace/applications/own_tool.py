"""Vendor and applicant must not be the same people: what is refused for it, and what the secretariat looks at."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from marketplace.models import GrantApplication
from tenants import across_kinds, duplicate_verdicts
from tenants.across_kinds import Likeness, Said
from tenants.db import db
from tenants.duplicate_verdicts import Settled
from tenants.errors import BadInput, Finding
from tenants.text import Text

# It does not say what is alike: neither party hears of the other's people or numbers.
_OWN_TOOL: Final = Finding(
    "own_tool",
    Text(
        "自社のITツールを自社に導入する交付申請はできません。",
        "A business cannot apply for a tool that it sells itself.",
    ),
    Text(
        "ほかの事業者のITツールを選んでください。お心当たりがないときは、事務局にお問い合わせください。",
        "Choose another vendor's package. If you cannot see why, ask the secretariat.",
    ),
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Vendor and applicant of an application, what they have in common, and how the pair was settled."""

    vendor_id: uuid.UUID
    sme_id: uuid.UUID
    by: tuple[Likeness, ...]
    settled: Settled | None

    @property
    def suspected(self) -> bool:
        """Whether there is something to look at: a likeness nobody has settled, or one that is refused."""
        if self.settled is None:
            return bool(self.by)
        return self.settled.verdict == "same" or not set(self.by).isdisjoint(across_kinds.CERTAIN)


def require_another(sme_id: uuid.UUID, vendor_id: uuid.UUID) -> None:
    """Raise BadInput (own_tool) when vendor and applicant are the same people.

    They are by number, by a person who belongs to both, or as the secretariat settled it. What is less certain is not
    refused: the secretariat sees it beside the application.
    """
    if across_kinds.same_people(sme_id, vendor_id):
        raise BadInput(_OWN_TOOL)


def parties(application_id: uuid.UUID) -> Parties:
    """What vendor and applicant have in common, also by what the vendor filled in for the applicant.

    For the secretariat.
    """
    row = db.session.get_one(GrantApplication, application_id)
    filled = row.prepared or {}
    more = Said(
        telephones=(filled.get("phone", ""),),
        representatives=(filled.get("representative_name", ""),),
        addresses=(filled.get("address", ""),),
    )
    by = across_kinds.between(row.sme_id, row.vendor_id, more=more)
    return Parties(row.vendor_id, row.sme_id, by, duplicate_verdicts.pair(row.sme_id, row.vendor_id).settled)
