"""All pages of a business, by module."""

from web.sme import applications, home, profile
from web.sme.blueprint import blueprint

__all__ = ["applications", "blueprint", "home", "profile"]
