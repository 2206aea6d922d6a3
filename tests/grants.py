"""A small world for applications: a vendor with a published package, a business that may apply, an open round."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from catalogue import masters
from catalogue.models import LivePublication, Publication, PublicationMinimum
from marketplace import applicant_identity, rounds
from marketplace.applicants import Statement, save_profile
from marketplace.applications import queries, services
from marketplace.applications.document import Prepared
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import IdentityFacts

OPENS = datetime(2026, 10, 1, 0, 30, tzinfo=UTC)
CLOSES = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DURING = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
VENDOR_NUMBER = "7000012050002"
CODE = "PK-1"
SHOP = Statement(kind="company", industry="restaurant", capital_yen=3_000_000, employees=8, domestic=True)


def prepared(**changes: Any) -> Prepared:
    """What a vendor fills in."""
    facts = {
        "representative_name": "山田 太郎",
        "address": "東京都千代田区丸の内1-1",
        "phone": "03-1234-5678",
        "purpose": "予約の電話で手が止まる",
        "expected_effect": "予約の受付が自動になる",
        "introduction_planned_on": date(2027, 1, 15),
    }
    return Prepared(**(facts | changes))


def package(name: str = "予約とレジと会計のパック", *, price: int = 600_000, **changes: Any) -> dict[str, Any]:
    """The content of a package's publication; its one software line costs ``price`` yen."""
    items = [
        {
            "product_code": "P-1",
            "name": "予約台帳",
            "name_kana": "ヨヤクダイチョウ",
            "description": "予約を受け付けます。",
            "functions": ["F1", "M1", "B1"],
            "cost_kind": "software",
            "billing_period": "once",
            "billing_unit": "式",
            "unit_price_yen": price,
            "quantity": 1,
            "months": None,
            "amount_yen": price,
        },
        {
            "product_code": "P-2",
            "name": "タブレット",
            "name_kana": "タブレット",
            "description": "注文を取る端末です。",
            "functions": [],
            "cost_kind": "hardware",
            "billing_period": "once",
            "billing_unit": "台",
            "unit_price_yen": 50_000,
            "quantity": 2,
            "months": None,
            "amount_yen": 100_000,
        },
    ]
    return {
        "code": CODE,
        "name": name,
        "description": "予約から会計まで。",
        "vendor": {"number": VENDOR_NUMBER, "name": "さくらシステム株式会社", "prefecture": "東京都"},
        "industries": ["all"],
        "restricted": False,
        "functions": ["F1", "M1", "B1"],
        "categories": ["front", "middle", "back_office"],
        "cloud_months": 12,
        "items": items,
        "total_yen": price + 100_000,
        "second_year_yen": 60_000,
        "second_year_incomplete": False,
        "masters": {},
    } | changes


@contextmanager
def by(actor: Actor, moment: datetime = DURING) -> Iterator[None]:
    """Inside, this actor acts at this moment."""
    with clock.at(moment), act_as(actor):
        yield


