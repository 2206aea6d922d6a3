"""What vendor and SME do with a quote: one function for each use case, one transaction each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import select

from catalogue import masters, publications, snapshots
from catalogue.publications import Published, live_package
from marketplace import pricing
from marketplace.consumption_tax import rate_on
from marketplace.enquiries.models import Enquiry
from marketplace.enquiries.services import answer_with_quote
from marketplace.quotes import rules
from marketplace.quotes.lifecycle import QUOTE, REVISABLE
from marketplace.quotes.models import Quote
from marketplace.quotes.rules import Terms, Wanted
from marketplace.quotes.telling import tell
from tenants import actor, audit, clock
from tenants.actor import SYSTEM
from tenants.db import act_as, constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, IllegalStep, NotFound, StaleVersion
from tenants.organisations import require_adopted
from tenants.permissions import Permission
from tenants.reasons import reasoned
from tenants.text import Text

WHAT: Final = Text("見積書", "The quote")
EXPIRE: Final = "quotes.expire"
for _name in ("draft", "sent", "accepted"):
    constraint(f"uq_quote_number_{_name}", Conflict)
constraint("uq_quote_number_edition", Conflict)


@use_case
def draft(enquiry_id: uuid.UUID, package_code: str, lines: Sequence[Wanted], terms: Terms) -> uuid.UUID:
    """The vendor begins a quote for the business behind an enquiry, about that package or another of its own.

    Raises NotFound for another's enquiry, NotFound or Gone for a package of its own that is not published, BadInput
    for prices outside their range (see rules), NotAdopted unless the vendor is adopted now.
    """
    who = actor.current()
    who.require(Permission.HANDLE_VENDOR_APPLICATIONS)
    require_adopted()
    enquiry = db.session.get(Enquiry, enquiry_id)
    if enquiry is None or enquiry.vendor_id != who.own_organisation:
        raise NotFound(Text("問い合わせ", "The enquiry"))
    publication = _own_live(package_code)
    row = Quote(
        enquiry_id=enquiry.id,
        sme_id=enquiry.sme_id,
        vendor_id=enquiry.vendor_id,
        package_code=publication.code,
        vendor_name=publication.content["vendor"]["name"],
        recipient=enquiry.released.get("name", {}).get("ja", ""),
        state="draft",
    )
    _fill(row, publication, lines, terms)
    db.session.add(row)
    db.session.flush()
    _record(row, "draft", before=None)
    return row.id


@use_case
def change(quote_id: uuid.UUID, lines: Sequence[Wanted], terms: Terms, *, read_version: int) -> None:
    """Change a draft; what is live now counts. StaleVersion when a colleague changed it, BadInput as :func:`draft`."""
    row = _draft(quote_id, read_version)
    _fill(row, _own_live(row.package_code), lines, terms)
    _record(row, "change", before=None)


@use_case
def discard(quote_id: uuid.UUID, *, read_version: int) -> None:
    """Throw a draft away."""
    row = _draft(quote_id, read_version)
    _record(row, "discard", before=None)
    db.session.delete(row)


@use_case
def send(quote_id: uuid.UUID, *, read_version: int) -> None:
    """Send a draft: from here on this version never changes. The version before it, if still on offer, is replaced, and
    the enquiry is answered.

    Raises BadInput when the package was published anew since the draft was saved or the last day is over, Conflict
    when the version before it was accepted at the same moment.
    """
    require_adopted()
    row = _locked(quote_id, read_version)
    step = QUOTE.check("send", row.state, actor.current())
    publication = _own_live(row.package_code)
    if publication.id != row.publication_id:
        raise BadInput(_published_anew())
    # The prices are checked once more, as they were registered with what is live now.
    _fill(row, publication, lines_of(row), terms_of(row))
    for earlier in _other_editions(row):
        if earlier.state == "accepted":
            raise Conflict
        if earlier.state == "sent":
            earlier.state = "replaced"
            _record(earlier, "replace", before="sent")
    db.session.flush()
    row.state, row.sent_at, row.sent_by = step.target, clock.now(), actor.current().person_id
    answer_with_quote(row.enquiry_id)
    _record(row, "send", before="draft")
    tell(row, "send")


@use_case
def revise(quote_id: uuid.UUID) -> uuid.UUID:
    """Begin the next version of a quote, filled in like this one; a draft that is under way already is given instead.

    Raises IllegalStep for one that was accepted or is not the newest.
    """
    require_adopted()
    row = _locked(quote_id)
    actor.current().require(Permission.HANDLE_VENDOR_APPLICATIONS)
    others = _other_editions(row)
    under_way = next((each for each in others if each.state == "draft"), None)
    if under_way is not None:
        return under_way.id
    newest = max((each.edition for each in others), default=0)
    if row.state not in REVISABLE or newest > row.edition or any(each.state == "accepted" for each in others):
        raise IllegalStep(_not_revisable())
    made = Quote(
        number=row.number,
        edition=row.edition + 1,
        enquiry_id=row.enquiry_id,
        sme_id=row.sme_id,
        vendor_id=row.vendor_id,
        publication_id=row.publication_id,
        package_code=row.package_code,
        vendor_name=row.vendor_name,
        recipient=row.recipient,
        content=row.content,
        content_hash=row.content_hash,
        valid_until=row.valid_until,
        state="draft",
    )
    db.session.add(made)
    db.session.flush()
    _record(made, "draft", before=None)
    return made.id


@use_case
def withdraw(quote_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The vendor takes back what it sent, and says why."""
    _answer(quote_id, "withdraw", read_version, reasoned(reason))


