"""Settings: what is unset is production, and nothing starts half-configured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from web import settings as configuration
from web.demo import notes
from web.settings import PROJECT, MissingSettings, Settings, load, load_beside_demo, require_servable

KEY = "0123456789abcdef0123456789abcdef"
PROVIDER = {
    "issuer": "https://id.example",
    "client_id": "hojo",
    "client_secret": "quiet",
    "label": {"ja": "例のID", "en": "Example ID"},
}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith(("HOJO_", "MEILISEARCH_")) or name in ("PORT", "DATABASE_URL", "DATABASE_OWNER_URL"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOJO_DATA", str(tmp_path))


def test_unset_is_production_and_does_not_serve_without_a_secret():
    settings = load()
    assert settings.environment == "production"
    assert settings.cookie_secure
    with pytest.raises(MissingSettings) as refused:
        require_servable(settings)
    assert "HOJO_SECRET_KEY is not set" in str(refused.value)
    assert "DATABASE_URL is not set" in str(refused.value)
    assert "HOJO_BASE_URL is not set" in str(refused.value)


def test_the_second_search_engine_does_not_start_half_configured(monkeypatch):
    monkeypatch.setenv("HOJO_SEARCH_ENGINE", "meilisearch")
    with pytest.raises(MissingSettings) as refused:
        load()
    assert "MEILISEARCH_URL: Value error, must be set with HOJO_SEARCH_ENGINE=meilisearch" in str(refused.value)
    assert "MEILISEARCH_KEY: Value error, must be set" in str(refused.value)
    monkeypatch.setenv("MEILISEARCH_KEY", "a-key-that-nobody-may-see")
    for wrong in (
        "meili:7700",
        "ftp://meili",
        "http://",
        "http://user:word@meili:7700",
        "http://meili:x",
        "http://meili?a=1",
    ):
        monkeypatch.setenv("MEILISEARCH_URL", wrong)
        with pytest.raises(MissingSettings) as refused:
            load()
        assert "MEILISEARCH_URL" in str(refused.value)
        assert "word" not in str(refused.value)
    monkeypatch.setenv("MEILISEARCH_URL", "http://meili:7700/")
    monkeypatch.setenv("MEILISEARCH_INDEX", "not/one")
    with pytest.raises(MissingSettings):
        load()
    monkeypatch.delenv("MEILISEARCH_INDEX")
    settings = load()
    assert (settings.meilisearch_url, settings.meilisearch_index) == ("http://meili:7700", "packages")
    assert "a-key-that-nobody-may-see" not in repr(settings)
    assert "a-key-that-nobody-may-see" not in configuration.table()
    monkeypatch.setenv("HOJO_ENVIRONMENT", "demo")
    monkeypatch.delenv("MEILISEARCH_KEY")
    assert load().search_engine == "meilisearch", "a server for a trial may have no key"


def test_with_a_secret_a_database_and_its_own_name_it_serves(monkeypatch):
    monkeypatch.setenv("HOJO_SECRET_KEY", KEY)
    monkeypatch.setenv("HOJO_BASE_URL", "https://hojo.example.jp/")
    monkeypatch.setenv("DATABASE_URL", "postgresql://hojo_app:quiet@db/hojo")
    settings = require_servable(load())
    assert settings.database_url == "postgresql://hojo_app:quiet@db/hojo"
    assert settings.site == "https://hojo.example.jp"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_the_commands_refuse_with_a_message_and_no_traceback(command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    run = subprocess.run(
        [sys.executable, "-m", "web.cli", command],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "HOJO_SECRET_KEY is not set" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOJO_SECRET_KEY", "short", "HOJO_SECRET_KEY"),
        ("PORT", "many", "PORT"),
        ("PORT", "0", "PORT"),
        ("HOJO_ENVIRONMENT", "staging", "HOJO_ENVIRONMENT"),
        ("HOJO_TRUSTED_PROXIES", "-1", "HOJO_TRUSTED_PROXIES"),
        ("HOJO_BASE_URL", "hojo.example", "HOJO_BASE_URL"),
        ("HOJO_OIDC_PROVIDERS", "{", "HOJO_OIDC_PROVIDERS"),
        ("HOJO_OIDC_PROVIDERS", json.dumps({"x": {**PROVIDER, "issuer": "id.example"}}), "HOJO_OIDC_PROVIDERS"),
        ("HOJO_OIDC_PROVIDERS", json.dumps({"x": {**PROVIDER, "scopes": ["profile"]}}), "HOJO_OIDC_PROVIDERS"),
        ("HOJO_OIDC_PROVIDERS", json.dumps({"x": {**PROVIDER, "secret": "typo"}}), "HOJO_OIDC_PROVIDERS"),
        ("HOJO_OIDC_PROVIDERS", json.dumps({"x": {**PROVIDER, "profile": "other"}}), "HOJO_OIDC_PROVIDERS"),
        ("HOJO_OIDC_PROVIDERS", json.dumps({"x": {**PROVIDER, "claims": {"rank": "x"}}}), "HOJO_OIDC_PROVIDERS"),
        *(
            (
                "HOJO_OIDC_PROVIDERS",
                json.dumps({"x": {**PROVIDER, "signing_algorithms": [weak]}}),
                "HOJO_OIDC_PROVIDERS",
            )
            for weak in ("none", "HS256")
        ),
        *(
            ("HOJO_OIDC_PROVIDERS", json.dumps({name: PROVIDER}), "HOJO_OIDC_PROVIDERS")
            for name in ("again", "organisation", "A/B", "")
        ),
    ],
)
def test_an_unusable_value_is_named_and_not_shown(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(MissingSettings, match=said) as refused:
        load()
    assert "short" not in str(refused.value)
    assert "quiet" not in str(refused.value)


def test_providers_by_name(monkeypatch):
    monkeypatch.setenv("HOJO_OIDC_PROVIDERS", json.dumps({"example": PROVIDER}))
    provider = load().oidc_providers["example"]
    assert provider.label.ja == "例のID"
    assert provider.asked_scopes == ("openid", "profile", "email")


def test_gbizid_is_asked_for_what_is_needed_by_name(monkeypatch):
    monkeypatch.setenv("HOJO_OIDC_PROVIDERS", json.dumps({"gbizid": {**PROVIDER, "profile": "gbizid"}}))
    assert load().oidc_providers["gbizid"].asked_scopes == ("openid", "profile", "user", "email")


def test_secrets_do_not_show_in_a_print(monkeypatch):
    monkeypatch.setenv("HOJO_SECRET_KEY", KEY)
    monkeypatch.setenv("DATABASE_URL", "postgresql://hojo_app:quiet@db/hojo")
    monkeypatch.setenv("HOJO_OIDC_PROVIDERS", json.dumps({"example": PROVIDER}))
    shown = repr(load())
    assert KEY not in shown
    assert "quiet" not in shown


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("HOJO_DATA", "")
    monkeypatch.setenv("PORT", "")
    assert load().data == PROJECT / ".hojo"
    assert load().port == 8080


def test_a_relative_data_folder_is_made_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOJO_DATA", "here")
    assert load().data == tmp_path / "here"


def test_a_base_address_has_no_final_slash(monkeypatch):
    monkeypatch.setenv("HOJO_BASE_URL", "https://hojo.example/")
    assert load().site == "https://hojo.example"


def test_the_search_index_lies_in_the_data_folder_unless_said_otherwise(monkeypatch, tmp_path):
    assert load().search_index == tmp_path / "search"
    monkeypatch.setenv("HOJO_SEARCH_FOLDER", "/elsewhere")
    assert load().search_index == Path("/elsewhere")


def test_commands_beside_a_demo_mean_that_demo_but_servers_do_not(monkeypatch, tmp_path):
    demo = notes.begin(tmp_path, "127.0.0.1", 8123, 8124, 8125)
    demo.write()
    beside = load_beside_demo()
    assert beside.environment == "demo"
    assert beside.port == 8123
    assert beside.secret_key.get_secret_value() == demo.secret_key
    assert beside.oidc_providers["demo"].issuer == "http://127.0.0.1:8124"
    assert load().environment == "production"
    monkeypatch.setenv("HOJO_ENVIRONMENT", "production")
    assert load_beside_demo().environment == "production"


def test_a_demos_environment_gives_the_same_settings_as_its_notes(monkeypatch, tmp_path):
    demo = notes.begin(tmp_path, "127.0.0.1", 8123, 8124, 8125)
    demo.write()
    beside = load_beside_demo()
    for name, value in demo.environment().items():
        monkeypatch.setenv(name, value)
    assert load() == beside


def test_a_demo_keeps_its_secrets_from_start_to_start_and_for_itself(tmp_path):
    first = notes.begin(tmp_path, "127.0.0.1", 8123, 8124, 8125)
    first.write()
    second = notes.begin(tmp_path, "127.0.0.1", 9000, 9001, 9002)
    assert (second.secret_key, second.client_secret) == (first.secret_key, first.client_secret)
    assert notes.read(tmp_path) == first
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0
    (tmp_path / "demo.json").write_text("{}")
    assert notes.read(tmp_path) is None


def test_every_setting_is_documented_and_the_document_is_true():
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no meaning written down"
    document = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    between = document.split("<!-- settings -->")[1].split("<!-- end of settings -->")[0]
    assert between.strip() == configuration.table(), (
        "run `hojo settings` and put its table into docs/operations.md"
    )
