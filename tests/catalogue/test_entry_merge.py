"""A newer file and what was changed here: whoever alone touched an entry is followed, and both are shown otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from catalogue.entry_merge import merge


@dataclass(frozen=True)
class Line:
    handle: str
    text: str

    def row(self):
        return {"text": self.text}


def lines(said):
    return [Line(name, text) for name, text in said.items()]


LISTS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))


@given(LISTS, LISTS, LISTS, st.sets(st.sampled_from("abcdef")))
def test_entry_by_entry(base, ours, theirs, chosen):
    found = merge(lines(base), lines(ours), lines(theirs))
    result = {each.handle: each.text for each in found.entries(chosen)}
    own = 0
    for name in {*base, *ours, *theirs}:
        was, here, there = base.get(name), ours.get(name), theirs.get(name)
        both = was not in (here, there) and here != there
        assert both == (name in [step.entry.handle for step in found.clashing])
        wanted = there if here == was or (both and name in chosen) else here
        assert result.get(name) == wanted
        own += there == was != here
    assert found.own == own
    assert result.keys() <= {*ours, *theirs}
    kept = [each.handle for each in found.entries(chosen)]
    assert kept[: len(kept) - len(set(kept) - set(ours))] == [name for name in ours if name in result]


@given(LISTS, LISTS)
def test_nothing_clashes_where_nothing_was_changed_here_and_the_result_is_the_file(base, theirs):
    found = merge(lines(base), lines(base), lines(theirs))
    assert (found.clashing, found.own) == ((), 0)
    assert {each.handle: each.text for each in found.entries(())} == theirs
    again = merge(lines(theirs), found.entries(()), lines(theirs))
    assert (again.coming, again.clashing) == ((), ())
