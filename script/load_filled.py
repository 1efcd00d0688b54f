"""A very large journal, made quickly: moments as conversations leave them, told again of many caregivers."""

import json
import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from script.load_caregivers import Caregiver, Visits, World
from script.load_told import Told
from skill.channels.alexa.entry import Handler, entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Key, Moment, Session, Spill, Store
from skill.journal.dynamodb import TABLE, _typed
from skill.journal.entries import KEPT_FOR
from skill.journal.sqlite import IN_MEMORY, SQLiteStore
from skill.journal.store import entry_to
from skill.plain import time_text
from skill.reader import load_reader
from skill.words import load
from tests.conftest import unhurried
from tests.engines import BIN, ENGINES, ROOT

__all__ = [
    "KEY",
    "NAME",
    "PAUSE",
    "Shape",
    "account",
    "caregiver",
    "fill_dynalite",
    "fill_sqlite",
    "handler",
    "samples",
]

KEY = Key(b"a key for the load alone")
NAME = "journal"
"""The table."""
SPAN = KEPT_FOR - timedelta(days=1)
"""The time over which moments are spread; the first ones are not yet forgotten."""
PAUSE = timedelta(minutes=5)
"""How long ago the last moment was heard: it is resumed."""
TALKERS, LINES = 5, 400
"""How many caregivers talk for the samples, and how long."""
AT_ONCE = 100_000
"""Rows of a transaction."""
Plain = dict[str, Any]
Sample = tuple[Moment, Session]


@dataclass(frozen=True)
class Shape:
    """How large a journal is, and when."""

    caregivers: int
    moments: int
    """… of each, with a session for each."""
    now: datetime


def account(number: int) -> str:
    """Amazon's id of a caregiver's account."""
    return f"amzn1.ask.account.FULL{number}"


def caregiver(number: int) -> str:
    """The caregiver in the journal."""
    return KEY.caregiver(f"alexa:{account(number)}")


def handler(store: Store) -> Handler:
    """The Lambda handler over a store."""
    words = load()
    return entry(House(Exchange(words, load_reader(words), unhurried(store, Spill(None))), KEY, store))


@cache
def samples() -> list[Sample]:
    """Moments with the sessions in which they began, as they come of conversations; one that can be resumed is last."""
    store = SQLiteStore(IN_MEMORY)
    answer = handler(store)
    world = World(Visits.load(), load(), lambda request, _: answer(request, None), Told(KEY).note)
    for number in range(TALKERS):
        talker = Caregiver(number, "samples", world)
        for _ in range(LINES):
            talker.step()
        talker.leave()
    kept = list(store.everything())
    sessions = {one.id: one for one in kept if isinstance(one, Session)}
    begun = [(one, one.id.rpartition("-")[0]) for one in kept if isinstance(one, Moment)]
    found = [(moment, sessions[session]) for moment, session in begun if session in sessions]
    return sorted(found, key=lambda sample: _resumes(sample[0]))


def _resumes(moment: Moment) -> bool:
    return moment.outcome is None and moment.ending == "left" and moment.place.asking.kind == "next"


def _tellings(shape: Shape, found: Sequence[Sample]) -> Iterator[tuple[int, Plain, str, int]]:
    """Which sample is told again (moments are even, sessions odd), what is changed of it, its key, when it expires."""
    # In the order in which a table keeps them: every page is written once.
    for whose, number in sorted((caregiver(number), number) for number in range(shape.caregivers)):
        chance = random.Random(number)
        times = sorted(shape.now - PAUSE - SPAN * chance.random() for _ in range(shape.moments - 1))
        for count, started in enumerate([*times, shape.now - PAUSE]):
            place = len(found) - 1 if count == shape.moments - 1 else chance.randrange(len(found))
            session = f"{number:08x}{count:08x}"
            at = {"caregiver": whose, "started": time_text(started), "seen": time_text(started)}
            until = int((started + KEPT_FOR).timestamp())
            moment = {**at, "id": f"{session}-1", "heard": {session: found[place][0].steps}}
            yield place * 2, moment, f"{at['started']}#moment#{session}-1", until
            yield place * 2 + 1, {**at, "id": session, "moments": 1}, f"{at['started']}#session#{session}", until


def fill_sqlite(path: Path, shape: Shape, found: Sequence[Sample]) -> None:
    """Fill a journal file, in few transactions."""
    plain = [entry_to(one) for sample in found for one in sample]
    store = SQLiteStore(path)
    store.create()

    def rows() -> Iterator[tuple[object, ...]]:
        for place, changes, key, until in _tellings(shape, found):
            body = json.dumps({**plain[place], **changes}, separators=(",", ":"))
            yield changes["caregiver"], key, plain[place]["revision"], until, body

    left = rows()
    while some := list(islice(left, AT_ONCE)):
        with store._engine() as engine:  # noqa: SLF001 - its own way, without its reading before each writing
            engine.execute("BEGIN")
            engine.executemany(
                "INSERT OR REPLACE INTO entries (caregiver, entry, revision, expires, body) VALUES (?, ?, ?, ?, ?)",
                some,
            )
            engine.execute("COMMIT")
    store.close()


def fill_dynalite(folder: Path, shape: Shape, found: Sequence[Sample]) -> None:
    """Fill the table of a dynalite that does not run: its API takes several times as long."""
    typed = [_typed(entry_to(one))["M"] for sample in found for one in sample]
    command = [
        BIN / "node",
        ROOT / "script" / "load_fill.mjs",
        ENGINES,
        folder,
        json.dumps({"TableName": NAME, **TABLE}),
    ]
    with subprocess.Popen([*map(str, command)], stdin=subprocess.PIPE, text=True) as filling:
        assert filling.stdin is not None
        for place, changes, key, until in _tellings(shape, found):
            changed = {name: _typed(value) for name, value in {**changes, "entry": key, "expires": until}.items()}
            item = json.dumps({**typed[place], **changed}, separators=(",", ":"))
            filling.stdin.write(f"{changes['caregiver']}\t{key}\t{item}\n")
    if filling.returncode:
        raise SystemExit("dynalite's folder could not be filled: see what Node says.")
