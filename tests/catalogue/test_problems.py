"""The list of problems: what comes with the software holds together, faults are named, changes keep the rest."""

from __future__ import annotations

from collections import Counter

import pytest

from catalogue import problem_list
from catalogue.problem_list import ProblemList
from catalogue.problems import LONGEST_SENTENCE, MOST, MOST_EXAMPLES, Problem, check, parse
from catalogue.vocabulary import ALL_INDUSTRIES
from catalogue.vocabulary_files import read_default_masters, read_problems
from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.errors import BadInput, NotFound, StaleVersion

GOOD = {
    "code": "stamps",
    "sentence": "切手を数えている",
    "functions": "B5",
    "words": "切手",
    "examples": "切手代が合わない",
    "industries": "",
    "source": "電話",
}


def shipped() -> list[Problem]:
    document = read_problems()
    return parse(document.rows, name=document.name, first_row=document.first_row)


def test_what_comes_with_the_software_holds_together():
    known = shipped()
    assert len(known) >= 60
    check(known, read_default_masters())
    assert {each.source for each in known} == {"開発者の選定"}, "said to be our own choice"
    assert "開発者が選んだ" in read_problems().note
    assert all(each.examples and each.words for each in known)


def test_every_function_and_the_usual_industries_have_problems():
    functions = Counter(code for each in shipped() for code in each.functions)
    assert all(functions[row.code] >= 3 for row in read_default_masters().functions)
    named = {code for each in shipped() for code in each.industries}
    usual = {row.code for row in read_default_masters().industries} - {ALL_INDUSTRIES, "other"}
    assert usual <= named


def test_a_problem_as_it_is_kept_reads_as_it_was():
    for each in shipped():
        assert parse([each.row()]) == [each]


def test_it_is_known_by_its_sentence_and_every_other_way_of_saying_it():
    [entry] = parse([GOOD | {"examples": "切手代が合わない;切手が足りない"}])
    assert entry.said() == ("切手を数えている", "切手代が合わない", "切手が足りない")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"code": ""}, "code"),
        ({"code": "Stamps"}, "code"),
        ({"code": "x"}, "code"),
        ({"sentence": ""}, "sentence"),
        ({"sentence": "長" * (LONGEST_SENTENCE + 1)}, "sentence"),
        ({"sentence": "、！"}, "sentence"),
        ({"functions": ""}, "functions"),
        ({"functions": "F1;F2;F3;F4;F5;M1"}, "functions"),
        ({"words": ""}, "words"),
        ({"words": "切\x1b手"}, "words"),
        ({"examples": ";".join(f"例{n}" for n in range(MOST_EXAMPLES + 1))}, "examples"),
        ({"source": ""}, "source"),
    ],
)
def test_a_fault_names_its_row_and_column(change, column):
    with pytest.raises(BadInput) as raised:
        parse([{**GOOD, "code": "other"}, {**GOOD, **change}], name="list.csv", first_row=2)
    assert {finding.field for finding in raised.value.findings} == {f"list.csv 3 {column}"}


def test_a_code_stands_once_and_a_list_has_an_end():
    with pytest.raises(BadInput):
        parse([GOOD, GOOD])
    with pytest.raises(BadInput):
        parse([{**GOOD, "code": f"code_{n}"} for n in range(MOST + 1)])


def test_codes_of_functions_and_industries_must_exist():
    with pytest.raises(BadInput) as raised:
        check(parse([{**GOOD, "functions": "Z9", "industries": "all;moon"}]), read_default_masters())
    assert [finding.field for finding in raised.value.findings] == ["functions", "industries", "industries"]


class TestChanges:
    known = ProblemList(3, "k", tuple(shipped()))

    def test_a_new_one_comes_last_and_a_change_keeps_its_place(self):
        entry = parse([GOOD])[0]
        assert self.known.put(entry).entries == (*self.known.entries, entry)
        changed = self.known.put(entry, instead_of=self.known.entries[4].code)
        assert changed.entries == (*self.known.entries[:4], entry, *self.known.entries[5:])

    def test_two_with_one_code_are_refused_and_what_is_not_there_cannot_go(self):
        taken = parse([{**GOOD, "code": self.known.entries[0].code}])[0]
        with pytest.raises(BadInput) as raised:
            self.known.put(taken)
        assert raised.value.findings[0].field == "code"
        with pytest.raises(NotFound):
            self.known.without("nothing")


def test_a_change_is_a_new_version_and_the_second_of_two_editors_is_told(services):
    with act_as(SYSTEM):
        before = problem_list.current()
        problem_list.put(problem_list.read_entry(GOOD), read_version=before.version)
        now = problem_list.current()
        assert now.version == before.version + 1
        assert now.find("stamps") is not None
        with pytest.raises(StaleVersion):
            problem_list.remove("stamps", read_version=before.version)
        with pytest.raises(NotFound):
            problem_list.put(problem_list.read_entry(GOOD), instead_of="nothing", read_version=now.version)
        problem_list.remove("stamps", read_version=now.version)
        assert problem_list.current().find("stamps") is None


def test_a_typed_problem_is_checked_against_the_masters(services):
    with act_as(SYSTEM), pytest.raises(BadInput) as raised:
        problem_list.read_entry({**GOOD, "functions": "Z9", "words": ""})
    assert {finding.field for finding in raised.value.findings} == {"functions", "words"}
