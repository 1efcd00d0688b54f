"""Exports and backups: what goes out comes in again, whole or with every fault named."""

import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.errors import JournalError
from skill.journal import Asking, Entry, Member, Place, Standing, Store
from skill.journal.backup import backup, bring_in, export
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.entries import KEPT_FOR
from skill.journal.files import Progress, whole
from skill.journal.intake import Intake
from skill.journal.sqlite import IN_MEMORY, SQLiteStore
from skill.journal.store import entry_to
from skill.words import load
from tests.conftest import START, Clock
from tests.journal.test_store import ANNA, BEN, kept, moment, session, told

LABELS = load().groups()


def silent(_: int) -> None:
    """No progress."""


def brought(path: Path, store: Store, clock: Clock) -> Intake:
    intake = Intake(store, now=clock)
    bring_in(path, intake, LABELS)
    return intake


@pytest.fixture
def table(aws: dict[str, str], clock: Clock) -> Iterator[DynamoDBStore]:
    store = DynamoDBStore(f"journal-{uuid4().hex}", aws, clock)
    store.create()
    yield store
    store.close()


WRITTEN: list[Entry] = [
    Member(ANNA, BEN, START),
    moment(outcome="better", heard={"s1": 3}, place=Place("raging", 2, "", Asking("choose", ("raging", "hitting")))),
    session(ending="finished", moments=1),
    Standing(ANNA, START, tracking=False, reminder="a token", remind_at="07:10"),
    *(moment(BEN, id_=f"s2-{number}", minutes=number) for number in range(40)),
]


def test_a_backup_goes_from_one_engine_to_the_other_and_back(
    store: SQLiteStore, table: DynamoDBStore, clock: Clock, tmp_path: Path
) -> None:
    for entry in WRITTEN:
        later = store.keep(entry)
        assert later is not None
        # Told again and again: an empty store knows no telling to go on from.
        store.keep(replace(later, seen=START + timedelta(seconds=1)))
    there, back = tmp_path / "there.gz", tmp_path / "back.gz"
    assert backup(store.everything(), there, START, silent) == len(WRITTEN)
    assert there.stat().st_mode & 0o777 == 0o600
    for counts in ((len(WRITTEN), 0), (0, len(WRITTEN))):
        intake = brought(there, table, clock)
        assert (intake.added, intake.there, intake.changed, intake.unwanted, intake.faults) == (*counts, 0, 0, [])
    assert backup(table.everything(), back, START, silent) == len(WRITTEN)
    other = SQLiteStore(IN_MEMORY, clock)
    # A backup may be unpacked by hand.
    (tmp_path / "back.jsonl").write_bytes(gzip.decompress(back.read_bytes()))
    assert brought(tmp_path / "back.jsonl", other, clock).added == len(WRITTEN)
    assert list(other.everything()) == [replace(entry, revision=1) for entry in store.everything()]
    other.close()


@pytest.mark.parametrize("packed", [True, False])
def test_a_backup_that_was_cut_off_is_known_for_it_wherever_it_was(packed: bool, clock: Clock, tmp_path: Path) -> None:  # noqa: FBT001
    path = tmp_path / "backup"
    backup(WRITTEN, path, START, silent)
    if not packed:
        path.write_bytes(gzip.decompress(path.read_bytes()))
    complete = path.read_bytes()
    begun = 20 if packed else complete.index(b"\n") + 1
    for size in range(begun, len(complete) - 1, len(complete) // 23):
        path.write_bytes(complete[:size])
        store = SQLiteStore(IN_MEMORY, clock)
        intake = brought(path, store, clock)
        assert "cut off" in intake.faults[-1]
        # What had come before the cut is in.
        before = (gzip.decompress(complete) if packed else complete[:size]).count(b"\n") - 1
        assert intake.count == len(list(store.everything())) <= before
        assert packed or intake.count == before
        store.close()


def test_a_line_that_is_missing_from_a_backup_is_missed(store: SQLiteStore, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    backup(WRITTEN, path, START, silent)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:7], *lines[8:]]))
    intake = brought(path, store, clock)
    assert intake.added == len(WRITTEN) - 1
    assert intake.faults == [f"{path}, line {len(lines) - 1}: the backup held 44 entries, and 43 are here"]
    path.write_text('{"kind": "backup", "form": 2}\n' + json.dumps(entry_to(moment())))
    assert "a form that only a later stay-close can read" in brought(path, store, clock).faults[0]


BAD: list[tuple[Any, str]] = [
    ("no JSON", "it is no entry of a journal"),
    ("[" * 99_000, "it is no entry of a journal"),
    (json.dumps(entry_to(moment())) + " " * 100_000, "it is no entry of a journal"),
    ([], "it is no entry of a journal"),
    ({"kind": "diary"}, "unknown kind 'diary'"),
    ({**entry_to(session()), "words": "somebody's"}, "Session has no field 'words'"),
    ({**entry_to(session()), "moments": "3"}, "Session.moments: expected a whole number, got str"),
    ({**entry_to(session()), "moments": -1}, "a count is out of bounds"),
    ({**entry_to(session()), "spoken": {"": 1}}, "a count is out of bounds"),
    ({**entry_to(session()), "started": "yesterday"}, "Session.started: expected a time"),
    ({**entry_to(session()), "started": "9999-12-31T00:00:00Z"}, "Session.started: expected a time of the years"),
    ({**entry_to(session()), "seen": "0001-01-01T00:00:00+14:00"}, "Session.seen: expected a time of the years"),
    ({**entry_to(session()), "id": "s#1"}, "an id is made of letters, digits and hyphens"),
    ({**entry_to(session()), "caregiver": "Anna"}, "a caregiver is 32 hexadecimal digits"),
    ({**entry_to(session()), "caregiver": "\ud800" * 32}, "a caregiver is 32 hexadecimal digits"),
    ({**entry_to(Member(ANNA, BEN, START)), "person": "Ben"}, "a caregiver is 32 hexadecimal digits"),
    ({**entry_to(moment()), "path": []}, "a path ends with the situation"),
    ({**entry_to(moment()), "path": ["ragin", "hitting"]}, "'ragin' is no label"),
]


