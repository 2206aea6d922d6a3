"""Synthetic packages for measuring search: the vocabulary of the field, from a seed, the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from search.documents import SearchDocument

FUNCTIONS = {
    "F1": ("広報・マーケティング", "集客", "ホームページ", "メール配信"),
    "F2": ("予約・受付", "予約", "順番待ち", "オンライン予約"),
    "F3": ("顧客コミュニケーション", "問い合わせ", "コールセンター", "電話"),
    "F4": ("販売・店頭", "POS", "レジ", "ネットショップ"),
    "F5": ("決済", "カード決済", "キャッシュレス", "電子マネー"),
    "M1": ("顧客管理", "CRM", "名刺", "営業支援"),
    "M2": ("受発注・仕入", "受注", "発注", "EDI"),
    "M3": ("在庫・物流", "在庫", "棚卸", "配送"),
    "M4": ("納期・工程管理", "工程", "生産管理", "現場"),
    "M5": ("原価・利益管理", "原価", "粗利", "採算"),
    "M6": ("人員配置・シフト", "シフト", "スケジュール", "配車"),
    "M7": ("品質管理", "検査", "HACCP", "クレーム"),
    "B1": ("財務会計・決算", "会計", "経理", "仕訳"),
    "B2": ("税務申告", "確定申告", "消費税", "電子申告"),
    "B3": ("給与", "給料", "給与計算", "年末調整"),
    "B4": ("勤怠・労務", "勤怠", "タイムカード", "社会保険"),
    "B5": ("債権・債務", "請求書", "入金消込", "経費精算"),
}
INDUSTRIES = {
    "manufacturing": "製造業",
    "wholesale": "卸売業",
    "retail": "小売業",
    "restaurants": "飲食サービス業",
    "inns_and_hotels": "旅館・ホテル業",
    "medical_and_welfare": "医療・福祉",
    "construction": "建設業",
    "transport": "運輸業",
    "professional_services": "専門サービス業",
    "education": "教育・学習支援業",
    "services": "サービス業",
    "beauty": "理美容業",
    "information": "情報通信業",
    "other": "その他",
}
PREFECTURES = (
    "北海道",
    "宮城県",
    "東京都",
    "神奈川県",
    "愛知県",
    "京都府",
    "大阪府",
    "広島県",
    "福岡県",
    "沖縄県",
)
_CATEGORY = {"F": "front", "M": "middle", "B": "back_office"}
_PLACES = ("みなと", "あさひ", "さくら", "ひので", "やまと", "つばさ", "あおば", "はやぶさ", "しらかば", "なぎさ")
_ENDINGS = (
    "業務ソフト",
    "情報サービス",
    "システム",
    "クラウド",
    "ソリューションズ",
    "データ",
    "テクノロジー",
    "計算センター",
)
_SENTENCES = (
    "{a}から{b}までを一つにまとめ、二重入力をなくします。",
    "{a}の手間を減らし、空いた時間を接客に使えます。",
    "毎月の{a}と{b}が自動で終わり、残業が減ります。",
    "スマートフォンで{a}を記録すると、{b}にすぐ反映されます。",
    "はじめての方にも専任の担当者が{a}の設定をお手伝いします。",
    "{a}の結果をグラフで確かめ、{b}の改善につなげます。",
)
_START = datetime(2017, 4, 1, tzinfo=UTC)
_CERTIFICATIONS = ("isms", "privacy_mark", "jiima", "isms_cloud")
_SUPPORT = ("weekdays", "weekends", "evenings", "always")
_LANGUAGES = ("ja", "en", "zh", "vi", "pt")


def documents(count: int, *, seed: int = 2017) -> Iterator[SearchDocument]:
    """So many packages; vendors are about one in five hundred, at least twenty."""
    chance = random.Random(seed)
    vendors = max(20, count // 500)
    for number in range(count):
        yield _document(number, chance, vendors)


def _document(number: int, chance: random.Random, vendors: int) -> SearchDocument:
    codes = tuple(sorted(chance.sample(sorted(FUNCTIONS), chance.randint(2, 6))))
    everybody = chance.random() < 0.4
    industries = (
        tuple(INDUSTRIES) if everybody else tuple(sorted(chance.sample(sorted(INDUSTRIES), chance.randint(1, 4))))
    )
    words = [word for code in codes for word in FUNCTIONS[code]]
    vendor = chance.randrange(vendors)
    place = _PLACES[vendor % len(_PLACES)]
    description = "".join(
        sentence.format(a=chance.choice(words), b=chance.choice(words))
        for sentence in chance.sample(_SENTENCES, 4)
    )
    price = chance.randrange(150, 6000) * 1000
    fundable = chance.random() < 0.8
    subsidy = min(price * 2 // 3, 1_000_000) if fundable else 0
    return SearchDocument(
        id=f"BM-{number:06d}",
        version=number + 1,
        name=f"{place}{chance.choice(words)}・{chance.choice(words)}パック{number}",
        vendor_name=f"株式会社{place}{_ENDINGS[vendor // 10 % len(_ENDINGS)]}{vendor}",
        vendor_number=f"{7_000_000_000_000 + vendor}",
        published_at=_START + timedelta(minutes=number),
        description=description,
        products=tuple(f"{place}{word}クラウド" for word in chance.sample(words, 3)),
        functions=codes,
        function_words=tuple(words),
        categories=tuple(sorted({_CATEGORY[code[0]] for code in codes})),
        industries=industries,
        industry_names=("全業種",) if everybody else tuple(INDUSTRIES[i] for i in industries),
        prefecture=PREFECTURES[vendor % len(PREFECTURES)],
        price_yen=price,
        subsidy_yen=subsidy,
        own_cost_yen=price - subsidy,
        second_year_yen=price // 5,
        fundable=fundable,
        price_band=f"band{min(price // 1_000_000, 5)}",
        own_cost_band=f"band{min((price - subsidy) // 500_000, 5)}",
        second_year_band=f"band{min(price // 5 // 200_000, 5)}",
        **_traits(number, PREFECTURES[vendor % len(PREFECTURES)]),
    )


def _traits(number: int, prefecture: str) -> dict[str, tuple[str, ...]]:
    """What a vendor says of a package; a third says nothing. Half serve everywhere, most others where they are."""
    chance = random.Random(number)

    def some(values: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(sorted(chance.sample(values, chance.randint(1, most))))

    areas = chance.choices((("all",), (prefecture,), some(PREFECTURES, 3)), (5, 3, 2))[0]
    if chance.random() < 1 / 3:
        return {"areas": areas, "deployments": ("cloud",)}
    return {
        "areas": areas,
        "deployments": some(("cloud", "installed"), 2),
        "languages": some(_LANGUAGES, 3),
        "certifications": some(_CERTIFICATIONS, 2),
        "support": some(_SUPPORT, 2),
    }
