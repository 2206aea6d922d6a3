"""The standing pages: front page, programme, and what machines read."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from xml.etree import ElementTree as ET

import editions
import pytest
from worked_input import publish_worked_input

from catalogue import masters
from marketplace import rounds
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as
from web.public import machines

STANDING = (
    "/",
    "/packages",
    "/find",
    "/needs",
    "/vendors",
    "/compare",
    "/eligibility",
    "/schedule",
    "/guidelines",
    "/faq",
    "/contact",
    "/glossary",
    "/accessibility",
    "/privacy",
)
MOST_BYTES = 100_000
MOST_SCRIPT_BYTES = 30_000


@pytest.fixture
def now(arrive):
    """``now("2017-02-01T10:00")``: the request arrives at this moment in Japan."""
    return lambda moment: arrive(datetime.fromisoformat(moment).replace(tzinfo=clock.JAPAN))


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("path", STANDING)
def test_each_standing_page_in_both_languages(client, index, path, language):
    answer = client.get(path, query_string={"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert re.search(r'<meta name="description" content="[^"]{10,}', answer.text)
    if language == "en":
        main = answer.text.split("<main")[1].split("</main>")[0]
        left = re.sub(
            r'<[^>]*lang="ja"[^>]*>[^<]*<|（[^）]*）|\([^)]*\)|<small class="clause">.*?</small>', "", main
        )
        words = re.sub(r"<[^>]+>", "", left)
        assert not re.search(r"[ぁ-ん]{4,}", words), re.findall(r".{10}[ぁ-ん]{4,}.{10}", words)


@pytest.mark.parametrize("path", STANDING)
def test_a_page_known_by_its_etag_is_not_sent_again(client, index, path):
    first = client.get(path)
    if path == "/eligibility":
        assert first.headers["Cache-Control"] == "no-store"
        return
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("path", ["/", "/packages?q=会計", "/packages/AP-1", "/compare?codes=AP-1,AP-2,MP-1,KP-1"])
def test_weight_of_a_first_visit(client, index, path):
    publish_worked_input()
    page = client.get(path).text
    files = {name.replace("&amp;", "&") for name in re.findall(r'(?:href|src)="(/static/[^"#]+)', page)}
    sizes = {}
    for name in files:
        with client.get(name) as answer:
            sizes[name] = len(gzip.compress(answer.data))
    script = sum(size for name, size in sizes.items() if ".js" in name)
    assert script < MOST_SCRIPT_BYTES, sizes
    assert sum(sizes.values()) + len(gzip.compress(page.encode())) < MOST_BYTES, sizes


@pytest.mark.usefixtures("index")
class TestHome:
    def test_what_is_open_and_how_much(self, client, now):
        now("2017-02-27T10:00")
        page = client.get("/").text
        assert "受付中" in page
        assert "あと1日" in page
        assert "2/3" in page
        assert "100万円" in page
        assert "20万円" in page

    def test_between_two_rounds_the_next_is_named(self, client, now):
        now("2017-03-10T10:00")
        assert "第二次 交付申請受付" in client.get("/").text

    def test_after_the_last_round(self, client, now):
        now("2026-05-01T10:00")
        assert "次の受付は、予算の状況をみて" in client.get("/").text

    @pytest.mark.parametrize(
        ("moment", "words"),
        [
            ("2026-11-24T09:30", "受付中"),
            ("2026-11-24T17:30", "受付時間外"),
            ("2026-11-23T12:00", "受付時間外"),  # a public holiday
            ("2026-11-22T12:00", "受付時間外"),  # a Sunday
        ],
    )
    def test_open_now(self, client, now, moment, words):
        now(moment)
        page = client.get("/contact").text
        assert words in page.split("<main")[1].split("</main>")[0]
        assert "平日 9:30〜17:30（祝日を除く）" in page

    def test_newest_first(self, client):
        publish_worked_input()
        page = client.get("/").text
        assert page.count('class="result__name"') == 3
        assert "公開中の11件" in page


def test_schedule_marks_now_and_what_is_not_confirmed(client, now):
    now("2017-02-01T10:00")
    page = client.get("/schedule").text
    assert page.count("schedule__lane--open") == 4
    assert "日程は未確定" in page
    assert "第二次 交付申請受付" in page
    assert "これから" in page


def test_a_lane_without_dates_says_so(client):
    with act_as(SYSTEM):
        rounds.load_rounds(
            [
                {
                    "id": "a",
                    "kind": "payout",
                    "name": {"ja": "払い出し", "en": "Payout"},
                    "opens_at": "2026-01-01T00:00+09:00",
                    "closes_at": "2099-01-01T00:00+09:00",
                }
            ],
            version=2,
            source="試験",
        )
    page = client.get("/schedule").text
    assert page.count("日程は決まっていません。") == 5
    assert "日程は未確定</span>" not in page


def test_guidelines_say_which_papers_and_reports_are_asked_for_and_what_is_not_confirmed(client):
    page = client.get("/guidelines").text
    papers = page[page.index('id="papers"') : page.index('id="follow-up"')]
    assert "出典には書類の名前がありません" in papers
    assert "支払いの証憑" in papers
    assert "未確認" not in papers
    reports = page[page.index('id="follow-up"') : page.index('id="sources"')]
    for words in (
        "年に1回、最大4回",
        "（売上 − 原価）÷（働く人の数 × 1人あたりの年間の労働時間）",
        "未確認",
        "2021年3月まで",
    ):
        assert words in reports
    with act_as(SYSTEM):
        normal = masters.newest("scheme", "2025-normal").content
    editions.put_in_use(normal | {"id": "next", "version": 1})
    later = client.get("/guidelines").text
    papers = later[later.index('id="papers"') : later.index('id="follow-up"')]
    assert "納税証明書" in papers
    # Three papers, and what an applicant is registered with.
    assert papers.count("未確認") == 4
    assert "営業利益 ＋ 人件費 ＋ 減価償却費" in later
    assert "端数の切り捨て方は" in later[later.index('id="amount"') : later.index('id="counts"')]
    assert "未確認" not in page[page.index('id="amount"') : page.index('id="counts"')]


def _prices(page: str) -> list[list[str]]:
    table = page[page.index('id="prices"') : page.index('id="counts"')]
    rows = re.findall(r"<tr>(.*?)</tr>", table[table.index("<tbody>") :], re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S)]
        for row in rows
    ]


def test_guidelines_go_from_an_amount_back_to_the_cost(client):
    """Where the subsidy begins and where it rises no more, the least cost for a subsidy, and the least own cost."""
    begins = ["補助が出る、いちばん小さい費用", "300,000円", "200,000円", "100,000円"]
    ends = ["補助がこれ以上増えなくなる費用", "1,500,000円", "1,000,000円", "500,000円"]
    assert _prices(client.get("/guidelines").text) == [begins, ends]
    asked = _prices(client.get("/guidelines?subsidy=50万円&price=２５万円").text)
    assert asked[:2] == [begins, ends]
    assert asked[2][0].startswith("ほしい補助額に届く費用補助額が500,000円以上になる、いちばん小さい金額です")
    assert asked[2][1:] == ["750,000円", "500,000円", "250,000円"]
    assert asked[3][0].startswith(
        "自己負担がいちばん少ない費用50,000円増やすと補助額が200,000円になり、自己負担は150,000円"
    )
    assert asked[3][1:] == ["300,000円", "200,000円", "100,000円"]
    english = client.get("/guidelines?price=750000&lang=en").text
    assert "No higher price in the range brings a lower own cost." in english


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("subsidy=1000001", "subsidy", "1,000,000円以下の補助額を指定してください"),
        ("subsidy=たくさん", "subsidy", "500000 や 50万円 のように入力してください"),
        ("subsidy=0", "subsidy", "1以上"),
        ("price=999999999999999", "price", "1,000,000,000,000以下"),
    ],
)
def test_an_amount_that_cannot_be_is_told_beside_its_field(client, query, field, words):
    answer = client.get(f"/guidelines?{query}")
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert words in answer.text
    assert len(_prices(answer.text)) == 2


@pytest.mark.parametrize(
    ("scheme", "tiers"),
    [
        ("2018", False),
        ("2022-digital", True),
        ("2025-normal", True),
        ("2025-invoice", True),
        ("2025-security", False),
    ],
)
def test_every_edition_has_its_prices(client, scheme, tiers):
    with act_as(SYSTEM):
        content = masters.newest("scheme", scheme).content
    editions.put_in_use(content | {"id": "next", "version": 1})
    page = client.get("/guidelines?subsidy=100000").text
    assert _prices(page)[-1][2] != "0円"
    assert ("いちばん高いもので計算" in page) == tiers


def test_guidelines_show_every_cost_kind_with_its_clause(client):
    page = client.get("/guidelines").text
    for words in ("クラウド利用料", "ハードウエア", "12か月分まで", "申請代行費", "公募要領P7（7）", "代理申請"):
        assert words in page
    assert page.index("ソフトウエア</th>") < page.index("研修</th>") < page.index("その他</th>")


@pytest.mark.usefixtures("index")
class TestMachines:
    def test_robots_name_the_site_map(self, client):
        answer = client.get("/robots.txt")
        assert answer.mimetype == "text/plain"
        assert "Sitemap: http://localhost/sitemap.xml" in answer.text

    def test_the_site_map_has_every_package(self, client):
        publish_worked_input()
        places = [each.text for each in ET.fromstring(client.get("/sitemap.xml").data).iter() if each.text]  # noqa: S314
        assert "http://localhost/packages/AP-1" in places
        assert "http://localhost/guidelines" in places

    def test_a_long_site_map_comes_in_parts(self, client, monkeypatch):
        publish_worked_input()
        monkeypatch.setattr(machines, "PER_MAP", 5)
        assert client.get("/sitemap.xml").text.count("<sitemap>") == 3
        parts = [client.get(f"/sitemap-{number}.xml").text.count("/packages/") for number in (1, 2, 3)]
        assert parts == [5, 5, 1]
        assert client.get("/sitemap-4.xml").status_code == 404
        assert client.get("/sitemap-99999.xml").status_code == 404


def test_every_link_of_the_frame_leads_somewhere(client, index):
    page = client.get("/").text
    outside = page.split("<main")[0] + page.split("</main>")[1]
    for path in sorted(set(re.findall(r'<a [^>]*href="(/[^"#]*)"', outside))):
        assert client.get(path).status_code in (200, 302), path
