"""The secretariat erases a person's data: by page and by command, with the trail still holding."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import briefings
import pytest
import registrations

from marketplace.briefings import bookings
from tenants import clock
from tenants.actor import SYSTEM, Actor
from tenants.audit import verify
from tenants.db import act_as, db
from tenants.models import Membership, Person

PEOPLE = "/secretariat/people"


@pytest.fixture
def administrator(app, organisation, actor_of) -> Actor:
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def client(app, administrator):
    made = app.test_client()
    made.act_as(administrator)
    return made


@pytest.fixture
def somebody(services) -> uuid.UUID:
    with act_as(SYSTEM):
        person = Person(name="忘却 太郎", email="taro.bokyaku@example.jp")
        db.session.add(person)
        db.session.commit()
        return person.id


def test_a_person_is_found_looked_at_and_erased(client, somebody):
    assert "該当する人はいません" not in client.get(PEOPLE).text, "nothing was asked for yet"
    assert "該当する人はいません" in client.get(f"{PEOPLE}?q=だれか").text
    found = client.get(f"{PEOPLE}?q=忘却")
    assert f"{PEOPLE}/{somebody}" in found.text
    page = client.get(f"{PEOPLE}/{somebody}")
    assert "忘却 太郎さんの個人情報" in page.text
    assert "残るもの" in page.text
    answer = client.post_form(f"{PEOPLE}/{somebody}/forget", {"reason": "asked", "reference": "A-1", "sure": "1"})
    assert (answer.status_code, answer.location) == (302, PEOPLE)
    assert client.get(f"{PEOPLE}/{somebody}").status_code == 404
    assert client.get(f"{PEOPLE}?q=忘却").text.count(str(somebody)) == 0
    assert client.post_form(f"{PEOPLE}/{somebody}/forget", {"reason": "asked", "sure": "1"}).status_code == 404
    trail = client.get("/secretariat/audit").text
    assert "本人から消去の求めがあった" in trail
    with act_as(SYSTEM):
        assert list(verify()) == []


def test_nothing_is_erased_without_a_reason_and_the_tick(client, somebody):
    for sent, told in (
        ({"reason": "asked"}, "元に戻せないことが確認されていません"),
        ({"sure": "1"}, "消去する理由が選ばれていません"),
        ({"sure": "1", "reason": "asked", "reference": "忘却 太郎"}, "受付番号の形が正しくありません"),
    ):
        answer = client.post_form(f"{PEOPLE}/{somebody}/forget", sent)
        assert answer.status_code == 422
        assert told in answer.text
    assert client.get(f"{PEOPLE}/{somebody}").status_code == 200


def test_a_member_is_told_to_leave_first(client, somebody, organisation):
    place = organisation("sme", name="食堂ひまわり")
    with act_as(SYSTEM):
        db.session.add(Membership(organisation_id=place, person_id=somebody, role="sme_owner"))
        db.session.commit()
    page = client.get(f"{PEOPLE}/{somebody}").text
    assert "まだ消去できません" in page
    assert "食堂ひまわり" in page
    assert "個人情報を消去する" not in page
    answer = client.post_form(f"{PEOPLE}/{somebody}/forget", {"reason": "asked", "sure": "1"})
    assert answer.status_code == 422
    assert "まだ組織に所属しています" in answer.text


def test_seats_of_the_forgotten_go_to_those_who_wait(client, administrator, app):
    number = briefings.announced(administrator, briefings.facts(seats=1, most_people=1))
    first, second = briefings.person("忘却 太郎"), briefings.person("待つ 花子")
    for who in (first, second):
        with act_as(who):
            bookings.book(number, name=who.name, organisation_name="忘却商店", people=1)
    sent = {"reason": "mistaken", "sure": "1"}
    assert client.post_form(f"{PEOPLE}/{first.person_id}/forget", sent).status_code == 302
    held = {row.person_id: (row.state, row.name, row.organisation_name) for row in briefings.bookings(number)}
    assert held[first.person_id] == ("cancelled", "", "")
    assert held[second.person_id] == ("booked", "待つ 花子", "忘却商店")
    assert briefings.counts(number) == (1, 0)
    assert client.get(f"/secretariat/briefings/{number}").status_code == 200


def test_people_are_erased_from_the_command_line(hojo, somebody):
    [found] = json.loads(hojo("people", "find", "忘却", "--json").stdout)
    assert found == {
        "person": str(somebody),
        "name": "忘却 太郎",
        "email": "taro.bokyaku@example.jp",
        "organisations": [],
    }
    assert str(somebody) in hojo("people", "find", "taro.bokyaku@example.jp").stdout
    shown = json.loads(hojo("people", "show", str(somebody), "--json").stdout)
    assert shown["counts"]["bookings"] == 0
    assert "本人あての通知\t0" in hojo("people", "show", str(somebody)).stdout
    assert hojo("people", "forget", str(somebody), "--reason", "asked").exit_code != 0, "it asks first"
    done = hojo("people", "forget", str(somebody), "--reason", "asked", "--yes")
    assert done.exit_code == 0
    assert "個人情報を消去しました" in done.stdout
    assert json.loads(hojo("people", "find", "忘却", "--json").stdout) == []
    again = hojo("people", "forget", str(somebody), "--reason", "asked", "--yes")
    assert again.exit_code != 0
    assert "見つかりません" in again.stderr
    assert hojo("audit", "verify").exit_code == 0


def test_a_suspected_pair_is_compared_and_settled(client, organisation):
    one, other = (organisation("sme", name="ひまわり商店", address="港区1-1") for _ in range(2))
    page = f"/secretariat/duplicates/{one}/{other}"
    assert page in client.get("/secretariat/duplicates").text
    assert "この2件は" in client.get(page).text
    for sent, told in (
        ({"reason": "電話で確かめた。"}, "確認の結果が選ばれていません"),
        ({"verdict": "different"}, "理由が短すぎる"),
        ({"verdict": f"keep-{uuid.uuid4()}", "reason": "電話で確かめた。"}, "確認の結果が選ばれていません"),
    ):
        answer = client.post_form(page, sent)
        assert answer.status_code == 422
        assert told in answer.text
    done = client.post_form(page, {"verdict": f"keep-{one}", "reason": "電話で確かめた。"})
    assert (done.status_code, done.location) == (302, "/secretariat/duplicates")
    settled = client.get(page).text
    assert "確認が済んでいます" in settled
    assert "閉鎖" in settled
    assert client.post_form(page, {"verdict": "different", "reason": "電話で確かめた。"}).status_code == 409


def test_a_vendor_and_an_applicant_are_compared_settled_listed_and_opened_again(client, organisation):
    vendor, shop = (
        organisation(kind, name=f"{kind}の名", telephone="0312345678", representative="見本 太郎")
        for kind in ("vendor", "sme")
    )
    page, across = f"/secretariat/duplicates/{vendor}/{shop}", "/secretariat/duplicates?by=across"
    assert page in client.get(across).text
    shown = client.get(page).text
    assert "同じもの：電話番号・代表者" in re.sub(r"\s+", "", shown)
    assert "0312345678" in shown
    assert "両方の登録を残します" in shown
    assert "登録を閉じると" not in shown
    for sent, told in (
        ({"reason": "電話で確かめた。"}, "確認の結果が選ばれていません"),
        ({"verdict": "same"}, "理由が短すぎる"),
    ):
        answer = client.post_form(page, sent)
        assert answer.status_code == 422
        assert told in answer.text
    assert client.post_form(page, {"verdict": f"keep-{shop}", "reason": "電話で確かめた。"}).status_code == 404
    done = client.post_form(page, {"verdict": "same", "reason": "電話で確かめた。"})
    assert (done.status_code, done.location) == (302, across)
    assert "確認していない組はありません" in client.get(across).text
    listed = client.get("/secretariat/duplicates?by=settled").text
    assert page in listed or f"/secretariat/duplicates/{shop}/{vendor}" in listed
    assert "電話で確かめた。" in listed
    settled = client.get(page).text
    assert "確認が済んでいます" in settled
    assert client.post_form(f"{page}/reopen", {"reason": ""}).status_code == 422
    again = client.post_form(f"{page}/reopen", {"reason": "別人でした。"})
    assert (again.status_code, again.location) == (302, page)
    opened = client.get(page).text
    assert "取り消した結果" in opened
    assert "別人でした。" in opened
    assert page in client.get(across).text
    assert client.post_form(f"{page}/reopen", {"reason": "別人でした。"}).status_code == 409


def test_the_lists_say_so_when_there_is_nothing(client):
    assert "確認していない組はありません" in client.get("/secretariat/duplicates?by=across").text
    assert "確認が済んだ組はまだありません" in client.get("/secretariat/duplicates?by=settled").text


def test_whoever_enters_a_paper_sees_who_is_like_it_and_goes_on(client, organisation):
    registrations.open_round(clock.now() - timedelta(days=3), clock.now() + timedelta(days=3))
    organisation("sme", name="みなと食堂", address="港区7-7")
    typed = {
        "name": "みなと会計株式会社",
        "corporate_number": "5999900500003",
        "prefecture": "東京都",
        "address": "港区七丁目7",
        "paper_received_on": clock.today().isoformat(),
    }
    new = "/secretariat/registrations/new"
    asked = client.post_form(new, typed)
    assert asked.status_code == 409
    assert "似た事業者が、すでに登録されています" in asked.text
    assert "みなと食堂" in asked.text
    seen = re.search(r'name="seen" value="([0-9a-f-]+)"', asked.text)[1]
    assert 'value="みなと会計株式会社"' in asked.text, "what was typed stays"
    assert client.post_form(new, typed | {"seen": "no-id"}).status_code == 409
    assert client.post_form(new, typed | {"seen": seen}).status_code == 302
