"""What the other side is told of each step of an enquiry. A vendor learns of the business what was released, no more."""

from __future__ import annotations

from typing import Final

from marketplace.enquiries.models import Enquiry
from tenants import notices
from tenants.permissions import Permission
from tenants.text import Text

_TO_VENDOR: Final = {"ask": "enquiry_received", "ask_again": "enquiry_continued", "end": "enquiry_ended"}
_TO_SME: Final = {"answer": "enquiry_answered", "finish": "enquiry_finished"}
UNNAMED: Final = Text("ある事業者", "A business")


def business_of(released: dict[str, dict[str, str]]) -> Text:
    """The business's name as the vendor may know it."""
    return Text.of(released["name"]) if "name" in released else UNNAMED


def tell(row: Enquiry, step: str) -> None:
    """Tell the other side, in the running transaction."""
    if step in _TO_VENDOR:
        notices.notify_organisation(
            row.vendor_id,
            _TO_VENDOR[step],
            link=f"/vendor/enquiries/{row.id}",
            permission=Permission.HANDLE_VENDOR_APPLICATIONS,
            number=row.number,
            business=business_of(row.released),
            package=row.package_name,
        )
    if step in _TO_SME:
        notices.notify_organisation(
            row.sme_id,
            _TO_SME[step],
            link=f"/my/enquiries/{row.id}",
            permission=Permission.ASK_VENDORS,
            number=row.number,
            vendor=row.vendor_name,
            package=row.package_name,
        )
