"""Loading the catalogue from files: see what would happen, then let it happen."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from catalogue import masters
from catalogue.imports.layouts import FileKind, Table, read_table
from catalogue.imports.plan import Key, Known, Plan, RowResult, plan
from catalogue.imports.refused import Format, write_refused
from catalogue.imports.registry import Registry, read_registry
from catalogue.imports.rows import Draft, PackageDraft, ProductDraft, ReadRow, VendorDraft, read_rows
from catalogue.models import Package, PackageItem, Product
from catalogue.vocabulary import Masters
from tenants import actor, audit, clock
from tenants.db import constraint, db, use_case
from tenants.errors import BadInput, Conflict, Finding, NotPermitted
from tenants.models import Organisation
from tenants.organisations import require_adopted
from tenants.permissions import Permission
from tenants.text import Language, Text

# A row may rest on those before it: packages on products, products on vendors.
KINDS: Final[tuple[FileKind, ...]] = ("vendors", "products", "packages")
_SUBJECTS: Final[Mapping[FileKind, str]] = {
    "vendors": "organisation",
    "products": "product",
    "packages": "package",
}

for _name in (
    "uq_product_organisation_id_code",
    "uq_package_organisation_id_code",
):
    constraint(_name, Conflict)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was uploaded: what people call it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became, or would become, of every row: vendors, products, packages, each in the file's order."""

    results: tuple[RowResult, ...]
    tables: Mapping[FileKind, Table]

    def counts(self, kind: FileKind | None = None) -> dict[str, int]:
        """How many rows {create, update, unchanged, refused}, of one kind or of all."""
        found = Counter(row.action or "refused" for row in self.results if kind in (None, row.kind))
        return {word: found[word] for word in ("create", "update", "unchanged", "refused")}

    def refused_file(self, kind: FileKind, file_format: Format = "csv", language: Language = "ja") -> bytes | None:
        """The refused rows of one file, to correct and load again; None when there are none."""
        table = self.tables.get(kind)
        if table is None or not self.counts(kind)["refused"]:
            return None
        return write_refused(table, self.results, file_format, language)

    def as_json(self, language: Language = "ja") -> list[dict[str, Any]]:
        """The rows as the command line and the API give them."""
        return [row.as_json(language) for row in self.results]


def preview(files: Mapping[FileKind, SourceFile]) -> ImportReport:
    """What loading these files would do, row by row. Nothing is written.

    Raises BadInput when a file cannot be read at all, NotPermitted for who may not load.
    """
    only = _whose_rows()
    tables, words = _read(files)
    rows = _rows(tables, words)
    the_plan = plan(rows, read_registry(rows, lock=False).known(only), words)
    return ImportReport(the_plan.results, tables)


@use_case
def apply(files: Mapping[FileKind, SourceFile]) -> ImportReport:
    """Load these files: good rows go in, refused ones do not, in one transaction with their audit events.

    The same file twice changes nothing. A changed listing becomes a draft again, what is published of it stays.
    Raises BadInput when a file cannot be read at all (nothing is written then), NotPermitted for who may not load.
    """
    only = _whose_rows()
    tables, words = _read(files)
    rows = _rows(tables, words)
    registry = read_registry(rows, lock=True)
    known = registry.known(only)
    the_plan = plan(rows, known, words)
    write_plan(the_plan, known, registry)
    report = ImportReport(the_plan.results, tables)
    if the_plan.creates or the_plan.updates:
        audit.record(
            "catalogue_imported",
            subject=("import", uuid.uuid4()),
            organisation_id=actor.current().organisation_id,
            after={"files": {kind: table.filename for kind, table in tables.items()}, "rows": report.counts()},
        )
    return report


def _whose_rows() -> str | None:
    """The corporate number whose rows the actor may load; None: all. NotPermitted for everybody else."""
    who = actor.current()
    if who.audience == "vendor":
        who.require(Permission.EDIT_LISTINGS)
        require_adopted()
        own = db.session.get_one(Organisation, who.own_organisation)
        return own.corporate_number or ""
    if who.audience not in ("secretariat", "system"):
        raise NotPermitted
    who.require(Permission.IMPORT_CATALOGUE)
    return None


def _read(files: Mapping[FileKind, SourceFile]) -> tuple[dict[FileKind, Table], Masters]:
    """Every file, or every fault of every file."""
    tables: dict[FileKind, Table] = {}
    findings: list[Finding] = []
    for kind in KINDS:
        if kind in files:
            try:
                tables[kind] = read_table(kind, files[kind].content, files[kind].name)
            except BadInput as bad:
                findings.extend(bad.findings)
    if not files:
        findings.append(_no_file())
    if findings:
        raise BadInput(*findings)
    return tables, masters.vocabulary()


