"""A scheme is edited in the browser: faults by line, what would change, used from its day, nothing backwards."""

from __future__ import annotations

import io
import json
import re
import uuid
from datetime import timedelta

import grants
import pytest
from sqlalchemy import select

from marketplace import newer_schemes, pricing, programme, scheme_decisions, scheme_drafts
from marketplace.models import GrantApplication
from search import sync
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as, db
from tenants.errors import BadInput

EDIT = "/secretariat/schemes/2017/edit"
PREVIEW = "/secretariat/schemes/2017/preview"
LOWER_CAP = ("{yen: 1000000,", "{yen: 400000,")


@pytest.fixture
def administrator(client, worked_input, office):
    return client.application.test_client().act_as(office("administrator"))


def written(browser, *changes, page=EDIT):
    html = browser.get(page).text
    text = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", html, re.S)[1]
    for entity, sign in (("&#34;", '"'), ("&#39;", "'"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    return {"text": text, "version": version, "effective_from": clock.today().isoformat()}


def reckon(location):
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.UUID(location.rpartition("/")[2]))


def proposed(browser, *changes, **more):
    answer = browser.post_form(PREVIEW, written(browser, *changes) | more)
    assert answer.status_code == 302, answer.text
    reckon(answer.location)
    return answer.location


def used(browser, location):
    version = re.search(r'name="version" value="(\d+)"', browser.get(location).text)[1]
    return browser.post_form(f"{location}/use", {"version": version})


def test_what_would_change_is_seen_before_and_counts_after(administrator, client):
    before = client.get("/api/v1/packages/AP-1").json["estimate"]
    cheapest_before = client.get("/api/v1/packages?sort=subsidy&per_page=100").json["items"]
    draft = administrator.post_form(PREVIEW, written(administrator, LOWER_CAP)).location
    assert "影響を計算しています" in administrator.get(draft).text
    reckon(draft)
    page = administrator.get(draft).text
    assert "11件中" in page
    assert "1,000,000円 → 400,000円" in page
    assert "-600,000円" in page
    again = re.search(r'href="(/secretariat/schemes/2017/edit[^"]+)"', page)[1]
    assert written(administrator, page=again)["text"] == written(administrator, LOWER_CAP)["text"]
    assert "limits › caps › 1 › yen" in page
    assert client.get("/api/v1/packages/AP-1").json["estimate"] == before, "nothing counts yet"
    table = administrator.get(f"{draft}/differences.csv").get_data().decode("utf-8-sig").splitlines()
    assert table[0].startswith("ITツールコード")
    assert table[1].startswith("HP-1,")
    changed = {line.split(",")[0] for line in table[1:]}
    assert used(administrator, draft).status_code == 302
    done = administrator.get(draft).text
    assert "この版に決めました" in done
    assert "お知らせを書く" in done
    after = client.get("/api/v1/packages/AP-1").json["estimate"]
    assert (after["scheme_version"], after["subsidy_yen"]) == (before["scheme_version"] + 1, 400_000)
    assert changed == {each["code"] for each in cheapest_before if each["subsidy_yen"] > 400_000}


def test_the_index_follows_and_only_where_it_differs(administrator, client):
    sync.synchronise()
    costs = [
        each["own_cost_yen"] for each in client.get("/api/v1/packages?sort=own_cost&per_page=100").json["items"]
    ]
    assert costs == sorted(costs)
    draft = proposed(administrator, ("floor: {yen: 200000,", "floor: {yen: 350000,"), LOWER_CAP)
    used(administrator, draft)
    assert (
        sync.synchronise()
        == len(administrator.get(f"{draft}/differences.csv").get_data().decode("utf-8-sig").splitlines()) - 1
    )
    answer = client.get("/api/v1/packages?sort=own_cost&per_page=100").json
    costs = [each["own_cost_yen"] for each in answer["items"]]
    assert costs == sorted(costs)
    fundable = {each["value"]: each["count"] for each in answer["facets"]["fundable"]}
    assert fundable["true"] == sum(each["fundable"] for each in answer["items"])
    assert sync.synchronise() == 0


def test_faults_are_told_with_their_lines_and_nothing_is_lost(administrator):
    typed = written(administrator, ('sme: "2/3"', "sme: 0.66"), ("counts:", "count:"))
    answer = administrator.post_form(PREVIEW, typed)
    assert answer.status_code == 422
    line = typed["text"][: typed["text"].index("sme: 0.66")].count("\n") + 1
    assert f"{line}行目" in answer.text
    assert "分数を引用符で囲んで書いてください" in answer.text
    assert "sme: 0.66, small" in answer.text
    assert "直すところが3件あります" in answer.text
    for changes, told in (
        ({"effective_from": "2017-04-01"}, "今日より前です"),
        ({"effective_from": "someday"}, "有効になる日を読み取れません"),
        ({"text": "a: ["}, "YAMLとして読めません"),
        ({"text": "x" * 100_001}, "文字までです"),
        ({"text": written(administrator)["text"].replace("version: 4", "version: 7", 1)}, "版の番号は 4 にします"),
    ):
        answer = administrator.post_form(PREVIEW, written(administrator) | changes)
        assert answer.status_code == 422, told
        assert told in answer.text
    assert administrator.post_form(PREVIEW, {"text": "x"}).status_code == 422


def test_an_uploaded_file_is_taken_instead_and_the_current_one_downloaded(administrator):
    file = administrator.get("/secretariat/schemes/2017/file")
    assert file.headers["Content-Disposition"] == "attachment; filename=2017.yaml"
    data = file.text.replace("version: 3\n", "version: 4\n", 1).replace(*LOWER_CAP, 1).encode()
    form = written(administrator) | {"text": "not read", "file": (io.BytesIO(data), "2017.yaml")}
    answer = administrator.post_form(PREVIEW, form, content_type="multipart/form-data")
    assert answer.status_code == 302
    assert "第4版の案" in administrator.get(EDIT).text
    reckon(answer.location)
    used(administrator, answer.location)
    assert administrator.get("/secretariat/schemes/2017/file").text == data.decode(), "comments and all"


def test_a_file_in_another_encoding_is_refused_by_name(administrator):
    data = administrator.get("/secretariat/schemes/2017/file").text.encode("cp932", "replace")
    form = written(administrator) | {"text": "typed", "file": (io.BytesIO(data), "2017.yaml")}
    answer = administrator.post_form(PREVIEW, form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "UTF-8で保存し直してください" in answer.text
    assert ">typed</textarea>" in answer.text.replace("\n", "")


def test_the_second_of_two_editors_is_told(administrator):
    mine, yours = proposed(administrator, LOWER_CAP), proposed(administrator)
    typed = written(administrator, LOWER_CAP)
    assert used(administrator, mine).status_code == 302
    assert administrator.post_form(f"{mine}/use", {"version": "2"}).status_code == 409
    assert used(administrator, yours).status_code == 409
    assert administrator.post_form(PREVIEW, typed).status_code == 409


def test_it_counts_from_its_day(administrator):
    today = clock.today()
    tomorrow = (today + timedelta(days=1)).isoformat()
    draft = proposed(administrator, LOWER_CAP, effective_from=tomorrow)
    used(administrator, draft)
    with act_as(SYSTEM):
        assert pricing.scheme().version == 3
    later = administrator.get(EDIT).text
    assert 'name="version" value="4"' in later
    replaced = administrator.post_form(PREVIEW, written(administrator)).location
    assert "その版が有効になることはありません" in administrator.get(replaced).text
    with clock.at(clock.now() + timedelta(days=1)), act_as(SYSTEM):
        assert pricing.scheme().version == 4


def test_what_the_secretariat_has_rewritten_no_file_touches_any_more(administrator, tmp_path, monkeypatch):
    """The next copy of the software brings another fourth version of 2017, and a new version of 2018."""
    for name, old, new in (("2017", "version: 3\n", "version: 4\n"), ("2018", "version: 4\n", "version: 5\n")):
        text = (programme.SHIPPED / f"{name}.yaml").read_text(encoding="utf-8")
        (tmp_path / f"{name}.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    used(administrator, proposed(administrator, LOWER_CAP))
    monkeypatch.setattr(programme, "SHIPPED", tmp_path)
    with act_as(SYSTEM):
        new = [(each.kind, each.key, each.version) for each, is_new in programme.load_programme() if is_new]
        assert new == [("scheme", "2018", 5)]
        kept = pricing.scheme("2017")
        assert (kept.version, kept.limits.caps[0].yen) == (4, 400_000)


def test_a_newer_file_of_a_rewritten_scheme_is_told_of_and_can_be_taken_as_a_draft(
    administrator, tmp_path, monkeypatch, hojo
):
    page = "/secretariat/masters/scheme/2017"
    text = (programme.SHIPPED / "2017.yaml").read_text(encoding="utf-8")
    assert LOWER_CAP[0] in text
    (tmp_path / "2017.yaml").write_text(text.replace(LOWER_CAP[0], "{yen: 900000,"), encoding="utf-8")
    monkeypatch.setattr(newer_schemes, "SHIPPED", tmp_path)
    # While files are loaded of it, there is nothing to tell.
    assert "新しいファイルが付いています" not in administrator.get(page).text
    used(administrator, proposed(administrator, LOWER_CAP))
    shown = administrator.get(page).text
    assert "新しいファイルが付いています" in shown
    assert "900000" in shown
    administrator.post_form("/secretariat/masters/load")
    assert "新しいファイルを読み込まなかったものがあります：2017" in administrator.get("/secretariat/masters").text
    told = hojo("programme", "load").output
    assert "scheme 2017" in told
    assert "400000\t→\t900000" in told
    (left,) = [each for each in json.loads(hojo("programme", "load", "--json").output) if "left_alone" in each]
    assert (left["key"], left["new"]) == ("2017", False)
    assert {"here": "400000", "file": "900000"}.items() <= left["differs"][0].items()
    draft = administrator.post_form(PREVIEW, written(administrator, page=f"{EDIT}?shipped=1")).location
    reckon(draft)
    used(administrator, draft)
    with act_as(SYSTEM):
        kept = pricing.scheme("2017")
        assert (kept.version, kept.limits.caps[0].yen) == (5, 900_000)
    assert "新しいファイルが付いています" not in administrator.get(page).text
    assert "left_alone" not in hojo("programme", "load", "--json").output


def test_a_draft_is_used_only_once_it_was_reckoned_and_its_day_has_not_passed(administrator, office):
    location = administrator.post_form(PREVIEW, written(administrator, LOWER_CAP)).location
    early = administrator.post_form(f"{location}/use", {"version": "1"})
    assert early.status_code == 422
    assert "計算が終わっていません" in early.text
    reckon(location)
    later = clock.at(clock.now() + timedelta(days=2))
    with later, act_as(office("administrator")), pytest.raises(BadInput) as late:
        scheme_decisions.decide(uuid.UUID(location.rpartition("/")[2]), read_version=2)
    assert late.value.code == "day_has_passed"


def test_a_new_edition_needs_no_code(administrator, client):
    page = f"{EDIT}?new=1"
    typed = written(administrator, ('id: "2017"', "id: 2027-next"), LOWER_CAP, page=page)
    assert typed["version"] == "0"
    location = administrator.post_form(PREVIEW, typed).location
    reckon(location)
    shown = administrator.get(location).text
    assert "新しい制度です" in shown
    assert "公開ページの金額は変わりません" in shown
    used(administrator, location)
    found = client.post(
        "/api/v1/estimates",
        json={"scheme": "2027-next", "lines": [{"kind": "software", "amount_yen": 900_000}]},
    ).json
    assert found["subsidy_yen"] == 400_000
    assert administrator.get("/secretariat/masters/scheme/2027-next").status_code == 200


def test_an_application_keeps_the_version_it_was_made_under(administrator, organisation, actor_of, browser):
    world = grants.build(organisation, actor_of, now=True)
    with act_as(SYSTEM):
        rows = db.session.scalars(select(GrantApplication)).all()
        before = {row.id: (row.scheme_version, row.estimate) for row in rows}
    used(administrator, proposed(administrator, LOWER_CAP))
    with act_as(SYSTEM):
        after = {r.id: (r.scheme_version, r.estimate) for r in db.session.scalars(select(GrantApplication))}
    assert world
    assert after == before


def test_who_may(client, office, administrator):
    auditor = client.application.test_client().act_as(office("auditor"))
    assert auditor.get(EDIT).status_code == 403
    assert "この制度を変更する" not in auditor.get("/secretariat/masters/scheme/2017").text
    assert auditor.get("/secretariat/schemes/2017/file").status_code == 200
    assert administrator.get("/secretariat/schemes/nowhere/edit").status_code == 404
    assert administrator.get("/secretariat/schemes/UPPER/edit").status_code == 404
    assert administrator.get(f"/secretariat/schemes/drafts/{uuid.uuid4()}").status_code == 404
    assert (
        administrator.post_form(f"/secretariat/schemes/drafts/{uuid.uuid4()}/use", {"version": "1"}).status_code
        == 404
    )


def test_the_preview_asks_for_a_fixed_number_of_statements(administrator, statements):
    draft = proposed(administrator, LOWER_CAP)
    with statements() as few:
        administrator.get(draft)
    other = proposed(administrator, ("floor: {yen: 200000,", "floor: {yen: 600000,"))
    with statements() as many:
        administrator.get(other)
    assert len(few) == len(many)
