"""The reasons of a rank in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.masters import vocabulary
from catalogue.publications import live_packages
from catalogue.vocabulary import Masters
from search.analyser import fold
from search.names import names_in
from search.parameters import SearchQuery
from search.port import MAX_QUERY_WORDS, MatchStage, Reason, part_read
from search.queries import STAGES
from search.requests import explanation_of
from search.spellings import spellings
from tenants.text import Text, same

NEVER: Final = Text(
    "おすすめ順は、言葉との一致と、選んだ業種・機能に合うかで決まり、同じくらいなら登録内容がそろっているものが先です。"
    "言葉がないときは、選んだ業種・機能に合う順、次に新しい順です。ITベンダーや広告料では変わりません。"
    "同じ点数のときの順は、コードから決まる固定の順です。",
    "The match with the words and the fit with the ticked industries and functions decide; of those alike, the listing "
    "that says more of itself comes first. Without words: the fit, then the newest. "
    "Never the vendor, never money. Equal points are ordered by a fixed shuffle of the codes.",
)
_FIELDS: Final = {
    "name": Text("名前に「{text}」がある", "“{text}” is in the name"),
    "functions": Text("機能の言葉に「{text}」がある", "“{text}” is in the words of its functions"),
    "products": Text("含まれる製品の名前に「{text}」がある", "“{text}” is in the name of a product in it"),
    "industries": Text("対象業種に「{text}」がある", "“{text}” is in its industries"),
    "words": Text("「{text}」が、ほかの語の一部でなく、一語としてある", "“{text}” stands as a word of its own"),
    "called": Text("名前か機能が「{text}」にあたる", "Its name or a function has “{text}”"),
    "name_words": Text("名前に「{text}」が一語としてある", "“{text}” is a word of its own in the name"),
    "function_words": Text(
        "機能の言葉に「{text}」が一語としてある", "“{text}” is a word of its own in its functions"
    ),
    "label": Text("名前か機能の言葉が、ちょうど「{text}」である", "Its name or a function is just “{text}”"),
    "reading": Text("読みに「{text}」がある", "It sounds like “{text}”"),
    "label_reading": Text("名前か機能の読みに「{text}」がある", "Its name or a function sounds like “{text}”"),
    "reading_words": Text("「{text}」と読む語がある", "A word of it is read “{text}”"),
    "unit": Text("「{text}」がある", "It has “{text}”"),
    "completeness": Text(
        "登録内容がそろっている（説明・読み・対応言語・サポート時間のうち{text}）",
        "The listing says what people ask for ({text} of description, readings, languages, support hours)",
    ),
    "body": Text("「{text}」が何度も出てくる", "“{text}” is written often"),
    "speaks_of": Text(
        "この文の言葉は、機能「{text}」のあるツールの説明によく出てくる",
        "Tools with the function “{text}” often say the words of this sentence",
    ),
    "vendor": Text("ITベンダーの名前に「{text}」がある", "“{text}” is in the vendor's name"),
    "vendor_number": Text("ITベンダーの番号に「{text}」がある", "“{text}” is in the vendor's number"),
    "code": Text("ITツールコードに「{text}」がある", "“{text}” is in its code"),
    "alike": Text("「{text}」と、字の並びか読みが似ている", "Its characters or its sounds are like “{text}”"),
    "fit_industry": Text(
        "選んだ業種「{text}」に向けて作られている", "It is made for the industry “{text}”, which was chosen"
    ),
    "fit_function": Text("選んだ機能「{text}」がある", "It has the function “{text}”, which was chosen"),
}


@dataclass(frozen=True, slots=True)
class ExplainedReason:
    """A reason with what it says to people."""

    field: str
    text: str
    points: float
    says: Text


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a package is where it is. rank: in the order asked for, from 1; None beyond the first thousand."""

    stage: MatchStage
    stage_label: Text
    rank: int | None
    reasons: tuple[ExplainedReason, ...]


def explain(query: SearchQuery, code: str) -> Explained | None:
    """Why the public finds this package where it does; None when the words under the filters do not find it.

    Raises BadQuery for values that do not exist, EngineUnavailable without an index.
    """
    masters = vocabulary()
    query.check(masters)
    found = explanation_of(query, code)
    if found is None:
        return None
    # What it was found by comes before that the listing is complete, where that gives nothing either.
    told = sorted([*_without_points(query.q, code), *found.reasons], key=lambda each: -each.points)
    if found.stage is MatchStage.SIMILAR and all(each.field == "completeness" for each in told):
        told.append(Reason("alike", part_read(query.q).strip(), 0.0))
    reasons = tuple(_said(each, masters) for each in told)
    return Explained(found.stage, STAGES[found.stage], found.rank, reasons)


def _without_points(text: str, code: str) -> Iterator[Reason]:
    """What finds a package and raises it before no other: the name and the number of its vendor, and its code."""
    words = names_in(part_read(text), most=MAX_QUERY_WORDS)
    live = live_packages([code]).get(code)
    if live is None:
        return
    vendor = live.content["vendor"]
    fields = (("vendor", vendor["name"]), ("vendor_number", vendor["number"]), ("code", code))
    for word in words:
        forms = spellings(word)
        for field, content in fields:
            if (len(word) > 1 or len(words) == 1) and any(each in fold(content) for each in forms):
                yield Reason(field, word, 0.0)


def _said(reason: Reason, masters: Masters) -> ExplainedReason:
    words, text = _FIELDS[reason.field], _label(reason, masters)
    says = Text(words.ja.format(text=text.ja), words.en.format(text=text.en))
    return ExplainedReason(reason.field, reason.text, reason.points, says)


def _label(reason: Reason, masters: Masters) -> Text:
    """What people read for a reason's text: of an industry or a function its name."""
    named = {"fit_industry": masters.industry} | dict.fromkeys(("fit_function", "speaks_of"), masters.function)
    row = named.get(reason.field)
    known = row(reason.text) if row else None
    return known.name if known else same(reason.text)
