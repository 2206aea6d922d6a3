"""Take a picture of every main page as each person sees it, at 390 and 1280 px: ``make screenshots``.

Starts a demo of its own on a new data folder, so the pictures are the same wherever they are taken. All go to
screenshots/ (not kept); those the documentation shows go to docs/screenshots/ too.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from web.setup.environment import find_chromium

PROJECT = Path(__file__).parents[2]
ALL = PROJECT / "screenshots"
KEPT = PROJECT / "docs" / "screenshots"
WIDTHS = (390, 1280)
FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")

# who (subject at the demo's identity provider, None without an account) -> name -> address; what stands after " >> "
# is the link to follow from there
PAGES: dict[str | None, dict[str, str]] = {
    None: {
        "home": "/",
        "search": "/packages?q=会計",
        "nothing-found": "/packages?q=🦑🦑",
        "package": "/packages/D000001",
        "compare": "/compare?codes=D000001,D000002,D000006,D000011",
        "vendor": "/vendors/7999900100000",
        "eligibility": "/eligibility",
        "schedule": "/schedule",
        "guidelines": "/guidelines",
        "contact": "/contact",
        "api-docs": "/api/docs",
        "product": "/vendors/7999900100000/products/P03",
        "vendors": "/vendors",
        "compare-nothing": "/compare",
        "find": "/find",
        "eligibility-result": "/eligibility?kind=sole_proprietor&domestic=yes&industry=restaurant&employees=5&applied=no",
        "faq": "/faq",
        "glossary": "/glossary",
        "accessibility": "/accessibility",
        "privacy": "/privacy",
        "search-mistake": "/packages?own_cost_max=abc",
        "sign-in": "/sign-in",
        "not-found": "/packages/NO-SUCH",
        "search-english": "/packages?q=会計&lang=en",  # the last: English stays
    },
    "ramen-owner": {
        "sme-home": "/my",
        "sme-profile": "/my/profile",
        "sme-start": "/my/applications/start/D000001",
    },
    "workshop-owner": {
        "sme-applications": "/my",
        "sme-application": "/my/applications >> .card__title a",
        "sme-profile-result": "/my/profile",
        "sme-not-theirs": "/vendor",
    },
    "vendor-owner": {
        "vendor-home": "/vendor",
        "vendor-packages": "/vendor/packages",
        "vendor-products": "/vendor/products",
        "vendor-import": "/vendor/import",
        "vendor-import-guide": "/vendor/import/guide",
        "vendor-package": "/vendor/packages/D000003",
        "vendor-package-edit": "/vendor/packages/D000003/edit",
        "vendor-product-edit": "/vendor/products/P08/edit",
        "vendor-new-package": "/vendor/new-package",
        "vendor-applications": "/vendor/applications",
        "vendor-application": "/vendor/applications >> #step-draft .card__title a",
        "vendor-prepare": "/vendor/applications >> #step-accepted .card__title a >> a[href$=prepare]",
    },
    "secretariat-administrator": {
        "secretariat-home": "/secretariat",
        "secretariat-queue": "/secretariat/queue",
        "secretariat-review": "/secretariat/queue >> tbody a",
        "secretariat-live": "/secretariat/live",
        "secretariat-vendors": "/secretariat/vendors",
        "secretariat-rounds": "/secretariat/rounds",
        "secretariat-master": "/secretariat/masters/scheme/2017",
        "secretariat-audit-verified": "/secretariat/audit/verify",
        "secretariat-application": "/secretariat/applications >> tbody a",
        "secretariat-publications": "/secretariat/publications",
        "secretariat-import": "/secretariat/import",
        "secretariat-masters": "/secretariat/masters",
        "secretariat-audit": "/secretariat/audit",
        "secretariat-applications": "/secretariat/applications",
    },
    "committee-member": {"committee-home": "/committee"},
}
DOCUMENTED = ("home", "search", "package", "compare", "sme-start", "secretariat-home")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str) -> None:
    for _ in range(3000):
        try:
            urllib.request.urlopen(f"{address}/readyz", timeout=2).read()  # noqa: S310
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the demo does not answer")


def sign_in(page: Page, address: str, subject: str) -> None:
    """Through the demo's identity provider, as a person would."""
    page.goto(f"{address}/sign-in")
    page.locator("main form button[type=submit]").first.click()
    page.locator(f'button[value="{subject}"]').click()
    page.wait_for_url(f"{address}/**")


def _take(browser: Browser, address: str, only: tuple[str, ...]) -> None:
    for subject, pages in PAGES.items():
        wanted = {name: path for name, path in pages.items() if not only or name in only}
        if not wanted:
            continue
        for width in WIDTHS:
            context = browser.new_context(viewport={"width": width, "height": 900}, locale="ja-JP")
            page = context.new_page()
            if subject:
                sign_in(page, address, subject)
            for name, path in wanted.items():
                start, *links = path.split(" >> ")
                answer = page.goto(address + start)
                for link in links:
                    page.locator("main").locator(link).first.click()
                    page.wait_for_load_state()
                page.wait_for_load_state("networkidle")
                target = ALL / f"{name}-{width}.png"
                page.screenshot(path=target, full_page=True)
                print(answer.status if answer else "-", target.relative_to(PROJECT))
                if name in DOCUMENTED:
                    page.screenshot(path=KEPT / target.name)
            context.close()


def main() -> None:
    """Take the pictures; with names as arguments only those."""
    ALL.mkdir(exist_ok=True)
    KEPT.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    with tempfile.TemporaryDirectory() as data:
        hojo = Path(sys.executable).parent / "hojo"
        demo = subprocess.Popen(
            [hojo, "demo", "run"],
            env=os.environ | {"HOJO_DATA": data, "PORT": str(port)},
            stdout=subprocess.DEVNULL,
            cwd=PROJECT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(find_chromium()), args=list(FLAGS))
                _take(browser, address, tuple(sys.argv[1:]))
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(30)
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
