"""What the tests of channels share."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from skill.channels.alexa.entry import Handler, entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, unhurried
from tests.engines.amazon import Amazon

SKILL = "amzn1.ask.skill.00000000-0000-4000-8000-000000000001"


@pytest.fixture
def handler(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path) -> Iterator[Handler]:
    keeper = unhurried(store, Spill(tmp_path / "spill.jsonl"))
    yield entry(House(Exchange(words, reader, keeper), KEY, store), SKILL)
    assert not (tmp_path / "spill.jsonl").exists()


@pytest.fixture
def amazon() -> Iterator[Amazon]:
    amazon = Amazon()
    with amazon.server:
        Thread(target=amazon.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield amazon
        amazon.done.set()
        amazon.server.shutdown()
