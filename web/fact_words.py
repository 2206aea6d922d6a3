"""The names of the facts that events tell, and the codes among their values, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalogue.effects import NAMES as EFFECT_NAMES
from catalogue.traits import KINDS as TRAIT_KINDS
from marketplace.announcement_queries import CATEGORIES
from marketplace.enquiries.services import RELEASABLE
from marketplace.registration.conflicts import RELATIONS
from marketplace.registration.standing import STANDING_LABELS
from tenants.details import FORMS
from tenants.notices.template import CATEGORIES as NOTICE_CATEGORIES
from tenants.text import Text

PERIODS: Final[Mapping[str, Text]] = {
    "once": Text("買い切り", "once"),
    "monthly": Text("毎月", "monthly"),
    "yearly": Text("毎年", "yearly"),
    "first_year": Text("初年度のみ", "first year only"),
}
MORE_FACTS: Final[Mapping[str, Text]] = {
    "address": Text("住所", "Address"),
    "announcement": Text("お知らせの番号", "Announcement"),
    "booking": Text("予約ID", "Booking id"),
    "booked": Text("予約した件数", "Bookings"),
    "by_mail": Text("お知らせする", "Told by mail"),
    "came": Text("出席した件数", "Came"),
    "category": Text("分類", "Category"),
    "changes": Text("変更した項目", "What was changed"),
    "closed_at": Text("終了日時", "Closed at"),
    "corporate_number": Text("法人番号", "Corporate number"),
    "count": Text("件数", "Count"),
    "criterion": Text("審査項目", "Criterion"),
    "days_before": Text("期限までの日数", "Days before the deadline"),
    "deadline": Text("期限", "Deadline"),
    "declined": Text("メールで受け取らない通知", "Notices not wanted by mail"),
    "digests": Text("消した値の照合用の印", "Marks of what was erased"),
    "edition": Text("版", "Edition"),
    "email": Text("メールアドレス", "Email"),
    "files": Text("ファイル", "Files"),
    "form": Text("事業の形", "Form"),
    "hash": Text("内容の照合値", "Hash of the content"),
    "invoice_number": Text("インボイス登録番号", "Invoice number"),
    "jsic": Text("業種", "Industry"),
    "kind": Text("種類", "Kind"),
    "listings": Text("製品・ITツール", "Listings"),
    "members": Text("委員", "Members"),
    "name_kana": Text("フリガナ", "Kana"),
    "number": Text("件数", "Number"),
    "organisation_id": Text("組織ID", "Organisation id"),
    "package": Text("ITツール", "Package"),
    "packages": Text("ITツール", "Packages"),
    "paper": Text("書類", "Paper"),
    "people": Text("人数", "People"),
    "points": Text("点数", "Points"),
    "prefecture": Text("都道府県", "Prefecture"),
    "products": Text("製品", "Products"),
    "publication": Text("公開番号", "Publication"),
    "published_at": Text("公開日時", "Published at"),
    "representative": Text("代表者", "Representative"),
    "reference": Text("受付番号", "Reference"),
    "result": Text("結果", "Result"),
    "quote": Text("見積書", "Quote"),
    "released": Text("相手に知らせた項目", "What was released"),
    "roles": Text("役割", "Roles"),
    "round": Text("公募回", "Round"),
    "rows": Text("行数", "Rows"),
    "rules_version": Text("規則の版", "Version of the rules"),
    "scheme": Text("補助制度", "Scheme"),
    "seats": Text("席数", "Seats"),
    "section": Text("項目", "Section"),
    "sections": Text("項目", "Sections"),
    "starts_at": Text("開始日時", "Begins at"),
    "subsidy_yen": Text("補助額（円）", "Subsidy (yen)"),
    "suppressed_since": Text("送信を止めた日時", "Not sent since"),
    "standing": Text("登録の状況", "Standing"),
    "taken": Text("予約済みの席", "Seats taken"),
    "telephone": Text("電話番号", "Telephone"),
    "title": Text("題名", "Title"),
    "in_use": Text("使う制度の変更", "Of the scheme in use"),
    "kept": Text("残した登録", "Account kept"),
    "verdict": Text("確認の結果", "Verdict"),
    "turn": Text("審査の回", "Turn"),
    "vendors": Text("事業者", "Vendors"),
    "voided_confirmation": Text("取り消した同意", "Consent that was voided"),
    # What a listing or an imported row says.
    "action": Text("処理", "Action"),
    "billing_period": Text("支払いの時期", "Billing period"),
    "billing_unit": Text("単位", "Unit"),
    "cloud_months": Text("クラウドの月数", "Months of cloud use"),
    "cost_kind": Text("費目", "Cost kind"),
    "create": Text("新規", "new"),
    "description": Text("説明", "Description"),
    "draft": Text("下書きの番号", "Draft"),
    "effective_from": Text("効力が生じる日", "In force from"),
    "functions": Text("コア機能", "Core functions"),
    "industries": Text("対象業種", "Industries"),
    "items": Text("組み合わせた製品と数量", "Products and quantities"),
    "minimum_price_yen": Text("最低価格（円）", "Lowest price (yen)"),
    "period": Text("支払いの時期", "Billing period"),
    "refused": Text("取り込めない行", "refused"),
    "standard_price_yen": Text("標準価格（円）", "Standard price (yen)"),
    "summary": Text("変更後の見込みのまとめ", "What would change, summed up"),
    "effect": Text("導入の効果", "What it does to the work"),
    **{name: words for name, words in EFFECT_NAMES.items() if name != "people"},
    **TRAIT_KINDS,
    "language": Text("言語", "Language"),
    # What a scheme's draft would change, summed up.
    "became_fundable": Text("新たに対象になる", "newly fundable"),
    "became_not_fundable": Text("対象から外れる", "no longer fundable"),
    "changed": Text("補助額が変わる", "of which change"),
    "less": Text("減る", "less"),
    "lost": Text("計算できなくなる", "can no longer be reckoned"),
    "more": Text("増える", "more"),
    "not_reckoned": Text("計算の対象外", "not reckoned"),
    "subsidy_after": Text("変更後の補助額の合計（円）", "subsidies after (yen)"),
    "subsidy_before": Text("変更前の補助額の合計（円）", "subsidies before (yen)"),
    "traits": Text("提供のしかた・対応", "How it is offered"),
    "unchanged": Text("変更なし", "unchanged"),
    "unit": Text("単位", "Unit"),
    "update": Text("変更", "changed"),
}
# What proves an event to a machine and tells people nothing: it stands in the file for a spreadsheet.
FOR_MACHINES: Final = frozenset({"booking", "digests", "hash"})
# Codes that an event tells, by the fact's name; those that are master data are read with the page (web.audit_names).
CODES: Final[Mapping[str, Mapping[str, Text]]] = {
    "action": {code: MORE_FACTS[code] for code in ("create", "update", "unchanged", "refused")},
    "billing_period": PERIODS,
    "category": CATEGORIES,
    "declined": {code: each.name for code, each in NOTICE_CATEGORIES.items()},
    "form": FORMS,
    "kind": RELATIONS,
    "language": {"ja": Text("日本語", "Japanese"), "en": Text("英語", "English")},
    "period": PERIODS,
    "reason": STANDING_LABELS,
    "released": dict(RELEASABLE),
    "result": {
        "eligible": Text("対象になる", "eligible"),
        "not_eligible": Text("対象にならない", "not eligible"),
        "needs_papers": Text("書類で確かめる", "to be checked with papers"),
    },
    "standing": STANDING_LABELS,
    "verdict": {
        "different": Text("別の事業者", "two businesses"),
        "same": Text("同じ事業者", "one business"),
    },
}
