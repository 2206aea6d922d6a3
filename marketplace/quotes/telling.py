"""What the other side is told of each step of a quote."""

from __future__ import annotations

from typing import Final

from marketplace.enquiries.telling import UNNAMED
from marketplace.quotes.models import Quote
from tenants import notices
from tenants.permissions import Permission
from tenants.text import same

_TO_SME: Final = {"send": "quote_received", "withdraw": "quote_withdrawn", "expire": "quote_expired"}
_TO_VENDOR: Final = {"accept": "quote_accepted", "decline": "quote_declined"}


def tell(row: Quote, step: str) -> None:
    """Tell the other side, in the running transaction; a step that is not listed tells nobody."""
    package = row.content["package"]["name"]
    if step in _TO_SME:
        notices.notify_organisation(
            row.sme_id,
            _TO_SME[step],
            link=f"/my/quotes/{row.id}",
            permission=Permission.VIEW_OWN_APPLICATIONS,
            number=row.number,
            vendor=row.vendor_name,
            package=package,
            until=row.valid_until,
        )
    if step in _TO_VENDOR:
        notices.notify_organisation(
            row.vendor_id,
            _TO_VENDOR[step],
            link=f"/vendor/quotes/{row.id}",
            permission=Permission.HANDLE_VENDOR_APPLICATIONS,
            number=row.number,
            business=same(row.recipient) if row.recipient else UNNAMED,
            package=package,
        )
