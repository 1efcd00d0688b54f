"""The State: what a conversation remembers between two turns. Small, and plain enough to travel as JSON."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from skill.conversation.reply import Passage
from skill.conversation.turn import Turn
from skill.journal.entries import NOWHERE, Asking, Moment, Past, Place, Session, Standing

__all__ = ["RESUMING", "Asking", "State", "opened"]

RESUMING = timedelta(minutes=20)
"""How soon a moment without an outcome goes on in another session."""


@dataclass(frozen=True, slots=True)
class State:
    """What is remembered between two turns of one session."""

    session: Session
    """The session, as the journal keeps it."""
    standing: Standing | None = None
    """What holds until it is changed, as the journal keeps it; none where nothing was ever changed."""
    moment: Moment | None = None
    """The moment that is going on, as the journal keeps it."""
    earlier: Moment | None = None
    """The moment before it: of an earlier session, or just over."""
    before: datetime | None = None
    """The last turn of the session before this one, UTC; none where there was none."""
    place: Place = NOWHERE
    """Where the conversation stands."""
    last: tuple[Passage, ...] = ()
    """What `again` repeats: the last step, without its question."""
    slow: bool = False
    """Whether the caregiver asked for slower."""
    short: bool = False
    """Whether the caregiver asked for shorter."""
    widened: bool = False
    """Whether the general script was given because nothing else had helped."""
    misses: int = 0
    """Sentences in a row that were not understood."""
    silences: int = 0
    """Questions in a row that went unanswered."""
    fresh: bool = False
    """Whether the session begins with this turn."""
    forgotten: bool = False
    """Whether all was erased, here or on another device: then nothing of the session is kept."""

    @property
    def tracking(self) -> bool:
        """Whether moments and visits are kept."""
        return self.standing is None or self.standing.tracking


def opened(
    turn: Turn,
    past: Past | None,
    *,
    apart: frozenset[str] = frozenset(),
    quiet: frozenset[str] = frozenset(),
) -> State:
    """The state at the first turn of a session.

    `past` is what was before; none where the journal does not say: then nobody is taken for a newcomer. A moment that
    is going on is brought along, unless it has come to one of the labels of `apart`, or ever came to one of `quiet`.
    """
    past, told = (past, False) if past is not None else (Past(), True)
    if past.moment is not None and past.moment.started - turn.at > RESUMING:
        # A request that comes late, or is sent again: what has begun since is not its past.
        past = replace(past, moment=None)
    before = past.session
    session = Session(
        id=turn.session,
        caregiver=turn.caregiver,
        started=turn.at,
        seen=turn.at,
        channel=turn.channel,
        locale=turn.locale,
        spoken=dict(before.spoken) if before else {},
        encouraged=before.encouraged if before else (),
        introduced=told or (before is not None and before.introduced),
    )
    if before is not None and before.id == turn.session and before.seen <= turn.at:
        # The session goes on, and its state was lost on the way.
        session = replace(before, ending=None)
    state = State(session, past.standing, earlier=past.moment, before=before.seen if before else None, fresh=True)
    moment = past.moment
    if not state.tracking:
        # What was kept before can still be told and forgotten, but nothing goes on from it.
        return state
    if (
        moment is None
        or not _goes_on(moment, turn.at)
        or moment.situation in apart
        or not quiet.isdisjoint(moment.path)
    ):
        return state
    return replace(state, moment=replace(moment, ending=None), earlier=None, place=moment.place)


def _goes_on(moment: Moment, now: datetime) -> bool:
    return moment.outcome is None and moment.ending != "eased" and abs(now - moment.seen) < RESUMING
