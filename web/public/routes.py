"""All pages of the public site, by group."""

from web.public import compare, eligibility, home, machines, package, programme, search, vendors
from web.public.blueprint import blueprint

__all__ = [
    "blueprint",
    "compare",
    "eligibility",
    "home",
    "machines",
    "package",
    "programme",
    "search",
    "vendors",
]
