"""What an event changed, for people: each fact by its name, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.lifecycle import LISTING
from marketplace.applications.lifecycle import APPLICATION
from marketplace.registration.lifecycle import REGISTRATION
from marketplace.registration.standing import STANDING_LABELS
from tenants.audit import FORGOTTEN
from tenants.audit_pseudonyms import REASONS
from tenants.audit_queries import Event
from tenants.permissions import ROLE_NAMES
from tenants.text import Text, same
from web.event_words import FACTS

MORE_FACTS: Final[Mapping[str, Text]] = {
    "address": Text("住所", "Address"),
    "category": Text("分類", "Category"),
    "closed_at": Text("終了日時", "Closed at"),
    "corporate_number": Text("法人番号", "Corporate number"),
    "count": Text("件数", "Count"),
    "criterion": Text("審査項目", "Criterion"),
    "deadline": Text("期限", "Deadline"),
    "digests": Text("消した値の照合用の印", "Marks of what was erased"),
    "edition": Text("版", "Edition"),
    "email": Text("メールアドレス", "Email"),
    "files": Text("ファイル", "Files"),
    "form": Text("事業の形", "Form"),
    "hash": Text("内容の照合値", "Hash of the content"),
    "invoice_number": Text("インボイス登録番号", "Invoice number"),
    "jsic": Text("業種", "Industry"),
    "kind": Text("種類", "Kind"),
    "language": Text("言語", "Language"),
    "listings": Text("製品・ITツール", "Listings"),
    "name_kana": Text("フリガナ", "Kana"),
    "number": Text("件数", "Number"),
    "organisation_id": Text("組織ID", "Organisation id"),
    "packages": Text("ITツール", "Packages"),
    "points": Text("点数", "Points"),
    "prefecture": Text("都道府県", "Prefecture"),
    "products": Text("製品", "Products"),
    "published_at": Text("公開日時", "Published at"),
    "representative": Text("代表者", "Representative"),
    "reference": Text("受付番号", "Reference"),
    "result": Text("結果", "Result"),
    "roles": Text("役割", "Roles"),
    "round": Text("公募回", "Round"),
    "rules_version": Text("規則の版", "Version of the rules"),
    "section": Text("項目", "Section"),
    "sections": Text("項目", "Sections"),
    "standing": Text("登録の状況", "Standing"),
    "telephone": Text("電話番号", "Telephone"),
    "title": Text("題名", "Title"),
    "kept": Text("残した登録", "Account kept"),
    "verdict": Text("確認の結果", "Verdict"),
    "vendors": Text("事業者", "Vendors"),
    "voided_confirmation": Text("取り消した同意", "Consent that was voided"),
}
NOTHING: Final = same("—")
FLOWS: Final = {"application": APPLICATION, "registration": REGISTRATION}
ERASED: Final = Text("（消去済み）", "(erased)")
LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of an event. before, after: None where the event does not tell that side."""

    name: Text
    before: Text | None
    after: Text | None


def changes_in(event: Event) -> list[Change]:
    """What changed, fact by fact, in the order in which the event tells it; long values are shortened."""
    before, after = event.before or {}, event.after or {}
    return [
        Change(
            FACTS.get(name) or MORE_FACTS.get(name) or same(name),
            _value(event, name, before[name]) if name in before else None,
            _value(event, name, after[name]) if name in after else None,
        )
        for name in {**before, **after}
    ]


def _value(event: Event, name: str, value: Any) -> Text:
    if value is None:
        return ERASED if name in ("name", "email") else NOTHING
    if name == "state":
        flow = FLOWS.get(event.subject_kind, LISTING)
        found = next((state.label for state in flow.states if state.code == value), None)
        return found or same(str(value))
    if name == "reason" and event.name == FORGOTTEN:
        return REASONS.get(str(value), same(str(value)))
    if name == "standing" and value in STANDING_LABELS:
        return STANDING_LABELS[value]
    if isinstance(value, dict) and set(value) == {"ja", "en"}:
        return Text(_short(str(value["ja"])), _short(str(value["en"])))
    if name == "roles" and isinstance(value, list):
        named = [ROLE_NAMES.get(role, same(str(role))) for role in value]
        return Text("・".join(role.ja for role in named), ", ".join(role.en for role in named))
    return same(_short(_plain(value)))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(map(_plain, value))
    if isinstance(value, dict):
        return "、".join(f"{name}: {_plain(part)}" for name, part in value.items())
    return "" if value is None else str(value)


def _short(text: str) -> str:
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}…") or "—"
