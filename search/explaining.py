"""The reasons of a rank in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue import synonym_list
from search.asking import ask
from search.engines import engine
from search.meant import corrections
from search.port import MatchStage, Reason, SearchRequest, Visibility
from search.queries import STAGES
from search.widening import widen
from tenants.text import Text

NEVER: Final = Text(
    "順位は言葉との一致で決まり、同じくらいなら登録内容がそろっているものが先です。ITベンダーや広告料では変わりません。"
    "同じ点数のときの順は、コードから決まる固定の順です。",
    "The match with the words decides; of those that match alike, the listing that says more of itself comes first. "
    "Never the vendor, never money. Equal points are ordered by a fixed shuffle of the codes.",
)
_FIELDS: Final = {
    "name": Text("名前に「{text}」がある", "“{text}” is in the name"),
    "functions": Text("機能の言葉に「{text}」がある", "“{text}” is in the words of its functions"),
    "products": Text("含まれる製品の名前に「{text}」がある", "“{text}” is in the name of a product in it"),
    "industries": Text("対象業種に「{text}」がある", "“{text}” is in its industries"),
    "words": Text("「{text}」が、ほかの語の一部でなく、一語としてある", "“{text}” stands as a word of its own"),
    "name_words": Text("名前に「{text}」が一語としてある", "“{text}” is a word of its own in the name"),
    "function_words": Text(
        "機能の言葉に「{text}」が一語としてある", "“{text}” is a word of its own in its functions"
    ),
    "reading": Text("読みに「{text}」がある", "It sounds like “{text}”"),
    "label_reading": Text("名前か機能の読みに「{text}」がある", "Its name or a function sounds like “{text}”"),
    "reading_words": Text("「{text}」と読む語がある", "A word of it is read “{text}”"),
    "unit": Text("「{text}」がある", "It has “{text}”"),
    "completeness": Text(
        "登録内容がそろっている（説明・読み・対応言語・サポート時間のうち{text}）",
        "The listing says what people ask for ({text} of description, readings, languages, support hours)",
    ),
    "body": Text("「{text}」が何度も出てくる", "“{text}” is written often"),
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
    """Why a package is where it is. rank: from 1, None beyond the first thousand."""

    stage: MatchStage
    stage_label: Text
    rank: int | None
    reasons: tuple[ExplainedReason, ...]


def explain(text: str, code: str) -> Explained | None:
    """Why the public finds this package where it does; None when the words do not find it.

    Raises EngineUnavailable without an index.
    """
    known = synonym_list.current()
    synonyms = widen(text, known)
    request = SearchRequest(Visibility.PUBLIC, text, per_page=1, synonyms=synonyms)
    answer = ask(engine(), request, lambda words: corrections(words, known))
    found = engine().explain(answer.request, code)
    if found is None:
        return None
    return Explained(found.stage, STAGES[found.stage], found.rank, tuple(map(_said, found.reasons)))


def _said(reason: Reason) -> ExplainedReason:
    words = _FIELDS[reason.field]
    says = Text(words.ja.format(text=reason.text), words.en.format(text=reason.text))
    return ExplainedReason(reason.field, reason.text, reason.points, says)
