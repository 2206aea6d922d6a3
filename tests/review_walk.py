"""The committee's pages walked through with their real forms, by members, the secretariat and the vendor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import registrations
import reviews
from pages import PageClient
from walking import Walk

from marketplace.registration.steps import fiscal_year_of
from tenants import clock
from tenants.actor import Actor


def registrations_are_reviewed(
    walk: Walk,
    browser: Callable[..., PageClient],
    organisation: Callable[..., Any],
    actor_of: Callable[..., Actor],
) -> None:
    """One goes to adoption by way of an appeal; its vendor is suspended, reinstated, and begins its renewal."""
    review = reviews.build(organisation, actor_of, corporate_number="3180301018769")
    office, vendor = browser(review.office), browser(review.vendor)
    page = f"/secretariat/registrations/{review.registration_id}/review"
    members = [browser(member) for member in review.members]
    _relations(walk, members[0])
    walk.send(office, page, "/assign", members=[str(each.person_id) for each in review.members[:3]])
    places = [f"/committee/assignments/{review.assignment(each).id}" for each in review.members[:3]]
    walk.send(members[0], places[0], "/declare", conflict="conflict", note="妻の勤め先です。")
    walk.send(office, page, f"/release/{review.assignment(review.members[2]).id}", reason="辞退のため")
    walk.send(office, page, "/assign", members=[str(review.members[3].person_id)])
    for number in (1, 3):
        _score(walk, members[number], f"/committee/assignments/{review.assignment(review.members[number]).id}")
    walk.send(members[1], places[1], "/remarks", words="実績を高く評価します。")
    walk.send(members[1], places[1], "/revise", criterion="support", points="5", reason="議論を受けて")
    walk.send(office, page, "/remarks", words="確認しました。")
    walk.send(office, page, "/decide", decision="reject", reason="体制が不十分なため")
    walk.send(vendor, "/vendor/registration/appeal", "/appeal", reason="資料を補います。")
    walk.send(office, page, "/dismiss", reason="新しい事実がないため")

    review = reviews.build(organisation, actor_of, corporate_number="5180301018776")
    office, vendor = browser(review.office), browser(review.vendor)
    review.all_in()
    page = f"/secretariat/registrations/{review.registration_id}/review"
    walk.send(office, page, "/decide", decision="adopt", reason="基準を満たすため")
    walk.send(office, "/secretariat/adoptions", "/adoptions", chosen=[str(review.registration_id)])
    standing = f"/secretariat/vendors/{review.vendor.organisation_id}/standing"
    walk.send(office, standing, "/suspend", reason="報告の遅れのため")
    walk.send(office, standing, "/reinstate", reason="報告が提出されたため")
    reviews.open_registrations()
    of_last_year = organisation("vendor", registered_on=clock.today() - timedelta(days=400))
    registrations.adopted_before(of_last_year, fiscal_year=fiscal_year_of(clock.today()) - 1)
    renewing = browser(actor_of(of_last_year, "vendor_owner"))
    walk.send(renewing, "/vendor/renewal", "/renewal")
    walk.send(renewing, "/vendor/registration", "/sections/company/confirm")


def _relations(walk: Walk, member: PageClient) -> None:
    page = "/committee/relations"
    walk.send(member, page, "/relations", kind="employer", name="みなと大学", number="", note="")
    walk.send(member, page, "/remove")


def _score(walk: Walk, member: PageClient, place: str) -> None:
    walk.send(member, place, "/declare", conflict="none")
    sheet = {f"points-{code}": "4" for code in reviews.CRITERIA}
    sheet |= {f"comment-{code}": "資料のとおりです。" for code in reviews.CRITERIA}
    walk.send(member, place, "/scores", **sheet)
    walk.send(member, place, "/scores", **sheet, then="submit")
