"""The keeper: stands between the conversation and the store, so that speech never waits for storage.

A turn has a budget for the store. What the store does not take in time, or refuses, goes to the spill: a file at home,
a structured log line on Lambda. `stay-close journal replay` brings spilled entries into the store later; since an entry
is kept once however often it is told, a replay may be repeated.
"""

import json
import logging
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TextIO, TypeVar, cast

from skill.errors import EntryRefused, JournalError, JournalRefused
from skill.journal.entries import Entry, Member, Moment, Past, Session, Standing, member_key
from skill.journal.store import Store, entry_from, entry_to

__all__ = ["BUDGET", "Keeper", "Spill", "replay", "replaying", "spilled"]

BUDGET = 0.4
"""Seconds of a turn that the store may take in all."""
FORGETTING = 3.0
"""Seconds that erasing may take."""

FAILURES = 3
"""Turns in a row that the store has failed, after which it is left alone for a while."""
REST = 10.0
"""Seconds for which it is left alone; then one turn tries it again."""

TOO_LONG = "The journal took too long for this turn: the entry is put aside."

_T = TypeVar("_T")
_Answer = tuple[object, Exception | None]
_Job = tuple[Callable[[Store], object], Store, "SimpleQueue[_Answer]"]

_EVENT = "journal_spill"
_log = logging.getLogger(__name__)


class Spill:
    """Where entries go that the store did not take."""

    def __init__(self, path: Path | None, stream: TextIO | None = None) -> None:
        """Spill into the file `path`; without one, or when it cannot be written, onto `stream` (standard error)."""
        self.path = path
        self._stream = stream

    def add(self, entry: Entry) -> None:
        """Put an entry aside. Never raises for what the file system does."""
        line = json.dumps({"event": _EVENT, "entry": entry_to(entry)}, separators=(",", ":")) + "\n"
        if self.path is not None:
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with open(self.path, "a", encoding="utf-8", opener=_private) as file:
                    file.write(line)
                return
            except OSError as error:
                _log.warning(
                    "The spill %s cannot be written (%s); the entry follows on the log.", self.path, error.strerror
                )
        stream = self._stream or sys.stderr
        stream.write(line)
        stream.flush()

    def forget(self, *marks: str) -> None:
        """Take out of the file every line that holds one of the marks: a caregiver, an entry's id.

        What a replay has set aside is reached too; lines on a log are not.
        """
        if self.path is None:
            return
        for path in (self.path, replaying(self.path)):
            if path.exists():
                _take_out(path, marks)


def replaying(spill: Path) -> Path:
    """Where a replay sets a spill's lines aside while it brings them in."""
    return spill.with_suffix(".replaying.jsonl")


def _take_out(path: Path, marks: Sequence[str]) -> None:
    taken = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.rename(taken)
        lines = taken.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not any(mark in line for mark in marks)]
        if kept:
            with open(path, "a", encoding="utf-8", opener=_private) as file:
                file.writelines(kept)
        taken.unlink()
    except OSError as error:
        raise JournalRefused(f"The spill {path} cannot be rewritten: {error.strerror}.") from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def spilled(line: str) -> Entry | None:
    """The entry in a line of a spill or of an exported log; none where the line holds something else.

    Raises:
        JournalRefused: It is a spill's line, and holds no valid entry.
    """
    start = line.find('{"event":"' + _EVENT)
    if start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(line, start)
    except ValueError:
        raise JournalRefused("it was cut off") from None
    return entry_from(found.get("entry"))


def replay(path: Path, store: Store) -> tuple[int, list[str]]:
    """Bring a spill's entries into a store; give how many, and what is wrong with the lines that could not be read.

    A line that cannot be read does not hold up the others. Replaying twice is harmless.

    Raises:
        JournalRefused: The store refuses an entry.
    """
    count, faults = 0, []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = spilled(line)
            except JournalRefused as error:
                faults.append(f"line {number}: {error}")
                continue
            if entry is not None and not _unwanted(store, entry):
                store.keep(entry)
                count += 1
    return count, faults


def _unwanted(store: Store, entry: Entry) -> bool:
    """Whether the caregiver had asked that no track be kept, and the store could not be asked when this was spilled."""
    if isinstance(entry, Standing | Member):
        return False
    standing = store.recall(entry.caregiver).standing
    return standing is not None and not standing.tracking and entry.seen > standing.seen


