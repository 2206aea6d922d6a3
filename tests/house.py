"""A house with somebody in every room: one vendor, one shop, the secretariat, and strangers of each kind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import briefings
import grants
import made_once
import registrations
import reviews
import trade
from flask import Flask
from flask.testing import FlaskClient
from pages import PageClient
from routes import EVERYBODY, SIGNED_IN, Route
from sqlalchemy import select
from werkzeug.test import TestResponse

from catalogue import uploads
from catalogue.imports.service import SourceFile
from catalogue.models import Package, PackageItem, Product
from marketplace import announcements, applicant_identity, scheme_draft_queries, scheme_drafts
from marketplace.briefings import bookings
from marketplace.enquiries import services as enquiries
from marketplace.enquiries.queries import enquiry as enquiry_of
from marketplace.quotes import services as quotes
from marketplace.registration import conflict_check
from marketplace.shortlists import services as shortlists
from search.parameters import SearchQuery
from search.saved import services as saved_searches
from tenants import clock, duplicate_verdicts, invitations
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Membership, Organisation, Person
from tenants.permissions import ROLES
from tenants.text import same

# What only the vendor, the shop and the secretariat may read; in other people's pages it must not stand.
SECRETS = ("秘密の下書き製品", "秘密の下書きパック", "秘密の食堂", "秘密の住所")
# Of vendors who are not in this house, so every row is refused and loading it changes nothing.
PRODUCTS = Path(__file__).parent / "data" / "products_cp932.csv"


class QuickClient(PageClient):
    """A browser that does not read every page strictly: here thousands are asked for, and only their status counts."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """The answer as it is."""
        return FlaskClient.open(self, *args, **kwargs)


@dataclass
class Household:
    """Who is in, and the names of their things. own, strangers: an actor for each role."""

    own: dict[str, Actor] = field(default_factory=dict)
    strangers: dict[str, Actor] = field(default_factory=dict)
    nobody_yet: Actor = field(default_factory=lambda: Actor("public"))
    names: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class House(Household):
    """The household on this site, and the browsers of its people."""

    site: Flask
    _browsers: dict[uuid.UUID | None, PageClient] = field(default_factory=dict)

    def browser(self, actor: Actor | None, *, fresh: bool = False) -> PageClient:
        """A browser of this person, None for one that is not signed in; kept for later unless it is a fresh one."""
        key = actor.person_id if actor else None
        if key in self._browsers and not fresh:
            return self._browsers[key]
        client = QuickClient(self.site, self.site.response_class)
        if actor is not None:
            client.act_as(actor)
        return client if fresh else self._browsers.setdefault(key, client)

    def who_may(self, route: Route) -> Actor:
        """Somebody of the organisation whose things the route names, who may use it."""
        if route.who in (EVERYBODY, SIGNED_IN):
            return self.own["vendor_owner"]
        return self.own[route.only or sorted(route.who)[0]]

    def address(self, path: str) -> str:
        """The path with the names of the own organisation's things."""
        return path.format(**self.names)


SAME_TELEPHONE = "0312345678"