def test_every_bad_line_is_named_and_no_good_one_is_held_up(store: SQLiteStore, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    good = [moment(id_=f"s1-{number}", minutes=number) for number in range(len(BAD))]
    with path.open("w", encoding="utf-8") as file:
        for (bad, _), entry in zip(BAD, good, strict=True):
            file.write((bad if isinstance(bad, str) else json.dumps(bad)) + "\n\n")
            export([entry], file, silent)
    intake = brought(path, store, clock)
    assert list(store.everything()) == [told(entry) for entry in good]
    for number, ((_, reason), fault) in enumerate(zip(BAD, intake.faults, strict=True)):
        assert fault.startswith(f"{path}, line {3 * number + 1}: ")
        assert reason in fault


def test_an_import_brings_back_what_was_forgotten_and_undoes_nothing_newer(
    store: SQLiteStore, clock: Clock, tmp_path: Path
) -> None:
    kept(store, moment(), session(), Standing(ANNA, START))
    path = tmp_path / "export.jsonl"
    with whole(path) as file:
        export(store.entries(ANNA), file, silent)
    store.erase(ANNA, moment().key)
    wish = Standing(ANNA, START - timedelta(minutes=-1), 1, tracking=False)
    store.keep(wish)
    intake = brought(path, store, clock)
    assert (intake.added, intake.there) == (1, 2)
    # The newer wish holds, and what is asked for comes in all the same.
    assert list(store.entries(ANNA)) == [told(moment()), told(session()), replace(wish, revision=2)]
    clock.move(KEPT_FOR)
    assert (brought(path, store, clock).unwanted, len(list(store.entries(ANNA)))) == (2, 1)


def test_what_cannot_be_written_whole_is_not_there_and_what_was_there_stays(store: SQLiteStore, tmp_path: Path) -> None:
    path = tmp_path / "backup.gz"
    path.write_text("an earlier one")

    def failing() -> Iterator[Entry]:
        yield moment()
        raise JournalError("The table is gone.")

    with pytest.raises(JournalError, match="The table is gone"):
        backup(failing(), path, START, silent)
    assert (path.read_text(), list(tmp_path.iterdir())) == ("an earlier one", [path])
    for place in (tmp_path, tmp_path / "nowhere" / "backup.gz", Path("/dev/null")):
        with pytest.raises(JournalError, match="name a file in a folder that exists"):
            backup(store.everything(), place, START, silent)
    assert not Path("/dev/null").is_file()


def test_progress_is_said_once_a_second_and_of_nothing_short() -> None:
    seconds = iter([0.0, 0.4, 0.9, 1.0, 1.0, 1.5, 1.9, 2.1, 2.1])
    said = io.StringIO()
    progress = Progress(said, lambda: next(seconds))
    for count in (200, 400, 1600, 1800, 1900, 2000):
        progress(count)
    assert said.getvalue() == "1,600 entries so far\n2,000 entries so far\n"


TIMES = st.integers(0, 10**6).map(lambda seconds: START + timedelta(seconds=seconds))
CAREGIVERS = st.sampled_from([ANNA, BEN])
NAMES = st.sampled_from(sorted(LABELS))
COUNTS = st.dictionaries(st.from_regex(r"[a-z][a-z_/0-9]{0,20}", fullmatch=True), st.integers(0, 10**6), max_size=4)
IDS = st.from_regex(r"[0-9a-f]{16}(-[1-9])?", fullmatch=True)
ENTRIES = st.one_of(
    st.builds(
        lambda caregiver, id_, at, spoken, moments: replace(
            session(caregiver, id_), started=at, seen=at, spoken=spoken, moments=moments
        ),
        CAREGIVERS, IDS, TIMES, COUNTS, st.integers(0, 99),
    ),
    st.builds(
        lambda caregiver, id_, at, path, heard, outcome, step: replace(
            moment(caregiver, id_), started=at, seen=at, path=tuple(path), situation=path[-1], heard=heard,
            outcome=outcome, place=Place(path[-1], step),
        ),
        CAREGIVERS, IDS, TIMES, st.lists(NAMES, min_size=1, max_size=8), COUNTS,
        st.sampled_from([None, "better", "same", "worse"]), st.integers(0, 4),
    ),
    st.builds(Standing, CAREGIVERS, TIMES, st.just(0), st.booleans(), st.text(max_size=20), st.just("07:10")),
    st.builds(Member, CAREGIVERS, st.uuids().map(lambda one: one.hex), TIMES),
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(entries=st.lists(ENTRIES, max_size=12, unique_by=lambda entry: (entry.caregiver, entry.key)))
def test_what_is_exported_and_imported_is_the_same(entries: list[Entry]) -> None:
    clock = Clock()
    one, other = SQLiteStore(IN_MEMORY, clock), SQLiteStore(IN_MEMORY, clock)
    kept(one, *entries)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.jsonl"
        with whole(path) as file:
            assert export(one.everything(), file, silent) == len(entries)
        for counts in ((len(entries), 0), (0, len(entries))):
            intake = brought(path, other, clock)
            assert (intake.added, intake.there, intake.changed, intake.faults) == (*counts, 0, [])
    assert list(other.everything()) == list(one.everything())
    one.close()
    other.close()
