"""The operations of `hojo`, one module for each subject; a subject's module is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# name on the command line -> module that holds the group `commands`
SUBJECTS: Final[Mapping[str, str]] = {
    "programme": "web.commands.programme",
    "catalogue": "web.commands.catalogue",
    "subsidy": "web.commands.subsidy",
    "search": "web.commands.search",
    "application": "web.commands.application",
    "organisation": "web.commands.organisation",
    "people": "web.commands.people",
    "registration": "web.commands.registration",
    "vendor": "web.commands.vendor",
    "announcement": "web.commands.announcement",
    "briefing": "web.commands.briefing",
    "audit": "web.commands.audit",
    "mail": "web.commands.mail",
}
