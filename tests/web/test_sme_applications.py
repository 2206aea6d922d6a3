"""The business's applications in the browser: exactly what is frozen, exactly what is confirmed."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from grants import CODE, build, by, open_window, package, prepared

from marketplace import rounds
from marketplace.applications import queries, services
from tenants import clock


@pytest.fixture
def world(organisation, actor_of):
    return build(organisation, actor_of, now=True)


@pytest.fixture
def browser(client, world):
    return client.act_as(world.sme)


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', html)
    assert found, f"no hidden {name}"
    return found[1]


def start(browser) -> str:
    page = browser.get(f"/my/applications/start/{CODE}")
    answer = browser.post_form(page.request.path, {"publication": hidden(page.text, "publication")})
    assert answer.status_code == 302
    return answer.location


def take(world, step, application_id):
    world.take(step, application_id, clock.now())


def assert_outlay(html: str, payer: str = "") -> None:
    """The money of the package: tax apart, what is paid and comes back with tax and when, later and three years."""
    words = re.sub(r"<[^>]*>|\s", "", html)
    for expected in (
        "消費税（10%）70,000円は別にかかり",
        f"{payer}ベンダーに支払ううち消費税70,000円−770,000円",
        "完了報告と確定通知のあと",
        f"{payer}補助金を受け取る＋400,000円ここまでの負担370,000円",
        f"2年目から毎年{payer}ベンダーに支払う−66,000円",
        "60,000円／年",
        "3年間の合計（自己負担＋2年分）：420,000円（税抜）",
    ):
        assert expected in words


def test_the_money_of_an_application_is_what_was_frozen(browser, client, world, organisation, actor_of):
    address = start(browser)
    application_id = uuid.UUID(address.rsplit("/", 1)[1])
    world.publish(package(price=900_000, second_year_yen=999_999))
    assert_outlay(browser.get(address).text)
    client.act_as(world.vendor)
    assert_outlay(client.get(f"/vendor/applications/{application_id}").text, "事業者が")
    client.act_as(actor_of(organisation("secretariat"), "secretariat_administrator"))
    assert_outlay(client.get(f"/secretariat/applications/{application_id}").text, "事業者が")


def test_the_start_page_shows_what_will_be_frozen(browser, world):
    page = browser.get(f"/my/applications/start/{CODE}")
    assert page.status_code == 200
    for words in (
        "予約とレジと会計のパック",
        "さくらシステム株式会社",
        "2017 第3版",
        "第二次",
        "あと20日",
    ):
        assert words in page.text
    assert_outlay(page.text)
    for words in ("予約台帳", "タブレット", "ハードウエアは対象外です", "概要 補助対象費目"):
        assert words in page.text
    own = re.search(r'amount--xl">([\d,]+)', page.text)
    assert own
    assert own[1] == "300,000"
    assert page.text.count("amount--xl") == 1


def test_the_way_of_a_business(browser, world):
    address = start(browser)
    page = browser.get(address)
    assert "ベンダーの返事を待っています" in page.text
    application_id = uuid.UUID(address.rsplit("/", 1)[1])
    take(world, "accept", application_id)
    take(world, "prepare", application_id)
    assert "申請内容を確認してください" in browser.get("/my").text
    page = browser.get(address)
    assert "予約の電話で手が止まる" in page.text
    assert "はじめて届いた内容です" in page.text
    form = {"version": hidden(page.text, "version"), "hash": hidden(page.text, "hash")}
    assert browser.post_form(f"{address}/confirm", form).status_code == 302
    assert "ベンダーが事務局に提出します" in browser.get(address).text
    again = browser.post_form(f"{address}/confirm", form)
    assert again.status_code == 409
    take(world, "submit", application_id)
    page = browser.get(address)
    assert "事務局の審査を待っています" in page.text
    assert "申請をやめる" not in page.text


def test_a_change_after_confirming_is_shown_beside_the_text(browser, world):
    application_id = uuid.UUID(start(browser).rsplit("/", 1)[1])
    for step in ("accept", "prepare", "confirm"):
        take(world, step, application_id)
    before = world.view(application_id)
    with by(world.vendor, clock.now()):
        services.prepare(application_id, prepared(purpose="仕入れを減らす"), read_version=before.version)
    page = browser.get(f"/my/applications/{application_id}")
    assert "前にあなたが確認した内容" in page.text
    assert "<del>予約の電話で手が止まる</del>" in page.text
    assert "<ins>仕入れを減らす</ins>" in page.text
    old = {"version": hidden(page.text, "version"), "hash": before.document_hash}
    assert browser.post_form(f"/my/applications/{application_id}/confirm", old).status_code == 409
    assert world.view(application_id).card.state.code == "prepared"


def test_asking_for_a_correction_needs_words(browser, world):
    address = start(browser)
    application_id = uuid.UUID(address.rsplit("/", 1)[1])
    for step in ("accept", "prepare"):
        take(world, step, application_id)
    version = str(world.version(application_id))
    page = browser.post_form(f"{address}/correction", {"version": version, "correction_reason": " "})
    assert page.status_code == 422
    assert 'id="f-correction_reason-error"' in page.text
    form = {"version": version, "correction_reason": "番地は1-2-3です"}
    assert browser.post_form(f"{address}/correction", form).status_code == 302
    page = browser.get(address)
    assert "番地は1-2-3です" in page.text
    assert "ベンダーが申請内容を準備しています" in page.text


def test_withdrawing_with_a_reason_and_choosing_again(browser, world):
    address = start(browser)
    page = browser.get(f"/my/applications/start/{CODE}")
    assert "すでに手続き中の申請があります" in page.text
    assert 'name="publication"' not in page.text
    version = hidden(browser.get(address).text, "version")
    long = {"version": version, "withdraw_reason": "あ" * 1001}
    page = browser.post_form(f"{address}/withdraw", long)
    assert page.status_code == 422
    assert "あ" * 1001 in page.text
    assert browser.post_form(f"{address}/withdraw", long | {"withdraw_reason": "やめます"}).status_code == 302
    assert "申請を取り下げました" in browser.get(address).text
    assert start(browser) != address


def test_a_declined_request_says_why(browser, world):
    address = start(browser)
    take(world, "decline", uuid.UUID(address.rsplit("/", 1)[1]))
    page = browser.get(address)
    assert "手が足りません" in page.text
    assert "ほかのITツールを選べます" in page.text


def test_outside_the_window_there_are_dates_instead_of_a_button(browser, world):
    now = clock.now()
    open_window(now + timedelta(days=5), now + timedelta(days=30))
    page = browser.get(f"/my/applications/start/{CODE}")
    assert page.status_code == 200
    assert "いまは交付申請の受付期間ではありません" in page.text
    assert 'name="publication"' not in page.text
    assert "次の受付" in page.text
    live = world.publish()
    answer = browser.post_form(f"/my/applications/start/{CODE}", {"publication": str(live)})
    assert answer.status_code == 409
    assert "受付期間" in answer.text
    open_window(now - timedelta(days=30), now - timedelta(days=1))
    closed = browser.get(f"/my/applications/start/{CODE}").text
    assert "まだ決まっていません" in closed
    assert "終了した受付：" in closed


def test_a_missed_round_is_said(browser, world):
    address = start(browser)
    now = clock.now()
    open_window(now - timedelta(days=30), now - timedelta(days=1))
    assert "提出されないまま締め切られました" in browser.get(address).text
    assert browser.get("/my").status_code == 200


def test_a_newer_version_is_not_chosen_unseen(browser, world):
    page = browser.get(f"/my/applications/start/{CODE}")
    seen = hidden(page.text, "publication")
    world.publish(package(price=700_000))
    answer = browser.post_form(f"/my/applications/start/{CODE}", {"publication": seen})
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (package(price=200_000), "下限"),
        (package(restricted=True, industries=["construction"]), "決められた業種だけ"),
    ],
)
def test_what_stands_in_the_way_is_said_with_the_figures(browser, world, content, words):
    live = world.publish(content)
    page = browser.get(f"/my/applications/start/{CODE}")
    assert page.status_code == 200
    assert words in page.text
    assert 'name="publication"' not in page.text
    refused = browser.post_form(f"/my/applications/start/{CODE}", {"publication": str(live)})
    assert refused.status_code == 422
    assert words in refused.text


def test_without_facts_the_way_leads_through_them(client, world, organisation, actor_of):
    browser = client.act_as(actor_of(organisation("sme"), "sme_owner"))
    page = browser.get(f"/my/applications/start/{CODE}")
    assert "先に、事業者の情報を入力してください" in page.text
    assert f"/my/profile?package={CODE}" in page.text


def test_an_unknown_package_and_a_broken_form(browser, world):
    assert browser.get("/my/applications/start/NOTHING").status_code == 404
    assert browser.post_form(f"/my/applications/start/{CODE}", {"publication": "x"}).status_code == 422
    address = start(browser)
    assert browser.post_form(f"{address}/withdraw", {"withdraw_reason": "x"}).status_code == 422
    assert browser.post(f"{address}/withdraw", data={"version": "1"}).status_code == 400


def test_lists_have_pages_and_no_query_for_each_row(browser, world, app):
    for _ in range(3):
        take(world, "withdraw", world.start(clock.now()))
    page = browser.get("/my/applications")
    assert page.text.count("申請番号") == 3
    assert browser.get("/my/applications?state=withdrawn&page=2").status_code == 200
    assert browser.get("/my/applications?page=zzz").status_code == 200
    assert browser.get("/my/applications?state=nothing").status_code == 404


def test_another_business_finds_neither_page_nor_button(client, world, organisation, actor_of):
    application_id = world.start(clock.now())
    stranger = client.act_as(actor_of(organisation("sme"), "sme_owner"))
    assert stranger.get(f"/my/applications/{application_id}").status_code == 404
    for step in ("confirm", "correction", "withdraw"):
        form = {"version": "1", "hash": "0", "correction_reason": "x", "withdraw_reason": "x"}
        assert stranger.post_form(f"/my/applications/{application_id}/{step}", form).status_code == 404


def test_a_member_sees_but_does_not_act(client, world, actor_of):
    application_id = world.start(clock.now())
    member = client.act_as(actor_of(world.sme.organisation_id, "sme_member"))
    page = member.get(f"/my/applications/{application_id}")
    assert page.status_code == 200
    assert "取り下げる" not in page.text
    assert member.post_form(f"/my/applications/{application_id}/withdraw", {"version": "1"}).status_code == 403
    assert member.get(f"/my/applications/start/{CODE}").status_code == 403


def test_in_english_the_frozen_words_are_english(browser, world):
    address = start(browser)
    page = browser.get(f"{address}?lang=en")
    assert "Hardware does not count" in page.text
    assert "Waiting for the vendor&#39;s answer" in page.text
    with by(world.sme):
        assert queries.application(uuid.UUID(address.rsplit("/", 1)[1])).estimate["english"]["lines"]


def test_a_deadline_is_not_moved_before_applications_under_way_unawares(browser, world, office, client):
    start(browser)
    administrator = client.application.test_client().act_as(office("administrator"))
    address = f"/secretariat/rounds/{rounds.open_round('grant_application').id}"
    page = administrator.get(address).text
    assert 'name="confirmed"' not in page
    local = clock.now().astimezone(clock.JAPAN)
    dates = {"opens_at": f"{local - timedelta(days=9):%Y-%m-%dT%H:%M:%S}", "version": hidden(page, "version")}
    sooner = dates | {"closes_at": f"{local + timedelta(days=1):%Y-%m-%dT%H:%M:%S}"}
    warned = administrator.post_form(address, sooner)
    assert warned.status_code == 422
    assert "1件の申請を提出できる期間が短く" in warned.text
    past = dates | {"closes_at": f"{local - timedelta(days=1):%Y-%m-%dT%H:%M:%S}"}
    refused = administrator.post_form(address, past)
    assert refused.status_code == 422
    assert "1件の申請を提出できなくなります" in refused.text
    assert f'value="{past["closes_at"]}"' in refused.text
    assert rounds.open_round("grant_application") is not None, "nothing was changed"
    assert administrator.post_form(address, past | {"confirmed": "1"}).status_code == 302
    assert rounds.open_round("grant_application") is None


def test_the_mirasapo_id_is_given_where_the_application_is_started(client, organisation, actor_of):
    browser = client.act_as(build(organisation, actor_of, now=True, mirasapo_id="").sme)
    assert "まだ入力されていません" in browser.get("/my/profile").text
    page = browser.get(f"/my/applications/start/{CODE}")
    form = {"publication": hidden(page.text, "publication")}
    refused = browser.post_form(page.request.path, form)
    assert refused.status_code == 422
    assert "この年度の交付申請には、ミラサポIDが必要です" in refused.text
    assert 'href="#f-mirasapo_id"' in refused.text
    assert "この内容では申請できません" not in refused.text
    wrong = browser.post_form(page.request.path, {**form, "mirasapo_id": "はなこ"})
    assert wrong.status_code == 422
    assert "ミラサポIDの形が正しくありません" in wrong.text
    assert 'value="はなこ"' in wrong.text
    made = browser.post_form(page.request.path, {**form, "mirasapo_id": "hanako_01"})
    assert made.status_code == 302
    assert "hanako_01" in browser.get(made.location).text
    assert "hanako_01（本人の入力）" in browser.get("/my/profile").text
