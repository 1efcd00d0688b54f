"""What the attacks share: an entry over a journal whose every row can be looked at, and requests as an attacker has
them made. Nothing behind the entry is asked for."""

import copy
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from skill.channels.alexa.entry import Handler, entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill, Store
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.responses import heard, valid
from tests.conftest import KEY, START, Clock, event, unhurried

SKILL = "amzn1.ask.skill.00000000-0000-4000-8000-000000000001"
ALICE, BOB = "amzn1.ask.account.ALICE", "amzn1.ask.account.BOB"
Row = tuple[str, str, str]
"""A caregiver's hash, the entry's key, its body."""
Rows = Callable[[], list[Row]]


@dataclass(frozen=True)
class Journal:
    """A store, and a way round it to all that is in it."""

    store: Store
    rows: Rows


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """SQLite, unless a test asks for another."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def journal(engine: str, tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Journal]:
    store: Store
    if engine == "sqlite":
        store = SQLiteStore(tmp_path / "journal.sqlite", clock)
        rows = partial(_in_file, store.path)
    else:
        name, environment = f"journal-{uuid4().hex}", request.getfixturevalue("aws")
        store = DynamoDBStore(name, environment)
        rows = partial(_in_table, name, environment)
    store.create()
    yield Journal(store, rows)
    store.close()


def _in_file(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as journal:
        return journal.execute("SELECT caregiver, entry, body FROM entries ORDER BY 1, 2").fetchall()


def _in_table(name: str, environment: dict[str, str]) -> list[Row]:
    client = boto3.client(
        "dynamodb",
        endpoint_url=environment["AWS_ENDPOINT_URL_DYNAMODB"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    items = client.scan(TableName=name)["Items"]
    client.close()
    return sorted((item["caregiver"]["S"], item["entry"]["S"], json.dumps(item, sort_keys=True)) for item in items)


@pytest.fixture
def handler(words: Words, reader: Reader, journal: Journal, tmp_path: Path) -> Iterator[Handler]:
    keeper = unhurried(journal.store, Spill(tmp_path / "spill.jsonl"))
    handler = entry(House(Exchange(words, reader, keeper), KEY, journal.store), SKILL)
    yield handler
    # What was asked of the store ahead of a request that then failed may be under way: this comes after it.
    handler(request("launch", "amzn1.ask.account.LAST"), None)
    assert not (tmp_path / "spill.jsonl").exists()


@pytest.fixture
def rows(journal: Journal) -> Rows:
    """All that is in the journal, whoever's it is."""
    return journal.rows


def phrase(said: str) -> dict[str, Any]:
    return {"name": "PhraseIntent", "slots": {"phrase": {"name": "phrase", "value": said}}}


def request(name: str, user: object = ALICE, person: object = None, session: str = "", **changes: Any) -> Any:
    """A recorded request as another account, voice and session would send it."""
    made = event(name, **changes)
    for holder in (made.get("session"), made["context"]["System"]):
        if holder is not None:
            holder["user"] = {"userId": user}
    if person is not None:
        made["context"]["System"]["person"] = {"personId": person}
    if session:
        made["session"]["sessionId"] = session
    return made


class Visit:
    """A session of one account, half a minute a turn; what was sent stays at hand for whoever sends it again."""

    def __init__(
        self, handler: Handler, user: object = ALICE, person: object = None, at: datetime = START, session: str = ""
    ) -> None:
        self.handler = handler
        self.user, self.person, self.at = user, person, at
        self.session = session or f"session of {user!r:.50} {person!r:.50} {at}"
        self.attributes: Any = {}
        self.sent: list[Any] = []

    def send(self, name: str, **changes: Any) -> dict[str, Any]:
        when = {"timestamp": self.at.isoformat(), "requestId": f"request {len(self.sent)}"}
        made = request(name, self.user, self.person, self.session, **{**when, **changes})
        made["session"]["attributes"] = copy.deepcopy(self.attributes)
        self.at += timedelta(seconds=30)
        self.sent.append(made)
        response = self.handler(copy.deepcopy(made), None)
        self.attributes = json.loads(json.dumps(response.get("sessionAttributes", {})))
        return valid(response)

    def say(self, said: str) -> str:
        return heard(self.send("bare_phrase", intent=phrase(said)))


def owners(rows: list[Row]) -> set[str]:
    """Whose the rows are."""
    return {caregiver for caregiver, _, _ in rows}
