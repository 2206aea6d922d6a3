"""The vendor's side in the browser, and the secretariat's look at it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from grants import build, open_window

from tenants import clock

FORM = {
    "representative_name": "山田 太郎",
    "address": "東京都千代田区丸の内1-1",
    "phone": "03-1234-5678",
    "purpose": "予約の電話で手が止まる",
    "expected_effect": "予約の受付が自動になる",
}


@pytest.fixture
def world(organisation, actor_of):
    return build(organisation, actor_of, now=True)


@pytest.fixture
def browser(client, world):
    return client.act_as(world.vendor)


@pytest.fixture
def form():
    return FORM | {"introduction_planned_on": (clock.today() + timedelta(days=90)).isoformat()}


def version_of(page) -> str:
    found = re.search(r'name="version" value="(\d+)"', page.text)
    assert found
    return found[1]


def take(world, step, application_id):
    world.take(step, application_id, clock.now())


def reach(world, *steps):
    application_id = world.start(clock.now())
    for step in steps:
        take(world, step, application_id)
    return application_id


def test_an_empty_board_says_what_will_come(browser):
    page = browser.get("/vendor/applications")
    assert "依頼はまだありません" in page.text


def test_home_says_what_waits_for_an_answer(browser, world):
    assert "いま急ぐことはありません" in browser.get("/vendor/").text
    application_id = reach(world)
    home = browser.get("/vendor/").text
    assert "交付申請：依頼に返事をしてください（1件）" in home
    assert "#step-draft" in home
    assert "いま急ぐことはありません" not in home
    take(world, "accept", application_id)
    assert "交付申請：申請内容を準備してください（1件）" in browser.get("/vendor/").text


def test_the_way_of_a_vendor(browser, world, form):
    application_id = reach(world)
    address = f"/vendor/applications/{application_id}"
    board = browser.get("/vendor/applications")
    assert "依頼に返事をしてください" in board.text
    assert "あと20日" in board.text
    page = browser.get(address)
    answer = browser.post_form(f"{address}/accept", {"version": version_of(page)})
    assert answer.location == f"{address}/prepare"
    page = browser.get(answer.location)
    assert browser.post_form(answer.location, form | {"version": version_of(page)}).status_code == 302
    assert "事業者の確認を待っています" in browser.get(address).text
    take(world, "confirm", application_id)
    page = browser.get(address)
    assert "事務局に提出してください" in page.text
    assert browser.post_form(f"{address}/submit", {"version": version_of(page)}).status_code == 302
    assert "提出済み" in browser.get(address).text
    assert browser.get(f"{address}/prepare").status_code == 409


def test_the_vendor_sees_only_the_applications_figures(browser, world):
    application_id = reach(world, "accept")
    for path in ("", "/prepare"):
        page = browser.get(f"/vendor/applications/{application_id}{path}")
        assert page.status_code == 200
        assert "3,000,000" not in page.text
        assert "8人" not in page.text
    page = browser.get(f"/vendor/applications/{application_id}")
    assert "飲食店" in page.text
    assert "表示されません" in page.text


def test_declining_needs_a_reason(browser, world):
    address = f"/vendor/applications/{reach(world)}"
    version = version_of(browser.get(address))
    page = browser.post_form(f"{address}/decline", {"version": version, "reason": ""})
    assert page.status_code == 422
    assert 'id="f-reason-error"' in page.text
    form = {"version": version, "reason": "今月は手が足りません"}
    assert browser.post_form(f"{address}/decline", form).status_code == 302
    assert "今月は手が足りません" in browser.get(address).text
    assert "辞退されました（1件）" in browser.get("/vendor/applications").text


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"representative_name": " "}, "representative_name"),
        ({"address": "あ" * 201}, "address"),
        ({"phone": "電話なし"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"purpose": "あ" * 2001}, "purpose"),
        ({"expected_effect": ""}, "expected_effect"),
        ({"introduction_planned_on": "来月"}, "introduction_planned_on"),
        ({"introduction_planned_on": "2026-02-30"}, "introduction_planned_on"),
        ({"introduction_planned_on": "2020-01-01"}, "introduction_planned_on"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_all_is_kept(browser, world, form, changes, field):
    application_id = reach(world, "accept")
    address = f"/vendor/applications/{application_id}/prepare"
    sent = form | changes | {"version": version_of(browser.get(address))}
    page = browser.post_form(address, sent)
    assert page.status_code == 422
    assert f'id="f-{field}-error"' in page.text
    for name in form:
        assert sent[name] in page.text
    assert world.view(application_id).card.state.code == "accepted"


def test_changing_a_confirmed_text_says_before_that_it_voids_the_confirmation(browser, world, form):
    application_id = reach(world, "accept", "prepare", "confirm")
    address = f"/vendor/applications/{application_id}/prepare"
    page = browser.get(address)
    assert "その確認は無効になり" in page.text
    sent = form | {"purpose": "別の目的", "version": version_of(page)}
    assert browser.post_form(address, sent).status_code == 302
    view = world.view(application_id)
    assert view.card.state.code == "prepared"
    assert view.confirmed_at is None


def test_the_second_of_two_editors_sees_both_texts_and_loses_nothing(browser, world, form):
    application_id = reach(world, "accept")
    address = f"/vendor/applications/{application_id}/prepare"
    stale = version_of(browser.get(address))
    take(world, "prepare", application_id)
    page = browser.post_form(address, form | {"purpose": "わたしの目的", "version": stale})
    assert page.status_code == 409
    assert "ほかの人が先に内容を変えています" in page.text
    assert "<ins>わたしの目的</ins>" in page.text
    assert "<del>予約の電話で手が止まる</del>" in page.text
    again = form | {"purpose": "わたしの目的", "version": version_of(page)}
    assert browser.post_form(address, again).status_code == 302


def test_a_stale_form_on_a_finished_application_is_refused(browser, world, form):
    application_id = reach(world, "accept")
    stale = str(world.version(application_id))
    take(world, "withdraw", application_id)
    answer = browser.post_form(f"/vendor/applications/{application_id}/prepare", form | {"version": stale})
    assert answer.status_code == 409


def test_a_correction_that_was_asked_for_stands_on_the_form(browser, world):
    application_id = reach(world, "accept", "prepare", "ask_correction")
    for path in ("", "/prepare"):
        page = browser.get(f"/vendor/applications/{application_id}{path}")
        assert "番地が違う" in page.text


def test_after_the_deadline_it_is_not_submitted(browser, world):
    application_id = reach(world, "accept", "prepare", "confirm")
    address = f"/vendor/applications/{application_id}"
    version = version_of(browser.get(address))
    now = clock.now()
    open_window(now - timedelta(days=9), now - timedelta(days=1))
    page = browser.get(address)
    assert "提出されないまま締め切られました" in page.text
    assert "事務局に提出する" not in page.text
    answer = browser.post_form(f"{address}/submit", {"version": version})
    assert answer.status_code == 409
    assert "受付期間" in answer.text


def test_another_vendor_finds_neither_page_nor_button(client, world, organisation, actor_of, form):
    address = f"/vendor/applications/{reach(world)}"
    stranger = client.act_as(actor_of(organisation("vendor"), "vendor_owner"))
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/prepare").status_code == 404
    for step in ("accept", "decline", "prepare", "submit"):
        answer = stranger.post_form(f"{address}/{step}", form | {"version": "1", "reason": "x"})
        assert answer.status_code == 404


@pytest.mark.parametrize("role", ["vendor_viewer", "vendor_editor"])
def test_who_may_only_look_sees_no_buttons(client, world, actor_of, role):
    address = f"/vendor/applications/{reach(world)}"
    viewer = client.act_as(actor_of(world.vendor.organisation_id, role))
    page = viewer.get(address)
    assert page.status_code == 200
    assert "依頼を受ける" not in page.text
    assert viewer.post_form(f"{address}/accept", {"version": "1"}).status_code == 403


def test_the_list_of_one_step(browser, world):
    reach(world, "accept")
    page = browser.get("/vendor/applications?state=accepted")
    assert "食堂ひまわり" in page.text
    assert "この段階の申請はありません" in browser.get("/vendor/applications?state=draft").text
    assert browser.get("/vendor/applications?state=nothing").status_code == 404


def test_the_secretariat_reads_all_of_it(client, world, organisation, actor_of):
    application_id = reach(world, "accept", "prepare", "confirm", "submit")
    officer = client.act_as(actor_of(organisation("secretariat"), "secretariat_reviewer"))
    page = officer.get("/secretariat/applications?state=submitted")
    assert "食堂ひまわり" in page.text
    assert "この状態の申請はありません" in officer.get("/secretariat/applications?state=draft").text
    page = officer.get(f"/secretariat/applications/{application_id}")
    assert "3,000,000円" in page.text
    assert "8人" in page.text
    assert "予約の電話で手が止まる" in page.text
    assert "<form" not in re.sub(r"<header.*?</header>", "", page.text, flags=re.DOTALL)
    assert officer.get("/secretariat/applications?page=99").status_code == 200
    assert officer.get(f"/my/applications/{application_id}").status_code == 403
