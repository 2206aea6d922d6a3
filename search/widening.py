"""What else the words of a query stand for, by the synonyms: applied as a query is asked, never to the index. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Final

from catalogue.synonym_list import SynonymList
from catalogue.synonyms import Synonym
from search.analyser import fold, words
from search.english import ENGLISH, singular
from search.names import names_in
from search.phrases import COMMON, KINDS, is_sentence
from search.port import MAX_QUERY_WORDS, Wider, part_read
from search.romaji import latin_parts
from search.sayings import Sayings, sayings_of
from search.spellings import plain, run_together, spellings

_MOST_PARTS: Final = 8  # words of the dictionary that a synonym inside a longer word may span
_HALVES: Final = 2
_MOST_LATIN: Final = 3  # words of another language that one entry may have
_FITS: Final = frozenset(map(fold, ("対応", "向け", "向き", "専用", "用")))
_CALLED_POLITELY: Final = re.compile("お?([一-鿿々ァ-ヶー]{2,})(?:さん|さま|様)")  # お花屋さん
_OF: Final = re.compile("([一-鿿々ァ-ヶーA-Za-z]+)の([一-鿿々ァ-ヶー]+)")
_Table = Mapping[str, tuple[str, ...]]


def table_of(synonyms: Iterable[Synonym]) -> _Table:
    """Folded word, in plain form -> what it is also searched as, in the list's order."""
    found: dict[str, dict[str, None]] = {}

    def add(word: str, texts: Iterable[str]) -> None:
        for form in dict.fromkeys((word, run_together(word))):
            entry = found.setdefault(plain(form), {})
            entry.update(dict.fromkeys(text for text in texts if fold(text) != fold(word)))

    for each in synonyms:
        add(each.term, each.texts)
        if each.two_way:
            for text in each.texts:
                add(text, (each.term, *each.texts))
    return MappingProxyType({word: tuple(texts) for word, texts in found.items() if texts})


@dataclass(frozen=True, slots=True)
class _Listed:
    """A list told apart by its key alone: to compare the entries would take longer than to look for them."""

    key: str
    entries: tuple[Synonym, ...] = field(compare=False)


@lru_cache(maxsize=8)
def _kept_table(listed: _Listed) -> _Table:
    return table_of(listed.entries)


@lru_cache(maxsize=8)
def _kept_sayings(listed: _Listed) -> Sayings:
    return sayings_of(listed.entries)


def _table(synonyms: SynonymList) -> _Table:
    entries = synonyms.entries
    return _kept_table(_Listed(synonyms.key, entries)) if synonyms.key else table_of(entries)


def stands_for(word: str, synonyms: SynonymList) -> tuple[str, ...]:
    """What a word, whole, is also searched as, best first. Without what compares sentences, which takes long to make."""
    return _texts_for(word, _table(synonyms))


def widen(text: str, synonyms: SynonymList) -> tuple[Wider, ...]:
    """What the words of a text are also searched as. An entry's word is one of the query's, or a part of one.

    A part begins and ends with words of the dictionary: 京都 is no part of 東京都. It is looked for where only some
    of the words are met. Latin words that stand together may be one entry (cash register). Beside other words,
    インボイス対応 is インボイス too, and 保育園向け 保育園.
    """
    cut = part_read(text)
    if synonyms.key:
        return _known(cut, _Listed(synonyms.key, synonyms.entries))
    return _widened(cut, _table(synonyms), sayings_of(synonyms.entries))


@lru_cache(maxsize=1_000)
def _known(cut: str, listed: _Listed) -> tuple[Wider, ...]:
    return _widened(cut, _kept_table(listed), _kept_sayings(listed))


def _widened(cut: str, table: _Table, sayings: Sayings) -> tuple[Wider, ...]:
    if not table:
        return ()
    said = [Wider(each.part, each.texts, each.likely, each.signs) for each in sayings.meant_by(cut)]
    found: dict[str, Wider] = {}
    typed = names_in(cut, most=MAX_QUERY_WORDS)
    for word in in_one(typed, lambda several: bool(_texts_for(several, table))):
        whole = _texts_for(word, table)
        called = _CALLED_POLITELY.fullmatch(word)
        thing = called[1] if called else _beginning(word, _FITS) if len(typed) > 1 else ""
        thing = "" if fold(thing) in COMMON else thing  # 業務用
        if thing and not whole:
            whole = (thing, *_texts_for(thing, table))
        pairs = [(word, whole)] if whole else [*_in_japanese(word, table), *_inside(word, table)]
        for part, texts in pairs:
            found.setdefault(fold(part), Wider(part, texts))
    words = (
        replace(each, texts=others) for each in found.values() if (others := without_itself(each.word, each.texts))
    )
    return (
        *said,
        *words,
        *(each for word in typed if (each := _kind_of(word, table))),
    )


