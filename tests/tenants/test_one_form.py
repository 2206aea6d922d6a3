"""One form of Unicode: the same as Python's for what people write, soon done with what nobody does."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.files import shown_name
from tenants.numbers import normalised_number
from tenants.one_form import MOST_MARKS, in_one_form
from tenants.typed_numbers import whole_number

HOUSE = Path(__file__).resolve().parents[2]
MANY = 300_000
# Of this process alone; Python's own function takes a quarter of an hour for each of these.
PROCESSOR_SECONDS = 20
PILES = {
    "falling": "a" + "\u0300" * MANY + "\u0316" * MANY,
    "taken apart": "か" + ("\u0300" * 20 + "ﾞ") * (MANY // 10),
    "after a short one": "１" * 200 + "\u0300" * MANY + "\u0316" * MANY,
}


@pytest.mark.security
@pytest.mark.parametrize("pile", PILES.values(), ids=PILES)
@pytest.mark.parametrize(
    "read", [in_one_form, whole_number, normalised_number, lambda name: shown_name(name, "image/png")]
)
def test_a_mountain_of_marks_is_soon_done_with(read, pile):
    began = time.process_time()
    read(pile)
    assert time.process_time() - began < PROCESSOR_SECONDS


@given(
    st.text(st.characters(exclude_categories=["Mn", "Mc", "Me", "Cs"]), min_size=101),
    st.sampled_from(["NFC", "NFKC"]),
)
def test_what_has_no_piles_is_as_python_has_it(written, form):
    assert in_one_form(written, form) == unicodedata.normalize(form, written)


def test_marks_that_languages_need_stay():
    words = "ｶﾞｽ か\u3099 Tiếng Việt cafe\u0301 שָׁלוֹם " * 10
    assert in_one_form(words) == unicodedata.normalize("NFKC", words)
    assert len(in_one_form("x" * 200 + "\u0316" * 99)) == 200 + MOST_MARKS


def test_nobody_takes_the_slow_way_with_what_people_send():
    """The search is let be: it reads no more of anything than fits on a page."""
    direct = [
        str(path.relative_to(HOUSE))
        for floor in ("tenants", "catalogue", "marketplace", "web")
        for path in (HOUSE / floor).rglob("*.py")
        if re.search(r"unicodedata\.normalize\(", path.read_text(encoding="utf-8"))
    ]
    assert direct == ["tenants/one_form.py"]
