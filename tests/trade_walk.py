"""From a shortlist to an application by a quote, step by step, for the walk over every route that changes something."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from grants import CODE, SHOP, World, package
from pages import PageClient
from sqlalchemy import select

from marketplace.applicants import save_profile
from search.saved.models import SavedSearch
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from web import stop_links

OTHER = "PK-2"
QUOTE = {
    "subject": "導入",
    "code": CODE,
    "price-P-1": "540000",
    "quantity-P-1": "1",
    "price-P-2": "45000",
    "quantity-P-2": "2",
    "cloud_months": "12",
    "note": "",
}


def go(walk, world: World, shop: Actor, shop_browser: PageClient, vendor: PageClient) -> None:
    """A shop that has not applied yet, and the vendor of the package."""
    with act_as(shop):
        save_profile(SHOP, read_version=None)
    _shortlist(walk, world, shop_browser)
    _searches(walk, shop_browser)
    enquiry = _asked(walk, shop_browser)
    walk.post(vendor, f"/vendor/enquiries/{enquiry}/messages", {"body": "回答です。"})
    walk.post(shop_browser, f"/my/enquiries/{enquiry}/messages", {"body": "もう一つ伺います。"})
    accepted = _quotes(walk, shop_browser, vendor, enquiry)
    walk.send(shop_browser, f"/my/quotes/{accepted}/start", "/start", mirasapo_id="kaiin_01")
    walk.send(shop_browser, f"/my/enquiries/{enquiry}", "/close")
    another = _asked(walk, shop_browser)
    walk.post(vendor, f"/vendor/enquiries/{another}/messages", {"body": "回答です。"})
    walk.send(vendor, f"/vendor/enquiries/{another}", "/close")


def _searches(walk, shop: PageClient) -> None:
    """A search is saved and renamed, its mails are switched off and on and stopped from a mail, and it is taken away."""
    walk.send(shop, "/my/searches/save?q=予約", "/searches/save")
    page = "/my/searches"
    walk.send(shop, page, "/name", name="予約の検索")
    walk.send(shop, page, "/mail")
    walk.send(shop, page, "/mail")
    with act_as(SYSTEM):
        search = db.session.scalars(select(SavedSearch.id)).one()
    link = stop_links.path(walk.site.extensions["hojo_settings"], "search", search)
    walk.post(shop, link, {})
    walk.send(shop, page, "/remove")


def _shortlist(walk, world: World, shop: PageClient) -> None:
    """Two packages are marked, one is moved, noted, seen in its new version and taken off."""
    replace(world, listing_id=uuid.uuid4()).publish(package(code=OTHER))
    page = "/my/shortlist"
    for code in (OTHER, CODE):
        walk.post(shop, f"{page}/add/{code}", {"note": ""})
    world.publish(package(price=650_000))
    walk.send(shop, page, "/move")
    walk.send(shop, page, "/note", note="比べる")
    walk.send(shop, page, "/seen")
    world.publish(package())
    walk.send(shop, page, "/remove")


def _asked(walk, shop: PageClient) -> str:
    answer = walk.send(shop, f"/my/enquiries/new/{CODE}", f"/new/{CODE}", body="見積もりをお願いします。")
    return answer.location.rsplit("/", 1)[1]


def _quotes(walk, shop: PageClient, vendor: PageClient, enquiry: str) -> str:
    """One is discarded, one withdrawn, one declined, one accepted: the last one's id."""
    first = _draft(walk, vendor, enquiry)
    walk.send(vendor, f"/vendor/quotes/{first}/edit", "/edit", note="納期2週間")
    walk.send(vendor, f"/vendor/quotes/{first}", "/send")
    revised = walk.send(vendor, f"/vendor/quotes/{first}", "/revise").location.split("/")[3]
    walk.send(vendor, f"/vendor/quotes/{revised}", "/discard")
    walk.send(vendor, f"/vendor/quotes/{first}", "/withdraw", reason="在庫切れ")
    declined, accepted = _draft(walk, vendor, enquiry), _draft(walk, vendor, enquiry)
    for quote in (declined, accepted):
        walk.send(vendor, f"/vendor/quotes/{quote}", "/send")
    walk.send(shop, f"/my/quotes/{declined}", "/decline", reason="高い")
    walk.send(shop, f"/my/quotes/{accepted}", "/accept")
    return accepted


def _draft(walk, vendor: PageClient, enquiry: str) -> str:
    until = clock.today() + timedelta(days=14)
    answer = walk.post(vendor, f"/vendor/enquiries/{enquiry}/quote", {**QUOTE, "valid_until": until.isoformat()})
    return answer.location.rsplit("/", 1)[1]
