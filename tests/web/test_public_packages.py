"""Pages of what is published: package, product, vendor, comparison."""

from __future__ import annotations

import html
import io
import re

import pytest
from printed import read
from published import publish_again, withdraw
from pypdf import PdfReader
from sqlalchemy import select
from worked_input import rows

from catalogue import listings
from catalogue.models import Package, Product
from catalogue.publications import live_package
from marketplace.applicants import Statement, save_profile
from tenants.actor import SYSTEM
from tenants.db import act_as, db, use_case
from web.words import yen

ASAHI = "7999900000101"
HOTARU = "UP-2"


def listing(code):
    return db.session.scalar(select(Package).where(Package.code == code))


def test_every_figure_of_the_worked_input_is_on_its_page(shop):
    for row in rows("packages_expected.csv"):
        answer = shop.get(f"/packages/{row['code']}")
        if row["accepted"] == "false":
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200
        words = re.sub(r"<[^>]+>", "", answer.text)
        for figure in ("eligible_cost_yen", "own_cost_yen"):
            assert yen(int(row[figure])) in words, (row["code"], figure)
        if row["fundable"] == "true":
            assert f"−{yen(int(row['subsidy_yen']))}" in words
            assert f"/my/applications/start/{row['code']}" in answer.text
        else:
            assert "/my/applications/start/" not in answer.text
            assert "下限額" in words


def test_a_package_for_some_industries_says_so_and_explains_every_line(shop):
    page = shop.get(f"/packages/{HOTARU}").text
    assert "使える業種が決まっています" in page
    assert "宿泊業" in page
    assert "24か月分のうち、補助の対象になるのは導入後12か月分だけです。" in page
    assert "概要 補助対象費目（注意点）" in page
    assert "事務局が承認し、公開しました" in page


def test_in_english(shop):
    page = shop.get("/packages/AP-1?lang=en").text
    assert '<html lang="en">' in page
    assert "What it does for your shop" in page
    assert "¥208,934" in re.sub(r"<[^>]+>", "", page)


def test_a_withdrawn_package_answers_410_with_date_and_reason(shop):
    with act_as(SYSTEM):
        listing_id = listing("AP-1").id
    withdraw(listing_id)
    answer = shop.get("/packages/AP-1")
    assert answer.status_code == 410
    assert "販売を終えたため" in answer.text
    assert "公開終了日" in answer.text


def test_a_withdrawn_product_answers_410_too(shop):
    href = re.search(rf"/vendors/{ASAHI}/products/([\w-]+)", shop.get(f"/vendors/{ASAHI}").text)
    with act_as(SYSTEM):
        product = db.session.scalar(select(Product).where(Product.code == href[1]))
        listings.withdraw("product", product.id, reason="作り直すため", read_version=product.version)
    answer = shop.get(href[0])
    assert answer.status_code == 410
    assert "作り直すため" in answer.text


def test_a_new_version_tells_what_changed(shop):
    with act_as(SYSTEM):
        listing_id = listing("AP-1").id
    publish_again(listing_id, "新しい名前のパック")
    page = shop.get("/packages/AP-1").text
    assert "変更を承認し、公開しました" in page
    assert page.count("新しい名前のパック") > 1


def test_a_draft_change_never_shows(shop):
    with act_as(SYSTEM):
        listing("AP-1").name = "まだ秘密の名前"
        db.session.commit()
    assert "まだ秘密の名前" not in shop.get("/packages/AP-1").text


@pytest.mark.parametrize(
    "path", ["/packages/NOPE", "/vendors/1234567890123", "/vendors/x/products/y", "/packages/%E4%BC%9A%E8%A8%88"]
)
def test_what_is_not_there_is_404_with_a_way_on(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "/packages" in answer.text


def test_product_and_vendor_lead_to_each_other(shop):
    vendor = shop.get(f"/vendors/{ASAHI}").text
    href = re.search(rf"/vendors/{ASAHI}/products/[\w-]+", vendor)
    assert href
    page = shop.get(href[0]).text
    assert "標準販売価格（税抜）" in page
    assert "最低" not in page
    assert f'href="/vendors/{ASAHI}"' in page
    assert 'class="result__name"' in page


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "９９９", "1000000000"])
def test_a_bad_page_number_names_itself_and_the_remedy(client, page):
    answer = client.get("/vendors", query_string={"page": page})
    assert answer.status_code == 422
    assert "ページ番号" in answer.text
    assert "整数にしてください" in answer.text


def test_a_page_beyond_the_end_leads_back(shop):
    assert "最初のページへ" in shop.get("/vendors?page=9").text


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/packages/AP-1", 9),
        ("/packages/AP-1?scheme=2018", 10),
        ("/vendors", 4),
        ("/compare?codes=AP-1,AP-2,MP-1,KP-1", 3),
        ("/compare?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1", 3),
        ("/packages", 3),
        ("/", 6),
    ],
)
def test_statements_per_page_are_fixed(shop, statements, path, most):
    shop.get(path)
    with statements() as seen:
        assert shop.get(path).status_code == 200
    assert len(seen) <= most, "\n".join(seen)


