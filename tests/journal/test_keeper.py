"""Speech never waits for storage, and nothing is lost: the budget, the spill and the replay."""

import io
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from skill.errors import JournalRefused
from skill.journal import Entry, Keeper, Session, Spill, Store
from skill.journal.keeper import BUDGET, replay, spilled
from skill.journal.sqlite import SQLiteStore
from tests.journal.test_store import ANNA, BEN, moment, session


class Slow(Store):
    """A store that takes its time, on a clock that tests move."""

    def __init__(self, takes: float) -> None:
        self.now = 0.0
        self.takes = takes
        self.calls = 0

    def clock(self) -> float:
        return self.now

    def _serve(self) -> None:
        self.calls += 1
        self.now += min(self.takes, self.patience)
        if self.takes > self.patience:
            raise JournalRefused("It took too long: wait.")

    def create(self) -> None:
        self._serve()

    def keep(self, entry: Entry) -> None:  # noqa: ARG002
        self._serve()

    def latest(self, caregiver: str) -> Session | None:  # noqa: ARG002
        self._serve()
        return None

    def entries(self, caregiver: str) -> Iterator[Entry]:  # noqa: ARG002
        return iter(())

    def forget(self, caregiver: str) -> int:  # noqa: ARG002
        return 0

    def close(self) -> None:
        pass


@pytest.mark.parametrize("takes", [0.01, 0.1, 0.25, 1, 60])
def test_a_turn_never_waits_longer_than_its_budget(takes: float, tmp_path: Path) -> None:
    store = Slow(takes)
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"), clock=store.clock)
    for _ in range(3):
        keeper.begin()
        began = store.now
        keeper.recall(ANNA)
        keeper.keep(session(), moment())
        assert store.now - began <= BUDGET + 1e-9


def test_what_the_store_does_not_take_in_time_is_spilled_and_replayed_once(tmp_path: Path) -> None:
    slow = Slow(1)
    path = tmp_path / "new folder" / "spill.jsonl"
    keeper = Keeper(slow, Spill(path), clock=slow.clock)
    entries: list[Entry] = [session(), moment(), moment(revision=2, steps=1)]
    for entry in entries:
        keeper.begin()
        keeper.keep(entry)
    assert path.stat().st_mode & 0o777 == 0o600
    store = SQLiteStore(tmp_path / "journal.sqlite")
    for _ in range(2):
        assert replay(path, store) == (3, [])
    assert list(store.entries(ANNA)) == [moment(revision=2, steps=1), session()]
    store.close()


def test_without_a_file_the_spill_is_a_line_of_the_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (None, tmp_path / "file" / "spill.jsonl"):
        stream = io.StringIO()
        Spill(path, stream).add(moment())
        (line,) = stream.getvalue().splitlines()
        assert json.loads(line)["event"] == "journal_spill"
        # A log service puts its own marks in front of a line.
        assert spilled(f"2026-11-24T07:10:00Z\tabc\t{line}") == moment()
        assert spilled("START RequestId: abc") is None


def test_a_line_that_cannot_be_read_is_named_and_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "spill.jsonl"
    Spill(path).add(moment())
    with path.open("a") as file:
        file.write(
            '{"event":"journal_spill","entry":{"kind":"mom\n{"event":"journal_spill","entry":{"kind":"session"}}\n'
        )
    Spill(path).add(session())
    store = SQLiteStore(tmp_path / "journal.sqlite")
    count, faults = replay(path, store)
    assert count == 2
    assert faults[0] == "line 2: it was cut off"
    assert "line 3: " in faults[1]
    assert "Session.id is missing" in faults[1]
    assert list(store.entries(ANNA)) == [moment(), session()]
    store.close()


def test_forgetting_reaches_the_spill(tmp_path: Path) -> None:
    path = tmp_path / "spill.jsonl"
    store = SQLiteStore(tmp_path / "journal.sqlite")
    keeper = Keeper(store, Spill(path))
    for caregiver in (ANNA, BEN):
        Spill(path).add(moment(caregiver))
    keeper.forget(ANNA)
    assert ANNA not in path.read_text()
    assert replay(path, store) == (1, [])
    assert list(store.entries(ANNA)) == []
    keeper.forget(BEN)
    assert not path.exists()
    store.close()


class Stuck(Slow):
    """A store that hangs in earnest, past any timeout of its own."""

    def __init__(self) -> None:
        super().__init__(0)
        self.go_on = Event()

    def _serve(self) -> None:
        self.go_on.wait(20)


def test_a_store_that_hangs_is_left_behind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Stuck()
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"))
    began = time.monotonic()
    for _ in range(5):
        keeper.begin()
        keeper.keep(session())
    # The first turn waits its budget out; the others find the store busy and do not wait at all.
    assert time.monotonic() - began < 2 * BUDGET
    assert "did not answer within" in caplog.messages[0]
    assert "still busy" in caplog.messages[1]
    assert len((tmp_path / "spill.jsonl").read_text().splitlines()) == 5
    store.go_on.set()


class Broken(Slow):
    """A store that raises what no store should."""

    def _serve(self) -> None:
        raise ValueError("a secret: somebody's words")


def test_no_error_of_a_store_escapes_and_its_message_stays_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper(Broken(0), Spill(tmp_path / "spill.jsonl"))
    keeper.begin()
    assert keeper.recall(ANNA) is None
    keeper.keep(session())
    assert caplog.messages == ["The journal failed (ValueError): look into its configuration."]
    assert (tmp_path / "spill.jsonl").exists()


def test_without_a_store_the_reason_is_said_and_nothing_is_spilled(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper(None, Spill(tmp_path / "spill.jsonl"), refusal="There is no key: make one.")
    keeper.begin()
    with caplog.at_level(logging.WARNING):
        assert keeper.recall(ANNA) is None
        keeper.keep(moment())
    assert caplog.messages == ["There is no key: make one."]
    assert not (tmp_path / "spill.jsonl").exists()
    with pytest.raises(JournalRefused, match="There is no key"):
        keeper.forget(ANNA)


def test_a_revision_is_kept_whatever_order_a_replay_has(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "journal.sqlite")
    newest = moment(revision=5, steps=4)
    for entry in (newest, replace(newest, revision=2, steps=1)):
        store.keep(entry)
    assert list(store.entries(ANNA)) == [newest]
    store.close()
