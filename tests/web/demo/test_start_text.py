"""What the demo says once it runs: readable also for who has set no locale."""

from __future__ import annotations

from pathlib import Path

from web.demo.notes import Notes
from web.demo.people import PEOPLE
from web.demo.supervisor import summary

RUNNING = Notes(Path("data"), "127.0.0.1", 8080, 8081, 8082, "", "", 1)


def test_without_an_english_locale_every_line_is_said_in_both_languages():
    told = summary(RUNNING, "ja").splitlines()
    for person in PEOPLE:
        at = told.index(f"      {person.description.ja}")
        assert told[at + 1] == f"      {person.description.en}"
    assert "  Ready: http://127.0.0.1:8080" in told
    assert told[-2:] == ["  止めるには Ctrl-C", "  Ctrl-C stops it."]


def test_with_one_it_is_english_alone():
    told = summary(RUNNING, "en")
    assert "ご利用" not in told
    assert all(person.description.en in told and person.description.ja not in told for person in PEOPLE)
