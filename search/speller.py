"""What was probably meant by a word nobody wrote: the nearest of the words that are published. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Final

from search.analyser import entries_read, fold, fold_reading, is_hiragana, usual_forms
from search.character_readings import sounds_by_character
from search.consonants import consonants
from search.english import ENGLISH, singular
from search.nearness import (
    SHORTEST,
    ByLength,
    Candidate,
    Entry,
    beginning,
    by_length_of,
    candidate,
    moved,
    near,
    sound_of,
    sounds_of,
)
from search.phrases import is_sentence
from search.romaji import plain_romaji, romaji_of
from search.spellings import with_endings

MOST_WORDS: Final = 30_000
"""So many of the words in use are compared with, the most frequent first: bounds the time."""

_FREE_FROM: Final = 4  # of three, too many words are one step away: the first character must be right
_TWO_STEPS_FROM: Final = 8
_SHORTEST_SOUND: Final = 5  # kana: of a word typed by its sound
_TWO_SOUNDS_FROM: Final = 10
_SHORTEST_ROMAJI: Final = 7  # letters
_IN_USE: Final = 10  # documents: what has more is a word, what has fewer may be a name among others like it
_MOST_AS_NEAR: Final = 3
_FEWEST_CONSONANTS: Final = 4  # fewer tell no name
_OF_A_PART: Final = 5  # and more are needed of a part of one
_MOST_SOUNDS: Final = 1_000  # of a compound whose characters are read one by one
# Words as typing errors happen in them: one script each. Hiragana only where it is the whole word: elsewhere it is
# grammar.
_RUN: Final = re.compile(r"[ァ-ヶー]{3,}|[A-Za-z]{3,}|[\u4e00-\u9fff]{3,}")
_HIRAGANA: Final = re.compile(r"[ぁ-ゖー]{4,}")
# A compound written half by its sound (受けはっちゅう), and what it may stand for.
_HALF_IN_KANA: Final = re.compile(r"(?=.*[\u4e00-\u9fff])(?=.*[ぁ-ゖー]{2})[\u4e00-\u9fffぁ-ゖー]{4,16}")
# Sent off while a kana was being typed: かいごきろk.
_UNFINISHED: Final = re.compile("([ぁ-ゖー]{4,})[a-z]{1,2}")
_COMPOUND: Final = re.compile(r"[\u4e00-\u9fff]{3,}")
_LONGEST_COMPOUND: Final = 6
_KATAKANA: Final = re.compile("[ァ-ヶー]+")
_LOAN_WORD: Final = re.compile(r"[ァ-ヶー]{4,}|[A-Za-z]{4,}")


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of one script are in a text that is NFKC already."""
    if _HIRAGANA.fullmatch(text):
        yield 0, len(text)
        return
    for found in _RUN.finditer(text):
        yield found.span()


def labels(texts: Sequence[str]) -> dict[str, str]:
    """The words in these texts that typed ones may be compared with: folded -> as first written."""
    found: dict[str, str] = {}
    for text in reversed(texts):
        found |= _in_label(text)
    return found


@lru_cache(maxsize=20_000)
def _in_label(text: str) -> Mapping[str, str]:
    composed = unicodedata.normalize("NFKC", text)
    words = [composed[start:end] for start, end in runs(composed)]
    return {folded: word for word in reversed(words) if len(folded := fold(word)) >= SHORTEST}


def words_in_use(names: Sequence[str], sentences: Sequence[str]) -> list[str]:
    """The words of a document, as written: those in its names, and loan words in its sentences (the rest is grammar)."""
    found: dict[str, str] = {}
    for sentence in reversed(sentences):
        found |= _loan_words(sentence)
    return list((found | labels(names)).values())


@lru_cache(maxsize=20_000)
def _loan_words(sentence: str) -> Mapping[str, str]:
    written = _LOAN_WORD.findall(unicodedata.normalize("NFKC", sentence))
    return {fold(word): word for word in reversed(written)}


