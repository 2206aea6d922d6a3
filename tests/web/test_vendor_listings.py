"""The vendor's pages: lists, forms, imports, submitting."""

from __future__ import annotations

import io
import re

import pytest

from catalogue import desk, listing_queries
from tenants.db import act_as


@pytest.fixture
def vendor(client, asahi):
    return client.act_as(asahi)


def upload(client, data, path="/vendor/import", names=("products", "packages"), **kwargs):
    files = {name: (io.BytesIO((data / f"{name}_cp932.csv").read_bytes()), f"{name}.csv") for name in names}
    return client.post_form(path, files, content_type="multipart/form-data", **kwargs)


def keys(html):
    return re.findall(r'name="chosen" value="([^"]+)"', html)


def version(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


class TestHome:
    def test_says_what_is_next(self, vendor):
        page = vendor.get("/vendor/").text
        assert "下書きの製品6件を確かめて提出する" in page
        assert "ファイルで登録" in page

    def test_returned_first_with_its_reason(self, vendor, asahi, office):
        with act_as(asahi):
            row = listing_queries.own("product").items[0]
            desk.submit({"product": {row.id: row.version}})
        reviewer = vendor.application.test_client().act_as(office("reviewer"))
        address = f"/secretariat/review/product/{row.id}"
        reviewer.post_form(
            f"{address}/return",
            {"reason": "0", "note": "料金の説明を足してください。", "version": row.version + 1},
        )
        page = vendor.get("/vendor/").text
        assert page.index("料金の説明を足してください。") < page.index("いまの状況")

    def test_empty(self, client, organisation, actor_of):
        page = client.act_as(
            actor_of(organisation("vendor", corporate_number="9999999999999"), "vendor_owner")
        ).get("/vendor/")
        assert "まだ何も登録されていません" in page.text

    def test_english(self, vendor):
        page = vendor.get("/vendor/?lang=en").text
        assert "Vendor home" in page
        assert "What next" in page


class TestLists:
    @pytest.mark.parametrize("address", ["/vendor/products", "/vendor/packages"])
    def test_filters(self, vendor, address):
        assert vendor.get(address).status_code == 200
        for query in (
            "?state=draft",
            "?state=live",
            "?state=nonsense",
            "?q=%00",
            "?order=x&page=abc",
            "?page=99",
            "?q=勤怠",
        ):
            assert vendor.get(address + query).status_code == 200

    def test_submit_the_chosen(self, vendor):
        page = vendor.get("/vendor/products").text
        assert len(keys(page)) == 6
        answer = vendor.post_form("/vendor/products/submit", {"chosen": keys(page)[:2]}, follow_redirects=True)
        assert "2件を提出しました" in answer.text
        again = vendor.post_form("/vendor/products/submit", {"chosen": keys(page)[:1]})
        assert again.status_code == 409

    def test_nothing_and_nonsense(self, vendor):
        assert vendor.post_form("/vendor/products/submit").status_code == 422
        assert "1件も選ばれていません" in vendor.post_form("/vendor/packages/submit").text
        assert vendor.post_form("/vendor/products/submit", {"chosen": "product:x:1"}).status_code == 422

    def test_another_vendors_are_unknown(self, vendor, office):
        with act_as(office("administrator")):
            other = next(row for row in listing_queries.chosen("product", _ids("product")) if row.code == "MN-10")
        assert vendor.post_form("/vendor/products/submit", {"chosen": other.key}).status_code == 404
        assert vendor.get("/vendor/products/MN-10").status_code == 404
        assert vendor.get("/vendor/products/%00").status_code == 404

    @pytest.mark.parametrize(
        ("address", "most"),
        [("/vendor/", 16), ("/vendor/products", 12), ("/vendor/packages", 12), ("/vendor/packages/AP-1", 25)],
    )
    def test_statements(self, vendor, statements, address, most):
        vendor.get(address)
        with statements() as seen:
            vendor.get(address)
        assert len(seen) <= most, "\n".join(seen)


def _ids(kind):
    return [row.id for row in listing_queries.own(kind, per_page=200).items]


class TestOne:
    def test_package_with_estimate(self, vendor):
        page = vendor.get("/vendor/packages/AP-2").text
        assert "122,667" in page
        assert "245,333" in page
        assert "登録要件を満たしています" in page
        assert "承認されていない構成製品" in page

    def test_submit_and_take_back(self, vendor):
        address = "/vendor/products/A-001"
        page = vendor.get(address).text
        sent = vendor.post_form(f"{address}/submit", {"version": version(page)}, follow_redirects=True)
        assert "提出を取り下げる" in sent.text
        stale = vendor.post_form(f"{address}/take-back", {"version": version(page)})
        assert stale.status_code == 409
        back = vendor.post_form(f"{address}/take-back", {"version": version(sent.text)}, follow_redirects=True)
        assert "下書きに戻っています" in back.text
        assert vendor.post_form(f"{address}/submit", {"version": ""}).status_code == 422

    def test_a_viewer_sees_no_buttons_and_is_refused(self, client, asahi, actor_of):
        viewer = client.act_as(actor_of(asahi.organisation_id, "vendor_viewer"))
        page = viewer.get("/vendor/products/A-001").text
        assert "提出する" not in page
        assert "/edit" not in page
        assert viewer.get("/vendor/products/A-001/edit").status_code == 403
        assert viewer.post_form("/vendor/products/submit").status_code == 403
        assert viewer.get("/vendor/import").status_code == 403
        assert viewer.get("/vendor/new-product").status_code == 403


PRODUCT = {
    "code": "N-1",
    "name": "新しい会計",
    "name_kana": "アタラシイカイケイ",
    "description": "帳簿をつけます。",
    "functions": ["B1", "B2"],
    "cost_kind": "cloud",
    "billing_period": "monthly",
    "billing_unit": "1店舗",
    "standard_price_yen": "１２，０００円",
    "minimum_price_yen": "10000",
}
PACKAGE = {
    "code": "NP-1",
    "name": "新しいパック",
    "description": "",
    "item_product": ["A-001", "A-003", ""],
    "item_quantity": ["1", "", ""],
    "industries": ["retail", "restaurants"],
    "cloud_months": "12",
}


class TestEditor:
    def test_a_new_product(self, vendor):
        assert vendor.get("/vendor/new-product").status_code == 200
        answer = vendor.post_form("/vendor/new-product", PRODUCT, follow_redirects=True)
        assert "下書きを保存しました" in answer.text
        assert "12,000円" in answer.text
        assert "月額（1店舗）" in answer.text

    def test_what_was_entered_stays(self, vendor):
        answer = vendor.post_form("/vendor/new-product", PRODUCT | {"minimum_price_yen": "99999", "name": ""})
        assert answer.status_code == 422
        assert 'href="#f-minimum_price_yen"' in answer.text
        assert 'href="#f-name"' in answer.text
        assert "帳簿をつけます。" in answer.text
        assert "１２，０００円" in answer.text

    def test_change_and_stale(self, vendor):
        page = vendor.get("/vendor/products/A-001/edit").text
        changed = PRODUCT | {"version": version(page)}
        assert vendor.post_form("/vendor/products/A-001/edit", changed, follow_redirects=True).status_code == 200
        assert "新しい会計" in vendor.get("/vendor/products/A-001").text
        assert vendor.post_form("/vendor/products/A-001/edit", changed).status_code == 409
        now = version(vendor.get("/vendor/products/A-001/edit").text)
        same = vendor.post_form("/vendor/products/A-001/edit", PRODUCT | {"version": now}, follow_redirects=True)
        assert "変更はありませんでした" in same.text

    def test_a_new_package_more_rows_and_a_rule_broken(self, vendor):
        assert vendor.get("/vendor/new-package").text.count('name="item_product"') == 3
        more = vendor.post_form("/vendor/new-package", PACKAGE | {"more": "1"})
        assert more.text.count('name="item_product"') == 8
        assert "新しいパック" in more.text
        answer = vendor.post_form("/vendor/new-package", PACKAGE, follow_redirects=True)
        assert "下書きを保存しました" in answer.text
        alone = vendor.post_form(
            "/vendor/new-package", PACKAGE | {"code": "NP-2", "item_product": ["A-003", "", "XX"]}
        )
        assert alone.status_code == 422
        assert "XX" in alone.text

    def test_what_a_package_is_like(self, vendor):
        address = "/vendor/packages/AP-2"
        page = vendor.get(f"{address}/edit").text
        traits = {"deployment": ["cloud"], "language": ["ja", "en"], "area": ["all", "東京都"]}
        answer = vendor.post_form(
            f"{address}/edit", PACKAGE | {"version": version(page)} | traits, follow_redirects=True
        )
        assert "日本語、英語" in answer.text
        assert "全国" in answer.text
        page = vendor.get(f"{address}/edit").text
        assert re.search(r'name="language" value="en" checked', page)
        assert not re.search(r'name="area" value="東京都" checked', page)
        refused = vendor.post_form(f"{address}/edit", PACKAGE | {"version": version(page), "support": ["x"]})
        assert refused.status_code == 422
        assert "サポート時間「x」は一覧にありません。" in refused.text

    def test_what_a_package_does_to_the_work(self, vendor):
        address = "/vendor/packages/AP-2"
        claim = {
            "effect_hours": "４０",
            "effect_people": "10人",
            "effect_productivity": "",
            "effect_basis": "12社の平均（自社調べ）",
        }
        page = vendor.get(f"{address}/edit").text
        refused = vendor.post_form(
            f"{address}/edit", PACKAGE | {"version": version(page)} | claim | {"effect_people": ""}
        )
        assert refused.status_code == 422
        assert "「効果の前提となる人数」がありません。" in refused.text
        assert 'value="４０"' in refused.text
        answer = vendor.post_form(
            f"{address}/edit", PACKAGE | {"version": version(page)} | claim, follow_redirects=True
        )
        assert "40時間" in answer.text
        assert "12社の平均（自社調べ）" in answer.text
        page = vendor.get(f"{address}/edit").text
        assert re.search(r'name="effect_hours"[^>]* value="40"', page)

    def test_package_edit(self, vendor):
        page = vendor.get("/vendor/packages/AP-2/edit").text
        assert page.count('name="item_product"') == 6
        answer = vendor.post_form(
            "/vendor/packages/AP-2/edit", PACKAGE | {"version": version(page)}, follow_redirects=True
        )
        assert "新しいパック" in answer.text


class TestImport:
    def test_upload_look_load(self, vendor, data):
        assert "見本" in vendor.get("/vendor/import").text
        answer = upload(vendor, data)
        assert answer.status_code == 302
        address = answer.location
        page = vendor.get(address).text
        assert "登録する行はありません。" in page
        assert "他社の法人番号の行です。" in page
        refused = vendor.get(f"{address}?show=refused").text
        assert "変更なし" in refused
        assert vendor.get(f"{address}?kind=packages&page=2").status_code == 200
        saved = vendor.get(f"{address}/refused-products.csv")
        assert saved.data.startswith(b"\xef\xbb\xbf")
        assert "直し方" in saved.text
        assert vendor.get(f"{address}/refused-products.xlsx").data.startswith(b"PK")
        assert vendor.get(f"{address}/refused-vendors.csv").status_code == 404
        assert vendor.get(f"{address}/refused-products.pdf").status_code == 404
        done = vendor.post_form(f"{address}/load", follow_redirects=True)
        assert "0行を登録しました" in done.text
        assert vendor.get(f"{address}/refused-products.csv").status_code == 200

    def test_once_loaded_every_way_back_leads_to_the_result(self, vendor, data):
        address = upload(vendor, data).location
        done = vendor.post_form(f"{address}/load")
        for again in (vendor.post_form(f"{address}/load"), vendor.get(address)):
            assert (again.status_code, again.location) == (302, done.location)
        assert done.location.endswith("/result")

    def test_a_change_is_shown_before_and_after(self, vendor, data):
        cells = (data / "products_cp932.csv").read_bytes().decode("cp932").replace('"118,800"', '"120,000"')
        form = {"products": (io.BytesIO(cells.encode()), "products.csv")}
        page = vendor.post_form("/vendor/import", form, content_type="multipart/form-data", follow_redirects=True)
        assert re.search(r"標準販売価格（税抜）</span>\s*118,800 → 120,000", page.text)

    def test_what_is_gone_leads_to_a_new_upload(self, vendor, data):
        address = upload(vendor, data).location
        vendor.post_form(f"{address}/discard")
        for answer in (vendor.get(address), vendor.get(f"{address}/result"), vendor.post_form(f"{address}/load")):
            assert answer.status_code == 409
            assert "すでに取り込まれた" in answer.text
            assert 'href="/vendor/import"' in answer.text

    def test_no_file_and_no_spreadsheet(self, vendor):
        assert vendor.post_form("/vendor/import").status_code == 422
        junk = {"products": (io.BytesIO(b"\x89PNG\r\n\x1a\n\x00"), "x.csv")}
        answer = vendor.post_form("/vendor/import", junk, content_type="multipart/form-data")
        assert answer.status_code == 422
        assert "何も登録していません" in answer.text

    def test_discard(self, vendor, data):
        address = upload(vendor, data).location
        assert vendor.post_form(f"{address}/discard").status_code == 302
        assert vendor.get(address).status_code == 409

    def test_examples_and_guide(self, vendor):
        guide = vendor.get("/vendor/import/guide").text
        assert "標準販売価格（税抜）" in guide
        assert "所在地" not in guide
        assert "法人番号" in vendor.get("/vendor/import/example-products.csv").text
        assert vendor.get("/vendor/import/example-packages.xlsx").data.startswith(b"PK")
        assert vendor.get("/vendor/import/example-vendors.csv").status_code == 404

    def test_an_example_can_be_loaded(self, vendor):
        example = vendor.get("/vendor/import/example-products.csv").data
        form = {"products": (io.BytesIO(example), "example.csv")}
        page = vendor.post_form("/vendor/import", form, content_type="multipart/form-data", follow_redirects=True)
        assert "1行を登録する" in page.text
