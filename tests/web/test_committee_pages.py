"""The committee's pages, the secretariat's beside them, and what the public and the vendor see of it."""

from __future__ import annotations

import re
import threading

import grants
import published
import pytest
import reviews
from sqlalchemy import select

from catalogue.models import LivePublication, Package
from marketplace.registration import standing
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.models import Organisation


@pytest.fixture
def review(services, organisation, actor_of) -> reviews.Review:
    return reviews.build(organisation, actor_of)


def test_the_sheet_saves_by_itself_and_without_script(review, browser):
    review.assign()
    member = review.members[0]
    review.declare(member)
    place = f"/committee/assignments/{review.assignment(member).id}"
    page = browser(member)
    sheet = {"comment-support": "窓口があります。", "points-support": "4", "version": "2"}
    answer = page.post_form(f"{place}/scores", sheet, headers={"HX-Request": "true"})
    assert (answer.status_code, "保存しました" in answer.text) == (200, True)
    wrong = page.post_form(f"{place}/scores", sheet | {"points-support": "9"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert "1から5" in wrong.text
    kept = page.post_form(f"{place}/scores", sheet | {"comment-capability": "実績は3件です。"})
    assert kept.status_code == 302
    html = page.get(place).text
    assert re.search(r'name="points-support" value="4" checked', html)
    assert "実績は3件です。" in html
    refused = page.post_form(f"{place}/scores", sheet | {"then": "submit", "comment-soundness": "黒字です。"})
    assert refused.status_code == 422
    assert "生産性向上の見込み" in refused.text
    assert "黒字です。" in page.get(place).text, "what was typed is kept though it is not handed in"


def test_papers_stand_beside_the_sheet_only_after_the_declaration(review, browser):
    review.assign()
    member = review.members[0]
    place = f"/committee/assignments/{review.assignment(member).id}"
    page = browser(member)
    assert "青葉 一郎" not in page.get(place).text
    review.declare(member)
    html = page.get(place).text
    assert "青葉 一郎" in html
    assert "担当者の連絡先" not in html


def test_the_secretariat_sees_progress_and_no_mark_until_all_are_in(review, browser):
    review.assign()
    review.finish(review.members[0], (5, 5, 5, 5))
    page = f"/secretariat/registrations/{review.registration_id}/review"
    office = browser(review.office)
    html = office.get(page).text
    assert "採点を提出済み" in html
    assert "全員の評価" not in html
    review.finish(review.members[1], (2, 5, 5, 5))
    html = office.get(page).text
    assert "開きが大きい" in html
    assert "4.55" in html
    assert "91/20" in html


def test_another_member_s_address_does_not_exist(review, browser):
    review.assign()
    place = f"/committee/assignments/{review.assignment(review.members[0]).id}"
    other = browser(review.members[1])
    assert other.get(place).status_code == 404
    assert other.post_form(f"{place}/scores", {"comment-support": "x"}).status_code == 404
    assert other.post_form(f"{place}/declare", {"conflict": "none", "version": "1"}).status_code == 404


def test_an_old_version_of_the_decision_is_told_so(review, browser):
    review.all_in()
    page = f"/secretariat/registrations/{review.registration_id}/review"
    form = {"decision": "adopt", "reason": "よい", "version": "99"}
    assert browser(review.office).post_form(f"{page}/decide", form).status_code == 409
    assert browser(review.office).post_form(f"{page}/decide", {"version": "1", "reason": "x"}).status_code == 422


def test_the_vendor_reads_the_decision_and_no_mark_and_no_member(review, browser):
    review.all_in((5, 2, 4, 3))
    review.decide(adopt=False, reason="体制の説明が足りないため")
    vendor = browser(review.vendor)
    for path in ("/vendor/registration", "/vendor/registration/appeal", "/vendor/renewal"):
        html = vendor.get(path).text
        assert not [member.name for member in review.members if member.name in html], path
    assert "体制の説明が足りないため" in vendor.get("/vendor/registration/appeal").text


def test_an_appeal_s_reason_stands_where_it_is_decided_and_only_its_own_way_is_offered(review, browser):
    review.all_in((5, 2, 4, 3))
    review.decide(adopt=False, reason="体制の説明が足りないため")
    vendor = browser(review.vendor)
    form = {"reason": "資料の3ページに体制があります", "version": str(review.row().version)}
    assert vendor.post_form("/vendor/registration/appeal", form).status_code == 302
    office = browser(review.office)
    page = f"/secretariat/registrations/{review.registration_id}"
    assert "資料の3ページに体制があります" in office.get(f"{page}/review").text
    html = office.get(page).text
    assert html.count("資料の3ページに体制があります") == 2, "above all, and in the history"
    assert html.count(f'href="{page}/review"') == 2, "beside the reason, and below"
    assert f"{page}/pass" not in html
    answer = office.post_form(f"{page}/pass", {"version": str(review.row().version)})
    assert answer.status_code == 409
    assert "ほかの委員を選んで" in answer.text
    assert review.row().state == "appealed"


def test_a_suspended_vendor_s_public_pages_say_so(index, organisation, actor_of, browser):
    published.publish(packages=3, vendors=1)
    with act_as(SYSTEM):
        key, vendor_id = db.session.execute(
            select(LivePublication.public_key, LivePublication.organisation_id).where(
                LivePublication.kind == "package"
            )
        ).first()
        number = db.session.scalar(select(Organisation.corporate_number).where(Organisation.id == vendor_id))
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    page = browser()
    assert page.get(f"/vendors/{number}").status_code == 200
    with act_as(office):
        standing.suspend(vendor_id, reason="内部の理由", read_version=reviews.version_of(vendor_id))
    for path in (f"/vendors/{number}", f"/packages/{key}"):
        answer = page.get(path)
        assert answer.status_code == 410, path
        assert "停止" in answer.text
        assert "内部の理由" not in answer.text
    with act_as(office):
        standing.reinstate(vendor_id, reason="解除", read_version=reviews.version_of(vendor_id))
    assert page.get(f"/packages/{key}").status_code == 200


def test_of_two_administrators_who_press_at_once_the_later_sees_both(services, organisation, actor_of, browser):
    """Each opened the page while the vendor stood; one decision is taken, the other is shown beside it."""
    secretariat, vendor = organisation("secretariat"), organisation("vendor", name="ふたば情報")
    page = f"/secretariat/vendors/{vendor}/standing"
    desks = [browser(actor_of(secretariat, "secretariat_administrator")) for _ in range(2)]
    seen = desks[0].get(page).text
    version = re.search(r'name="version" value="(\d+)"', seen).group(1)
    presses = [
        (desk, f"{page}/{step}", {"csrf_token": desk.csrf_token(), "reason": reason, "version": version})
        for desk, step, reason in zip(desks, ("suspend", "revoke"), ("報告の遅れ", "虚偽の申請"), strict=True)
    ]
    gate, answers = threading.Barrier(2), {}

    def press(desk, path, data):
        gate.wait()
        answers[path] = desk.post(path, data=data)

    threads = [threading.Thread(target=press, args=each) for each in presses]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    stale = next(answer.text for answer in answers.values() if answer.status_code == 409)
    assert "あなたが開いたあとに更新されています" in stale
    assert "報告の遅れ" in stale
    assert "虚偽の申請" in stale
    with act_as(SYSTEM):
        assert [case.ended_at for case in standing.cases(vendor)] == [None]
    # Nor does the loser's page, pressed again, decide on what it did not see.
    assert {desk.post(path, data=data).status_code for desk, path, data in presses} == {409}


def test_a_stopped_application_says_so_to_both_parties_and_the_secretariat(
    services, organisation, actor_of, browser
):
    world = grants.build(organisation, actor_of, now=True)
    with act_as(world.sme):
        publication = grants.services.live_package(grants.CODE)
        application = grants.services.start(grants.CODE, publication_id=publication.id)
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    with act_as(SYSTEM):
        db.session.add(
            Package(
                id=world.listing_id,
                organisation_id=world.vendor_id,
                code=grants.CODE,
                name="予約のパック",
                industries=["all"],
                cloud_months=0,
                state="published",
            )
        )
        db.session.commit()
    with act_as(office):
        standing.suspend(world.vendor_id, reason="確認のため", read_version=reviews.version_of(world.vendor_id))
    pages = ((world.sme, "/my"), (world.vendor, "/vendor"), (office, "/secretariat"))
    for who, place in pages:
        assert "この申請は、いま進められません" in browser(who).get(f"{place}/applications/{application}").text
    with act_as(office):
        standing.reinstate(world.vendor_id, reason="解除", read_version=reviews.version_of(world.vendor_id))
    for who, place in pages:
        assert "この申請は、いま進められません" not in browser(who).get(f"{place}/applications/{application}").text


def test_whoever_declares_without_choosing_is_told_what_to_choose(review, browser):
    review.assign()
    member = review.members[0]
    place = f"/committee/assignments/{review.assignment(member).id}/declare"
    page = browser(member).post_form(place, {"note": "書きかけ", "version": "1"})
    assert page.status_code == 422
    assert "利害関係があるかどうかが選ばれていません" in page.text
    assert 'aria-describedby="f-conflict-error"' in page.text
    assert "書きかけ" in page.text
