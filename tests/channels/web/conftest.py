"""What the tests of the web share."""

from pathlib import Path

import pytest

from skill.journal import Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.web.endpoint import Endpoint, good
from tests.channels.web.signing import URL, Shelf
from tests.conftest import Clock


@pytest.fixture
def endpoint(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path, clock: Clock) -> Endpoint:
    return Endpoint(words, reader, store, Spill(tmp_path / "spill.jsonl"), clock, Shelf({URL: good()}))
