"""Every route that changes something is walked through with its real form, and leaves its events."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path

import grants
import programme_walk
import pytest
import registration_walk
import trade_walk
from letters import OF_JOBS, OF_SERVICES, all_posted, invitation_token, misread, names_that_people_gave
from pages import PageClient
from review_walk import registrations_are_reviewed
from sqlalchemy import Engine, select, text
from walking import NOTHING_LASTING, Walk

from catalogue.models import IndexRefusal
from search import sync
from tenants import audit_queries, clock
from tenants.actor import SYSTEM, Actor
from tenants.audit import verify
from tenants.db import act_as, db
from tenants.models import ExternalIdentity, Membership, Organisation, Person
from tenants.notices.models import OutgoingMail
from tenants.notices.templates import TEMPLATES
from web import audit_names, form_values
from web.audit_words import changes_in
from web.event_words import FACTS, KINDS, words_of

pytestmark = [pytest.mark.security, pytest.mark.slow]

VENDOR = "7999900000101"


@pytest.fixture
def walk(services, application, browser):
    return Walk(application)


def chosen(browser: PageClient, page: str) -> list[str]:
    keys = re.findall(r'name="chosen" value="([^"]+)"', browser.get(page).text)
    assert keys, page
    return [key for part in keys for key in part.split(",")]


def upload(walk: Walk, browser: PageClient, place: str, data: Path, *kinds: str) -> str:
    names = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}
    files = {kind: (io.BytesIO((data / names[kind]).read_bytes()), names[kind]) for kind in kinds}
    answer = walk.post(browser, f"/{place}/import", files, content_type="multipart/form-data")
    return answer.location


def the_catalogue_comes_in(
    walk: Walk, administrator: PageClient, actor_of, browser, data: Path
) -> tuple[PageClient, object]:
    """As files of the secretariat's, and of the vendor's own."""
    location = upload(walk, administrator, "secretariat", data, "vendors", "products")
    walk.send(administrator, location, "/load")
    with act_as(SYSTEM):
        vendor_id = db.session.scalars(
            select(Organisation.id).where(Organisation.corporate_number == VENDOR)
        ).one()
    vendor = browser(actor_of(vendor_id, "vendor_owner"))
    location = upload(walk, vendor, "vendor", data, "packages")
    walk.send(vendor, location, "/load")
    for place, who in (("secretariat", administrator), ("vendor", vendor)):
        location = upload(walk, who, place, data, "packages")
        walk.send(who, location, "/discard")
    return vendor, vendor_id


def the_vendor_edits_and_submits(walk: Walk, vendor: PageClient) -> None:
    walk.send(
        vendor,
        "/vendor/new-product",
        "/new-product",
        code="NEW-1",
        name="新しい製品",
        description="説明です。",
        functions=["F1"],
        cost_kind="software",
        billing_period="once",
        billing_unit="式",
        standard_price_yen="100000",
        minimum_price_yen="80000",
    )
    walk.send(vendor, "/vendor/products/NEW-1/edit", "/edit", name="改めた名")
    walk.send(vendor, "/vendor/products/NEW-1", "/submit")
    walk.send(vendor, "/vendor/products/NEW-1", "/take-back")
    for plural in ("products", "packages"):
        page = f"/vendor/{plural}"
        walk.post(vendor, f"{page}/submit", {"chosen": chosen(vendor, page)})


def the_secretariat_decides_and_publishes(walk: Walk, administrator: PageClient) -> None:
    """It returns one, approves one, then the rest, publishes them and withdraws one."""

    def first(kind: str) -> str:
        queue = administrator.get(f"/secretariat/queue?only={kind}").text
        return re.search(r'href="(/secretariat/review/[^"?]+)', queue).group(1)

    walk.send(administrator, first("product"), "/approve")
    walk.send(administrator, first("package"), "/return", note="説明を足してください。")
    page = "/secretariat/queue"
    walk.post(administrator, f"{page}/approve", {"chosen": chosen(administrator, page)})
    page = "/secretariat/publications"
    preview = walk.post(administrator, f"{page}/preview", {"chosen": chosen(administrator, page)})
    shown = re.search(r'name="chosen" value="([^"]+)"', preview.text).group(1)
    walk.post(administrator, page, {"chosen": shown})
    live = administrator.get("/secretariat/live?only=package").text
    address = re.search(r'href="(/secretariat/review/package/[^"]+/withdraw)"', live).group(1)
    walk.send(administrator, address, "/withdraw", reason="販売を終えたため")
    page = "/secretariat/rounds/application-2"
    walk.send(administrator, page, page, closes_at="2027-01-29T17:00:00")


def a_newcomer_registers(walk: Walk, browser) -> None:
    with act_as(SYSTEM):
        person = Person(name="店主 花子", email="owner@example.jp")
        db.session.add(person)
        db.session.commit()
        newcomer = browser(Actor("public", None, person.id))
    walk.send(
        newcomer,
        "/my/register",
        "/register",
        form="corporation",
        corporate_number="1000012050008",
        name="食堂ひまわり",
        prefecture="東京都",
        address="千代田区8-8",
    )


def applications_go_every_way(walk: Walk, shop: PageClient, seller: PageClient) -> None:
    walk.send(shop, "/my/profile?edit=1", "/profile", employees="9")
    facts = {name: str(value) for name, value in grants.prepared().model_dump(mode="json").items()}

    def begin() -> tuple[str, str]:
        page = f"/my/applications/start/{grants.CODE}"
        found = walk.send(shop, page, page).location.rpartition("/")[2].partition("?")[0]
        return f"/my/applications/{found}", f"/vendor/applications/{found}"

    mine, theirs = begin()
    walk.send(seller, theirs, "/accept")
    walk.send(seller, f"{theirs}/prepare", "/prepare", **facts)
    walk.send(shop, mine, "/correction", correction_reason="番地が違います。")
    walk.send(seller, f"{theirs}/prepare", "/prepare", **facts)
    walk.send(shop, mine, "/confirm")
    walk.send(shop, mine, "/withdraw", withdraw_reason="やめます。")
    _, theirs = begin()
    walk.send(seller, theirs, "/decline", reason="手が足りません。")
    mine, theirs = begin()
    walk.send(seller, theirs, "/accept")
    walk.send(seller, f"{theirs}/prepare", "/prepare", **facts)
    walk.send(shop, mine, "/confirm")
    walk.send(seller, theirs, "/submit")


def the_secretariat_announces(walk: Walk, administrator: PageClient) -> None:
    words = {"title_ja": "見出し", "body_ja": "本文です。", "category": "general"}
    made = walk.send(administrator, "/secretariat/announcements/new", "/new", **words).location
    walk.send(administrator, f"{made}/edit", "/edit", title_ja="改めた見出し")
    walk.send(administrator, made, "/publish", published_at="2190-01-01T09:00")
    walk.send(administrator, made, "/take-back")
    walk.send(administrator, made, "/publish")
    walk.send(administrator, f"{made}/edit", "/edit", body_ja="訂正した本文", correction_ja="本文を直しました。")


def a_briefing_is_booked_and_held(walk: Walk, administrator: PageClient, shop: PageClient) -> None:
    """It begins so soon that its doors are open already."""

    def at(minutes: int) -> str:
        return form_values.local(clock.now() + timedelta(minutes=minutes))

    new = "/secretariat/briefings/new"
    times = {"booking_closes_at": at(30), "starts_at": at(40), "ends_at": at(100)}
    words = {"title_ja": "説明会", "description_ja": "説明します。", "place": "見本会館", "seats": "10"}
    made = walk.send(administrator, new, "/new", **words, **times).location
    public = f"/briefings/{made.rpartition('/')[2]}"
    walk.send(administrator, made, "/announce")
    walk.send(shop, public, "/book")
    walk.send(shop, "/my/briefings", "/cancel")
    walk.send(shop, public, "/book")
    walk.send(administrator, f"{made}/edit", "/edit", seats="20")
    walk.send(administrator, made, "/attendance")
    walk.send(administrator, f"{made}/cancel", "/cancel", reason="都合により")


def the_programme_is_loaded(walk: Walk, administrator: PageClient, owner: Engine) -> None:
    """One scheme is taken out behind the application's back, so that loading has something to do."""
    with owner.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("DELETE FROM master_version WHERE kind = 'scheme' AND key = '2018'"))
    walk.send(administrator, "/secretariat/masters", "/masters/load")


