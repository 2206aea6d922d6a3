"""What the other side is told of each step of an application. Never a figure: both sides read those on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from marketplace.models import GrantApplication
from tenants import notices
from tenants.permissions import Permission

# step -> what is told, and to whom
TOLD: Final[Mapping[str, tuple[str, Literal["vendor", "sme"]]]] = {
    "start": ("application_requested", "vendor"),
    "accept": ("application_accepted", "sme"),
    "decline": ("application_declined", "sme"),
    "prepare": ("application_prepared", "sme"),
    "ask_correction": ("application_to_correct", "vendor"),
    "confirm": ("application_confirmed", "vendor"),
    "submit": ("application_submitted", "sme"),
    "withdraw": ("application_withdrawn", "vendor"),
}


def tell(row: GrantApplication, step: str) -> None:
    """Tell the other side, in the running transaction; a step that is not listed tells nobody."""
    if step not in TOLD:
        return
    template, to = TOLD[step]
    if to == "vendor":
        notices.notify_organisation(
            row.vendor_id,
            template,
            link=f"/vendor/applications/{row.id}",
            permission=Permission.HANDLE_VENDOR_APPLICATIONS,
            number=row.number,
            sme=row.sme_name,
            package=row.chosen["name"],
        )
    else:
        notices.notify_organisation(
            row.sme_id,
            template,
            link=f"/my/applications/{row.id}",
            permission=Permission.VIEW_OWN_APPLICATIONS,
            number=row.number,
            vendor=row.vendor_name,
            package=row.chosen["name"],
        )
