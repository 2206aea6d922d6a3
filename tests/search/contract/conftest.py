"""The contract suite: every test of this folder runs against every engine in search_samples.ENGINES."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from search_samples import ENGINES

from search.port import SearchEngine


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    made = ENGINES[request.param](tmp_path)
    yield made
    made.close()