def a_mail_is_tried_again(walk: Walk, administrator: PageClient) -> None:
    failed = {"language": "ja", "template": "listing_published", "category": "listings", "subject": "公開"}
    with act_as(SYSTEM):
        for number in (1, 2):
            db.session.add(
                OutgoingMail(
                    **failed,
                    address="x@example.jp",
                    state="failed",
                    settled_at=clock.now(),
                    message_id=f"<{number}@example.jp>",
                )
            )
        db.session.commit()
        one, _ = db.session.scalars(select(OutgoingMail.id))
    walk.send(administrator, "/secretariat/mail", f"{one}/retry")
    walk.send(administrator, "/secretariat/mail", "/mail/retry")


def what_the_index_refused_is_tried_again(walk: Walk, publisher: PageClient) -> None:
    with act_as(SYSTEM):
        db.session.add(IndexRefusal(code="ZZ-1", number=1, engine="embedded", reason="too long"))
        db.session.commit()
    walk.send(publisher, "/secretariat/search-index", "/search-index/retry")


def people_come_and_go(walk: Walk, browser, owner_of_vendor: Actor) -> None:
    """They are invited, join, get other roles, are removed and leave; and the details change."""
    with act_as(SYSTEM):
        person = Person(name="新人 一郎", email="other@example.jp")
        db.session.add(person)
        db.session.commit()
        newcomer = Actor("public", None, person.id, name="新人 一郎")
    guest = browser(newcomer)
    owner = browser(owner_of_vendor)
    page = "/organisation/people"
    letter = {"email": "new@example.jp", "roles": ["vendor_viewer"]}

    def join() -> None:
        walk.send(owner, page, "/people/invite", **letter)
        walk.send(owner, page, "/resend")
        walk.post(guest, "/organisation/invitation", {"code": invitation_token("new@example.jp")})
        walk.send(guest, "/organisation/invitation", "/accept")

    join()
    walk.send(owner, f"{page}/{newcomer.person_id}", "/roles", roles=["vendor_editor"])
    walk.send(owner, f"{page}/{newcomer.person_id}", "/remove")
    join()
    walk.send(guest, "/organisation/leave", "/organisation/leave")
    walk.send(owner, page, "/people/invite", **letter)
    walk.send(owner, page, "/revoke")
    walk.send(owner, "/organisation/details", "/details", address="千代田区9-9", prefecture="東京都")


