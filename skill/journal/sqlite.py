"""The journal in SQLite: one file in the user's data folder, nothing to set up."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock

from skill.errors import EntryRefused, JournalRefused
from skill.journal.entries import Entry, Moment, Past, Session, together
from skill.journal.store import Store, entry_from, entry_to, expires, past_of
from skill.plain import time_text

__all__ = ["IN_MEMORY", "SQLiteStore"]

IN_MEMORY = Path(":memory:")
"""The path of a journal that is gone with its process."""

_ELSEWHERE = "make its folder writable, or set STAY_CLOSE_JOURNAL to another place."

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (
    caregiver TEXT NOT NULL,
    entry TEXT NOT NULL,
    revision INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (caregiver, entry)
) WITHOUT ROWID
"""
_EXPIRING = "CREATE INDEX IF NOT EXISTS expiring ON entries (expires)"
"""Without it, whoever opens a large journal waits until all of it was looked through for what has expired."""
_FIRST = "INSERT INTO entries (caregiver, entry, revision, expires, body) VALUES (?, ?, 1, ?, ?) ON CONFLICT DO NOTHING"
_NEXT = (
    "UPDATE entries SET revision = revision + 1, expires = ?, body = ?"
    " WHERE caregiver = ? AND entry = ? AND revision = ?"
)
_KEEP_TRIES = 4
"""How often an entry is brought together with another telling that came in between, before others are kept out."""


def _now() -> datetime:
    return datetime.now(UTC)


