"""Entries as a file that people keep: an export of one caregiver's, a backup of everybody's, and the way back.

Both are JSON lines, an entry a line, as `stay-close journal --json` shows them. A backup has two lines more: a first
that says it is one, and a last that says how many entries there are, so that one which was cut off is known for it.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from skill.errors import JournalError, JournalRefused
from skill.journal.entries import Entry
from skill.journal.files import lines, whole
from skill.journal.intake import Intake, sound
from skill.journal.store import entry_to
from skill.plain import time_text

__all__ = ["backup", "bring_in", "export"]

_FORM = 1
"""The form of a backup. A later one that this code cannot read has another number."""
_LONGEST_LINE = 100_000
"""Characters of an entry at most; the longest that is kept has a fifth of it."""


def export(entries: Iterable[Entry], file: TextIO, progress: Callable[[int], None]) -> int:
    """Write entries as JSON lines; give how many."""
    count = 0
    for count, entry in enumerate(entries, 1):
        file.write(json.dumps(entry_to(entry)) + "\n")
        progress(count)
    return count


def backup(entries: Iterable[Entry], path: Path, now: datetime, progress: Callable[[int], None]) -> int:
    """Write entries into a gzip file, whole or not at all; give how many.

    Raises:
        JournalError: No file can have this name, or the entries cannot be had.
    """
    with whole(path, packed=True) as file:
        file.write(json.dumps({"kind": "backup", "form": _FORM, "made": time_text(now)}) + "\n")
        count = export(entries, file, progress)
        file.write(json.dumps({"kind": "end", "entries": count}) + "\n")
    return count


def bring_in(path: Path, intake: Intake, labels: Collection[str]) -> None:
    """Take the entries of an export or a backup into a store.

    A line that cannot be read is told to the intake, and does not hold up the others. `labels` are those that a moment
    may have. Each entry comes as one that the store may not know: an import is a wish, and brings back what was
    forgotten since as well. What the store knows better stays, and the same file again changes nothing.

    Raises:
        JournalRefused: The store refuses an entry.
    """
    for number, found in _found(path, labels):
        intake.take(found, f"{path}, line {number}" if number else f"{path}")
    intake.settle()


def _found(path: Path, labels: Collection[str]) -> Iterator[tuple[int, Entry | JournalRefused]]:
    """The entries of an export or a backup by line; for one that cannot be read, and for what is missing, the reason.

    What is no matter of one line has the number 0.
    """
    count, complete = 0, True
    try:
        for number, line in lines(path):
            try:
                plain = _plain(line)
                kind = plain.get("kind") if plain else ""
                if kind == "backup":
                    if plain.get("form") != _FORM:
                        yield number, JournalRefused("the backup is of a form that only a later stay-close can read")
                        return
                    count, complete = 0, False
                elif kind == "end":
                    complete = True
                    if plain.get("entries") != count:
                        raise JournalRefused(f"the backup held {plain.get('entries')} entries, and {count} are here")
                elif plain:
                    count += 1
                    yield number, sound({**plain, "revision": 0}, labels)
            except JournalRefused as refusal:
                yield number, refusal
    except JournalError as error:
        yield 0, JournalRefused(str(error))
    if not complete:
        yield 0, JournalRefused(f"the backup was cut off after {count} entries")


def _plain(line: str) -> dict[str, object]:
    """The JSON object in a line; empty for an empty line."""
    if not line.strip():
        return {}
    try:
        plain = json.loads(line) if len(line) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        plain = None
    if not isinstance(plain, dict) or not plain:
        raise JournalRefused("it is no entry of a journal")
    return plain
