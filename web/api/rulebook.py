"""Where a reckoning takes its scheme and its function codes from: what is published, or what the software comes with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from catalogue.masters import vocabulary
from catalogue.vocabulary_files import read_default_masters
from marketplace import pricing, programme
from marketplace.subsidy.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Rulebook:
    """scheme: by its id, by default the one in use; raises NotFound. functions: the codes there are."""

    scheme: Callable[[str | None], Scheme]
    functions: Callable[[], Sequence[str]]


PUBLISHED: Final = Rulebook(pricing.scheme, lambda: [row.code for row in vocabulary().functions])
"""As the secretariat published it: in the database."""
SHIPPED: Final = Rulebook(programme.shipped_scheme, lambda: [row.code for row in read_default_masters().functions])
"""As the files of the software have it: without a database."""