@dataclass
class World:
    """The parties, and the steps as they take them."""

    vendor: Actor
    sme: Actor
    listing_id: uuid.UUID
    vendor_id: uuid.UUID

    def publish(self, content: dict[str, Any] | None = None) -> uuid.UUID:
        """Publish the package anew; the newest publication is live."""
        content = content or package()
        with by(SYSTEM):
            row = Publication(
                kind="package",
                code=content["code"],
                vendor_number=VENDOR_NUMBER,
                organisation_id=self.vendor_id,
                listing_id=self.listing_id,
                listing_version=1,
                content=content,
                content_hash="0" * 64,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add(
                PublicationMinimum(
                    publication_id=row.id,
                    organisation_id=self.vendor_id,
                    prices={item["product_code"]: item["unit_price_yen"] * 4 // 5 for item in content["items"]},
                )
            )
            live = db.session.get(LivePublication, ("package", content["code"]))
            if live is None:
                live = LivePublication(
                    kind="package",
                    public_key=content["code"],
                    listing_id=self.listing_id,
                    organisation_id=self.vendor_id,
                )
                db.session.add(live)
            live.publication_id = row.id
            db.session.commit()
            return row.id

    def start(self, moment: datetime = DURING) -> uuid.UUID:
        """The business chooses what is live."""
        with by(self.sme, moment):
            publication = services.live_package(CODE)
            return services.start(CODE, publication_id=publication.id)

    def view(self, application_id: uuid.UUID, actor: Actor | None = None) -> queries.ApplicationView:
        """The application as a party (the business, unless told) sees it."""
        with by(actor or self.sme):
            return queries.application(application_id)

    def version(self, application_id: uuid.UUID) -> int:
        """Its version now."""
        return self.view(application_id).version

    def take(self, step: str, application_id: uuid.UUID, moment: datetime = DURING) -> None:
        """Take one step as its own party, with the version of now."""
        view = self.view(application_id)
        version = view.version
        calls: dict[str, tuple[Actor, Callable[[], None]]] = {
            "accept": (self.vendor, lambda: services.accept(application_id, read_version=version)),
            "decline": (
                self.vendor,
                lambda: services.decline(application_id, reason="手が足りません", read_version=version),
            ),
            "prepare": (self.vendor, lambda: services.prepare(application_id, prepared(), read_version=version)),
            "ask_correction": (
                self.sme,
                lambda: services.ask_correction(application_id, reason="番地が違う", read_version=version),
            ),
            "confirm": (
                self.sme,
                lambda: services.confirm(application_id, seen_hash=view.document_hash, read_version=version),
            ),
            "submit": (self.vendor, lambda: services.submit(application_id, read_version=version)),
            "withdraw": (
                self.sme,
                lambda: services.withdraw(application_id, reason="やめます", read_version=version),
            ),
        }
        actor, call = calls[step]
        with by(actor, moment):
            call()

    def reach(self, state: str) -> uuid.UUID:
        """A new application in this state."""
        ways = {
            "draft": (),
            "accepted": ("accept",),
            "declined": ("decline",),
            "prepared": ("accept", "prepare"),
            "confirmed": ("accept", "prepare", "confirm"),
            "submitted": ("accept", "prepare", "confirm", "submit"),
            "withdrawn": ("withdraw",),
        }
        application_id = self.start()
        for step in ways[state]:
            self.take(step, application_id)
        return application_id


def open_window(opens: datetime = OPENS, closes: datetime = CLOSES) -> None:
    """Give the second application round these dates."""
    with by(SYSTEM, datetime(2026, 9, 1, tzinfo=UTC)):
        version = masters.newest("rounds", rounds.EDITION).version
        rounds.change_window(
            "application-2", opens_at=opens, closes_at=closes, read_version=version, confirmed=True
        )


def open_now() -> None:
    """A window around the real present, for tests that go through the edge of the web."""
    moment = clock.now()
    open_window(moment - timedelta(days=3), moment + timedelta(days=20))


def build(
    organisation: Callable[..., uuid.UUID],
    actor_of: Callable[..., Actor],
    *,
    now: bool = False,
    mirasapo_id: str = "himawari",
) -> World:
    """The world. now: the round is open at the real present, else around DURING. mirasapo_id: empty for none given."""
    vendor_id = organisation("vendor", name="さくらシステム株式会社", corporate_number=VENDOR_NUMBER)
    sme_id = organisation("sme", name="食堂ひまわり", address="千代田区1-1")
    world = World(actor_of(vendor_id, "vendor_owner"), actor_of(sme_id, "sme_owner"), uuid.uuid4(), vendor_id)
    if now:
        open_now()
    else:
        open_window()
    world.publish()
    with by(world.sme):
        save_profile(SHOP, read_version=None)
        applicant_identity.give(world.sme, mirasapo_id)
    return world


def prime_account(of: Actor, name: str = "食堂ひまわり") -> None:
    """They have signed in with a GビズID Prime account, which editions after 2017 ask for."""
    with act_as(SYSTEM):
        facts = {"account_type": "prime", "corp_type": "sole_proprietor", "name": name}
        db.session.add(IdentityFacts(person_id=of.person_id, provider="gbizid", verified_at=clock.now(), **facts))
        db.session.commit()


def another_business(
    world: World, organisation: Callable[..., uuid.UUID], actor_of: Callable[..., Actor]
) -> World:
    """The same world for another business."""
    sme = actor_of(organisation("sme"), "sme_owner")
    with by(sme):
        save_profile(SHOP, read_version=None)
        applicant_identity.give(sme, "another")
    return replace(world, sme=sme)


def withdraw(owner: Engine, reason: str = "販売終了") -> None:
    """Take the package away from the public, as its vendor would."""
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM live_publication WHERE public_key = :c"), {"c": CODE})
        connection.execute(
            text(
                "INSERT INTO withdrawal (id, kind, public_key, organisation_id, publication_id, reason, withdrawn_at)"
                " SELECT gen_random_uuid(), 'package', code, organisation_id, id, :reason, now() FROM publication"
                " WHERE code = :c LIMIT 1"
            ),
            {"c": CODE, "reason": reason},
        )
