"""A scheme's form: the values that change most, in groups, with words for people who do not write YAML."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from marketplace.subsidy.edits import Kind, Value
from tenants.errors import Finding
from tenants.text import Text, same

_PLACE: Final = re.compile(r"^scheme\.yaml:\d+ ?")
_BASIC: Final = Text("名前と期間", "Name and dates")
_MONTHS: Final = Text("対象になる月数", "Months that count")
_ASKED: Final = Text("申請者への質問", "Questions to the applicant")
_MEND: Final = Text("この欄を直してください。", "Correct this field.")
# By the last step of the path, or the last two.
_LABELS: Final[Mapping[str, Text]] = {
    "name.ja": Text("制度の名前（日本語）", "Name in Japanese"),
    "name.en": Text("制度の名前（英語）", "Name in English"),
    "effective.from": Text("公募の最初の日", "First day"),
    "effective.to": Text("公募の最後の日", "Last day"),
    "effective.clause": Text("公募期間の根拠", "Clause of the dates"),
    "follow_up.years": Text("後年報告の年数", "Years of follow-up reports"),
    "follow_up.clause": Text("後年報告の根拠", "Clause of the reports"),
    "rates.sme": Text("補助率（中小企業）", "Rate, small and medium businesses"),
    "rates.small": Text("補助率（小規模事業者）", "Rate, small businesses"),
    "up_to_subsidy_yen": Text("この補助率で計算する補助額の終わり", "Up to this subsidy"),
    "yen": Text("金額", "Amount"),
    "clause": Text("根拠（出典の箇所）", "Clause"),
    "question.ja": Text("質問（日本語）", "Question in Japanese"),
    "question.en": Text("質問（英語）", "Question in English"),
}
_UNITS: Final[Mapping[str, Text]] = {"follow_up.years": Text("年", "years")}
_HINTS: Final[Mapping[str, Text]] = {
    "effective.to": Text("決まっていなければ空のままにします。", "Empty while it is not decided."),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One control. name: the path of its value in the text; unit: behind figures."""

    name: str
    kind: Kind
    label: Text
    value: str
    unit: Text
    hint: Text | None
    errors: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that belong together, under one heading."""

    label: Text
    fields: tuple[Field, ...]


def groups(
    values: Sequence[Value], content: Mapping[str, Any], typed: Mapping[str, str], findings: Sequence[Finding] = ()
) -> list[Group]:
    """The form's groups in the order of the text. typed: what was sent, by path. findings: of the text's check."""
    wrong = _by_field([value.path for value in values], findings)
    found: dict[Text, list[Field]] = {}
    for value in values:
        label = _group(value.path, content)
        said = typed.get(value.path, f"{int(value.said):,}" if _is_yen(value) else value.said)
        found.setdefault(label, []).append(
            Field(
                value.path,
                value.kind,
                _label(value.path, content),
                said,
                _look_up(_UNITS, value.path)
                or (Text("円", "yen") if value.kind == "yen" else Text("か月", "months")),
                _look_up(_HINTS, value.path),
                tuple(wrong.get(value.path, ())),
            )
        )
    return [Group(label, tuple(fields)) for label, fields in found.items()]


def at_fields(findings: Sequence[Finding], values: Sequence[Value]) -> list[Finding]:
    """The findings as the form's summary shows them: each with the control to mend it at, where there is one."""
    paths = [value.path for value in values]
    return [_at(each, _control(each, paths)) for each in findings]


def _at(finding: Finding, control: str | None) -> Finding:
    """As it reads beside a control, where it has one: without its place in the text, which is no use there."""
    if control is None or control == finding.field:
        return finding
    place = f"{finding.field}: "
    said = Text(finding.message.ja.removeprefix(place), finding.message.en.removeprefix(place))
    return Finding(finding.code, said, _MEND, control)


def _by_field(paths: Sequence[str], findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        control = _control(each, paths)
        if control is not None:
            found.setdefault(control, []).append(_at(each, control))
    return found


def _control(finding: Finding, paths: Sequence[str]) -> str | None:
    """The control it is about: of this very value, or the first of the part that does not fit together."""
    place = _PLACE.sub("", finding.field or "")
    within = (path for path in paths if path == place or (place and path.startswith(f"{place}.")))
    return next(within, place if place == "effective_from" else None)


def _is_yen(value: Value) -> bool:
    return value.kind == "yen" and value.said.isdecimal()


def _look_up(words: Mapping[str, Text], path: str) -> Text | None:
    steps = path.split(".")
    return words.get(".".join(steps[-2:])) or words.get(steps[-1])


def _label(path: str, content: Mapping[str, Any]) -> Text:
    steps = path.split(".")
    if steps[0] == "cost_kinds":
        return Text(**content["cost_kinds"][steps[1]]["label"])
    return _look_up(_LABELS, path) or same(path)


def _group(path: str, content: Mapping[str, Any]) -> Text:
    match path.split("."):
        case ["segments", number, part, place, *rest]:
            segment = content["segments"][int(number)]
            inside = segment[part][int(place)]
            of = _rates(inside, rest) if part == "bands" else _cap(inside, content)
            return Text(f"{segment['label']['ja']}：{of.ja}", f"{segment['label']['en']}: {of.en}")
        case ["limits", "caps", place, *_]:
            of = _cap(content["limits"]["caps"][int(place)], content)
            return Text(f"全体：{of.ja}", f"All together: {of.en}")
        case ["limits", *_]:
            return Text("全体：補助額の下限", "All together: least subsidy")
        case ["cost_kinds", *_]:
            return _MONTHS
        case ["conditions", *_]:
            return _ASKED
        case _:
            return _BASIC


def _rates(band: Mapping[str, Any], rest: Sequence[str]) -> Text:
    end = band.get("up_to_subsidy_yen")
    ja, en = ("補助率", "rate") if end is None else (f"補助率（補助額{end:,}円まで）", f"rate up to {end:,} yen")
    if rest[0] == "raised":
        when = band["raised"][int(rest[1])]["when"]
        return Text(f"{ja}、条件「{when}」を満たすとき", f"{en}, where {when} holds")
    return Text(ja, en)


def _cap(cap: Mapping[str, Any], content: Mapping[str, Any]) -> Text:
    first, last = cap.get("from", 0), cap.get("to")
    what = Text("プロセス", "processes") if content["counts"] == "processes" else Text("機能", "functions")
    outside = cap["bound"] == "exclusive"
    ja, en = ("補助額の上限（未満）", "most subsidy (below)") if outside else ("補助額の上限", "most subsidy")
    if first and first == last:
        return Text(f"{ja}、{first}{what.ja}", f"{en}, {first} {what.en}")
    if last is not None:
        return Text(f"{ja}、{first}〜{last}{what.ja}", f"{en}, {first} to {last} {what.en}")
    return Text(f"{ja}、{first}{what.ja}以上", f"{en}, {first} {what.en} or more") if first else Text(ja, en)