def _organisation(kind: str, name: str, number: str | None = None, telephone: str = "") -> uuid.UUID:
    row = Organisation(
        kind=kind,
        name=name,
        corporate_number=number,
        prefecture="東京都",
        standing="adopted" if kind == "vendor" else None,
        address=f"{SECRETS[3]}1-1" if name == SECRETS[2] else "",
        telephone=telephone,
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def _applicant_on_paper() -> uuid.UUID:
    with act_as(SYSTEM):
        row = Organisation(kind="vendor", standing="applicant", name="書面で申請した会社", prefecture="東京都")
        db.session.add(row)
        db.session.commit()
        return row.id


def _person(organisation_id: uuid.UUID | None, kind: str, *roles: str) -> Actor:
    person = Person(name="見本 花子", email="hanako@example.jp")
    db.session.add(person)
    db.session.flush()
    for role in roles:
        db.session.add(Membership(organisation_id=organisation_id, person_id=person.id, role=role))
    db.session.commit()
    return Actor(kind, organisation_id, person.id, frozenset(roles), person.name)  # type: ignore[arg-type]


def _listings(vendor_id: uuid.UUID) -> dict[str, str]:
    product = Product(
        organisation_id=vendor_id,
        code="D-1",
        name=SECRETS[0],
        functions=["F1"],
        cost_kind="software",
        billing_period="once",
        billing_unit="式",
        standard_price_yen=300_000,
        minimum_price_yen=200_000,
        state="submitted",
    )
    package = Package(
        organisation_id=vendor_id, code="DP-1", name=SECRETS[1], industries=["all"], cloud_months=0, state="draft"
    )
    db.session.add_all([product, package])
    db.session.flush()
    db.session.add(
        PackageItem(
            package_id=package.id, product_id=product.id, organisation_id=vendor_id, position=1, quantity=1
        )
    )
    db.session.commit()
    return {"product": str(product.id), "package": str(package.id)}


def _briefings(office: Actor) -> dict[str, str]:
    """An announcement corrected once and a draft; a briefing that somebody booked and a draft."""
    words = same("お知らせ")
    with act_as(office):
        told = announcements.publish(words, words, category="general")
        announcements.correct(told, words, words, category="general", correction=words, read_version=2)
        names = {
            "announcement": str(told),
            "draft_announcement": str(announcements.draft(words, words, category="general")),
            "draft_briefing": str(briefings.services.draft(briefings.facts())),
        }
        written = scheme_draft_queries.text_of("2018").replace("version: 4\n", "version: 5\n", 1)
        names["scheme_draft"] = str(scheme_drafts.propose(written, clock.today(), read_version=4))
    number = briefings.announced(office)
    with act_as(briefings.person()):
        booked = bookings.book(number, name="予約 太郎", organisation_name="", people=1)
    return names | {"briefing": str(number), "someone_s_booking": str(booked.booking_id)}


def _review(house: Household) -> dict[str, str]:
    """A registration that the committee member scores, beside a colleague; and one of the member's relations."""
    board = house.own["committee_member"].organisation_id
    assert board is not None
    with act_as(SYSTEM):
        vendor = _organisation("vendor", "あおばシステム株式会社", "9010401052465")
        colleague = _person(board, "committee", "committee_member")
    member = house.own["committee_member"]
    review = reviews.Review(
        house.own["vendor_owner"], house.own["secretariat_administrator"], [member, colleague],
        reviews.before_committee(vendor),
    )  # fmt: skip
    review.assign()
    review.declare(member)
    with act_as(member):
        conflict_check.add_relation(kind="employer", name="みなと大学", number="", note="")
        [relation] = conflict_check.relations()
    return {
        "reviewed": str(review.registration_id),
        "reviewed_vendor": str(vendor),
        "assignment": str(review.assignment(member).id),
        "colleague_s_assignment": str(review.assignment(colleague).id),
        "relation": str(relation.id),
    }


def _trade(world: grants.World) -> dict[str, str]:
    """A package put aside, a saved search, an enquiry with an attachment, a quote that was sent and one in draft."""
    lines, until = trade.LINES, clock.today() + timedelta(days=14)
    with act_as(world.sme):
        entry = shortlists.add(grants.CODE, SECRETS[3])
        search, _ = saved_searches.save(SearchQuery(q=SECRETS[0]), SECRETS[3])
        enquiry = enquiries.ask(
            grants.CODE, SECRETS[3], release=["name"], uploads=[enquiries.Upload("図面.pdf", trade.PDF)]
        )
        [attachment] = enquiry_of(enquiry).messages[0].files
    with act_as(world.vendor):
        sent = quotes.draft(enquiry, grants.CODE, lines, trade.terms(until, note=SECRETS[3]))
        quotes.send(sent, read_version=1)
        drafted = quotes.draft(enquiry, grants.CODE, lines, trade.terms(until))
    return {
        "entry": str(entry),
        "saved_search": str(search),
        "enquiry": str(enquiry),
        "attachment": str(attachment.id),
        "quote": str(sent),
        "draft_quote": str(drafted),
    }


def build(site: Flask) -> House:
    """The house; an application context must be there. It is furnished once a process."""
    return House(site=site, **vars(made_once.begin_with(_furnish)))


def _furnish() -> Household:
    house = Household()
    with act_as(SYSTEM):
        vendor = _organisation("vendor", "さくらシステム株式会社", grants.VENDOR_NUMBER)
        shop = _organisation("sme", SECRETS[2])
        offices = {
            "secretariat": _organisation("secretariat", "事務局"),
            "committee": _organisation("committee", "委員会"),
        }
        places = {"vendor": vendor, "sme": shop} | offices
        others = {
            "vendor": _organisation("vendor", "ほかの会社", "1000012050008", SAME_TELEPHONE),
            "sme": _organisation("sme", "ほかの店"),
        }
        for role in ROLES:
            kind = role.partition("_")[0]
            house.own[role] = _person(places[kind], kind, role)
            if kind in others:
                house.strangers[role] = _person(others[kind], kind, role)
        house.nobody_yet = _person(None, "public")
        house.names["colleague"] = str(_person(vendor, "vendor", "vendor_viewer").person_id)
        house.names["twin"] = str(_organisation("sme", SECRETS[2]))
        house.names["vendor_id"] = str(vendor)
        look_alikes = [
            _organisation("sme", f"{SECRETS[2]}{nth}", telephone=SAME_TELEPHONE) for nth in ("三号店", "四号店")
        ]
        house.names["gone"] = str(_person(None, "public").person_id)
        house.names |= _listings(vendor)
    with act_as(house.own["vendor_owner"]):
        invited = invitations.invite("new@example.jp", ["vendor_viewer"])
        house.names["invitation"] = str(invited)
    with act_as(house.own["secretariat_administrator"]):
        duplicate_verdicts.tell_apart(others["vendor"], look_alikes[1], reason="電話で確かめました。")
    world = grants.World(house.own["vendor_owner"], house.own["sme_owner"], uuid.uuid4(), vendor)
    grants.open_now()
    world.publish()
    with act_as(world.sme):
        grants.save_profile(grants.SHOP, read_version=None)
        applicant_identity.give(world.sme, "himawari")
        publication = grants.services.live_package(grants.CODE)
        house.names["application"] = str(grants.services.start(grants.CODE, publication_id=publication.id))
    house.names |= _trade(world)
    for prefix, owner_id, paper in (("", vendor, False), ("office_", _applicant_on_paper(), True)):
        made = registrations.kept(owner_id, paper=paper)
        house.names |= {f"{prefix}{name}": value for name, value in made.items()}
    for role in ("vendor_owner", "secretariat_reviewer"):
        with act_as(house.own[role]):
            kept = uploads.keep({"products": SourceFile("製品.csv", PRODUCTS.read_bytes())})
            house.names[f"{role.partition('_')[0]}_upload"] = str(kept)
            done = uploads.keep({"products": SourceFile("製品.csv", PRODUCTS.read_bytes())})
            uploads.load(done)
            house.names[f"{role.partition('_')[0]}_loaded"] = str(done)
    with act_as(SYSTEM):
        assert db.session.scalars(select(Product.id)).all()
    house.names |= _briefings(house.own["secretariat_administrator"])
    house.names |= _review(house)
    house.names |= {"code": grants.CODE, "number": grants.VENDOR_NUMBER, "shop": str(shop)}
    return house
