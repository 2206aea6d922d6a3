"""A scheme: one edition of the programme as dated, versioned data. No rate, cap, floor or date lives in code."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, model_validator

from marketplace.file_parts import Part
from marketplace.subsidy.faults import Fault, faults
from marketplace.subsidy.files import Count, Said, Sourced, Word, decoded, parse
from marketplace.subsidy.parts import (
    Applicants,
    BusinessSize,
    Condition,
    Confirmation,
    CostKind,
    Effective,
    Evidence,
    Filing,
    FollowUp,
    Limits,
    PackageCondition,
    Rounding,
    Segment,
    Source,
)
from marketplace.subsidy.tariff import Tariff, compile_tariff
from tenants.errors import BadInput, Finding, NotFound
from tenants.text import Text

# A shipped edition has a tenth of it. Longer texts are refused before they are parsed.
LONGEST: Final = 100_000
# What a file that is not too long stays below, in any script.
MOST_BYTES: Final = 5 * LONGEST
SHIPPED = Path(__file__).parent.parent / "schemes"


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A value that no source confirms. path: where it stands (``confirmation``); note: what is not known."""

    path: str
    note: str


class Scheme(Part):
    """One edition, as loaded from its file.

    counted_functions: only these core functions count towards tiers and conditions; all of them when empty.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    version: Annotated[Count, Field(ge=1)]
    name: Said
    effective: Effective
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    filing: Filing
    rounding: Rounding
    counts: Literal["functions", "processes"]
    cost_kinds: dict[str, CostKind]
    segments: Annotated[tuple[Segment, ...], Field(min_length=1)]
    limits: Limits
    counted_functions: tuple[Word, ...] = ()
    conditions: dict[Word, Condition] = Field(default_factory=dict)
    package: dict[Word, PackageCondition] = Field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    confirmation: Confirmation
    follow_up: FollowUp
    applicants: Applicants
    notes: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> Scheme:
        found = [*_misplaced_kinds(self), *_names_used_twice(self), *_unknown_conditions(self), *_uncounted(self)]
        if found:
            raise faults(found)
        return self

    # Kept with the scheme, which never changes; a private attribute of pydantic would be looked up far more slowly.
    @cached_property
    def _tariffs(self) -> dict[tuple[str, int, frozenset[str], bool], Tariff]:
        return {}

    @cached_property
    def raising(self) -> frozenset[str]:
        """The conditions that open a higher rate."""
        return frozenset(code for code, condition in self.conditions.items() if not condition.required)

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The numbers of functions or processes at which a cap changes, rising.

        1 is a step of its own: from there on the package holds eligible software.
        """
        caps = (cap for each in (self.limits.caps, *(s.caps for s in self.segments)) for cap in each)
        return tuple(sorted({0, 1, *(cap.at_least for cap in caps)}))

    def refuses(self, functions: Collection[str], count: int) -> bool:
        """Whether a package of these functions, so many of which are counted, misses a condition on packages.

        Nothing is held against a package nothing of which is told.
        """
        told = bool(functions) or count > 0
        return told and not all(each.holds(functions, count) for each in self.package.values())

    def tariff(
        self,
        size: BusinessSize = "sme",
        count: int = 0,
        met: frozenset[str] = frozenset(),
        *,
        refused: bool = False,
    ) -> Tariff:
        """The scheme as integers for one size of business, one number of functions or processes, and the
        conditions that are met; cached. refused: for a package that can be granted nothing.

        Counts in the same tier share one tariff, so the cache stays as small as the scheme's table.
        """
        met &= self.raising
        tier = 0
        for start in self.steps:
            if start > count:
                break
            tier = start
        key = (size, tier, met, refused)
        tariff = self._tariffs.get(key)
        if tariff is None:
            tariff = replace(compile_tariff(self, size, tier, met), refused=refused)
            self._tariffs[key] = tariff
        return tariff

    @property
    def open_points(self) -> tuple[OpenPoint, ...]:
        """Everything in the file that no source confirms, for the secretariat's screen."""
        return tuple(_open_points(self, ""))


def _misplaced_kinds(scheme: Scheme) -> Iterator[Fault]:
    """Every eligible cost kind belongs to exactly one segment, and nothing else does."""
    seen: set[str] = set()
    for number, segment in enumerate(scheme.segments):
        for place, kind in enumerate(segment.kinds):
            entry = scheme.cost_kinds.get(kind)
            if kind in seen:
                ja, en = "2つの segments に入っています", "stands in two segments"
            elif entry is None:
                ja, en = "cost_kinds にありません", "is none of cost_kinds"
            elif not entry.eligible:
                ja, en = "対象外の費目です（eligible: false）", "does not count (eligible: false)"
            else:
                seen.add(kind)
                continue
            yield Fault(("segments", number, "kinds", place), f"費目「{kind}」は{ja}", f"cost kind {kind!r} {en}")
    for kind, entry in scheme.cost_kinds.items():
        if entry.eligible and kind not in seen:
            yield Fault(
                ("cost_kinds", kind),
                f"対象の費目「{kind}」を、segments のどれか1つに入れてください",
                f"the eligible cost kind {kind!r} is expected in exactly one segment",
            )


