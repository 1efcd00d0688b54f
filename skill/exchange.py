"""An exchange: a turn is answered and what came of it is kept. Every channel goes through here."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from skill.conversation import Asking, Conversation, Reminded, Reply, State, caught_up
from skill.conversation.draft import Draft
from skill.conversation.state import opened
from skill.errors import JournalError
from skill.journal.entries import Entry, Member, Moment, Session, Standing
from skill.speech import Speech, speech_of

if TYPE_CHECKING:
    from skill.conversation import Meanwhile, Turn
    from skill.journal.keeper import Keeper
    from skill.reader import Reader
    from skill.words import Words

__all__ = ["Answer", "Exchange", "NoReminders", "Reminders"]

_log = logging.getLogger(__name__)


class Reminders(Protocol):
    """A channel's way to reminders. None of it raises."""

    reminds: bool
    """Whether there can be any."""

    def remind(self, at: str, text: str) -> tuple[Reminded, str]:
        """Set a reminder for every day `at` 07:10 that says `text`; what became of it, and what it is known by."""

    def no_reminder(self, known_by: str) -> bool:
        """Cancel a reminder; whether it is gone."""


class NoReminders:
    """A channel that has none."""

    reminds = False

    def remind(self, at: str, text: str) -> tuple[Reminded, str]:  # noqa: ARG002 - as the protocol has it
        """There is none to be set."""
        return "unsupported", ""

    def no_reminder(self, known_by: str) -> bool:  # noqa: ARG002 - as the protocol has it
        """One that another channel has set is out of reach here."""
        return False


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
    failed: bool = False
    """Whether something failed inside, and this is the answer for that."""


class Exchange:
    """Answers turns in one language and keeps what came of them."""

    def __init__(self, words: "Words", reader: "Reader", keeper: "Keeper") -> None:
        """Speak these words, understand through this reader, keep through this keeper."""
        self.words = words
        self.keeper = keeper
        self._conversation = Conversation(words, reader)
        # What is not resumed: emergencies have an opening of their own, or none.
        self._apart = frozenset(words.emergencies)
        self._quiet = frozenset(label for label, one in words.emergencies.items() if one.quiet)

    def answer(
        self,
        turn: "Turn",
        state: State | None,
        reminders: Reminders | None = None,
        meanwhile: "Meanwhile | None" = None,
    ) -> Answer:
        """Answer a turn; `state` is what the session's last answer gave, none at its first turn.

        `meanwhile` is what its channel has done by itself since then, when it could not reach us.
        Whatever goes wrong inside, there is a valid answer that says whom to call in danger.
        """
        self.keeper.begin()
        told = failed = False
        try:
            if state is None:
                past = self.keeper.recall(turn.caregiver, lambda: self._conversation.prepare(turn))
                # A request that is sent again finds its own session there, and what came of it.
                before = past.session if past is not None and past.session else None
                told = before is not None and before.id == turn.session and before.seen >= turn.at
                state = opened(turn, past, apart=self._apart, quiet=self._quiet)
            errands = _Errands(self.keeper, turn, reminders or NoReminders())
            now = caught_up(self.words, turn, state, meanwhile) if meanwhile else state
            reply, after = self._conversation.answer(turn, now, errands)
        except Exception as error:  # noqa: BLE001 - a caregiver must hear something, and the log must not hear them
            _log.error("A turn failed: %s at %s", type(error).__name__, _where(error))
            state = state or opened(turn, None)
            reply, after = self._fault(turn, state)
            failed = True
        return self._answer(reply, after if told else self._kept(turn, state, after), failed=failed)

    def forget(self, caregiver: str) -> int:
        """Erase all that is kept of a caregiver; give how many entries that were. Twice is harmless.

        Raises:
            JournalError: The store refuses; nobody should be told that it is done.
        """
        self.keeper.begin()
        return self.keeper.forget(caregiver)

    def _kept(self, turn: "Turn", before: State, after: State) -> State:
        """Keep what has changed; give the state as the store now knows it."""
        if after.forgotten:
            return after
        told = _changed(turn, before, after)
        kept = dict(zip((entry.key for entry in told), self.keeper.keep(*told), strict=True))
        session = kept.get(after.session.key, after.session)
        moment = after.moment and kept.get(after.moment.key, after.moment)
        earlier = after.earlier and kept.get(after.earlier.key, after.earlier)
        standing = after.standing and kept.get(after.standing.key, after.standing)
        if not isinstance(session, Session):
            # Forgotten meanwhile, on another device: nothing more of this visit is kept either.
            self._take_back(*(entry for entry in kept.values() if isinstance(entry, Moment)))
            return replace(after, session=replace(after.session, spoken={}, encouraged=()), forgotten=True)
        return replace(
            after,
            # What it carries along stands in the state by itself.
            session=replace(session, resumed=None),
            moment=moment if isinstance(moment, Moment) else None,
            earlier=earlier if isinstance(earlier, Moment) else None,
            standing=standing if isinstance(standing, Standing) else None,
        )

    def _take_back(self, *moments: Moment) -> None:
        """Erase moments that began in a visit which, as was only then known, is forgotten."""
        for moment in moments:
            try:
                self.keeper.erase(moment)
            except JournalError as error:
                _log.error("A moment of a forgotten visit is not erased: %s", error)

    def _answer(self, reply: Reply, after: State, *, failed: bool) -> Answer:
        say = self.words.prompts["say"][0]
        return Answer(
            reply=reply,
            speech=speech_of(reply, say),
            reprompt=speech_of(replace(reply, passages=reply.reprompt), say) if reply.reprompt else None,
            state=None if after.session.ending else after,
            failed=failed,
        )

    def _fault(self, turn: "Turn", state: State) -> tuple[Reply, State]:
        """The answer when the skill itself fails: the number, and a question to go on with."""
        draft = Draft(self.words, turn, state)
        draft.prompt("fault", "action")
        # A safety question or a number that was open stays open: what is said next is still its answer.
        draft.ask(draft.asking if draft.asking.kind in ("safety", "number") else Asking("what"), "what")
        return draft.finish()


