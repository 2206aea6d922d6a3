"""With the keyboard alone: Tab goes through the page from top to bottom, reaches everything, and shows where it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import registrations as world
import reviews
from playwright.sync_api import Page, expect
from worked_input import publish_worked_input

from tenants import clock
from tenants.actor import Actor

pytestmark = pytest.mark.browser

# Each stop of Tab inside main: where it is in the document, whether its outline is seen, and what it is.
STOPS = """
() => {
  const inside = document.querySelector("main");
  const every = [...inside.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")];
  return every.filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0
    && !(one.type === "radio" && !(one.checked || !inside.querySelector(`[name="${one.name}"]:checked`)
         && one === inside.querySelector(`[name="${one.name}"]`)))).length;
}
"""
HERE = """
() => {
  const one = document.activeElement;
  const every = [...document.querySelectorAll("*")];
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    inside: one.closest("main") !== null,
    place: every.indexOf(one),
    name: (one.id || one.name || one.textContent || one.tagName).trim().slice(0, 40),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== "none",
    covered: box.bottom < 0 || box.top > innerHeight,
  };
}
"""


def walk(page: Page, most: int = 250) -> list[dict[str, object]]:
    """Every stop of Tab inside main, in the order in which they are reached."""
    stops: list[dict[str, object]] = []
    # From the very top: a page with faults begins at their summary.
    page.evaluate("document.querySelector('.skip-link').focus()")
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here["inside"]:
            # A date's day, month and year are stops of their own inside one field.
            if not stops or stops[-1]["place"] != here["place"]:
                stops.append(here)
        elif stops:
            return stops
    raise AssertionError("Tab goes round and round")


def in_order(page: Page) -> None:
    expected = page.evaluate(STOPS)
    stops = walk(page)
    places = [stop["place"] for stop in stops]
    assert places == sorted(places), [stop["name"] for stop in stops]
    assert len(set(places)) == len(places) == expected
    assert [stop["name"] for stop in stops if not stop["seen"]] == []
    assert [stop["name"] for stop in stops if stop["covered"]] == []


@pytest.fixture
def vendor(app) -> Actor:
    now = clock.now()
    world.open_round(now - timedelta(days=3), now + timedelta(days=30))
    return world.vendor()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_the_registration_form(visit, vendor, known_as, width):
    known_as(vendor, "vendor-owner")
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("vendor-owner")
    visitor.go("/vendor/registration")
    visitor.page.get_by_role("button", name="登録申請を始める").click()
    visitor.page.get_by_text("受付番号").first.wait_for()
    for section in ("company", "support", "products"):
        visitor.go(f"/vendor/registration/sections/{section}?check=1")
        in_order(visitor.page)
    visitor.go("/vendor/registration/sections/support")
    page = visitor.page
    page.locator("summary", has_text="関東").press("Enter")
    page.get_by_label("関東のすべて").press("Space")
    in_order(page)
    assert "すべて" in page.locator("[data-region]").nth(1).locator("summary").inner_text()
    visitor.look()


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_inviting_people(visit, vendor, known_as, width):
    known_as(vendor, "vendor-owner")
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("vendor-owner")
    visitor.go("/organisation/people")
    in_order(visitor.page)


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_the_score_sheet(visit, app, organisation, actor_of, known_as, width):
    review = reviews.build(organisation, actor_of)
    review.assign()
    member = review.members[0]
    review.declare(member)
    known_as(member, "committee-member")
    visitor = visit(width)
    visitor.go("/sign-in")
    visitor.sign_in_as("committee-member")
    visitor.go(f"/committee/assignments/{review.assignment(member).id}")
    in_order(visitor.page)
    if width == 390:
        visitor.page.get_by_role("link", name="採点表", exact=True).click()
        first = visitor.page.locator('[name="points-capability"]').first
        assert first.bounding_box()["y"] < 844
    visitor.look()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_past_the_filters_to_the_results_and_on_from_a_condition_taken_off(visit, app, index, script):
    publish_worked_input()
    visitor = visit(1280, java_script_enabled=script)
    page = visitor.page
    visitor.go("/packages?q=会計&function=B1&industry=retail")
    page.locator("#f-q").focus()
    for _ in range(2):  # past the button
        page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("検索結果へ")
    visitor.look()
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_id("found")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_id("f-sort")
    chips = page.locator("a.chip")
    expect(chips).to_have_count(2)
    for left in (1, 0):
        chips.first.focus()
        page.keyboard.press("Enter")
        expect(chips).to_have_count(left)
        expect(page.locator(":focus")).to_have_id("found")
        expect(page.locator(":focus")).to_be_in_viewport()
    visitor.go("/packages?q=会計&function=B1&industry=retail")
    page.get_by_role("link", name="すべて外す").press("Enter")
    expect(chips).to_have_count(0)
    expect(page.locator(":focus")).to_have_id("found")


COLUMN = "() => document.activeElement.closest('th')?.querySelector('a[href^=\"/packages/\"]').pathname.slice(10)"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
def test_a_comparison_is_moved_pinned_and_cut_down_with_the_keyboard(visit, app, index, width, script):
    publish_worked_input()
    visitor = visit(width, java_script_enabled=script)
    page = visitor.page
    visitor.go("/compare?codes=AP-1,AP-2,MP-1,KP-1")

    def press(name: str, codes: str, then: str, column: str) -> None:
        """Enter on a link of the first column that has it; the page that comes; where the keyboard is then."""
        page.keyboard.press("Enter")
        page.wait_for_url(
            lambda url: f"codes={codes}" in url.replace("%2C", ",") and url != before[0], timeout=5000
        )
        before[0] = page.url
        expect(page.locator(":focus")).to_have_id(then)
        expect(page.locator(":focus")).to_be_in_viewport()
        if script:
            assert page.evaluate(HERE)["seen"], name
            assert page.evaluate(COLUMN) == column, name

    before = [page.url]
    page.locator("#after-AP-1").focus()
    press("one further", "AP-2,AP-1,MP-1,KP-1", "after-AP-1", "AP-1")
    press("again, without looking for it", "AP-2,MP-1,AP-1,KP-1", "after-AP-1", "AP-1")
    press("to the end: the way back", "AP-2,MP-1,KP-1,AP-1", "before-AP-1", "AP-1")
    press("back", "AP-2,MP-1,AP-1,KP-1", "before-AP-1", "AP-1")
    for _ in range(2):  # past the way onwards
        page.keyboard.press("Tab")
    press("pinned: it stands first", "AP-2,MP-1,AP-1,KP-1", "pin-AP-1", "AP-1")
    expect(page.locator(":focus")).to_contain_text("固定を外す")
    press("let go", "AP-1,AP-2,MP-1,KP-1", "pin-AP-1", "AP-1")
    page.keyboard.press("Tab")
    press("removed: the next is there", "AP-2,MP-1,KP-1", "remove-AP-2", "AP-2")
    page.locator("#remove-KP-1").focus()
    press("the last removed: the one before it", "AP-2,MP-1", "remove-MP-1", "MP-1")
    press("one is left", "AP-2", "remove-AP-2", "AP-2")
    page.keyboard.press("Enter")
    page.get_by_text("比べるITツールが選ばれていません").wait_for()
    visitor.go("/compare?codes=AP-1,AP-2,MP-1,KP-1&pinned=MP-1")
    in_order(page)
