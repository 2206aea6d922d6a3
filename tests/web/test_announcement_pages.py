"""Announcements in pages: drafted, previewed, published, corrected."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import ClassVar
from xml.etree import ElementTree as ET

import pytest
import ways_in

from marketplace import announcements
from tenants import clock
from tenants.db import act_as
from tenants.text import Text, same
from web import form_values
from web.plain_text import paragraphs

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = '<script>alert("x")</script> & https://example.jp/a?b=1&c=2。次。\n\njavascript:alert(1)'


@pytest.fixture
def client(browser):
    """Somebody who is not signed in."""
    return browser()


def tell(desk, title="見出し", body="本文です。", category="general", **more):
    with act_as(desk):
        return announcements.publish(same(title), same(body), category=category, **more)


def version(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def at(**after):
    return form_values.local(clock.now() + timedelta(**after))


class TestPlainText:
    @pytest.mark.parametrize(
        ("written", "html"),
        [
            ("一\n二\n\n三", "<p>一<br>二</p>\n<p>三</p>"),
            ("一\r\n\r\n\r\n二", "<p>一</p>\n<p>二</p>"),
            ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
            ("", ""),
        ],
    )
    def test_paragraphs(self, written, html):
        assert str(paragraphs(written)) == html

    @pytest.mark.parametrize(
        ("written", "address"),
        [
            ("見る：https://example.jp/a。", "https://example.jp/a"),
            ("（https://example.jp/a）", "https://example.jp/a"),
            ("See https://example.jp/a.", "https://example.jp/a"),
            ("(http://example.jp/a_(b))", "http://example.jp/a_(b)"),
            ('https://example.jp/"onclick=', "https://example.jp/"),
            ("https://example.jp/?a=1&b=2", "https://example.jp/?a=1&amp;b=2"),
        ],
    )
    def test_addresses(self, written, address):
        assert re.findall(r'<a href="([^"]*)"', paragraphs(written)) == [address]

    @pytest.mark.parametrize(
        "written", ["javascript:alert(1)", "data:text/html,x", "//example.jp", "ftp://x.jp/a"]
    )
    def test_nothing_else_becomes_a_link(self, written):
        assert "<a " not in paragraphs(written)


class TestPublicAnnouncements:
    def test_before_the_first(self, client):
        assert "お知らせはまだありません" in client.get("/announcements").text
        assert 'id="announcements"' not in client.get("/").text

    def test_the_newest_three_are_on_the_front_page_and_in_the_site_map(self, client, desk):
        numbers = [tell(desk, f"第{n}号") for n in range(4)]
        home = client.get("/").text
        assert [f"第{n}号" in home for n in range(4)] == [False, True, True, True]
        assert f"/announcements/{numbers[0]}</loc>" in client.get("/sitemap.xml").text

    def test_one_by_category_and_in_pages(self, client, desk):
        for n in range(21):
            tell(desk, f"一般{n}")
        tell(desk, "採択者の一覧", category="adoption")
        assert "採択者の一覧" in client.get("/announcements").text
        adoption = client.get("/announcements?category=adoption").text
        assert "採択者の一覧" in adoption
        assert "一般" not in re.search(r'<ul class="announcements">.*?</ul>', adoption, re.DOTALL)[0]
        second = client.get("/announcements?category=general&page=2").text
        assert "一般0" in second
        assert "category=general" in second
        assert client.get("/announcements?category=nonsense&page=x").status_code == 200

    def test_what_people_wrote_stays_text(self, client, desk):
        page = client.get(f"/announcements/{tell(desk, body=HOSTILE)}").text
        assert "&lt;script&gt;" in page
        assert '<a href="https://example.jp/a?b=1&amp;c=2"' in page
        assert 'href="javascript' not in page

    def test_a_reader_who_has_it_gets_304(self, client, desk):
        number = tell(desk)
        for path in ("/announcements", f"/announcements/{number}", "/announcements.atom", "/briefings"):
            tag = client.get(path).headers["ETag"]
            assert client.get(path, headers={"If-None-Match": tag}).status_code == 304, path
        with act_as(desk):
            announcements.correct(
                number,
                same("訂正"),
                same("本文"),
                category="general",
                correction=same("直しました"),
                read_version=2,
            )
        assert client.get("/announcements.atom", headers={"If-None-Match": tag}).status_code == 200

    def test_a_correction_shows_both(self, client, desk):
        number = tell(desk, "六月の予定", "六月です。")
        with act_as(desk):
            announcements.correct(
                number,
                same("七月の予定"),
                same("七月です。"),
                category="general",
                correction=same("月の誤りを直しました。"),
                read_version=2,
            )
        page = client.get(f"/announcements/{number}").text
        assert "七月です。" in page
        assert "月の誤りを直しました。" in page
        assert "六月です。" not in page
        former = client.get(f"/announcements/{number}/editions/1").text
        assert "六月です。" in former
        assert "これは訂正する前の内容です" in former
        for missing in ("editions/2", "editions/0", "editions/99999999999"):
            assert client.get(f"/announcements/{number}/{missing}").status_code == 404

    def test_the_feed_is_atom(self, client, desk):
        empty = ET.fromstring(client.get("/announcements.atom").text)  # noqa: S314  (our own)
        assert empty.find(f"{ATOM}updated") is not None
        number = tell(desk, "<お知らせ> & 号外", HOSTILE)
        answer = client.get("/announcements.atom")
        assert answer.mimetype == "application/atom+xml"
        feed = ET.fromstring(answer.text)  # noqa: S314  (our own)
        entry = feed.find(f"{ATOM}entry")
        assert entry.find(f"{ATOM}title").text == "<お知らせ> & 号外"
        assert entry.find(f"{ATOM}content").text == HOSTILE
        assert entry.find(f"{ATOM}id").text.endswith(f"/announcements/{number}")
        assert len(feed.findall(f"{ATOM}entry")) == 1

    def test_japanese_on_an_english_page_is_marked(self, client, desk):
        page = client.get(f"/announcements/{tell(desk)}?lang=en").text
        assert '<div lang="ja"><p>本文です。</p></div>' in page

    @pytest.mark.parametrize(
        "path", ["/announcements/9", "/announcements/99999999999999999999", "/announcements/x"]
    )
    def test_what_is_not_there(self, client, path):
        assert client.get(path).status_code == 404


class TestAnnouncementDesk:
    words: ClassVar = {"title_ja": "六月の予定", "body_ja": "本文です。", "category": "programme"}

    def test_from_the_draft_to_the_correction(self, desk_browser, client):
        page = desk_browser.post_form("/secretariat/announcements/new", self.words).location
        public = page.removeprefix("/secretariat")
        assert client.get(public).status_code == 404
        preview = desk_browser.get(page).text
        assert "本文です。" in preview
        later = at(days=2)
        desk_browser.post_form(f"{page}/publish", {"version": version(preview), "published_at": later})
        scheduled = desk_browser.get(page).text
        assert "公開を予約しています" in scheduled
        assert client.get(public).status_code == 404
        ways_in.proved_at(clock.now() - timedelta(hours=1))
        given = {**self.words, "version": version(scheduled)}
        assert desk_browser.post_form(f"{page}/edit", given).status_code == 403, "as good as published"
        desk_browser.post_form(f"{page}/take-back", {"version": version(scheduled)})
        given["version"] = version(desk_browser.get(page).text)
        assert desk_browser.post_form(f"{page}/edit", given).status_code == 302, "nobody sees a draft"
        ways_in.proved_at(clock.now())
        desk_browser.post_form(f"{page}/publish", {"version": version(desk_browser.get(page).text)})
        assert client.get(public).status_code == 200
        form = desk_browser.get(f"{page}/edit").text
        assert "訂正は、すぐに公開されます" in form
        given = {**self.words, "body_ja": "新しい本文", "correction_ja": "直した", "version": version(form)}
        ways_in.proved_at(clock.now() - timedelta(hours=1))
        assert desk_browser.post_form(f"{page}/edit", given).status_code == 403, (
            "a correction is published at once"
        )
        ways_in.proved_at(clock.now())
        assert desk_browser.post_form(f"{page}/edit", given).status_code == 302
        assert "新しい本文" in client.get(public).text
        assert desk_browser.post_form(f"{page}/edit", given).status_code == 409
        assert "第1版" in desk_browser.get(page).text

    @pytest.mark.parametrize(
        ("changes", "field"),
        [({"title_ja": ""}, "title_ja"), ({"body_ja": " "}, "body_ja"), ({"category": "x"}, "category")],
    )
    def test_what_is_wrong_is_said_and_nothing_typed_is_lost(self, desk_browser, changes, field):
        answer = desk_browser.post_form("/secretariat/announcements/new", {**self.words, **changes})
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert ("六月の予定" in answer.text) == (field != "title_ja")

    @pytest.mark.parametrize("when", ["2000-01-01T00:00", "tomorrow", "9999-12-31T23:59"])
    def test_a_time_that_cannot_be(self, desk_browser, when):
        page = desk_browser.post_form("/secretariat/announcements/new", self.words).location
        given = {"version": version(desk_browser.get(page).text), "published_at": when}
        answer = desk_browser.post_form(f"{page}/publish", given)
        assert answer.status_code == 422
        assert 'href="#f-published_at"' in answer.text

    def test_who_may_only_read_sees_no_buttons(self, browser, organisation, actor_of, desk):
        number = tell(desk)
        auditor = browser(actor_of(organisation("secretariat"), "secretariat_auditor"))
        assert "訂正する</span>" not in auditor.get(f"/secretariat/announcements/{number}").text
        assert "お知らせを書く" not in auditor.get("/secretariat/announcements").text


def test_the_words_of_a_title_in_two_languages(client, desk):
    with act_as(desk):
        number = announcements.publish(Text("和文", "English title"), Text("本文", "A text"), category="general")
    assert "English title" in client.get(f"/announcements/{number}?lang=en").text
