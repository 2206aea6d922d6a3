"""Single values of a scheme's text are changed, and not a character of anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.subsidy.edits import changed, values
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, load_scheme
from tenants.errors import BadInput

TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))}
INVOICE = TEXTS["2025-invoice"]
OTHER = {"day": "2031-02-03", "rate": "1/7", "yen": "7", "count": "9", "words": '別の「言葉」: "x" # y'}


def at(content, path):
    for step in path.split("."):
        content = content[int(step)] if isinstance(content, list) else content[step]
    return content


def faults(text):
    with pytest.raises(BadInput) as refused:
        load_scheme(text, "scheme.yaml")
    return [finding.field.partition(" ")[2] for finding in refused.value.findings]


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_wanted_as_it_is_stays_to_the_character(name):
    shown = {value.path: value.said for value in values(TEXTS[name])}
    assert {"effective.from", "name.ja", "segments.0.bands.0.rates.sme", "follow_up.years"} <= set(shown)
    assert changed(TEXTS[name], shown) == TEXTS[name]
    assert changed(TEXTS[name], {"cost_kinds": "x", "id": "x", "nowhere": "x"}) == TEXTS[name]


@settings(max_examples=15)
@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_only_what_was_changed_differs(name, data):
    text = "# 先頭の注釈\n" + TEXTS[name] + "# 最後の注釈\n"
    chosen = data.draw(st.lists(st.sampled_from(values(text)), min_size=1, max_size=4, unique=True))
    after = changed(text, {value.path: OTHER[value.kind] for value in chosen})
    assert after.startswith("# 先頭の注釈\n")
    assert after.endswith("# 最後の注釈\n")
    assert after.count("\n") == text.count("\n")
    expected, found = {each.path: each.said for each in values(text)}, {v.path: v.said for v in values(after)}
    assert found == expected | {value.path: OTHER[value.kind] for value in chosen}
    for value in chosen:
        kept = at(plain(after), value.path)
        assert kept == (int(OTHER[value.kind]) if value.kind in ("yen", "count") else OTHER[value.kind])


@pytest.mark.parametrize(
    ("path", "typed", "kept"),
    [
        ("limits.floor.yen", "３００，０００円", 300_000),
        ("limits.floor.yen", "0300000", 300_000),
        ("segments.0.bands.0.rates.sme", "１／２", "1/2"),
        ("segments.0.bands.0.rates.sme", "1 / 2", "1/2"),
        ("effective.to", "", None),
        ("effective.to", "2019-03-31", "2019-03-31"),
        ("follow_up.years", "5年", 5),
        ("name.en", "Two\r\nlines\x00\u202e", "Two lines"),
    ],
)
def test_as_people_type(path, typed, kept):
    after = changed(TEXTS["2017"], {path: typed})
    assert load_scheme(after, "scheme.yaml")
    assert at(plain(after), path) == kept


@pytest.mark.parametrize("nothing", ["to:", "to: null", "to: ~"])
def test_a_day_that_was_not_decided_is_filled_in(nothing):
    open_ended = TEXTS["2017"].replace("to: 2017-06-30", nothing, 1)
    assert "effective.to" in {value.path for value in values(open_ended) if value.said == ""}
    assert changed(open_ended, {"effective.to": "2017-06-30"}) == TEXTS["2017"]


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("limits.caps.0.yen", "百万"),
        ("limits.caps.0.yen", ""),
        ("limits.floor.yen", "9" * 16),
        ("segments.0.bands.0.rates.sme", "0.66"),
        ("segments.0.bands.0.rates.sme", '"}, x: {"'),
        ("effective.from", "2026-13-45"),
        ("effective.from", ""),
        ("effective.from", "来年"),
        ("name.ja", ""),
        ("follow_up.years", "-1"),
    ],
)
def test_what_cannot_be_read_is_a_fault_at_that_very_value(path, typed):
    assert any(path.startswith(place) for place in faults(changed(TEXTS["2017"], {path: typed})))


def test_a_text_of_several_lines_is_left_to_the_text():
    text = INVOICE.replace("name: {ja: IT導入補助金2025 インボイス枠（インボイス対応類型）,", "name: {ja: x,", 1)
    folded = text.replace(
        "name: {ja: x, en: IT introduction subsidy 2025 invoice}", "name:\n  ja: >-\n    二行の\n    名前\n  en: x"
    )
    assert "name.ja" not in {value.path for value in values(folded)}
    assert changed(folded, {"name.ja": "一行"}) == folded
