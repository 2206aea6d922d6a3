"""Values counted by bits and by the numbers of sets: the same as counting them one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from search_samples import random_documents

from search.embedded import sets, values
from search.embedded.rows import analysed
from search.embedded.schema import facet_values
from search.embedded.values import Values
from search.filters import Facet

DOCUMENTS = random_documents(130, seed=11)  # more than two words of bits, and a part of one
ROWS = analysed(DOCUMENTS)


@pytest.mark.parametrize("few", [64, 3, 0])
@pytest.mark.parametrize("every", [1, 2, 7, 1000])
def test_counts_and_masks_are_those_of_the_documents(monkeypatch, few, every):
    monkeypatch.setattr(values, "_FEW", few)
    made = Values(ROWS)
    found = np.arange(len(DOCUMENTS)) % every == every // 2
    having = [{sets.member(f, v) for f, of in facet_values(each).items() for v in of} for each in DOCUMENTS]
    right = Counter(member for each, there in zip(having, found.tolist(), strict=True) if there for member in each)
    counted = dict(zip(made.members, made.count(found, tuple(Facet)).tolist(), strict=True))
    assert {member: number for member, number in counted.items() if number} == right
    for member in made.members:
        mask = made.mask(member)
        assert mask is not None
        assert mask.tolist() == [member in each for each in having]
    assert made.mask(sets.member(Facet.VENDOR, "nobody")) is None


def test_only_the_facets_asked_for_are_counted():
    made = Values(ROWS)
    found = np.arange(len(DOCUMENTS)) < 50
    whole = dict(zip(made.members, made.count(found, tuple(Facet)).tolist(), strict=True))
    for facet in Facet:
        alone = dict(zip(made.members, made.count(found, [facet]).tolist(), strict=True))
        of_facet = {member: number for member, number in whole.items() if sets.meaning(member)[0] is facet}
        assert {member: alone[member] for member in of_facet} == of_facet