class SQLiteStore(Store):
    """A journal file, opened at the first use: a folder that cannot be written refuses an entry, not the skill."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _now) -> None:
        """Keep the journal in `path`; `now` tells which entries have expired."""
        self.path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None
        # A connection that is closed while another thread is in it takes the process with it.
        self._lock = RLock()

    @contextmanager
    def _engine(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._faults_told():
            if self._connection is None:
                if self.path != IN_MEMORY:
                    self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    self.path.touch(mode=0o600)
                # Each statement is a transaction of its own, within the engine from its beginning to its end. One that
                # is held while Python runs has the others wait for as long as this process's other threads are busy.
                connection = sqlite3.connect(
                    self.path, timeout=self.patience, check_same_thread=False, isolation_level=None
                )
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                # What is erased is overwritten, and not only forgotten by the index.
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(_TABLE)
                connection.execute(_EXPIRING)
                connection.execute("DELETE FROM entries WHERE expires < ?", (self._second(),))
                self._connection = connection
            self._connection.execute(f"PRAGMA busy_timeout = {max(1, int(self.patience * 1000))}")
            yield self._connection

    @contextmanager
    def _faults_told(self) -> Iterator[None]:
        """Whatever the engine raises becomes a refusal."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise JournalRefused(f"The journal file {self.path} cannot be used ({error}): {_ELSEWHERE}") from None
        except sqlite3.DatabaseError as error:
            raise JournalRefused(
                f"The journal file {self.path} is damaged ({error}): restore it, or move it out of the way."
            ) from None
        except OSError as error:
            raise JournalRefused(f"The journal file {self.path} cannot be used ({error}): {_ELSEWHERE}") from None
        except OverflowError:
            raise EntryRefused("An entry holds a number that no journal file can hold: leave it out.") from None

    def create(self) -> None:
        """Make the file and its table."""
        with self._engine():
            pass

    def keep_all(self, entries: Sequence[Entry]) -> list[Entry | JournalRefused | None]:
        """Keep entries, each brought together with what is known of it."""
        told: list[Entry | JournalRefused | None] = []
        for entry in entries:
            try:
                told.append(self._kept(entry))
            except JournalRefused as refusal:
                told.append(refusal)
        return told

    def _kept(self, entry: Entry) -> Entry | None:
        with self._engine() as engine:
            for _ in range(_KEEP_TRIES):
                done, told = _tell(engine, entry)
                if done or told is None:
                    return told
                entry = told
            # So many tell of it that one always comes in between: now none can.
            engine.execute("BEGIN IMMEDIATE")
            try:
                done, told = _tell(engine, entry)
                return told if done or told is None else _tell(engine, told)[1]
            finally:
                engine.execute("COMMIT")

    def recall(self, caregiver: str) -> Past:
        """What a new session needs."""
        now = self._second()
        with self._engine() as engine:
            rows = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND expires > ? ORDER BY entry DESC", (caregiver, now)
            )
            return past_of(entry_from(row[0]) for row in rows)

    def moments(self, caregiver: str, since: datetime) -> list[Moment]:
        """The moments that began since then."""
        with self._engine() as engine:
            # The sessions between them are several times as large, and would be read for nothing.
            rows = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND entry >= ? AND expires > ?"
                " AND instr(entry, '#moment#') ORDER BY entry",
                (caregiver, time_text(since), self._second()),
            ).fetchall()
        found = (entry_from(row[0]) for row in rows)
        return [entry for entry in found if isinstance(entry, Moment)]

    def entries(self, caregiver: str) -> Iterator[Entry]:
        """All that is kept of a caregiver."""
        with self._engine() as engine:
            rows = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND expires > ? ORDER BY entry",
                (caregiver, self._second()),
            ).fetchall()
        return (entry_from(row[0]) for row in rows)

    def sessions(self, caregiver: str, since: datetime) -> list[Session]:
        """The sessions that were still going on then, or began later."""
        with self._engine() as engine:
            # To read all of a long journal here, for the few that are wanted, would hold up whoever speaks meanwhile.
            rows = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND expires > ? AND instr(entry, '#session#')"
                " AND json_extract(body, '$.seen') >= ? ORDER BY entry",
                (caregiver, self._second(), time_text(since)),
            ).fetchall()
        found = (entry_from(row[0]) for row in rows)
        return [entry for entry in found if isinstance(entry, Session)]

    def everything(self) -> Iterator[Entry]:
        """All that is kept of all caregivers."""
        last = ("", "")
        while True:
            # No page holds the file while its entries are used.
            with self._engine() as engine:
                rows = engine.execute(
                    "SELECT caregiver, entry, body FROM entries WHERE (caregiver, entry) > (?, ?) AND expires > ?"
                    " ORDER BY caregiver, entry LIMIT 1000",
                    (*last, self._second()),
                ).fetchall()
            if not rows:
                return
            last = rows[-1][:2]
            yield from (entry_from(row[2]) for row in rows)

    def erase(self, caregiver: str, key: str) -> None:
        """Erase one entry."""
        self._delete("DELETE FROM entries WHERE caregiver = ? AND entry = ?", caregiver, key)

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver."""
        return self._delete("DELETE FROM entries WHERE caregiver = ?", caregiver)

    def _delete(self, statement: str, *values: str) -> int:
        """Delete rows, from the log of writes as well; give how many."""
        with self._engine() as engine:
            count = engine.execute(statement, values).rowcount
        with self._engine() as engine:
            # Who empties the log keeps all others from writing: nearly all of the work is done before, beside them.
            engine.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            # Another process that reads just now holds it up; then the next one that closes the file does it.
            engine.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return count

    def _second(self) -> int:
        return int(self._now().timestamp())

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def _body(entry: Entry) -> str:
    return json.dumps(entry_to(entry), separators=(",", ":"))


def _tell(engine: sqlite3.Connection, entry: Entry) -> tuple[bool, Entry | None]:
    """Write an entry where nobody has since the telling that it goes on from: whether that was so, and as it is kept.

    Else what both tell, to be written in its place; none where it was there and is forgotten.
    """
    kept = replace(entry, revision=entry.revision + 1)
    body, until, place = _body(kept), expires(kept), (entry.caregiver, entry.key)
    if entry.revision:
        written = engine.execute(_NEXT, (until, body, *place, entry.revision))
    else:
        written = engine.execute(_FIRST, (*place, until, body))
    if written.rowcount:
        return True, kept
    row = engine.execute("SELECT body FROM entries WHERE caregiver = ? AND entry = ?", place).fetchone()
    if row is None:
        return False, None
    known = entry_from(row[0])
    both = replace(together(known, entry), revision=known.revision)
    return both == known, both
