"""Strict YAML: a file either fits its model exactly, or every fault is named with file, line, key and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from marketplace.file_parts import Part
from marketplace.subsidy.faults import Fault, expected, fault
from tenants.errors import BadInput, Finding
from tenants.text import Text

_RATE = re.compile(r"[1-9][0-9]{0,5}/[1-9][0-9]{0,5}")


def _rate(value: object) -> Fraction:
    """An exact rate above 0 and at most 1, written as a quoted fraction."""
    if not isinstance(value, str) or not _RATE.fullmatch(value):
        raise fault(
            '"2/3" のように、分数を引用符で囲んで書いてください', 'a fraction in quotes such as "2/3" is expected'
        )
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
        node, data = _read(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        place = f"{name}:{line} {_key_at(text, line)}".rstrip()
        why = _why_no_yaml(error)
        raise BadInput(_finding(place, why.ja, why.en)) from error
    except RecursionError as error:
        raise BadInput(_finding(f"{name}:1", _TOO_DEEP.ja, _TOO_DEEP.en)) from error
    except (yaml.YAMLError, ValueError) as error:
        raise BadInput(_finding(f"{name}:1", "YAMLとして読めません", f"not YAML: {error}")) from error
    found = list(_repeated_keys(node, name))
    try:
        parsed = model.model_validate(data)
    except ValidationError as error:
        found += (finding for each in _own(error.errors()) for finding in _explained(each, model, node, name))
    if found:
        raise BadInput(*found)
    return parsed


def decoded(data: bytes, name: str) -> str:
    """A file's bytes as text. BadInput with the line when they are not UTF-8, as Japanese Windows saves it at times."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadInput(
            _finding(
                f"{name}:{line}",
                "文字コードがUTF-8ではありません。UTF-8で保存し直してください",
                "not in UTF-8; save it anew as UTF-8",
            )
        ) from error


_KEY = re.compile(r"[\s-]*([\w-]+)\s*:")
_TOO_DEEP = Text(
    "かっこや字下げが深く重なりすぎています。閉じ忘れがないか確かめてください",
    "brackets or indents are nested too deeply; is one not closed?",
)


def _key_at(text: str, line: int) -> str:
    """The key that a line (from 1) begins with, as far as a text that is no YAML has lines and keys."""
    lines = text.split("\n")
    found = _KEY.match(lines[line - 1]) if line <= len(lines) else None
    return found[1] if found else ""


def _why_no_yaml(error: yaml.MarkedYAMLError) -> Text:
    if "\\t" in str(error.problem):
        return Text(
            "YAMLとして読めません。字下げや区切りにタブは使えません。半角の空白にしてください",
            "not YAML: tabs are not used for indents or between key and value; spaces are expected",
        )
    return Text(
        "YAMLとして読めません。字下げ、かっこや引用符の閉じ忘れ、「:」の後の空白を確かめてください",
        f"not YAML: {error.problem}; check indents, brackets, quotes and the space after each colon",
    )


