"""What a file's reader is told of a value that does not fit: what was expected, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic_core import PydanticCustomError

from tenants.text import Text


def fault(ja: str, en: str) -> PydanticCustomError:
    """What a validator raises when a value does not fit: said in both languages."""
    return PydanticCustomError("does_not_fit", "{en}", {"ja": ja, "en": en})


class Fault(NamedTuple):
    """One thing that does not fit. path: from the part whose validator says it to the key that is wrong."""

    path: tuple[str | int, ...]
    ja: str
    en: str


def faults(found: Sequence[Fault]) -> PydanticCustomError:
    """What a validator raises that looks across keys: all faults at once, each at its own key."""
    return PydanticCustomError("do_not_fit", "{en}", {"en": found[0].en, "faults": list(found)})


_INTEGER = Text("100000 のような整数が必要です", "a valid integer such as 100000 is expected")
_YES_OR_NO = Text("true か false が必要です", "a boolean is expected: true or false")
_WORDS = Text(
    '文字で書いてください（数字だけのときは "2017" のように引用符で囲みます）',
    'text is expected (in quotes where it is a number: "2017")',
)
_DATE = Text(
    "2017-04-01 のような日付が必要です（暦にない日は書けません）",
    "a valid date of the calendar such as 2017-04-01 is expected",
)
_LIST = Text("「- 」で始まる一覧が必要です", 'a list is expected, each item after "- "')
_PAIRS = Text("「項目: 値」の組が必要です", '"key: value" pairs are expected')
_CHOICE = Text("決められた値のどれかが必要です（{expected}）", "one of these is expected: {expected}")
# By pydantic's type of error; its context fills the braces.
_EXPECTED: Mapping[str, Text] = {
    "missing": Text("この項目を書いてください。必要な項目です", "this key is required, and missing"),
    "extra_forbidden": Text(
        "この項目は知られていません（つづりを確かめてください）", "this key is not permitted here"
    ),
    "invalid_key": Text(
        '項目の名前は文字で書いてください（数字だけのときは "2017" のように引用符で囲みます）',
        'a key is expected to be text (in quotes where it is a number: "2017")',
    ),
    "int_type": _INTEGER,
    "int_from_float": _INTEGER,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "string_type": _WORDS,
    "string_too_short": Text("{min_length}文字以上が必要です", "at least {min_length} characters are expected"),
    "string_too_long": Text("{max_length}文字以内が必要です", "at most {max_length} characters are expected"),
    "date_type": _DATE,
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "too_short": Text("{min_length}つ以上必要です", "at least {min_length} are expected"),
    "greater_than_equal": Text("{ge}以上の数が必要です", "a number of at least {ge} is expected"),
    "less_than_equal": Text("{le}以下の数が必要です", "a number of at most {le} is expected"),
    "tuple_type": _LIST,
    "dict_type": _PAIRS,
    "model_type": _PAIRS,
}
# Patterns are for machines; what they ask for in words.
_PATTERNS: Mapping[str, Text] = {
    r"^[a-z0-9-]+$": Text(
        "半角の英小文字・数字・ハイフンだけで書いてください（例：2025-normal）",
        "small letters, digits and hyphens are expected, such as 2025-normal",
    ),
    r"^https://": Text("https:// で始まるアドレスが必要です", "an address that begins with https:// is expected"),
}
_NOT_RIGHT = Text("値が正しくありません", "the value does not fit")


def expected(kind: str, context: Mapping[str, Any]) -> Text:
    """What was expected where pydantic found this type of error."""
    if kind == "string_pattern_mismatch":
        pattern = context["pattern"]
        return _PATTERNS.get(pattern) or Text(
            f"決まった書き方（{pattern}）に合うように書いてください", f"text of the form {pattern} is expected"
        )
    found = _EXPECTED.get(kind, _NOT_RIGHT)
    ja = dict(context)
    if "expected" in ja:  # 'proxy' or 'applicant'
        ja["expected"] = "・".join(re.findall(r"'([^']*)'", ja["expected"]))
    return Text(found.ja.format(**ja), found.en.format(**context))
