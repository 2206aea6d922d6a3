"""The page that takes in a newer file of a list, in a browser: on a phone and by keyboard."""

from __future__ import annotations

import newer_files
import pytest
from playwright.sync_api import expect

from catalogue import problem_list
from tenants.db import act_as

pytestmark = pytest.mark.browser


@pytest.fixture
def administrator(app, office, known_as, monkeypatch):
    """The office changed two problems; a release changes one of them, takes the other out and has a new one."""
    person = office("administrator")
    known_as(person, "secretariat-administrator")
    with act_as(person):
        for code in ("payroll", "queues"):
            known = problem_list.current()
            changed = problem_list.read_entry({**known.find(code).row(), "words": "こちらの言葉"})
            problem_list.put(changed, instead_of=code, read_version=known.version)

    def release(rows):
        left = [{**row, "functions": "B3;B4"} if row["code"] == "payroll" else row for row in rows]
        return [*(row for row in left if row["code"] != "queues"), {**rows[0], "code": "another"}]

    newer_files.bring(monkeypatch, "problems", release)
    return person


def test_what_is_chosen_is_looked_at_and_then_taken_in(administrator, visit):
    visitor = visit(390)
    visitor.go("/sign-in")
    visitor.sign_in_as("secretariat-administrator")
    visitor.go("/secretariat/problems/newer")
    visitor.look()
    page = visitor.page
    page.get_by_label("新しいファイルに合わせて外す").check()
    page.get_by_role("button", name="この内容で使い始める").press("Enter")
    expect(page.get_by_text("まだ取り込んでいません")).to_be_visible()
    expect(page.get_by_label("新しいファイルに合わせて外す")).to_be_checked()
    visitor.look()
    page.get_by_role("button", name="この内容で使い始める").press("Enter")
    expect(page.get_by_text("新しいファイルを取り込みました")).to_be_visible()
    visitor.go("/secretariat/problems/newer")
    expect(page.get_by_text("取り込むものはありません")).to_be_visible()
    visitor.look()
