"""The audit trail's events and facts in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.lifecycle import LISTING
from catalogue.listing_detail import event_words
from tenants.audit_queries import Event
from tenants.text import Text, same

EVENTS: Final[Mapping[str, Text]] = {
    "signed_in": Text("ログインした", "Signed in"),
    "signed_out": Text("ログアウトした", "Signed out"),
    "organisation_switched": Text("操作する組織を切り替えた", "Switched to another organisation"),
    "catalogue_imported": Text("ファイルを取り込んだ", "Files were loaded"),
    "business_registered": Text("事業者が登録された", "A business was registered"),
    "master_loaded": Text("マスタの新しい版を読み込んだ", "A new version of master data was loaded"),
    "profile_saved": Text("事業者の情報が保存された", "A business's facts were saved"),
}
KINDS: Final[Mapping[str, Text]] = {
    "product": Text("製品", "Product"),
    "package": Text("ITツール", "Package"),
    "application": Text("交付申請", "Application"),
    "organisation": Text("組織", "Organisation"),
}
FACTS: Final[Mapping[str, Text]] = {
    "state": Text("状態", "State"),
    "code": Text("コード", "Code"),
    "name": Text("名前", "Name"),
    "reason": Text("理由", "Reason"),
    "version": Text("版", "Version"),
    "source": Text("出典", "Source"),
    "provider": Text("認証", "Provider"),
}
LONGEST: Final = 120


def words_of(event: Event) -> Text:
    """What happened; the event's own name where no words are kept for it."""
    if event.name in EVENTS:
        return EVENTS[event.name]
    if event.subject_kind in ("product", "package"):
        what, happened = KINDS[event.subject_kind], event_words(event)
        return Text(f"{what.ja}：{happened.ja}", f"{what.en}: {happened.en}")
    return KINDS.get(event.subject_kind, same(event.subject_kind))


def facts_in(values: Mapping[str, Any]) -> Text:
    """The values of an event, shortened: 状態：審査中、コード：AP-1."""
    parts = [(FACTS.get(name, same(name)), _value(name, value)) for name, value in values.items()]
    return Text(
        "、".join(f"{label.ja}：{value.ja}" for label, value in parts),
        ", ".join(f"{label.en}: {value.en}" for label, value in parts),
    )


def _value(name: str, value: Any) -> Text:
    if name == "state" and any(state.code == value for state in LISTING.states):
        return LISTING.state(value).label
    text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
    return same(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
