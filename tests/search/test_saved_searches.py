"""Saved searches: kept once, personal, at most twenty; and how mails of them are stopped."""

from __future__ import annotations

import threading
import uuid

import pytest
import saved
from saved import START, asked, mine
from sqlalchemy import select, text

from search.parameters import BadQuery
from search.port import EngineUnavailable
from search.saved import conditions, services
from search.saved.models import SavedSearch
from tenants import audit
from tenants.actor import SYSTEM, Actor
from tenants.db import act_as, db
from tenants.errors import BadInput, NotFound, NotPermitted, StaleVersion


def test_it_is_kept_with_its_conditions_and_how_many_it_finds(shop, person):
    saved.save(person, q="予約", industry="retail", own_cost_max="500000", sort="own_cost", page="3")
    [one] = mine(person)
    assert (one.name, one.by_mail, one.found, one.told_at, one.faults) == ("予約の検索", True, 1, None, ())
    assert one.query == asked(q="予約", industry="retail", own_cost_max="500000", sort="own_cost")
    assert one.created_at == START


def test_the_same_conditions_are_kept_once_in_whatever_order(shop, person):
    first = saved.save(person, function="F1,M1", q="予約")
    with act_as(person):
        again = services.save(asked(q=" 予約 ", function="M1,F1", sort="price", page="2"), "別の名前")
        assert again == (first, False)
        assert services.known(asked(function="M1,F1", q="予約")).id == first
        assert services.known(asked(q="予約")) is None
    assert len(mine(person)) == 1


def test_saved_by_two_presses_at_once_it_is_kept_once(services_of, shop, person):
    made: list[bool] = []

    def press() -> None:
        with services_of.app_context():
            with act_as(person):
                made.append(services.save(asked(q="予約"), "予約")[1])
            db.session.remove()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(made) == [False, True]
    assert len(mine(person)) == 1


def test_at_most_twenty_and_then_one_is_told_what_to_do(shop, person):
    for number in range(services.MOST):
        saved.save(person, q=f"予約{number}")
    with pytest.raises(BadInput) as refusal:
        saved.save(person, q="もうひとつ")
    [finding] = refusal.value.findings
    assert finding.code == "saved_searches_full"
    assert "削除" in finding.remedy.ja
    [*_, oldest] = mine(person)
    with act_as(person):
        services.remove(oldest.id, read_version=1)
    saved.save(person, q="もうひとつ")


@pytest.mark.parametrize(
    ("name", "code"), [("", "name_missing"), (" \n\t ", "name_missing"), ("長" * 61, "name_too_long")]
)
def test_a_name_is_needed_and_not_endless(shop, person, name, code):
    with act_as(person):
        with pytest.raises(BadInput) as refusal:
            services.save(asked(q="予約"), name)
        assert (refusal.value.findings[0].code, refusal.value.findings[0].field) == (code, "name")
        kept, _ = services.save(asked(q="予約"), " 予約\nの \x07検索 ")
        assert services.mine()[0].name == "予約 の 検索"
        with pytest.raises(BadInput):
            services.rename(kept, name, read_version=1)


def test_what_does_not_exist_and_what_is_endless_is_not_kept(shop, person):
    with act_as(person):
        with pytest.raises(BadQuery):
            services.save(asked(function="NONE"), "無い機能")
        many = ",".join(f"{number:013}" for number in range(100))
        with pytest.raises(BadInput) as refusal:
            services.save(
                asked(vendor=many, prefecture="東京都,北海道,沖縄県", q="あ" * 100, area="東京都"), "多い"
            )
        assert refusal.value.findings[0].code == "conditions_too_many"
        assert services.mine() == ()


def test_words_beyond_what_a_search_reads_are_cut():
    assert conditions.read(conditions.written(asked(q="あ" * 500))).q == "あ" * 100


