"""All routes of the vendor's part, on one blueprint."""

from web.vendor import applications, editor, home, imports, listings, registration, registration_after
from web.vendor.blueprint import blueprint

__all__ = [
    "applications",
    "blueprint",
    "editor",
    "home",
    "imports",
    "listings",
    "registration",
    "registration_after",
]