class Keeper:
    """Keeps entries in a store, or spills them; never raises and never takes longer than its budget for a turn."""

    def __init__(
        self,
        store: Store | None,
        spill: Spill,
        *,
        refusal: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep in `store`; without one nothing is kept, and `refusal` says why."""
        self._store = store
        self._spill = spill
        self._refusal = refusal
        self._clock = clock
        self.spilled = 0
        """How many entries were put aside since the keeper was made."""
        self._until = 0.0
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._worker: Thread | None = None
        self._late: SimpleQueue[_Answer] | None = None
        self._well: bool | None = None
        """Whether the store has served this turn; none while it was not asked."""
        self._failures = 0
        self._resting_until = -math.inf
        self._said: set[str] = set()

    def begin(self) -> None:
        """A turn begins: its budget is whole."""
        if self._well is not None:
            self._failures = 0 if self._well else self._failures + 1
        self._well = None
        self._until = self._clock() + BUDGET
        self._said.clear()

    def recall(self, caregiver: str) -> Past | None:
        """What a new session needs of what was before; none where the store does not say in time."""
        try:
            return self._in_time(lambda store: store.recall(caregiver))
        except JournalError as error:
            self._say(error)
            return None

    def moments(self, caregiver: str, since: datetime) -> list[Moment] | None:
        """The moments that began since then; none where the store does not say in time."""
        try:
            return self._in_time(lambda store: store.moments(caregiver, since))
        except JournalError as error:
            self._say(error)
            return None

    def keep(self, *entries: Entry) -> list[Entry | None]:
        """Keep the entries, each in the store or in the spill.

        Each is given back as the store has it now, as it was where it was spilled, and as none where it was forgotten.
        """
        if not entries:
            return []
        try:
            told: Sequence[Entry | JournalError | None] = self._in_time(lambda store: store.keep_all(entries))
            for answer in told:
                if isinstance(answer, JournalError):
                    self._failed(answer)
        except JournalError as error:
            told = [error] * len(entries)
        kept: list[Entry | None] = []
        for entry, answer in zip(entries, told, strict=True):
            kept.append(entry if isinstance(answer, JournalError) else answer)
            if isinstance(answer, JournalError):
                self._say(answer)
                if self._store is not None:
                    self.spilled += 1
                    self._spill.add(entry)
        return kept

    def erase(self, moment: Moment) -> None:
        """Erase a moment, in the spill too; it may take FORGETTING.

        Raises:
            JournalError: The store refuses; nobody should be told that it is done.
        """
        self._until = self._clock() + FORGETTING
        self._spill.forget(f'"{moment.id}"')
        self._in_time(lambda store: _erased(store, moment))

    def forget(self, caregiver: str, account: str = "") -> int:
        """Erase all that is kept of a caregiver, in the spill too; give how many entries the store had.

        What is forgotten of an account is forgotten of its members; a member that is forgotten is none of its
        `account` any more. It may take FORGETTING.

        Raises:
            JournalError: The store refuses; nobody should be told that it is done.
        """
        self._until = self._clock() + FORGETTING
        forgotten = self._in_time(lambda store: _forgotten(store, caregiver, account or caregiver))
        self._spill.forget(*forgotten)
        return sum(forgotten.values())

    def _in_time(self, ask: Callable[[Store], _T]) -> _T:
        """Ask the store, and wait for its answer no longer than the budget lasts.

        A socket's own timeout is for each of its operations; so the asking is done by a thread that can be left behind.
        """
        if self._store is None:
            raise JournalRefused(self._refusal)
        if self._late is not None:
            if self._late.empty():
                raise JournalRefused("The journal is still busy with an earlier entry: this one is put aside.")
            self._late = None
        now = self._clock()
        if self._until - now <= 0:
            raise JournalRefused(TOO_LONG)
        if self._failures >= FAILURES and now < self._resting_until:
            raise JournalRefused(f"The journal has failed {self._failures} turns: it is left alone for a while.")
        try:
            answer = cast("_T", self._answered(self._asked(ask)))
        except JournalError as error:
            self._failed(error)
            raise
        self._well = self._well is not False
        return answer

    def _failed(self, error: JournalError) -> None:
        """Note that the store has failed this turn; that it will not take one entry says nothing of the next."""
        if not isinstance(error, EntryRefused):
            self._well = False
            self._resting_until = self._clock() + REST

    def _asked(self, ask: Callable[[Store], object]) -> "SimpleQueue[_Answer]":
        """Have the worker ask the store; the answer will be in the queue."""
        assert self._store is not None
        self._store.patience = self._until - self._clock()
        if self._worker is None:
            self._worker = Thread(target=_work, args=(self._jobs,), daemon=True)
            self._worker.start()
        answers: SimpleQueue[_Answer] = SimpleQueue()
        self._jobs.put((ask, self._store, answers))
        return answers

    def _answered(self, answers: "SimpleQueue[_Answer]") -> object:
        """Wait for the store's answer, as long as the budget lasts."""
        patience = max(0.0, self._until - self._clock())
        try:
            answer, failure = answers.get(timeout=patience)
        except Empty:
            self._late = answers
            raise JournalRefused(
                f"The journal did not answer within {patience * 1000:.0f} ms: the entry is put aside."
            ) from None
        if failure is not None:
            raise failure if isinstance(failure, JournalError) else JournalRefused(_unexpected(failure))
        return answer

    def _say(self, error: JournalError) -> None:
        """Say on the log what the store refuses, once a turn."""
        if str(error) not in self._said:
            self._said.add(str(error))
            _log.warning("%s", error)


def _erased(store: Store, moment: Moment) -> None:
    """Erase a moment, and in sessions what tells of it: the wordings that were heard, and that there was one more."""
    store.patience = FORGETTING
    store.erase(moment.caregiver, moment.key)
    for entry in list(store.entries(moment.caregiver)):
        if isinstance(entry, Session):
            spoken = {unit: index for unit, index in entry.spoken.items() if not moment.tells(unit)}
            own = moment.id.startswith(f"{entry.id}-")
            cleared = replace(entry, spoken=spoken, moments=max(0, entry.moments - own))
            if cleared != entry:
                store.keep(cleared)


def _forgotten(store: Store, caregiver: str, account: str) -> dict[str, int]:
    """Forget a caregiver, and all members where it is an account; give how many entries there were of each."""
    store.patience = FORGETTING
    members = [entry.person for entry in store.entries(caregiver) if isinstance(entry, Member)]
    if account != caregiver:
        store.erase(account, member_key(caregiver))
    return {one: store.forget(one) for one in (*members, caregiver)}


def _work(jobs: "SimpleQueue[_Job]") -> None:
    """Ask the store, job after job, for as long as the process lives."""
    while True:
        ask, store, answers = jobs.get()
        try:
            answers.put((ask(store), None))
        except Exception as error:  # noqa: BLE001 - raised again where somebody waits for it
            answers.put((None, error))


def _unexpected(error: Exception) -> str:
    """What is said of an error that no store should raise; its own message may hold anything, and is left out."""
    return f"The journal failed ({type(error).__name__}): look into its configuration."
