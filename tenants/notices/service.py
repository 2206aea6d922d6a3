"""Telling people: one row in the running transaction, and a job that makes it into notices and mails.

Nothing is told when the transaction is rolled back. Who exactly is told is found out by the job: a vendor may not
know who works at a shop.
"""

from __future__ import annotations

import uuid

from tenants import actor, jobs
from tenants.db import db
from tenants.notices.facts import Fact, keep
from tenants.notices.models import Posting
from tenants.notices.templates import TEMPLATES
from tenants.permissions import Permission
from tenants.text import Language

DELIVER = "notices.deliver"


def notify_organisation(
    organisation_id: uuid.UUID, template: str, *, link: str, permission: Permission | None = None, **facts: Fact
) -> None:
    """Tell the members of an organisation; with a permission, only those whose roles carry it.

    template: a code of templates.TEMPLATES. link: the path of the page it leads to, such as ``/vendor/listings``.
    facts: exactly those that the template's words need; ValueError otherwise.
    """
    _post(template, link, facts, organisation_id=organisation_id, permission=permission)


def notify_secretariat(template: str, *, link: str, permission: Permission | None = None, **facts: Fact) -> None:
    """Tell the secretariat's people, as :func:`notify_organisation`; whoever acts need not know its id."""
    _post(template, link, facts, organisation_kind="secretariat", permission=permission)


def notify_person(
    person_id: uuid.UUID,
    template: str,
    *,
    link: str,
    organisation_id: uuid.UUID | None = None,
    stop_link: str | None = None,
    **facts: Fact,
) -> None:
    """Tell one person. organisation_id: for which of their organisations they act on it, if it matters.

    stop_link: the path whose POST, without signing in, stops mails of this kind (RFC 8058).
    """
    _post(template, link, facts, person_id=person_id, organisation_id=organisation_id, stop_link=stop_link)


def notify_address(email: str, template: str, *, language: Language = "ja", link: str, **facts: Fact) -> None:
    """Send a mail to an address whose person is not known yet (an invitation); no inbox, mail only."""
    _post(template, link, facts, address=email.strip(), language=language)


def _post(
    template: str,
    link: str,
    facts: dict[str, Fact],
    *,
    person_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    organisation_kind: str | None = None,
    permission: Permission | None = None,
    address: str | None = None,
    language: Language = "ja",
    stop_link: str | None = None,
) -> None:
    needed = TEMPLATES[template].facts
    if facts.keys() != needed:
        raise ValueError(f"notice {template} needs exactly the facts {sorted(needed)}, not {sorted(facts)}")
    posting = Posting(
        id=uuid.uuid4(),
        template=template,
        facts=keep(facts),
        link=link,
        person_id=person_id,
        organisation_id=organisation_id,
        organisation_kind=organisation_kind,
        permission=str(permission) if permission else None,
        address=address,
        language=language,
        stop_link=stop_link,
        written_by=actor.current().person_id,
    )
    db.session.add(posting)
    db.session.flush()
    jobs.enqueue(DELIVER, posting_id=str(posting.id))
    # Whoever posts may not read it again; the session must not try to.
    db.session.expunge(posting)
