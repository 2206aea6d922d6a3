"""The secretariat's list of synonyms: look, add, change and remove after a preview; one of two editors is told."""

from __future__ import annotations

import json
import re

import newer_files
import pytest

from catalogue import synonym_list
from search import engines
from search.port import EngineUnavailable
from tenants.actor import SYSTEM
from tenants.db import act_as

ADDRESS = "/secretariat/synonyms"
TAKEN_OUT, CHANGED = "お給料", "月給"
NEW = {"word": "おこづかい帳", "texts": "会計、帳簿", "direction": "two_way", "kind": "word", "source": "電話"}


@pytest.fixture
def administrator(client, worked_input, office):
    return client.application.test_client().act_as(office("administrator"))


def version(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def form(browser, **changes):
    return {**NEW, "instead_of": "", "version": version(browser.get(f"{ADDRESS}/edit").text), **changes}


def test_everybody_of_the_office_looks_and_only_some_edit(client, office):
    auditor = client.application.test_client().act_as(office("auditor"))
    page = auditor.get(ADDRESS).text
    assert "ホムペ" not in auditor.get(f"{ADDRESS}?q=給料").text
    assert "給与計算" in auditor.get(f"{ADDRESS}?q=給料").text
    assert "言葉を追加する" not in page
    assert "該当する言葉はありません" in auditor.get(f"{ADDRESS}?q=ない言葉").text
    assert auditor.get(f"{ADDRESS}?page=99").status_code == 200
    assert auditor.get(f"{ADDRESS}/edit").status_code == 403


def test_a_word_is_added_after_its_results_were_seen_and_counts_at_once(administrator, client):
    typed = form(administrator)
    page = administrator.post_form(f"{ADDRESS}/preview", typed).text
    assert "「おこづかい帳」でさがすと" in page
    assert "新しく入る" in page
    assert "おこづかい帳" not in administrator.get(ADDRESS + "?page=3").text, "nothing has changed yet"
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('<h2 id="entry"')[0])
    )
    done = administrator.post_form(ADDRESS, hidden, follow_redirects=True)
    assert "使い始めました" in done.text
    found = client.get("/packages?q=おこづかい帳").text
    assert "「おこづかい帳」を「会計」「帳簿」としてもさがしました" in found
    assert 'class="result__name"' in found
    assert client.get("/api/v1/packages?q=おこづかい帳").json["widened"] == [
        {"word": "おこづかい帳", "texts": ["会計", "帳簿"]}
    ]


def test_an_entry_is_changed_and_taken_out(administrator):
    edit = administrator.get(f"{ADDRESS}/edit?word=ホムペ").text
    assert 'value="ホムペ"' in edit
    typed = form(administrator, word="ホムペ", texts="ホームページ\n集客", instead_of="ホムペ")
    assert administrator.post_form(ADDRESS, typed).status_code == 302
    assert "ホームページ、集客" in administrator.get(f"{ADDRESS}?q=ホムペ").text
    again = form(administrator, instead_of="ホムペ", remove="1")
    assert "外したときの検索結果" in administrator.post_form(f"{ADDRESS}/preview", again).text
    assert administrator.post_form(f"{ADDRESS}/remove", again).status_code == 302
    assert "該当する言葉はありません" in administrator.get(f"{ADDRESS}?q=ホムペ").text
    assert administrator.get(f"{ADDRESS}/edit?word=ホムペ").status_code == 404


def test_the_second_of_two_editors_is_told(administrator):
    mine, yours = form(administrator), form(administrator, word="こづかい")
    assert administrator.post_form(ADDRESS, mine).status_code == 302
    for place in ("", "/preview", "/remove"):
        assert administrator.post_form(f"{ADDRESS}{place}", {**yours, "instead_of": "給料"}).status_code == 409


def sent_on(page):
    """What the decision below a preview sends."""
    part = page.split('<h2 id="preview"')[1].split('<h2 id="entry"')[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part))


