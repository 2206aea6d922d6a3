"""Schemes nobody has written yet, drawn at random within the language, and a slow reckoning that shares no code.

The engine must be right for the next edition too, not only for those that are shipped.
"""

import json
from decimal import ROUND_FLOOR, Decimal, localcontext

from hypothesis import strategies as st

from marketplace.subsidy.engine import CostLine
from marketplace.subsidy.files import plain
from marketplace.subsidy.scheme import SHIPPED, Scheme

CLAUSE = {"clause": "公募要領"}
BASE = plain((SHIPPED / "2017.yaml").read_text(encoding="utf-8"))
WORDS = {"label": {"ja": "費目", "en": "kind"}, "reason": {"ja": "理由", "en": "reason"}} | CLAUSE

rates = st.tuples(st.integers(1, 12), st.integers(1, 12)).map(lambda p: f"{min(p)}/{max(p)}")
both = st.fixed_dictionaries({"sme": rates, "small": rates})
bounds = st.sampled_from(["inclusive", "exclusive"])


@st.composite
def bands(draw, raised):
    ends = sorted(draw(st.sets(st.integers(1, 3_000), max_size=2)))
    found = []
    for end in (*ends, None):
        band = {"rates": draw(both)} | CLAUSE
        if end is not None:
            band["up_to_subsidy_yen"] = end
        if raised:
            band["raised"] = [{"when": "grow", "rates": draw(both)} | CLAUSE]
        found.append(band)
    return found


@st.composite
def caps(draw):
    count = draw(st.integers(0, 3))
    amounts = sorted(draw(st.lists(st.integers(200, 6_000), min_size=count, max_size=count)))
    starts = sorted(draw(st.sets(st.integers(0, 6), min_size=count, max_size=count)))
    found = []
    for place, (yen, start) in enumerate(zip(amounts, starts, strict=True)):
        cap = {"from": start, "yen": yen, "bound": draw(bounds)} | CLAUSE
        if place + 1 < count:
            cap["to"] = starts[place + 1] - 1
        found.append(cap)
    return found


@st.composite
def schemes_at_random(draw):
    """A scheme with small amounts, so that brute force is quick."""
    raised = draw(st.booleans())
    floor = draw(st.one_of(st.none(), st.integers(1, 180)))
    months = draw(st.one_of(st.none(), st.integers(1, 12)))
    content = BASE | {
        "id": "random",
        "counts": draw(st.sampled_from(["functions", "processes"])),
        "rounding": {
            "at": draw(st.sampled_from(["total", "segment"])),
            "direction": "down",
            "unit_yen": draw(st.sampled_from([1, 1, 7, 100])),
        }
        | CLAUSE,
        "cost_kinds": {
            "software": WORDS | {"eligible": True},
            "cloud": WORDS | {"eligible": True} | ({"months": months} if months else {}),
            "pc": WORDS | {"eligible": True},
            "other": WORDS | {"eligible": False},
        },
        "conditions": {
            "grow": {"question": {"ja": "賃上げ", "en": "wages"}} | CLAUSE,
            "must": {"question": {"ja": "必須", "en": "required"}, "required": True} | CLAUSE,
        },
        "segments": [
            {
                "id": "software",
                "label": {"ja": "ソフト", "en": "software"},
                "kinds": ["software", "cloud"],
                "bands": draw(bands(raised)),
                "caps": draw(caps()),
                "shared": draw(st.booleans()),
            },
            {
                "id": "pc",
                "label": {"ja": "PC", "en": "PCs"},
                "kinds": ["pc"],
                "with_software": draw(st.booleans()),
                "bands": draw(bands(raised)),
                "caps": draw(caps()),
            },
        ],
        "limits": {
            "caps": draw(caps()),
        }
        | ({"floor": {"yen": floor, "bound": draw(bounds)} | CLAUSE} if floor else {}),
    }
    if draw(st.booleans()):
        content["package"] = {"books": {"label": {"ja": "会計", "en": "books"}, "one_of": ["F1", "F2"]} | CLAUSE}
    return Scheme.model_validate_json(json.dumps(content))


