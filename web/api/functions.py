"""Core function codes that callers give, held against the master data."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.masters import vocabulary
from web.api.faults import unknown_functions


def check_functions(codes: Sequence[str]) -> None:
    """Raise BadInput with one finding for each code that the master data does not have."""
    if not codes:
        return
    known = tuple(row.code for row in vocabulary().functions)
    unknown = [(index, code) for index, code in enumerate(codes) if code not in known]
    if unknown:
        raise unknown_functions(unknown, known)
