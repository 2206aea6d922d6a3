"""The accepted quote as what an application freezes."""

from __future__ import annotations

import uuid
from typing import Any

from marketplace.quotes.models import Quote
from marketplace.quotes.services import WHAT, state_of
from tenants import actor
from tenants.db import db
from tenants.errors import Finding, IllegalStep, NotFound
from tenants.text import Text

_WHY_NOT = {
    "sent": Text("先に、この見積もりを承諾してください。", "Accept the quote first."),
    "expired": Text(
        "有効期限が過ぎています。ベンダーに新しい見積もりを依頼してください。",
        "Its last day is over: ask the vendor for a new quote.",
    ),
    "replaced": Text(
        "新しい版の見積もりが届いています。そちらを確かめてください。",
        "A newer version took its place: look at that one.",
    ),
}
_OTHERWISE = Text(
    "ほかの見積もりか、ITツールのページから始めてください。", "Use another quote, or the package's page."
)


def accepted_quote(quote_id: uuid.UUID) -> Quote:
    """A quote of the acting SME that it accepted. NotFound for another's, IllegalStep with what to do otherwise."""
    row = db.session.get(Quote, quote_id, populate_existing=True)
    if row is None or row.sme_id != actor.current().own_organisation:
        raise NotFound(WHAT)
    state = state_of(row)
    if state != "accepted":
        raise IllegalStep(
            Finding(
                "quote_not_accepted",
                Text(
                    f"見積書 {row.number}（第{row.edition}版）では、申請を始められません。",
                    f"No application can be started from quote {row.number} (version {row.edition}).",
                ),
                _WHY_NOT.get(state, _OTHERWISE),
            )
        )
    return row


def quoted(row: Quote) -> dict[str, Any]:
    """The package as the quote offers it: lines and prices of the quote, and which quote that is."""
    answered_at = row.answered_at.isoformat() if row.answered_at else None
    return {
        **row.content["package"],
        "quote": {
            "id": str(row.id),
            "number": row.number,
            "edition": row.edition,
            "hash": row.content_hash,
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
            "accepted_at": answered_at,
        },
    }