@st.composite
def lines_at_random(draw, most=4_000):
    kind = draw(st.sampled_from(["software", "cloud", "pc", "other"]))
    months = draw(st.one_of(st.none(), st.integers(1, 36)))
    every = draw(st.integers(1, 9))
    return CostLine(kind, draw(st.integers(0, most)), months, accounts=(draw(st.integers(0, every)), every))


def slowly(scheme: Scheme, lines, *, size="sme", functions=(), answers=(), granted=None) -> int:
    """The rules read off the scheme's file and followed yen by yen, in Decimal."""
    count = len(set(functions))
    answers = dict(answers)
    if any(c.required and answers.get(code) is False for code, c in scheme.conditions.items()):
        return 0
    for each in scheme.package.values():
        if functions and each.one_of and not set(each.one_of) & set(functions):
            return 0
    with localcontext() as context:
        context.prec = 120
        total = Decimal(0)
        for number, segment in enumerate(scheme.segments):
            cost = sum(
                (_share(scheme, segment, line) for line in lines if _code(scheme, line) in segment.kinds),
                Decimal(0),
            )
            if number and segment.with_software and not count:
                first = scheme.segments[0].kinds
                cost = cost if any(_code(scheme, line) in first for line in lines) else Decimal(0)
            paid = _capped(_banded(segment, cost, size, answers), segment.caps, count, scheme.rounding.unit_yen)
            if scheme.rounding.at == "segment":
                paid = _down(paid, scheme.rounding.unit_yen)
            total += paid
        unit = scheme.rounding.unit_yen
        yen = _capped(_down(total, unit), scheme.limits.caps, count, unit)
        return _floored(scheme, int(yen), granted)


def _floored(scheme, yen, granted):
    floor = scheme.limits.floor
    below = floor is not None and (yen < floor.yen or (floor.bound == "exclusive" and yen == floor.yen))
    if below and not (granted is not None and scheme.confirmation.below_floor == "pay"):
        yen = 0
    return yen if granted is None else min(yen, granted)


def _down(amount: Decimal, unit: int) -> Decimal:
    # Thirds and sevenths do not end in Decimal: the hair makes up for what the 120th digit lost.
    return ((amount + Decimal("1e-40")) / unit + Decimal("1e-50")).to_integral_value(ROUND_FLOOR) * unit


def _code(scheme, line):
    return next(k for k, kind in scheme.cost_kinds.items() if line.kind == k or line.kind in kind.aliases)


def _share(scheme, segment, line) -> Decimal:
    months = scheme.cost_kinds[_code(scheme, line)].months
    share = Decimal(line.amount_yen)
    if months and line.months and line.months > months:
        share = share * months / line.months
    if segment.shared:
        share = share * line.accounts[0] / line.accounts[1]
    return share


def _banded(segment, cost: Decimal, size, answers) -> Decimal:
    paid, start = Decimal(0), Decimal(0)
    for band in segment.bands:
        rate = getattr(band.rates, size)
        for each in band.raised:
            if answers.get(each.when):
                rate = max(rate, getattr(each.rates, size))
        here = cost * rate.numerator / rate.denominator
        room = None if band.up_to_subsidy_yen is None else band.up_to_subsidy_yen - start
        if room is None or here <= room:
            return paid + here
        paid += room
        start = Decimal(band.up_to_subsidy_yen)
        cost -= room * rate.denominator / rate.numerator
    raise AssertionError("the last band is open")


def _capped(amount: Decimal, caps, count: int, unit: int) -> Decimal:
    if not caps:
        return amount
    fitting = [c for c in caps if c.at_least <= count and (c.at_most is None or count <= c.at_most)]
    if not fitting:
        return Decimal(0)
    most = fitting[0].yen - (fitting[0].bound == "exclusive")
    return min(amount, Decimal(most // unit * unit))
