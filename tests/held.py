"""A slow line: answers that are held back until they are let go."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route


class Held:
    """Answers to what matches ``which``."""

    def __init__(self, page: Page, which: str) -> None:
        self.routes: list[Route] = []
        page.route(re.compile(which), self._hold)

    def _hold(self, route: Route) -> None:
        self.routes.append(route)

    def let_go(self) -> None:
        """Answer all, in the order they were asked."""
        for route in self.routes:
            route.continue_()
        self.routes = []
