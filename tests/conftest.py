"""What many tests share: the words, the reader, a house at home, and the real engines."""

import itertools
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from skill.channels.terminal import Visitor
from skill.exchange import Exchange
from skill.journal import Keeper, Key, Spill, Store
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader, load_reader
from skill.words import Words, load
from tests import engines
from tests.engines import ROOT

EVENTS = ROOT / "tests" / "events"
CASES = ROOT / "tests" / "cases"
BIN = Path(sys.executable).parent
KEY = Key(b"a key for tests alone")
START = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
def words() -> Words:
    return load()


@pytest.fixture(scope="session")
def reader(words: Words) -> Reader:
    return load_reader(words)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


def unhurried(store: Store, spill: Spill) -> Keeper:
    """A keeper whose own clock runs backwards: however busy the machine, the store has all the time it wants."""
    return Keeper(store, spill, clock=itertools.count(0.0, -60.0).__next__)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "journal.sqlite", clock)
    yield store
    store.close()


@pytest.fixture
def visitor(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path, clock: Clock) -> Visitor:
    keeper = unhurried(store, Spill(tmp_path / "spill.jsonl"))
    return Visitor(Exchange(words, reader, keeper), KEY, now=clock)


def event(name: str, **changes: Any) -> dict[str, Any]:
    """A recorded Alexa request by its name; `changes` replace fields of its `request`."""
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    loaded["request"] |= changes
    return loaded


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The address of a running dynalite."""
    with engines.dynalite() as address:
        yield address


@pytest.fixture
def aws(dynalite: str) -> dict[str, str]:
    """An environment that is configured for dynalite."""
    return engines.settings(dynalite)
