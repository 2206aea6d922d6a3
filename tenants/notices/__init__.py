"""Notices to people: in their inbox and by mail, told in the same transaction as their cause.

`from tenants import notices`, then notices.notify_organisation(...), notify_secretariat, notify_person or
notify_address with the code of a template (templates.py) and the facts its words need.
"""

from tenants.notices.service import notify_address, notify_organisation, notify_person, notify_secretariat

__all__ = ["notify_address", "notify_organisation", "notify_person", "notify_secretariat"]