class TestCompare:
    def test_six_side_by_side_with_differences_and_best(self, shop):
        page = shop.get("/compare?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1").text
        words = re.sub(r"<[^>]+>", "", page)
        for amount in (208_934, 122_667, 367_600, 131_120, 109_920, 2_100_000):
            assert yen(amount) in words
        assert "違いあり" in page
        assert "いちばん低い" in page
        assert 'id="f-add"' not in page

    def test_the_years_stand_as_bars_and_in_a_table(self, shop):
        page = shop.get("/compare?codes=AP-1,AP-2").text
        figure = page[page.index('<figure class="cost-chart"') : page.index("</figure>")]
        assert figure.count('<svg class="cost-chart__bar"') == 2
        assert {"1年目", "2年目", "3年目", "合計"} <= set(re.findall(r'<th scope="col"[^>]*>([^<]+)<', figure))
        assert yen(122_667) in re.sub(r"<[^>]+>", "", figure)

    def test_a_date_and_the_version_of_the_scheme_stand_below(self, shop):
        assert re.search(
            r"\d+年\d+月\d+日（.）時点。.+（第\d+版）で計算しました。", shop.get("/compare?codes=AP-1").text
        )

    def test_a_pinned_package_stands_first_and_can_be_let_go(self, shop):
        page = shop.get("/compare?codes=AP-1,AP-2,MP-1&pinned=MP-1").text.replace("%2C", ",")
        assert page.index("固定中") < page.index('href="/packages/MP-1"') < page.index('href="/packages/AP-1"')
        assert 'href="/compare?codes=MP-1,AP-1,AP-2#pin-MP-1"' in page  # let go: the order stays
        assert (
            'href="/compare?codes=MP-1,AP-2,AP-1&amp;pinned=MP-1#before-AP-1"' in page
        )  # the others move among themselves
        assert 'href="/compare?codes=AP-1,AP-2#remove-AP-1"' in page  # removed: nothing is pinned any more
        assert 'name="pinned" value="MP-1"' in page

    def test_ticks_without_script_ask_the_same(self, shop):
        ticked = shop.get("/compare?codes=AP-1&codes=AP-2").text
        joined = shop.get("/compare?codes=AP-1,AP-2").text
        table = slice(joined.index("<table"), joined.index("</table>"))
        assert joined[table] in ticked

    def test_unknown_and_seventh_are_named_and_the_others_shown(self, shop):
        page = shop.get("/compare?codes=AP-1,nope,AP-2,MP-1,KP-1,KP-2,HP-1").text
        assert "次のコードのITツールはありません" in page
        assert "nope" in page
        assert "一度に比べられるのは6件までです" in page
        assert "208,934" in page

    def test_what_was_withdrawn_says_when_and_why(self, shop):
        with act_as(SYSTEM):
            listing_id = listing("AP-2").id
        withdraw(listing_id)
        page = shop.get("/compare?codes=AP-1,AP-2,nope").text
        assert re.search(r"「[^」]+」の公開は\d{4}年\d+月\d+日に終了しました。理由：販売を終えたため", page)
        assert "<strong>nope</strong>" in page
        assert shop.get("/compare?codes=AP-2").status_code == 200

    def test_a_code_can_be_added_removed_and_moved(self, shop):
        page = shop.get("/compare?codes=AP-1&add=AP-2").text
        assert 'href="/compare?codes=AP-2,AP-1#before-AP-1"' in page.replace("%2C", ",")
        assert 'href="/compare?codes=AP-2#remove-AP-2"' in page
        assert 'name="codes" value="AP-1,AP-2"' in page

    def test_nothing_chosen_says_how_to_begin(self, client):
        answer = client.get("/compare")
        assert answer.status_code == 200
        assert "比べるITツールが選ばれていません" in answer.text

    def test_strange_codes_do_no_harm(self, client):
        answer = client.get("/compare", query_string={"codes": "<script>,\x00," + "x" * 5000})
        assert answer.status_code == 200
        assert "<script>," not in answer.text


