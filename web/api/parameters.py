"""What an operation takes in its address: a name, a JSON schema, an example; those of the search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from catalogue.traits import FILTERED_KINDS, KINDS
from catalogue.vocabulary import CATEGORY_CODES, Masters
from marketplace.comparison import MOST
from search.bands import BANDS
from search.parameters import DEFAULT_PER_PAGE, LABELS, MAX_AMOUNT, MAX_DAYS
from search.port import MAX_PAGE, MAX_PER_PAGE, MAX_QUERY_CHARACTERS, MAX_QUERY_WORDS, MAX_VALUES, Sort
from tenants.organisations import PREFECTURES
from tenants.text import Text
from web.api import bodies, examples


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter and its JSON schema. listed: commas separate several values."""

    name: str
    about: Text
    schema: Mapping[str, Any]
    example: Any = None
    where: Literal["query", "path"] = "query"
    required: bool = False
    listed: bool = False


def integer(least: int, most: int, default: int | None = None) -> dict[str, Any]:
    """The schema of a whole number between these two, both included."""
    found: dict[str, Any] = {"type": "integer", "minimum": least, "maximum": most}
    return found if default is None else {**found, "default": default}


def one_of(values: Sequence[str]) -> dict[str, Any]:
    """The schema of one of these values."""
    return {"type": "string", "enum": list(values)}


def many(name: str, about: Text, schema: dict[str, Any], example: str) -> Parameter:
    """A parameter that takes several values, each of this schema, given again or with commas. example: one value."""
    return Parameter(name, about, {"type": "array", "items": schema}, [example], listed=True)


_AMOUNT_EXAMPLES: Final = {
    "price_min": 300_000,
    "price_max": 600_000,
    "own_cost_min": 0,
    "own_cost_max": 200_000,
    "second_year_min": 0,
    "second_year_max": 100_000,
}
_TRAIT_EXAMPLES: Final = {
    "deployment": "cloud",
    "language": "ja",
    "certification": "privacy_mark",
    "support": "weekdays",
}


def in_yen(label: Text) -> Text:
    """What an amount is called, with its unit."""
    return Text(f"{label.ja}（円、税抜）", f"{label.en}, in yen without tax")