def _no_file() -> Finding:
    return Finding(
        "no_file",
        Text("ファイルが選ばれていません。", "No file was chosen."),
        Text("CSVまたはExcelのファイルを1つ以上選んでください。", "Choose at least one CSV or Excel file."),
    )


def _rows(tables: Mapping[FileKind, Table], words: Masters) -> list[ReadRow]:
    return [row for kind in KINDS if kind in tables for row in read_rows(tables[kind], words)]


def write_plan(the_plan: Plan, known: Known, registry: Registry) -> None:
    """Write what a plan decided, with an audit event for each row, in the running transaction."""
    for key, draft in the_plan.updates.items():
        _update(registry.rows[key], _SUBJECTS[key[0]], known.drafts[key], draft, registry)
    for kind in KINDS:
        for key, draft in the_plan.creates.items():
            if key[0] == kind:
                _create(key, draft, registry)
        # What the next kind refers to must be there, and goes in with one statement for many rows.
        db.session.flush()


def _create(key: Key, draft: Draft, registry: Registry) -> None:
    row: Organisation | Product | Package
    match draft:
        case VendorDraft():
            row = Organisation(
                id=uuid.uuid4(),
                kind="vendor",
                corporate_number=draft.number,
                registered_on=clock.today(),
                standing="adopted",
            )
            organisation_id = row.id
        case ProductDraft():
            organisation_id = registry.vendor_id(draft.number)
            row = Product(id=uuid.uuid4(), organisation_id=organisation_id, code=draft.code)
        case PackageDraft():
            organisation_id = registry.vendor_id(draft.number)
            row = Package(id=uuid.uuid4(), organisation_id=organisation_id, code=draft.code, items=[])
    registry.rows[key] = row
    _fill(row, draft, registry)
    db.session.add(row)
    audit.record(
        f"{_SUBJECTS[key[0]]}_created",
        subject=(_SUBJECTS[key[0]], row.id),
        organisation_id=organisation_id,
        after=_facts(draft),
    )


def _update(
    row: Organisation | Product | Package, subject: str, old: Draft, draft: Draft, registry: Registry
) -> None:
    before, after = _facts(old), _facts(draft)
    if isinstance(row, Product | Package):
        before["state"], after["state"] = row.state, "draft"
        row.state, row.return_reason = "draft", None
        # Items alone would not touch the package's own row, and its version must tell every change.
        row.updated_at = clock.now()
    _fill(row, draft, registry)
    changed = [name for name in after if before[name] != after[name]]
    audit.record(
        f"{subject}_edited",
        subject=(subject, row.id),
        organisation_id=row.id if isinstance(row, Organisation) else row.organisation_id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )


def _facts(draft: Draft) -> dict[str, Any]:
    """A draft as JSON for the audit trail."""
    facts = asdict(draft)
    return {name: _plain(value) for name, value in facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: list(each) if isinstance(each, tuple) else each for key, each in value.items()}
    return _listed(value) if isinstance(value, tuple) else value


def _listed(values: Sequence[Any]) -> list[Any]:
    return [list(value) if isinstance(value, tuple) else value for value in values]


def _fill(row: Organisation | Product | Package, draft: Draft, registry: Registry) -> None:
    """Put a draft's facts into its row; what identifies the row stays."""
    row.name = draft.name
    match row, draft:
        case Organisation(), VendorDraft():
            row.prefecture, row.address = draft.prefecture, draft.address
        case Product(), ProductDraft():
            row.name_kana = draft.name_kana
            row.functions = list(draft.functions)
            row.cost_kind = draft.cost_kind
            row.billing_period, row.billing_unit = draft.period, draft.unit
            row.standard_price_yen = draft.standard_price_yen
            row.minimum_price_yen = draft.minimum_price_yen
            row.description = draft.description
        case Package(), PackageDraft():
            row.industries = list(draft.industries)
            row.cloud_months = draft.cloud_months
            row.description = draft.description
            row.traits = {kind: list(codes) for kind, codes in draft.traits.items()}
            row.effect = dict(draft.effect or {})
            row.items = _items(row, draft, registry)


def _items(row: Package, draft: PackageDraft, registry: Registry) -> list[PackageItem]:
    """The package's items in the draft's order; those that stay keep their rows."""
    present = {item.product_id: item for item in row.items}
    items = []
    for position, (code, quantity) in enumerate(draft.items):
        product_id = registry.rows["products", draft.number, code].id
        item = present.get(product_id) or PackageItem(product_id=product_id, organisation_id=row.organisation_id)
        item.position, item.quantity = position, quantity
        items.append(item)
    return items
