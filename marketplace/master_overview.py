"""Master data as people look at it: what it is called, what is unconfirmed, its content as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalogue import masters
from catalogue.masters import MasterRow
from tenants.text import Text, same

KINDS: Final[Mapping[str, Text]] = {
    "scheme": Text("補助制度（補助率・上限・下限・対象費目）", "Schemes: rate, cap, floor, eligible cost"),
    "scheme_in_use": Text("使う制度", "The scheme in use"),
    "rounds": Text("公募回と期間", "Rounds"),
    "core_functions": Text("コア機能", "Core functions"),
    "industries": Text("業種", "Industries"),
    "cost_kinds": Text("費目", "Cost kinds"),
    "productivity_index": Text("生産性向上指数", "Productivity index"),
    "traits": Text(
        "ITツールの特徴（提供形態・言語・認証・サポート時間）", "Traits: deployment, languages, certifications"
    ),
    "call_centre": Text("コールセンター", "Call centre"),
    "synonyms": Text("検索の言い換え", "Synonyms for searching"),
    "problems": Text("困りごとと役立つ機能", "Problems and what helps"),
    "vendor_review": Text("IT導入支援事業者の審査（評価項目・期限）", "Review of vendors: criteria and deadlines"),
}
NOT_CERTAIN: Final = "確認できていません"
MOST_FACTS: Final = 400

HEADINGS: Final[Mapping[str, Text]] = {
    "id": Text("ID", "Id"),
    "code": Text("コード", "Code"),
    "category": Text("業務区分", "Category"),
    "name_ja": Text("名前", "Name"),
    "name_en": Text("名前（英語）", "Name (English)"),
    "words_people_use": Text("よく使われる言葉", "Words people use"),
    "term": Text("計上する期間", "Term"),
    "word": Text("言葉", "Word"),
    "texts": Text("言い換え", "Also searched as"),
    "direction": Text("向き", "Direction"),
    "sentence": Text("困りごと", "Problem"),
    "functions": Text("役立つ機能", "What helps"),
    "words": Text("手がかりの言葉", "Words that point to it"),
    "examples": Text("ほかの言い方", "Other ways of saying it"),
    "industries": Text("よくある業種", "Typical industries"),
    "aliases": Text("別の書き方", "Aliases"),
    "industry": Text("業種", "Industry"),
    "front": Text("フロント（%）", "Front (%)"),
    "middle": Text("ミドル（%）", "Middle (%)"),
    "back_office": Text("バックオフィス（%）", "Back office (%)"),
    "note": Text("備考", "Note"),
    "kind": Text("区分", "Lane"),
    "name": Text("名前", "Name"),
    "opens_at": Text("開始", "Opens"),
    "closes_at": Text("締切", "Closes"),
    "unconfirmed": Text("未確認", "Unconfirmed"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of master data that counts now. unconfirmed: its own words say that something is not certain."""

    row: MasterRow
    label: Text
    unconfirmed: bool
    note: str


@dataclass(frozen=True, slots=True)
class Overview:
    """An entry with its content: rows of a table, or facts (path, value) where it is no table."""

    entry: Entry
    columns: tuple[tuple[str, Text], ...]
    rows: tuple[Mapping[str, str], ...]
    facts: tuple[tuple[str, str], ...]


def _entry(row: MasterRow) -> Entry:
    label = KINDS.get(row.kind, same(row.kind))
    if row.kind == "scheme":
        name = row.content["name"]
        label = Text(name["ja"], name["en"])
    return Entry(row, label, _is_unconfirmed(row.content), str(row.content.get("note", "")))


def _is_unconfirmed(content: Any) -> bool:
    if isinstance(content, Mapping):
        return bool(content.get("unconfirmed")) or any(_is_unconfirmed(value) for value in content.values())
    if isinstance(content, list):
        return any(_is_unconfirmed(value) for value in content)
    return isinstance(content, str) and NOT_CERTAIN in content


def entries() -> list[Entry]:
    """Everything that counts today: schemes first, then as KINDS has them."""
    order = list(KINDS)
    return sorted(
        (_entry(row) for row in masters.in_force()),
        key=lambda entry: (order.index(entry.row.kind) if entry.row.kind in order else len(order), entry.row.key),
    )


def overview(kind: str, key: str) -> Overview:
    """One piece of master data with its content; NotFound when there is none."""
    row = masters.newest(kind, key)
    table = row.content.get("rows") or row.content.get("rounds")
    if isinstance(table, list):
        names = _in_order(name for line in table for name in line)
        columns = tuple((name, HEADINGS.get(name, same(name))) for name in names)
        rows = tuple({name: _said(line.get(name)) for name in names} for line in table)
        return Overview(_entry(row), columns, rows, ())
    return Overview(_entry(row), (), (), tuple(facts(row.content))[:MOST_FACTS])


def _in_order(names: Iterable[str]) -> list[str]:
    """Columns as HEADINGS has them, unknown ones last: the database does not keep their order."""
    present = set(names)
    return [name for name in HEADINGS if name in present] + sorted(present - HEADINGS.keys())


def facts(content: Any, path: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Every value with the way to it, in the document's order."""
    if isinstance(content, Mapping) and content.keys() != {"ja", "en"}:
        for name, value in content.items():
            yield from facts(value, (*path, str(name)))
    elif isinstance(content, list) and any(isinstance(value, Mapping) for value in content):
        for number, value in enumerate(content, 1):
            yield from facts(value, (*path, str(number)))
    else:
        yield " › ".join(path), _said(content)


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[tuple[str, str, str], ...]:
    """(where, before, after) of every value that is another, but for the version's number."""
    was, will = dict(facts(before)), dict(facts(after))
    values = [(path, was.get(path, ""), will.get(path, "")) for path in dict.fromkeys([*was, *will])]
    return tuple(each for each in values if each[1] != each[2] and each[0] != "version")


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, list):
        return "、".join(_said(each) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("ja", value))
    return "" if value is None else str(value)
