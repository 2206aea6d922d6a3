"""All routes of the secretariat's part, on one blueprint."""

from web.secretariat import (
    announcements,
    applications,
    audit,
    briefings,
    duplicates,
    home,
    imports,
    mail,
    masters,
    publications,
    registration_decisions,
    registrations,
    review,
    search_index,
    support_view,
    synonyms,
    vendor_standing,
)
from web.secretariat.blueprint import blueprint

__all__ = [
    "announcements",
    "applications",
    "audit",
    "blueprint",
    "briefings",
    "duplicates",
    "home",
    "imports",
    "mail",
    "masters",
    "publications",
    "registration_decisions",
    "registrations",
    "review",
    "search_index",
    "support_view",
    "synonyms",
    "vendor_standing",
]
