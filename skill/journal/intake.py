"""Entries that come from outside into a store: looked at, counted, and none held up by the fault of another."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from skill.errors import EntryRefused, JournalRefused
from skill.journal.entries import Entry, Member, Moment, Session, Standing
from skill.journal.store import Store, entry_from, expires

__all__ = ["Intake", "sound"]

_HASH = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_COUNTS_BELOW = 2**31
_AT_ONCE = 25
"""Entries that are kept at once: an engine that is far away takes them side by side."""


class Intake:
    """What comes into a store, and what came of it."""

    def __init__(
        self,
        store: Store,
        *,
        asked: bool = True,
        progress: Callable[[int], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take into `store`. Where nobody `asked` for these entries, a caregiver's wish that no track be kept holds."""
        self.added = 0
        """Entries that the store did not know."""
        self.changed = 0
        """Tellings of entries that it knew, and knew less of."""
        self.there = 0
        """Tellings that it knew already."""
        self.unwanted = 0
        """Those that are not kept: forgotten meanwhile, expired, or of a time of which no track was to be kept."""
        self.faults: list[str] = []
        """What is wrong with what could not be taken, each with its place."""
        self._store = store
        self._asked = asked
        self._progress = progress
        self._waiting: list[tuple[Entry, str]] = []
        self._now = now
        # Entries of one caregiver mostly come together.
        self._known = lru_cache(maxsize=32)(self._read)

    def __str__(self) -> str:
        """The counts as one sentence."""
        return (
            f"{self.added:,} entries are new, {self.changed:,} brought up to date, {self.there:,} were there already,"
            f" {self.unwanted:,} are not wanted."
        )

    @property
    def count(self) -> int:
        """How many tellings were taken, whatever came of them."""
        return self.added + self.changed + self.there + self.unwanted

    def take(self, found: Entry | JournalRefused, place: str) -> None:
        """Take an entry, or note why none could be read at this place. The same entry again changes nothing.

        It may wait for others, with which it is kept at once: `settle` comes last.

        Raises:
            JournalRefused: The store does not serve.
        """
        if isinstance(found, JournalRefused):
            self.faults.append(f"{place}: {str(found).rstrip('.')}")
            return
        self._waiting.append((found, place))
        # What comes after a wish that no track be kept is to meet it.
        if len(self._waiting) >= _AT_ONCE or isinstance(found, Standing):
            self.settle()

    def settle(self) -> None:
        """Keep what still waits, and count it.

        Raises:
            JournalRefused: The store does not serve.
        """
        waiting, self._waiting = self._waiting, []
        # Read before anything is kept: else all would be there already.
        asked = [(entry, place, self._known(entry.caregiver)) for entry, place in waiting]
        wanted = [(entry, place, known) for entry, place, known in asked if self._wanted(entry, known)]
        self.unwanted += len(waiting) - len(wanted)
        refusal = None
        told = self._store.keep_all([entry for entry, _, _ in wanted]) if wanted else []
        for (_, place, known), kept in zip(wanted, told, strict=True):
            if isinstance(kept, EntryRefused):
                self.faults.append(f"{place}: the store does not take such an entry")
            elif isinstance(kept, JournalRefused):
                refusal = kept
            else:
                self._count(known, kept)
        self._progress(self.count)
        if refusal is not None:
            raise refusal

    def _wanted(self, entry: Entry, known: "_Known") -> bool:
        if expires(entry) <= self._now().timestamp():
            return False
        return self._asked or not known.untracked(entry)

    def _count(self, known: "_Known", kept: Entry | None) -> None:
        if kept is None:
            self.unwanted += 1
            return
        before = known.revisions.get(kept.key)
        self.added += before is None
        self.there += before == kept.revision
        self.changed += before not in (None, kept.revision)
        known.note(kept)

    def _read(self, caregiver: str) -> "_Known":
        known = _Known()
        for entry in self._store.entries(caregiver):
            known.note(entry)
        return known


@dataclass(slots=True)
class _Known:
    """What a store knows of a caregiver, as far as the counting goes."""

    revisions: dict[str, int] = field(default_factory=dict)
    """By the entries' keys."""
    standing: Standing | None = None

    def note(self, entry: Entry) -> None:
        """The store holds this entry now."""
        self.revisions[entry.key] = entry.revision
        if isinstance(entry, Standing):
            self.standing = entry

    def untracked(self, entry: Entry) -> bool:
        """Whether no track was to be kept any more, and the store could not be asked when this was spilled."""
        if isinstance(entry, Standing | Member) or self.standing is None:
            return False
        return not self.standing.tracking and entry.seen > self.standing.seen


def sound(plain: object, labels: Collection[str] | None = None) -> Entry:
    """The entry in plain data that anybody may have written: of the right types, and with nothing out of bounds.

    The types are checked as the store's own entries are, strictly and without a library: what comes in can be read
    again. With `labels`, it may name no others.

    Raises:
        JournalRefused: It is no such entry; the message names the field.
    """
    try:
        entry = entry_from(plain)
        expires(entry)
    except (OverflowError, RecursionError):
        raise JournalRefused("a value is out of bounds") from None
    if fault := _fault(entry, labels):
        raise JournalRefused(fault)
    # A moment that a session carries along stands in an entry of its own as well, which is looked at by itself.
    return replace(entry, resumed=None) if isinstance(entry, Session) else entry


def _fault(entry: Entry, labels: Collection[str] | None) -> str:
    """What a type does not say, and the journal or the conversation takes for granted."""
    if any(_HASH.fullmatch(who) is None for who in (entry.caregiver, getattr(entry, "person", entry.caregiver))):
        return "a caregiver is 32 hexadecimal digits"
    if isinstance(entry, Session | Moment) and _ID.fullmatch(entry.id) is None:
        return "an id is made of letters, digits and hyphens"
    counts: dict[str, int] = {}
    if isinstance(entry, Session):
        counts = {**entry.spoken, "moments": entry.moments}
    elif isinstance(entry, Moment):
        counts = {**entry.heard, "step": entry.place.step}
        if not entry.path or entry.path[-1] != entry.situation:
            return "a path ends with the situation"
        if unknown := [label for label in entry.path if labels is not None and label not in labels]:
            return f"{unknown[0]!r} is no label"
    if "" in counts or not all(0 <= count < _COUNTS_BELOW for count in counts.values()):
        return "a count is out of bounds"
    return ""
