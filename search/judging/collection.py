"""A collection to judge a search by: documents and queries as lines of JSON, read with every fault named.

A document: {code, name, vendor, description, functions [labels], industries, prefecture, price_yen}; only code and
name are needed. A query: {group, q, relevant [codes]}; group may be missing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from catalogue.vocabulary import Masters, folded
from search.bands import band_of
from search.documents import SearchDocument
from tenants.errors import BadInput, Finding
from tenants.text import Text

MOST_FAULTS: Final = 20
"""So many faults are told of one file; then reading stops."""

MOST_CHARACTERS: Final = 20_000
"""So much text a line may hold; a listing holds some thousand. What is much longer would be analysed for hours."""

NO_GROUP: Final = "-"
_HIGHEST_PRICE: Final = 2**40 - 1
_EPOCH: Final = datetime(2017, 1, 1, tzinfo=UTC)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class JudgedDocument:
    """A document of the collection, as written. price_yen: whole yen, 0 where nobody said."""

    code: str
    name: str
    vendor: str = ""
    description: str = ""
    functions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    prefecture: str = ""
    price_yen: int = 0

    def texts(self) -> tuple[str, ...]:
        """All that is written in it."""
        place = (self.prefecture,) if self.prefecture else ()
        return (self.name, self.vendor, self.description, *self.functions, *self.industries, *place)


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query and the codes of the documents that should be found, whatever any engine thinks."""

    group: str
    text: str
    relevant: frozenset[str]


class _Bad(Exception):
    """What is wrong with one line: the message, and what to do."""

    def __init__(self, ja: str, en: str, remedy_ja: str, remedy_en: str) -> None:
        super().__init__(en)
        self.message, self.remedy = Text(ja, en), Text(remedy_ja, remedy_en)


def read_documents(path: Path) -> list[JudgedDocument]:
    """The documents of a file. Raises BadInput with a finding for each bad line, its field ``D.jsonl 12``."""
    seen: dict[str, int] = {}

    def read(row: dict[str, Any], number: int) -> JudgedDocument:
        document = JudgedDocument(
            code=_text(row, "code", needed=True),
            name=_text(row, "name", needed=True),
            vendor=_text(row, "vendor"),
            description=_text(row, "description"),
            functions=_texts(row, "functions"),
            industries=_texts(row, "industries"),
            prefecture=_text(row, "prefecture"),
            price_yen=_price(row),
        )
        _bound(document.code, *document.texts())
        earlier = seen.setdefault(document.code, number)
        if earlier != number:
            raise _Bad(
                f"code「{document.code[:40]}」は{earlier}行目にもあります",
                f"code {document.code[:40]!r} is on line {earlier} too",
                "コードが重ならないようにしてください。",
                "Give each document a code of its own.",
            )
        return document

    return _read(path, read)


def read_queries(path: Path, known: Sequence[JudgedDocument]) -> list[JudgedQuery]:
    """The queries of a file. Raises BadInput for each bad line; relevant codes must be those of documents."""
    codes = {document.code for document in known}

    def read(row: dict[str, Any], _number: int) -> JudgedQuery:
        relevant = frozenset(_texts(row, "relevant"))
        if not relevant:
            raise _Bad(
                "relevant がありません",
                "relevant is missing or empty",
                "見つかるべき文書のコードを1つ以上書いてください。",
                "Give at least one code that should be found.",
            )
        if unknown := sorted(relevant - codes):
            raise _Bad(
                f"relevant のコード「{unknown[0][:40]}」の文書がありません",
                f"no document has the relevant code {unknown[0][:40]!r}",
                "文書のファイルにあるコードを書いてください。",
                "Use codes of the documents' file.",
            )
        query = JudgedQuery(_text(row, "group") or NO_GROUP, _text(row, "q", needed=True), relevant)
        _bound(query.group, query.text)
        return query

    return _read(path, read)


def _read(path: Path, read: Callable[[dict[str, Any], int], Read]) -> list[Read]:
    found: list[Read] = []
    faults: list[Finding] = []
    for number, line in _lines(path):
        try:
            found.append(read(_record(line), number))
        except _Bad as bad:
            place = f"{path.name} {number}"
            told = Text(f"{bad.message.ja}。", f"{bad.message.en}.")
            faults.append(Finding("bad_line", told, bad.remedy, place))
            if len(faults) == MOST_FAULTS:
                break
    if not found and not faults:
        faults.append(
            Finding(
                "nothing_in_file",
                Text(f"{path.name} には行がありません。", f"{path.name} holds no line."),
                Text("1行に1件のJSONを書いてください。", "Write one JSON object on each line."),
                path.name,
            )
        )
    if faults:
        raise BadInput(*faults)
    return found


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(number, line) of those that are not empty."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            stripped = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip()
            if stripped:
                yield number, stripped