def somebody_is_forgotten(walk: Walk, administrator: PageClient) -> None:
    with act_as(SYSTEM):
        person = Person(name="忘却 太郎", email="taro@example.jp")
        db.session.add(person)
        db.session.commit()
    walk.send(administrator, f"/secretariat/people/{person.id}", "/forget", reason="asked", sure="1")


def duplicates_are_settled(walk: Walk, administrator: PageClient, organisation) -> None:
    for verdict in ("different", "keep-{}"):
        one, other = (organisation("sme", name=f"二重{verdict[0]}", address="港区1-1") for _ in range(2))
        page = f"/secretariat/duplicates/{one}/{other}"
        answer = verdict.format(other)
        walk.post(administrator, page, {"verdict": answer, "reason": "電話で確かめました。"})
    one, other = (organisation(kind, name="両方の名") for kind in ("vendor", "sme"))
    page = f"/secretariat/duplicates/{one}/{other}"
    walk.post(administrator, page, {"verdict": "same", "reason": "電話で確かめました。"})
    walk.post(administrator, f"{page}/reopen", {"reason": "別人でした。"})


def the_secretariat_looks_in(walk: Walk, administrator: PageClient, shop: Actor) -> None:
    page = f"/secretariat/organisations/{shop.organisation_id}/support-view"
    walk.send(administrator, page, "/support-view", reason="お電話でのご相談のため")
    walk.send(administrator, "/organisation", "/support-view/close")


# A word of the code's in what people read: a key or code with an underscore, or one in small letters all by itself.
CODE = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b(?!\.csv)|[{}\[\]]|(?:^|[、：・])[a-z]+(?=$|[、：・])")