class TestComparePdf:
    ADDRESS = "/compare.pdf?codes=AP-1,UP-2,KP-1&pinned=KP-1"

    def test_the_whole_comparison_is_tagged_searchable_japanese(self, shop):
        answer = shop.get(self.ADDRESS)
        assert answer.status_code == 200
        assert answer.content_type == "application/pdf"
        found = read(answer.data)
        assert (found.tagged, found.accessible, found.lang, found.title) == (True, True, "ja-JP", "ITツールの比較")
        for words in ("自己負担", "208,934円", "131,120円", "いちばん低い", "固定中", "3年間の合計", "時点。"):
            assert words in found.words

    def test_no_page_ends_with_a_heading_alone(self, shop):
        answer = shop.get("/compare.pdf?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1")
        page = shop.get("/compare?codes=AP-1,AP-2,MP-1,KP-1,KP-2,HP-1").text
        headings = {
            html.unescape(re.sub(r"<small>.*?</small>|<[^>]+>", "", each))
            for each in re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', page)
        }
        assert "費用と補助金" in headings
        for each in PdfReader(io.BytesIO(answer.data)).pages:
            lines = [line.strip() for line in each.extract_text().splitlines() if line.strip()]
            body = [
                line for line in lines if "で計算しました。" not in line and not re.fullmatch(r"\d+ ?/ ?\d+", line)
            ]
            assert body[-1] not in headings

    def test_in_english_too(self, shop):
        found = read(shop.get(f"{self.ADDRESS}&lang=en").data)
        assert found.lang.startswith("en")
        assert "Yourcost" in found.words

    def test_who_has_it_is_told_so(self, shop):
        first = shop.get(self.ADDRESS)
        again = shop.get(self.ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")

    def test_nothing_to_compare_is_not_found(self, client):
        assert client.get("/compare.pdf").status_code == 404
        assert client.get("/compare.pdf?codes=nope").status_code == 404


class TestQuantities:
    def test_more_of_an_item_costs_more_and_says_it_is_not_what_is_published(self, shop):
        before = shop.get("/packages/AP-2").text
        assert "数を変えた見積り" not in before
        after = shop.get("/packages/AP-2?quantity-0=2").text
        assert "数を変えた見積り" in after
        assert own_cost(after) > own_cost(before)

    def test_a_service_that_is_left_out_says_so_and_costs_nothing(self, shop):
        with act_as(SYSTEM):
            items = live_package("MP-1").content["items"]
        service = next(at for at, item in enumerate(items) if not item["functions"])
        page = shop.get(f"/packages/MP-1?quantity-{service}=0").text
        assert "この見積りでは外しています" in page
        assert own_cost(page) < own_cost(shop.get("/packages/MP-1").text)

    def test_as_published_is_no_change(self, shop):
        page = shop.get("/packages/AP-2?quantity-0=&quantity-1=").text
        assert "数を変えた見積り" not in page
        assert own_cost(page) == 122_667

    @pytest.mark.parametrize("written", ["0", "-1", "二つ", "1000", "9" * 400])
    def test_what_cannot_be_is_named_beside_its_field_and_the_published_figures_stay(self, shop, written):
        answer = shop.get("/packages/AP-2", query_string={"quantity-0": written})
        assert answer.status_code == 422
        assert "1から999までの整数を入力してください" in answer.text
        assert own_cost(answer.text) == 122_667


class TestMoneyOverTime:
    def test_everything_is_paid_first_with_tax_and_the_subsidy_comes_later(self, shop):
        words = re.sub(r"<[^>]+>", "", shop.get("/packages/AP-2").text)
        assert "消費税（10%）36,800円は別にかかり" in words
        flow = words[words.index("お金の流れ") :]
        assert flow.index("404,800円") < flow.index("245,333円")  # 368,000 and its tax, then the subsidy
        assert "手元に必要なお金は、いちばん多いときで" in flow

    def test_the_shops_own_facts_stand_in_its_panel(self, shop, browser, organisation, actor_of):
        ramen = actor_of(organisation("sme", address="1-1"), "sme_owner")
        told = Statement("company", "restaurant", 3_000_000, 4, domestic=True)
        with act_as(ramen):
            save_profile(told, read_version=None)
        page = browser(ramen).get("/packages/KP-1").text  # for retail only
        assert "業種が対象外" in page
        assert "飲食店" in page
        assert "対象の業種" in browser(ramen).get("/packages/AP-2").text
        assert "estimate__reader" not in shop.get("/packages/AP-2").text


def own_cost(page: str) -> int:
    """The largest number on a package's page."""
    figure = re.search(r'amount--xl">([\d,]+)', page)
    assert figure
    return int(figure[1].replace(",", ""))


def test_a_vendor_s_claim_is_shown_as_one_once_it_is_published(shop, office):
    assert (
        "未記入です。このITツールのベンダーは、効果の数字を申告していません。" in shop.get("/packages/AP-1").text
    )
    claim = {"hours": 40, "people": 10, "basis": "導入した12社の平均（自社調べ）"}

    @use_case
    def edit():
        row = listing("AP-1")
        row.effect, row.state = claim, "submitted"
        return row.id

    with act_as(SYSTEM):
        listing_id = edit()
    examiner = shop.application.test_client().act_as(office("reviewer"))
    review = examiner.get(f"/secretariat/review/package/{listing_id}").text
    assert re.search(r"削減できる作業時間（月）.{0,400}40時間", review, re.DOTALL)
    assert "40時間" not in shop.get("/packages/AP-1").text
    with act_as(SYSTEM):
        listings.approve("package", [listing_id])
        listings.publish("package", [listing_id])
    page = shop.get("/packages/AP-1").text
    assert "導入の効果（ベンダーの申告）" in page
    assert "10人の事業者で" in page
    assert "事務局が確かめたものではなく" in page
    assert "the vendor claims" in shop.application.test_client().get("/packages/AP-1?lang=en").text
    answer = shop.get("/api/v1/packages/AP-1").json["effect"]
    assert answer == claim
    compared = shop.get("/compare?codes=AP-1,AP-2").text
    assert "導入の効果（ベンダーの申告）" in compared
    assert "4.0時間" in compared
    assert "未記入" in compared
    assert "4.0時間" in read(shop.get("/compare.pdf?codes=AP-1,AP-2").data).words
