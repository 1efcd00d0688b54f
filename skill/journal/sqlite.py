"""The journal in SQLite: one file in the user's data folder, nothing to set up."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from skill.errors import JournalRefused
from skill.journal.entries import Entry, Session
from skill.journal.store import Store, entry_from, entry_to, expires

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
_KEEP = """
INSERT INTO entries (caregiver, entry, revision, expires, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (caregiver, entry) DO UPDATE
SET revision = excluded.revision, expires = excluded.expires, body = excluded.body
WHERE excluded.revision >= entries.revision
"""


def _now() -> datetime:
    return datetime.now(UTC)


class SQLiteStore(Store):
    """A journal file, opened at the first use: a folder that cannot be written refuses an entry, not the skill."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _now) -> None:
        """Keep the journal in `path`; `now` tells which entries have expired."""
        self.path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None

    @contextmanager
    def _engine(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._connection is None:
                if self.path != IN_MEMORY:
                    self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    self.path.touch(mode=0o600)
                connection = sqlite3.connect(self.path, timeout=self.patience, check_same_thread=False)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(_TABLE)
                connection.execute("DELETE FROM entries WHERE expires < ?", (int(self._now().timestamp()),))
                connection.commit()
                self._connection = connection
            self._connection.execute(f"PRAGMA busy_timeout = {max(1, int(self.patience * 1000))}")
            with self._connection:
                yield self._connection
        except sqlite3.OperationalError as error:
            raise JournalRefused(f"The journal file {self.path} cannot be used ({error}): {_ELSEWHERE}") from None
        except sqlite3.DatabaseError as error:
            raise JournalRefused(
                f"The journal file {self.path} is damaged ({error}): restore it, or move it out of the way."
            ) from None
        except OSError as error:
            raise JournalRefused(f"The journal file {self.path} cannot be used ({error}): {_ELSEWHERE}") from None

    def create(self) -> None:
        """Make the file and its table."""
        with self._engine():
            pass

    def keep(self, entry: Entry) -> None:
        """Keep an entry in place of an older revision of itself."""
        body = json.dumps(entry_to(entry), separators=(",", ":"))
        with self._engine() as engine:
            engine.execute(_KEEP, (entry.caregiver, entry.key, entry.revision, expires(entry), body))

    def latest(self, caregiver: str) -> Session | None:
        """The session that the caregiver began last."""
        with self._engine() as engine:
            row = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND entry BETWEEN 'session#' AND 'session$'"
                " AND expires > ? ORDER BY entry DESC LIMIT 1",
                (caregiver, int(self._now().timestamp())),
            ).fetchone()
        session = entry_from(row[0]) if row else None
        return session if isinstance(session, Session) else None

    def entries(self, caregiver: str) -> Iterator[Entry]:
        """All that is kept of a caregiver."""
        with self._engine() as engine:
            rows = engine.execute(
                "SELECT body FROM entries WHERE caregiver = ? AND expires > ? ORDER BY entry",
                (caregiver, int(self._now().timestamp())),
            ).fetchall()
        return (entry_from(row[0]) for row in rows)

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver."""
        with self._engine() as engine:
            return engine.execute("DELETE FROM entries WHERE caregiver = ?", (caregiver,)).rowcount

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
