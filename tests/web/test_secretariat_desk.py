"""The secretariat's pages: queue, review, publication, masters, rounds, audit, import."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import text

from catalogue import desk, listing_queries, publications
from tenants.db import act_as

KINDS = ("product", "package")


@pytest.fixture
def desk_of(client, office):
    """A browser of somebody with this role: ``desk_of("reviewer")``."""
    return lambda role: client.application.test_client().act_as(office(role))


@pytest.fixture
def submitted(asahi):
    """The first vendor handed everything in."""
    with act_as(asahi):
        desk.submit({kind: {row.id: row.version for row in listing_queries.own(kind).items} for kind in KINDS})


def keys(html):
    return re.findall(r'name="chosen" value="([^"]+)"', html)


def version(html):
    return re.search(r'name="version" value="(\d+)"', html)[1]


def first_link(html):
    return re.search(r'href="(/secretariat/review/[^"?]+)', html)[1]


class TestHome:
    def test_nothing_waits(self, desk_of):
        page = desk_of("auditor").get("/secretariat/").text
        assert "審査待ちはありません" in page
        assert "監査記録" in page

    @pytest.mark.usefixtures("submitted")
    def test_what_waits(self, desk_of):
        page = desk_of("reviewer").get("/secretariat/").text
        assert "審査を始める" in page
        assert "あさひ会計クラウド" in page
        assert "監査記録" not in page
        auditor = desk_of("auditor").get("/secretariat/").text
        assert "監査記録を見る" in auditor
        assert "審査を始める" not in auditor, "who may not review is not asked to"

    @pytest.mark.usefixtures("catalogue")
    def test_vendors(self, desk_of):
        reviewer = desk_of("reviewer")
        assert "みなと情報サービス株式会社" in reviewer.get("/secretariat/vendors").text
        assert "みなと" not in reviewer.get("/secretariat/vendors?q=7999900000101").text


@pytest.mark.usefixtures("submitted")
class TestReview:
    def test_approve_and_next(self, desk_of):
        reviewer = desk_of("reviewer")
        queue = reviewer.get("/secretariat/queue").text
        address = first_link(queue)
        page = reviewer.get(address).text
        assert "新規の登録です" in page
        answer = reviewer.post_form(f"{address}/approve", {"version": version(page)})
        assert answer.status_code == 302
        assert answer.location != address
        assert "/secretariat/review/" in answer.location
        assert reviewer.post_form(f"{address}/approve", {"version": version(page)}).status_code == 409

    def test_return_needs_a_reason(self, desk_of):
        reviewer = desk_of("reviewer")
        address = first_link(reviewer.get("/secretariat/queue").text)
        page = reviewer.get(address).text
        empty = reviewer.post_form(f"{address}/return", {"version": version(page)})
        assert empty.status_code == 422
        assert "理由を1〜1000文字で入力してください。" in empty.text
        sent = reviewer.post_form(
            f"{address}/return",
            {"version": version(page), "reason": "2", "note": "B1を外してください。"},
            follow_redirects=True,
        )
        assert "差し戻しました" in sent.text
        assert "コア機能の選び方が製品の内容と合っていません。\nB1を外してください。" in reviewer.get(address).text

    def test_stale_and_broken(self, desk_of):
        reviewer = desk_of("reviewer")
        address = first_link(reviewer.get("/secretariat/queue").text)
        assert reviewer.post_form(f"{address}/approve", {"version": "99"}).status_code == 409
        assert reviewer.post_form(f"{address}/approve").status_code == 422
        assert reviewer.get("/secretariat/review/other/" + address.rsplit("/", 1)[1]).status_code == 404
        assert reviewer.get(address.replace("product", "package")).status_code == 404

    def test_a_package_before_its_products(self, desk_of):
        reviewer = desk_of("reviewer")
        address = first_link(reviewer.get("/secretariat/queue?only=package").text)
        page = reviewer.get(address).text
        assert "先に製品の審査が必要です" in page
        answer = reviewer.post_form(f"{address}/approve", {"version": version(page)})
        assert answer.status_code == 422
        assert "まだ承認されていません" in answer.text

    def test_batch(self, desk_of):
        reviewer = desk_of("reviewer")
        packages = keys(reviewer.get("/secretariat/queue?only=package").text)
        refused = reviewer.post_form("/secretariat/queue/approve?only=package", {"chosen": packages})
        assert refused.status_code == 422
        assert "1件も変更していません" in refused.text or "Nothing" in refused.text
        all_of_them = keys(reviewer.get("/secretariat/queue").text)
        done = reviewer.post_form("/secretariat/queue/approve", {"chosen": all_of_them}, follow_redirects=True)
        assert "8件を承認しました" in done.text

    def test_the_last_one_leads_back_to_the_queue(self, desk_of):
        reviewer = desk_of("reviewer")
        for _ in range(6):
            address = first_link(reviewer.get("/secretariat/queue?only=product").text)
            answer = reviewer.post_form(
                f"{address}/approve?only=product", {"version": version(reviewer.get(address).text)}
            )
        assert answer.location == "/secretariat/queue?only=product"

    @pytest.mark.parametrize("role", ["publisher", "auditor"])
    def test_others_look_only(self, desk_of, role):
        other = desk_of(role)
        queue = other.get("/secretariat/queue").text
        assert keys(queue) == []
        address = first_link(queue)
        page = other.get(address).text
        assert "承認して次へ" not in page
        assert "差し戻す" not in page
        for step in ("approve", "return"):
            assert other.post_form(f"{address}/{step}", {"version": "1"}).status_code == 403
        assert other.post_form("/secretariat/queue/approve").status_code == 403

    def test_a_vendor_has_no_desk(self, client, asahi):
        vendor = client.act_as(asahi)
        for address in ("/", "/queue", "/publications", "/live", "/masters", "/audit", "/import", "/vendors"):
            assert vendor.get(f"/secretariat{address}").status_code in (403, 404)

    @pytest.mark.parametrize(
        ("address", "most"),
        [
            ("/secretariat/", 16),
            ("/secretariat/queue", 12),
            ("/secretariat/publications", 12),
            ("/secretariat/live", 10),
            ("/secretariat/vendors", 10),
            ("/secretariat/masters", 10),
            ("/secretariat/rounds", 10),
            ("/secretariat/audit", 14),
        ],
    )
    def test_statements(self, desk_of, statements, address, most):
        administrator = desk_of("administrator")
        administrator.get(address)
        with statements() as seen:
            assert administrator.get(address).status_code == 200
        assert len(seen) <= most, "\n".join(seen)


@pytest.fixture
def approved(submitted, office):
    """Everything the first vendor handed in is approved."""
    with act_as(office("administrator")):
        versions = {}
        for row in listing_queries.queue(per_page=200).items:
            versions.setdefault(row.kind, {})[row.id] = row.version
        desk.approve(versions)


@pytest.mark.usefixtures("approved")
class TestPublication:
    def test_choose_look_publish(self, desk_of):
        publisher = desk_of("publisher")
        waiting = publisher.get("/secretariat/publications").text
        assert len(keys(waiting)) == 8
        preview = publisher.post_form("/secretariat/publications/preview", {"chosen": keys(waiting)})
        assert "8件を公開します" in preview.text
        done = publisher.post_form(
            "/secretariat/publications", {"chosen": keys(preview.text)}, follow_redirects=True
        )
        assert "8件が公開されています" in done.text
        assert publications.count_live("package") == 2
        assert "公開を待っているものはありません" in publisher.get("/secretariat/publications").text
        again = publisher.post_form("/secretariat/publications", {"chosen": keys(preview.text)})
        assert again.status_code == 409

    def test_all_of_a_kind(self, desk_of):
        publisher = desk_of("publisher")
        preview = publisher.post_form("/secretariat/publications/preview?only=product", {"all": "1"})
        assert "6件を公開します" in preview.text

    def test_a_package_without_its_products_stays(self, desk_of, office):
        publisher = desk_of("publisher")
        preview = publisher.post_form("/secretariat/publications/preview?only=package", {"all": "1"})
        reviewer = desk_of("reviewer")
        with act_as(office("reviewer")):
            row = next(row for row in listing_queries.every_approved(kind="product") if row.code == "A-002")
        address = f"/secretariat/review/product/{row.id}"
        reviewer.post_form(f"{address}/return", {"version": row.version, "note": "見直してください。"})
        answer = publisher.post_form("/secretariat/publications", {"chosen": keys(preview.text)})
        assert answer.status_code == 422
        assert "1件も公開していません" in answer.text
        assert publications.count_live("package") == 0

    def test_nothing_chosen(self, desk_of):
        publisher = desk_of("publisher")
        assert publisher.post_form("/secretariat/publications/preview").status_code == 422
        assert publisher.post_form("/secretariat/publications").status_code == 422

    @pytest.mark.parametrize("role", ["reviewer", "auditor"])
    def test_others_do_not_publish(self, desk_of, role):
        other = desk_of(role)
        page = other.get("/secretariat/publications").text
        assert keys(page) == []
        assert "すべて選んで確認する" not in page
        assert other.post_form("/secretariat/publications").status_code == 403
        assert other.post_form("/secretariat/publications/preview").status_code == 403

    def test_withdraw(self, desk_of):
        publisher = desk_of("administrator")
        preview = publisher.post_form("/secretariat/publications/preview", {"all": "1"})
        publisher.post_form("/secretariat/publications", {"chosen": keys(preview.text)})
        live = publisher.get("/secretariat/live?only=package").text
        address = re.search(r'href="(/secretariat/review/package/[^"]+/withdraw)"', live)[1]
        page = publisher.get(address).text
        assert publisher.post_form(address, {"version": version(page), "reason": " "}).status_code == 422
        done = publisher.post_form(
            address, {"version": version(page), "reason": "販売終了のため。"}, follow_redirects=True
        )
        assert "公開を終了しました" in done.text
        assert publications.count_live("package") == 1
        assert publisher.get(address).status_code == 404
        assert publisher.post_form(address, {"version": "1", "reason": "x"}).status_code == 404
        assert desk_of("reviewer").get(address).status_code == 403

    def test_result_of_nonsense(self, desk_of):
        assert (
            "0件が公開されています" in desk_of("auditor").get("/secretariat/publications/published?first=x").text
        )


class TestMasters:
    def test_versions_and_what_is_unconfirmed(self, desk_of):
        auditor = desk_of("auditor")
        page = auditor.get("/secretariat/masters").text
        assert "未確認を含む" in page
        for address in re.findall(r'href="(/secretariat/masters/[^"]+)"', page):
            assert "版の履歴" in auditor.get(address).text
        for missing in ("scheme/none", "nothing/2017", "scheme/%00"):
            assert auditor.get(f"/secretariat/masters/{missing}").status_code == 404

    def test_the_programme_is_loaded_once(self, desk_of):
        done = desk_of("administrator").post_form("/secretariat/masters/load", follow_redirects=True)
        assert "すべて読み込み済みです" in done.text
        assert "/masters/load" not in desk_of("auditor").get("/secretariat/masters").text
        assert desk_of("reviewer").post_form("/secretariat/masters/load").status_code == 403

    def test_a_round_changes_once(self, desk_of):
        administrator = desk_of("administrator")
        address = "/secretariat/rounds/tools-1"
        page = administrator.get(address).text
        dates = {"opens_at": "2017-02-01T09:30", "closes_at": "2017-03-31T17:00:00", "version": version(page)}
        done = administrator.post_form(address, dates, follow_redirects=True)
        assert "期間を変更しました" in done.text
        assert "2017年3月31日" in done.text
        second = administrator.post_form(address, dates)
        assert (second.status_code, dates["opens_at"] in second.text) == (409, True), "what was typed is there"
        assert administrator.post_form(address, {**dates, "version": version(second.text)}).status_code == 302

    @pytest.mark.parametrize(
        "dates",
        [
            {"opens_at": "x"},
            {"closes_at": "2017-01-01T00:00"},
            {"opens_at": "0001-01-01T00:00"},
            {"closes_at": ""},
        ],
    )
    def test_bad_dates_stay_in_the_form(self, desk_of, dates):
        administrator = desk_of("administrator")
        address = "/secretariat/rounds/tools-1"
        good = {"opens_at": "2017-02-01T09:30", "closes_at": "2017-03-31T17:00"}
        form = good | dates | {"version": version(administrator.get(address).text)}
        answer = administrator.post_form(address, form)
        assert answer.status_code == 422
        assert 'id="error-summary"' in answer.text

    def test_only_who_edits_masters(self, desk_of):
        reviewer = desk_of("reviewer")
        assert "tools-1" in reviewer.get("/secretariat/rounds").text
        shown = reviewer.get("/secretariat/rounds/tools-1")
        assert "締切（日本時間" in shown.text
        assert "この期間で保存する" not in shown.text
        assert reviewer.post_form("/secretariat/rounds/tools-1").status_code == 403
        assert desk_of("administrator").get("/secretariat/rounds/none").status_code == 404


class TestAudit:
    @pytest.mark.usefixtures("submitted")
    def test_filters_and_export(self, desk_of, asahi):
        auditor = desk_of("auditor")
        page = auditor.get(f"/secretariat/audit?event=product_submitted&organisation={asahi.organisation_id}").text
        assert "製品：提出しました" in page
        assert re.search(r"<option[^>]*>製品：提出しました<", page), "the filter speaks in words"
        assert "全<strong>6</strong>件" in page
        assert "条件に合う記録はありません" in auditor.get("/secretariat/audit?until=2000-01-01").text
        assert auditor.get("/secretariat/audit?until=9999-12-31&event=%00&organisation=x").status_code == 200
        made_up = auditor.get("/secretariat/audit?since=2026-02-30&event=product_submitted")
        assert made_up.status_code == 400
        assert "「この日から」に「2026-02-30」は使えません" in made_up.text
        assert "全<strong>6</strong>件" in made_up.text, "the rest of the filter holds"
        assert 'href="/secretariat/audit.csv?event=product_submitted"' in made_up.text
        file = auditor.get("/secretariat/audit.csv?until=someday")
        assert file.status_code == 422
        assert "「この日まで」に「someday」は使えません" in file.text
        file = auditor.get("/secretariat/audit.csv?event=product_submitted")
        assert file.text.startswith("\ufeff番号")
        assert file.text.count("product_submitted") == 6
        assert "attachment" in file.headers["Content-Disposition"]

    @pytest.mark.usefixtures("submitted")
    def test_verify(self, desk_of, owner):
        auditor = desk_of("auditor")
        assert "すべての記録がつながっています" in auditor.get("/secretariat/audit/verify").text
        with owner.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text("UPDATE audit_event SET actor_name = 'x' WHERE number = 3"))
        broken = auditor.get("/secretariat/audit/verify").text
        assert "記録のつながりが壊れています" in broken
        assert "番号 3" in broken

    def test_only_who_may(self, desk_of):
        for address in ("/secretariat/audit", "/secretariat/audit.csv", "/secretariat/audit/verify"):
            assert desk_of("reviewer").get(address).status_code == 403


class TestImport:
    def test_all_three_files(self, desk_of, data):
        reviewer = desk_of("reviewer")
        names = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}
        files = {kind: (io.BytesIO((data / name).read_bytes()), name) for kind, name in names.items()}
        preview = reviewer.post_form(
            "/secretariat/import", files, content_type="multipart/form-data", follow_redirects=True
        )
        assert "10行は登録できません" in preview.text
        assert "コア機能が2つ以上必要です" in preview.text
        address = re.search(r'action="(/secretariat/import/[^"]+/load)"', preview.text)[1]
        done = reviewer.post_form(address, follow_redirects=True)
        assert "46行を登録しました" in done.text
        again = reviewer.post_form(address, follow_redirects=True)
        assert "46行を登録しました" in again.text

    def test_not_for_everybody(self, desk_of):
        assert desk_of("publisher").get("/secretariat/import").status_code == 403


def test_the_committee_has_nothing_yet(client, organisation, actor_of):
    member = client.act_as(actor_of(organisation("committee"), "committee_member"))
    assert "いま、することはありません" in member.get("/committee/").text
    assert member.get("/secretariat/").status_code in (403, 404)
