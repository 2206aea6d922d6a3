"""All pages of a business, by module."""

from web.sme import applications, enquiries, home, profile, quotes, saved_searches, shortlist
from web.sme.blueprint import blueprint

__all__ = ["applications", "blueprint", "enquiries", "home", "profile", "quotes", "saved_searches", "shortlist"]
