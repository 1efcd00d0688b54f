"""The metrics: a line of CloudWatch's embedded format for each request, and nothing of who spoke."""

import json
from typing import Any

import pytest

from skill.channels.alexa.entry import entry
from skill.channels.alexa.metrics import NAMESPACE, Meter
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Keeper, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, event
from tests.engines import ROOT
from tests.test_template import METRICS


class Metered:
    """A handler, and the lines of metrics that it has written."""

    def __init__(self, words: Words, reader: Reader, store: SQLiteStore) -> None:
        house = House(Exchange(words, reader, Keeper(store, Spill(None))), KEY, store)
        self.lines: list[str] = []
        self.handler = entry(house, meter=Meter("the-function", words, self.lines.append, now=lambda: 1764314000.0))

    def send(self, name: str, **changes: Any) -> dict[str, Any]:
        self.handler(event(name, **changes), None)
        line: dict[str, Any] = json.loads(self.lines[-1])
        return line


@pytest.fixture
def metered(words: Words, reader: Reader, store: SQLiteStore) -> Metered:
    return Metered(words, reader, store)


def test_a_line_is_what_cloudwatch_reads(metered: Metered) -> None:
    line = metered.send("one_shot_search_query")
    told = line.pop("_aws")
    assert told["Timestamp"] == 1764314000000
    for directive in told["CloudWatchMetrics"]:
        assert directive["Namespace"] == NAMESPACE
        (dimensions,) = directive["Dimensions"]
        # Each metric and each dimension that is declared stands in the line.
        assert {*dimensions, *(metric["Name"] for metric in directive["Metrics"])} <= set(line)
    of_all, of_groups = told["CloudWatchMetrics"]
    assert {metric["Name"] for metric in of_all["Metrics"]} == METRICS
    assert (of_all["Dimensions"], of_groups["Dimensions"]) == ([["Function"]], [["Function", "Group"]])
    assert [metric["Name"] for metric in of_groups["Metrics"]] == ["Turns"]
    assert line.pop("Latency") >= line.pop("Journal") >= 0
    assert line == {"Function": "the-function", "Group": "comfort", "Turns": 1, "Danger": 0, "Spills": 0, "Faults": 0}


def test_danger_faults_and_what_is_no_turn_are_told_apart(metered: Metered) -> None:
    assert metered.send("search_query_danger")["Danger"] == 1
    fault = metered.send("unknown_type")
    assert (fault["Turns"], fault["Faults"], fault["Group"]) == (0, 1, "none")
    ended = metered.send("session_ended")
    assert (ended["Turns"], ended["Faults"]) == (0, 0)


def test_what_the_store_does_not_take_is_counted(
    metered: Metered, store: SQLiteStore, capsys: pytest.CaptureFixture[str]
) -> None:
    store.path = ROOT / "README.md" / "no folder"
    assert metered.send("one_shot_search_query")["Spills"] == 2
    assert capsys.readouterr().err.count("journal_spill") == 2


def test_an_erasing_that_fails_and_a_journal_that_cannot_be_set_up_are_faults(
    metered: Metered, store: SQLiteStore, words: Words, reader: Reader
) -> None:
    store.path = ROOT / "README.md" / "no folder"
    assert metered.send("skill_disabled")["Faults"] == 1
    nowhere = House(Exchange(words, reader, Keeper(None, Spill(None), refusal="There is no key: make one.")), KEY, None)
    metered.handler = entry(nowhere, meter=Meter("the-function", words, metered.lines.append))
    assert metered.send("launch")["Faults"] == 1


def test_nobody_and_nothing_that_was_said_is_in_a_line(metered: Metered) -> None:
    for name in ("one_shot_recognised", "search_query_danger", "unknown_type", "skill_disabled"):
        metered.send(name)
    text = "".join(metered.lines)
    for secret in (
        "amzn1",
        "TESTUSER",
        "TESTDEVICE",
        "ANNA",
        "pushing",
        KEY.caregiver("alexa:amzn1.ask.account.TESTUSER"),
    ):
        assert secret not in text
