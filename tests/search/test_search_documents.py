"""The document: what it refuses, and that nothing is lost when it is kept."""

from __future__ import annotations

from datetime import datetime

import pytest
from search_samples import a_document, random_documents

from search.documents import Visibility, from_bytes, to_bytes


def test_kept_and_read_again():
    for document in (
        *random_documents(20, seed=8),
        a_document("A", name="\ud800", visibility=Visibility.SECRETARIAT),
    ):
        assert from_bytes(to_bytes(document)) == document


@pytest.mark.parametrize(
    "facts",
    [
        {"identity": ""},
        {"identity": "a b"},
        {"identity": "A" * 65},
        {"identity": "日本"},
        {"identity": "A\n"},
        {"version": -1},
        {"price_yen": -1},
        {"own_cost_yen": 2**40},
        {"published_at": datetime(2017, 5, 1)},  # noqa: DTZ001 - that is the point
    ],
)
def test_what_it_refuses(facts):
    with pytest.raises(ValueError, match=r".+"):
        a_document(**({"identity": "A"} | facts))
