"""Each amount says why: lines, limits, ways up, and what is wrong with the input."""

import pytest

from marketplace.subsidy.engine import CostLine, count_of, estimate, figures_of, tariff_for
from marketplace.subsidy.inverse import Asked, price_for
from marketplace.subsidy.scheme import SHIPPED, Scheme, load_scheme, shipped_schemes
from tenants.errors import BadInput

SOFTWARE = "software"


def scheme(name: str) -> Scheme:
    return shipped_schemes().get(name)


def small_scheme(**changes: str) -> Scheme:
    """A scheme for one test: the 2017 file with pieces of its text replaced."""
    text = (SHIPPED / "2017.yaml").read_text(encoding="utf-8")
    for old, new in changes.values():
        assert old in text
        text = text.replace(old, new)
    return load_scheme(text, "test.yaml")


def codes(items) -> list[str]:
    return [item.code for item in items]


def test_json_of_an_estimate_below_the_floor():
    found = estimate(
        scheme("2017"), [CostLine("cloud", 595_200, 24, "予約"), CostLine("hardware", 1_000)]
    ).as_json()
    assert list(found) == [
        "scheme",
        "scheme_version",
        "fundable",
        "total_yen",
        "eligible_cost_yen",
        "subsidy_yen",
        "own_cost_yen",
        "lines",
        "limits",
        "conditions",
        "raises",
        "findings",
    ]
    cloud, hardware = found["lines"]
    assert cloud["label"] == "予約"
    assert (cloud["counted_yen"], cloud["months_counted"], cloud["rate"]) == (297_600, 12, "2/3")
    assert "24か月分のうち" in cloud["reason"]
    assert (hardware["counted_yen"], hardware["months_counted"], hardware["rate"]) == (0, None, None)
    assert found["limits"][0]["code"] == "floor"
    assert found["limits"][0]["before_yen"] == 198_400
    assert found["raises"][0]["extra_eligible_yen"] == 2_400
    assert found["raises"][0]["subsidy_yen"] == 200_000
    assert found["findings"][0]["code"] == "below_floor"


def test_english_too():
    found = estimate(scheme("2017"), [CostLine(SOFTWARE, 1_000_001)]).as_json("en")
    assert found["lines"][0]["kind_label"] == "Software"
    assert found["limits"][0]["code"] == "rounding"
    assert "1/3 yen" in found["limits"][0]["reason"]
    assert "of eligible cost reaches" in found["raises"][0]["message"]


def test_the_cap_and_the_way_to_it():
    below = estimate(scheme("2017"), [CostLine(SOFTWARE, 1_499_999)])
    assert codes(below.raises) == ["reach_cap"]
    assert (below.raises[0].extra_eligible_yen, below.raises[0].subsidy_yen) == (1, 1_000_000)
    above = estimate(scheme("2017"), [CostLine(SOFTWARE, 1_500_003)])
    assert codes(above.limits) == ["cap"]
    assert above.limits[0].reason.ja == "補助額の上限は1,000,000円です。"
    assert above.raises == ()


def test_an_exclusive_cap_and_the_fourth_process():
    found = estimate(scheme("2025-normal"), [CostLine(SOFTWARE, 3_000_000)], processes=3)
    assert found.subsidy_yen == 1_499_999
    assert "未満" in found.limits[0].reason.ja
    assert codes(found.raises) == ["next_tier"]
    assert found.raises[0].subsidy_yen == 1_500_000
    assert "4つ以上" in found.raises[0].message.ja


@pytest.mark.parametrize("name", ["2025-normal", "2025-invoice"])
def test_without_functions_a_tiered_scheme_grants_nothing_and_says_so(name):
    found = estimate(scheme(name), [CostLine(SOFTWARE, 3_000_000)])
    assert not found.fundable
    assert "count_missing" in codes(found.limits)
    assert "count_missing" in codes(found.findings)
    assert found.raises[-1].code == "next_tier"


def test_bands_show_both_rates_and_the_second_function_lifts_the_cap():
    found = estimate(scheme("2025-invoice"), [CostLine(SOFTWARE, 1_000_000)], functions=["B1", "B1"])
    assert found.lines[0].rate == "3/4, 2/3"
    assert found.lines[0].rate == "3/4, 2/3"
    assert codes(found.limits) == ["band", "segment_cap"]
    assert found.subsidy_yen == 500_000
    assert found.raises[0].code == "next_tier"
    assert found.raises[0].subsidy_yen == 722_222
    two = estimate(scheme("2025-invoice"), [CostLine(SOFTWARE, 1_000_000)], functions=["B1", "F5"])
    assert codes(two.limits) == ["band", "rounding"]
    assert two.raises[0].code == "reach_cap"


