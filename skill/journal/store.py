"""The small abstract store that every journal engine stands behind."""

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from skill.errors import JournalRefused, PlainError
from skill.journal.entries import KEPT_FOR, Entry, Moment, Session
from skill.plain import from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Store", "entry_from", "entry_to", "expires"]


class Store(ABC):
    """Keeps entries, one collection a caregiver. Every method raises JournalRefused where the engine will not serve."""

    patience: float = 5.0
    """Seconds that the next call may take."""

    @abstractmethod
    def create(self) -> None:
        """Make what the store needs, where it is not there yet; twice is harmless."""

    @abstractmethod
    def keep(self, entry: Entry) -> None:
        """Keep an entry in place of an older revision of itself.

        The same entry twice is kept once, and one that comes late, behind a newer revision, changes nothing.
        """

    def keep_new(self, entries: "Sequence[Entry]") -> None:
        """Keep entries of which no newer revision can be there, as at a session's first turn.

        An engine may keep them all at once.

        Where one is refused, so may others have been: all of them should be kept again.
        """
        for entry in entries:
            self.keep(entry)

    @abstractmethod
    def latest(self, caregiver: str) -> Session | None:
        """The session that the caregiver began last."""

    @abstractmethod
    def entries(self, caregiver: str) -> "Iterator[Entry]":
        """All that is kept of a caregiver: moments first, then sessions, each in the order in which they began."""

    @abstractmethod
    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver; give how many entries that was. Twice is harmless."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the engine; the next call takes hold of it again."""


def entry_to(entry: Entry) -> dict[str, object]:
    """An entry as plain data, with the kind that tells it apart."""
    plain: dict[str, object] = to_plain(entry)
    return {"kind": type(entry).__name__.lower(), **plain}


def entry_from(plain: object) -> Entry:
    """The entry that `entry_to` gave, out of plain data or its JSON.

    Raises:
        JournalRefused: It is no entry.
    """
    try:
        if isinstance(plain, str):
            plain = json.loads(plain)
        if not isinstance(plain, dict):
            raise PlainError("expected a mapping")
        data = dict(plain)
        kind = data.pop("kind", None)
        if kind == "session":
            return from_plain(Session, data)
        if kind == "moment":
            return from_plain(Moment, data)
        raise PlainError(f"unknown kind {kind!r}")
    except (ValueError, PlainError) as error:
        raise JournalRefused(f"An entry of the journal cannot be read: {error}.") from None


def expires(entry: Entry) -> int:
    """When an entry is to be forgotten, in seconds since 1970."""
    return int((entry.started + KEPT_FOR).timestamp())