def _kind_of(word: str, table: _Table) -> Wider | None:
    """What a program for something is called where it is its function: 予約 and its synonyms, for 予約システム."""
    thing = "" if is_sentence(word) else _beginning(word, KINDS)
    return Wider(word, (thing, *_texts_for(thing, table)), called=True) if thing else None


def program_for(text: str) -> str:
    """What a text calls a program for, its kind half typed too: レジ of レジシステム and レジシス; nothing for others."""
    for at in range(1, len(text)):
        thing, kind = text[:at].strip(), fold(text[at:])
        telling = len(kind) > 1 or (kind and not kind.isascii())  # pos is no s of po
        if telling and len(fold(thing)) > 1 and any(each.startswith(kind) for each in KINDS):
            return thing
    return ""


def without_itself(word: str, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts without the word itself, in whichever spelling, and each once."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(plain(text), text)
    found.pop(plain(word), None)
    return tuple(found.values())


def other_names(text: str, widened: Sequence[Wider]) -> tuple[Wider, ...]:
    """What the words of a text may be called where nothing has them, and what that is widened to.

    会計 for 会計ソフト, since everything in the catalogue is a program (but nothing for マイクロソフト); 成績管理 for 成績の管理.
    """
    known = {fold(each.word): each.texts for each in widened if not each.likely and not each.called}
    found = []
    for word in names_in(part_read(text), most=MAX_QUERY_WORDS):
        thing = _compound(word) or ("" if is_sentence(word) else _beginning(word, KINDS))
        if thing and fold(word) not in known:
            found.append(Wider(word, (thing, *known.get(fold(thing), ()))))
    return tuple(found)


def _compound(word: str) -> str:
    """One name of two with の between them; nothing where one of the two is an everyday word (社員の給料)."""
    found = _OF.fullmatch(word)
    return "".join(found.groups()) if found and not any(fold(part) in COMMON for part in found.groups()) else ""


def _beginning(word: str, ends: frozenset[str]) -> str:
    """What a compound is of whose last word is one of these: 会計 in 会計ソフト; nothing where that is one character."""
    parts = words(word)
    thing = word[: parts[-1].start] if len(parts) > 1 and parts[-1].surface in ends else ""
    return thing if len(fold(thing)) > 1 else ""


def in_one(typed: Sequence[str], known: Callable[[str], bool]) -> list[str]:
    """The words with Latin neighbours as one where they are known so, the longest first: cash register."""
    found: list[str] = []
    at = 0
    while at < len(typed):
        end = at + 1
        for last in range(min(len(typed), at + _MOST_LATIN), at + 1, -1):
            if all(word.isascii() for word in typed[at:last]) and known(" ".join(typed[at:last])):
                end = last
                break
        found.append(" ".join(typed[at:end]))
        at = end
    return found


def _texts_for(word: str, table: _Table) -> tuple[str, ...]:
    for known in (word, *singular(word), *_shop_called(word)):
        texts = next((table[form] for form in reversed(spellings(known)) if form in table), ())
        if found := texts or ENGLISH.get(fold(known), ()):
            return found
    return ()


def _shop_called(word: str) -> Iterator[str]:
    """What a shop is called as well: ラーメン店 and ラーメン屋."""
    for one, other in (("店", "屋"), ("屋", "店")):
        if word.endswith(one) and len(word) > len(one):
            yield word.removesuffix(one) + other


def _in_japanese(word: str, table: _Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A compound with a word of English in it (安否check, ダイレクトmail), and that word."""
    pieces = [piece for piece, _ in latin_parts(word)]
    known = [ENGLISH.get(fold(piece), ()) if piece.isascii() else (piece,) for piece in pieces]
    if len(pieces) == _HALVES and all(known) and not any(fold(piece) in KINDS for piece in pieces):
        forms = ["".join(chosen) for chosen in product(*known)]
        yield word, (*forms, *(text for form in forms for text in _texts_for(form, table)))
        yield from ((piece, _texts_for(piece, table)) for piece in pieces if piece.isascii())


def _inside(word: str, table: _Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parts of a longer word that the table has, from the left, the longest first, none over another."""
    parts = words(word)
    at = 0
    while at < len(parts):
        step = 1
        for end in range(min(len(parts), at + _MOST_PARTS), at, -1):
            piece = word[parts[at].start : parts[end - 1].end]
            # 請求 also finds 請求書, which who types 請求書 has said already; レジ is less than レジスター.
            texts = tuple(
                t for t in _texts_for(piece, table) if fold(t) in fold(piece) or fold(t) not in fold(word)
            )
            if texts:
                yield piece, texts
                step = end - at
                break
        at += step