@pytest.mark.parametrize("place", ["", "/preview"])
def test_who_comes_second_sees_both_versions_and_goes_on_from_there(administrator, place):
    mine, yours = form(administrator), form(administrator, texts="予約")
    administrator.post_form(ADDRESS, mine)
    answer = administrator.post_form(f"{ADDRESS}{place}", yours)
    assert answer.status_code == 409
    assert "あなたの変更は、まだ反映されていません" in answer.text
    assert re.search(r"この言葉としてもさがす</th>\s*<td[^>]*><span>会計、帳簿.*?<span>予約", answer.text, re.S)
    assert "「おこづかい帳」でさがすと" in answer.text, "what it would do to the newest list"
    going_on = sent_on(answer.text)
    assert (going_on["instead_of"], going_on["texts"]) == ("おこづかい帳", "予約")
    assert administrator.post_form(ADDRESS, going_on).status_code == 302
    assert "会計、帳簿" not in administrator.get(f"{ADDRESS}?q=おこづかい帳").text


def test_who_comes_second_with_another_word_goes_on_and_one_that_is_gone_is_added_again(administrator):
    other = form(administrator, word="こづかい")
    gone = form(administrator, word="ホムペ", texts="集客", instead_of="ホムペ")
    taking = form(administrator, instead_of="給料")
    administrator.post_form(f"{ADDRESS}/remove", form(administrator, instead_of="ホムペ"))
    for typed in (other, gone):
        answer = administrator.post_form(ADDRESS, typed)
        assert answer.status_code == 409
        assert "最新の内容と、あなたの入力の違い" not in answer.text, "nobody else has changed this entry"
        assert administrator.post_form(ADDRESS, sent_on(answer.text)).status_code == 302
    assert "集客" in administrator.get(f"{ADDRESS}?q=ホムペ").text
    answer = administrator.post_form(f"{ADDRESS}/remove", taking)
    assert (answer.status_code, "外したときの検索結果" in answer.text) == (409, True)
    assert administrator.post_form(f"{ADDRESS}/remove", sent_on(answer.text)).status_code == 302
    refused = administrator.post_form(ADDRESS, {**other, "texts": ""})
    assert refused.status_code == 422, "what is wrong by itself is said first"


@pytest.mark.parametrize(
    "change",
    [
        {"word": ""},
        {"word": "給料"},
        {"texts": ""},
        {"texts": "あ;い;う;え;お;か;き;く;け"},
        {"texts": "おこづかい帳"},
        {"direction": "up"},
        {"kind": ""},
        {"word": "\x00"},
        {"word": "長" * 3000},
    ],
)
@pytest.mark.parametrize("place", ["", "/preview"])
def test_what_cannot_be_used_stays_in_the_form_with_its_fault(administrator, change, place):
    answer = administrator.post_form(f"{ADDRESS}{place}", form(administrator, **change))
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text


def test_requests_that_no_page_of_ours_makes(administrator):
    assert administrator.post_form(ADDRESS, {**NEW, "version": "x"}).status_code == 422
    assert administrator.post_form(f"{ADDRESS}/remove", form(administrator)).status_code == 422
    assert administrator.post_form(f"{ADDRESS}/remove", form(administrator, instead_of="ない")).status_code == 404


class Broken:
    """An engine that is not there."""

    def search(self, _):
        raise EngineUnavailable("index_missing", "nothing there")


def test_without_an_index_the_change_can_still_be_made(administrator, index):
    typed = form(administrator)
    engines.use(Broken())
    page = administrator.post_form(f"{ADDRESS}/preview", typed).text
    engines.use(index)
    assert "結果を確かめられません" in page
    assert "この内容で使い始める" in page


