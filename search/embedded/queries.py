"""From what a person typed to questions for the index (search/embedded/nodes.py), stage by stage from strict to loose.

Every stage gives two: ``matching`` decides what is found and is used for counting; ``ranked`` finds the
same and scores it. The score of a word: SCORES for each field that has it, WHOLE_WORDS where it begins and ends
with words of the dictionary (so レジ comes before クレジット, 京都 before 東京都), and a little for frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Final

from search.analyser import fold, is_hiragana, readings_of, words
from search.askers import opening_of
from search.embedded.inverting import characters, whole_label
from search.embedded.inverting import word as word_token
from search.embedded.nodes import AllOf, AnyOf, Between, Has, Points, Query, Run, Times
from search.embedded.schema import FOR_FEW, PUBLISHED
from search.filters import seconds
from search.fit import ticks
from search.names import names_in
from search.one_way import PROLONGED
from search.phrases import DONE, KINDS, telling_words
from search.port import (
    MAX_QUERY_WORDS,
    NOTHING_TOLD,
    Facet,
    Filter,
    MatchStage,
    Period,
    Range,
    SearchRequest,
    Told,
    Wider,
    part_read,
)
from search.spellings import plain, spellings, without_endings
from search.widening import in_one

SCORES: Final = {"name": 8.0, "functions": 5.0, "products": 3.0, "industries": 2.0}
# "words": more than another word of the query gains by the name, its synonym's there too (京都 シフト表 is not of 東京都).
WHOLE_WORDS: Final = {"words": 40.0, "name_words": 10.0, "function_words": 6.0}
_CALLED: Final = 30.0  # with this the first synonym in a function stands before the word itself in a description
_WHOLE_LABEL: Final = 20.0  # 日報 itself stands before what has 運転日報 in its name
_BODY, _VENDOR = 1.0, 0.3
_FREQUENCY = 0.1
_READING_WORD = 5.0
_LABEL_READING = 6.0
_SHORTEST_READING = 3  # below this a reading must be a whole word: れじ is part of too many
SYNONYM = 0.6  # of what a word as typed counts: who types レジ sees レジ first, POS after it
_DONE: Final = 0.4
_MENTIONED: Final = 0.3  # of a program for something: half the catalogue works together with 会計ソフト
_FALLING: Final = 0.4
_KATAKANA: Final = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_MOST_WIDER = 12  # texts looked for beside those typed, in one query


@dataclass(frozen=True, slots=True)
class Bonus:
    """What raises a hit that matches, and why. field: of the index. text: what is looked for there."""

    field: str
    text: str
    query: Query


@dataclass(frozen=True, slots=True)
class StageQuery:
    """One way to read the text; what is found, and what raises it.

    told: what no document has of a name. sounds: readings of what is found by its sound though the stage is not.
    """

    stage: MatchStage
    matching: Query
    bonuses: tuple[Bonus, ...] = ()
    told: Told = NOTHING_TOLD
    sounds: tuple[str, ...] = ()

    @property
    def ranked(self) -> list[Query]:
        """What gives points to what is found."""
        return [self.matching, *(bonus.query for bonus in self.bonuses)]


Maker = Callable[["QueryText"], StageQuery | None]
"""From a text to one way to read it; None when that would be no other way."""


@dataclass(frozen=True, slots=True)
class QueryText:
    """The words of a query as typed, cut to what is bounded, and what else each stands for."""

    words: tuple[str, ...]
    given: bool
    synonyms: tuple[Wider, ...] = ()
    corrections: tuple[Wider, ...] = ()
    opening: str = ""

    @classmethod
    def of(cls, request: SearchRequest) -> QueryText:
        """Take a text apart. ``given`` is True also when it holds only signs: that finds nothing. opening: who asks."""
        cut = part_read(request.text)
        several = {fold(each.word) for each in request.synonyms if " " in each.word}
        found = tuple(in_one(names_in(cut, most=MAX_QUERY_WORDS), lambda words: fold(words) in several))
        return cls(
            found, bool(request.text.strip()), request.synonyms, request.corrections, cut[: opening_of(cut)]
        )

    @property
    def needed(self) -> tuple[str, ...]:
        """The words that must be there, in one way or another; the others only raise what has them."""
        return telling_words(self.words)

    def wider(self, kind: Sequence[Wider]) -> dict[str, tuple[str, ...]]:
        """Folded word -> what else is looked for in its place, in all at most _MOST_WIDER texts."""
        words = (each for each in kind if not each.likely and not each.called)
        pairs = islice(((fold(each.word), text) for each in words for text in each.texts), _MOST_WIDER)
        found: dict[str, tuple[str, ...]] = {}
        for word, text in pairs:
            found[word] = (*found.get(word, ()), text)
        return found

    @property
    def called(self) -> dict[str, tuple[str, ...]]:
        """Folded word -> what a name or a function may have in its place."""
        return {fold(each.word): each.texts for each in self.synonyms if each.called}

    @property
    def said(self) -> tuple[Wider, ...]:
        """What the text stands for as a sentence, the likeliest first."""
        return tuple(each for each in self.synonyms if each.likely)

    def every_text(self, stage: MatchStage) -> list[str]:
        """What a hit of this stage may match by: the words typed and what they were widened to."""
        also = [text for texts in self.wider(self.synonyms).values() for text in texts]
        also += [text for texts in (*(each.texts for each in self.said), *self.called.values()) for text in texts]
        if stage is MatchStage.CORRECTED:
            also += [text for texts in self.wider(self.corrections).values() for text in texts]
        return [*self.words, *(also if stage is not MatchStage.EXACT else ())]


def falling(number: int) -> float:
    """What the n-th of several synonyms counts of the first: of what has many of them, all together stay below what was
    typed."""
    return _FALLING**number


def anything(queries: Sequence[Query]) -> Query:
    """At least one of the queries; a single one is left as it is."""
    return queries[0] if len(queries) == 1 else AnyOf(tuple(queries))


def everything(queries: Sequence[Query]) -> Query:
    """All of the queries; a single one is left as it is."""
    return queries[0] if len(queries) == 1 else AllOf(tuple(queries))


def run(field: str, folded: str) -> Query:
    """The field has these characters, as they are folded."""
    return Run(field, characters(folded))


def phrase(field: str, words: Sequence[str]) -> Query:
    """The field has these words one after the other."""
    return Run(field, tuple(map(word_token, words)))


def written(field: str, text: str) -> Query:
    """The field has the text, in one of its spellings, as a part of it."""
    return anything([run(field, each) for each in spellings(text)])


def exact_match(texts: Sequence[str]) -> Query:
    """One of the texts is written somewhere in a document; in a vendor's name it gives fewer points."""
    fields = (("body", _BODY), ("vendor", _VENDOR))
    return anything([Points(written(field, text), score) for text in texts for field, score in fields])


