"""The load run itself: it plays without a fault, and it notices what is wrong."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from script.load import DYNALITE, END, GROWN, SLOWER, START, WARM, judged, played
from script.load_caregivers import Visits
from script.load_journal import CALLS, ENGINES, measured
from script.load_run import Figures, Load
from skill.channels.alexa.entry import entry
from skill.errors import JournalRefused
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Entry, Moment, Session, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, unhurried

Event = dict[str, Any]
Change = Callable[[Event, Event], Event]


class Run:
    """A short run against a handler in this process, whose responses may be changed on their way."""

    def __init__(self, words: Words, reader: Reader, folder: Path) -> None:
        self.store = SQLiteStore(folder / "journal.sqlite")
        self.spill = folder / "spill.jsonl"
        self.keeper = unhurried(self.store, Spill(self.spill))
        self.handler = entry(House(Exchange(words, reader, self.keeper), KEY, self.store))
        self.change: Change = lambda _, response: response
        self.figures = Figures()

    def play(self, seconds: float = 1.5) -> Load:
        load = Load(self.send, KEY, 20, "a test", self.figures)
        load.run(seconds, 1)
        return load

    def send(self, request: Event, copies: int) -> Event:
        responses = [self.handler(request, None) for _ in range(copies)]
        return self.change(request, responses[0])

    def faults(self, load: Load) -> list[str]:
        """What is wrong when the journal is looked at."""
        self.figures.faults.clear()
        load.look(self.store)
        return self.figures.faults


@pytest.fixture
def run(words: Words, reader: Reader, tmp_path: Path) -> Run:
    return Run(words, reader, tmp_path)


def test_caregivers_play_against_functions_under_the_runtime_without_a_fault() -> None:
    figures = played(3.0, 20, 2, 0.0, "a test")
    assert figures.faults == []
    assert figures.log["Faults"] == 0
    assert figures.log["Turns"] > 50
    assert set(figures.memory[END]) == {"function 1", "function 2", DYNALITE}
    assert all(20 < size < 500 for size in figures.memory[START].values())


def test_a_rate_is_kept() -> None:
    figures = played(2.0, 20, 1, 20.0, "a test")
    assert figures.faults == []
    assert 20 <= sum(at < 2.0 for at, _ in figures.turns) <= 41


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"version": 1}, 'response["version"] == "1.0"'),
        ({"response": None}, "NoneType"),
        ({"response": {}}, "nothing is said"),
    ],
)
def test_an_answer_that_is_not_valid_is_noticed(changes: Event, told: str, run: Run) -> None:
    def to_next(request: Event, response: Event) -> Event:
        return {**response, **changes} if "NextIntent" in str(request["request"]) else response

    run.change = to_next
    run.play()
    assert run.figures.faults
    assert all(told in fault for fault in run.figures.faults)


def test_danger_without_its_number_is_noticed(run: Run) -> None:
    def without_digits(_: Event, response: Event) -> Event:
        inner = response["response"]
        if "outputSpeech" in inner:
            ssml = "".join("-" if sign.isdigit() else sign for sign in inner["outputSpeech"]["ssml"])
            inner["outputSpeech"] = {"type": "SSML", "ssml": ssml}
        return response

    run.change = without_digits
    run.play()
    assert run.figures.faults
    assert all(fault.endswith("'(danger)': AssertionError: no number is said") for fault in run.figures.faults)


def test_what_is_lost_is_noticed(run: Run) -> None:
    load = run.play()
    assert run.faults(load) == []
    kept = list(run.store.everything())
    moment = next(one for one in kept if isinstance(one, Moment) and (one.caregiver, one.key) in load.told.moments)
    session = next(one for one in kept if isinstance(one, Session) and not one.moments)
    run.store.erase(moment.caregiver, moment.key)
    run.store.erase(session.caregiver, session.key)
    found = run.faults(load)
    assert {f"moment {moment.id} is lost", f"session {session.id} is lost"} <= set(found)
    assert len(found) == 3  # and the session of that moment counts one more than there are


def test_what_is_doubled_or_changed_is_noticed(run: Run) -> None:
    load = run.play()
    kept = list(run.store.everything())
    moment = next(one for one in kept if isinstance(one, Moment) and (one.caregiver, one.key) in load.told.moments)
    later = moment.started + timedelta(seconds=1)
    run.store.keep(replace(moment, started=later, revision=0))
    run.store.keep(replace(moment, id=f"{moment.id}9", started=later, revision=0))
    found = run.faults(load)
    assert f"moment {moment.id} is kept 2 times" in found


def test_what_is_put_aside_is_brought_in_and_then_nothing_is_lost(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    visits = Visits.load()
    # What is forgotten in part, or on another device of a visit that is only put aside, is another matter.
    often = [0.0 if {"forget everything", "forget this"} & {*lines} else 1.0 for lines in visits.lines]
    monkeypatch.setattr(Visits, "load", lambda: replace(visits, often=often))

    class Full(SQLiteStore):
        """A journal that does not serve every third turn, which is too seldom to be left alone for it."""

        turns = 0

        def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
            self.turns += 1
            if self.turns % 3 == 0:
                raise JournalRefused("full")
            return super().keep_all(entries)

    run.keeper._store = Full(run.store.path)
    load = run.play()
    assert run.keeper.spilled
    assert any("is lost" in fault for fault in run.faults(load))
    load.read_log(run.spill, run.store)
    assert run.faults(load) == []


def figures(last: float = 10.0, memory: float = 30.0, **changes: Any) -> Figures:
    """Two minutes of a hundred turns, of which the second's take so many ms."""
    turns = [(at * 0.6, 10.0 if at < 100 else last) for at in range(201)]
    looked = {WARM: {"function 1": 30.0, DYNALITE: 100.0}, END: {"function 1": memory, DYNALITE: 900.0}}
    return Figures(turns=turns, own=turns, memory=looked, **changes)


def test_a_run_is_judged_by_its_faults_its_last_minute_and_its_memory(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(figures())
    assert judged(figures(last=10.0 * SLOWER, memory=30.0 * GROWN))
    assert not judged(figures(last=10.1 * SLOWER))
    assert not judged(figures(memory=30.1 * GROWN))
    assert not judged(figures(faults=["moment 1 is lost"]))
    assert not judged(figures(log=Counter(Faults=1)))
    assert "fault: moment 1 is lost" in capsys.readouterr().out


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_a_large_journal_is_filled_and_measured(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    measured(engine, 30, 5, 4)
    said = capsys.readouterr().out
    assert f"{engine}: 150 moments of 30 caregivers" in said
    assert all(f"{engine}: {call}" in said for call in CALLS)
