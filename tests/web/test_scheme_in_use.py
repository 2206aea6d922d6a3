"""Another scheme comes in use: looked at before, decided for a day, followed everywhere, nothing backwards."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import grants
import pytest
from sqlalchemy import func, select

from catalogue import masters
from catalogue.masters import MasterDocument
from marketplace import pricing, scheme_decisions, scheme_draft_queries, scheme_drafts, scheme_in_use
from marketplace.programme import documents
from marketplace.scheme_models import SchemeDifference, SchemeDraft
from search import sync
from tenants import clock
from tenants.actor import SYSTEM
from tenants.audit import AuditEvent
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound, NotPermitted, StaleVersion

PAGE = "/secretariat/schemes"


@pytest.fixture
def administrator(client, worked_input, office):
    return client.application.test_client().act_as(office("administrator"))


def version_on(browser, page=PAGE):
    return re.search(r'name="version" value="(\d+)"', browser.get(page).text)[1]


def propose(browser, choice, day=None, **more):
    form = {"scheme": choice, "effective_from": (day or clock.today()).isoformat(), "version": version_on(browser)}
    return browser.post_form(PAGE, form | more)


def proposed(browser, scheme, day=None):
    answer = propose(browser, scheme, day)
    assert answer.status_code == 302, answer.text
    with act_as(SYSTEM):
        scheme_drafts.compare(uuid.UUID(answer.location.rpartition("/")[2]))
    return answer.location


def decided(browser, location, version=None):
    return browser.post_form(f"{location}/use", {"version": version or version_on(browser, location)})


def put_in_use(browser, scheme, day=None):
    location = proposed(browser, scheme, day)
    assert decided(browser, location).status_code == 302
    return location


def test_every_shipped_decision_names_a_shipped_scheme():
    shipped = documents()
    chosen = [each.content["scheme"] for each in shipped if each.kind == pricing.IN_USE]
    assert chosen == ["2017"]
    assert set(chosen) <= {each.key for each in shipped if each.kind == "scheme"}


def test_it_is_seen_before_and_followed_everywhere_after(administrator, client):
    before = client.get("/api/v1/packages/AP-1").json["estimate"]
    draft = proposed(administrator, "2018")
    page = administrator.get(draft).text
    assert "2018 に切り替えたときの影響" in page
    assert "主な条件の違い" in page
    assert "2/3" in page
    assert "1/2" in page
    assert "この制度に切り替える" in page
    assert client.get("/api/v1/packages/AP-1").json["estimate"] == before, "nothing counts yet"
    assert decided(administrator, draft).status_code == 302
    assert "この制度に切り替えると決めました" in administrator.get(draft).text
    after = client.get("/api/v1/packages/AP-1").json["estimate"]
    assert (before["scheme"], after["scheme"]) == ("2017", "2018")
    assert client.post("/api/v1/estimates", json={"package": "AP-1"}).json["scheme"] == "2018"
    assert client.post("/api/v1/estimates", json={"package": "AP-1", "scheme": "2017"}).json["scheme"] == "2017"
    assert client.get("/api/v1/compare?codes=AP-1").json["scheme"]["id"] == "2018"
    assert [each["id"] for each in client.get("/api/v1/schemes").json["items"] if each["in_use"]] == ["2018"]
    sync.synchronise()
    found = client.get("/api/v1/packages?sort=own_cost&per_page=100").json["items"]
    assert [each["own_cost_yen"] for each in found] == sorted(each["own_cost_yen"] for each in found)
    assert next(each for each in found if each["code"] == "AP-1")["subsidy_yen"] == after["subsidy_yen"]
    assert "いま使用中" in administrator.get(PAGE).text


def test_it_counts_from_its_day_and_a_later_decision_can_come_first(administrator):
    today = clock.today()
    put_in_use(administrator, "2018", today + timedelta(days=20))
    page = administrator.get(PAGE).text
    assert "から「" in page
    assert "これから" in page
    with act_as(SYSTEM):
        assert pricing.scheme().id == "2017"
        assert pricing.id_in_use(today + timedelta(days=20)) == "2018"
    with clock.at(clock.now() + timedelta(days=20)), act_as(SYSTEM):
        assert pricing.scheme().id == "2018"
    put_in_use(administrator, "2019-a", today + timedelta(days=10))
    with act_as(SYSTEM):
        states = [(each.scheme_id, each.state) for each in scheme_in_use.decisions()]
        assert pricing.id_in_use(today + timedelta(days=30)) == "2019-a"
    assert states == [("2019-a", "coming"), ("2018", "never"), ("2017", "now")]
    with clock.at(clock.now() + timedelta(days=30)), act_as(SYSTEM):
        assert [each.state for each in scheme_in_use.decisions()] == ["now", "past", "past"]


def test_an_edition_that_begins_later_can_be_chosen_for_its_day(administrator):
    first_day = clock.today() + timedelta(days=5)
    with act_as(SYSTEM):
        content = masters.newest("scheme", "2018").content | {"id": "next", "version": 1}
        masters.load([MasterDocument("scheme", "next", 1, first_day, "試験", content)])
    assert 'value="next"' in administrator.get(PAGE).text
    early = propose(administrator, "next")
    assert early.status_code == 422
    assert "その日に有効な補助制度「next」がありません" in early.text
    put_in_use(administrator, "next", first_day)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scheme": "2017"}, "すでに"),
        ({"scheme": "nowhere"}, "がありません"),
        ({"scheme": ""}, "制度が選ばれていません"),
        ({"effective_from": "2017-04-01"}, "今日より前です"),
        ({"effective_from": "someday"}, "有効になる日を読み取れません"),
    ],
)
def test_what_cannot_be_chosen_is_told(administrator, changes, told):
    answer = propose(administrator, "2018", **changes)
    assert answer.status_code == 422
    assert told in answer.text
    with act_as(SYSTEM):
        assert db.session.scalar(select(func.count()).select_from(SchemeDraft)) == 0


def test_the_second_of_two_is_told(administrator):
    version = version_on(administrator)
    mine, yours = proposed(administrator, "2018"), proposed(administrator, "2019-a")
    assert decided(administrator, mine).status_code == 302
    assert decided(administrator, mine, "2").status_code == 409
    assert decided(administrator, yours).status_code == 409
    form = {"scheme": "2019-b", "effective_from": clock.today().isoformat(), "version": version}
    assert administrator.post_form(PAGE, form).status_code == 409


def test_a_scheme_that_changed_meanwhile_is_looked_at_anew(administrator, office):
    location = proposed(administrator, "2018")
    with act_as(SYSTEM):
        row = masters.newest("scheme", "2018")
        content = row.content | {"version": row.version + 1}
        masters.load([MasterDocument("scheme", "2018", row.version + 1, clock.today(), "試験", content)])
    with act_as(office("administrator")), pytest.raises(StaleVersion):
        scheme_decisions.decide(uuid.UUID(location.rpartition("/")[2]), read_version=2)


def test_a_scheme_that_lacks_a_kind_of_cost_cannot_come_in_use(administrator, client):
    with act_as(SYSTEM):
        row = masters.newest("scheme", "2018")
        content = json.loads(json.dumps(row.content))
        kind = client.get("/api/v1/packages/AP-1").json["estimate"]["lines"][0]["kind"]
        del content["cost_kinds"][kind]
        for segment in content["segments"]:
            segment["kinds"] = [each for each in segment["kinds"] if each != kind]
        masters.load([MasterDocument("scheme", "2018", row.version + 1, clock.today(), "試験", content)])
    location = proposed(administrator, "2018")
    assert "このままでは決められません" in administrator.get(location).text
    answer = decided(administrator, location)
    assert answer.status_code == 422
    assert "公開ページで計算できなくなります" in answer.text
    with act_as(SYSTEM):
        assert pricing.id_in_use() == "2017"


def decide(scheme_id):
    with act_as(SYSTEM):
        draft = scheme_in_use.propose(scheme_id, clock.today(), read_version=scheme_in_use.decision_version())
        scheme_drafts.compare(draft)
        scheme_decisions.decide(draft, read_version=2)


@pytest.fixture
def world(app, organisation, actor_of):
    return grants.build(organisation, actor_of)


def test_what_was_applied_for_keeps_its_scheme_and_what_is_begun_after_is_made_under_it(world):
    application = world.start()
    before = world.view(application)
    with clock.at(grants.DURING):
        decide("2018")
    after = world.view(application)
    assert (after.scheme_id, after.scheme_version, after.estimate) == ("2017", 3, before.estimate)
    world.take("withdraw", application)
    grants.prime_account(world.sme)
    later = world.view(world.start())
    assert later.scheme_id == "2018"
    assert later.estimate["scheme"] == "2018"


def test_where_the_applicant_files_itself_no_application_is_begun(world):
    with clock.at(grants.DURING):
        decide("2025-normal")
    with pytest.raises(BadInput) as refused:
        world.start()
    assert refused.value.code == "applicant_files_itself"


def test_drafts_are_listed_and_deleted_and_what_was_decided_stays(administrator):
    one, other = proposed(administrator, "2018"), proposed(administrator, "2019-a")
    page = administrator.get(PAGE).text
    assert page.count("/delete") == 2
    answer = administrator.post_form(f"{one}/delete", {"version": version_on(administrator, one)})
    assert answer.location == PAGE
    assert administrator.get(one).status_code == 404
    assert administrator.post_form(f"{one}/delete", {"version": "2"}).status_code == 404
    assert administrator.post_form(f"{other}/delete", {"version": "1"}).status_code == 409
    decided(administrator, other)
    assert administrator.post_form(f"{other}/delete", {"version": "3"}).status_code == 409
    with act_as(SYSTEM):
        kept = db.session.scalars(select(SchemeDraft.scheme_id)).all()
        assert kept == ["2019-a"]
        ids = db.session.scalars(select(SchemeDifference.draft_id).distinct()).all()
        assert ids == [uuid.UUID(other.rpartition("/")[2])]
        names = db.session.scalars(select(AuditEvent.name)).all()
    assert {"scheme_draft_deleted", "scheme_in_use_decided"} <= set(names)


def test_a_version_s_draft_can_be_deleted_too(administrator):
    with act_as(SYSTEM):
        text = scheme_draft_queries.text_of("2018")
        number = scheme_draft_queries.newest_version("2018").version
        written = text.replace(f"version: {number}\n", f"version: {number + 1}\n", 1)
        draft = scheme_drafts.propose(written, clock.today(), read_version=number)
        scheme_drafts.delete(draft, read_version=1)
        scheme_drafts.compare(draft)  # the job of a draft that is gone
        with pytest.raises(NotFound):
            scheme_draft_queries.one(draft)


def test_the_text_of_a_scheme_is_not_that_of_a_choice(administrator):
    put_in_use(administrator, "2018")
    assert administrator.get("/secretariat/schemes/2018/file").text.startswith("id:")


def test_who_may(client, office):
    auditor = client.application.test_client().act_as(office("auditor"))
    shown = auditor.get(PAGE)
    assert "これまでの決定" in shown.text
    assert "別の制度に切り替える" not in shown.text
    assert "使う制度を決める" not in auditor.get("/secretariat/masters").text
    with act_as(office("auditor")):
        for deed in (
            lambda: scheme_in_use.propose("2018", clock.today(), read_version=1),
            lambda: scheme_in_use.preview("2018", clock.today()),
            lambda: scheme_drafts.delete(uuid.uuid4(), read_version=1),
            lambda: scheme_decisions.decide(uuid.uuid4(), read_version=1),
        ):
            with pytest.raises(NotPermitted):
                deed()


def test_pages_ask_in_one_statement_which_scheme_counts(app, statements):
    with act_as(SYSTEM):
        pricing.scheme()
        with statements() as asked:
            pricing.scheme()
    assert len(asked) == 1


class TestCommand:
    def test_it_tells_which_scheme_is_in_use(self, hojo):
        assert hojo("subsidy", "use").stdout.startswith("2017\t2017-01-01\t")
        [found] = json.loads(hojo("subsidy", "use", "--json").stdout)
        assert (found["scheme"], found["state"]) == ("2017", "now")

    def test_without_yes_nothing_changes_with_it_it_is_decided(self, hojo):
        looked = hojo("subsidy", "use", "2018", "--json")
        assert looked.exit_code == 0, looked.output
        assert json.loads(looked.stdout)["decided"] is False
        assert "--yes" in hojo("subsidy", "use", "2018").stdout
        assert len(json.loads(hojo("subsidy", "use", "--json").stdout)) == 1
        day = (clock.today() + timedelta(days=3)).isoformat()
        assert hojo("subsidy", "use", "2018", "--from", day, "--yes").exit_code == 0
        coming, now = json.loads(hojo("subsidy", "use", "--json").stdout)
        assert (coming["scheme"], coming["from"], coming["state"]) == ("2018", day, "coming")
        assert now["state"] == "now"
        assert hojo("audit", "verify").exit_code == 0

    def test_what_cannot_be_is_told(self, hojo):
        for words in (
            ("2017",),
            ("nowhere",),
            ("2018", "--from", "2017-01-01"),
            ("2018", "--from", "2017-01-01", "--yes"),
        ):
            answer = hojo("subsidy", "use", *words)
            assert answer.exit_code == 1
            assert answer.stderr.strip()
        with pytest.raises(BadInput), act_as(SYSTEM):
            scheme_in_use.preview("2017", clock.today())
