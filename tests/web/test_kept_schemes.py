"""A link to a comparison and a quote keep the scheme they were made under, and say when another one is in use."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import editions
import grants
import pytest
import trade
from grants import CODE, by
from price_boxes import on_page
from printed import read
from sqlalchemy import text

from catalogue import masters
from catalogue.masters import MasterDocument
from marketplace import pricing
from marketplace.comparison import compare
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db

# 600,000 yen of software and 100,000 of hardware: two thirds under 2017, half under the edition that comes after.
BEFORE, AFTER = 400_000, 300_000


@pytest.fixture
def world(client, organisation, actor_of):
    return grants.build(organisation, actor_of, now=True)


def subsidy(page):
    row = re.search(r"補助金の見込み.*?</tr>", page, re.DOTALL)[0]
    return int(re.search(r'<span class="amount[^>]*>([\d,]+)', row)[1].replace(",", ""))


def shared(page):
    return re.search('data-copy="([^"]+)"', page)[1].replace("&amp;", "&")


@pytest.mark.usefixtures("world")
class TestComparison:
    def test_a_link_names_its_scheme_and_says_nothing_while_that_is_in_use(self, client):
        page = client.get(f"/compare?codes={CODE}").text
        link = shared(page)
        assert re.search(r"scheme=2017\.\d+", link)
        again = client.get(link).text
        assert subsidy(page) == subsidy(again) == BEFORE
        assert "このリンクを作ったとき" not in again
        assert "scheme=" not in re.search(r'class="compare__remove" href="([^"]+)"', again)[1]

    def test_it_keeps_it_when_another_comes_in_use_and_offers_the_present_one(self, client):
        link = shared(client.get(f"/compare?codes={CODE}").text)
        editions.put_in_use(editions.asking() | {"name": {"ja": "新しい制度", "en": "New scheme"}})
        page = client.get(link).text
        assert subsidy(page) == BEFORE
        assert "このリンクを作ったときの補助制度で計算しています" in page
        assert "いま使われている制度は「新しい制度」（第1版）です。" in page
        assert shared(page) == link
        present = re.search(r'href="([^"]+)"[^>]*>(?:<[^>]+>)*いまの制度で計算し直す', page)[1].replace(
            "&amp;", "&"
        )
        assert subsidy(client.get(present).text) == AFTER
        for kept in re.findall(r'class="compare__(?:remove|pin)" href="(/compare[^"]+)"', page):
            assert "scheme=2017." in kept
        assert 'name="scheme" value="2017.' in page
        printed = read(
            client.get(re.search(r'href="(/compare\.pdf[^"]+)"', page)[1].replace("&amp;", "&")).data
        ).words
        assert "いま使われている制度は「新しい制度」（第1版）です。" in printed
        assert "400,000" in printed
        assert "scheme=2017." in printed
        english = client.get(f"{link}&lang=en").text
        assert "The scheme in use now is New scheme, version 1." in english

    @pytest.mark.parametrize(
        "bad", ["nowhere.1", "2017.999999", "2017", "2017.x", ".", "2017.1.1", "<b>.1", "x" * 300, "2017.²"]
    )
    def test_a_scheme_that_cannot_be_used_is_said_and_the_present_one_taken(self, client, bad):
        answer = client.get("/compare", query_string={"codes": CODE, "scheme": bad})
        assert answer.status_code == 200
        assert subsidy(answer.text) == BEFORE
        assert "リンクに書かれた補助制度では計算できません" in answer.text
        assert "<b>." not in answer.text
        paper = client.get("/compare.pdf", query_string={"codes": CODE, "scheme": bad})
        assert paper.status_code == 200

    def test_programs_name_a_version_too_and_are_refused_rather_than_given_another(self, client):
        editions.put_in_use(editions.asking())
        asked = {"codes": CODE, "scheme": "2017.3"}
        kept = client.get("/api/v1/compare", query_string=asked).json
        assert (kept["scheme"], kept["in_use"]) == ({"id": "2017", "version": 3}, {"id": "asking", "version": 1})
        assert kept["packages"][0]["estimate"]["subsidy_yen"] == BEFORE
        present = client.get("/api/v1/compare", query_string={"codes": CODE}).json
        assert present["scheme"] == present["in_use"] == {"id": "asking", "version": 1}
        assert present["packages"][0]["estimate"]["subsidy_yen"] == AFTER
        for bad in ("nowhere.1", "2017.999999", "2017", "x" * 300, "\0"):
            refused = client.get("/api/v1/compare", query_string=asked | {"scheme": bad})
            assert (refused.status_code, refused.json["code"]) == (400, "scheme_not_usable")

    def test_what_does_not_count_yet_and_what_lacks_a_cost_is_not_used(self):
        later = editions.asking() | {"id": "later"}
        lacking = editions.asking() | {"id": "lacking"}
        lacking["cost_kinds"] = {code: kind for code, kind in lacking["cost_kinds"].items() if code != "hardware"}
        today = clock.today()
        with act_as(SYSTEM):
            masters.load(
                [
                    MasterDocument("scheme", "later", 1, today + timedelta(days=3), "試験", later),
                    MasterDocument("scheme", "lacking", 1, today, "試験", lacking),
                ]
            )
            assert pricing.stamped("later.1") is None
            assert pricing.stamped("lacking.1") is not None
            for stamp in ("later.1", "lacking.1"):
                found = compare([CODE], made_under=stamp)
                assert (found.lost, found.outdated) == (stamp, False)
            assert compare([], made_under="later.1").outdated is False


class TestQuote:
    def test_it_keeps_its_scheme_and_shows_both_when_another_is_in_use(self, world, browser):
        quote_id = trade.sent(world)
        before = trade.view(world, quote_id)
        assert before.content["scheme"]["id"] == "2017"
        assert (before.in_use, before.present) == (None, None)
        with clock.at(grants.DURING + timedelta(days=1)):
            editions.put_in_use(editions.asking() | {"name": {"ja": "新しい制度", "en": "New scheme"}})
        view = trade.view(world, quote_id, moment=grants.DURING + timedelta(days=2))
        assert (view.estimate.scheme_id, view.present.scheme_id) == ("2017", "asking")
        assert view.estimate.subsidy_yen == before.estimate.subsidy_yen == 540_000 * 2 // 3
        assert view.today.subsidy_yen == 540_000 // 2
        page = browser(world.sme).get(f"/my/quotes/{quote_id}").text
        # First and large what an application would get now; then what it was.
        assert [each[1] for each in on_page(page)] == [270_000, 360_000]
        assert "見積書の作成後に、使われる補助制度が「新しい制度」（第1版）に変わりました" in page
        assert re.search(r"作成時の補助制度</dt><dd>[^<]+（第\d+版）", page)
        paper = read(browser(world.sme).get(f"/my/quotes/{quote_id}.pdf").data).words
        assert "作成時の補助制度" in paper
        assert "「新しい制度」（第1版）に変わりました" in paper
        beside = browser(world.sme).get(f"/my/quotes/compare?quotes={quote_id}").text
        assert "270,000" in beside
        vendor = trade.view(world, quote_id, vendor=True)
        assert (vendor.estimate, vendor.present) == (None, None)
        english = browser(world.sme).get(f"/my/quotes/{quote_id}?lang=en").text
        assert "Since it was made another scheme came in use: New scheme, version 1." in english

    def test_a_draft_saved_or_sent_anew_is_made_under_the_scheme_of_that_day(self, world):
        draft = trade.draft(world, trade.ask(world))
        with clock.at(grants.DURING):
            editions.put_in_use(editions.asking())
        assert trade.view(world, draft, vendor=True).content["scheme"]["id"] == "2017"
        trade.take(world, "send", draft)
        assert trade.view(world, draft).content["scheme"]["id"] == "asking"

    def test_one_of_before_schemes_were_kept_goes_by_the_one_in_use(self, world, owner, browser):
        quote_id = trade.draft(world, trade.ask(world))
        with owner.begin() as connection:
            changed = text("UPDATE quote SET content = content - 'scheme' WHERE id = :id")
            assert connection.execute(changed, {"id": quote_id}).rowcount == 1
            sent = text("UPDATE quote SET state = 'sent', sent_at = :at, sent_by = NULL WHERE id = :id")
            assert connection.execute(sent, {"id": quote_id, "at": grants.DURING}).rowcount == 1
        with by(world.sme):
            db.session.expire_all()
        view = trade.view(world, uuid.UUID(str(quote_id)))
        assert view.estimate.scheme_id == "2017"
        assert "記録がありません" in browser(world.sme).get(f"/my/quotes/{quote_id}").text
        assert "作成時の補助制度" not in read(browser(world.sme).get(f"/my/quotes/{quote_id}.pdf").data).words