def label_match(texts: Sequence[str], fields: Sequence[str]) -> AnyOf:
    """One of these fields has one of the texts."""
    return AnyOf(tuple(Points(written(field, text), _BODY) for text in texts for field in fields))


def exact_bonuses(text: str, share: float = 1.0) -> Iterator[Bonus]:
    """What a text gives beside being found, field by field: where it stands, whether as a whole word, how often. share: of the points, 0 for none."""
    if not share:
        return
    for field, score in SCORES.items():
        yield Bonus(field, text, Points(written(field, text), score * share))
    yield from whole_word_bonuses(text, share)
    if len(fold(text)) > 1:
        yield Bonus("body", text, Times(written("body", text), _FREQUENCY * share))


def called_so(text: str) -> list[Query]:
    """A name or a function is the text, or has it as words of its own: レジ is not in クレジット."""
    just_that = Run("label", (whole_label(plain(text)),))
    found = [phrase("label", surfaces) for surfaces in _as_words(text)]
    return [Points(query, 0.0) for query in (just_that, *found)] if found else []


def _as_words(*texts: str) -> list[tuple[str, ...]]:
    """Texts as words of the dictionary, each way once. What is in hiragana also as katakana, as the dictionary knows
    it and listings have it: しふと is シフト and neither し nor ふと."""
    forms = (form for text in texts for form in (text, *((_in_katakana(text),) if is_hiragana(text) else ())))
    return [*dict.fromkeys(filter(None, (tuple(word.surface for word in words(form)) for form in forms)))]