@use_case
def accept(quote_id: uuid.UUID, *, read_version: int) -> None:
    """The SME accepts exactly this version; of a quote one version is accepted once.

    Raises IllegalStep when it is expired, withdrawn or replaced; Gone when the package is not published any more,
    BadInput when a new version of it is.
    """
    row = _locked(quote_id, read_version)
    QUOTE.check("accept", state_of(row), actor.current())
    still_offered(row.package_code, row.publication_id)
    _answer(quote_id, "accept", read_version, "")


@use_case
def decline(quote_id: uuid.UUID, *, reason: str, read_version: int) -> None:
    """The SME does not take it, and says why."""
    _answer(quote_id, "decline", read_version, reasoned(reason))


def expire_due() -> int:
    """Write down which quotes ran out of time, and tell; how many. For the worker: the rules need none of it."""
    with act_as(SYSTEM):
        due = list(
            db.session.scalars(select(Quote.id).where(Quote.state == "sent", Quote.valid_until < clock.today()))
        )
        db.session.rollback()
        return sum(_expire(quote_id) for quote_id in due)


@use_case
def _expire(quote_id: uuid.UUID) -> bool:
    row = db.session.get(Quote, quote_id, with_for_update=True, populate_existing=True)
    if row is None or row.state != "sent":
        return False
    QUOTE.check("expire", row.state, actor.current())
    row.state = "expired"
    _record(row, "expire", before="sent")
    tell(row, "expire")
    return True


def state_of(row: Quote) -> str:
    """Its state as of this moment."""
    return rules.standing(row.state, row.valid_until, clock.today())


def lines_of(row: Quote) -> tuple[Wanted, ...]:
    """The lines as the vendor wrote them."""
    return tuple(
        Wanted(item["product_code"], item["unit_price_yen"], item["quantity"])
        for item in row.content["package"]["items"]
    )


def terms_of(row: Quote) -> Terms:
    """The rest as the vendor wrote it."""
    content = row.content
    return Terms(content["package"]["cloud_months"], row.valid_until, content["subject"], content["note"])


def still_offered(package_code: str, publication_id: uuid.UUID) -> Published:
    """The publication a quote was made of, if it is still what is published: only that can be subsidised.

    Raises Gone when the package was withdrawn, BadInput when a newer version was published.
    """
    live = live_package(package_code)
    if live.id != publication_id:
        raise BadInput(_newer_version())
    return live