def test_a_pc_counts_only_with_software():
    alone = estimate(scheme("2025-invoice"), [CostLine("pc", 300_000, 3)])
    assert alone.subsidy_yen == 0
    assert alone.lines[0].months_counted == 0
    assert "一緒に" in alone.lines[0].reason.ja
    assert codes(alone.findings) == ["nothing_eligible"]
    # A scheme without a floor has nothing to reach when nothing is granted.
    assert alone.raises == ()
    beside = estimate(
        scheme("2025-invoice"), [CostLine("pc", 300_000), CostLine(SOFTWARE, 100_000)], functions=["B1"]
    )
    assert beside.subsidy_yen == 175_000
    shown_by_the_lines = figures_of(scheme("2025-invoice").tariff(), [CostLine("pc", 2), CostLine(SOFTWARE, 0)])
    assert shown_by_the_lines.subsidy_yen == 1


def test_months_without_a_limit_are_shown_as_they_are():
    assert estimate(scheme("2017"), [CostLine(SOFTWARE, 300_000, 36)]).lines[0].months_counted == 36


def test_confirmation_below_the_floor_is_the_schemes_to_decide():
    lines = [CostLine(SOFTWARE, 200_000)]
    refused = estimate(scheme("2017"), lines, granted_yen=300_000)
    assert (refused.subsidy_yen, refused.fundable, refused.raises) == (0, False, ())
    assert codes(refused.findings) == ["below_floor_at_confirmation"]
    paying = small_scheme(pay=("below_floor: refuse", "below_floor: pay"))
    paid = estimate(paying, lines, granted_yen=300_000)
    assert paid.subsidy_yen == 133_333
    assert "floor" not in codes(paid.limits)
    assert codes(paid.findings) == ["below_floor_at_confirmation"]
    assert estimate(paying, lines).subsidy_yen == 0


def test_the_grant_caps_the_confirmation():
    found = estimate(scheme("2017"), [CostLine(SOFTWARE, 1_200_000)], granted_yen=600_000)
    assert found.subsidy_yen == 600_000
    assert codes(found.limits) == ["granted"]


def test_an_exclusive_floor_and_a_coarser_unit():
    exclusive = small_scheme(
        floor=("floor: {yen: 200000, bound: inclusive", "floor: {yen: 200000, bound: exclusive"),
    )
    assert estimate(exclusive, [CostLine(SOFTWARE, 300_000)]).subsidy_yen == 0
    assert estimate(exclusive, [CostLine(SOFTWARE, 300_002)]).subsidy_yen == 200_001
    thousands = small_scheme(unit=("unit_yen: 1\n", "unit_yen: 1000\n"))
    assert estimate(thousands, [CostLine(SOFTWARE, 302_000)]).subsidy_yen == 201_000


def test_no_floor_no_cap():
    free = small_scheme(
        floor=("  floor: {yen: 200000, bound: inclusive, clause: 概要 補助上限・下限、補助率}\n", ""),
        caps=("  caps:\n    - {yen: 1000000, bound: inclusive, clause: 概要 補助上限・下限、補助率}\n", ""),
        limits=("limits:\n", "limits: {}\n"),
    )
    found = estimate(free, [CostLine(SOFTWARE, 3_000_000)])
    assert found.subsidy_yen == 2_000_000
    assert found.raises == ()


def test_a_floor_that_software_cannot_reach_is_not_promised():
    found = estimate(scheme("2025-normal"), [CostLine(SOFTWARE, 10_000)])
    assert codes(found.raises) == []


