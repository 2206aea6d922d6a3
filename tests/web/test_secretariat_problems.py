"""The secretariat's list of problems: look, add, change and remove after a preview; one of two editors is told."""

from __future__ import annotations

import re

import newer_files
import pytest

ADDRESS = "/secretariat/problems"
NEW = {
    "code": "bonsai",
    "sentence": "盆栽を数えている",
    "functions": "B5",
    "words": "盆栽、鉢植え",
    "examples": "盆栽の値段が合わない\n盆栽に水をやり忘れる",
    "industries": "retail",
    "source": "電話",
}


@pytest.fixture
def administrator(client, office):
    return client.application.test_client().act_as(office("administrator"))


def form(browser, **changes):
    html = browser.get(f"{ADDRESS}/edit").text
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    return {**NEW, "instead_of": "", "version": version, **changes}


def test_everybody_of_the_office_looks_and_only_some_edit(client, office):
    auditor = client.application.test_client().act_as(office("auditor"))
    page = auditor.get(ADDRESS).text
    assert "困りごとを追加する" not in page
    found = auditor.get(f"{ADDRESS}?q=給与明細").text
    assert "給与明細を紙で配っている" in found
    assert "在庫が合わない" not in found
    assert "該当する困りごとはありません" in auditor.get(f"{ADDRESS}?q=ない言葉").text
    assert auditor.get(f"{ADDRESS}?page=99").status_code == 200
    assert auditor.get(f"{ADDRESS}/edit").status_code == 403


def test_a_problem_is_added_after_its_preview_and_understood_at_once(administrator, client):
    page = administrator.post_form(f"{ADDRESS}/preview", form(administrator)).text
    assert "変更したときの読み取り" in page
    assert "盆栽の値段が合わない" in page
    assert "この機能をすべてもつ公開中のITツール" in page
    assert "困りごとを読み取れませんでした" in client.get("/find?q=盆栽を飾る").text
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.split('<h2 id="entry"')[0])
    )
    done = administrator.post_form(ADDRESS, hidden, follow_redirects=True)
    assert "使い始めました" in done.text
    assert "盆栽を数えている" in client.get("/find?q=盆栽を飾る").text


def test_a_problem_is_changed_and_taken_out(administrator):
    edit = administrator.get(f"{ADDRESS}/edit?code=payroll").text
    assert 'value="月末の給与計算が大変"' in edit
    assert 'value="B3" checked' in edit
    changed = form(administrator, code="payroll", sentence="給料日がつらい", instead_of="payroll")
    assert administrator.post_form(ADDRESS, changed).status_code == 302
    assert "給料日がつらい" in administrator.get(f"{ADDRESS}?q=給料日がつらい").text
    again = form(administrator, instead_of="payroll", remove="1")
    page = administrator.post_form(f"{ADDRESS}/preview", again).text
    assert "外したときの読み取り" in page
    assert administrator.post_form(f"{ADDRESS}/remove", again).status_code == 302
    assert administrator.get(f"{ADDRESS}/edit?code=payroll").status_code == 404


def test_the_preview_names_sentences_of_others_that_change(administrator):
    """タイムカード is another problem's word: taking it for ours changes what its sentences are understood as."""
    greedy = form(administrator, words="タイムカード、集計、手間、電卓", examples="手間がかかるタイムカードの集計")
    page = administrator.post_form(f"{ADDRESS}/preview", greedy).text
    assert "読み取りが変わる、ほかの困りごとの文" in page


def test_the_second_of_two_editors_is_told(administrator):
    mine, yours = form(administrator), form(administrator, code="others")
    assert administrator.post_form(ADDRESS, mine).status_code == 302
    for place in ("", "/preview", "/remove"):
        answer = administrator.post_form(f"{ADDRESS}{place}", {**yours, "instead_of": "payroll"})
        assert answer.status_code == 409
        assert "あなたの変更は、まだ反映されていません" in answer.text
        assert ("最新の内容と、あなたの入力の違い" in answer.text) == (place != "/remove")


@pytest.mark.parametrize(
    "change",
    [
        {"code": ""},
        {"code": "payroll"},
        {"sentence": ""},
        {"functions": ""},
        {"functions": "Z9"},
        {"words": ""},
        {"examples": "\x00"},
        {"industries": "moon"},
        {"sentence": "長" * 3000},
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


def test_what_was_ticked_before_keeps_its_order(administrator):
    administrator.post_form(ADDRESS, form(administrator, functions="B5;F1"))
    again = form(administrator, functions=["F1", "B3", "B5"], instead_of="bonsai")
    page = administrator.post_form(f"{ADDRESS}/preview", again).text
    assert 'name="functions" value="B5;F1;B3"' in page


class TestNewerFile:
    """A release brings a file with changes of its own, where the office has changed the same problem."""

    @pytest.fixture
    def release(self, administrator, monkeypatch):
        changed = {"code": "payroll", "sentence": "給料日がつらい", "instead_of": "payroll"}
        administrator.post_form(ADDRESS, form(administrator, **changed))

        def bring(**other):
            def change(rows):
                return [
                    {**row, "functions": "B3;B4", **other} if row["code"] == "payroll" else row for row in rows
                ]

            newer_files.bring(monkeypatch, "problems", change)
            return administrator.get(f"{ADDRESS}/newer").text

        return bring

    def test_what_is_ticked_counts_after_it_was_looked_at(self, administrator, release):
        page = release()
        assert "給与、勤怠・労務" in page, "functions by their names"
        sent = dict(re.findall(r'<input type="hidden" name="(version|file)" value="([^"]*)">', page))
        for ticked in ({"take": "payroll"}, {"take": "payroll", "look": "1"}):
            again = administrator.post_form(f"{ADDRESS}/newer", {**sent, **ticked}, follow_redirects=True).text
            assert "まだ取り込んでいません" in again
            assert 'name="take" value="payroll" checked' in again
            assert "給料日がつらい" in administrator.get(f"{ADDRESS}?q=給料日がつらい").text
        chosen = {**sent, "take": "payroll", "shown": "payroll"}
        assert administrator.post_form(f"{ADDRESS}/newer", chosen).status_code == 302
        second = administrator.post_form(f"{ADDRESS}/newer", chosen)
        assert (second.status_code, "もう取り込んでいます" in second.text) == (404, True)
        assert 'value="月末の給与計算が大変"' in administrator.get(f"{ADDRESS}/edit?code=payroll").text

    def test_of_functions_that_are_not_loaded_it_says_what_to_do_first(self, release):
        page = release(functions="Z9")
        assert "このファイルは、まだ取り込めません" in page
        assert "月末の給与計算が大変：「Z9」という機能はありません。" in page
        assert "先に「マスタと制度」のページで" in page


def test_a_problem_said_in_other_words_is_the_same(administrator):
    renamed = form(administrator, code="payroll", sentence="給料日がつらい", functions="B3", instead_of="payroll")
    renamed |= {"words": "給与計算\n給与", "examples": "残業代の計算があやしい"}
    page = administrator.post_form(f"{ADDRESS}/preview", renamed).text
    own = page.split("この困りごとの文")[1].split("</table>")[0]
    row = own.split("残業代の計算があやしい")[1].split("</tr>")[0]
    assert "給料日がつらい" in row
    assert "変わる" not in row
