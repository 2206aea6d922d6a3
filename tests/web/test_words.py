"""Words on pages that depend on a number."""

from __future__ import annotations

import pytest

from web.words import counted


@pytest.mark.parametrize(("number", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1200, "1,200 days")])
def test_english_counts_one_and_many(number, words):
    assert counted(number, "day") == words
