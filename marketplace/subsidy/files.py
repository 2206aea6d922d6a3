"""Strict YAML: a file either fits its model exactly, or every fault is named with file, line, key and what was expected."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from tenants.errors import BadInput, Finding
from tenants.text import Text

_RATE = re.compile(r"[1-9][0-9]{0,5}/[1-9][0-9]{0,5}")


def fault(ja: str, en: str) -> PydanticCustomError:
    """What a validator raises when a value does not fit: said in both languages."""
    return PydanticCustomError("does_not_fit", "{en}", {"ja": ja, "en": en})


def _rate(value: object) -> Fraction:
    """An exact rate above 0 and at most 1, written as a quoted fraction."""
    if not isinstance(value, str) or not _RATE.fullmatch(value):
        raise fault('"2/3" のような分数の文字列が必要です', 'a fraction in quotes such as "2/3" is expected')
    numerator, denominator = value.split("/")
    rate = Fraction(int(numerator), int(denominator))
    if rate > 1:
        raise fault("1以下の分数が必要です", "a fraction of at most 1 is expected")
    return rate


def _said(value: object) -> Text:
    """{ja, en}, both filled and nothing else."""
    if (
        not isinstance(value, dict)
        or set(value) != {"ja", "en"}
        or not all(isinstance(word, str) and word.strip() for word in value.values())
    ):
        raise fault("{ja: …, en: …} の2つの文が必要です", "two sentences {ja: …, en: …} are expected")
    return Text(value["ja"], value["en"])


def _unbooled(value: object) -> object:
    """YAML's `yes` is not the number one."""
    if isinstance(value, bool):
        raise fault("整数が必要です", "a whole number is expected")
    return value


Rate = Annotated[Fraction, PlainValidator(_rate)]
Said = Annotated[Text, PlainValidator(_said)]
Yen = Annotated[int, BeforeValidator(_unbooled), Field(strict=True, ge=0, le=10**12)]
Count = Annotated[int, BeforeValidator(_unbooled), Field(strict=True, ge=0, le=100_000)]
Word = Annotated[str, Field(min_length=1, max_length=200)]


class Part(BaseModel):
    """A piece of a file: no key may be unknown, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(Part):
    """A rule with the clause it comes from, and an open mark when no source confirms it."""

    clause: Word
    unconfirmed: StrictBool = False
    note: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _says_what_is_open(self) -> Sourced:
        if self.unconfirmed and self.note is None:
            raise fault(
                "unconfirmed には、何が未確認かを書いた note が必要です",
                "unconfirmed needs a note that says what no source confirms",
            )
        return self


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], text: str, name: str) -> M:
    """The file's text as a model.

    name: the file's name, used in messages. Raises BadInput with one finding for each fault, its field
    reading ``2017.yaml:12 segments.0.bands.0.rates.sme``.
    """
    try:
        node, data = _read(text, name)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BadInput(_finding(f"{name}:{line}", "YAMLとして読めません", f"not YAML: {error.problem}")) from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadInput(_finding(f"{name}:1", "YAMLとして読めません", f"not YAML: {error}")) from error
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise BadInput(*(_explained(each, node, name) for each in error.errors())) from error


def _read(text: str, name: str) -> tuple[yaml.Node | None, object]:
    """The nodes (which know their lines) and the plain values."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        _refuse_repeated_keys(node, name)
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_repeated_keys(node: yaml.Node | None, name: str) -> None:
    """YAML lets the last of two equal keys win silently; a rate must never be lost that way."""
    if isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _refuse_repeated_keys(child, name)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, child in node.value:
        if key.value in seen:
            place = f"{name}:{key.start_mark.line + 1} {key.value}"
            raise BadInput(_finding(place, "同じ項目が2回書かれています", "this key is written twice"))
        seen.add(str(key.value))
        _refuse_repeated_keys(child, name)


def _line_of(node: yaml.Node | None, path: tuple[int | str, ...]) -> int:
    """The line (from 1) of the deepest node on the path that the file really has."""
    line = 1
    for step in path:
        items = node.value if isinstance(node, yaml.CollectionNode) else []
        # A mapping's items are pairs of key and value; an item of a sequence stands for both.
        named = (item if isinstance(item, tuple) else (item, item, index) for index, item in enumerate(items))
        found = next((pair for pair in named if str(pair[2] if pair[2:] else pair[0].value) == str(step)), None)
        if found is None:
            break
        node, line = found[1], found[0].start_mark.line + 1
    return line


_KINDS = {
    "missing": "必要な項目がありません",
    "extra_forbidden": "この項目は知られていません（つづりを確かめてください）",
    "int_type": "整数が必要です",
    "bool_type": "true か false が必要です",
    "string_type": "文字列が必要です",
    "date_type": "2017-04-01 のような日付が必要です",
    "literal_error": "決められた値のどれかが必要です",
    "too_short": "1つ以上必要です",
}


def _explained(error: ErrorDetails, node: yaml.Node | None, name: str) -> Finding:
    path = error["loc"]
    context: dict[str, Any] = error.get("ctx", {})
    place = f"{name}:{_line_of(node, path)} {'.'.join(str(step) for step in path)}".rstrip()
    ja = context.get("ja") or _KINDS.get(error["type"], "値が正しくありません")
    en = context.get("en") or error["msg"]
    expected = context.get("expected")
    return _finding(place, f"{ja}（{expected}）" if expected else ja, en)


def _finding(place: str, ja: str, en: str) -> Finding:
    return Finding(
        "bad_file",
        Text(f"{place}: {ja}", f"{place}: {en}"),
        Text("この行を直してから、もう一度読み込んでください。", "Correct this line, then load the file again."),
        place,
    )
