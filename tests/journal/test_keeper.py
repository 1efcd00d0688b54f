"""Speech never waits for storage, and nothing is lost: the budget, the spill and the replay."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from skill.errors import EntryRefused, JournalRefused
from skill.journal import Entry, Keeper, Member, Moment, Past, Session, Spill, Store
from skill.journal.intake import Intake
from skill.journal.keeper import BUDGET, FAILURES, REST
from skill.journal.replay import replay
from skill.journal.sqlite import SQLiteStore
from tests.conftest import START
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

    def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
        self._serve()
        return list(entries)

    def recall(self, caregiver: str) -> Past:  # noqa: ARG002
        self._serve()
        return Past()

    def moments(self, caregiver: str, since: datetime) -> list[Moment]:  # noqa: ARG002
        self._serve()
        return []

    def erase(self, caregiver: str, key: str) -> None:  # noqa: ARG002
        self._serve()

    def entries(self, caregiver: str) -> Iterator[Entry]:  # noqa: ARG002
        return iter(())

    def everything(self) -> Iterator[Entry]:
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
    later = moment(heard={"s1": 1}, seen=START + timedelta(minutes=1))
    entries: list[Entry] = [session(), moment(), later]
    for entry in entries:
        keeper.begin()
        keeper.keep(entry)
    assert path.stat().st_mode & 0o777 == 0o600
    store = SQLiteStore(tmp_path / "journal.sqlite")
    intake = Intake(store, asked=False)
    for counts in ((2, 1, 0), (2, 1, 3)):
        assert replay(path, intake) == 0
        assert (intake.added, intake.changed, intake.there) == counts
    assert [replace(one, revision=0) for one in store.entries(ANNA)] == [later, session()]
    store.close()


def test_forgetting_reaches_the_spill(tmp_path: Path) -> None:
    path = tmp_path / "spill.jsonl"
    store = SQLiteStore(tmp_path / "journal.sqlite")
    keeper = Keeper(store, Spill(path))
    for caregiver in (ANNA, BEN):
        Spill(path).add(moment(caregiver))
    keeper.forget(ANNA)
    assert ANNA not in path.read_text()
    assert replay(path, intake := Intake(store, asked=False)) == 0
    assert intake.added == 1
    assert list(store.entries(ANNA)) == []
    keeper.forget(BEN)
    assert not path.exists()
    store.close()


def test_a_store_that_fails_turn_after_turn_is_left_alone_and_tried_again_later(tmp_path: Path) -> None:
    store = Slow(60)
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"), clock=store.clock)

    def turn() -> float:
        began = store.now
        keeper.begin()
        keeper.keep(session())
        return store.now - began

    assert [turn() for _ in range(FAILURES)] == pytest.approx([BUDGET] * FAILURES)
    asked = store.calls
    assert [turn() for _ in range(20)] == [0] * 20
    assert store.calls == asked
    assert keeper.spilled == FAILURES + 20
    # One turn tries it once it had its rest; failed again, it rests again.
    store.now += REST
    assert turn() == pytest.approx(BUDGET)
    assert turn() == 0
    store.now += REST
    store.takes = 0.0
    turn()
    assert [turn() for _ in range(3)] == [0] * 3
    assert store.calls == asked + 5
    assert keeper.spilled == FAILURES + 22


def test_an_entry_that_is_refused_for_itself_says_nothing_of_the_store(tmp_path: Path) -> None:
    class Choosy(Slow):
        def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
            self.calls += 1
            return [EntryRefused("It is too large: mend it.") for _ in entries]

    store = Choosy(0)
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"), clock=store.clock)
    for _ in range(3 * FAILURES):
        keeper.begin()
        keeper.keep(session())
    assert store.calls == keeper.spilled == 3 * FAILURES


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


def test_a_replay_may_come_in_any_order(tmp_path: Path) -> None:
    newest = moment(heard={"s1": 4}, seen=START + timedelta(minutes=9))
    first, second = (SQLiteStore(tmp_path / name) for name in ("one.sqlite", "other.sqlite"))
    for store, order in ((first, (newest, moment())), (second, (moment(), newest))):
        for entry in order:
            store.keep(entry)
        (one,) = store.entries(ANNA)
        assert replace(one, revision=0) == newest
        store.close()


def test_forgetting_an_account_reaches_its_members_and_a_member_leaves_no_trace(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "journal.sqlite")
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"))
    account, carla = "f" * 32, "c" * 32
    for person in (ANNA, BEN, carla):
        for entry in (session(person), Member(account, person, START)):
            store.keep(entry)
    store.keep(session(account))
    assert keeper.forget(carla, account) == 1
    assert [one for one in store.entries(account) if isinstance(one, Member) and one.person == carla] == []
    assert keeper.forget(account) == 5
    assert [list(store.entries(one)) for one in (account, ANNA, BEN)] == [[], [], []]
    store.close()


def test_a_forgotten_moment_is_gone_from_the_spill_as_well(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "journal.sqlite")
    spill = Spill(tmp_path / "spill.jsonl")
    keeper = Keeper(store, spill)
    for entry in (moment(), moment(id_="s1-11"), session()):
        store.keep(entry)
        spill.add(entry)
    keeper.erase(moment())
    assert [one.key for one in store.entries(ANNA)] == [moment(id_="s1-11").key, session().key]
    assert '"s1-1"' not in (tmp_path / "spill.jsonl").read_text()
    assert '"s1-11"' in (tmp_path / "spill.jsonl").read_text()
    store.close()


def test_of_a_forgotten_moment_nothing_is_left_in_its_session_and_an_earlier_one_stays_as_it_was(
    tmp_path: Path,
) -> None:
    store = SQLiteStore(tmp_path / "journal.sqlite")
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"))
    began = session(id_="s1", seen=START + timedelta(minutes=5), moments=1)
    earlier, later = session(id_="s0", minutes=-5), session(id_="s2", minutes=10)
    forgotten = moment(minutes=1)
    for entry in (earlier, began, forgotten, later):
        store.keep(entry)
    keeper.erase(forgotten)
    left = [one for one in store.entries(ANNA) if isinstance(one, Session)]
    assert [(one.id, one.moments, one.spoken) for one in left] == [
        ("s0", 0, {"raging/say": 2}),
        ("s1", 0, {}),
        ("s2", 0, {}),
    ]
    store.close()


class Full(SQLiteStore):
    """A store that for now takes no entry."""

    full = False

    def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
        return [JournalRefused("It is full: wait.") for _ in entries] if self.full else super().keep_all(entries)


def test_a_moment_that_is_not_erased_as_a_whole_can_be_erased_later(tmp_path: Path) -> None:
    store = Full(tmp_path / "journal.sqlite")
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"))
    for entry in (moment(), session(moments=1)):
        store.keep(entry)
    store.full = True
    with pytest.raises(JournalRefused):
        keeper.erase(moment())
    assert [one.key for one in store.entries(ANNA)] == [moment().key, session().key]
    store.full = False
    keeper.begin()
    keeper.erase(moment())
    (left,) = store.entries(ANNA)
    assert isinstance(left, Session)
    assert (left.moments, left.spoken) == (0, {})
    store.close()
