"""All pages of the public site, by group."""

from web.public import (
    announcements,
    briefings,
    compare,
    compare_pdf,
    eligibility,
    find,
    home,
    machines,
    needs,
    package,
    programme,
    search,
    stop_mail,
    vendors,
)
from web.public.blueprint import blueprint

__all__ = [
    "announcements",
    "blueprint",
    "briefings",
    "compare",
    "compare_pdf",
    "eligibility",
    "find",
    "home",
    "machines",
    "needs",
    "package",
    "programme",
    "search",
    "stop_mail",
    "vendors",
]
