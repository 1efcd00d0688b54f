"""What was spilled comes into the journal, in whatever form it comes back: `tests/cases/logs` has one of each."""

import gzip
import io
import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from skill.errors import JournalRefused
from skill.journal import Entry, Moment, Spill, Standing
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.intake import Intake
from skill.journal.replay import replay, spilled
from skill.journal.spill import set_aside
from skill.journal.sqlite import IN_MEMORY, SQLiteStore
from tests.conftest import CASES, START, Clock
from tests.journal.test_store import ANNA, BEN, moment, session, told

LOGS = sorted((CASES / "logs").iterdir())


def replayed(path: Path, clock: Clock) -> tuple[list[Entry], Intake]:
    """What an empty journal holds after a replay, and what was said of it."""
    store = SQLiteStore(IN_MEMORY, clock)
    intake = Intake(store, asked=False, now=clock)
    replay(path, intake)
    found = list(store.everything())
    store.close()
    return found, intake


@pytest.mark.parametrize("path", LOGS, ids=[path.name for path in LOGS])
def test_every_form_of_a_log_brings_the_same_entries(path: Path, clock: Clock, tmp_path: Path) -> None:
    clock.move(timedelta(days=1))
    expected, _ = replayed(CASES / "logs" / "spill.jsonl", clock)
    found, intake = replayed(path, clock)
    assert found == expected
    assert (intake.added, intake.changed, intake.there, intake.unwanted, intake.faults) == (3, 1, 0, 0, [])
    (tmp_path / "000000.gz").write_bytes(gzip.compress(path.read_bytes()))
    (tmp_path / "from windows.txt").write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    found, intake = replayed(tmp_path, clock)
    assert found == expected
    # The second file tells the same, of which the last tellings are known already.
    assert (intake.added, intake.changed, intake.there, intake.faults) == (3, 1, 4, [])


def test_without_a_file_the_spill_is_a_line_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (None, tmp_path / "file" / "spill.jsonl"):
        stream = io.StringIO()
        Spill(path, stream).add(moment())
        (line,) = stream.getvalue().splitlines()
        assert json.loads(line)["event"] == "journal_spill"
        # A log service puts its own marks in front of a line.
        assert spilled(f"2026-11-24T07:10:00Z\tabc\t{line}") == [moment()]
        for _ in range(4):
            # However often it is put into a message.
            line = json.dumps({"timestamp": 1, "message": f"INFO {line}", "requestId": "abc"})
            assert spilled(line + "\n") == [moment()]
        assert spilled("START RequestId: abc") == []


def test_a_line_that_cannot_be_read_is_named_and_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "spill.jsonl"
    Spill(path).add(moment())
    with path.open("a") as file:
        file.write(
            '{"event":"journal_spill","entry":{"kind":"mom\n'
            '{"event":"journal_spill","entry":{"kind":"session"}}\n'
            f'{{"message":"{{\\"event\\":\\"journal_spill\\",\\"ent\n'
            f'{{"event":"journal_spill","entry":{"[" * 100_000}\n'
            "    " + '"event": "journal_spill",\n    "entry": {\n'
        )
    Spill(path).add(session())
    store = SQLiteStore(tmp_path / "journal.sqlite")
    intake = Intake(store, asked=False)
    assert replay(path, intake) == 5
    assert intake.count == 2
    cut_off = [f"{path}, line {number}: it was cut off" for number in (2, 4, 5, 6)]
    assert [fault for fault in intake.faults if "line 3" not in fault] == cut_off
    assert "Session.id is missing" in intake.faults[1]
    assert list(store.entries(ANNA)) == [told(moment()), told(session())]
    store.close()


def test_a_file_that_cannot_be_read_holds_up_no_other(tmp_path: Path, clock: Clock) -> None:
    Spill(tmp_path / "b.jsonl").add(moment())
    (tmp_path / "a.gz").write_bytes(gzip.compress((tmp_path / "b.jsonl").read_bytes())[:-9])
    (tmp_path / "c.txt").symlink_to(tmp_path / "c.txt")
    Spill(tmp_path / "d.jsonl").add(session())
    found, intake = replayed(tmp_path, clock)
    assert found == [told(moment()), told(session())]
    assert intake.faults == [f"{tmp_path / 'a.gz'}: the file was cut off or is damaged after line 1"]


def test_a_replay_keeps_no_track_of_who_wanted_none(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "journal.sqlite")
    spill = Spill(tmp_path / "spill.jsonl")
    store.keep(Standing(ANNA, START + timedelta(minutes=5), tracking=False))
    for entry in (moment(), moment(id_="s2-1", minutes=10), moment(BEN, minutes=10), session(revision=3)):
        spill.add(entry)
    intake = Intake(store, asked=False)
    assert replay(tmp_path / "spill.jsonl", intake) == 0
    # One came after the wish; one was known to the store once, and is no more: it was forgotten.
    assert (intake.added, intake.unwanted) == (2, 2)
    assert [one.id for one in store.entries(ANNA) if isinstance(one, Moment)] == ["s1-1"]
    assert len(list(store.entries(BEN))) == 1
    store.close()


def test_an_entry_that_the_store_does_not_take_holds_up_no_other_and_a_store_that_fails_stops(
    aws: dict[str, str], clock: Clock, tmp_path: Path
) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    # An item of DynamoDB is 400 KB at most.
    for entry in (session(id_="s1"), session(id_="s2", spoken={f"{n:0100}": 1 for n in range(5000)}), moment()):
        spill.add(entry)
    store = DynamoDBStore(f"journal-{uuid4().hex}", aws, clock)
    intake = Intake(store, asked=False, now=clock)
    with pytest.raises(JournalRefused, match="does not exist"):
        replay(tmp_path / "spill.jsonl", intake)
    assert intake.count == 0
    store.create()
    intake = Intake(store, asked=False, now=clock)
    assert replay(tmp_path / "spill.jsonl", intake) == 1
    assert intake.faults == [f"{tmp_path / 'spill.jsonl'}, line 2: the store does not take such an entry"]
    assert list(store.everything()) == [told(moment()), told(session(id_="s1"))]
    store.close()


def test_what_a_replay_left_behind_is_replayed_with_what_was_spilled_since(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    for number in range(3):
        spill.add(moment(id_=f"s{number}-1"))
        # The process ends here, each time.
        assert len(set_aside(tmp_path / "spill.jsonl")) == number + 1
    assert not (tmp_path / "spill.jsonl").exists()
    found = [entry for path in set_aside(tmp_path / "spill.jsonl") for entry in spilled(path.read_text())]
    assert {entry.key for entry in found if isinstance(entry, Moment)} == {
        moment(id_=f"s{number}-1").key for number in range(3)
    }
    spill.forget(ANNA)
    assert list(tmp_path.iterdir()) == []
