"""GET /api/v1/suggestions: what is typed so far, and where each suggestion leads."""

from __future__ import annotations

import pytest


def ask(client, typed, **more):
    return client.get("/api/v1/suggestions", query_string={"q": typed, **more})


@pytest.mark.parametrize("typed", ["給与", "みなと", "会計", "クラウド", "れじ"])
def test_every_suggestion_leads_to_a_page(shop, typed):
    found = ask(shop, typed).json["suggestions"]
    assert 1 <= len(found) <= 8
    for each in found:
        assert shop.get(each["href"]).status_code == 200


def test_in_the_language_asked_for(shop):
    assert {"kind": "function", "label": "給与", "code": "B3", "href": "/packages?function=B3"} in (
        ask(shop, "給与").json["suggestions"]
    )
    assert "Payroll" in [each["label"] for each in ask(shop, "給与", lang="en").json["suggestions"]]


def test_a_trouble_leads_to_the_guided_search_which_understands_it(shop):
    troubles = [each for each in ask(shop, "月末").json["suggestions"] if each["kind"] == "problem"]
    assert troubles
    for each in troubles:
        assert each["href"].startswith("/find?q=")
        assert "受け取った困りごと" in shop.get(each["href"]).text


@pytest.mark.parametrize("typed", ["クレジット", "店とネットの在庫", "勤怠管理システム", "z", "お客"])
def test_whatever_trouble_is_suggested_is_the_one_that_is_read(shop, typed):
    for each in ask(shop, typed).json["suggestions"]:
        if each["kind"] == "problem":
            page = shop.get(each["href"] + "&industry=any&people=any&budget=any").text
            assert f">{each['label']}" in page.split("受け取った困りごと")[1].split("</ul>")[0]


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "\\", "\x00", "'; --", "<b>", "！", "あ" * 5000])
def test_strange_input_gets_an_answer(shop, typed):
    answer = ask(shop, typed)
    assert answer.status_code == 200
    assert len(answer.json["suggestions"]) <= 8


def test_without_words_there_is_nothing(shop):
    assert shop.get("/api/v1/suggestions").json == {"suggestions": []}
    assert ask(shop, "%").json == {"suggestions": []}
