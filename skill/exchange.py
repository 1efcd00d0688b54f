"""An exchange: a turn is answered and what came of it is kept. Every channel goes through here."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skill.conversation import Asking, Conversation, Reply, State
from skill.conversation.draft import Draft
from skill.conversation.state import opened
from skill.speech import Speech, speech_of

if TYPE_CHECKING:
    from skill.conversation import Turn
    from skill.journal.entries import Entry, Session
    from skill.journal.keeper import Keeper
    from skill.reader import Reader
    from skill.words import Words

__all__ = ["Answer", "Exchange"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a channel gets for a turn."""

    reply: Reply
    """What was decided."""
    speech: Speech
    """How it sounds."""
    reprompt: Speech | None
    """What is spoken when the question goes unanswered; none when nothing was asked."""
    state: State | None
    """What to bring with the next turn of the session; none when the session is over."""


class Exchange:
    """Answers turns in one language and keeps what came of them."""

    def __init__(self, words: "Words", reader: "Reader", keeper: "Keeper") -> None:
        """Speak these words, understand through this reader, keep through this keeper."""
        self.words = words
        self.keeper = keeper
        self._conversation = Conversation(words, reader)

    def answer(self, turn: "Turn", state: State | None) -> Answer:
        """Answer a turn; `state` is what the session's last answer gave, none at its first turn.

        Whatever goes wrong inside, there is a valid answer that says whom to call in danger.
        """
        self.keeper.begin()
        new = False
        try:
            if state is None:
                before = self.keeper.recall(turn.caregiver)
                # A request that is sent again finds its own session there.
                new = self.keeper.recalled and (before is None or before.id != turn.session)
                state = opened(turn, before)
            reply, after = self._conversation.answer(turn, state)
        except Exception as error:  # noqa: BLE001 - a caregiver must hear something, and the log must not hear them
            _log.error("A turn failed: %s at %s", type(error).__name__, _where(error))
            state = state or opened(turn, None)
            reply, after = self._fault(turn, state)
        self._keep(state, after, new=new)
        return self._answer(reply, after)

    def _keep(self, before: State, after: State, *, new: bool) -> None:
        """Keep the session where it began, ended or has new wordings, and the moment where it changed."""
        session = after.session
        entries: list[Entry] = []
        if before.session.revision == 0 or session.ending or _carried(session) != _carried(before.session):
            entries.append(session)
        if after.moment is not None and after.moment != before.moment:
            entries.append(after.moment)
        self.keeper.keep(*entries, new=new)

    def _answer(self, reply: Reply, after: State) -> Answer:
        say = self.words.prompts["say"][0]
        return Answer(
            reply=reply,
            speech=speech_of(reply, say),
            reprompt=speech_of(replace(reply, passages=reply.reprompt), say) if reply.reprompt else None,
            state=None if after.session.ending else after,
        )

    def _fault(self, turn: "Turn", state: State) -> tuple[Reply, State]:
        """The answer when the skill itself fails: the number, and a question to go on with."""
        draft = Draft(self.words, turn, state)
        draft.prompt("fault", "action")
        # A safety question or a number that was open stays open: what is said next is still its answer.
        draft.ask(draft.asking if draft.asking.kind in ("safety", "number") else Asking("what"), "what")
        return draft.finish()


def _carried(session: "Session") -> tuple[object, ...]:
    """What of a session the next one needs, and so is kept whenever it changes."""
    return session.spoken, session.encouraged, session.hard, session.won, session.moments


def _where(error: BaseException) -> str:
    """The place in the code where an error arose; its message stays out of the log, for it may hold what was said."""
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
