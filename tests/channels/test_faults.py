"""Faults of the store under the runtime: every reply is valid and in time, nothing is lost, nothing is kept twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from skill.journal.intake import Intake
from skill.journal.keeper import BUDGET
from skill.journal.replay import replay
from tests.channels.visits import Journal, Visits, killing
from tests.engines import ROOT, runtime
from tests.engines.faulty import FAULTS, Faulty, faulty

TURNS = 30
"""Turns with each fault; `script/bench --faults` plays 200, and measures them."""


@pytest.fixture(scope="module")
def proxy(dynalite: str) -> Iterator[Faulty]:
    with faulty(dynalite) as running:
        yield running


@pytest.fixture
def journal(proxy: Faulty, dynalite: str, tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(proxy, dynalite, tmp_path / "function.log")
    yield journal
    proxy.fault = ""
    journal.store.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_every_turn_is_answered_and_after_a_replay_all_is_kept_once(
    fault: str, journal: Journal, proxy: Faulty
) -> None:
    with runtime(ROOT / "lambda", "handler.lambda_handler", journal.settings, log=journal.log) as function:
        visits = Visits(function, "HOME", seed=len(fault))
        visits.play(5)
        proxy.fault = fault
        visits.play(TURNS)
    assert visits.unanswered == 0
    # Each waits for the store as long as it may, and a moment for all else.
    assert max(visits.times) < BUDGET + 1.2
    proxy.fault = ""
    assert journal.spilled() > 0
    for _ in range(2):
        assert replay(journal.log, Intake(journal.store, asked=False)) == 0
        assert visits.missing(journal.entries(visits)) == []


def test_what_was_answered_is_kept_whenever_the_process_is_killed(journal: Journal, proxy: Faulty) -> None:
    with runtime(ROOT / "lambda", "handler.lambda_handler", journal.settings, log=journal.log) as function:
        visits = Visits(function, "HOME")
        visits.play(1)
        visits.play(4 * TURNS, killing(function, proxy))
    assert visits.unanswered > 3
    proxy.fault = ""
    for _ in range(2):
        assert replay(journal.log, Intake(journal.store, asked=False)) == 0
        assert visits.missing(journal.entries(visits)) == []


def test_a_missing_entry_and_one_that_is_there_twice_are_found(journal: Journal) -> None:
    with runtime(ROOT / "lambda", "handler.lambda_handler", journal.settings, log=journal.log) as function:
        visits = Visits(function, "HOME")
        visits.play(TURNS)
    entries = journal.entries(visits)
    assert visits.missing(entries) == []
    assert len(visits.missing(entries[1:])) == 1
    assert visits.missing([*entries, entries[0]])
