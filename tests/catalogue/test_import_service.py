"""Files into the database: good rows in, refused ones not, twice changes nothing, two at once make no doubles."""

import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select, text

from catalogue.imports import service
from catalogue.imports.layouts import COLUMNS
from catalogue.imports.service import KINDS, SourceFile, apply, preview
from catalogue.models import Package, PackageItem, Product
from tenants import audit
from tenants.actor import PUBLIC, SYSTEM
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.duplicates import AlreadyRegistered
from tenants.errors import BadInput, NotPermitted
from tenants.models import Organisation

ASAHI = "7999900000101"
MINATO = "6999900000102"


@pytest.fixture
def files(data):
    names = {"vendors": "vendors.csv", "products": "products_cp932.csv", "packages": "packages_cp932.csv"}
    return {kind: SourceFile(name, (data / name).read_bytes()) for kind, name in names.items()}


@pytest.fixture
def secretariat(organisation, actor_of):
    return actor_of(organisation("secretariat"), "secretariat_administrator")


@pytest.fixture
def vendor_actor(actor_of):
    def make(number, role="vendor_editor"):
        with act_as(SYSTEM):
            vendor_id = db.session.scalar(select(Organisation.id).where(Organisation.corporate_number == number))
        return actor_of(vendor_id, role)

    return make


def counted(model):
    with act_as(SYSTEM):
        return db.session.scalar(select(func.count()).select_from(model))


@contextmanager
def reading():
    """Read past row-level security and keep what was read when the transaction ends."""
    with act_as(SYSTEM):
        yield db.session
        db.session.expunge_all()


def events():
    """What imports left in the audit trail; the programme's own loading stands before it."""
    with reading() as session:
        written = select(AuditEvent).where(AuditEvent.name != "master_loaded")
        return session.scalars(written.order_by(AuditEvent.number)).all()


def product(code):
    with reading() as session:
        return session.scalar(select(Product).where(Product.code == code))


def package(code):
    with reading() as session:
        row = session.scalar(select(Package).where(Package.code == code))
        return row, [(item.product.code, item.quantity) for item in row.items]


def one(kind, base, **change):
    """A file of one row, made from a row that is in the worked input."""
    cells = base | change
    lines = [",".join(COLUMNS[kind]), ",".join(f'"{cells[name]}"' for name in COLUMNS[kind])]
    return {kind: SourceFile(f"{kind}.csv", "\n".join(lines).encode())}


A_001 = {
    "法人番号": ASAHI,
    "事業者名": "株式会社あさひ業務ソフト",
    "製品コード": "A-001",
    "製品名": "あさひ会計クラウド",
    "製品名（カナ）": "アサヒカイケイクラウド",
    "コア機能": "B1;B2",
    "費目": "クラウド利用料",
    "課金単位": "年額/1社",
    "標準販売価格（税抜）": "118,800",
    "最小販売価格（税抜）": "98,000",
    "説明": "仕訳の自動取込、試算表、決算書、消費税申告までを一つにまとめたクラウド会計。銀行明細とつながります。",
}
AP_2 = {
    "法人番号": ASAHI,
    "事業者名": "株式会社あさひ業務ソフト",
    "ITツールコード": "AP-2",
    "ITツール名": "あさひ人事給与パック",
    "構成製品×数量": "A-002×1;A-003×1;A-005×1",
    "対象業種": "全業種",
    "クラウド計上月数": "12",
    "説明": "勤怠から給与明細まで自動で。",
}


def test_preview_says_all_and_writes_nothing(app, files, secretariat):
    with act_as(secretariat):
        report = preview(files)
    assert report.counts("vendors") == {"create": 6, "update": 0, "unchanged": 0, "refused": 0}
    assert report.counts("products") == {"create": 29, "update": 0, "unchanged": 0, "refused": 5}
    assert report.counts("packages") == {"create": 11, "update": 0, "unchanged": 0, "refused": 5}
    assert counted(Product) == counted(Package) == 0
    assert events() == []


def test_good_rows_go_in_and_refused_ones_do_not(app, files, secretariat):
    with act_as(secretariat):
        expected = preview(files)
        report = apply(files)
    assert report.as_json() == expected.as_json()
    assert (counted(Product), counted(Package)) == (29, 11)
    row, items = package("MP-3")
    assert items == [("MN-10", 2), ("MN-13", 2), ("MN-15", 2)]
    assert (row.industries, row.cloud_months, row.state, row.version) == (["retail"], 12, "draft", 1)
    with act_as(SYSTEM):
        vendor = db.session.get_one(Organisation, row.organisation_id)
        assert (vendor.corporate_number, vendor.prefecture, vendor.address) == (MINATO, "神奈川県", "横浜市")
    assert product("MN-10").standard_price_yen == 300_000


