"""The keeper: stands between the conversation and the store, so that speech never waits for storage.

A turn has a budget for the store. What the store does not take in time, or refuses, goes to the spill: a file at home,
a structured log line on Lambda. `stay-close journal replay` brings spilled entries into the store later; since an entry
is kept once however often it is told, a replay may be repeated.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from skill.errors import JournalError, JournalRefused
from skill.journal.entries import Entry, Session
from skill.journal.store import Store, entry_from, entry_to

__all__ = ["BUDGET", "Keeper", "Spill", "spilled"]

BUDGET = 0.4
"""Seconds of a turn that the store may take in all."""

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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def spilled(lines: Iterable[str]) -> Iterable[Entry]:
    """The entries among the lines of a spill or of an exported log; other lines are passed over.

    Raises:
        JournalRefused: A spill line holds no valid entry.
    """
    for line in lines:
        start = line.find('{"event":"' + _EVENT)
        if start < 0:
            continue
        try:
            found, _ = json.JSONDecoder().raw_decode(line, start)
        except ValueError:
            raise JournalRefused("A line of the spill was cut off: restore it, or take it out.") from None
        yield entry_from(found.get("entry"))


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
        self._until = 0.0

    def begin(self) -> None:
        """A turn begins: its budget is whole."""
        self._until = self._clock() + BUDGET

    def recall(self, caregiver: str) -> Session | None:
        """The caregiver's last session; none where the store does not say in time."""
        try:
            return self._patient().latest(caregiver)
        except JournalError as error:
            _log.warning("%s", error)
            return None

    def keep(self, *entries: Entry) -> None:
        """Keep the entries, each in the store or in the spill."""
        for entry in entries:
            try:
                self._patient().keep(entry)
            except JournalError as error:
                _log.warning("%s", error)
                if self._store is not None:
                    self._spill.add(entry)

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver; give how many entries that was.

        Raises:
            JournalError: The store refuses; nobody should be told that it is done.
        """
        return self._patient().forget(caregiver)

    def _patient(self) -> Store:
        """The store, told how long it may take."""
        if self._store is None:
            raise JournalRefused(self._refusal)
        self._store.patience = self._until - self._clock()
        if self._store.patience <= 0:
            raise JournalRefused("The journal took too long for this turn; the entry is put aside.")
        return self._store
