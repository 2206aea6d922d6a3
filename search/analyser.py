"""How Japanese text is read for searching: folding, bigrams, words and readings. Pure: text in, text out.

Two strings match when the folded query is a part of the folded text. Folding makes equal what people type
differently (ﾚｼﾞ, レジ and れじ; サーバ, サーバー and サ－バ－; ＣＲＭ and crm; Café and cafe; 會社 and 会社; 佐々木 and 佐佐木; ㈱ and 株式会社; 1,000 and 1000) and
remembers where each character came from, so that a highlight can be drawn on the text as it was written.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from sudachipy import Dictionary, SplitMode

from search.character_forms import in_todays_form
from search.clusters import clusters, composed
from search.one_way import (
    IN_NUMBERS,
    PROLONGED,
    as_meant,
    in_one_way,
    reach_of_companies,
    reach_of_v_sounds,
)
from search.romaji import latin_of, latin_parts
from tenants.hidden import as_seen

ANALYSIS_VERSION = 5
"""Raised when the same text would give other terms: indexes made before are then rebuilt."""

GAP = " "
"""Stands in folded text for punctuation, over which nothing may match."""

_JOINERS = frozenset("・-‐‑–−'’_")  # データ・ベース and e-Tax are one word each
_HIRAGANA_SHIFT = ord("ァ") - ord("ぁ")
_SMALL_TO_LARGE = str.maketrans("ぁぃぅぇぉゃゅょっゎゕゖゔゐゑ", "あいうえおやゆよつわかけぶいえ")
_SUDACHI_LIMIT = 8_000  # characters in one call; Sudachi refuses more than 49,149 bytes
_NAME_WITH_BRAND, _BRAND = 6, 2  # kana
_SENTENCE_END = re.compile(r"(?<=[。\n])")
_KINDS = {
    "名詞": "noun",
    "動詞": "verb",
    "形容詞": "quality",
    "形状詞": "quality",
    "接頭辞": "affix",
    "接尾辞": "affix",
}


@dataclass(frozen=True, slots=True)
class Mapped:
    """Text made from an original; character i stands for original[starts[i]:ends[i]]."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] (not empty) is in the original, as (start, end)."""
        return self.starts[start], self.ends[end - 1]


@dataclass(frozen=True, slots=True)
class Word:
    """One word as Sudachi's shortest units cut it.

    surface and reading are folded (a reading also without prolonged sounds); start and end are places in the
    original text. kind: noun, verb, quality (adjectives), affix, or nothing for particles, helping verbs and signs.
    """

    surface: str
    reading: str
    start: int
    end: int
    kind: str

    @property
    def content(self) -> bool:
        """Whether it says something by itself."""
        return self.kind not in ("", "affix")


def _to_hiragana(text: str) -> str:
    return "".join(chr(ord(c) - _HIRAGANA_SHIFT) if "ァ" <= c <= "ヶ" else c for c in text)


@lru_cache(maxsize=20_000)
def _fold_cluster(cluster: str) -> str:
    """One character with its marks, folded; GAP for punctuation, nothing for spaces and joiners."""
    seen = as_seen(cluster)
    if seen in IN_NUMBERS:
        return IN_NUMBERS[seen]
    folded = _to_hiragana(composed(cluster).casefold()).translate(_SMALL_TO_LARGE)
    return "".join(
        c if c.isalnum() else ("" if c in _JOINERS or c.isspace() or unicodedata.combining(c) else GAP)
        for c in folded
    )


