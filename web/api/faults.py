"""What the API says when it refuses something: where, why and how to mend it. The codes: fault_codes.py."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from tenants.errors import BadInput, DomainError, Finding
from tenants.text import Text
from web.api.fault_codes import CODES

MOST_FINDINGS: Final = 50
LARGEST_BODY: Final = 256 * 1024


class Malformed(DomainError):
    """The body or the address cannot be read."""

    status: ClassVar[int] = 400


class NotJson(DomainError):
    """The body has another media type."""

    status: ClassVar[int] = 415


class TooLarge(DomainError):
    """The body is larger than anything the API needs."""

    status: ClassVar[int] = 413


_KINDS: Final[dict[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_allowed",
    "string_pattern_mismatch": "wrong_form",
    "greater_than_equal": "not_in_range",
    "less_than_equal": "not_in_range",
    "string_too_short": "not_in_range",
    "string_too_long": "not_in_range",
    "too_short": "not_in_range",
    "too_long": "not_in_range",
}
_REMEDIES: Final[dict[str, Text]] = {
    "missing": Text("この項目を追加してください。", "Add this field."),
    "unknown_field": Text(
        "この項目は使えません。つづりを確かめるか、取り除いてください。", "Check its spelling, or remove it."
    ),
    "not_in_range": Text("範囲の中の値にしてください。", "Use a value within the range."),
    "not_allowed": Text("使える値のどれかにしてください。", "Use one of the allowed values."),
    "wrong_form": Text(
        "書き方をAPIの説明で確かめてください。", "See the API's description for how it is written."
    ),
    "wrong_type": Text(
        "型をAPIの説明で確かめてください。数値は引用符も小数点もない整数で書きます。",
        "See the API's description for the type. Numbers are whole, without quotes or decimals.",
    ),
}


def bad_body(errors: list[Any]) -> BadInput:
    """pydantic's findings about a body as ours, the first MOST_FINDINGS of them."""
    return BadInput(*(_finding(each) for each in errors[:MOST_FINDINGS]))


def _finding(error: Any) -> Finding:
    code = _KINDS.get(error["type"], "wrong_type")
    place = _place(error["loc"])
    remedy = _REMEDIES[code]
    bounds = _bounds(error.get("ctx", {}))
    return Finding(
        code,
        Text(f"{place}：{CODES[code][1].ja}", f"{place}: {error['msg']}."),
        Text(f"{remedy.ja}{bounds}", f"{remedy.en}{bounds}"),
        place,
    )


def _place(location: tuple[str | int, ...]) -> str:
    """``lines[0].amount_yen``, as the reckoning names its fields; a long unknown key is cut."""
    place = ""
    for part in location:
        place += f"[{part}]" if isinstance(part, int) else f".{part[:60]}"
    return place.removeprefix(".") or "body"


def _bounds(context: dict[str, Any]) -> str:
    known = {
        "expected": "{}",
        "ge": ">= {:,}",
        "le": "<= {:,}",
        "min_length": ">= {:,}",
        "max_length": "<= {:,}",
        "pattern": "{}",
    }
    found = [form.format(context[name]) for name, form in known.items() if name in context]
    return f" ({', '.join(found)})" if found else ""


def malformed(place: str) -> Malformed:
    """The body is not JSON; place: where, as the parser says it."""
    return Malformed(
        Finding(
            "malformed_json",
            Text(f"本文をJSONとして読み取れません（{place}）。", f"The body cannot be read as JSON ({place})."),
            Text(
                "UTF-8のJSONを送ってください。NaNや無限大、対になっていないサロゲートは使えません。",
                "Send JSON in UTF-8, without NaN, infinities and lone surrogates.",
            ),
            "body",
        )
    )


def duplicate_key(key: str) -> Malformed:
    """A key stands twice, so which value is meant is anybody's guess."""
    return Malformed(
        Finding(
            "duplicate_key",
            Text(f"項目「{key[:60]}」が2回書かれています。", f"The key {key[:60]!r} stands twice."),
            Text("1回だけ書いてください。", "Keep one of the two."),
            key[:60],
        )
    )


def not_json() -> NotJson:
    """Another Content-Type."""
    return NotJson(
        Finding(
            "not_json",
            Text("本文の Content-Type が application/json ではありません。", "The Content-Type is not JSON."),
            Text(
                "Content-Type: application/json を付けて送ってください。", "Send Content-Type: application/json."
            ),
            "Content-Type",
        )
    )


