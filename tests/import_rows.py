"""A row of each file as a vendor fills it in."""

from __future__ import annotations

from catalogue.imports.rows import VendorDraft

ASAHI = VendorDraft("7999900000101", "株式会社あさひ業務ソフト", "東京都", "千代田区")
PRODUCT = {
    "法人番号": ASAHI.number,
    "事業者名": ASAHI.name,
    "製品コード": "A-1",
    "製品名": "あさひ会計",
    "製品名（カナ）": "",
    "コア機能": "B1;M1",
    "費目": "クラウド利用料",
    "課金単位": "月額",
    "標準販売価格（税抜）": "1000",
    "最小販売価格（税抜）": "900",
    "説明": "",
}
PACKAGE = {
    "法人番号": ASAHI.number,
    "事業者名": ASAHI.name,
    "ITツールコード": "P-1",
    "ITツール名": "あさひパック",
    "構成製品×数量": "A-1×1",
    "対象業種": "全業種",
    "クラウド計上月数": "12",
    "説明": "",
}
