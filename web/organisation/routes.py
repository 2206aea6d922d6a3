"""All pages of an organisation, by module."""

from web.organisation import details, invitation, people, registered, support_view
from web.organisation.blueprint import blueprint

__all__ = ["blueprint", "details", "invitation", "people", "registered", "support_view"]