def _in_katakana(text: str) -> str:
    return text.translate(_KATAKANA)


def whole_word_bonuses(text: str, share: float = 1.0) -> Iterator[Bonus]:
    """What a text gives where it is a word, or several, of its own; of what was typed also where it is all of a name. share: of the points."""
    phrases = _as_words(text, without_endings(text))
    if phrases:
        for field, score in WHOLE_WORDS.items():
            found = anything([phrase(field, each) for each in phrases])
            yield Bonus(field, text, Points(found, score * share))
    if phrases and share > SYNONYM:  # of what was typed
        label = Run("label", (whole_label(plain(text)),))
        yield Bonus("label", text, Points(label, _WHOLE_LABEL * share))


def whole_sound(reading: str) -> Query:
    """A word, or two together, is read so."""
    return Points(phrase("reading_words", [reading]), _READING_WORD)


def sound_queries(reading: str) -> list[Query]:
    """Where a document sounds so. reading: folded kana; one below the shortest must be a word of its own."""
    whole = whole_sound(reading)
    if len(reading) < _SHORTEST_READING:
        return [whole]
    fields = (("reading", _BODY), ("vendor_reading", _VENDOR))
    return [whole, *(Points(run(field, reading), score) for field, score in fields)]


def label_sounds(reading: str) -> Iterator[Bonus]:
    """Where names and functions sound so."""
    if len(reading) >= _SHORTEST_READING:
        found = run("label_reading", reading)
        yield Bonus("label_reading", reading, Points(found, _LABEL_READING))
        yield Bonus("reading", reading, Times(run("reading", reading), _FREQUENCY))


def _as_written(text: QueryText, stage: MatchStage, *kinds: tuple[Sequence[Wider], float]) -> StageQuery:
    """Every needed word as written, or as one of the texts it is widened to; these count for a share."""
    wider = [(text.wider(kind), share) for kind, share in kinds]
    matches: list[Query] = []
    bonuses: list[Bonus] = []
    for word in text.words:
        also = [
            (other, share * falling(number))  # best first
            for known, share in wider
            for number, other in enumerate(known.get(fold(word), ()))
        ]
        called = text.called.get(fold(word), ())
        if word in text.needed:
            written_so = exact_match([word, *(other for other, _ in also)])
            matches.append(anything([written_so, *(query for each in called for query in called_so(each))]))
        beside = _beside(word, text)
        bonuses += exact_bonuses(word, _MENTIONED if called else beside)
        bonuses += [bonus for other, share in also for bonus in exact_bonuses(other, share)]
        bonuses += called_bonuses([(word, beside), *also, *_shares(called)])
    return StageQuery(stage, everything(matches), (*bonuses, *_together(text.words)))


def _beside(word: str, text: QueryText) -> float:
    """What a word gives beside the others: what is done (管理, 記録) less than to what, and that it is a program nothing."""
    if len(text.words) == 1:
        return 1.0
    return 0.0 if fold(word) in KINDS else _DONE if fold(word) in DONE else 1.0


def _shares(called: Sequence[str]) -> list[tuple[str, float]]:
    """What a program is for, and the other words for that."""
    return [(each, SYNONYM if number else 1.0) for number, each in enumerate(called)]


def called_bonuses(texts: Iterable[tuple[str, float]]) -> Iterator[Bonus]:
    """What is called so, or does that, stands before what mentions it (会計ソフトと連携), also by another word."""
    for text, share in texts:
        if share and (found := called_so(text)):
            yield Bonus("called", text, Points(anything(found), _CALLED * share))


def _together(words: Sequence[str]) -> Iterator[Bonus]:
    """Neighbours that are one word in a name or a function: 給与 計算 is 給与計算 before 時間計算 and 給与."""
    for one, other in pairwise(words):
        if not (one + other).isascii():
            for field in ("name", "functions", "products"):
                yield Bonus(field, one + other, Points(run(field, fold(one + other)), SCORES[field]))


def as_typed(text: QueryText) -> Query:
    """Every needed word as it is written."""
    return everything([exact_match([word]) for word in text.needed])


