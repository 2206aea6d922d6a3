"""What a search engine must do for the marketplace, whichever engine it is. No HTML, no database."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Final, Literal, Protocol

from search.documents import Amounts, SearchDocument, Visibility
from search.filters import (
    BAND_AMOUNTS,
    MAX_VALUES,
    Amount,
    Facet,
    Filter,
    Group,
    Period,
    Range,
    about,
    bad_request,
    others,
)
from tenants.errors import DomainError, Finding
from tenants.text import Text

__all__ = [
    "BAND_AMOUNTS",
    "MAX_PAGE",
    "MAX_PER_PAGE",
    "MAX_QUERY_CHARACTERS",
    "MAX_QUERY_WORDS",
    "MAX_VALUES",
    "NOTHING_TOLD",
    "Amount",
    "DocumentsRefused",
    "EngineBusy",
    "EngineUnavailable",
    "Explanation",
    "Facet",
    "Filter",
    "Group",
    "Highlight",
    "Hit",
    "MatchStage",
    "Period",
    "Range",
    "Reason",
    "Rebuild",
    "Receipt",
    "SearchEngine",
    "SearchRequest",
    "SearchResult",
    "Sort",
    "Stats",
    "Told",
    "Visibility",
    "Wider",
    "bad_request",
    "others",
    "part_read",
]

MAX_QUERY_CHARACTERS = 100
MAX_QUERY_WORDS = 10
MAX_PER_PAGE = 100
MAX_PAGE = 1_000_000


def part_read(text: str, most: int = MAX_QUERY_CHARACTERS) -> str:
    """The beginning of a text that a search reads: at most so many characters as typed, and as many in one form.

    One character may stand for several (㍿ is 株式会社, an Arabic ligature eighteen letters), and what is looked for
    is what they stand for.
    """
    cut = text[:most]
    read = 0
    for place, character in enumerate(cut):
        read += len(unicodedata.normalize("NFKC", character))
        if read > most:
            return cut[:place]
    return cut


class Sort(Enum):
    """The order of results. Amounts: lowest first, the subsidy highest first. Never by vendor, never paid.

    RELEVANCE without a text is by fit with the ticked industries and functions, then NEWEST.
    Ties are broken by a fixed shuffle of the ids, the same on each page.
    """

    RELEVANCE = "relevance"
    OWN_COST = "own_cost"
    PRICE = "price"
    SUBSIDY = "subsidy"
    NEWEST = "newest"
    NAME = "name"


class MatchStage(Enum):
    """How loosely the text had to be read to find something; shown to the reader from WIDENED on."""

    ALL = "all"  # no text was given
    EXACT = "exact"  # every word is there as written, after folding and in any of its spellings
    WIDENED = "widened"  # every word is there as written or as one of its synonyms
    READING = "reading"  # every word is there as written, as a synonym or by its sound
    CORRECTED = "corrected"  # every word is there as written or as what was probably meant
    SIMILAR = "similar"  # at least half of the character pairs are there
    ANY = "any"  # at least one word is there
    NONE = "none"  # nothing is like it


@dataclass(frozen=True, slots=True)
class Wider:
    """What else a word stands for. word: as in the query's text. texts: looked for in its place, best first.

    likely: of what a whole sentence may stand for, how likely it is beside the likeliest; 0 for what words stand for.
    signs: words that tell it where they stand in a name or a function.
    called: the texts count in names and functions only.
    """

    word: str
    texts: tuple[str, ...]
    likely: float = 0.0
    signs: tuple[str, ...] = ()
    called: bool = False


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question to an engine.

    visibility: who asks. text: as typed; cut at MAX_QUERY_CHARACTERS and MAX_QUERY_WORDS. groups: all must hold;
    one group per facet, one range per amount, one period. page counts from 1. facets: what to count. highlight: whether hits say where they match.
    synonyms: what counts almost as much as a word. corrections: what was probably meant, for when nothing has the
    words. loosest: READING answers nothing rather than what is only similar; ANY answers what it can.

    Raises BadInput for a page or size out of range and for two groups on one facet.
    """

    visibility: Visibility
    text: str = ""
    groups: tuple[Filter, ...] = ()
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = 20
    facets: tuple[Facet, ...] = ()
    highlight: bool = False
    synonyms: tuple[Wider, ...] = ()
    corrections: tuple[Wider, ...] = ()
    loosest: Literal[MatchStage.READING, MatchStage.ANY] = MatchStage.ANY

    def __post_init__(self) -> None:
        if not 1 <= self.page <= MAX_PAGE:
            raise bad_request(
                "page_out_of_range",
                f"ページは1から{MAX_PAGE:,}までです。",
                f"A page is from 1 to {MAX_PAGE:,}.",
                "page",
            )
        if not 1 <= self.per_page <= MAX_PER_PAGE:
            raise bad_request(
                "per_page_out_of_range",
                f"1ページの件数は1から{MAX_PER_PAGE}までです。",
                f"A page holds 1 to {MAX_PER_PAGE} results.",
                "per_page",
            )
        subjects = [about(each) for each in self.groups]
        twice = [name for name in subjects if subjects.count(name) > 1]
        if twice:
            raise bad_request(
                "filter_given_twice",
                "同じ項目の絞り込みが二重に指定されています。",
                "The same filter is given twice.",
                twice[0],
            )


