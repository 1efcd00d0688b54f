"""The entries of the journal: visits, moments, and what holds until it is changed.

Labels, times and outcomes; never what was said. An entry may be told twice, late, or by two devices at once, and so any
two tellings of it can be brought together (`together`) in any order, with nothing lost and nothing counted twice.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from skill.plain import time_text

__all__ = [
    "KEPT_FOR",
    "Asking",
    "Entry",
    "Member",
    "Moment",
    "Past",
    "Place",
    "Session",
    "Standing",
    "member_key",
    "together",
]

KEPT_FOR = timedelta(days=400)
"""How long an entry is kept after it began: long enough to look back on the same week of last year."""
PATH_KEPT = 8
"""Labels of a moment's path that are kept however often they come; beyond them, each is kept once."""
LABELS_KEPT = 16
"""Labels of a path at most: a very long episode stays a small item."""
SESSIONS_KEPT = 8
"""Sessions whose steps are counted apart within one moment."""

SessionEnding = Literal["stopped", "finished", "silence", "left", "error"]
MomentEnding = Literal["eased", "stopped", "silence", "left", "error"]
Outcome = Literal["better", "same", "worse"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The question that is open."""

    kind: Literal[
        "what",  # what is happening?
        "next",  # go on?
        "easing",  # is it easing?
        "choose",  # which of two?
        "safety",  # is there danger?
        "number",  # the number again, or what to do meanwhile?
        "still",  # is the moment before this session still going on?
        "outcome",  # how did an earlier moment end?
        "number_later",  # the number again, at the first opening after an emergency?
        "erase",  # really forget everything?
        "offer",  # a daily reminder?
        "time",  # a reminder at what time?
        "remind",  # really set the reminder?
        "else",  # anything else?
    ]
    options: tuple[str, ...] = ()
    """choose: the two labels. safety: the emergency that yes means and the situation that no means. number: the
    emergency and its form. remind: the time, `07:10`."""
    question: str = ""
    """safety: the name of the question. number: what was offered, `number` or `meanwhile`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands: enough to go on from there, in another session or on another device."""

    script: str = ""
    """The script being spoken: a label or `connect_first`; empty for none."""
    step: int = 0
    """How many of its steps were spoken."""
    topic: str = ""
    """The particular answer that the script gives (`words.why`); empty for the general one."""
    asking: Asking = Asking("what")
    """The question that is open."""


NOWHERE = Place()
"""The place at which every conversation begins."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One episode, from the first sentence about it to its outcome; it may outlast a session."""

    id: str
    """The id of the session in which it began, and a number."""
    caregiver: str
    """The keyed hash of who speaks."""
    started: datetime
    """UTC."""
    seen: datetime
    """The last turn, UTC."""
    channel: str
    """Where it began: `alexa`, `terminal`, …"""
    locale: str
    """`en-US`."""
    situation: str
    """The label that it has come to."""
    path: tuple[str, ...]
    """The labels that it went through, in order, the last being `situation`."""
    heard: dict[str, int] = field(default_factory=dict)
    """How many steps were heard, by the id of the session."""
    revision: int = 0
    """Counts what the store was told of it; 0 before the first telling."""
    outcome: Outcome | None = None
    """What the caregiver said of how it ended; none where nothing was said."""
    asked: bool = False
    """Whether a later visit has asked how it ended, or come back to it after an emergency: once is enough."""
    ending: MomentEnding | None = None
    """How it ended; none while it lasts."""
    place: Place = NOWHERE
    """Where its conversation stands."""

    @property
    def key(self) -> str:
        """Its place among the caregiver's entries; sorts by start, before the session in which it began."""
        return f"{time_text(self.started)}#moment#{self.id}"

    @property
    def steps(self) -> int:
        """How many steps were heard in all."""
        return sum(self.heard.values())

    def moved(self, situation: str) -> "Moment":
        """The same moment, come to another situation."""
        if situation == self.situation:
            return self
        return replace(self, situation=situation, path=_kept((*self.path, situation)))

    def tells(self, unit: str) -> bool:
        """Whether a wording that was heard (`Session.spoken`) tells of this moment."""
        return not {*unit.split("/")}.isdisjoint(self.path)

    def stepped(self, session: str) -> "Moment":
        """The same moment, with one more step heard in a session."""
        heard = {**self.heard, session: self.heard.get(session, 0) + 1}
        return replace(self, heard=dict(list(heard.items())[-SESSIONS_KEPT:]))


@dataclass(frozen=True, slots=True)
class Session:
    """One visit to the skill."""

    id: str
    """Made by the channel from its own id; the same turn told twice makes the same session."""
    caregiver: str
    """The keyed hash of who speaks."""
    started: datetime
    """UTC."""
    seen: datetime
    """The last turn, UTC."""
    channel: str
    """`alexa`, `terminal`, …"""
    locale: str
    """`en-US`."""
    revision: int = 0
    """Counts what the store was told of it; 0 before the first telling."""
    moments: int = 0
    """How many moments have begun in it."""
    ending: SessionEnding | None = None
    """How it ended; none while it lasts."""
    spoken: dict[str, int] = field(default_factory=dict)
    """Which wording of each unit was heard last, the latest at the end; carried on from session to session."""
    encouraged: tuple[str, ...] = ()
    """The names of the latest encouragements, the newest last, carried on."""
    introduced: bool = False
    """Whether the caregiver was told what this is and is not, carried on."""
    resumed: Moment | None = None
    """The moment that is going on in it, where that began in an earlier session: its own entry stands far before this
    one, and whoever opens the skill again and again in a bad hour is to find it with one look. It may be a little
    behind its own entry; like any telling, it is brought together with that."""

    @property
    def key(self) -> str:
        """Its place among the caregiver's entries; sorts by start."""
        return f"{time_text(self.started)}#session#{self.id}"


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for a caregiver until it is changed. It has no time of its own to expire."""

    caregiver: str
    """The keyed hash of who it is for."""
    seen: datetime
    """When it was changed last, UTC."""
    revision: int = 0
    """Counts what the store was told of it; 0 before the first telling."""
    tracking: bool = True
    """Whether moments and visits are kept."""
    reminder: str = ""
    """What the platform knows the daily reminder by; empty where there is none."""
    remind_at: str = ""
    """When it comes, in the device's own time, `07:10`."""

    @property
    def key(self) -> str:
        """Its place among the caregiver's entries: after all others."""
        return "standing"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an account whose voice is known, and who so is a caregiver with a journal of their own."""

    caregiver: str
    """The keyed hash of the account."""
    person: str
    """The keyed hash of the person: the caregiver of their own entries."""
    seen: datetime
    """When they came first, UTC."""
    revision: int = 0
    """Counts what the store was told of it; 0 before the first telling."""

    @property
    def key(self) -> str:
        """Its place among the account's entries: before all others."""
        return member_key(self.person)


def member_key(person: str) -> str:
    """The place of a person among the entries of their account."""
    return f"#member#{person}"


Entry = Session | Moment | Standing | Member
"""What the journal keeps."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a new session needs of what was before."""

    session: Session | None = None
    """The session that the caregiver began last."""
    moment: Moment | None = None
    """The moment that began last."""
    standing: Standing | None = None
    """What holds until it is changed."""


def together(one: Entry, other: Entry) -> Entry:
    """Two tellings of one entry as one: what either knows is in it, and its revision is the higher of the two."""
    # Of two of the same second either may be the newer, as long as it is the same one each time.
    older, newer = sorted((one, other), key=lambda entry: (entry.seen, entry.revision, repr(entry)))
    revision = max(one.revision, other.revision)
    if isinstance(older, Moment) and isinstance(newer, Moment):
        path = _path(older.path, newer.path)
        heard = {name: max(older.heard.get(name, 0), newer.heard.get(name, 0)) for name in (*older.heard, *newer.heard)}
        return replace(
            newer,
            revision=revision,
            situation=path[-1],
            path=path,
            heard=heard,
            outcome=newer.outcome or older.outcome,
            asked=newer.asked or older.asked,
            ending=newer.ending or older.ending,
        )
    return replace(newer, revision=revision)


def _path(older: tuple[str, ...], newer: tuple[str, ...]) -> tuple[str, ...]:
    """Both paths as one; what only the older one went through comes before what only the newer one did."""
    if set(older) <= set(newer):
        return newer
    if set(newer) <= set(older):
        return older
    same = 0
    while same < min(len(older), len(newer)) and older[same] == newer[same]:
        same += 1
    missing = [label for label in older[same:] if label not in newer]
    return _kept((*newer[:same], *missing, *newer[same:]))


def _kept(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path that does not grow without end: of what comes again, the earlier time is left out first."""
    place = 0
    while len(path) > PATH_KEPT and place < len(path):
        if path[place] in path[place + 1 :]:
            path = path[:place] + path[place + 1 :]
        else:
            place += 1
    return path[-LABELS_KEPT:]