class _CharacterTable(dict[int, str]):
    """The folding of single characters, filled as they are met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_cluster(chr(code))
        self[code] = folded
        return folded


_TABLE = _CharacterTable()
# ASCII, kana, CJK, full-width forms: their folding never depends on their neighbours and is one character or none.
_INDEPENDENT = re.compile(
    r"[\t\n\r\x20-\x7e\u3000-\u3029\u3041-\u3096\u309d-\u309e\u30a0-\u30fe\u4e00-\u9fff\ufdd0\ufdd1\uff01-\uff9d]*"
)
_PROLONGED_RUN = re.compile(f"{PROLONGED}+")


def _is_kana(character: str) -> bool:
    return "ぁ" <= character <= "ゖ"


def _prolonged_kept(text: str, at: int) -> bool:
    """Whether the prolonged sound at ``at`` stays: only the first of a run, and only before another kana."""
    if at and text[at - 1] == PROLONGED:
        return False
    after = at + 1
    while after < len(text) and text[after] == PROLONGED:
        after += 1
    return after < len(text) and _is_kana(text[after])


@lru_cache(maxsize=2_000)
def fold_with_places(text: str) -> Mapped:
    """The folded text and where each of its characters stood."""
    one_way = in_one_way(text)
    mapped = _fold_independent(one_way) if _INDEPENDENT.fullmatch(one_way) else _fold_clusters(one_way)
    # ヴァ is one sound, （株） one word: what is marked of it is all.
    return _reaching(mapped, reach_of_companies(text) | reach_of_v_sounds(text))


def _reaching(mapped: Mapped, reach: Mapping[int, int]) -> Mapped:
    if not reach:
        return mapped
    return Mapped(mapped.text, mapped.starts, tuple([reach.get(end, end) for end in mapped.ends]))


def _fold_independent(text: str) -> Mapped:
    """The quick way, for texts of which each character folds to one character or to nothing."""
    raw = text.translate(_TABLE)
    places: Sequence[int] = range(len(text))
    if len(raw) != len(text):
        places = [i for i, c in enumerate(text) if _TABLE[ord(c)]]
    if PROLONGED in raw:
        kept = [i for i, c in enumerate(raw) if c != PROLONGED or _prolonged_kept(raw, i)]
        raw, places = "".join([raw[i] for i in kept]), [places[i] for i in kept]
    return Mapped(raw, tuple(places), tuple([place + 1 for place in places]))


def _fold_clusters(text: str) -> Mapped:
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in clusters(text):
        for character in _fold_cluster(text[start:end]):
            characters.append(character)
            spans.append((start, end))
    raw = "".join(characters)
    kept = [i for i, c in enumerate(raw) if c != PROLONGED or _prolonged_kept(raw, i)]
    return Mapped(
        "".join(raw[i] for i in kept), tuple(spans[i][0] for i in kept), tuple(spans[i][1] for i in kept)
    )


def folds_by_character(text: str) -> bool:
    """Whether each character folds to one or none, whatever its neighbours but for those of :func:`in_one_way` and prolonged sounds."""
    return _INDEPENDENT.fullmatch(text) is not None


def fold(text: str) -> str:
    """The folded text; the same as ``fold_with_places(text).text`` but quicker for ordinary Japanese."""
    text = in_one_way(text)
    if not _INDEPENDENT.fullmatch(text):
        return _fold_clusters(text).text
    folded = text.translate(_TABLE)
    if PROLONGED not in folded:
        return folded

    def shorten(run: re.Match[str]) -> str:
        after = folded[run.end() : run.end() + 1]
        return PROLONGED if after and _is_kana(after) else ""

    return _PROLONGED_RUN.sub(shorten, folded)


def bigrams(folded: str) -> list[str]:
    """Every pair of neighbours in one folded word; the character itself when there is only one."""
    if len(folded) == 1:
        return [folded]
    return [a + b for a, b in pairwise(folded)]


def query_words(text: str, *, most: int) -> list[str]:
    """The words of a query as typed, split at spaces and punctuation; at most ``most``, without repeats.

    Words that hold nothing searchable (only signs) are left out.
    """
    found: dict[str, str] = {}  # folded -> as typed: two spellings of one word are one word
    for part in text.split():
        mapped = fold_with_places(part)
        at = 0
        for piece in mapped.text.split(GAP):
            if piece:
                start, after = mapped.starts[at], at + len(piece)
                # What folds to nothing behind it (the last ー of レジスター) is a part of the word as typed.
                end = mapped.starts[after] if after < len(mapped.text) else len(part)
                found.setdefault(fold(part[start:end]), part[start:end])
            at += len(piece) + 1
    return [word for folded, word in found.items() if folded][:most]


def is_hiragana(word: str) -> bool:
    """Whether a word is written in hiragana only: then people mean the sound, not the spelling."""
    meant = unicodedata.normalize("NFKC", as_seen(as_meant(word)))
    return bool(meant) and all(_is_kana(c) or c == PROLONGED for c in meant)


def fold_reading(text: str) -> str:
    """A reading as it is compared: folded, without prolonged sounds and gaps."""
    return fold(text).replace(PROLONGED, "").replace(GAP, "")


class _Tokenizers(threading.local):
    """One Sudachi tokenizer per thread (they must not be shared) over one dictionary (which may)."""

    tokenizer: Any = None


_tokenizers = _Tokenizers()
_dictionary_lock = threading.Lock()


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    return Dictionary()


def _tokenizer() -> Any:
    if _tokenizers.tokenizer is None:
        with _dictionary_lock:
            _tokenizers.tokenizer = _dictionary().tokenizer(mode=SplitMode.A)
    return _tokenizers.tokenizer


def _composed(text: str) -> Mapped:
    """NFKC in today's forms with places, for the dictionary: it knows words so; broken characters become spaces."""
    characters: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in clusters(text):
        for character in composed(text[start:end]):
            broken = unicodedata.category(character) in ("Cs", "Cc")
            characters.append(" " if broken else character)
            spans.append((start, end))
    return Mapped("".join(characters), tuple(s for s, _ in spans), tuple(e for _, e in spans))


def _pieces(text: str) -> list[str]:
    """The text in sentences, none longer than Sudachi takes."""
    return [
        sentence[at : at + _SUDACHI_LIMIT]
        for sentence in _SENTENCE_END.split(text)
        for at in range(0, len(sentence), _SUDACHI_LIMIT)
    ]


