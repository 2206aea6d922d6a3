"""All routes of the vendor's part, on one blueprint."""

from web.vendor import (
    applications,
    editor,
    enquiries,
    home,
    imports,
    listings,
    quotes,
    registration,
    registration_after,
)
from web.vendor.blueprint import blueprint

__all__ = [
    "applications",
    "blueprint",
    "editor",
    "enquiries",
    "home",
    "imports",
    "listings",
    "quotes",
    "registration",
    "registration_after",
]