def test_every_change_is_in_the_audit_trail(app, files, secretariat):
    with act_as(secretariat):
        apply(files)
    names = [row.name for row in events()]
    assert {name: names.count(name) for name in set(names)} == {
        "organisation_created": 6,
        "product_created": 29,
        "package_created": 11,
        "catalogue_imported": 1,
    }
    assert events()[-1].after["rows"] == {"create": 46, "update": 0, "unchanged": 0, "refused": 10}
    with act_as(SYSTEM):
        assert list(audit.verify()) == []


def test_the_same_files_twice_change_nothing(app, files, secretariat):
    with act_as(secretariat):
        apply(files)
        before = len(events())
        report = apply(files)
    assert report.counts() == {"create": 0, "update": 0, "unchanged": 46, "refused": 10}
    assert len(events()) == before
    with act_as(SYSTEM):
        assert set(db.session.scalars(select(Product.version))) == {1}
        assert set(db.session.scalars(select(Package.version))) == {1}


def test_a_change_is_a_new_version_with_before_and_after(app, files, secretariat):
    with act_as(secretariat):
        apply(files)
        report = apply(one("products", A_001, **{"標準販売価格（税抜）": "120000"}))
    assert [row.action for row in report.results] == ["update"]
    assert (product("A-001").standard_price_yen, product("A-001").version) == (120_000, 2)
    changed = events()[-2]
    assert changed.name == "product_edited"
    assert (changed.before, changed.after) == ({"standard_price_yen": 118_800}, {"standard_price_yen": 120_000})


def test_a_packages_items_alone_are_a_new_version(app, files, secretariat):
    with act_as(secretariat):
        apply(files)
        apply(one("packages", AP_2, **{"構成製品×数量": "A-003×1;A-002×3;A-006×1"}))
    row, items = package("AP-2")
    assert items == [("A-003", 1), ("A-002", 3), ("A-006", 1)]
    assert row.version == 2


def _set_state(owner, table, code, state):
    with owner.begin() as connection:
        connection.execute(
            text(f"UPDATE {table} SET state = :state, return_reason = :why WHERE code = :code"),
            {"state": state, "code": code, "why": "価格を確かめてください" if state == "returned" else None},
        )


@pytest.mark.parametrize("state", ["returned", "approved", "published", "withdrawn"])
def test_a_loaded_change_makes_a_draft_again(app, files, secretariat, owner, state):
    with act_as(secretariat):
        apply(files)
    _set_state(owner, "package", "AP-2", state)
    with act_as(secretariat):
        apply(one("packages", AP_2))
        assert package("AP-2")[0].state == state
        apply(one("packages", AP_2, 説明="新しい説明"))
    row, _ = package("AP-2")
    assert (row.state, row.return_reason, row.description) == ("draft", None, "新しい説明")
    assert events()[-2].before["state"] == state


def test_a_listing_under_review_is_left_alone(app, files, secretariat, owner):
    with act_as(secretariat):
        apply(files)
    _set_state(owner, "package", "AP-2", "submitted")
    with act_as(secretariat):
        report = apply(one("packages", AP_2, 説明="新しい説明"))
    assert [found.code for found in report.results[0].findings] == ["under_review"]
    assert package("AP-2")[0].description == AP_2["説明"]


def test_a_vendor_loads_its_own_rows_only(app, files, secretariat, vendor_actor):
    with act_as(secretariat):
        apply({"vendors": files["vendors"]})
    with act_as(vendor_actor(ASAHI)):
        report = apply(files)
        assert db.session.scalar(select(func.count()).select_from(Product)) == 6
    assert {row.code for row in report.results if row.accepted} == {
        ASAHI,
        *(f"A-00{n}" for n in range(1, 7)),
        "AP-1",
        "AP-2",
    }
    others = [row for row in report.results if row.kind == "products" and not row.code.startswith("A-")]
    assert all(row.findings[0].code == "other_company" for row in others)
    assert (counted(Product), counted(Package)) == (6, 2)


def test_a_vendor_never_reads_or_locks_what_is_anothers(app, files, secretariat, vendor_actor):
    with act_as(secretariat):
        apply(files)
    with act_as(vendor_actor(MINATO)):
        report = preview(files)
    asahi = [row for row in report.results if row.kind == "products" and row.code == "A-001"]
    assert [found.code for found in asahi[0].findings] == ["other_company"]
    assert report.counts("products")["unchanged"] == 6


