"""Where a reckoning takes its scheme and its function codes from: what is published, or what the software comes with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from catalogue.vocabulary_files import read_default_masters
from marketplace import pricing, programme
from marketplace.subsidy.scheme import Scheme
from marketplace.today import today


@dataclass(frozen=True, slots=True)
class Rulebook:
    """scheme: by its id, by default the one in use; raises NotFound. functions: the codes there are."""

    scheme: Callable[[str | None], Scheme]
    functions: Callable[[], Sequence[str]]


def published() -> Rulebook:
    """As the secretariat published it: in the database, read once for one answer."""
    now = cache(today)
    return Rulebook(
        lambda scheme_id: pricing.scheme(scheme_id) if scheme_id else now().scheme,
        lambda: [row.code for row in now().words.functions],
    )


SHIPPED: Final = Rulebook(programme.shipped_scheme, lambda: [row.code for row in read_default_masters().functions])
"""As the files of the software have it: without a database."""