def exact(text: QueryText) -> StageQuery:
    """The first stage: every needed word as it is written, or one of its synonyms where some are known (then WIDENED)."""
    # A synonym of a part of a word widens nothing here: the whole word would have to be there.
    known = text.wider(text.synonyms)
    if any(fold(word) in known or fold(word) in text.called for word in text.words):
        return _as_written(text, MatchStage.WIDENED, (text.synonyms, SYNONYM))
    return _as_written(text, MatchStage.EXACT)


def corrected(text: QueryText) -> StageQuery | None:
    """Every needed word as what was probably meant; None where nothing was."""
    if not text.corrections:
        return None
    return _as_written(text, MatchStage.CORRECTED, (text.corrections, 1.0), (text.synonyms, SYNONYM))


def by_reading(text: QueryText) -> StageQuery:
    """Every needed word as written, as a synonym or by its sound."""
    wider = text.wider(text.synonyms)
    matches: list[Query] = []
    bonuses: list[Bonus] = []
    for word in text.words:
        readings = _heard(word)
        also = wider.get(fold(word), ())
        called = text.called.get(fold(word), ())
        sounds = {reading: sound_queries(reading) for reading in readings}
        if word in text.needed:
            written_so = [exact_match([word, *also]), *(q for some in sounds.values() for q in some)]
            matches.append(anything([*written_so, *_called_or_sounding(called)]))
        beside = _beside(word, text)
        bonuses += exact_bonuses(word, _MENTIONED if called else beside)
        bonuses += [bonus for other in also for bonus in exact_bonuses(other, SYNONYM)]
        bonuses += called_bonuses([(word, beside), *((each, SYNONYM) for each in also), *_shares(called)])
        bonuses += (
            [bonus for reading in readings_of(called[0]) for bonus in label_sounds(reading)] if called else []
        )
        if beside:
            bonuses += [Bonus("reading", reading, sound) for reading, some in sounds.items() for sound in some]
            bonuses += [bonus for reading in readings for bonus in label_sounds(reading)]
    spoken = [readings_of(word)[-1:] for word in text.words]  # Latin letters as rōmaji
    together = ("".join((*one, *other)) for one, other in pairwise(spoken))
    bonuses += [bonus for sound in together for bonus in label_sounds(sound)]
    return StageQuery(MatchStage.READING, everything(matches), tuple(bonuses))


def _heard(word: str) -> tuple[str, ...]:
    """How a word may sound; nothing for a short one with a long vowel, which readings leave out: チーズ is no 地図."""
    readings = readings_of(word)
    cut_short = PROLONGED in fold(word)[:-1] and len(readings[0]) <= _SHORTEST_READING if readings else False
    return () if cut_short else readings


def _called_or_sounding(texts: Sequence[str]) -> Iterator[Query]:
    """A name or a function has one of the texts, or sounds like the first."""
    if texts:
        yield from (query for each in texts for query in called_so(each))
        yield from (
            run("label_reading", reading) for reading in readings_of(texts[0]) if len(reading) >= _SHORTEST_READING
        )


def strict_stages(text: QueryText, *, readings: bool) -> list[Maker]:
    """The ways to read a text as it was typed, strictest first.

    A word in hiragana only is meant as a sound: きんたい must find 勤怠 also where one name happens to be written
    in kana, so such a text starts at READING.
    """
    if not readings:
        return [exact]
    return [by_reading] if any(is_hiragana(w) for w in text.words) else [exact, by_reading]


def group_query(group: Filter) -> Query:
    """The filter of one group; it never gives points."""
    if isinstance(group, Range):
        return Between(group.amount.value, group.low, group.high)
    if isinstance(group, Period):
        since, until = (seconds(each) if each else None for each in (group.since, group.until))
        return Between(PUBLISHED, since, until)
    values = [Has(group.facet, value) for value in group.values]
    return everything(values) if group.mode == "all" else anything(values)


def fit_bonuses(groups: Sequence[Filter]) -> Iterator[Bonus]:
    """What raises a package by its fit with what was ticked."""
    few = Between(FOR_FEW, 1, None)
    for tick in ticks(groups):
        fits: Query = Has(Facet.FUNCTION, tick.value)
        if tick.field == "fit_industry":
            fits = AllOf((Has(Facet.INDUSTRY, tick.value), few))
        yield Bonus(tick.field, tick.value, Points(fits, tick.points))
