"""One contract for both stores: SQLite in a file, and DynamoDB on dynalite over a real connection."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.journal import Entry, Moment, Session, Store
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.entries import KEPT_FOR
from skill.journal.sqlite import SQLiteStore
from tests.conftest import START, Clock

ANNA, BEN = "a" * 32, "b" * 32


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store: Store
    if request.param == "sqlite":
        store = SQLiteStore(tmp_path / "new folder" / "journal.sqlite", clock)
    else:
        store = DynamoDBStore(f"journal-{uuid4().hex}", request.getfixturevalue("aws"), clock)
    store.create()
    yield store
    store.close()


def session(caregiver: str = ANNA, id_: str = "s1", minutes: int = 0, **changes: object) -> Session:
    at = START + timedelta(minutes=minutes)
    made = Session(
        id=id_, caregiver=caregiver, started=at, seen=at, channel="terminal", locale="en-US", spoken={"raging/say": 2}
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def moment(caregiver: str = ANNA, id_: str = "s1-1", minutes: int = 0, **changes: object) -> Moment:
    at = START + timedelta(minutes=minutes)
    made = Moment(
        id=id_,
        caregiver=caregiver,
        session="s1",
        started=at,
        seen=at,
        channel="terminal",
        locale="en-US",
        situation="hitting",
        path=("raging", "hitting"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_is_kept_comes_back_as_it_was(store: Store) -> None:
    entries: list[Entry] = [
        moment(outcome="better", ending="eased", steps=3, revision=4),
        session(ending="finished", moments=1),
    ]
    for entry in entries:
        store.keep(entry)
    assert list(store.entries(ANNA)) == entries


def test_new_entries_are_kept_together_and_twice_is_once(store: Store) -> None:
    for _ in range(2):
        store.keep_new([session(), moment()])
    assert list(store.entries(ANNA)) == [moment(), session()]
    store.keep_new([moment(id_="s1-2", minutes=3)])
    assert len(list(store.entries(ANNA))) == 3


def test_the_same_entry_twice_is_kept_once(store: Store) -> None:
    for _ in range(2):
        store.keep(moment())
        store.keep(session())
    assert list(store.entries(ANNA)) == [moment(), session()]


def test_a_later_revision_takes_the_place_of_an_earlier_one(store: Store) -> None:
    store.keep(moment())
    store.keep(moment(revision=2, steps=1))
    assert list(store.entries(ANNA)) == [moment(revision=2, steps=1)]


def test_an_entry_that_comes_late_changes_nothing(store: Store) -> None:
    store.keep(moment(revision=3, steps=2))
    store.keep(moment(revision=1))
    assert list(store.entries(ANNA)) == [moment(revision=3, steps=2)]


def test_the_latest_session_is_the_one_that_began_last(store: Store) -> None:
    assert store.latest(ANNA) is None
    store.keep(session(id_="s2", minutes=5))
    store.keep(session(id_="s1"))
    store.keep(moment(minutes=60))
    store.keep(session(BEN, id_="s9", minutes=90))
    latest = store.latest(ANNA)
    assert latest is not None
    assert latest.id == "s2"


def test_forgetting_erases_one_caregiver_and_nobody_else(store: Store) -> None:
    for number in range(60):
        store.keep(moment(id_=f"s1-{number}", minutes=number))
    store.keep(session())
    store.keep(session(BEN))
    assert store.forget(ANNA) == 61
    assert list(store.entries(ANNA)) == []
    assert store.latest(ANNA) is None
    assert store.forget(ANNA) == 0
    assert list(store.entries(BEN)) == [session(BEN)]


def test_entries_expire(store: Store, clock: Clock) -> None:
    store.keep(moment())
    store.keep(session(minutes=10))
    clock.move(KEPT_FOR + timedelta(minutes=5))
    assert list(store.entries(ANNA)) == [session(minutes=10)]


def test_making_the_store_twice_is_harmless(store: Store) -> None:
    store.keep(session())
    store.create()
    assert list(store.entries(ANNA)) == [session()]


LABELS = st.sampled_from(["raging", "hitting", "shut_down", "child_medical"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.lists(LABELS, min_size=1, max_size=6),
    steps=st.integers(0, 10**6),
    spoken=st.dictionaries(st.text(min_size=1, max_size=40).filter(str.strip), st.integers(0, 99), max_size=5),
    minutes=st.integers(0, 10**5),
)
def test_any_entry_survives_the_store(
    store: Store, path: list[str], steps: int, spoken: dict[str, int], minutes: int
) -> None:
    caregiver = uuid4().hex
    kept = moment(caregiver, minutes=minutes, path=tuple(path), situation=path[-1], steps=steps)
    visit = session(caregiver, minutes=minutes, spoken=spoken)
    store.keep(kept)
    store.keep(visit)
    assert list(store.entries(caregiver)) == [kept, visit]
