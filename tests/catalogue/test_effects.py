"""What a package does to the work: read from files, with its grounds or not at all, told when it changes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from import_rows import ASAHI, PACKAGE, PRODUCT

from catalogue import effects
from catalogue.differences import differences
from catalogue.effects import BASIS, HOURS, PEOPLE, PRODUCTIVITY
from catalogue.imports.effect_columns import read_effect
from catalogue.imports.layouts import COLUMNS, EFFECT, read_table
from catalogue.imports.plan import Known, plan
from catalogue.imports.rows import read_rows
from catalogue.vocabulary_files import read_default_masters

MASTERS = read_default_masters()
CLAIM = {HOURS: 40, PRODUCTIVITY: 8, PEOPLE: 10, BASIS: "導入した12社の平均（自社調べ）"}
ROWS = {"products": PRODUCT, "packages": PACKAGE}


def cells(**said):
    usual = {HOURS: "４０時間", PRODUCTIVITY: "8%", PEOPLE: "10人", BASIS: CLAIM[BASIS]}
    return {EFFECT[name]: value for name, value in (usual | said).items()}


def read(kind, **more):
    row = ROWS[kind] | more
    names = (*COLUMNS[kind], *more)
    out = io.StringIO(newline="")
    csv.writer(out).writerows([names, [row[name] for name in names]])
    return read_rows(read_table(kind, out.getvalue().encode(), f"{kind}.csv"), MASTERS)


def planned(*rows, known=Known(drafts={("vendors", ASAHI.number, ""): ASAHI})):  # noqa: B008  (frozen)
    return plan(list(rows), known, MASTERS)


def claimed(made):
    drafts = dict(made.creates) | dict(made.updates)
    return next(draft.effect for key, draft in drafts.items() if key[0] == "packages")


def test_figures_are_read_with_their_units():
    assert read_effect(cells()) == (CLAIM, [])


def test_nothing_claimed_is_nothing_and_no_columns_is_not_spoken_of():
    assert read_effect(dict.fromkeys(EFFECT.values(), "")) == ({}, [])
    assert read_effect({}) == (None, [])


@pytest.mark.parametrize(
    ("said", "code", "field"),
    [
        ({HOURS: "", PRODUCTIVITY: ""}, "no_effect_figure", HOURS),
        ({PEOPLE: ""}, "effect_incomplete", PEOPLE),
        ({BASIS: "  "}, "effect_incomplete", BASIS),
        ({HOURS: "1601"}, "effect_too_large", HOURS),
        ({HOURS: "0"}, "not_in_range", HOURS),
        ({HOURS: "たくさん"}, "not_in_range", HOURS),
        ({HOURS: "40.5"}, "not_in_range", HOURS),
        ({PRODUCTIVITY: "301"}, "not_in_range", PRODUCTIVITY),
        ({PRODUCTIVITY: "-8"}, "not_in_range", PRODUCTIVITY),
        ({PEOPLE: "10001"}, "not_in_range", PEOPLE),
        ({BASIS: "あ" * 301}, "too_long", BASIS),
    ],
)
def test_what_cannot_be_claimed_names_its_column(said, code, field):
    _, wrong = read_effect(cells(**said))
    assert [(each.code, each.field) for each in wrong] == [(code, EFFECT[field])]
    assert all(each.message.ja and each.remedy.ja and each.message.en and each.remedy.en for each in wrong)


def test_one_figure_is_enough():
    assert read_effect(cells(**{PRODUCTIVITY: ""}))[0] == {HOURS: 40, PEOPLE: 10, BASIS: CLAIM[BASIS]}
    assert read_effect(cells(**{HOURS: ""}))[0] == {PRODUCTIVITY: 8, PEOPLE: 10, BASIS: CLAIM[BASIS]}


def test_the_edge_of_what_people_can_save():
    assert read_effect(cells(**{HOURS: "1600"}))[1] == []


@given(st.integers(1, effects.MOST_HOURS), st.integers(1, effects.MOST_PEOPLE))
def test_a_claim_is_refused_exactly_where_each_would_save_more_than_they_work(hours, people):
    wrong = [each.code for each in effects.faults(CLAIM | {HOURS: hours, PEOPLE: people}, EFFECT)]
    assert wrong == (["effect_too_large"] if hours / people > effects.MOST_HOURS_PER_PERSON else [])
    tenths = effects.tenths_per_person({HOURS: hours, PEOPLE: people})
    assert tenths * people <= hours * 10 < (tenths + 1) * people


def test_columns_come_together():
    some = {column: value for column, value in cells().items() if column != EFFECT[BASIS]}
    (found,) = planned(*read("products"), *read("packages", **some)).results[-1].findings
    assert (found.code, EFFECT[BASIS] in found.message.ja) == ("effect_columns", True)


def test_a_file_keeps_what_it_does_not_speak_of_and_takes_away_what_it_leaves_empty():
    made = planned(*read("products"), *read("packages", **cells()))
    assert claimed(made) == CLAIM
    drafts = {("vendors", ASAHI.number, ""): ASAHI} | dict(made.creates)
    known = Known(drafts=drafts, states={key: "draft" for key in drafts if key[0] != "vendors"})
    assert [row.action for row in planned(*read("packages"), known=known).results] == ["unchanged"]
    emptied = planned(*read("packages", **dict.fromkeys(EFFECT.values(), "")), known=known)
    assert claimed(emptied) == {}
    assert [(each.column, each.before, each.after) for each in emptied.results[0].changes] == [
        (EFFECT[HOURS], "40", ""),
        (EFFECT[PRODUCTIVITY], "8", ""),
        (EFFECT[PEOPLE], "10", ""),
        (EFFECT[BASIS], CLAIM[BASIS], ""),
    ]


def test_a_change_is_told_with_its_unit():
    changes = differences({"effect": CLAIM}, {"effect": CLAIM | {HOURS: 60}}, MASTERS)
    assert [(each.label.ja, each.before.ja, each.after.ja) for each in changes] == [
        ("削減できる作業時間（月）", "40時間", "60時間")
    ]
    (first, *_) = differences({}, {"effect": CLAIM}, MASTERS)
    assert (first.before, first.after.en) == (None, "40 hours")
    assert differences({}, {"effect": {}}, MASTERS) == ()


def test_publications_from_before_claim_nothing():
    assert effects.effect_of({}) == {}
    assert effects.facts({}) == ()
    assert effects.tenths_per_person({}) is None
    assert [label.ja for label, _ in effects.facts(CLAIM)] == [label.ja for label in effects.NAMES.values()]
