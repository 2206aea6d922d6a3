"""What goes into each column of the import files, with one example: for the guide page and the example files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue import effects
from catalogue.imports import layouts as columns
from catalogue.imports.layouts import FileKind, every_column
from catalogue.imports.refused import Format, write_lines
from catalogue.traits import AREA, CERTIFICATION, DEPLOYMENT, LANGUAGE, REQUIREMENT, SUPPORT
from tenants.text import Text


@dataclass(frozen=True, slots=True)
class Guide:
    """One column: what belongs into it, whether it may stay empty, and an example as it is written."""

    column: str
    required: bool
    meaning: Text
    example: str


_NUMBER: Final = Guide(
    columns.NUMBER,
    required=True,
    meaning=Text(
        "13桁の法人番号。検査用数字も確かめます。", "The 13-digit corporate number; its check digit is tested."
    ),
    example="7999900000101",
)
_VENDOR: Final = Guide(
    columns.VENDOR,
    required=True,
    meaning=Text("登録されている事業者名。", "The vendor's name as registered."),
    example="株式会社あさひ業務ソフト",
)
_DESCRIPTION: Final = Guide(
    columns.DESCRIPTION,
    required=False,
    meaning=Text("お店の人に分かる言葉での説明。", "What it does, in words a shop owner understands."),
    example="仕訳の自動取り込みから決算書まで。",
)
_PRODUCTS: Final = (
    _NUMBER,
    _VENDOR,
    Guide(
        columns.PRODUCT_CODE,
        required=True,
        meaning=Text(
            "自社の中で重ならないコード。半角の英数字・ハイフン・下線で40文字まで。",
            "Unique within your company: letters, digits, - and _, up to 40.",
        ),
        example="A-001",
    ),
    Guide(
        columns.PRODUCT_NAME,
        required=True,
        meaning=Text("120文字まで。", "Up to 120 characters."),
        example="あさひ会計クラウド",
    ),
    Guide(
        columns.PRODUCT_KANA,
        required=False,
        meaning=Text("検索に使う読み。", "The reading, for searching."),
        example="アサヒカイケイクラウド",
    ),
    Guide(
        columns.FUNCTIONS,
        required=False,
        meaning=Text(
            "コア機能のコード。複数は「;」で区切る。研修など機能のないものは空欄。",
            "Codes of core functions, parted by “;”; empty for training and the like.",
        ),
        example="B1;B2",
    ),
    Guide(
        columns.COST_KIND,
        required=True,
        meaning=Text("下の一覧の費目。", "A cost kind of the list below."),
        example="クラウド利用料",
    ),
    Guide(
        columns.BILLING,
        required=True,
        meaning=Text(
            "支払い方と単位。「月額/1店舗」「年額/20名」「買取」「初年度」「一式」など。",
            "How it is paid and for what: 月額/1店舗, 年額/20名, 買取, 初年度, 一式.",
        ),
        example="年額/1社",
    ),
    Guide(
        columns.STANDARD_PRICE,
        required=True,
        meaning=Text(
            "税抜の円。コンマ・全角・¥も読めます。", "Yen without tax; commas, full width and ¥ are fine."
        ),
        example="118,800",
    ),
    Guide(
        columns.MINIMUM_PRICE,
        required=True,
        meaning=Text(
            "これより安くは売らない価格。公開しません。標準価格以下。",
            "The lowest price; not public, at most the standard price.",
        ),
        example="98,000",
    ),
    _DESCRIPTION,
)
_PACKAGES: Final = (
    _NUMBER,
    _VENDOR,
    Guide(
        columns.PACKAGE_CODE,
        required=True,
        meaning=Text(
            "自社の中で重ならないコード。公開サイトのアドレスになります。",
            "Unique within your company; it becomes the public address.",
        ),
        example="AP-1",
    ),
    Guide(
        columns.PACKAGE_NAME,
        required=True,
        meaning=Text("120文字まで。", "Up to 120 characters."),
        example="あさひ人事給与パック",
    ),
    Guide(
        columns.ITEMS,
        required=True,
        meaning=Text(
            "自社の製品コード×数量。複数は「;」で区切る。", "Your product codes × quantity, parted by “;”."
        ),
        example="A-001×1;A-002×2",
    ),
    Guide(
        columns.INDUSTRIES,
        required=True,
        meaning=Text(
            "対象の業種。複数は「;」で区切る。すべてなら「全業種」。",
            "Target industries, parted by “;”; 全業種 for all.",
        ),
        example="全業種",
    ),
    Guide(
        columns.MONTHS,
        required=True,
        meaning=Text(
            "価格に含めるクラウド利用料の月数。0〜120。補助の対象は12か月まで。",
            "Months of cloud fees in the price, 0 to 120; at most 12 count.",
        ),
        example="12",
    ),
    _DESCRIPTION,
    *(
        Guide(columns.TRAITS[kind], required=False, meaning=meaning, example=example)
        for kind, meaning, example in (
            (
                DEPLOYMENT,
                Text(
                    "クラウドか、インストールか。複数は「;」で区切る。", "クラウド or インストール, parted by “;”."
                ),
                "クラウド",
            ),
            (
                REQUIREMENT,
                Text(
                    "使うために要るもの。下の一覧から。複数は「;」で区切る。",
                    "What is needed to use it, from the list below, parted by “;”.",
                ),
                "ブラウザだけで使える;インターネットの接続",
            ),
            (
                LANGUAGE,
                Text("画面に出る言語。下の一覧から。", "Languages of its screens, from the list below."),
                "日本語;英語",
            ),
            (
                CERTIFICATION,
                Text("取得している認証。下の一覧から。", "Certifications held, from the list below."),
                "プライバシーマーク",
            ),
            (
                SUPPORT,
                Text("問い合わせを受ける時間帯。下の一覧から。", "When support answers, from the list below."),
                "平日の日中",
            ),
            (
                AREA,
                Text(
                    "販売・導入に応じる都道府県。すべてなら「全国」。空欄なら、ベンダーのある都道府県として探されます。",
                    "Prefectures served; 全国 for all. Left empty, it is found under the vendor's own prefecture.",
                ),
                "全国",
            ),
        )
    ),
    *(
        Guide(columns.EFFECT[name], required=False, meaning=meaning, example=example)
        for name, meaning, example in (
            (
                effects.HOURS,
                Text(
                    "1か月に減らせる作業時間の合計。申告できる数字がなければ、効果の4列を空欄にする。",
                    "Hours saved a month, all people together; leave all four empty when you claim nothing.",
                ),
                "40",
            ),
            (
                effects.PRODUCTIVITY,
                Text(
                    "労働生産性が何%上がるか。1〜300の整数。", "By how many percent productivity rises, 1 to 300."
                ),
                "8",
            ),
            (
                effects.PEOPLE,
                Text("何人の事業者での数字か。", "Of how many people the business is that the figures are for."),
                "10",
            ),
            (
                effects.BASIS,
                Text(
                    f"数字の根拠。いつ、どこで、どう測ったか。{effects.MOST_BASIS}文字まで。",
                    f"Where the figures come from: when, where, how measured; up to {effects.MOST_BASIS} characters.",
                ),
                "導入した12社の平均（自社調べ、2026年5月）",
            ),
        )
    ),
)
_VENDORS: Final = (
    _NUMBER,
    _VENDOR,
    Guide(
        columns.ADDRESS,
        required=True,
        meaning=Text("都道府県から書く。", "Begins with the prefecture."),
        example="東京都千代田区",
    ),
)
GUIDE: Final[Mapping[FileKind, tuple[Guide, ...]]] = {
    "vendors": _VENDORS,
    "products": _PRODUCTS,
    "packages": _PACKAGES,
}


def example_file(kind: FileKind, file_format: Format) -> bytes:
    """The headings of this kind of file and one example row."""
    example = {guide.column: guide.example for guide in GUIDE[kind]}
    return write_lines((every_column(kind), [example[column] for column in every_column(kind)]), file_format)
