"""Every notice by its code.

Facts stand in {braces} in the words. A vendor is never told a business's figures: no template has a place for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenants.notices.template import CATEGORIES, Category, NoticeTemplate
from tenants.notices.texts import account, briefings, committee, market, registration, searches, trade

__all__ = ["CATEGORIES", "TEMPLATES", "Category", "NoticeTemplate"]

TEMPLATES: Final[Mapping[str, NoticeTemplate]] = {
    template.code: template
    for group in (
        account.ACCOUNT,
        registration.REGISTRATION,
        committee.COMMITTEE,
        briefings.BRIEFINGS,
        market.LISTINGS,
        market.APPLICATIONS,
        trade.ENQUIRIES,
        trade.QUOTES,
        searches.SEARCHES,
    )
    for template in group
}