def _record(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line.decode("utf-8"), parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise _Bad(
            "UTF-8のJSONとして読めません",
            "it is not JSON in UTF-8",
            "1行に1件のJSONを書いてください。",
            "Write one JSON object on each line.",
        ) from error
    if not isinstance(row, dict):
        raise _Bad(
            "JSONのオブジェクトではありません",
            "it is not a JSON object",
            '{"…": …} の形で書いてください。',
            'Write it as {"…": …}.',
        )
    return row


def _text(row: dict[str, Any], name: str, *, needed: bool = False) -> str:
    value = row.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        if needed:
            raise _Bad(
                f"{name} がありません",
                f"{name} is missing or empty",
                f"{name} を書いてください。",
                f"Give {name}.",
            )
        return ""
    if not isinstance(value, str):
        raise _Bad(
            f"{name} が文字列ではありません", f"{name} is not a text", '"…" で囲んでください。', 'Write it in "…".'
        )
    return _clean(value)


def _bound(*texts: str) -> None:
    if sum(map(len, texts)) > MOST_CHARACTERS:
        raise _Bad(
            f"文章が全部で{MOST_CHARACTERS:,}字を超えています",
            f"its texts are longer than {MOST_CHARACTERS:,} characters together",
            "短くしてください。",
            "Shorten them.",
        )


def _clean(text: str) -> str:
    """Half a character (a lone surrogate) can be written in JSON, but stands for nothing."""
    return text.encode("utf-8", "replace").decode().strip()


def _texts(row: dict[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts; a single text is a list of one; each once."""
    value = row.get(name)
    values = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
        raise _Bad(
            f"{name} が文字列のリストではありません",
            f"{name} is not a list of texts",
            '["…", "…"] の形で書いてください。',
            'Write it as ["…", "…"].',
        )
    return tuple(dict.fromkeys(filter(None, map(_clean, values))))


def _number(written: str) -> int | tuple[str]:
    """A number with a point, as tables write whole ones (120000.0); others are nothing that a field takes."""
    whole, _, rest = written.partition(".")
    return int(whole) if rest and not rest.strip("0") else (written,)


def _price(row: dict[str, Any]) -> int:
    value = row.get("price_yen")
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _HIGHEST_PRICE:
        raise _Bad(
            "price_yen が0以上の整数（円）ではありません",
            "price_yen is not a whole number of yen from 0",
            "税抜の金額を整数で書いてください。",
            "Write the amount without tax as a whole number.",
        )
    return value


def search_documents(documents: Sequence[JudgedDocument], masters: Masters) -> Iterator[SearchDocument]:
    """The documents as the index takes them: the n-th has the id ``D`` n, since a code may be anything.

    A function or industry with a name of the master data gets what the site knows about it (its code, the words
    people use for it, but for those that the collection itself has as labels: there they mean that, and an industry
    of which it has several (医療 beside 介護) gets none); any other label is found as it is written, and a function's
    is its own code.
    """
    labels = {folded(label) for document in documents for label in document.functions}
    functions = {folded(name): row for row in masters.functions for name in (row.code, row.name.ja, row.name.en)}
    named = {label: masters.industry(label) for document in documents for label in document.industries}
    labelled = Counter(row.code for row in named.values() if row)
    for number, each in enumerate(documents):
        known = [functions.get(folded(label)) for label in each.functions]
        known_codes = tuple(dict.fromkeys(row.code for row in known if row))
        own = tuple(label for label, row in zip(each.functions, known, strict=True) if row is None)
        people_say = [
            word
            for row in known
            if row
            for word in (row.name.ja, row.name.en, *row.words)
            if folded(word) not in labels
        ]
        industries = [named[label] for label in each.industries]
        made_for = [word for row in industries if row and labelled[row.code] == 1 for word in row.known_as]
        yield SearchDocument(
            id=identity(number),
            version=1,
            name=each.name,
            vendor_name=each.vendor,
            vendor_number=each.code,  # so that a code is found, as on the site
            # Among equals the order is the fixed shuffle's; time only makes the order without words a total one.
            published_at=_EPOCH + timedelta(seconds=number),
            description=each.description,
            functions=(*known_codes, *own),
            function_words=tuple(dict.fromkeys((*each.functions, *people_say))),
            # A label that is no function of the site stands before what people merely call another function.
            products=own,
            categories=masters.categories_of(known_codes),
            industries=tuple(dict.fromkeys(row.code for row in industries if row)),
            industry_names=tuple(dict.fromkeys((*each.industries, *made_for))),
            prefecture=each.prefecture,
            price_yen=each.price_yen,
            own_cost_yen=each.price_yen,
            price_band=band_of(each.price_yen).code,
        )


def identity(number: int) -> str:
    """The index's id of the n-th document."""
    return f"D{number}"


def place(identity_: str) -> int:
    """The inverse of :func:`identity`."""
    return int(identity_[1:])
