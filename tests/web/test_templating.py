"""A misspelt name in a template is an error where it is made, not a hole in a page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from web.templating import StrictEnvironment


def written(app, source, **values):
    return app.jinja_env.from_string(source).render(**values)


@pytest.mark.parametrize(
    "source",
    ["{{ appeal.resaon }}", "{% if appeal.resaon %}x{% endif %}", "{{ appeal.resaon or '' }}", "{{ appeal.a.b }}"],
)
def test_an_unknown_name_of_a_known_thing_is_refused(app, source):
    assert type(app.jinja_env) is StrictEnvironment
    with pytest.raises(UndefinedError):
        written(app, source, appeal=SimpleNamespace(reason="x", a=SimpleNamespace()))


def test_what_may_be_there_or_not_stays_so(app):
    appeal = SimpleNamespace(reason="x")
    assert written(app, "{{ appeal.reason }}{{ 'y' if appeal.other is defined }}", appeal=appeal) == "x"
    assert written(app, "[{{ values.missing }}{{ nothing }}{% if nothing %}x{% endif %}]", values={}) == "[]"
