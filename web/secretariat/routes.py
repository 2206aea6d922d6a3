"""All routes of the secretariat's part, on one blueprint."""

from web.secretariat import applications, audit, home, imports, masters, publications, review
from web.secretariat.blueprint import blueprint

__all__ = ["applications", "audit", "blueprint", "home", "imports", "masters", "publications", "review"]
