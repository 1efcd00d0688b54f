"""The State: what a conversation remembers between two turns. Small, and plain enough to travel as JSON."""

from dataclasses import dataclass, replace
from typing import Literal

from skill.conversation.reply import Passage
from skill.conversation.turn import Turn
from skill.journal.entries import Moment, Session

__all__ = ["Asking", "State", "opened"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The question that is open."""

    kind: Literal["what", "next", "easing", "choose", "safety", "number"]
    """What is happening? Go on? Is it easing? Which of two? Is there danger? The number again?"""
    options: tuple[str, ...] = ()
    """choose: the two labels. safety: the emergency that yes means and the situation that no means. number: the
    emergency and its form."""
    question: str = ""
    """safety: the name of the question. number: what was offered, `number` or `meanwhile`."""


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered between two turns of one session."""

    session: Session
    """The session, as the journal keeps it."""
    moment: Moment | None = None
    """The moment that is going on, as the journal keeps it."""
    asking: Asking = Asking("what")
    """The question that is open."""
    script: str = ""
    """The script being spoken: a label or `connect_first`; empty for none."""
    step: int = 0
    """How many of its steps were spoken."""
    topic: str = ""
    """The particular answer that the script gives (`words.why`); empty for the general one."""
    last: tuple[Passage, ...] = ()
    """What `again` repeats: the last step, without its question."""
    slow: bool = False
    """Whether the caregiver asked for slower."""
    misses: int = 0
    """Sentences in a row that were not understood."""
    silences: int = 0
    """Questions in a row that went unanswered."""


def opened(turn: Turn, before: Session | None) -> State:
    """The state at the first turn of a session; `before` is the caregiver's last session, for what was heard last."""
    if before is not None and before.id == turn.session and before.seen < turn.at:
        # The session goes on, and its state was lost on the way.
        return State(replace(before, ending=None))
    return State(
        Session(
            id=turn.session,
            caregiver=turn.caregiver,
            started=turn.at,
            seen=turn.at,
            channel=turn.channel,
            locale=turn.locale,
            revision=0,
            spoken=dict(before.spoken) if before else {},
            encouraged=before.encouraged if before else (),
            before=before.seen if before else None,
            hard=before.hard if before else None,
            won=before.won if before else None,
        )
    )
