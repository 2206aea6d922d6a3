"""What the made-up packages are called: nothing that they do not have."""

from __future__ import annotations

import pytest

from catalogue.vocabulary_files import read_default_masters
from web.demo.generator import _words, generate

CATALOGUES = list(generate(read_default_masters(), packages=600, vendors=120))
PACKAGES = [
    (package, [product.name for product in each.products if product.code in dict(package.items)])
    for each in CATALOGUES
    for package in each.packages
]


@pytest.mark.parametrize("word", ["レジ", "注文", "受発注", "予約", "受付", "CRM"])
def test_a_package_that_speaks_of_a_product_has_it(word):
    """Who looks for a till finds no package that only is called one."""
    speaking = [(package, has) for package, has in PACKAGES if word in package.name + package.description]
    assert speaking
    assert [package.name for package, has in speaking if not any(word in name for name in has)] == []


def test_every_title_is_there_the_telling_ones_too():
    themes = _words()["themes"]
    modest = [theme["otherwise"].get("title") for theme in themes if "otherwise" in theme]
    for title in [theme["title"] for theme in themes] + [each for each in modest if each]:
        assert any(title in package.name for package, _ in PACKAGES), title
