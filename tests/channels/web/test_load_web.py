"""The load run in browsers: it plays without a fault, and it notices what is wrong."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from script.load_browsers import Figures, Home, Run
from script.load_web import SLOWEST, Plan, Server, judged, looked, played, serving
from skill.journal import Session
from skill.journal.sqlite import SQLiteStore

QUICK = (0.0, 0.1)
PLAN = Plan(seconds=0.5, people=20, pauses=QUICK)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("load"), "--workers", "1") as server:
        yield server


@pytest.mark.parametrize("home", [False, True])
def test_browsers_play_without_a_fault(home: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001
    # How long a turn takes on a busy machine is not asked here.
    played(replace(PLAN, home=home))
    said = capsys.readouterr().out
    assert "answers and visits that are wrong               0.000  (at most 0: yes)" in said
    assert "entries that were put aside                     0.000  (at most 0: yes)" in said
    assert int(said.partition(" turns, ")[0].rpartition("\n")[2]) > 20
    assert "worker 2" in said


def play(server: Server, change: Any = None, tokens: dict[str, str] | None = None) -> Figures:
    figures = Figures()
    run = Run(server.port, figures, QUICK)
    run.change = change or run.change
    run.play(PLAN.seconds, PLAN.people, tokens)
    return figures


def test_danger_without_its_number_is_noticed(server: Server) -> None:
    def without_digits(_: Any, answer: Any) -> Any:
        spoken = [
            {**one, "text": "".join("-" if sign.isdigit() else sign for sign in one["text"])}
            for one in answer["spoken"]
        ]
        return {**answer, "spoken": spoken}

    faults = play(server, without_digits).faults
    assert faults
    assert set(faults) == {"'(danger)': AssertionError: no number is said"}


def test_silence_is_noticed(server: Server) -> None:
    def silent(turn: Any, answer: Any) -> Any:
        return {**answer, "spoken": []} if turn.get("text") == "next" else answer

    faults = play(server, silent).faults
    assert faults
    assert all(fault.endswith("AssertionError: nothing is said") for fault in faults)


def test_a_refusal_is_noticed(tmp_path: Path) -> None:
    with serving(tmp_path, STAY_CLOSE_TOKEN="anna=a token that is long") as guarded:
        faults = play(guarded).faults
    assert faults
    assert all(fault.endswith("AssertionError: it answers 401") for fault in faults)


def test_what_is_lost_put_aside_or_complained_of_is_noticed(server: Server) -> None:
    figures = play(server)
    assert looked(server, figures) == 0
    assert figures.faults == []
    store = SQLiteStore(server.data / "journal.sqlite")
    (home,) = figures.homes.values()
    lost = next(one for one in store.everything() if isinstance(one, Session) and one.id in home.named)
    store.erase(lost.caregiver, lost.key)
    store.close()
    (server.data / "spill.jsonl").write_text("{}\n")
    server.log.write_text("stay-close: The journal is full.\n")
    assert looked(server, figures) == 1
    assert figures.faults == [
        "stay-close: The journal is full.",
        f"terminal:home: 1 of {len(home.named)} sessions are lost",
    ]


def test_sessions_that_nobody_names_are_counted() -> None:
    home = Home({"a"}, unnamed=1)
    assert list(home.faults("anna", Counter("ab"))) == []
    assert list(home.faults("anna", Counter("a"))) == ["anna: 2 sessions were answered, 1 are kept"]
    assert list(home.faults("anna", Counter("abb"))) == ["anna: session b is kept 2 times"]
    home.clear()
    assert list(home.faults("anna", Counter())) == []


def test_a_run_is_judged_by_its_faults_its_spills_and_its_slowest(capsys: pytest.CaptureFixture[str]) -> None:
    def took(p99: float) -> Figures:
        return Figures(turns=[10.0] * 98 + [p99] * 2)

    assert judged(took(SLOWEST), 10.0, 0)
    assert not judged(took(SLOWEST + 0.1), 10.0, 0)
    assert not judged(took(SLOWEST), 10.0, 1)
    assert not judged(replace(took(SLOWEST), faults=["'next': AssertionError: nothing is said"]), 10.0, 0)
    assert "fault:      1 'next': AssertionError: nothing is said" in capsys.readouterr().out