def _fill(row: Quote, publication: Published, lines: Sequence[Wanted], terms: Terms) -> None:
    scheme = pricing.scheme()
    content = rules.content_of(
        publication.content,
        publications.minimum_prices(publication.id),
        lines,
        terms,
        masters=masters.vocabulary(),
        tax=rate_on(clock.today()),
        scheme={"id": scheme.id, "version": scheme.version, "name": scheme.name.as_json()},
        today=clock.today(),
    )
    row.publication_id = publication.id
    row.content, row.content_hash, row.valid_until = content, snapshots.digest(content), terms.valid_until


def _own_live(package_code: str) -> Published:
    publication = live_package(package_code)
    if publication.organisation_id != actor.current().own_organisation:
        raise NotFound(Text("ITツール", "The package"))
    return publication


def _locked(quote_id: uuid.UUID, read_version: int | None = None) -> Quote:
    """The quote's version, locked; NotFound for another's and an SME's drafts, StaleVersion when it changed."""
    row = db.session.get(Quote, quote_id, with_for_update=True, populate_existing=True)
    who = actor.current()
    if row is None or who.organisation_id not in (row.sme_id, row.vendor_id):
        raise NotFound(WHAT)
    if read_version is not None and row.version != read_version:
        raise StaleVersion(WHAT, yours=read_version, current=row.version)
    return row


def _draft(quote_id: uuid.UUID, read_version: int) -> Quote:
    row = _locked(quote_id, read_version)
    QUOTE.check("send", row.state, actor.current())
    return row


def _other_editions(row: Quote) -> Sequence[Quote]:
    return db.session.scalars(
        select(Quote)
        .where(Quote.number == row.number, Quote.id != row.id)
        .order_by(Quote.edition)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _answer(quote_id: uuid.UUID, code: str, read_version: int, answer: str) -> None:
    row = _locked(quote_id, read_version)
    step = QUOTE.check(code, state_of(row), actor.current())
    row.state, row.answer = step.target, answer
    row.answered_at, row.answered_by = clock.now(), actor.current().person_id
    _record(row, code, before="sent")
    tell(row, code)


def _record(row: Quote, step: str, *, before: str | None) -> None:
    """The audit event: for both sides once it was sent, for the vendor alone before. Never prices or reasons."""
    after: dict[str, Any] = {"quote": row.number, "edition": row.edition, "state": row.state}
    for party in [row.vendor_id] if row.sent_at is None else [row.vendor_id, row.sme_id]:
        audit.record(
            f"quote_{step}",
            subject=("quote", row.id),
            organisation_id=party,
            before={"state": before} if before else None,
            after=after,
        )


def _published_anew() -> Finding:
    return Finding(
        "published_anew",
        Text(
            "下書きを保存したあとに、このITツールの新しい版が公開されました。",
            "A new version of this package was published since the draft was saved.",
        ),
        Text(
            "下書きを開き、新しい価格の範囲を確かめて保存してから、送ってください。",
            "Open the draft, check it against the new prices, save it, then send it.",
        ),
    )


def _newer_version() -> Finding:
    return Finding(
        "newer_version",
        Text(
            "見積もりのあとで、このITツールの新しい版が公開されました。補助金を申請できるのは、いま公開されている版だけです。",
            "A new version of this package was published after the quote; only what is published now can be subsidised.",
        ),
        Text(
            "ベンダーに、新しい版での見積もりを依頼してください。",
            "Ask the vendor for a quote on the new version.",
        ),
    )


def _not_revisable() -> Finding:
    return Finding(
        "not_revisable",
        Text(
            "承諾された見積書や、古い版の見積書からは、新しい版を作成できません。",
            "A new version cannot be made of an accepted quote, nor of an old version.",
        ),
        Text(
            "いちばん新しい版から作成するか、別の見積書を作成してください。",
            "Use the newest version, or make another quote.",
        ),
    )