class TestNewerFile:
    """Of a list that was changed here files are not loaded; what is new in one is taken in, the changes kept."""

    @pytest.fixture
    def changed(self, administrator, monkeypatch):
        """The office added a word and gave two others other texts; a release brings a file with changes of its own."""
        administrator.post_form(ADDRESS, form(administrator))
        for word in ("給料", "ホムペ"):
            administrator.post_form(ADDRESS, form(administrator, word=word, texts="集客", instead_of=word))

        def release(rows):
            left = [row for row in rows if row["word"] != TAKEN_OUT]
            other = [{**row, "texts": "予約"} if row["word"] in ("給料", CHANGED) else row for row in left]
            return [*other, {**NEW, "word": "あたらしいことば", "texts": "会計"}]

        newer_files.bring(monkeypatch, "synonyms", release)
        return administrator

    def test_it_is_told(self, changed, hojo):
        said = changed.post_form("/secretariat/masters/load", follow_redirects=True).text
        assert "新しいファイルを読み込まなかったものがあります：検索の言い換え。" in said
        assert f'href="{ADDRESS}/newer"' in changed.get(ADDRESS).text
        assert "事務局が編集した一覧のため、新しいファイル" in hojo("programme", "load").stdout
        told = json.loads(hojo("programme", "load", "--json").stdout)
        assert [each["kind"] for each in told if each.get("left_alone")] == ["synonyms"]

    def test_it_is_looked_at_and_taken_in(self, changed, client):
        page = changed.get(f"{ADDRESS}/newer")
        assert "事務局の変更2件は残したまま" in page.text
        assert "どちらも変えたもの（1件）" in page.text
        assert "取り込まれるもの（3件）" in page.text
        assert "「あたらしいことば」でさがすと" in page.text
        assert changed.post_form(f"{ADDRESS}/newer", decision(page.text), follow_redirects=True).status_code == 200
        now = {each.term: each.texts for each in entries()}
        assert now["あたらしいことば"] == ("会計",)
        assert (now[CHANGED], now["給料"], now["ホムペ"]) == (("予約",), ("集客",), ("集客",))
        assert TAKEN_OUT not in now
        assert "おこづかい帳" in now
        assert f"{ADDRESS}/newer" not in changed.get(ADDRESS).text
        assert changed.get(f"{ADDRESS}/newer").status_code == 404, "it is taken in"
        assert "「あたらしいことば」を「会計」としても" in client.get("/packages?q=あたらしいことば").text

    def test_where_both_changed_an_entry_the_file_is_chosen(self, changed):
        page = changed.get(f"{ADDRESS}/newer?take=給料")
        assert 'name="take" value="給料" checked' in page.text
        changed.post_form(f"{ADDRESS}/newer", {**decision(page.text), "take": "給料"})
        assert {each.term: each.texts for each in entries()}["給料"] == ("予約",)

    def test_who_comes_second_looks_again(self, changed):
        sent = decision(changed.get(f"{ADDRESS}/newer").text)
        for other in ({"version": "1"}, {"file": "another release"}):
            answer = changed.post_form(f"{ADDRESS}/newer", {**sent, **other})
            assert (answer.status_code, "取り込まれるもの（3件）" in answer.text) == (409, True)
        assert changed.post_form(f"{ADDRESS}/newer", {**sent, "version": "x"}).status_code == 422

    @pytest.mark.usefixtures("changed")
    def test_at_the_command_line(self, hojo):
        seen = json.loads(hojo("programme", "newer", "synonyms", "--json").stdout)
        assert (seen["own"], [each["entry"] for each in seen["clashing"]]) == (2, ["給料"])
        assert {each["mark"] for each in seen["coming"]} == {"new", "changed", "gone"}
        assert "--take-in" in hojo("programme", "newer", "synonyms").stdout
        hojo("programme", "newer", "synonyms", "--theirs", "給料", "--take-in")
        assert {each.term: each.texts for each in entries()}["給料"] == ("予約",)
        assert "ありません" in hojo("programme", "newer", "synonyms").stdout


def entries():
    with act_as(SYSTEM):
        return synonym_list.current().entries


def decision(page):
    """What the button below the preview sends."""
    part = page.split('<h2 id="preview"')[1].split("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', part))