@lru_cache(maxsize=100_000)
def _folded_morpheme(surface: str, reading: str) -> tuple[str, str]:
    folded = fold(surface).replace(GAP, "")
    return folded, fold_reading(reading) or folded


_Found = tuple[str, str, int, int, str]


@lru_cache(maxsize=50_000)
def _sudachi(sentence: str) -> tuple[_Found, ...]:
    found: list[_Found] = []
    for morpheme in _tokenizer().tokenize(sentence):
        surface, reading = _folded_morpheme(morpheme.surface(), morpheme.reading_form())
        if surface:
            kind = _kind(morpheme.part_of_speech_id())
            found.append((surface, reading, morpheme.begin(), morpheme.end(), kind))
    return tuple(found)


@lru_cache(maxsize=2_000)
def _kind(part_of_speech: int) -> str:
    classes = _dictionary().pos_of(part_of_speech)
    # する, いる, ある, くださる: they help other verbs.
    return "" if classes[0] == "動詞" and classes[1] == "非自立可能" else _KINDS.get(classes[0], "")


def _as_composed(text: str) -> Mapped | None:
    """The text as the dictionary takes it, or None when it already is that."""
    meant = as_meant(text)
    plain = _INDEPENDENT.fullmatch(text) and text.isprintable() and unicodedata.is_normalized("NFKC", text)
    if plain and meant == text and in_todays_form(text) == text:
        return None
    return _reaching(_composed(meant), reach_of_companies(text))


def words(text: str) -> list[Word]:
    """The words of a text in order, with readings and their places in it."""
    mapped = _as_composed(text)
    found: list[Word] = []
    base = 0
    for piece in _pieces(text if mapped is None else mapped.text):
        for surface, reading, begin, end, kind in _sudachi(piece):
            start, stop = base + begin, base + end
            if mapped is not None:
                start, stop = mapped.span(start, stop)
            found.append(Word(surface, reading, start, stop, kind))
        base += len(piece)
    return found


def surfaces_and_readings(text: str) -> list[tuple[str, str]]:
    """The words of a text as (surface, reading), folded, for an index: the same as :func:`words`, without places."""
    mapped = _as_composed(text)
    found = [
        _folded_morpheme(morpheme.surface(), morpheme.reading_form())
        for piece in _pieces(text if mapped is None else mapped.text)
        for morpheme in _tokenizer().tokenize(piece)
    ]
    return [each for each in found if each[0]]


@lru_cache(maxsize=5_000)
def entries_read(surface: str) -> tuple[str, ...]:
    """How the dictionary's own words of exactly this writing are read, folded; nothing where it has none."""
    with _dictionary_lock:
        found = _dictionary().lookup(surface)
    return tuple(dict.fromkeys(fold_reading(each.reading_form()) for each in found))


@lru_cache(maxsize=5_000)
def usual_forms(surface: str) -> tuple[str, ...]:
    """How the dictionary writes its own words of exactly this writing as a rule: シミュレーション of シュミレーション; nothing
    where that is the same."""
    with _dictionary_lock:
        found = _dictionary().lookup(surface)
    return tuple(dict.fromkeys(form for each in found if (form := each.normalized_form()) != surface))


def reading_of(word: str) -> str:
    """How a query word is read, folded: kana by their own sound, the rest by the dictionary."""
    folded = fold(word)
    if all(_is_kana(c) or c == PROLONGED for c in folded):
        return fold_reading(word)
    return "".join(w.reading for w in words(word))


def _with_letters_spelt(kana: str) -> Iterator[str]:
    """Of a longer name in kana that begins or ends with a brand in Latin letters, as the dictionary may read that,
    letter by letter: らくらく明細NEO, typed らくらくめいさいねお, is らくらくめいさいえぬいお to it."""
    if len(kana) < _NAME_WITH_BRAND:
        return
    for brand, form in ((kana[-_BRAND:], kana[:-_BRAND] + "{}"), (kana[:_BRAND], "{}" + kana[_BRAND:])):
        for spelt in entries_read((latin_of(brand) or " ").upper()):
            if spelt != brand:
                yield form.format(spelt)


def readings_of(word: str) -> tuple[str, ...]:
    """How a query word may be read, best first: by the dictionary, and as rōmaji where it has Latin letters."""
    found = {reading_of(word): None}
    if is_hiragana(word):
        return tuple(found | dict.fromkeys(_with_letters_spelt(fold_reading(word))))
    pieces = latin_parts(word)
    if any(kana for _, kana in pieces):
        # Only one piece with several readings is written out; two such in one word nobody types.
        spoken = [kana or (reading_of(piece),) for piece, kana in pieces]
        for number in range(max(map(len, spoken))):
            found[fold_reading("".join(each[min(number, len(each) - 1)] for each in spoken))] = None
    return tuple(reading for reading in found if reading)