@dataclass(frozen=True, slots=True)
class Highlight:
    """One field's text in pieces, (text, matched); the pieces put together are the text as published."""

    field: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. version: the publication's number that was found. score: comparable within one result only.

    highlights: name, function_words, products, industry_names, description, vendor_name, prefecture (the vendor's),
    vendor_number, code (the id); of fields with several values only the values that match, each its own entry; nothing
    for fields without a match.
    """

    id: str
    version: int
    score: float
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """The parts of a name as typed that no document has, and those that some have; none where a part stands for all.

    弥生会計, where nothing is called 弥生: nowhere 弥生, somewhere 会計.
    """

    nowhere: tuple[str, ...] = ()
    somewhere: tuple[str, ...] = ()


NOTHING_TOLD: Final = Told()


@dataclass(frozen=True, slots=True)
class SearchResult:
    """An engine's answer.

    facets: value -> number of hits, without zeros, counted under :func:`others`. told: of a loosened name, where the
    engine knows it.
    applied_version: changes whenever the index does; the same text means the same index (for ETags).
    """

    hits: tuple[Hit, ...]
    total: int
    total_is_exact: bool
    facets: Mapping[Facet, Mapping[str, int]]
    stage: MatchStage
    engine: str
    applied_version: str
    told: Told = NOTHING_TOLD


@dataclass(frozen=True, slots=True)
class Reason:
    """What raised a hit: a text that one of its fields has, and how many points that gave.

    field: name, functions, products, industries (the text is written there); words, name_words, function_words (it
    is a whole word there); reading, reading_words, label_reading (it sounds so; in its name or functions); body (how
    often it is written); unit (it has this part of what was asked at all); fit_industry, fit_function (the text is the
    code that was ticked: it is made for that industry, it has that function); completeness (what the listing tells).
    """

    field: str
    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a hit is where it is. rank: its place in the order asked for, from 1; None beyond the first thousand."""

    stage: MatchStage
    rank: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an engine took a change; give it to ``wait`` before calling the change done."""

    engine: str
    task: str


@dataclass(frozen=True, slots=True)
class Stats:
    """The state of the index. size_bytes: on disk. segments: 0 where an engine has none.

    left_over: of what was replaced or taken out is still there, and goes when the index is built anew.
    """

    engine: str
    documents: int
    size_bytes: int
    segments: int
    applied_version: str
    left_over: int = 0


@dataclass(slots=True)
class Rebuild:
    """A new index being filled beside the one in use; made by ``begin_rebuild`` only."""

    name: str
    ids: set[str] = field(default_factory=set)


class EngineUnavailable(DomainError):
    """The index is missing, broken or of another version: search degrades; a rebuild heals it."""

    status: ClassVar[int] = 503

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(
            Finding(
                code,
                Text("ただいま検索を利用できません。", f"Search is not available at the moment ({detail})."),
                Text(
                    "しばらくしてからもう一度お試しください。ITツールコードや名称の一部からは探せます。",
                    "Please try again in a while; tools can still be found by code or by name.",
                ),
            )
        )


class EngineBusy(EngineUnavailable):
    """Somebody else is writing or rebuilding; nothing was changed; try again."""


class DocumentsRefused(Exception):
    """The engine works but does not take these documents, all of them or one among them. reason: in its words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SearchEngine(Protocol):
    """The port. Every method raises EngineUnavailable when the engine cannot answer.

    upsert, reprice, load and wait raise DocumentsRefused when documents are at fault: nothing of that call is in the index.
    """

    name: str

    def ensure_schema(self) -> bool:
        """Make an empty index when there is none. True when a rebuild is needed (new, broken, other version)."""

    def examine(self) -> None:
        """Look at all that the index is kept in, however long that takes; EngineUnavailable when it is damaged."""

    def upsert(self, documents: Iterable[SearchDocument]) -> Receipt:
        """Put documents in, each replacing the one with its id whole."""

    def reprice(self, amounts: Iterable[Amounts]) -> Receipt:
        """Put amounts in the place of those that documents have; nothing else of them is touched.

        A document that is not there, or of another version, stays as it is: it is, or will be, replaced whole.
        """

    def delete(self, ids: Iterable[str]) -> Receipt:
        """Take documents out; ids that are not there do not matter."""

    def wait(self, receipt: Receipt, *, seconds: float = 30.0) -> None:
        """Return when the change can be found by everybody; EngineUnavailable when it failed or took longer."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer one question."""

    def explain(self, request: SearchRequest, identity: str) -> Explanation | None:
        """Why this document is where it is for this request; None when the text under its filters does not find it."""

    def facet_values(self, facet: Facet, visibility: Visibility) -> Mapping[str, int]:
        """Every value of a facet and how many documents have it."""

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """The words in the names of packages, products and functions, most frequent first, and how often each is."""

    def iter_versions(self) -> Iterator[tuple[str, int]]:
        """(id, version) of every document, by id: to compare with the publications."""

    def iter_amounts(self) -> Iterator[Amounts]:
        """The amounts of every document, by id: to compare with what is published, as a scheme reckons it now."""

    def version(self) -> str:
        """The applied version alone, quickly: changes whenever the index does."""

    def stats(self) -> Stats:
        """The state of the index."""

    def begin_rebuild(self) -> Rebuild:
        """Start a new index beside the one in use. EngineBusy while another rebuild runs."""

    def load(self, rebuild: Rebuild, documents: Iterable[SearchDocument]) -> None:
        """Put documents into the new index; may be called many times."""

    def commit_rebuild(self, rebuild: Rebuild) -> None:
        """Bring over what was written meanwhile, check the new index and put it in use at once."""

    def abort_rebuild(self, rebuild: Rebuild) -> None:
        """Throw the new index away; after an error in ``load`` too. One that has ended does not matter."""

    def close(self) -> None:
        """Let go of what a writer holds; the engine may be used again."""
