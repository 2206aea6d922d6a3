"""The list of synonyms: what comes with the software holds together, faults are named, changes keep the rest."""

from __future__ import annotations

import pytest

from catalogue.synonym_list import SynonymList, read_entry
from catalogue.synonyms import LONGEST, MOST, MOST_TEXTS, Synonym, parse
from catalogue.vocabulary import folded
from catalogue.vocabulary_files import read_default_masters, read_synonyms
from tenants.errors import BadInput, NotFound

GOOD = {"word": "給料", "texts": "給与計算;賞与", "direction": "one_way", "kind": "word", "source": "x"}


def shipped() -> list[Synonym]:
    document = read_synonyms()
    return parse(document.rows, name=document.name, first_row=document.first_row)


def test_what_comes_with_the_software_holds_together():
    known = {each.term: each for each in shipped()}
    assert len(known) >= 80
    assert known["給料"].texts == ("給与計算",)
    assert known["ホムペ"].texts == ("ホームページ",)
    assert not known["シフト"].two_way
    assert sum(each.problem for each in known.values()) >= 10
    assert all(each.source for each in known.values())
    assert read_synonyms().source


def test_every_core_function_has_a_word_that_leads_to_it():
    texts = {folded(text) for each in shipped() for text in each.texts}
    for function in read_default_masters().functions:
        words = [function.name.ja, *function.words]
        assert any(folded(word) in text or text in folded(word) for word in words for text in texts), function.code


def test_every_trade_leads_to_a_name_of_an_industry():
    names = {name for row in read_default_masters().industries for name in (row.name.ja, *row.aliases)}
    trades = [each for each in shipped() if each.source == "業種の呼び名"]
    assert len(trades) >= 50
    assert [each.term for each in trades if names.isdisjoint(each.texts)] == []


def test_an_entry_as_it_is_kept_reads_as_it_was():
    for each in shipped():
        assert parse([each.row()]) == [each]


def test_one_way_changes_the_search_for_its_word_only_two_way_that_for_each():
    one, two = parse([GOOD, GOOD | {"word": "勤怠", "texts": "出退勤;打刻", "direction": "two_way"}])
    assert one.words() == ("給料",)
    assert two.words() == ("勤怠", "出退勤", "打刻")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"word": ""}, "word"),
        ({"word": "、！"}, "word"),
        ({"word": "あ" * (LONGEST + 1)}, "word"),
        ({"word": "給\x1b料"}, "word"),
        ({"texts": ""}, "texts"),
        ({"texts": ";".join(f"言葉{n}" for n in range(MOST_TEXTS + 1))}, "texts"),
        ({"texts": "給料"}, "texts"),
        ({"texts": "ｷｭｳﾖ;" + "い" * 50}, "texts"),
        ({"direction": "sideways"}, "direction"),
        ({"kind": None}, "kind"),
        ({"source": ""}, "source"),
    ],
)
def test_a_fault_names_its_row_and_column(change, column):
    with pytest.raises(BadInput) as raised:
        parse([{**GOOD, "word": "賃金"}, {**GOOD, **change}], name="list.csv", first_row=2)
    assert {finding.field for finding in raised.value.findings} == {f"list.csv 3 {column}"}


def test_a_word_stands_once_whatever_its_width():
    with pytest.raises(BadInput):
        parse([{**GOOD, "word": "CRM"}, {**GOOD, "word": "ｃｒｍ"}])
    with pytest.raises(BadInput):
        parse([{**GOOD, "word": f"言葉{n}"} for n in range(MOST + 1)])


class TestChanges:
    known = SynonymList(3, "k", tuple(shipped()))

    def test_a_new_one_comes_last(self):
        entry = read_entry({**GOOD, "word": "賃金"})
        assert self.known.put(entry).entries == (*self.known.entries, entry)

    def test_a_change_keeps_its_place_also_under_another_word(self):
        entry = read_entry({**GOOD, "word": "お賃金"})
        changed = self.known.put(entry, instead_of=self.known.entries[4].term)
        assert changed.entries == (*self.known.entries[:4], entry, *self.known.entries[5:])

    def test_two_entries_for_one_word_are_refused(self):
        with pytest.raises(BadInput):
            self.known.put(read_entry(GOOD))
        with pytest.raises(BadInput):
            self.known.put(read_entry(GOOD), instead_of="ホムペ")

    def test_taking_out(self):
        assert len(self.known.without("ﾎﾑﾍﾟ").entries) == len(self.known.entries) - 1
        with pytest.raises(NotFound):
            self.known.without("ない言葉")
