"""Core function codes that callers give, held against those there are."""

from __future__ import annotations

from collections.abc import Sequence

from web.api.faults import unknown_functions


def check_functions(codes: Sequence[str], known: Sequence[str]) -> None:
    """Raise BadInput with one finding for each code that is not known."""
    unknown = [(index, code) for index, code in enumerate(codes) if code not in known]
    if unknown:
        raise unknown_functions(unknown, tuple(known))
