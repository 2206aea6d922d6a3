"""Every changing route of vendor registration, walked through with its real form."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import registrations as world
from pages import PageClient
from walking import Walk

from marketplace.registration.form import DECLARATIONS
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.models import Person

COMPANY = {"prefecture": "東京都", "address": "千代田区8-8"}
MULTIPART = {"content_type": "multipart/form-data"}


def go(walk: Walk, browser: Callable[[Actor], PageClient], office: PageClient) -> None:
    """A vendor applies, is returned and passed on; another one withdraws; a third one came on paper."""
    now = clock.now()
    world.open_round(now - timedelta(days=2), now + timedelta(days=30))
    with act_as(SYSTEM):
        person = Person(name="創業 三郎", email="saburo@new.example")
        db.session.add(person)
        db.session.commit()
        newcomer = browser(Actor("public", None, person.id, name=person.name))
    _applies(walk, newcomer)
    _is_checked(walk, newcomer, office)
    other = world.vendor("ほか株式会社", "6999900500002")
    world.submitted(other)
    walk.send(browser(other), "/vendor/registration", "/withdraw", reason="やめます。")
    _came_on_paper(walk, office)


def _attach(walk: Walk, who: PageClient, papers: str, kind: str) -> None:
    file = {"file": (io.BytesIO(world.PDF), "書類.pdf")}
    walk.post(who, f"{papers}/{kind}/attach", file, **MULTIPART)


def _sections(walk: Walk, who: PageClient, base: str, *, leave_out: tuple[str, ...] = ()) -> None:
    for section, typed in world.ANSWERS.items():
        if section not in leave_out:
            walk.post(who, f"{base}/sections/{section}", {**typed, "version": "0", "go": "stop"})


def _applies(walk: Walk, newcomer: PageClient) -> None:
    walk.send(
        newcomer,
        "/vendor/apply",
        "/vendor/apply",
        name="新規株式会社",
        corporate_number="7999900500001",
        **COMPANY,
    )
    base = "/vendor/registration"
    walk.send(newcomer, base, "/registration/start")
    _sections(walk, newcomer, base)
    _attach(walk, newcomer, f"{base}/papers", "tax")
    walk.send(newcomer, f"{base}/papers", "/remove")
    for kind in ("tax", "certificate"):
        _attach(walk, newcomer, f"{base}/papers", kind)
    walk.send(newcomer, f"{base}/check", "/registration/submit")


def _is_checked(walk: Walk, newcomer: PageClient, office: PageClient) -> None:
    listed = office.get("/secretariat/registrations?q=新規株式会社").text
    page = re.search(r'href="(/secretariat/registrations/[0-9a-f-]{36})"', listed)[1]  # type: ignore[index]
    walk.send(office, page, "/return", **{"reason-company": "資本金を確かめてください。"})
    day = clock.today() + timedelta(days=30)
    walk.send(office, page, "/deadline", day=day.isoformat(), reason="証明書の発行待ち")
    walk.send(newcomer, "/vendor/registration/check", "/registration/submit")
    walk.send(office, page, "/pass")


def _came_on_paper(walk: Walk, office: PageClient) -> None:
    new = "/secretariat/registrations/new"
    made = walk.send(
        office,
        new,
        new,
        name="書面株式会社",
        corporate_number="5999900500003",
        paper_received_on=clock.today().isoformat(),
        **COMPANY | {"address": "書面の町1-1"},
    ).location
    _sections(walk, office, made, leave_out=(DECLARATIONS,))
    _attach(walk, office, f"{made}/papers", "other")
    walk.send(office, f"{made}/papers", "/remove")
    for kind in ("tax", "certificate", "scan"):
        _attach(walk, office, f"{made}/papers", kind)
    walk.send(office, made, "/invite-owner", email="owner@paper.example")
    walk.send(office, made, "/receive")
    walk.send(office, made, "/withdraw", reason="書面で取り下げの申し出がありました。")