class _Errands:
    """What a conversation may ask of the house in one turn."""

    def __init__(self, keeper: "Keeper", turn: "Turn", reminders: Reminders) -> None:
        self._keeper = keeper
        self._turn = turn
        self.reminds = reminders.reminds
        self.remind = reminders.remind
        self.no_reminder = reminders.no_reminder

    def moments(self, since: datetime) -> Sequence[Moment] | None:
        return self._keeper.moments(self._turn.caregiver, since)

    def hold(self, standing: Standing) -> bool:
        (kept,) = self._keeper.keep(standing)
        return kept is not None and kept != standing

    def forget_moment(self, moment: Moment) -> bool:
        try:
            self._keeper.erase(moment)
        except JournalError as error:
            _log.error("A moment is not erased: %s", error)
            return False
        return True

    def forget_everything(self) -> bool:
        try:
            self._keeper.forget(self._turn.caregiver, self._turn.account)
        except JournalError as error:
            _log.error("A caregiver's entries are not erased: %s", error)
            return False
        return True


def _changed(turn: "Turn", before: State, after: State) -> list[Entry]:
    """What the journal is told after a turn: only what holds, where the caregiver wants no track kept."""
    told: list[Entry] = []
    if after.standing is not None and after.standing != before.standing:
        told.append(after.standing)
    if not after.tracking:
        return told
    known = [before.moment, before.earlier]
    moments = [moment for moment in (after.moment, after.earlier) if moment is not None and moment not in known]
    resumed = _resumed(after)
    lasting = _lasting(after.session) == _lasting(before.session) and resumed == _resumed(before)
    if before.session.revision == 0 or not lasting:
        if resumed is not None and resumed in moments:
            # As it will be known once it is told with it.
            resumed = replace(resumed, revision=resumed.revision + 1)
        told.append(replace(after.session, resumed=resumed))
    told += moments
    if turn.account and after.before is None and before.session.revision == 0:
        told.append(Member(turn.account, turn.caregiver, turn.at))
    return told


def _resumed(state: State) -> Moment | None:
    """The moment that a session carries along for the next one: one that began in an earlier session."""
    moment = state.moment
    return None if moment is None or moment.id.startswith(f"{state.session.id}-") else moment


def _lasting(session: Session) -> Session:
    """A session without what alone is no reason to write it again."""
    return replace(session, seen=session.started)


def _where(error: BaseException) -> str:
    """The place in the code where an error arose; its message stays out of the log, for it may hold what was said."""
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
