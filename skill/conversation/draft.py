"""A reply in the making: the passages picked so far and the state as it will be."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from skill.conversation.reply import Passage, PassageKind, Reply
from skill.conversation.state import Asking, State
from skill.conversation.turn import country
from skill.journal.entries import Moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.conversation.turn import Turn
    from skill.journal.entries import MomentEnding, Outcome, SessionEnding
    from skill.words import Words

__all__ = ["Draft"]


class Draft:
    """What a turn's answer collects; `finish` gives the Reply and the State."""

    def __init__(self, words: "Words", turn: "Turn", state: State) -> None:
        """Begin an answer to `turn` from `state`."""
        self.words = words
        self.turn = turn
        self.before = state
        self.moment = state.moment
        self.asking = state.asking
        self.script = state.script
        self.step = state.step
        self.topic = state.topic
        self.slow = state.slow
        self.misses = state.misses
        self.silences = 0
        self.situation = ""
        self.danger: Literal["none", "ask", "sure"] = "none"
        self.passages: list[Passage] = []
        self.last: tuple[Passage, ...] | None = None
        self.reprompt: tuple[Passage, ...] = ()
        self._spoken = dict(state.session.spoken)
        self._moments = state.session.moments
        self.encouraged = state.session.encouraged
        self._hard = state.session.hard
        self._won = state.session.won
        self._ending: SessionEnding | None = None
        self._numbers = words.numbers(country(turn.locale))

    # The words

    def wording(self, unit: str, wordings: "Sequence[str]", **blanks: str) -> str:
        """Pick the next wording of a unit, so that none is heard twice running, and fill in the country's numbers."""
        index = self._next(unit, wordings)
        if len(wordings) > 1:
            self._spoken[unit] = index
        return wordings[index].format_map({**self._numbers, **blanks})

    def _next(self, unit: str, wordings: "Sequence[str]") -> int:
        return (self._spoken.get(unit, -1) + 1) % len(wordings)

    def foretold(self, unit: str, wordings: "Sequence[str]", kind: PassageKind, **blanks: str) -> Passage:
        """The passage that a unit's next wording would make: for a reprompt, which may never be spoken."""
        return Passage(wordings[self._next(unit, wordings)].format_map({**self._numbers, **blanks}), kind)

    def speak(self, unit: str, wordings: "Sequence[str]", kind: PassageKind = "line") -> None:
        """Add a passage, where there are wordings for it."""
        if wordings:
            self.passages.append(Passage(self.wording(unit, wordings), kind))

    def prompt(self, name: str, kind: PassageKind = "line", **blanks: str) -> None:
        """Add a passage from the prompts."""
        self.passages.append(Passage(self.wording(f"prompts/{name}", self.words.prompts[name], **blanks), kind))

    def ask(self, asking: Asking, name: str, **blanks: str) -> None:
        """End the turn with a question from the prompts; `<name>_again` is what is said when it goes unanswered."""
        self.prompt(name, "question", **blanks)
        again = f"{name}_again"
        self.wait(asking, self.foretold(f"prompts/{again}", self.words.prompts[again], "question", **blanks))

    def wait(self, asking: Asking, *reprompt: Passage) -> None:
        """Leave the microphone open for the answer to the last passage."""
        self.asking = asking
        self.reprompt = reprompt

    # The moment and the session

    def begin(self, situation: str) -> None:
        """Note what the moment has come to, beginning one if none is going on."""
        self.situation = situation
        label = next((label for label in self.words.labels if label.name == situation), None)
        if label is None:
            return
        if label.group == "emergency":
            self._hard = self.turn.at
        elif situation == "small_win":
            self._won = self.turn.at
        if not label.kept:
            return
        if self.moment is not None:
            self.moment = self.moment.moved(situation)
            return
        self._moments += 1
        session = self.before.session
        self.moment = Moment(
            id=f"{session.id}-{self._moments}",
            caregiver=session.caregiver,
            session=session.id,
            started=self.turn.at,
            seen=self.turn.at,
            channel=session.channel,
            locale=session.locale,
            situation=situation,
            path=(situation,),
            revision=0,
        )

    def stepped(self) -> None:
        """Note that a step was heard."""
        self.step += 1
        if self.moment is not None:
            self.moment = replace(self.moment, steps=self.moment.steps + 1)

    def close(self, ending: "SessionEnding", moment: "MomentEnding | None", outcome: "Outcome | None" = None) -> None:
        """End the session with this turn; `moment` says how the moment ended, none where it goes on."""
        self._ending = ending
        self.reprompt = ()
        if self.moment is not None:
            self.moment = replace(self.moment, ending=moment, outcome=outcome or self.moment.outcome)

    # The result

    def finish(self) -> tuple[Reply, State]:
        """The reply, and the state for the next turn."""
        session = self.before.session
        if self.moment is not None and self.moment != self.before.moment:
            self.moment = replace(self.moment, seen=self.turn.at, revision=self.moment.revision + 1)
        reply = Reply(
            passages=tuple(self.passages),
            listening=bool(self.reprompt),
            reprompt=self.reprompt,
            situation=self.situation or (self.moment.situation if self.moment else ""),
            danger=self.danger,
            moment=self.moment.id if self.moment else "",
            slow=self.slow,
        )
        state = State(
            session=replace(
                session,
                seen=self.turn.at,
                revision=session.revision + 1,
                moments=self._moments,
                ending=self._ending,
                spoken=self._spoken,
                encouraged=self.encouraged,
                hard=self._hard,
                won=self._won,
            ),
            moment=self.moment,
            asking=self.asking,
            script=self.script,
            step=self.step,
            topic=self.topic,
            last=self.last if self.last is not None else self.before.last,
            slow=self.slow,
            misses=self.misses,
            silences=self.silences,
        )
        return reply, state
