"""The registration form: its sections are data. Pure: what was typed becomes values and findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from marketplace.file_parts import Part, Words
from tenants.organisations import PREFECTURES, place
from tenants.text import Text

DECLARATIONS: Final = "declarations"
# The box that stands for every prefecture; a region's code stands for all of its own.
ALL: Final = "all"
# More than any field takes; who sends more does not use the form.
MOST_TYPED: Final = 10_000
Kind = Literal[
    "line",
    "passage",
    "number",
    "date",
    "telephone",
    "email",
    "url",
    "corporate_number",
    "choice",
    "choices",
    "prefectures",
    "table",
]
Typed = Mapping[str, Sequence[str]]


class Choice(Part):
    """One answer that may be chosen."""

    code: str
    label: Words


class When(Part):
    """Asked only when another field of the section has this value."""

    field: str
    value: str


class FormField(Part):
    """One thing that is asked. limit: characters; minimum, maximum: of a number; rows: of a table, at most."""

    code: str
    kind: Kind
    label: Words
    hint: Words | None = None
    required: bool
    limit: int = 200
    minimum: int = 0
    maximum: int = 10**12
    unit: Words | None = None
    choices: tuple[Choice, ...] = ()
    columns: tuple[FormField, ...] = ()
    rows: int = 10
    when: When | None = None

    @property
    def options(self) -> list[tuple[str, Text]]:
        """What may be chosen, with its words."""
        if self.kind == "prefectures":
            return [(name, place(name)) for name in PREFECTURES]
        return [(choice.code, choice.label.text) for choice in self.choices]

    def is_asked(self, values: Mapping[str, Any]) -> bool:
        """Whether it counts beside these answers."""
        return self.when is None or values.get(self.when.field) == self.when.value


class Section(Part):
    """One page of the form."""

    code: str
    title: Words
    lead: Words
    fields: tuple[FormField, ...] = ()

    def field(self, code: str) -> FormField:
        """The field with this code."""
        return next(each for each in self.fields if each.code == code)


class Paper(Part):
    """A paper that is attached, beside the section it proves."""

    code: str
    section: str
    required: bool
    name: Words
    hint: Words | None = None


class Declaration(Part):
    """A text that is agreed to. text_version: raised with every change of its words."""

    code: str
    text_version: str
    title: Words
    text: Words


class Declarations(Part):
    """The last page of the form."""

    title: Words
    lead: Words
    items: tuple[Declaration, ...]


class Form(Part):
    """One version of the form. correction_days: how long a returned registration may be corrected, in days."""

    version: str
    correction_days: int = Field(ge=1, le=365)
    papers_at_most: int = Field(ge=1, le=100)
    paper_only_rounds: frozenset[str] = frozenset()
    sections: tuple[Section, ...]
    papers: tuple[Paper, ...]
    paper_scan: Paper
    declarations: Declarations

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        codes = [section.code for section in self.sections]
        if len(codes) != len(set(codes)) or DECLARATIONS in codes:
            raise ValueError("a section's code is used twice")
        unknown = {paper.section for paper in (*self.papers, self.paper_scan)} - {*codes, DECLARATIONS}
        if unknown:
            raise ValueError(f"papers belong to unknown sections {sorted(unknown)}")
        for section in self.sections:
            named = {field.code for field in section.fields}
            if len(named) != len(section.fields):
                raise ValueError(f"{section.code}: a field's code is used twice")
            if {field.when.field for field in section.fields if field.when} - named:
                raise ValueError(f"{section.code}: a field depends on one that is not there")
        return self

    @property
    def pages(self) -> tuple[Section, ...]:
        """All sections in their order, the declarations last."""
        last = Section(code=DECLARATIONS, title=self.declarations.title, lead=self.declarations.lead)
        return (*self.sections, last)

    def section(self, code: str) -> Section | None:
        """The page with this code; None when there is none."""
        return next((page for page in self.pages if page.code == code), None)

    def papers_for(self, *, paper: bool) -> tuple[Paper, ...]:
        """What is attached; an application on paper (paper=True) also by its own scan."""
        return (*self.papers, self.paper_scan) if paper else self.papers

    def papers_of(self, section: str, *, paper: bool) -> tuple[Paper, ...]:
        """What is attached beside this section."""
        return tuple(each for each in self.papers_for(paper=paper) if each.section == section)