def _own(errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without what only follows from another: a list is called too short when what is in it does not fit."""
    places = [error["loc"] for error in errors]
    for error in errors:
        deeper = (place for place in places if len(place) > len(error["loc"]))
        if error["type"] != "too_short" or all(place[: len(error["loc"])] != error["loc"] for place in deeper):
            yield error


# The same values ten times as quickly where PyYAML was built with libyaml, as its wheels are. It words its complaints
# otherwise, so it reads only what needs none.
_QUICK = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def plain(text: str) -> Any:
    """The values of a text that :func:`parse` has accepted, or that comes with the software, as they are kept: dates
    as text.
    """
    return _plain(yaml.load(text, _QUICK))  # noqa: S506  (a safe loader)


@dataclass(frozen=True, slots=True)
class Written:
    """How a single value stands in a text: from character start to before end. empty: it is none (null)."""

    said: str
    start: int
    end: int
    empty: bool


def written_values(text: str) -> dict[str, Written]:
    """Where each single value of an accepted text stands, by the way to it (``limits.caps.0.yen``), in its order.

    Left out are those of several lines (``|``, ``>``), whose end is part of the layout.
    """
    node, _ = _read(text)
    return dict(_scalars(node, ()))


def _scalars(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, Written]]:
    if isinstance(node, yaml.MappingNode):
        for key, child in node.value:
            yield from _scalars(child, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from _scalars(child, (*path, str(number)))
    elif isinstance(node, yaml.ScalarNode) and node.style not in ("|", ">"):
        empty = node.tag == "tag:yaml.org,2002:null"
        yield ".".join(path), Written(node.value, node.start_mark.index, node.end_mark.index, empty)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value


class _Loader(yaml.SafeLoader):
    """Without aliases: a few lines of them stand for a billion nodes, and no scheme needs one.

    And without tags, by which a value may be called what it is not: PyYAML falls over some of them.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """PyYAML's own hook."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases (*) are not used here", event.start_mark)
        if event.tag is not None:
            raise yaml.composer.ComposerError(None, None, "tags (!) are not used here", event.start_mark)
        return super().compose_node(parent, index)

    def a_day(self, node: yaml.ScalarNode) -> object:
        """A day that no calendar has stays text: then it is told where it stands, and that a date is expected."""
        try:
            return self.construct_yaml_timestamp(node)
        except ValueError:
            return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.a_day)


def _read(text: str) -> tuple[yaml.Node | None, object]:
    """The nodes (which know their lines) and the plain values."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return node, None if node is None else loader.construct_document(node)
    finally:
        loader.dispose()


def _repeated_keys(node: yaml.Node | None, name: str, path: tuple[str, ...] = ()) -> Iterator[Finding]:
    """YAML lets the last of two equal keys win silently; a rate must never be lost that way."""
    if isinstance(node, yaml.SequenceNode):
        for number, child in enumerate(node.value):
            yield from _repeated_keys(child, name, (*path, str(number)))
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, child in node.value:
        word, line = str(key.value), key.start_mark.line + 1
        if word in seen:
            place = f"{name}:{line} {'.'.join((*path, word))}"
            ja = f"同じ項目が2回書かれています（1回目は{seen[word]}行目）。1つだけにしてください"
            yield _finding(place, ja, f"this key is written twice, first in line {seen[word]}; once is expected")
        seen.setdefault(word, line)
        yield from _repeated_keys(child, name, (*path, word))


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


def _explained(
    error: ErrorDetails, model: type[BaseModel], node: yaml.Node | None, name: str
) -> Iterator[Finding]:
    path = error["loc"]
    context: dict[str, Any] = error.get("ctx", {})
    several: list[Fault] = context.get("faults", [])
    for each in several:
        yield _finding(_place((*path, *each.path), node, name), each.ja, each.en)
    if several:
        return
    said = Text(context["ja"], context["en"]) if "ja" in context else expected(error["type"], context)
    ja, en = said.ja, said.en
    if error["type"] == "extra_forbidden":
        known = ", ".join(_keys_of(model, path[:-1]))
        ja, en = f"{ja}。使える項目：{known}", f"{en}; expected: {known}"
    yield _finding(_place(path, node, name), ja, en)


def _place(path: tuple[int | str, ...], node: yaml.Node | None, name: str) -> str:
    return f"{name}:{_line_of(node, path)} {'.'.join(str(step) for step in path)}".rstrip()


def _keys_of(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that the part at this path knows."""
    here: Any = model
    for step in path:
        here = _inside(here, step)
    return [field.alias or key for key, field in here.model_fields.items()]


def _inside(annotation: Any, step: int | str) -> Any:
    """What stands under a key or at a place of a model, ``dict[str, X]`` or ``tuple[X, ...]``."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0]
    fields = {field.alias or key: field.annotation for key, field in annotation.model_fields.items()}
    found = fields[str(step)]
    # X | None: a part that may be left out
    return next((each for each in get_args(found) if each is not NoneType), found) if _optional(found) else found


def _optional(annotation: Any) -> bool:
    return NoneType in get_args(annotation)


def _finding(place: str, ja: str, en: str) -> Finding:
    return Finding(
        "bad_file",
        Text(f"{place}: {ja}", f"{place}: {en}"),
        Text("この行を直してから、もう一度読み込んでください。", "Correct this line, then load the file again."),
        place,
    )
