"""What a package is said to do to the work: hours saved, productivity, for how large a business, and on what grounds. Pure.

Everything here is the vendor's own claim, which nobody has tested, and may be left unsaid. A claim without the size of
business and the grounds says nothing, so these come with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tenants.errors import Finding
from tenants.text import Text, same

HOURS: Final = "hours"
PEOPLE: Final = "people"
PRODUCTIVITY: Final = "productivity"
BASIS: Final = "basis"
NAMES: Final[Mapping[str, Text]] = {
    HOURS: Text("削減できる作業時間（月）", "Hours of work saved a month"),
    PRODUCTIVITY: Text("労働生産性の向上", "Rise of labour productivity"),
    PEOPLE: Text("効果の前提となる人数", "People it is reckoned for"),
    BASIS: Text("効果の根拠", "Grounds of the effect"),
}
UNSAID: Final = Text("未記入", "not stated")
MOST_HOURS: Final = 100_000
MOST_PEOPLE: Final = 10_000
MOST_PRODUCTIVITY: Final = 300
MOST_BASIS: Final = 300
# Nobody saves more than they work: 8 hours on 20 days.
MOST_HOURS_PER_PERSON: Final = 160

Effect = Mapping[str, int | str]
"""hours: whole hours a month, of all people together; productivity: whole percent; people: of the business that both
are reckoned for; basis: where the figures come from. What is not claimed is not there; nothing claimed is empty."""


def effect_of(content: Mapping[str, Any]) -> Effect:
    """What a package's publication claims; nothing for one from before this was asked."""
    return content.get("effect") or {}


def stated(effect: Mapping[str, int | str | None]) -> dict[str, int | str]:
    """The same without what is left empty, in the order of NAMES."""
    found = {name: effect.get(name) for name in NAMES}
    return {name: value for name, value in found.items() if value is not None and value != ""}


def faults(effect: Effect, fields: Mapping[str, str]) -> Iterator[Finding]:
    """What is missing beside a figure, and a figure that cannot be. fields: the field of each name."""
    figures = [name for name in (HOURS, PRODUCTIVITY) if name in effect]
    if effect and not figures:
        yield Finding(
            "no_effect_figure",
            Text("効果の数字がありません。", "There is no figure of the effect."),
            Text(
                "削減できる作業時間か、労働生産性の向上のどちらかを入力してください。効果を書かないときは、人数と根拠も空にしてください。",
                "Give the hours saved or the rise of productivity; to claim nothing leave people and grounds empty too.",
            ),
            fields[HOURS],
        )
    for name in (PEOPLE, BASIS) if figures else ():
        if name not in effect:
            yield Finding(
                "effect_incomplete",
                Text(f"「{NAMES[name].ja}」がありません。", f"{NAMES[name].en}: missing."),
                Text(
                    "効果の数字には、何人の事業者での数字かと、その根拠を添えてください。",
                    "A figure needs the size of business it is for and its grounds.",
                ),
                fields[name],
            )
    hours, people = effect.get(HOURS), effect.get(PEOPLE)
    if isinstance(hours, int) and isinstance(people, int) and hours > people * MOST_HOURS_PER_PERSON:
        yield Finding(
            "effect_too_large",
            Text(
                f"{people:,}人で月{hours:,}時間の削減は、1人あたり月{MOST_HOURS_PER_PERSON}時間を超えます。",
                f"{hours:,} hours saved by {people:,} people is above {MOST_HOURS_PER_PERSON} a month for each.",
            ),
            Text(
                "1か月の合計時間と人数を確かめてください。",
                "Check the hours of one month and the number of people.",
            ),
            fields[HOURS],
        )


def tenths_per_person(effect: Effect) -> int | None:
    """Tenths of an hour that one person saves a month, cut off; None where no hours are claimed."""
    hours, people = effect.get(HOURS), effect.get(PEOPLE)
    if not isinstance(hours, int) or not isinstance(people, int):
        return None
    return hours * 10 // people


def words(name: str, effect: Effect) -> Text | None:
    """One part of the claim with its unit; None when it is not there."""
    value = effect.get(name)
    if value is None:
        return None
    if isinstance(value, str):
        return same(value)
    said = {
        HOURS: Text(f"{value:,}時間", f"{value:,} hours"),
        PEOPLE: Text(f"{value:,}人の事業者で", f"for a business of {value:,}"),
        PRODUCTIVITY: Text(f"{value}%", f"{value}%"),
    }
    return said[name]


def facts(effect: Effect) -> tuple[tuple[Text, Text], ...]:
    """The whole claim in words, by name; empty when nothing is claimed."""
    said = ((label, words(name, effect)) for name, label in NAMES.items())
    return tuple((label, found) for label, found in said if found is not None)
