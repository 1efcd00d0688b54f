"""What each thing that a caregiver does asks of the table, counted: the figures of docs/architecture.md."""

import copy
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from skill.channels.alexa.entry import Handler, entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill
from skill.journal.dynamodb import DynamoDBStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.test_alexa import CAREGIVER, phrase
from tests.conftest import KEY, event, unhurried
from tests.engines import ROOT, settings
from tests.engines.counted import Counted, counted

TABLE = re.compile(r"^\| (?P<what>[^|]+?) +\| (?P<asked>[^|]+?) +\|", re.MULTILINE)


class Alexa:
    """An Alexa session over a table that counts."""

    def __init__(self, handler: Handler, count: Counted) -> None:
        self.handler = handler
        self.count = count
        self.attributes: dict[str, Any] = {}
        self.sessions = 0
        self.asked: dict[str, Counted] = {}

    def send(self, what: str, name: str, **changes: Any) -> None:
        """Send an event, and keep under `what` what was asked for it."""
        self.sessions += not self.attributes
        request = event(name, timestamp=f"2026-11-24T{7 + self.sessions:02d}:{len(self.asked):02d}:00Z", **changes)
        if "session" in request:
            request["session"] |= {"attributes": copy.deepcopy(self.attributes), "sessionId": f"s{self.sessions}"}
        self.count.clear()
        self.attributes = self.handler(request, None).get("sessionAttributes", {})
        self.asked[what] = copy.deepcopy(self.count)


@pytest.fixture(scope="module")
def asked(dynalite: str, words: Words, reader: Reader) -> Iterator[dict[str, Counted]]:
    """What was asked for each thing, in a few visits."""
    with counted(dynalite) as (address, count):
        table = f"journal-{uuid4().hex}"
        store = DynamoDBStore(table, settings(address))
        store.create()
        alexa = Alexa(entry(House(Exchange(words, reader, unhurried(store, Spill(None))), KEY, store)), count)
        alexa.send("the first visit", "one_shot_search_query")
        alexa.send("a turn within a moment", "next")
        alexa.send("a turn that changes nothing", "repeat")
        alexa.send("the end of a visit", "stop")
        alexa.send("a visit that resumes a moment", "launch")
        alexa.send("how are we doing", "bare_phrase", intent=phrase("how are we doing"))
        alexa.send("forget this", "bare_phrase", intent=phrase("forget this"))
        alexa.send("", "stop")
        alexa.send("a visit without a moment", "bare_phrase", intent=phrase("good morning"))
        alexa.send("a disabled skill", "skill_disabled")
        del alexa.asked[""]
        yield alexa.asked
        store.close()


def test_the_figures_of_the_document_are_what_is_asked(asked: dict[str, Counted]) -> None:
    document = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = {row["what"]: row["asked"] for row in TABLE.finditer(document)}
    for what, count in asked.items():
        assert told.get(what) == ", ".join(f"{often} {name}" for name, often in sorted(count.operations.items())) or "–"


def test_a_turn_is_two_small_writes_and_reads_nothing(asked: dict[str, Counted]) -> None:
    turn = asked["a turn within a moment"]
    assert (turn.reads, turn.writes) == (0, 2)
    assert asked["a visit that resumes a moment"].reads <= 1


def test_nothing_is_asked_beyond_ones_own_entries(asked: dict[str, Counted]) -> None:
    """No scan, no index, no item that all share: the load spreads as the caregivers do."""
    for what, count in asked.items():
        assert count.partitions <= {CAREGIVER}, what
        assert set(count.operations) <= {"Query", "PutItem", "DeleteItem", "BatchWriteItem", "GetItem"}
