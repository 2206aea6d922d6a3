"""A scheme is changed by a form: the same text, the same check, faults at their fields, the same table before it counts."""

from __future__ import annotations

import html
import re
import uuid

import pytest

from marketplace import scheme_draft_queries, scheme_drafts
from marketplace.subsidy.scheme import SHIPPED, shipped_schemes
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as

FORM = "/secretariat/schemes/2017/form"
TEXT = (SHIPPED / "2017.yaml").read_text(encoding="utf-8").replace("version: 3\n", "version: 4\n", 1)
CAP, FLOOR, RATE = "limits.caps.0.yen", "limits.floor.yen", "segments.0.bands.0.rates.sme"


@pytest.fixture
def administrator(client, office):
    return client.application.test_client().act_as(office("administrator"))


def filled(browser, changes=(), page=FORM):
    """What a browser would send of the form as it is shown, with these changes."""
    shown = browser.get(page).text
    inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', shown[shown.index("scheme-values") :])
    return {name: html.unescape(value) for name, value in inputs if name != "csrf_token"} | dict(changes)


def draft_of(location):
    return uuid.UUID(location.rpartition("/")[2])


def test_the_same_text_with_other_values_is_looked_at_before_it_counts(administrator):
    form = filled(
        administrator, {CAP: "４００，０００円", RATE: "1/2", "limits.caps.0.clause": "公募要領 改訂2版"}
    )
    assert form[FLOOR] == "200,000"
    answer = administrator.post_form(FORM, form)
    assert answer.status_code == 302, answer.text
    with act_as(SYSTEM):
        kept = scheme_draft_queries.text_of_draft("2017", str(draft_of(answer.location)))
        scheme_drafts.compare(draft_of(answer.location))
    expected = TEXT.replace('sme: "2/3"', 'sme: "1/2"', 1)
    cap = "{yen: 1000000, bound: inclusive, clause: 概要 補助上限・下限、補助率}"
    assert cap in expected
    assert kept == expected.replace(cap, '{yen: 400000, bound: inclusive, clause: "公募要領 改訂2版"}', 1)
    page = administrator.get(answer.location).text
    assert "limits › caps › 1 › yen" in page
    assert "この版を使う" in page
    again = re.search(rf'href="({FORM}\?draft=[^"]+)"', page)[1]
    assert filled(administrator, page=again)[CAP] == "400,000"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({RATE: "0.66"}, RATE, "分数を引用符で囲んで書いてください"),
        ({CAP: "百万"}, CAP, "整数が必要です"),
        ({"effective.from": "2018-01-01"}, "effective.from", "to は from 以降"),
        ({FLOOR: "2,000,000"}, FLOOR, "下限額"),
        ({"name.ja": ""}, "name.ja", ""),
        ({CAP: "1", "effective_from": "2017-04-01"}, "effective_from", "今日より前です"),
        ({CAP: "1", "effective_from": "someday"}, "effective_from", "有効になる日を読み取れません"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(administrator, changes, field, words):
    answer = administrator.post_form(FORM, filled(administrator, changes))
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    error = answer.text[answer.text.index(f'id="f-{field}-error"') :][:900]
    assert words in error
    assert "scheme.yaml" not in answer.text
    for name, typed in changes.items():
        assert re.search(rf'name="{re.escape(name)}"[^>]* value="{re.escape(typed)}"', answer.text)


def test_nothing_changed_is_said(administrator):
    answer = administrator.post_form(FORM, filled(administrator))
    assert answer.status_code == 422
    assert "どの値も変わっていません" in answer.text


def test_what_was_typed_goes_along_into_the_text(administrator):
    answer = administrator.post_form(FORM, filled(administrator, {CAP: "400000", "as_text": "yes"}))
    assert answer.status_code == 200
    assert "{yen: 400000, bound: inclusive" in answer.text
    assert 'name="version" value="3"' in answer.text


def test_the_second_of_two_editors_is_told_and_a_broken_form_refused(administrator):
    assert administrator.post_form(FORM, filled(administrator, {CAP: "400000", "version": "7"})).status_code == 409
    assert administrator.post_form(FORM, {CAP: "1"}).status_code == 422
    assert administrator.get("/secretariat/schemes/nowhere/form").status_code == 404
    assert administrator.get("/secretariat/schemes/UPPER/form").status_code == 404


@pytest.mark.parametrize("name", [scheme.id for scheme in shipped_schemes().all()])
def test_every_shipped_scheme_has_its_groups_named(administrator, name):
    page = administrator.get(f"/secretariat/schemes/{name}/form").text
    legends = re.findall(r"<legend>(.*?)</legend>", page, re.S)
    assert len(set(legends)) == len(legends) >= 4
    assert 'name="effective_from" type="date"' in page
    assert clock.today().isoformat() in page
    # Every control says what it is: none falls back to its path.
    labels = re.findall(r'<label class="field__label"[^>]*>(.*?)</label>', page, re.S)
    assert not [label for label in labels if re.search(r"[a-z]+[._][a-z]+", label)]
