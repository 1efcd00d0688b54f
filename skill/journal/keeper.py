"""The keeper: stands between the conversation and the store, so that speech never waits for storage.

A turn has a budget for the store. What the store does not take in time, or refuses, goes to the spill: a file at home,
a structured log line on Lambda. `stay-close journal replay` brings spilled entries into the store later; since an entry
is kept once however often it is told, a replay may be repeated.
"""

import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TypeVar, cast

from skill.errors import EntryRefused, JournalError, JournalRefused
from skill.journal.entries import Entry, Member, Moment, Past, member_key
from skill.journal.spill import Spill
from skill.journal.store import Store

__all__ = ["BUDGET", "Keeper"]

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

_log = logging.getLogger(__name__)


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
        self.waited = 0.0
        """Seconds that turns have waited for the store since then."""
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

    def recall(self, caregiver: str, meanwhile: Callable[[], object] = lambda: None) -> Past | None:
        """What a new session needs of what was before; none where the store does not say in time.

        `meanwhile` is done while the store is asked; not at all where it cannot be asked.
        """
        try:
            return self._in_time(lambda store: store.recall(caregiver), meanwhile)
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

    def _in_time(self, ask: Callable[[Store], _T], meanwhile: Callable[[], object] = lambda: None) -> _T:
        """Ask the store, do something meanwhile, and wait for its answer no longer than the budget lasts.

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
            answers = self._asked(ask)
            meanwhile()
            answer = cast("_T", self._answered(answers))
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
        began = self._clock()
        patience = max(0.0, self._until - began)
        try:
            answer, failure = answers.get(timeout=patience)
        except Empty:
            self._late = answers
            raise JournalRefused(
                f"The journal did not answer within {patience * 1000:.0f} ms: the entry is put aside."
            ) from None
        finally:
            self.waited += self._clock() - began
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
    # One that was over before the moment began tells of others alone; of a home's sessions these are nearly all.
    for entry in store.sessions(moment.caregiver, moment.started):
        spoken = {unit: index for unit, index in entry.spoken.items() if not moment.tells(unit)}
        own = moment.id.startswith(f"{entry.id}-")
        resumed = entry.resumed if entry.resumed is None or entry.resumed.id != moment.id else None
        cleared = replace(entry, spoken=spoken, moments=max(0, entry.moments - own), resumed=resumed)
        if cleared != entry:
            store.keep(cleared)
    # At the end, so that what fails on the way can be asked for once more: the moment is still there to be named.
    store.erase(moment.caregiver, moment.key)


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
