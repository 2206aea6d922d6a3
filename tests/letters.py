"""The letters that were written: what only their receivers get to read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select

from catalogue.models import Package, Product, Publication
from marketplace.briefings import services as briefings
from marketplace.quotes import services as quotes
from marketplace.registration import renewal
from search.saved import telling
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Organisation, Person
from tenants.notices.facts import fill
from tenants.notices.models import Posting
from tenants.notices.templates import TEMPLATES


def posted(template: str) -> list[Posting]:
    """What is to be told by this template, the oldest first."""
    with act_as(SYSTEM):
        query = select(Posting).where(Posting.template == template).order_by(Posting.created_at)
        rows = list(db.session.scalars(query))
        for row in rows:
            db.session.expunge(row)
        return rows


def invitation_token(address: str, template: str = "invitation") -> str:
    """The token in the newest invitation's letter to this address."""
    links = [each.link for each in posted(template) if each.address == address]
    return links[-1].partition("#")[2]


def misread(posting: Posting, given: Iterable[str]) -> list[str]:
    """What of a letter a reader of either language could not read: words of the other, codes, days as they are stored.

    given: what people wrote themselves, names above all, which stands in both as they wrote it.
    """
    template = TEMPLATES[posting.template]
    parts = (template.subject, template.body, template.todo, *([template.by_mail] if template.by_mail else []))
    found = []
    for part in parts:
        words = fill(part, posting.facts)
        for language, said, foreign in (("ja", words.ja, _ENGLISH), ("en", words.en, _JAPANESE)):
            left = _without(said, given)
            found += [
                f"{posting.template} in {language}: {each!r} in {said!r}"
                for pattern in (foreign, _RAW)
                for each in pattern.findall(left)
            ]
    return found


def _without(said: str, given: Iterable[str]) -> str:
    """The words without links, and without what people wrote."""
    left = re.sub(r"https?://\S+", "", said)
    for each in sorted({" ".join(each.split()) for each in given if len(each) > 1}, key=len, reverse=True):
        left = left.replace(each, "")
    return left


_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
_ENGLISH = re.compile(r"[A-Za-z]*[a-z]{3,}")
_RAW = re.compile(r"\d{4}-\d\d-\d\d|[A-Za-z]+_[a-z_]+|\bNone\b|\bTrue\b|\bFalse\b|[{}]|[0-9a-f]{8}-[0-9a-f]{4}-")


def names_that_people_gave() -> set[str]:
    """Of people, organisations, products and packages, as the database has them."""
    with act_as(SYSTEM):
        columns = (Person.name, Organisation.name, Product.name, Package.name)
        found = {name for column in columns for name in db.session.scalars(select(column))}
        return found | set(db.session.scalars(select(Publication.content["name"].as_string())))


def all_posted() -> list[Posting]:
    """Every letter that was written."""
    with act_as(SYSTEM):
        rows = list(db.session.scalars(select(Posting)))
        db.session.expunge_all()
        return rows


# Letters that no click of anybody tells, and the job that does.
OF_JOBS = {
    "briefing_reminder": briefings.REMIND,
    "quote_expired": quotes.EXPIRE,
    "saved_searches_matched": telling.TELL,
    "renewal_due": renewal.TASK,
    "vendor_expired": renewal.TASK,
}
# Letters that the walk through all routes does not come by; brought about in tests/marketplace/test_letters.py.
OF_SERVICES = {
    "account_closed",
    "moved_invitation",
    "identity_linked",
    "briefing_waiting",
    "briefing_moved_up",
    "application_flagged",
    "application_resumed",
    "application_halted",
    "application_freed",
    "vendor_revoked",
}
