"""What a search frees, the next one is given again."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

# mallopt's own numbers. A number that is set once is no longer moved by the allocator itself.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_LARGEST: Final = 32 << 20  # the most that may be set: columns of millions of rows
_KEPT: Final = 256 << 20


def keep_freed_memory() -> None:
    """Have this process keep what it frees, up to so many bytes, where its C library can be told (glibc).

    A question makes some dozens of columns of a megabyte and lets them go. Given back to the system each time, they come
    back as fresh pages: thousands of page faults for one search, a fifth of its time.
    """
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST)
        library.mallopt(_TRIM_THRESHOLD, _KEPT)
