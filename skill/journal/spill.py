"""The spill: where entries go that the store did not take, and how they come into it later."""

import json
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from skill.errors import JournalRefused
from skill.journal.entries import Entry, Member, Standing
from skill.journal.store import Store, entry_from, entry_to

__all__ = ["Spill", "replay", "replaying", "spilled"]

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
