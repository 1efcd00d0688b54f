"""The entries of the journal: a session and the moments in it. Labels, times and outcomes; never what was said."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from skill.plain import time_text

__all__ = ["KEPT_FOR", "Entry", "Moment", "Session"]

KEPT_FOR = timedelta(days=400)
"""How long an entry is kept after it began: long enough to look back on the same week of last year."""

SessionEnding = Literal["stopped", "finished", "silence", "left", "error"]
MomentEnding = Literal["eased", "stopped", "silence", "left", "error"]
Outcome = Literal["better", "same", "worse"]


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
    revision: int = 1
    """Counts up with every turn; the store keeps the highest."""
    moments: int = 0
    """How many moments it has had."""
    ending: SessionEnding | None = None
    """How it ended; none while it lasts."""
    spoken: dict[str, int] = field(default_factory=dict)
    """Which wording of each unit the caregiver heard last, carried on from session to session."""
    encouraged: tuple[str, ...] = ()
    """The names of the latest encouragements, the newest last, carried on."""
    before: datetime | None = None
    """The last turn of the session before this one, UTC; none in the first session."""
    hard: datetime | None = None
    """The last time that an emergency or a bad outcome was told, UTC, carried on."""
    won: datetime | None = None
    """The last time that a win was told, UTC, carried on."""

    @property
    def key(self) -> str:
        """Its place among the caregiver's entries; sorts by start."""
        return f"session#{time_text(self.started)}#{self.id}"


@dataclass(frozen=True, slots=True)
class Moment:
    """One episode, from the first sentence about it to its outcome."""

    id: str
    """The session's id and a number."""
    caregiver: str
    """The keyed hash of who speaks."""
    session: str
    """The id of the session in which it began."""
    started: datetime
    """UTC."""
    seen: datetime
    """The last turn, UTC."""
    channel: str
    """`alexa`, `terminal`, …"""
    locale: str
    """`en-US`."""
    situation: str
    """The label that it has come to."""
    path: tuple[str, ...]
    """The labels that it went through, in order, the last being `situation`."""
    steps: int = 0
    """How many steps were heard."""
    revision: int = 1
    """Counts up with every change; the store keeps the highest."""
    outcome: Outcome | None = None
    """What the caregiver said of how it ended; none where nothing was said."""
    ending: MomentEnding | None = None
    """How it ended; none while it lasts."""

    @property
    def key(self) -> str:
        """Its place among the caregiver's entries; sorts by start."""
        return f"moment#{time_text(self.started)}#{self.id}"

    def moved(self, situation: str) -> "Moment":
        """The same moment, come to another situation."""
        if situation == self.situation:
            return self
        return replace(self, situation=situation, path=(*self.path, situation)[-PATH_KEPT:])


PATH_KEPT = 20
"""Labels of a moment's path that are kept, the latest: a very long episode stays a small item."""

Entry = Session | Moment
"""What the journal keeps."""
