"""Answers to a scheme's own questions, as they come in with a form: one field for each, yes, no, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from tenants.errors import Finding
from tenants.text import Text

YES_NO: Final = {"yes": True, "no": False}
_LONGEST: Final = 20


def field_of(code: str) -> str:
    """The name of a question's field."""
    return f"condition-{code}"


def typed(values: Mapping[str, str], asked: Iterable[str]) -> dict[str, str]:
    """What came in, by code; empty where somebody does not know. A question whose field was not sent is not there."""
    return {code: values[field_of(code)].strip()[:_LONGEST] for code in asked if field_of(code) in values}


def said(answers: Mapping[str, str]) -> dict[str, bool]:
    """What was answered with yes or no."""
    return {code: YES_NO[answer] for code, answer in answers.items() if answer in YES_NO}


def faults(answers: Mapping[str, str]) -> list[Finding]:
    """One finding for each answer that is neither yes nor no, nor left open."""
    return [
        Finding(
            "not_yes_or_no",
            Text("この質問の答えを読み取れません。", "The answer to this question cannot be read."),
            Text(
                "「はい」「いいえ」「わからない」のどれかを選んでください。",
                "Choose yes, no, or that you don't know.",
            ),
            field_of(code),
        )
        for code, answer in answers.items()
        if answer and answer not in YES_NO
    ]