def search_parameters(masters: Masters) -> list[Parameter]:
    """What a search takes, in the order of an address. masters: whose codes are the possible values."""
    functions = [row.code for row in masters.functions]
    industries = [row.code for row in masters.industries]
    yen = integer(0, MAX_AMOUNT)
    return [
        Parameter(
            "q",
            Text(
                f"言葉。半角・全角やかな・カナの違いは問いません。先頭の{MAX_QUERY_CHARACTERS}文字、"
                f"{MAX_QUERY_WORDS}語までを使います。金額（10万円以下）は条件、「安い」は並び順として読みます（read_as）。"
                "言葉のままさがすには「」で囲みます。",
                "Words; width, kana and reading do not matter. The first "
                f"{MAX_QUERY_CHARACTERS} characters and {MAX_QUERY_WORDS} words count. "
                "Amounts (10万円以下) are read as limits and 安い (cheap) as the order, told in read_as; in quotation marks (「」) they "
                "are words.",
            ),
            {"type": "string"},
            "会計",
        ),
        many("function", Text("コア機能", "Core functions"), one_of(functions), "B1"),
        Parameter(
            "function_mode",
            Text(
                "コア機能のどれか（any）か、すべて（all）か",
                "any: one of the functions is enough; all: every one",
            ),
            {"type": "string", "enum": ["any", "all"], "default": "any"},
        ),
        many("category", Text("業務区分", "Business categories"), one_of(CATEGORY_CODES), "front"),
        many("industry", Text("対象業種", "Target industries"), one_of(industries), "retail"),
        many(
            "area",
            Text(
                "対応地域（都道府県）。全国対応のものも、地域の登録がなくその県にあるベンダーのものも見つかります。",
                "Prefecture served; finds what is offered nationwide too, and where no area is given, the vendor's own.",
            ),
            one_of(PREFECTURES),
            "東京都",
        ),
        *(
            many(kind, KINDS[kind], one_of([row.code for row in masters.traits_of(kind)]), _TRAIT_EXAMPLES[kind])
            for kind in FILTERED_KINDS
            if masters.traits_of(kind)
        ),
        many(
            "vendor",
            Text(
                f"事業者の法人番号（13桁、{MAX_VALUES}社まで）",
                f"Vendors by corporate number, at most {MAX_VALUES}",
            ),
            {"type": "string", "pattern": "^[0-9]{13}$"},
            "7999900000101",
        ),
        many("prefecture", Text("事業者の都道府県", "The vendor's prefecture"), one_of(PREFECTURES), "東京都"),
        many(
            "price_band",
            Text("価格帯", "Price bands"),
            one_of([band.code for band in BANDS]),
            "300k_600k",
        ),
        *(Parameter(name, in_yen(LABELS[name]), yen, example) for name, example in _AMOUNT_EXAMPLES.items()),
        Parameter(
            "fundable",
            Text("補助の対象になるか", "Whether it can be funded"),
            {"type": "boolean"},
            example=True,
        ),
        Parameter(
            "updated_since",
            Text(
                "この日（日本時間）以降に公開・更新されたもの",
                "Published or updated on this day in Japan or later",
            ),
            {"type": "string", "format": "date"},
            "2017-04-01",
        ),
        Parameter(
            "updated_within",
            Text(
                "今日（日本時間）からさかのぼってこの日数のうちに公開・更新されたもの",
                "Published or updated within so many days before today in Japan",
            ),
            integer(1, MAX_DAYS),
            30,
        ),
        Parameter(
            "sort",
            Text("並び順", "Order"),
            {"type": "string", "enum": [each.value for each in Sort], "default": Sort.RELEVANCE.value},
            "own_cost",
        ),
        Parameter("page", Text("ページ", "Page"), integer(1, MAX_PAGE, 1), 1),
        Parameter(
            "per_page",
            Text("1ページの件数", "Results per page"),
            integer(1, MAX_PER_PAGE, DEFAULT_PER_PAGE),
            20,
        ),
    ]


CODE: Final = Parameter(
    "code",
    Text("ITツールコード", "The package's code"),
    {"type": "string", "pattern": bodies.PACKAGE_CODE},
    examples.PACKAGE_CODE,
    where="path",
    required=True,
)
CODES: Final = Parameter(
    "codes",
    Text(f"1〜{MOST}件のITツールコード", f"1 to {MOST} package codes"),
    {
        "type": "array",
        "items": {"type": "string", "pattern": bodies.PACKAGE_CODE},
        "minItems": 1,
        "maxItems": MOST,
    },
    [examples.PACKAGE_CODE],
    required=True,
    listed=True,
)
PINNED: Final = Parameter(
    "pinned",
    Text(
        "先頭に置くITツールコード。codes にないものは無視します。",
        "The code to put first; ignored when not among codes.",
    ),
    {"type": "string"},
    examples.PACKAGE_CODE,
)
SCHEME_VERSION: Final = Parameter(
    "scheme",
    Text(
        "計算に使う制度のidと版（2018.2 など）。これまでに有効になった版を指定できます。なければ、いま使われている制度です。",
        "The scheme's id and version to reckon by, such as 2018.2: any that counts or has counted. By default the scheme "
        "in use.",
    ),
    {"type": "string", "pattern": r"^([a-z0-9-]{1,40}\.[0-9]{1,6})?$"},
    "2017.1",
)
LANGUAGE: Final = Parameter(
    "lang",
    Text(
        "答えの言語（ja・en）。ほかの値とないときは Accept-Language に従い、それもなければ日本語です。",
        "Language of the answer, ja or en. Else Accept-Language decides; else it is Japanese.",
    ),
    {"type": "string"},
    "en",
)
