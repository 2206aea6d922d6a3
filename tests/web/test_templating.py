"""A misspelt name in a template is an error where it is made, not a hole in a page; what was compiled is kept."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from jinja2 import DictLoader, UndefinedError, pass_context

from web.templating import CompiledTemplates, StrictEnvironment


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


def test_a_template_is_compiled_once_for_all_processes(app, monkeypatch, tmp_path):
    kept = tmp_path / "templates"
    texts = {"page": "before"}

    def said():
        other = StrictEnvironment(app, loader=DictLoader(texts), bytecode_cache=CompiledTemplates(kept))
        return other.get_template("page").render()

    assert said() == "before"
    assert kept.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(StrictEnvironment, "_generate", lambda *_, **__: pytest.fail("compiled again"))
    assert said() == "before"
    monkeypatch.undo()
    texts["page"] = "after"
    assert said() == "after"


def test_a_page_does_not_wait_for_room_on_the_disk(app, tmp_path):
    kept = CompiledTemplates(tmp_path / "templates")
    kept.directory = str(tmp_path / "gone")
    assert (
        StrictEnvironment(app, loader=DictLoader({"page": "there"}), bytecode_cache=kept)
        .get_template("page")
        .render()
        == "there"
    )


def test_who_wants_the_context_is_given_it(app):
    @pass_context
    def known(context, name):
        return context.resolve(name)

    class Asked:
        def __call__(self, name):
            return f"<{name}>"

    source = (
        "{% macro framed() %}[{{ caller() }}]{% endmacro %}"
        "{% for one in ['a', 'b'] %}{% set two = one %}{{ known('two') }}{{ plain(one) }}{{ asked(one) }}{% call framed() %}{{ one }}{% endcall %}{% endfor %}"
    )
    assert written(app, source, known=known, plain=lambda name: f"<{name}>", asked=Asked()) == (
        "a&lt;a&gt;&lt;a&gt;[a]b&lt;b&gt;&lt;b&gt;[b]"
    )
