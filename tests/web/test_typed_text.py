"""What was typed is not lost when a form cannot be taken: it is on the answer's page, and nobody else's to use."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask, request
from grants import CODE, World, build
from registrations import use_memory

from marketplace.enquiries import queries
from tenants.db import act_as
from web import typed_text

HERE = {"Sec-Fetch-Site": "same-origin"}
ASK = f"/my/enquiries/new/{CODE}"
BODY = "レジは2台です。\n<b>いくら</b>ですか？ & 納期は？"
ESCAPED = "レジは2台です。\n&lt;b&gt;いくら&lt;/b&gt;ですか？ &amp; 納期は？"


@pytest.fixture
def world(organisation, actor_of) -> World:
    use_memory()
    return build(organisation, actor_of, now=True)


def hidden(page: str) -> list[tuple[str, str]]:
    """The fields of the form that sends it once more."""
    part = page.split('aria-labelledby="typed"')[1].split("</section>", maxsplit=1)[0]
    assert BODY not in part
    return [(name, value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', part)]


def sent_to(world: World) -> list[str]:
    with act_as(world.vendor):
        return [queries.enquiry(card.id).messages[0].body for card in queries.enquiries(page=1).items]


def test_after_the_session_ended_the_text_is_there_and_is_sent_once(world, browser):
    shop = browser()
    lost = shop.post(ASK, data={"body": BODY, "release": "name", "csrf_token": "of the old session"}, headers=HERE)
    assert (lost.status_code, lost.headers["Cache-Control"]) == (401, "no-store")
    assert f"readonly>\n{ESCAPED}</textarea>" in lost.text
    assert 'href="/sign-in?next=/sign-in/again/done"' in lost.text
    assert dict(hidden(lost.text)) == {"body": ESCAPED, "release": "name"}, (
        "no token: first it is asked whose it is"
    )
    assert sent_to(world) == []

    shop.act_as(world.sme)
    asked = shop.post(ASK, data={"body": BODY, "release": "name"}, headers=HERE)
    assert asked.status_code == 400
    assert "食堂ひまわり" in asked.text.split("送る人：")[1].split("</p>")[0]
    token = dict(hidden(asked.text))["csrf_token"]
    assert sent_to(world) == []
    sent = shop.post(ASK, data={"body": BODY, "release": "name", "csrf_token": token}, headers=HERE)
    assert sent.status_code == 302
    assert sent_to(world) == [BODY]


def test_somebody_else_is_asked_in_their_own_name(world, browser, actor_of, organisation):
    other = actor_of(organisation("sme", name="となりの店"), "sme_owner")
    asked = browser(other).post(ASK, data={"body": BODY}, headers=HERE)
    assert asked.status_code == 400
    assert "となりの店" in asked.text.split("送る人：")[1]
    assert sent_to(world) == []


@pytest.mark.security
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
def test_what_another_site_sent_is_never_shown_as_typed_here(world, browser, headers):
    for visitor, status in ((browser(), 401), (browser(world.sme), 400)):
        answer = visitor.post(ASK, data={"body": BODY}, headers=headers)
        assert answer.status_code == status
        assert "レジは2台" not in answer.text
        assert 'name="body"' not in answer.text


def test_a_browser_that_says_only_the_origin_is_believed_for_this_one(world, browser):
    assert ESCAPED in browser().post(ASK, data={"body": BODY}, headers={"Origin": "http://localhost"}).text


@pytest.mark.security
def test_tokens_and_secrets_are_never_given_back(world, browser):
    secrets = {
        name: f"秘密 {name}" for name in ("csrf_token", "password", "new_passwd", "api_key", "user_token", "pin")
    }
    answer = browser().post(ASK, data={"body": BODY, **secrets}, headers=HERE)
    assert ESCAPED in answer.text
    assert "秘密" not in answer.text
    assert 'name="body"' not in answer.text, "without a part of it, it would not be what was sent"
    code = browser().post("/organisation/invitation", data={"code": "招待 abc"}, headers=HERE)
    assert code.status_code == 400
    assert "abc" not in code.text


def test_files_are_chosen_again_and_never_given_back(world, browser):
    form = {"body": BODY, "file": (io.BytesIO(b"%PDF-1.7 secret plan"), "図面.pdf")}
    lost = browser().post(ASK, data=form, headers=HERE, content_type="multipart/form-data")
    assert "secret plan" not in lost.text
    assert ("files_to_choose_again", "file/図面.pdf") in hidden(lost.text)
    asked = browser(world.sme).post(
        ASK, data={"body": BODY, "files_to_choose_again": "file/図面.pdf"}, headers=HERE
    )
    assert "ファイル「図面.pdf」をもう一度選んでください" in asked.text
    assert 'name="file" type="file"' in asked.text
    assert 'enctype="multipart/form-data"' in asked.text
    assert "files_to_choose_again" not in asked.text


def test_whatever_else_goes_wrong_the_text_can_be_copied(world, browser):
    shop = browser(world.sme)
    gone = shop.post_form("/my/enquiries/new/NO-SUCH", {"body": BODY}, headers=HERE)
    assert gone.status_code == 404
    assert ESCAPED in gone.text
    assert 'name="body"' not in gone.text
    forbidden = browser(world.vendor).post(ASK, data={"body": BODY}, headers=HERE)
    assert forbidden.status_code == 403
    assert ESCAPED in forbidden.text


def test_a_press_without_a_word_typed_is_only_to_be_repeated(world, browser):
    answer = browser(world.sme).post("/sign-out", data={"x": "1"}, headers=HERE)
    assert answer.status_code == 400
    assert "<textarea" not in answer.text
    assert hidden(answer.text)[-1] == ("x", "1")
    assert 'aria-labelledby="typed"' not in browser(world.sme).post("/sign-out", headers=HERE).text


def test_programs_get_no_page(world, client):
    answer = client.post("/api/v1/prices", data={"body": BODY}, headers=HERE)
    assert answer.mimetype == "application/problem+json"
    assert "レジは" not in answer.text


def test_what_cannot_be_read_is_not_given_back(app: Flask):
    with app.test_request_context("/x", method="POST", data={"body": BODY}, headers=HERE):
        request.max_form_memory_size = request.max_content_length = 5
        assert typed_text.given_back() is None


def test_boxes_show_most_of_a_text_and_control_characters_are_blanks(app: Flask):
    data = {"body": "一行\x00目", "note": "あ" * 900, "version": "3"}
    with app.test_request_context("/x", method="POST", data=data, headers=HERE):
        typed = typed_text.given_back()
    assert typed is not None
    assert [(each.label.ja, each.rows) for each in typed.texts] == [("本文", 2), ("メモ・備考", 12)]
    assert typed.fields[0] == ("body", "一行 目")


def test_drafts_are_marked_for_one_person_in_one_organisation(world, browser, client):
    def mark(page: str) -> str:
        return re.search(r'name="hojo-drafts" content="([^"]*)"', page).group(1)

    shop, vendor = mark(browser(world.sme).get("/my").text), mark(browser(world.vendor).get("/vendor").text)
    assert re.fullmatch(r"[0-9a-f]{16}", shop)
    assert re.fullmatch(r"[0-9a-f]{16}", vendor)
    assert shop != vendor
    assert mark(browser(world.sme).get("/my").text) == shop, "another session of the same person"
    assert "hojo-drafts" not in client.get("/packages").text
    assert 'name="hojo-drafts" content=""' in client.post(ASK).text