def _names_used_twice(scheme: Scheme) -> Iterator[Fault]:
    seen = set(scheme.cost_kinds)
    for kind, entry in scheme.cost_kinds.items():
        for place, alias in enumerate(entry.aliases):
            if alias in seen:
                yield Fault(
                    ("cost_kinds", kind, "aliases", place),
                    f"費目の名前「{alias}」が重なっています",
                    f"the cost kind's name {alias!r} is used twice",
                )
            seen.add(alias)


def _unknown_conditions(scheme: Scheme) -> Iterator[Fault]:
    known = ", ".join(sorted(scheme.raising)) or "-"
    for number, segment in enumerate(scheme.segments):
        for band, each in enumerate(segment.bands):
            for place, raised in enumerate(each.raised):
                if raised.when not in scheme.raising:
                    yield Fault(
                        ("segments", number, "bands", band, "raised", place, "when"),
                        f"「{raised.when}」は、required でない conditions のどれかにします（{known}）",
                        f"{raised.when!r}: one of the conditions that are not required is expected ({known})",
                    )


def _uncounted(scheme: Scheme) -> Iterator[Fault]:
    """With a list of counted functions, the number asked of a package is of these; more than all cannot be had."""
    most = len(set(scheme.counted_functions))
    for code, each in scheme.package.items():
        if scheme.counts == "functions" and most and each.at_least is not None and each.at_least > most:
            yield Fault(
                ("package", code, "at_least"),
                f"counted_functions の数（{most}）までの数が必要です",
                f"at most {most} is expected, the number of counted_functions",
            )


def _open_points(value: object, path: str) -> Iterator[OpenPoint]:
    if isinstance(value, Sourced) and value.unconfirmed:
        yield OpenPoint(path, value.note or "")
    if isinstance(value, BaseModel):
        children: Iterable[tuple[object, object]] = value
    elif isinstance(value, dict):
        children = value.items()
    elif isinstance(value, tuple):
        children = enumerate(value)
    else:
        return
    for key, child in children:
        yield from _open_points(child, f"{path}.{key}".lstrip("."))


def load_scheme(source: Path | str, name: str = "scheme.yaml") -> Scheme:
    """A scheme from a path, or from YAML text with the name to use in messages. Raises BadInput."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            return load_scheme(scheme_text(file.read(MOST_BYTES), source.name), source.name)
    if len(source) > LONGEST:
        raise BadInput(_too_long(source, name))
    return parse(Scheme, source, name)


def scheme_text(data: bytes, name: str = "scheme.yaml") -> str:
    """A scheme's text from its file's first MOST_BYTES. Raises BadInput when it is too long or not UTF-8."""
    if len(data) == MOST_BYTES:  # the last character may be cut in two
        raise BadInput(_too_long(data.decode("utf-8-sig", errors="ignore"), name))
    return decoded(data, name)


def _too_long(text: str, name: str) -> Finding:
    line = text.count("\n", 0, LONGEST) + 1
    place = f"{name}:{line}"
    return Finding(
        "text_too_long",
        Text(
            f"{place}: 長すぎます。制度の内容は{LONGEST:,}文字までです。この行より前で終わるようにしてください",
            f"{place}: too long; a scheme's file is expected to end before this line, after at most "
            f"{LONGEST:,} characters",
        ),
        Text("ファイルを確かめてください。", "Please check the file."),
        place,
    )


def no_such_scheme(wanted: str, known: Iterable[str]) -> NotFound:
    """That there is no scheme with this id, and which there are."""
    ids = ", ".join(known)
    return NotFound(
        Text(f"補助制度「{wanted}」", f"Scheme {wanted!r}"),
        Text(f"使える補助制度：{ids}", f"Schemes to choose from: {ids}"),
    )


class SchemeBook:
    """All schemes at hand, each in all its versions."""

    def __init__(self, schemes: Iterable[Scheme]) -> None:
        self._schemes = {(s.id, s.version): s for s in sorted(schemes, key=lambda s: (s.id, s.version))}
        self._current = {s.id: s for s in self._schemes.values()}

    @classmethod
    def from_folder(cls, folder: Path = SHIPPED) -> SchemeBook:
        """Every *.yaml of the folder. Raises BadInput naming the file and line of the first bad file."""
        return cls(load_scheme(path) for path in sorted(folder.glob("*.yaml")))

    def get(self, scheme_id: str, version: int | None = None) -> Scheme:
        """The scheme's latest version, or the one asked for (a frozen application's). Raises NotFound."""
        scheme = self._current.get(scheme_id) if version is None else self._schemes.get((scheme_id, version))
        if scheme is None:
            raise no_such_scheme(scheme_id, self._current)
        return scheme

    def all(self) -> tuple[Scheme, ...]:
        """The latest version of each, by id."""
        return tuple(self._current.values())


@cache
def shipped_schemes() -> SchemeBook:
    """The schemes that come with the program, read once."""
    return SchemeBook.from_folder()
