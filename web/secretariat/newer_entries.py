"""Taking in a newer file of a list that the secretariat has changed: what would come in is looked at, then used.

Synonyms, problems and rounds are such lists. Each has its own columns and preview; the way through is this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from catalogue.entry_merge import Entry, Merge, Step
from catalogue.masters import MasterDocument, content_hash
from marketplace import programme
from tenants.errors import BadInput, DomainError, Finding, StaleVersion
from tenants.text import Text
from web import lists
from web.secretariat.entry_pages import Difference, Names, differences, no_names
from web.words import t

SHOWN: Final = 100
MOST_WORDS: Final = 40  # whose results are looked up, now and with the file
_MOST_CHOSEN: Final = 5_000

E = TypeVar("E", bound=Entry)


class Source(Protocol[E]):
    """The module that brings the list and a newer file together."""

    def merge(self, file: MasterDocument) -> Merge[E]:
        """What a newer file would bring. Raises BadInput for a faulty file."""

    def take_in(self, file: MasterDocument, chosen: Collection[str], *, read_version: int) -> None:
        """Use what the file brings; of what both have changed only the chosen. Raises StaleVersion and BadInput."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that would change, with its mark (new, changed, gone) and what of it is another."""

    handle: str
    title: str
    mark: str
    differences: tuple[Difference, ...]
    chosen: bool


@dataclass(frozen=True)
class NewerPages(Generic[E]):
    """One list's page for its newer file.

    what: the list's name. columns: those that are shown, with their labels. title: what an entry is called.
    look: what using these entries, of which those concerned are others, would do. endpoint: this page; back: the list.
    names: of the codes in the columns.
    """

    kind: str
    source: Source[E]
    what: Text
    version: Callable[[], int]
    columns: Mapping[str, Text]
    title: Callable[[E], str]
    look: Callable[[tuple[E, ...], list[E]], Any]
    endpoint: str
    back: str
    names: Callable[[], Names] = no_names

    def there(self) -> bool:
        """Whether there is a newer file to take in."""
        return programme.newer_list(self.kind) is not None

    def show(self) -> str | tuple[str, int]:
        """What the file would bring, with what was chosen in the address; 404 when there is no newer file."""
        file = programme.newer_list(self.kind)
        return self._draw(file, request.args.getlist("take")[:_MOST_CHOSEN]) if file else self._taken_in()

    def take_in(self) -> Response | tuple[str, int]:
        """Use what was shown; shown again when other entries were chosen, or the list or the file is another by now."""
        chosen = request.form.getlist("take")[:_MOST_CHOSEN]
        file = programme.newer_list(self.kind)
        if file is None:
            return self._taken_in()
        if "look" in request.form or set(chosen) != set(request.form.getlist("shown")):
            return self._look_again(chosen)
        try:
            version = lists.read_version()
            self._require_seen(file, version)
            self.source.take_in(file, chosen, read_version=version)
        except (BadInput, StaleVersion) as error:
            return self._draw(file, chosen, error), error.status
        flash(
            t(
                f"新しいファイルを取り込みました（{self.what.ja}）。すぐに反映されます。",
                f"The newer file was taken in ({self.what.en}); it counts at once.",
            ),
            "success",
        )
        return redirect(url_for(self.back))

    def _look_again(self, chosen: Sequence[str]) -> Response:
        """What is used is what was looked at: with these chosen it is something else."""
        flash(
            t(
                "選んだ内容で調べ直しました。まだ取り込んでいません。下の結果を確かめてください。",
                "Looked at again with what you chose. Nothing is taken in yet: see below what it would do.",
            ),
            "info",
        )
        return redirect(url_for(self.endpoint, take=chosen), 303)

    def _require_seen(self, file: MasterDocument, version: int) -> None:
        """Another release may have come since the page was drawn."""
        if request.form.get("file") != content_hash(file.content):
            raise StaleVersion(self.what, yours=version, current=self.version())

    def _taken_in(self) -> tuple[str, int]:
        return self._instead(), 404

    def _instead(self, findings: Sequence[Finding] = ()) -> str:
        """Why there is nothing to look at: what is wrong with the file, or that there is none."""
        return render_template(
            "secretariat/newer_nothing.html", what=self.what, findings=findings, back=url_for(self.back)
        )

    def _draw(self, file: MasterDocument, chosen: Sequence[str], error: DomainError | None = None) -> str:
        try:
            found = self.source.merge(file)
        except BadInput as fault:
            return self._instead(fault.findings)
        taken = found.taken(chosen)
        after = {step.entry.handle for step in taken}
        return render_template(
            "secretariat/newer_entries.html",
            kind=self.kind,
            what=self.what,
            source=file.source,
            version=self.version(),
            file=content_hash(file.content),
            found=found,
            coming=[self._shown(step) for step in found.coming[:SHOWN]],
            clashing=[self._shown(step, chosen=step.entry.handle in after) for step in found.clashing],
            taken=[step.entry.handle for step in taken if step in found.clashing],
            seen=self.look(found.entries(chosen), [each for step in taken for each in _both(step)]),
            findings=error.findings if error else (),
            most_words=MOST_WORDS,
            here=url_for(self.endpoint),
            back=url_for(self.back),
        )

    def _shown(self, step: Step[E], *, chosen: bool = False) -> Shown:
        changed = differences(self.columns, self.names(), step.ours, step.theirs)
        return Shown(step.entry.handle, self.title(step.entry), step.mark, changed, chosen)


def _both(step: Step[E]) -> list[E]:
    return [each for each in (step.theirs, step.ours) if each is not None]


def nothing_to_look_at(_after: tuple[Any, ...], _concerned: list[Any]) -> None:
    """For lists that need no look at what follows: what changes is all there is."""
