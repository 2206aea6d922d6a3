"""What an upload would do, row by row. Pure: the preview and the loading read the very same plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from catalogue.imports import layouts as columns
from catalogue.imports.changes import Change, changes
from catalogue.imports.layouts import FileKind
from catalogue.imports.rows import (
    Draft,
    PackageDraft,
    ProductDraft,
    ReadRow,
    VendorDraft,
)
from catalogue.lifecycle import LISTING
from catalogue.package_rules import assess_package
from catalogue.price_sheets import Component
from catalogue.pricing_units import Period
from catalogue.traits import stated
from catalogue.vocabulary import Masters
from tenants.errors import Finding
from tenants.same_business import name_key
from tenants.text import Language, Text

Action = Literal["create", "update", "unchanged"]
Key = tuple[FileKind, str, str]
"""Kind, corporate number, code (a vendor's code is empty)."""

DUPLICATE_CODE: Final = "duplicate_code"
_EDIT: Final = LISTING.step("edit")


@dataclass(frozen=True, slots=True)
class Known:
    """What is registered already: drafts as files would describe them, and the listings' states.

    only: the corporate number whose rows may be loaded; None when all may (the secretariat).
    """

    drafts: Mapping[Key, Draft] = field(default_factory=dict)
    states: Mapping[Key, str] = field(default_factory=dict)
    only: str | None = None


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of one row.

    action: None when it is refused. note: what a package's approval rests on. changes: what an update alters.
    """

    kind: FileKind
    file: str
    row: int
    code: str
    name: str
    action: Action | None
    findings: tuple[Finding, ...]
    note: Text | None = None
    changes: tuple[Change, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the row goes in (or is in already)."""
        return self.action is not None

    def as_json(self, language: Language = "ja") -> dict[str, Any]:
        """{file, row, code, accepted, action, findings [{column, code, message, remedy}], changes [{column, before, after}]}."""
        return {
            "file": self.file,
            "row": self.row,
            "code": self.code,
            "accepted": self.accepted,
            "action": self.action,
            "findings": [found.as_json(language) for found in self.findings],
            "changes": [change.as_json() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The results in the order vendors, products, packages and by row; the drafts to write, by key, in that order."""

    results: tuple[RowResult, ...]
    creates: Mapping[Key, Draft]
    updates: Mapping[Key, Draft]


def key_of(draft: Draft) -> Key:
    """What identifies a vendor, a product or a package."""
    if isinstance(draft, VendorDraft):
        return ("vendors", draft.number, "")
    return ("products" if isinstance(draft, ProductDraft) else "packages", draft.number, draft.code)


def plan(rows: Iterable[ReadRow], known: Known, masters: Masters) -> Plan:
    """Judge every row against what is registered and against each other.

    rows: vendors first, then products, then packages, so that a row may rest on one before it.
    """
    planner = _Planner(known, masters)
    for row in rows:
        planner.take(row)
    return Plan(tuple(planner.results), planner.creates, planner.updates)


class _Planner:
    """Takes rows one by one; later rows see what earlier ones would register."""

    def __init__(self, known: Known, masters: Masters) -> None:
        self.known = known
        self.masters = masters
        self.drafts: dict[Key, Draft] = dict(known.drafts)
        self.claimed: dict[Key, int] = {}
        self.results: list[RowResult] = []
        self.creates: dict[Key, Draft] = {}
        self.updates: dict[Key, Draft] = {}

    def take(self, read: ReadRow) -> None:
        """Judge one row and remember what it would register."""
        draft = self._complete(read.draft) if read.draft else None
        findings = [*read.findings, *self._repeated(read)]
        if self._other_company(read):
            findings.insert(0, _other_company())
        else:
            findings.extend(self._vendor(read))
        note: Text | None = None
        if isinstance(draft, PackageDraft) and not findings:
            note, found = self._package(draft)
            findings.extend(found)
        action = None if draft is None or findings else self._action(draft, findings)
        self.results.append(
            RowResult(
                kind=read.kind,
                file=read.file,
                row=read.number,
                code=read.code,
                name=read.name,
                action=action,
                findings=tuple(findings),
                note=note if action else None,
                changes=self._changes(draft) if draft is not None and action == "update" else (),
            )
        )

    def _complete(self, draft: Draft) -> Draft:
        """A package with what its row does not speak of as it is registered."""
        if not isinstance(draft, PackageDraft):
            return draft
        before = self.known.drafts.get(key_of(draft))
        traits = before.traits if isinstance(before, PackageDraft) else {}
        effect = before.effect if isinstance(before, PackageDraft) else {}
        return replace(
            draft,
            traits=stated({**traits, **draft.traits}),
            effect=effect if draft.effect is None else draft.effect,
        )

    def _repeated(self, read: ReadRow) -> Iterator[Finding]:
        if not read.code or not read.corporate_number:
            return
        key: Key = (read.kind, read.corporate_number, "" if read.kind == "vendors" else read.code)
        first = self.claimed.setdefault(key, read.number)
        if first != read.number:
            yield _duplicate(read, first)

    def _other_company(self, read: ReadRow) -> bool:
        return self.known.only is not None and read.corporate_number != self.known.only

    def _vendor(self, read: ReadRow) -> Iterator[Finding]:
        """A product's or package's vendor must be registered (or in the same upload), and under this name."""
        if read.kind == "vendors" or any(found.field == columns.NUMBER for found in read.findings):
            return
        vendor = self.drafts.get(("vendors", read.corporate_number, ""))
        if not isinstance(vendor, VendorDraft):
            yield _unknown_vendor(read.corporate_number)
        elif not read.vendor_name:
            yield Finding(
                "missing_value",
                Text("事業者名がありません。", "The vendor's name is missing."),
                _registered_name(vendor),
                columns.VENDOR,
            )
        elif name_key(read.vendor_name) != name_key(vendor.name):
            yield _other_name(read, vendor)

    def _package(self, draft: PackageDraft) -> tuple[Text | None, tuple[Finding, ...]]:
        products: list[Component] = []
        findings: list[Finding] = []
        for code, quantity in draft.items:
            product = self.drafts.get(("products", draft.number, code))
            if isinstance(product, ProductDraft):
                products.append(_component(product, quantity))
            else:
                refused = ("products", draft.number, code) in self.claimed
                findings.append(_unknown_product(code, refused=refused))
        if findings:
            # Without all its products nobody can say what functions the package has.
            return None, tuple(findings)
        outcome = assess_package(products, draft.industries, draft.cloud_months, self.masters)
        return outcome.reason, outcome.findings

    def _action(self, draft: Draft, findings: list[Finding]) -> Action | None:
        """What a good row does; a listing that may not be edited now adds its finding instead."""
        key = key_of(draft)
        before = self.known.drafts.get(key)
        if before == draft:
            return "unchanged"
        if isinstance(draft, VendorDraft) and self.known.only is not None:
            findings.append(_secretariat_only())
            return None
        if before is None:
            self.creates[key] = self.drafts[key] = draft
            return "create"
        state = self.known.states.get(key)
        if state is not None and state not in _EDIT.sources:
            findings.append(_under_review(state))
            return None
        self.updates[key] = self.drafts[key] = draft
        return "update"

    def _changes(self, draft: Draft) -> tuple[Change, ...]:
        return changes(self.known.drafts[key_of(draft)], draft, self.masters)


def _component(product: ProductDraft, quantity: int) -> Component:
    period: Period = product.period  # type: ignore[assignment]  # drafts are made from billing units only
    return Component(
        product_code=product.code,
        name=product.name,
        functions=product.functions,
        cost_kind=product.cost_kind,
        period=period,
        unit=product.unit,
        unit_price_yen=product.standard_price_yen,
        quantity=quantity,
    )


def _duplicate(read: ReadRow, number: int) -> Finding:
    # The sentence goes into the file of refused rows as well, so it names the file it speaks of.
    return Finding(
        DUPLICATE_CODE,
        Text(
            f"「{read.code}」は、ファイル「{read.file}」の{number}行目で使われています。",
            f"{read.code!r} is used in row {number} of the file {read.file!r}.",
        ),
        Text(
            "別のコードを付けるか、不要な行を消してください。",
            "Give it another code, or remove the row you don't need.",
        ),
        columns.CODE_COLUMNS[read.kind],
    )


def _other_company() -> Finding:
    return Finding(
        "other_company",
        Text("他社の法人番号の行です。", "This row carries another company's corporate number."),
        Text("自社の行だけを残して、もう一度読み込んでください。", "Keep only your own company's rows."),
        columns.NUMBER,
    )


def _secretariat_only() -> Finding:
    return Finding(
        "secretariat_only",
        Text(
            "事業者の登録内容は、事務局だけが変えられます。",
            "Only the secretariat changes a vendor's registration.",
        ),
        Text(
            "この行を消し、変更は事務局に届け出てください。",
            "Remove the row and report the change to the secretariat.",
        ),
    )


def _unknown_vendor(number: str) -> Finding:
    return Finding(
        "unknown_vendor",
        Text(
            f"法人番号 {number} のIT導入支援事業者は登録されていません。",
            f"No vendor with the corporate number {number} is registered.",
        ),
        Text(
            "先に事業者を登録するか、事業者のファイルを一緒に読み込んでください。",
            "Register the vendor first, or load the file of vendors together with this one.",
        ),
        columns.NUMBER,
    )


def _registered_name(vendor: VendorDraft) -> Text:
    return Text(
        f"登録されている事業者名「{vendor.name}」を入力してください。",
        f"Enter the registered name {vendor.name!r}.",
    )


def _other_name(read: ReadRow, vendor: VendorDraft) -> Finding:
    return Finding(
        "name_mismatch",
        Text(
            f"事業者名「{read.vendor_name[:80]}」が、この法人番号の登録名「{vendor.name}」と違います。",
            f"The name {read.vendor_name[:80]!r} is not the one registered for this number, {vendor.name!r}.",
        ),
        Text(
            "法人番号の間違いでなければ、登録されている事業者名にそろえてください。",
            "Unless the number is wrong, write the name as it is registered.",
        ),
        columns.VENDOR,
    )


def _unknown_product(code: str, *, refused: bool) -> Finding:
    why = Text("（同じファイルで取り込めなかった製品です）", " (its row in this upload was refused)")
    none = Text("", "")
    said = why if refused else none
    return Finding(
        "unknown_product",
        Text(
            f"構成製品「{code}」は、この事業者の製品として登録されていません{said.ja}。",
            f"The product {code!r} is not registered for this vendor{said.en}.",
        ),
        Text(
            "製品コードを確かめるか、先に製品を登録してください。",
            "Check the product code, or register the product first.",
        ),
        columns.ITEMS,
    )


def _under_review(state: str) -> Finding:
    label = LISTING.state(state).label
    return Finding(
        "under_review",
        Text(
            f"「{label.ja}」のため、内容を変えられません。",
            f"It cannot be changed while it is “{label.en}”.",
        ),
        Text(
            "審査の結果を待つか、提出を取り下げてから読み込んでください。",
            "Wait for the decision, or take the submission back first.",
        ),
    )
