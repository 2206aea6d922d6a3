"""Words on pages that depend on a number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from web.words import counted

ROOT = Path(__file__).parents[2]
FOLDERS = ("tenants", "catalogue", "marketplace", "search", "web")
JAPANESE = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# Words that are typed, or stand in a file, as they are: they are told as examples of themselves.
EXAMPLES = (
    "月額/1店舗, 年額/20名, 買取, 初年度, 一式",
    "全業種 for all",
    "クラウド or インストール",
    "全国 for all",
    "東京都千代田区",
    "日本語 (Japanese)",
    "e.g. 電話の予約で手が離せない",
    "e.g. 給料, ホムペ",
    "e.g. 1店舗, 20名",
    "Amounts (10万円以下) are read as limits and 安い (cheap) as the order",
)


@pytest.mark.parametrize(("number", "words"), [(0, "0 days"), (1, "1 day"), (2, "2 days"), (1200, "1,200 days")])
def test_english_counts_one_and_many(number, words):
    assert counted(number, "day") == words


def _written(node: ast.expr) -> str:
    return "".join(
        each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def _english_of_code() -> Iterator[tuple[str, str]]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                called = getattr(node, "func", None)
                if getattr(called, "id", "") in ("Text", "t", "say") and len(node.args) == 2:
                    yield str(path.relative_to(ROOT)), _written(node.args[1])


def _english_of_pages() -> Iterator[tuple[str, str]]:
    both = re.compile(r'\bt\(\s*"(?:[^"\\]|\\.)*"[^,"]*,\s*"((?:[^"\\]|\\.)*)"')
    for path in sorted((ROOT / "web" / "templates").rglob("*.html")):
        for found in both.finditer(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), found[1]


def test_english_sentences_hold_no_japanese_that_nobody_marks():
    """A name that stays Japanese goes through ``written``, which marks it; in a sentence it has its Latin name."""
    sentences = [*_english_of_code(), *_english_of_pages()]
    assert len(sentences) > 2000
    wrong = [
        (place, words)
        for place, words in sentences
        if JAPANESE.search(words) and not any(example in words for example in EXAMPLES)
    ]
    assert wrong == []
