"""What a query says of wanting it cheap: 安い会計ソフト is 会計ソフト, what one pays oneself first. Pure.

Words in 「」 or "" are words. So are those that are said of another thing (電気代を安く, 送料無料) and those in a longer word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from search.budgets import quoted, tidy
from search.parameters import SearchQuery
from search.port import Sort
from tenants.text import Text

RELEVANCE: Final = Sort.RELEVANCE.value
OWN_COST: Final = Sort.OWN_COST.value

_MORE: Final = r"(?:(?:とにかく|一番|いちばん|もっと|なるべく|できるだけ|出来るだけ|少しでも|完全)\s*)?"
_OF: Final = r"(?:(?:料金|価格|値段|費用|コスト|自己負担)[がもの]?\s*)?"
_CHEAP: Final = (
    r"(?<![心気])お?安い|お?安く(?!な)て?|安め[のな]?|(?:安価|格安|割安|激安|最安|低価格|低コスト|お?手頃|お?手ごろ|リーズナブル)[なの]?"
    r"|\b(?:cheap(?:est|er)?|low[- ]cost|inexpensive|affordable)\b"
)
_FREE: Final = r"無料[のでな]?|タダ[のでな]|(?<!tax )(?<!duty )\bfree\b"
_RULE: Final = re.compile(rf"{_MORE}{_OF}(?P<words>{_CHEAP}|(?P<free>{_FREE}))", re.IGNORECASE)
_JOINED: Final = re.compile(r"[一-鿿-]$")  # 送料無料, 業界最安, hands-free
# What is free or cheap then is not the tool: 電気代を安くしたい, 経費が安い, 無料体験.
_OF_ANOTHER: Final = re.compile(r"(?:[をが]\s*$)")
_MADE_CHEAP: Final = re.compile(r"\s*(?:し|す|抑え|おさえ|なり|なる)")
_GOES_ON: Final = re.compile(
    r"\s*(?:体験|相談|見積|お?試し|トライアル|期間|診断|サポート|配布|通話|セミナー|wi-?fi|trial|support|shipping|of)",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s*(?:使える|つかえる|できる|やつ|もの|の)?(?:が|は|を)?\s*(?:ありますか|ある|いい|良い|ほしい|欲しい)?[、。,?!]*"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for a cheap tool that a query says. words: as typed. free: whether it wants one for nothing.

    rest: the query without them. as_words: the query with them as mere words.
    """

    words: str
    free: bool
    rest: str
    as_words: str


def wish_in(text: str) -> Wish | None:
    """The wish that a query says; None when it says none."""
    read = unicodedata.normalize("NFKC", text)
    apart = quoted(read)
    for match in _RULE.finditer(read):
        start, end = match.span()
        before, after = read[:start], read[end:]
        if any(first <= start < last for first, last in apart) or _of_another(match, before, after):
            continue
        tail = _TAIL.match(after)
        at = match.start("words"), match.end("words")
        return Wish(
            match["words"],
            match["free"] is not None,
            tidy(f"{before} {after[tail.end() if tail else 0 :]}"),
            f"{read[: at[0]]}「{match['words']}」{read[at[1] :]}",
        )
    return None


def with_wish(query: SearchQuery) -> tuple[SearchQuery, Wish | None]:
    """A query with its wish as the order, own cost first, unless another order was chosen."""
    wish = wish_in(query.q)
    if wish is None:
        return query, None
    sort = OWN_COST if query.sort == RELEVANCE else query.sort
    return replace(query, q=wish.rest, sort=sort), wish


def told(wish: Wish, query: SearchQuery) -> Text:
    """What a wish was read as. query: as it was asked in the end."""
    ja, en = f"「{wish.words}」を値段の希望として読み", f"“{wish.words}” was read as a wish for a low price"
    if query.sort == OWN_COST:
        read = Text(f"{ja}、自己負担が低い順に並べました。", f"{en}: lowest own cost first.")
    elif query.sort == RELEVANCE:
        read = Text(
            f"{ja}ましたが、言葉のそろうものがないため、合う順に並べました。",
            f"{en}, but nothing has all the words: what fits best comes first.",
        )
    else:
        read = Text(f"{ja}ましたが、並び順は選ばれたままです。", f"{en}; the order is the one that was chosen.")
    if not wish.free:
        return read
    return Text(
        f"{read.ja}補助金を使って買うITツールなので、無料のものがあるとはかぎりません。",
        f"{read.en} These tools are bought with the subsidy's help, so there may be none for nothing.",
    )


def _of_another(match: re.Match[str], before: str, after: str) -> bool:
    plain = match.start() == match.start("words")
    if plain and _OF_ANOTHER.search(before):
        return "く" not in match["words"] or _MADE_CHEAP.match(after) is not None
    joined = plain and _JOINED.search(before) and "安い" not in match["words"]
    return bool(joined or _GOES_ON.match(after))