def test_without_an_index_it_is_kept_all_the_same(services_of, person, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise EngineUnavailable("index_missing", "test")

    monkeypatch.setattr("search.saved.services.answer_to", broken)
    saved.save(person, q="予約")
    assert mine(person)[0].found is None


def test_renaming_switching_and_taking_away_ask_for_the_version_that_was_read(shop, person):
    search = saved.save(person, q="予約")
    with act_as(person):
        services.rename(search, "新しい名前", read_version=1)
        services.rename(search, "新しい名前", read_version=2)
        for stale in (
            lambda: services.rename(search, "古い", read_version=1),
            lambda: services.switch(search, by_mail=False, read_version=1),
            lambda: services.remove(search, read_version=1),
        ):
            with pytest.raises(StaleVersion):
                stale()
        services.switch(search, by_mail=False, read_version=2)
        services.switch(search, by_mail=False, read_version=3)
        [one] = services.mine()
        assert (one.name, one.by_mail, one.version) == ("新しい名前", False, 3)
        services.remove(search, read_version=3)
        with pytest.raises(NotFound):
            services.remove(search, read_version=3)
    with act_as(SYSTEM):
        assert list(audit.verify()) == []


def test_a_colleague_and_another_place_of_the_same_person_do_not_see_it(shop, person, organisation, actor_of):
    search = saved.save(person, q="予約")
    colleague = actor_of(person.organisation_id, "sme_member")
    elsewhere = Actor("sme", organisation("sme"), person.person_id, person.roles, person.name)
    for other in (colleague, elsewhere):
        assert mine(other) == ()
        with act_as(other), pytest.raises(NotFound):
            services.remove(search, read_version=1)
    vendor = actor_of(shop.vendor_id, "vendor_owner")
    with act_as(vendor), pytest.raises(NotPermitted):
        services.mine()


def test_the_database_shows_and_lets_change_one_s_own_only(shop, person, organisation, actor_of):
    saved.save(person, q="予約")
    colleague = actor_of(person.organisation_id, "sme_member")
    office = actor_of(organisation("secretariat"), "secretariat_administrator")
    vendor = actor_of(shop.vendor_id, "vendor_owner")
    elsewhere = Actor("sme", organisation("sme"), person.person_id, person.roles)
    for other in (colleague, office, vendor, elsewhere, Actor("public")):
        with act_as(other):
            assert db.session.scalars(select(SavedSearch)).all() == []
            changed = db.session.execute(text("UPDATE saved_search SET by_mail = false RETURNING id")).all()
            gone = db.session.execute(text("DELETE FROM saved_search RETURNING id")).all()
            assert (changed, gone) == ([], [])
            db.session.rollback()
    with act_as(colleague), pytest.raises(Exception, match="row-level security"):
        db.session.execute(
            text(
                "INSERT INTO saved_search (id, organisation_id, person_id, name, conditions, sort, by_mail,"
                " created_at, told_number, looked_on, version) VALUES (gen_random_uuid(), :place, :person, 'x', '',"
                " 'relevance', true, now(), 0, now(), 1)"
            ),
            {"place": person.organisation_id, "person": person.person_id},
        )
    db.session.rollback()
    assert len(mine(person)) == 1


# --- stopping from a mail ---


def test_stopping_one_or_all_without_being_anybody(shop, person, organisation, actor_of):
    other = actor_of(organisation("sme"), "sme_owner")
    one, two = saved.save(person, q="予約", name="一つ目"), saved.save(person, q="レジ", name="二つ目")
    saved.save(other, q="予約")
    assert services.stoppable("search", one) == ("一つ目",)
    assert services.stop("search", one) == 1
    assert services.stop("search", one) == 0
    assert services.stoppable("person", person.person_id) == ("二つ目",)
    assert services.stop("person", person.person_id) == 1
    assert services.stop("person", uuid.uuid4()) == 0
    assert {each.id for each in mine(person) if each.by_mail} == set()
    assert mine(other)[0].by_mail
    with act_as(person):
        services.switch(two, by_mail=True, read_version=2)
    assert [each.by_mail for each in mine(person) if each.id == two] == [True]
    with act_as(SYSTEM):
        assert list(audit.verify()) == []
