"""Every page of the site as the person who may see it: axe, the width and what a finger can hit, on phones and on a desk.

Both languages. The pages are those of the table of routes, so a new page is looked at without anybody remembering to.
"""

from __future__ import annotations

import house
import pytest
from routes import EVERYBODY, ROUTES, SIGNED_IN, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]
# role -> the provider's person who signs in for it
PERSONS = {
    "sme_owner": "ramen-owner",
    "vendor_owner": "vendor-owner",
    "secretariat_administrator": "secretariat-administrator",
    "secretariat_reviewer": "secretariat-reviewer",
    "committee_member": "committee-member",
}
NOT_PAGES = (".css", ".csv", ".ics", ".atom", ".txt", ".xml", ".json", ".pdf", "/healthz", "/readyz")
DOWNLOADS = {
    "vendor.registration_paper",
    "secretariat.registration_paper",
    "sme.my_enquiry_file",
    "vendor.enquiry_file",
    "secretariat.scheme_file",
}
# What the table asks for without signing in, or in another state than people meet it in.
MORE = {
    None: ["/sign-in", "/packages?q=zzzqqqxxx", "/packages?own_cost_max=abc", "/no-such-page"],
    "sme_owner": ["/my/profile?edit=1", "/vendor/"],
    "vendor_owner": ["/vendor/products", "/vendor/new-package", "/vendor/applications?state=draft"],
}


def is_page(route: Route) -> bool:
    """Whether a person sees a page there."""
    return (
        route.method == "GET"
        and route.own in (200, 404, 409)
        and not route.path.startswith(("/api/v1", "/sign-in"))
        and not route.path.partition("?")[0].endswith(NOT_PAGES)
        and route.endpoint not in DOWNLOADS
    )


def visitor_of(route: Route) -> str | None:
    """The role that looks at it; None without an account."""
    if route.who == EVERYBODY:
        return None
    if route.who == SIGNED_IN:
        return "sme_owner"
    return route.only or next(role for role in PERSONS if role in route.who)


def pages_of(role: str | None) -> list[str]:
    """The addresses this role looks at."""
    listed = [route.path for route in ROUTES if is_page(route) and visitor_of(route) == role]
    return list(dict.fromkeys(listed + MORE.get(role, [])))


@pytest.fixture
def lived_in(app, index, known_as):
    built = house.build(app)
    for role, person in PERSONS.items():
        known_as(built.own[role], person)
    return built


@pytest.mark.parametrize("role", [None, *PERSONS])
def test_every_page_at_both_widths_and_in_both_languages(lived_in, visit, role):
    reader = visit(390)
    faults: list[str] = []
    reader.page.on("pageerror", lambda error: faults.append(str(error)))
    if role:
        reader.go("/sign-in")
        reader.sign_in_as(PERSONS[role])
    for path in map(lived_in.address, pages_of(role)):
        for language, width, other in (("ja", 390, 1280), ("en", 1280, 320)):
            reader.page.set_viewport_size({"width": width, "height": 900})
            reader.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert reader.page.locator("html").get_attribute("lang") == language, path
            reader.look()
            if width == 390:
                faults += reader.too_small()
            reader.page.set_viewport_size({"width": other, "height": 900})
            reader.fits()
    assert faults == []
    reader.page.context.close()
