"""The spill: where entries go that the store did not take. At home it is a file, on Lambda a line of the log."""

import json
import logging
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from skill.errors import JournalRefused
from skill.journal.entries import Entry
from skill.journal.store import entry_to

__all__ = ["EVENT", "Spill", "private", "set_aside"]

EVENT = "journal_spill"
"""What a spill's line calls itself."""
_log = logging.getLogger(__name__)


def private(path: str, flags: int) -> int:
    """An opener for `open`: the file is its owner's alone."""
    return os.open(path, flags, 0o600)


class Spill:
    """Where entries go that the store did not take."""

    def __init__(self, path: Path | None, stream: TextIO | None = None) -> None:
        """Spill into the file `path`; without one, or when it cannot be written, onto `stream` (standard error)."""
        self.path = path
        self._stream = stream

    def add(self, entry: Entry) -> None:
        """Put an entry aside. Never raises for what the file system does."""
        line = json.dumps({"event": EVENT, "entry": entry_to(entry)}, separators=(",", ":")) + "\n"
        if self.path is not None:
            try:
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with open(self.path, "a", encoding="utf-8", opener=private) as file:
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
        for path in (self.path, *_aside(self.path)):
            if path.exists():
                _take_out(self.path, path, marks)


def set_aside(spill: Path) -> list[Path]:
    """Take a spill's lines away to be replayed, so that what is spilled meanwhile begins a new file.

    Gives all files that were set aside, those of a replay that did not come to its end as well.
    """
    if spill.exists():
        spill.rename(_new_aside(spill))
    return _aside(spill)


def _aside(spill: Path) -> list[Path]:
    return sorted(spill.parent.glob(f"{spill.stem}.replaying*{spill.suffix}"))


def _new_aside(spill: Path) -> Path:
    return spill.with_name(f"{spill.stem}.replaying-{secrets.token_hex(8)}{spill.suffix}")


def _take_out(spill: Path, path: Path, marks: Sequence[str]) -> None:
    # Should the process end on the way, the lines are found among those that were set aside.
    taken = _new_aside(spill)
    try:
        path.rename(taken)
        lines = taken.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not any(mark in line for mark in marks)]
        if kept:
            with open(path, "a", encoding="utf-8", opener=private) as file:
                file.writelines(kept)
        taken.unlink()
    except OSError as error:
        raise JournalRefused(f"The spill {path} cannot be rewritten: {error.strerror}.") from None