def too_large() -> TooLarge:
    """More bytes than LARGEST_BODY."""
    limit = f"{LARGEST_BODY // 1024} KiB"
    return TooLarge(
        Finding(
            "body_too_large",
            Text(f"本文が{limit}を超えています。", f"The body is larger than {limit}."),
            Text("明細をまとめるか、分けて送ってください。", "Combine lines, or send several requests."),
            "body",
        )
    )


def codes_out_of_range(number: int, most: int) -> Malformed:
    """A comparison of none or of too many."""
    return Malformed(
        Finding(
            "codes_out_of_range",
            Text(
                f"比較できるのは1〜{most}件です（{number}件指定されました）。",
                f"1 to {most} packages can be compared; {number} were given.",
            ),
            Text(
                f"codes にコードをカンマ区切りで{most}件まで指定してください。",
                f"Give at most {most} codes, separated by commas.",
            ),
            "codes",
        )
    )


def scheme_not_usable(stamp: str) -> Malformed:
    """The scheme's version that a comparison was to be reckoned by; the page takes the one in use instead and says so."""
    return Malformed(
        Finding(
            "scheme_not_usable",
            Text(
                f"その制度（{stamp[:50]}）が見つからないか、いまの費目を含んでいません。",
                f"There is no such scheme ({stamp[:50]}), or it lacks kinds of cost that are sold now.",
            ),
            Text(
                "制度のidと版を 2018.2 のように指定するか、scheme を取り除いて、いま使われている制度で計算してください。",
                "Name a scheme's id and version, such as 2018.2, or leave scheme out for the one in use.",
            ),
            "scheme",
        )
    )


def bad_query(name: str, allowed: str) -> Malformed:
    """A query parameter that has an unknown value or is out of range."""
    return Malformed(
        Finding(
            "bad_query",
            Text(f"{name} の値が正しくありません。", f"{name} cannot be used as given."),
            Text(f"使える値：{allowed}", f"Possible values: {allowed}"),
            name,
        )
    )


def package_or_lines() -> BadInput:
    """What is to be reckoned is not said, or said twice."""
    return BadInput(
        Finding(
            "package_or_lines",
            Text(
                "package（ITツールのコード）か、lines（明細）と functions のどちらか一方を指定してください。",
                "Give either package (a code), or lines with functions; not both, not neither.",
            ),
            Text(
                "公開中のITツールなら package だけ、それ以外は lines にしてください。",
                "Use package alone for a published package, lines for anything else.",
            ),
            "package",
        )
    )


def quantities_without_package() -> BadInput:
    """Quantities are a package's; lines carry their amounts themselves."""
    return BadInput(
        Finding(
            "quantities_without_package",
            Text("quantities は、package と一緒に指定します。", "Give quantities together with package."),
            Text(
                "lines では、数量を含めた金額を amount_yen に書いてください。",
                "With lines, put the amount for the quantity into amount_yen.",
            ),
            "quantities",
        )
    )


def subsidy_or_range() -> BadInput:
    """Which price is looked for is not said, or said twice."""
    return BadInput(
        Finding(
            "subsidy_or_range",
            Text(
                "subsidy_yen（ほしい補助額）か、from_yen（金額の範囲の始まり）のどちらか一方を指定してください。",
                "Give either subsidy_yen or from_yen (with or without to_yen); not both, not neither.",
            ),
            Text(
                "補助額から金額を求めるなら subsidy_yen、自己負担が最小の金額を求めるなら from_yen を使います。",
                "subsidy_yen asks for the smallest price for a subsidy, from_yen for the least own cost.",
            ),
            "subsidy_yen",
        )
    )


def applicant_or_size() -> BadInput:
    """The size of business follows from the applicant; to give both would let them differ."""
    return BadInput(
        Finding(
            "applicant_or_size",
            Text(
                "規模は applicant から決まります。size と同時には指定できません。",
                "The size of business follows from the applicant; size cannot be given with it.",
            ),
            Text("size を取り除いてください。", "Leave size out."),
            "size",
        )
    )


def unknown_functions(unknown: list[tuple[int, str]], known: tuple[str, ...]) -> BadInput:
    """Core functions that the master data does not have."""
    shown = ", ".join(known)
    return BadInput(
        *(
            Finding(
                "unknown_function",
                Text(f"コア機能「{code[:20]}」はありません。", f"There is no core function {code[:20]!r}."),
                Text(f"使えるコード：{shown}", f"Possible codes: {shown}"),
                f"functions[{index}]",
            )
            for index, code in unknown[:MOST_FINDINGS]
        )
    )