def told_raw() -> set[tuple[str, str, str]]:
    """What of all the events of the trail does not read as words: event, fact, what is said of it."""
    known = audit_names.read()
    wrong = set()
    with act_as(SYSTEM):
        events = list(audit_queries.export(audit_queries.Filter()))
        assert len(events) > 300
        for event in events:
            if CODE.search(words_of(event).ja) or event.subject_kind not in KINDS:
                wrong.add((event.name, event.subject_kind, words_of(event).ja))
            for change in changes_in(event, known):
                if change.name == FACTS["provider"]:  # named by the settings; those of this walk are in none
                    continue
                said = [change.name, *(each for each in (change.before, change.after) if each)]
                wrong |= {(event.name, change.name.ja, each.ja) for each in said if CODE.search(each.ja)}
    return wrong


def every_letter_can_be_read(walk: Walk) -> None:
    """In both languages; and every letter there is was written, but for those that others bring about."""
    letters, given = all_posted(), walk.typed | names_that_people_gave()
    assert [wrong for each in letters for wrong in misread(each, given)] == []
    assert {each.template for each in letters} == set(TEMPLATES) - set(OF_JOBS) - OF_SERVICES


def test_every_change_leaves_its_event(walk, application, browser, organisation, actor_of, index, data, owner):
    world = grants.build(organisation, actor_of, now=True)
    administrator = browser(
        actor_of(organisation("secretariat", name="見本の補助金事務局"), "secretariat_administrator")
    )
    the_programme_is_loaded(walk, administrator, owner)
    vendor, vendor_id = the_catalogue_comes_in(walk, administrator, actor_of, browser, data)
    the_vendor_edits_and_submits(walk, vendor)
    the_secretariat_decides_and_publishes(walk, administrator)
    a_newcomer_registers(walk, browser)
    shop = browser(world.sme)
    applications_go_every_way(walk, shop, browser(world.vendor))
    buyer = actor_of(organisation("sme", address="1-1"), "sme_owner")
    trade_walk.go(walk, world, buyer, browser(buyer), browser(world.vendor))
    people_come_and_go(walk, browser, world.vendor)
    registration_walk.go(walk, browser, administrator)
    registrations_are_reviewed(walk, browser, organisation, actor_of)
    the_secretariat_looks_in(walk, administrator, world.sme)
    the_secretariat_announces(walk, administrator)
    programme_walk.go(walk, administrator)
    a_briefing_is_booked_and_held(walk, administrator, shop)
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=vendor_id, person_id=world.sme.person_id, role="vendor_viewer"))
        db.session.commit()
    walk.post(shop, "/sign-in/organisation", {"organisation": str(vendor_id)})
    for action in ("/end", "/end-others"):
        browser(world.sme)
        walk.send(shop, "/account/sessions", action)
    with act_as(SYSTEM):
        for provider in ("one", "other"):
            identity = ExternalIdentity(provider=provider, subject="1", person_id=world.sme.person_id)
            db.session.add(identity)
        db.session.commit()
    walk.send(shop, "/account/identities", "/other/unlink")
    walk.send(shop, "/account/notices", "/account/notices", language="en")
    walk.post(shop, "/account/notices/address-works", {})
    a_mail_is_tried_again(walk, administrator)
    what_the_index_refused_is_tried_again(walk, administrator)
    somebody_is_forgotten(walk, administrator)
    duplicates_are_settled(walk, administrator, organisation)
    walk.post(shop, "/sign-out", {})

    changing = {rule.endpoint for rule in application.url_map.iter_rules() if "POST" in rule.methods}
    walked = set(walk.seen) | NOTHING_LASTING
    assert changing == walked, f"not walked: {changing - walked}; not there: {walked - changing}"
    with act_as(SYSTEM):
        assert list(verify()) == []
    every_letter_can_be_read(walk)
    with application.test_request_context():
        wrong = told_raw()
        assert not wrong, sorted(wrong)
    sync.synchronise()
    assert sync.verify() == []


def test_no_form_changes_anything_by_get(application):
    """What can be asked for by GET is safe to ask for twice: no endpoint answers to both without being two."""
    for rule in application.url_map.iter_rules():
        assert not ({"GET", "POST"} <= rule.methods), rule.endpoint
        assert rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"}, rule.endpoint
