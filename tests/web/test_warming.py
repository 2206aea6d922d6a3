"""A web process reads in beside its first requests what the first suggestion and sentence need; without a database it starts too."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from search import suggestions, troubles, widening
from tenants.actor import PUBLIC
from tenants.db import act_as
from tenants.errors import NotFound
from tenants.text import Text
from web import warming


@pytest.mark.usefixtures("index")
def test_it_is_there_before_it_is_asked(app):
    suggestions._problem.cache_clear()
    suggestions._problems.cache_clear()
    suggestions._functions.cache_clear()
    troubles.recogniser.cache_clear()
    widening._kept_table.cache_clear()
    widening._kept_sayings.cache_clear()
    widening._known.cache_clear()  # the sentence it asks may have been asked before
    warming.begin(app, after=0).join()
    assert suggestions._problem.cache_info().currsize > 50
    read_in = (suggestions._functions, troubles.recogniser, widening._kept_table, widening._kept_sayings)
    assert [each.cache_info().currsize for each in read_in] == [1] * 4


@pytest.mark.usefixtures("index")
def test_a_suggestion_does_not_wait_for_what_sentences_are_compared_with(app):
    widening._kept_sayings.cache_clear()
    with app.app_context(), act_as(PUBLIC):
        assert suggestions.suggest("レジシステム")
    assert widening._kept_sayings.cache_info().currsize == 0


@pytest.mark.parametrize("error", [OperationalError("select", {}, Exception()), NotFound(Text("語", "words"))])
def test_a_process_starts_without_what_it_reads_in(app, monkeypatch, error):
    def fail(_):
        raise error

    monkeypatch.setattr(warming, "suggest", fail)
    warming.begin(app, after=0).join()