class Vocabulary:
    """Words in use, by the length of their folded form; by sound and by beginning only once that is asked."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self.known = frozenset(entry.key for entry in self._entries)
        self._by_length = by_length_of(self._entries)
        # Asked for the nearest, then for what is as near.
        self._candidates = lru_cache(maxsize=256)(self._looked_through)

    @classmethod
    def of(cls, counted: Iterable[tuple[str, str, int]]) -> Vocabulary:
        """From (folded, as written, how often), of one folded word the most frequent writing first."""
        found: dict[str, Entry] = {}
        for folded, written, count in counted:
            if folded not in found and len(found) < MOST_WORDS:
                found[folded] = Entry(folded, frozenset(folded), written, count)
        return cls(found.values())

    @cached_property
    def _by_sound(self) -> ByLength:
        sounds: dict[str, Entry] = {}
        for entry in self._entries:
            sound = sound_of(entry.written)
            if sound != entry.key and len(sound) >= _SHORTEST_SOUND - 1:
                sounds.setdefault(sound, Entry(sound, frozenset(sound), entry.written, entry.count))
        return by_length_of(sounds.values())

    @cached_property
    def _sounding_so(self) -> Mapping[str, str]:
        """Sound -> as written; of names in Latin letters each way to read them."""
        found = {entry.key: entry.written for entries in self._by_sound.values() for entry in entries}
        latin = (entry.written for entry in self._entries if entry.written.isascii())
        for written in latin:
            found |= {sound: written for sound in sounds_of(written) if sound not in found}
        return found

    @cached_property
    def _by_romaji(self) -> ByLength:
        sounds = (entry for entries in self._by_sound.values() for entry in entries if not entry.written.isascii())
        spelt = ((romaji_of(entry.key), entry) for entry in sounds)
        return by_length_of(
            Entry(key, frozenset(key), entry.written, entry.count)
            for key, entry in spelt
            if len(key) >= _SHORTEST_ROMAJI
        )

    @cached_property
    def _by_full_sound(self) -> Mapping[str, str]:
        """How a compound sounds with the kana it leaves out -> as written: うけはっちゅう -> 受発注."""
        found: dict[str, str] = {}
        for entry in self._entries:
            if len(entry.key) <= _LONGEST_COMPOUND and _COMPOUND.fullmatch(entry.written):
                for full in with_endings(entry.written):
                    found.setdefault(sound_of(full), entry.written)
        return found

    @cached_property
    def _by_consonants(self) -> Mapping[str, Sequence[Entry]]:
        """The consonants that are heard -> the names with them, in Latin letters or katakana."""
        found: dict[str, list[Entry]] = {}
        for entry in self._entries:
            if entry.written.isascii() or _KATAKANA.fullmatch(entry.written):
                for heard in consonants(entry.written):
                    if len(heard) >= _FEWEST_CONSONANTS:
                        found.setdefault(heard, []).append(entry)
        return found

    @cached_property
    def _by_beginning(self) -> Mapping[str, Sequence[Entry]]:
        """The first character -> the words with it."""
        found: dict[str, list[Entry]] = {}
        for entry in self._entries:
            found.setdefault(entry.key[0], []).append(entry)
        return found

    def nearest(self, word: str) -> str | None:
        """The published word nearest to this one, as written; None when it is one itself or none is near.

        As a name in Latin letters that sounds just so, by its spelling, else in other letters (ヨビバスケット for Yobibasket), else by its beginning (names run together with
        what follows), else by its sound, also as rōmaji with a slip, last by the sounds of its kanji one by one.
        """
        folded = fold(word)
        if len(folded) < SHORTEST or folded in self.known:
            return None
        ways = (self._brand, self._best, self._near_sound, self._near_romaji, self._sounding_by_character)
        return next((found for way in ways if (found := way(word))), None)

    def _looked_through(self, folded: str) -> list[Candidate]:
        """By its spelling, else as the same name in other letters, else by its beginning, the nearest first."""
        spelt = sorted(self._near_spelling(folded))
        if spelt and spelt[0].steps == 1:
            return spelt
        return sorted(self._in_other_letters(folded)) or spelt or sorted(self._near_beginning(folded))

    def _best(self, word: str) -> str | None:
        found = self._candidates(fold(word))
        return found[0].written if found else None

    def as_near(self, word: str) -> tuple[str, ...]:
        """The other names that a misspelt name may just as well be, best first; nothing where a word in use is meant."""
        folded = fold(word)
        if len(folded) < SHORTEST or folded in self.known or self._brand(word):
            return ()
        found = self._candidates(folded)
        if not found or found[0].count >= _IN_USE:
            return ()
        best, *others = found
        alike = (best.steps, best.other_characters)
        as_near = [each.written for each in others if (each.steps, each.other_characters) == alike]
        return tuple(as_near[:_MOST_AS_NEAR])

    def _near_spelling(self, folded: str) -> list[Candidate]:
        most = 2 if len(folded) >= _TWO_STEPS_FROM else 1
        found = near(folded, self._by_length, most)
        if len(folded) < _FREE_FROM:
            found = [each for each in found if each.same_characters or (each.same_beginning and each.count > 1)]
        return found or moved(folded, self._by_length)

    def _in_other_letters(self, folded: str) -> list[Candidate]:
        """The same name in kana where Latin letters were typed, or the other way; also as a part of a longer one."""
        latin = folded.isascii()
        found: dict[str, Entry] = {}
        for heard in consonants(folded):
            if len(heard) < _FEWEST_CONSONANTS:
                continue
            names = [*self._by_consonants.get(heard, ())]
            if not names and len(heard) >= _OF_A_PART:
                several = (
                    each
                    for key, each in self._by_consonants.items()
                    if key.startswith(heard) or key.endswith(heard)
                )
                names = [entry for entries in several for entry in entries]
            found |= {entry.key: entry for entry in names if entry.written.isascii() is not latin}
        return [candidate(folded, entry.key, entry, 1) for entry in found.values()]

    def _near_beginning(self, folded: str) -> list[Candidate]:
        if len(folded) < _FREE_FROM:
            return []
        characters = frozenset(folded)
        found = []
        for first in dict.fromkeys(folded[:2]):  # the first two may be swapped
            for entry in self._by_beginning.get(first, ()):
                # Two steps longer, or it was compared as a whole.
                if len(entry.key) > len(folded) + 1 and len(characters.difference(entry.key)) <= 1:
                    steps, cut = beginning(folded, entry.key)
                    if steps <= 1:
                        found.append(candidate(folded, cut, entry, steps))
        return found

    def _near_sound(self, word: str) -> str | None:
        sound = fold_reading(word) if is_hiragana(word) else sound_of(word)
        exact = self._sounding_so.get(sound)
        if exact or len(sound) < _SHORTEST_SOUND:
            return exact  # ハルカ is HARUKA
        found = near(sound, self._by_sound, 2 if len(sound) >= _TWO_SOUNDS_FROM else 1)
        found = found or moved(sound, self._by_sound)
        return min(found).written if found else None

    def _near_romaji(self, word: str) -> str | None:
        """What sounds as rōmaji with a slip says, kintaikarni."""
        typed = plain_romaji(word) if word.isascii() else ""
        if len(typed) < _SHORTEST_ROMAJI:
            return None
        found = near(typed, self._by_romaji, 2 if len(typed) >= _TWO_SOUNDS_FROM else 1)
        return min(found).written if found else None

    def _sounding_by_character(self, word: str) -> str | None:
        sounds = sounds_by_character(word, most=_MOST_SOUNDS)
        return next((self._sounding_so[sound] for sound in sounds if sound in self._sounding_so), None)

    def correct(self, word: str) -> str | None:
        """The word with what was probably meant in the place of its misspelt parts; None when it has none."""
        composed = unicodedata.normalize("NFKC", word)
        kept, at = "", 0
        sentence = is_sentence(composed)
        for start, end in runs(composed):
            run = composed[start:end]
            # A word that stands by itself is meant as it is (ホール); within a name it may be a slip (宿泊サイド).
            by_itself = sentence or run == composed
            if by_itself and self._is_word(run):
                meant = self._usual(run) or (None if sentence else self._brand(run))
            else:
                meant = self.nearest(run)
            if meant is not None:
                kept += composed[at:start] + meant
                at = end
        if at:
            return kept + composed[at:]
        if unfinished := _UNFINISHED.fullmatch(composed):
            return self._beginning_so(fold_reading(unfinished[1]))
        half_in_kana = bool(_HALF_IN_KANA.fullmatch(composed))
        if not half_in_kana and not is_hiragana(composed):
            return None
        full = self._by_full_sound.get(sound_of(composed))
        return full or (self._near_sound(composed) if half_in_kana else None)

    def _usual(self, word: str) -> str | None:
        """A published word that this one is another, less usual writing of: マニフェスト, for マニュフェスト."""
        return next((form for form in usual_forms(word) if fold(form) in self.known), None)

    def _brand(self, word: str) -> str | None:
        """The name in Latin letters that sounds just like a word: HARUKA, for ハルカ (and bill is no ビール)."""
        written = self._sounding_so.get(fold(word))
        return written if written and written.isascii() else None

    def _beginning_so(self, sound: str) -> str | None:
        """The shortest word whose sound begins so; of equals the first."""
        return min(
            ((len(known), written) for known, written in self._sounding_so.items() if known.startswith(sound)),
            default=(0, None),
        )[1]

    def _is_word(self, run: str) -> bool:
        """Whether it is a word of Japanese or English, or the plural of one or of a word in use."""
        forms = (run, *singular(run))
        return any(
            entries_read(form) or (folded := fold(form)) in ENGLISH or folded in self.known for form in forms
        )
