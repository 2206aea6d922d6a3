"""What the index keeps of documents before lists are made of it: streams of tokens, numbers, sets and texts, row by row.

All of it stays in the segment, so that segments are put together, without what is gone, and nothing is analysed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.documents import SearchDocument
from search.embedded import sets
from search.embedded.arrays import Array, Arrays, put_texts, texts_of
from search.embedded.inverting import BLOCK, STREAMS, ZONES, Stream
from search.embedded.schema import NUMBERS, TEXTS, Tokens, numbers_of, sets_of, texts_of_documents, tokens_of
from search.port import DocumentsRefused

Part = tuple[Arrays, NDArray[np.bool_] | None]
"""Rows, and which of them are wanted; None for all."""
_COUNTED: Final = "version"  # a column that every set of rows has


def count(arrays: Arrays) -> int:
    """How many rows there are."""
    return len(arrays[_COUNTED])


def analysed(documents: Sequence[SearchDocument]) -> Arrays:
    """The rows of these documents, in order. DocumentsRefused when one cannot be taken."""
    try:
        return _analysed(documents)
    except (ValueError, OverflowError, TypeError) as error:
        raise DocumentsRefused(f"{type(error).__name__}: {error}") from error


def _analysed(documents: Sequence[SearchDocument]) -> Arrays:
    arrays: Arrays = {}
    tokens = tokens_of(documents)
    for stream in STREAMS:
        _put_stream(arrays, stream, tokens[stream.name])
    for name, numbers in numbers_of(documents).items():
        arrays[name] = np.array(numbers, np.int64)
    for name, texts in texts_of_documents(documents).items():
        put_texts(arrays, name, texts)
    _put_sets(arrays, sets_of(documents))
    return arrays


def _put_stream(arrays: Arrays, stream: Stream, documents: Sequence[Tokens]) -> None:
    size = BLOCK * np.dtype(stream.token).itemsize
    contents = [content for of_document in documents for _, content in of_document]
    blocks = [-(-len(content) // size) or 1 for content in contents]
    padded = [content.ljust(number * size, b"\0") for content, number in zip(contents, blocks, strict=True)]
    zones = [zone for of_document in documents for zone, _ in of_document]
    rows = np.repeat(np.arange(len(documents), dtype=np.uint16), [len(each) for each in documents])
    arrays[f"{stream.name}.tokens"] = np.frombuffer(b"".join(padded), stream.token)
    arrays[f"{stream.name}.rows"] = np.repeat(rows, blocks)
    arrays[f"{stream.name}.zones"] = np.repeat(np.array(zones, np.uint8), blocks)


def _put_sets(arrays: Arrays, written: Sequence[Sequence[str]]) -> None:
    numbers: dict[str, int] = {}
    flat = [numbers.setdefault(each, len(numbers)) for row in written for each in row]
    arrays["sets"] = np.array(flat, np.int32).reshape(len(written), len(sets.COLUMNS))
    put_texts(arrays, "set", [each.encode("utf-8", "surrogatepass") for each in numbers])


def set_numbers(parts: Sequence[Arrays]) -> tuple[list[str], list[Array]]:
    """Every set that any part has, and for each part the number of its sets among these."""
    numbers: dict[str, int] = {}
    renumbered = [
        np.array(
            [
                numbers.setdefault(each.decode("utf-8", "surrogatepass"), len(numbers))
                for each in texts_of(part, "set")
            ],
            np.int32,
        )
        for part in parts
    ]
    return list(numbers), renumbered


def merged(parts: Sequence[Part]) -> Arrays:
    """The wanted rows of all parts, one part after the other."""
    found: Arrays = {}
    for stream in STREAMS:
        found |= _merged_stream(stream.name, parts)
    for name in NUMBERS:
        found[name] = np.concatenate([_wanted(arrays[name], keep) for arrays, keep in parts])
    for name in TEXTS:
        found |= _merged_texts(name, parts)
    texts, numbers = set_numbers([arrays for arrays, _ in parts])
    found["sets"] = np.concatenate(
        [new[_wanted(arrays["sets"], keep)] for new, (arrays, keep) in zip(numbers, parts, strict=True)]
    )
    put_texts(found, "set", [each.encode("utf-8", "surrogatepass") for each in texts])
    return found


def _wanted(array: Array, keep: Any) -> Array:
    return array if keep is None else array[keep]


def _merged_texts(name: str, parts: Sequence[Part]) -> Arrays:
    content: list[Array] = []
    sizes: list[Array] = [np.zeros(1, np.int64)]
    for arrays, keep in parts:
        of_part = np.diff(arrays[f"{name}.ends"])
        content.append(_wanted(arrays[f"{name}.bytes"], None if keep is None else np.repeat(keep, of_part)))
        sizes.append(_wanted(of_part, keep))
    return {f"{name}.bytes": np.concatenate(content), f"{name}.ends": np.cumsum(np.concatenate(sizes))}


def _merged_stream(name: str, parts: Sequence[Part]) -> Arrays:
    tokens: list[Array] = []
    rows: list[Array] = []
    zones: list[Array] = []
    before = 0
    for arrays, keep in parts:
        of_part, blocks = arrays[f"{name}.rows"], arrays[f"{name}.tokens"].reshape(-1, BLOCK)
        wanted = slice(None) if keep is None else keep[of_part]
        number = np.arange(count(arrays)) if keep is None else np.cumsum(keep) - 1
        tokens.append(blocks[wanted].reshape(-1))
        zones.append(arrays[f"{name}.zones"][wanted])
        rows.append((number[of_part[wanted]] + before).astype(np.uint16))
        before += int(number[-1]) + 1 if len(number) else 0
    return {
        f"{name}.tokens": np.concatenate(tokens),
        f"{name}.rows": np.concatenate(rows),
        f"{name}.zones": np.concatenate(zones),
    }


def lengths(arrays: Arrays, stream: Stream) -> NDArray[np.uint16]:
    """How many tokens each row has in each zone."""
    # The eight marks of a block are one number, whose bits are quickly counted.
    blocks = np.bitwise_count((arrays[f"{stream.name}.tokens"] != 0).view(np.uint64))
    zone = np.log2(arrays[f"{stream.name}.zones"]).astype(np.int64)
    place = arrays[f"{stream.name}.rows"].astype(np.int64) * len(ZONES) + zone
    found = np.bincount(place, weights=blocks, minlength=count(arrays) * len(ZONES))
    return np.minimum(found, np.iinfo(np.uint16).max).astype(np.uint16).reshape(-1, len(ZONES))