def test_who_may_load(app, files, organisation, actor_of):
    forbidden = [
        PUBLIC,
        actor_of(organisation("sme"), "sme_owner"),
        actor_of(organisation("vendor", corporate_number=ASAHI), "vendor_viewer"),
        actor_of(organisation("secretariat"), "secretariat_auditor"),
    ]
    for who in forbidden:
        for step in (preview, apply):
            with act_as(who), pytest.raises(NotPermitted):
                step(files)
    with act_as(SYSTEM):
        assert apply(files).counts() == {"create": 45, "update": 1, "unchanged": 0, "refused": 10}


def test_a_vendor_without_a_number_has_no_rows(app, files, organisation, actor_of):
    with act_as(actor_of(organisation("vendor"), "vendor_owner")):
        assert preview(files).counts()["refused"] == 56


def test_a_file_that_cannot_be_read_stops_the_whole_upload(app, files, secretariat):
    broken = files | {
        "products": SourceFile("products.csv", b"\x81"),
        "packages": SourceFile("packages.csv", "法人番号\n".encode()),
    }
    with act_as(secretariat):
        with pytest.raises(BadInput) as caught:
            apply(broken)
        codes = [found.code for found in caught.value.findings]
        assert codes == ["wrong_encoding", "wrong_columns"]
        with pytest.raises(BadInput):
            apply({})
    assert counted(Organisation) == 1
    assert events() == []


def test_refused_rows_corrected_and_loaded_again(app, files, secretariat):
    with act_as(secretariat):
        report = apply(files)
        assert report.refused_file("vendors") is None
        assert preview({"products": files["products"]}).refused_file("packages") is None
        refused = report.refused_file("products").decode("utf-8-sig")
        corrected = refused.replace("Z9", "F2").replace("-500", "500").replace("120,000", "90,000")
        again = apply({"products": SourceFile("直した.csv", corrected.encode())})
    assert again.counts() == {"create": 3, "update": 0, "unchanged": 0, "refused": 2}
    assert product("UK09").functions == ["F2"]


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_refused_rows_loaded_again_as_they_are_change_nothing(app, files, secretariat, file_format):
    with act_as(secretariat):
        report = apply(files)
        saved = {kind: report.refused_file(kind, file_format) for kind in files}
        back = {kind: SourceFile(f"{kind}.{file_format}", data) for kind, data in saved.items() if data}
        assert set(back) == {"products", "packages"}
        again = apply(back)
    assert again.counts() == {"create": 0, "update": 0, "unchanged": 0, "refused": 10}
    assert (product("K005").name, product("K005").version) == ("ことのはCRM", 1)


def test_statements_do_not_grow_with_rows(app, files, secretariat):
    """A read per row would show: the worked input has 56 rows."""
    seen = []

    def note(connection, cursor, statement, parameters, context, executemany):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with act_as(secretariat):
            apply(files)
            first = len(seen)
            apply(files)
            second = len(seen) - first
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert first < 25
    assert second < 15


def _meanwhile(application, actor, work):
    """Run work in another thread, as another request would; wait until it is done."""
    failed = []

    def run():
        with application.app_context():
            try:
                with act_as(actor):
                    work()
            except BaseException as error:  # noqa: BLE001  shown in the test that waits
                failed.append(error)
            finally:
                db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, failed


def test_two_uploads_at_once_make_no_doubles(app, files, secretariat):
    started = [_meanwhile(app, secretariat, lambda: apply(files)) for _ in range(3)]
    for thread, failed in started:
        thread.join(60)
        assert not thread.is_alive()
        assert failed == []
    assert (counted(Product), counted(Package), counted(PackageItem)) == (29, 11, 40)
    assert [row.name for row in events()].count("catalogue_imported") == 1


def test_a_number_taken_meanwhile_by_another_way_is_a_conflict(app, files, secretariat, organisation, monkeypatch):
    """Not by an upload (those wait for each other): somebody registers the vendor between reading and writing."""
    real = service.read_registry

    def read_then_registered(rows, *, lock):
        registry = real(rows, lock=lock)
        thread, failed = _meanwhile(app, SYSTEM, lambda: organisation("vendor", corporate_number=ASAHI))
        thread.join(60)
        assert failed == []
        return registry

    monkeypatch.setattr(service, "read_registry", read_then_registered)
    with act_as(secretariat), pytest.raises(AlreadyRegistered):
        apply({"vendors": files["vendors"]})
    assert counted(Organisation) == 2
    assert events() == []


def test_every_kind_of_file_has_its_place():
    assert set(KINDS) == set(COLUMNS)
