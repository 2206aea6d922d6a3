"""Addresses as long as the server takes them, full of what is dear to read: each is answered soon, by a page."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from worked_input import publish_worked_input

pytestmark = pytest.mark.security

# What a request line of 8,190 bytes holds of characters of three bytes each.
LONG = 2_700
PROCESSOR_SECONDS = 10
"""Of this process alone; a quadratic way through any of these takes minutes."""
WORDS = {
    "marks": "か" + "\u0300" * (LONG // 2) + "\u0316" * (LONG // 2),
    "half-width marks": "ｶ" + "ﾞ" * LONG,
    "long vowels": "ー" * LONG,
    "one letter that stands for eighteen": "\ufdfa" * LONG,
    "kanji": "請求書給与計算在庫管理" * (LONG // 11),
    "kana without an end": "すもももももももものうち" * (LONG // 12),
    "loan words": "システムソリューション" * (LONG // 11),
    "quotes and brackets": "\"'(((:*^~" * (LONG // 8),
    "single letters": "a " * (LONG // 2),
    "wrong letters": "qwx" * (LONG // 3),
}
PLACES = (
    "/packages?q=",
    "/find?q=",
    "/api/v1/suggestions?q=",
    "/eligibility?ask=industry&find=industry&industry_words=",
)
LISTS = (
    "/compare?codes=" + ",".join(f"X{number}" for number in range(1500)),
    "/compare?" + "&".join("codes=A" for _ in range(900)),
    "/find?" + "&".join(f"function=F{number}" for number in range(600)),
    "/find?" + "&".join(f"problem=p{number}" for number in range(600)),
    "/needs?function=" + ",".join(f"F{number}" for number in range(1500)),
    "/needs?"
    + "&".join(f"function={letter}{number}&have=B{number}" for letter in "FMB" for number in range(1, 60)),
    "/packages?function=" + ",".join(f"F{number}" for number in range(1500)),
)


def test_addresses_without_end_are_soon_read(app, index, client):
    publish_worked_input()
    for address in (*LISTS, *(place + quote(words) for place in PLACES for words in WORDS.values())):
        began = time.process_time()
        answer = client.get(address)
        assert time.process_time() - began < PROCESSOR_SECONDS, address[:60]
        assert answer.status_code < 500, address[:60]
        assert len(answer.data) < 600_000, address[:60]  # each filter's link repeats the words
