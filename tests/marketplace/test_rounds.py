"""Which dates are named while no round is open; a newer file where the secretariat has changed dates."""

from __future__ import annotations

from datetime import datetime, timedelta

import newer_files
import pytest

from marketplace import newer_rounds, programme, rounds
from marketplace.file_parts import Words
from marketplace.rounds import Round, worth_knowing
from tenants import clock
from tenants.actor import SYSTEM
from tenants.db import act_as
from tenants.errors import BadInput, Finding, StaleVersion
from tenants.text import Text

NOW = datetime(2017, 8, 1, 12, tzinfo=clock.JAPAN)
LATER = datetime(2031, 1, 31, 17, tzinfo=clock.JAPAN)


def window(name: str, opens: int, closes: int) -> Round:
    """A round from so many days after NOW until so many."""
    return Round(
        id=name,
        kind="grant_application",
        name=Words(ja=name, en=name),
        opens_at=NOW + timedelta(days=opens),
        closes_at=NOW + timedelta(days=closes),
    )


@pytest.mark.parametrize(
    ("windows", "named"),
    [
        ([], []),
        ([("a", -90, -60), ("b", -50, -20)], ["b"]),
        ([("b", -50, -20), ("a", -90, -60)], ["b"]),
        ([("a", -90, -60), ("b", -50, -20), ("c", 5, 9), ("d", 20, 30)], ["b", "c", "d"]),
        ([("c", 5, 9)], ["c"]),
    ],
)
def test_the_last_that_closed_and_those_to_come(windows, named):
    assert [each.id for each in worth_knowing([window(*each) for each in windows], NOW)] == named


@pytest.mark.usefixtures("services", "moved")
class TestNewerFile:
    """A release brings other rounds where the secretariat has changed dates of its own."""

    @pytest.fixture
    def moved(self, monkeypatch):
        """The office moved the end of tools-2; the file has another of tools-1, none of the first, and a new round."""
        with act_as(SYSTEM):
            found = rounds.one("tools-2")
            rounds.change_window(
                found.id, opens_at=found.opens_at, closes_at=LATER, read_version=rounds.version(), confirmed=True
            )

        def release(entries):
            other = [
                {**each, "closes_at": LATER.isoformat()} if each["id"] == "tools-1" else each for each in entries
            ]
            return [*other[1:], {**entries[0], "id": "vendor-3"}]

        newer_files.bring(monkeypatch, "rounds", release)

    def test_is_left_alone_by_loading_under_whatever_number_and_taken_in_round_by_round(self):
        with act_as(SYSTEM):
            known = rounds.version()
            programme.load_programme()
            assert rounds.version() == known
            file = programme.newer_list("rounds")
            before = {each.id: each for each in rounds.all_rounds()}
            newer_rounds.take_in(file, [], read_version=known)
            after = {each.id: each for each in rounds.all_rounds()}
            assert after.keys() - before.keys() == {"vendor-3"}
            assert before.keys() <= after.keys(), "no round is taken out"
            assert after["tools-2"] == before["tools-2"]
            assert after["tools-1"].closes_at == LATER
            assert programme.newer_list("rounds") is None
            with pytest.raises(StaleVersion):
                newer_rounds.take_in(file, [], read_version=known)

    def test_a_round_by_which_applications_lose_time_is_decided_on_its_own_page(self, monkeypatch):
        def lose(*_):
            raise BadInput(
                Finding("loss", Text("1件の申請を提出できなくなります。", "One is lost."), Text("", ""))
            )

        monkeypatch.setattr(rounds, "require_no_loss", lose)
        with act_as(SYSTEM):
            known = rounds.version()
            with pytest.raises(BadInput) as refused:
                newer_rounds.take_in(programme.newer_list("rounds"), [], read_version=known)
            [finding] = refused.value.findings
            assert finding.message.ja == "第一次 ITツール登録：1件の申請を提出できなくなります。"
            assert "公募回のページで日時を変えて" in finding.remedy.ja
            assert rounds.version() == known