def test_nothing_at_all():
    found = estimate(scheme("2017"), [])
    assert (found.fundable, found.total_yen, found.subsidy_yen) == (False, 0, 0)
    assert codes(found.findings) == ["nothing_eligible"]
    assert found.raises[0].extra_eligible_yen == 300_000


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (CostLine("magic", 1), "lines[1].kind"),
        (CostLine(["software"], 1), "lines[1].kind"),
        (CostLine(SOFTWARE, -1), "lines[1].amount_yen"),
        (CostLine(SOFTWARE, 10**12 + 1), "lines[1].amount_yen"),
        (CostLine(SOFTWARE, amount_yen=True), "lines[1].amount_yen"),
        (CostLine(SOFTWARE, 1.5), "lines[1].amount_yen"),
        (CostLine("cloud", 1, 0), "lines[1].months"),
        (CostLine("cloud", 1, 121), "lines[1].months"),
        (CostLine("cloud", 1, months=True), "lines[1].months"),
    ],
)
def test_bad_lines_are_named(line, field):
    with pytest.raises(BadInput) as caught:
        estimate(scheme("2017"), [CostLine(SOFTWARE, 1), line])
    assert [finding.field for finding in caught.value.findings] == [field]
    assert all(finding.remedy.ja and finding.remedy.en for finding in caught.value.findings)
    with pytest.raises(BadInput):
        figures_of(scheme("2017").tariff(), [line])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"granted_yen": -1}, "granted_yen"),
        ({"granted_yen": 0.5}, "granted_yen"),
        ({"processes": -1}, "processes"),
        ({"processes": True}, "processes"),
        ({"functions": "F1"}, "functions"),
        ({"functions": [1]}, "functions"),
        ({"functions": [str(n) for n in range(1001)]}, "functions"),
        ({"size": "big"}, "size"),
    ],
)
def test_bad_facts_are_named(facts, field):
    with pytest.raises(BadInput) as caught:
        estimate(scheme("2017"), [CostLine(SOFTWARE, 1)], **facts)
    assert caught.value.findings[0].field == field


def test_too_many_lines():
    with pytest.raises(BadInput) as caught:
        estimate(scheme("2017"), [CostLine(SOFTWARE, 1)] * 501)
    assert caught.value.code == "too_many_lines"


def test_what_is_counted():
    assert count_of(scheme("2025-normal"), ["F1", "F2"]) == 2
    assert count_of(scheme("2025-normal"), ["F1", "F2"], 5) == 5
    assert count_of(scheme("2025-invoice"), ["F1", "F2"], 5) == 2
    assert count_of(scheme("2025-invoice"), (), 5) == 5
    assert count_of(scheme("2017")) == 0


def test_tariffs_are_shared_within_a_tier():
    normal = scheme("2025-normal")
    assert tariff_for(normal, processes=5) is tariff_for(normal, processes=900)
    assert tariff_for(normal, processes=3) is not tariff_for(normal, processes=4)


def test_a_line_says_of_itself_what_its_json_says():
    found = estimate(scheme("2017"), [CostLine(SOFTWARE, 1_000_001, label="予約台帳")])
    [line], [said] = found.lines, found.as_json("ja")["lines"]
    assert (line.label, line.kind, line.kind_label.ja) == (said["label"], said["kind"], said["kind_label"])
    assert (line.amount_yen, line.counted_yen, line.cut_yen) == (1_000_001, 1_000_001, 0)
    assert (line.reason.ja, line.clause) == (said["reason"], said["clause"])
    assert (found.scheme_id, found.scheme_version) == ("2017", found.as_json()["scheme_version"])
    assert (found.floor_yen, found.cap_yen) == (200_000, 1_000_000)


def test_processes_stand_for_functions_only_where_none_is_named():
    invoice = scheme("2025-invoice")
    assert (count_of(invoice, processes=2), count_of(invoice, ["B1"], processes=2), count_of(invoice)) == (2, 1, 0)
    normal = scheme("2025-normal")
    assert (count_of(normal, ["B1", "M3"]), count_of(normal, ["B1", "M3"], processes=5)) == (2, 5)


def test_a_price_that_brings_a_subsidy_says_why_in_both_languages():
    found = price_for(Asked(scheme("2017"), SOFTWARE), 200_000)
    assert found.as_json("ja") == {
        "price_yen": 300_000,
        "total_yen": 300_000,
        "eligible_cost_yen": 300_000,
        "subsidy_yen": 200_000,
        "own_cost_yen": 100_000,
        "reason": "補助額が200,000円以上になる、いちばん小さい金額です（補助額200,000円）。",
    }
    assert (
        found.as_json("en")["reason"] == "The smallest price with a subsidy of 200,000 yen or more (200,000 yen)."
    )


def test_a_tariff_takes_what_a_price_alone_tells():
    tariff = tariff_for(scheme("2017"))
    assert tariff.takes([SOFTWARE, "cloud"])
    assert not tariff.takes([SOFTWARE, "rocket"])


def test_a_size_of_business_that_does_not_exist_is_refused_for_the_numbers_alone_too():
    for ask in (
        lambda: tariff_for(scheme("2017"), size="large"),
        lambda: estimate(scheme("2017"), [], size="large"),
    ):
        with pytest.raises(BadInput) as refused:
            ask()
        assert refused.value.findings[0].field == "size"
