"""The small abstract store that every journal engine stands behind."""

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from skill.errors import JournalRefused, PlainError
from skill.journal.entries import KEPT_FOR, Entry, Member, Moment, Past, Session, Standing
from skill.plain import from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

__all__ = ["NEVER", "RECALLED", "Store", "entry_from", "entry_to", "expires", "past_of"]

NEVER = 253_370_764_800
"""The second, since 1970, in which expires what has no time of its own: the year 9999."""
RECALLED = 4
"""How many of the latest entries a new session looks through for a moment that no session has resumed."""
_KINDS = {"session": Session, "moment": Moment, "standing": Standing, "member": Member}


class Store(ABC):
    """Keeps entries, one collection a caregiver. Every method raises JournalRefused where the engine will not serve."""

    patience: float = 5.0
    """Seconds that the next call may take."""

    @abstractmethod
    def create(self) -> None:
        """Make what the store needs, where it is not there yet; twice is harmless."""

    @abstractmethod
    def keep_all(self, entries: "Sequence[Entry]") -> "list[Entry | JournalRefused | None]":
        """Keep entries, each for itself; give each as it is kept now, or why it is refused.

        An entry's revision tells which telling it goes on from. Where the store knows of another since, both are
        brought together, so the same entry twice is kept once, and one that comes late undoes nothing. None where the
        entry was kept before and is there no more: it was forgotten, and stays so.
        """

    def keep(self, entry: Entry) -> Entry | None:
        """Keep one entry, as `keep_all` does."""
        (kept,) = self.keep_all([entry])
        if isinstance(kept, JournalRefused):
            raise kept
        return kept

    @abstractmethod
    def recall(self, caregiver: str) -> Past:
        """What a new session needs: the session that began last, what holds until it is changed, and the last moment.

        The moment is the one that the last session resumed, or is found among the latest RECALLED entries: one before
        is long over.
        """

    @abstractmethod
    def moments(self, caregiver: str, since: "datetime") -> list[Moment]:
        """The moments that began since then, in order."""

    @abstractmethod
    def entries(self, caregiver: str) -> "Iterator[Entry]":
        """All that is kept of a caregiver: an account's members, moments and sessions by start, then what holds."""

    def sessions(self, caregiver: str, since: "datetime") -> list[Session]:
        """The sessions that were still going on then, or began later, in order."""
        return [entry for entry in self.entries(caregiver) if isinstance(entry, Session) and entry.seen >= since]

    @abstractmethod
    def everything(self) -> "Iterator[Entry]":
        """All that is kept of all caregivers, each caregiver's entries together, read a page at a time.

        For whoever runs the journal; the skill itself asks for one caregiver's. What changes meanwhile is given as it
        was before or as it is after.
        """

    @abstractmethod
    def erase(self, caregiver: str, key: str) -> None:
        """Erase one entry; twice is harmless."""

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
        if kind not in _KINDS:
            raise PlainError(f"unknown kind {kind!r}")
        entry: Entry = from_plain(_KINDS[kind], data)
    except (ValueError, PlainError) as error:
        raise JournalRefused(f"An entry of the journal cannot be read: {error}.") from None
    return entry


def expires(entry: Entry) -> int:
    """When an entry is to be forgotten, in seconds since 1970."""
    return NEVER if isinstance(entry, Standing | Member) else int((entry.started + KEPT_FOR).timestamp())


def past_of(entries: "Iterable[Entry]") -> Past:
    """The Past that a caregiver's entries make, the latest coming first; no more of them are taken than it needs."""
    latest: dict[type, Entry] = {}
    for number, entry in enumerate(entries, 1):
        # What an earlier session carried along may long be told otherwise.
        if isinstance(entry, Session) and Session not in latest and entry.resumed is not None:
            latest.setdefault(Moment, entry.resumed)
        latest.setdefault(type(entry), entry)
        if Session in latest and (Moment in latest or number >= RECALLED):
            break
    session, moment, standing = (latest.get(kind) for kind in (Session, Moment, Standing))
    return Past(
        session if isinstance(session, Session) else None,
        moment if isinstance(moment, Moment) else None,
        standing if isinstance(standing, Standing) else None,
    )
