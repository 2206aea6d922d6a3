"""How the tests are handed to two processes: a file stays in one of them."""

from __future__ import annotations

import pytest

_ran_here: list[str] = []


@pytest.mark.parametrize("_", range(6))
def test_the_tests_of_a_file_run_in_one_process(request, _):
    """Else what a file makes once (a house, the demo) is made twice, and nothing but the clock would tell."""
    mine = [item.nodeid for item in request.session.items if item.path == request.path]
    _ran_here.append(request.node.nodeid)
    assert _ran_here == mine[: len(_ran_here)], "some ran elsewhere: run them with --dist loadfile, or -n 0"
