"""A reply in the making: the passages picked so far and the state as it will be."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from skill.conversation.reply import Passage, PassageKind, Reply
from skill.conversation.turn import country
from skill.journal.entries import Asking, Moment, Place, Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.conversation.state import State
    from skill.conversation.turn import Turn
    from skill.journal.entries import MomentEnding, Outcome, SessionEnding
    from skill.words import Words

__all__ = ["GOES_ON", "Draft"]

GOES_ON = frozenset({"what", "next", "easing", "choose", "safety", "number"})
"""The questions that a moment takes along into another session."""
SPOKEN_KEPT = 70
"""Units of which it is remembered which wording was heard last: the latest few situations with all that goes round
them. The state of a session stays under 4 KB."""


class Draft:
    """What a turn's answer collects; `finish` gives the Reply and the State."""

    def __init__(self, words: "Words", turn: "Turn", state: "State") -> None:
        """Begin an answer to `turn` from `state`."""
        self.words = words
        self.turn = turn
        self.before = state
        self.standing = state.standing
        self.moment = state.moment
        self.earlier = state.earlier
        self.asking = state.place.asking
        self.script = state.place.script
        self.step = state.place.step
        self.topic = state.place.topic
        self.slow = state.slow
        self.short = state.short
        self.widened = state.widened
        self.misses = state.misses
        self.silences = 0
        self.forgotten = state.forgotten
        self.situation = ""
        self.danger: Literal["none", "ask", "sure"] = "none"
        self.passages: list[Passage] = []
        self.last: tuple[Passage, ...] | None = None
        self.reprompt: tuple[Passage, ...] = ()
        self.encouraged = state.session.encouraged
        self.introduced = state.session.introduced
        self._spoken = dict(state.session.spoken)
        # Of who wants no track kept it is not known what was heard last: each session begins with another wording.
        self._first = -1 if state.tracking else int(state.session.started.timestamp())
        self._moments = state.session.moments
        self._ending: SessionEnding | None = None
        self.numbers = words.numbers(country(turn.locale))

    # The words

    def wording(self, unit: str, wordings: "Sequence[str]", **blanks: str) -> str:
        """Pick the next wording of a unit, so that none is heard twice running, and fill in the country's numbers."""
        index = self._next(unit, wordings)
        if len(wordings) > 1:
            self._spoken.pop(unit, None)
            self._spoken[unit] = index
        return wordings[index].format_map({**self.numbers, **blanks})

    def _next(self, unit: str, wordings: "Sequence[str]") -> int:
        return (self._spoken.get(unit, self._first) + 1) % len(wordings)

    def foretold(self, unit: str, wordings: "Sequence[str]", kind: PassageKind, **blanks: str) -> Passage:
        """The passage that a unit's next wording would make: for a reprompt, which may never be spoken."""
        return Passage(wordings[self._next(unit, wordings)].format_map({**self.numbers, **blanks}), kind)

    def speak(self, unit: str, wordings: "Sequence[str]", kind: PassageKind = "line") -> None:
        """Add a passage, where there are wordings for it."""
        if wordings:
            self.passages.append(Passage(self.wording(unit, wordings), kind))

    def heard(self, unit: str, wordings: "Sequence[str]", kind: PassageKind) -> list[Passage]:
        """The passage of a unit as it was heard last; none where there are no wordings."""
        if not wordings:
            return []
        return [Passage(wordings[self._spoken.get(unit, 0) % len(wordings)].format_map(self.numbers), kind)]

    def text(self, name: str, **blanks: str) -> str:
        """A text from the prompts, to be put together with others."""
        return self.wording(f"prompts/{name}", self.words.prompts[name], **blanks)

    def prompt(self, name: str, kind: PassageKind = "line", **blanks: str) -> None:
        """Add a passage from the prompts."""
        self.passages.append(Passage(self.text(name, **blanks), kind))

    def ask(self, asking: Asking, name: str = "", *, again: bool = False, **blanks: str) -> None:
        """End the turn with a question from the prompts, named as its kind unless `name` says otherwise.

        `<name>_again` is what is said when it goes unanswered; with `again`, it already has.
        """
        name = name or asking.kind
        reprompt = f"{name}_again"
        self.prompt(reprompt if again else name, "question", **blanks)
        self.wait(asking, self.foretold(f"prompts/{reprompt}", self.words.prompts[reprompt], "question", **blanks))

    def wait(self, asking: Asking, *reprompt: Passage) -> None:
        """Leave the microphone open for the answer to the last passage."""
        self.asking = asking
        self.reprompt = reprompt

    # The moment and the session

    @property
    def in_script(self) -> bool:
        """Whether a moment is going on, and stands in a script."""
        return self.moment is not None and self.script != ""

    def group(self, situation: str) -> str:
        """The group of a label; empty for none."""
        return next((label.group for label in self.words.labels if label.name == situation), "")

    def begin(self, situation: str) -> None:
        """Note what the moment has come to, beginning one if none is going on."""
        self.situation = situation
        label = next((label for label in self.words.labels if label.name == situation), None)
        if label is None or not label.kept:
            return
        if self.moment is not None:
            # Whatever it had come to before, it is not over.
            self.moment = replace(self.moment.moved(situation), outcome=None, ending=None)
            return
        self._moments += 1
        session = self.before.session
        self.moment = Moment(
            id=f"{session.id}-{self._moments}",
            caregiver=session.caregiver,
            started=self.turn.at,
            seen=self.turn.at,
            channel=session.channel,
            locale=session.locale,
            situation=situation,
            path=(situation,),
        )

    def meant(self, choice: str, options: "Sequence[str]") -> None:
        """Note which of two a moment is that began with the question."""
        if self.moment is not None and not self.moment.heard and self.moment.path == tuple(options[:1]):
            self.moment = replace(self.moment, situation=choice, path=(choice,))

    def stepped(self) -> None:
        """Note that a step was heard."""
        self.step += 1
        if self.moment is not None:
            self.moment = self.moment.stepped(self.before.session.id)

    def rate(self, outcome: "Outcome") -> None:
        """Note how the moment that is going on has turned out; what came to an emergency is not rated."""
        if self.moment is not None and not any(self.group(label) == "emergency" for label in self.moment.path):
            self.moment = replace(self.moment, outcome=outcome)

    def leave_script(self) -> None:
        """Stand in no script any more."""
        self.script, self.step, self.topic = "", 0, ""

    def unlearn(self, moment: Moment) -> None:
        """Forget which wordings were heard in a moment: they tell what it was about."""
        self._spoken = {unit: index for unit, index in self._spoken.items() if not moment.tells(unit)}
        self._moments = max(0, self._moments - moment.id.startswith(f"{self.before.session.id}-"))

    def forget(self) -> None:
        """Note that all is erased: nothing of this session may be kept either."""
        self.forgotten, self.moment, self.earlier, self.standing = True, None, None, None

    def hold(self, **changes: object) -> None:
        """Change what holds until it is changed again."""
        now = self.standing or Standing(self.before.session.caregiver, self.turn.at)
        self.standing = replace(now, seen=self.turn.at, **changes)  # type: ignore[arg-type] # the fields' own types

    def close(self, ending: "SessionEnding", moment: "MomentEnding | None", outcome: "Outcome | None" = None) -> None:
        """End the session with this turn; `moment` says how the moment ended, none where it goes on."""
        self._ending = ending
        self.reprompt = ()
        if self.moment is not None:
            self.moment = replace(self.moment, ending=moment)
        if outcome is not None:
            self.rate(outcome)

    # The result

    def _lasting(self, place: Place) -> Place:
        """What of a place is still true in another session: some questions are for this one alone."""
        if place.asking.kind in GOES_ON:
            return place
        before = self.before.moment
        return replace(place, asking=before.place.asking if before else Asking("what"))

    def finish(self) -> "tuple[Reply, State]":
        """The reply, and the state for the next turn."""
        session = self.before.session
        place = Place(self.script, self.step, self.topic, self.asking)
        if self.moment is not None:
            placed = replace(self.moment, place=self._lasting(place))
            self.moment = placed if placed == self.before.moment else replace(placed, seen=self.turn.at)
        reply = Reply(
            passages=tuple(self.passages),
            listening=bool(self.reprompt),
            reprompt=self.reprompt,
            situation=self.situation or (self.moment.situation if self.moment else ""),
            danger=self.danger,
            moment=self.moment.id if self.moment else "",
            slow=self.slow,
        )
        state = replace(
            self.before,
            session=replace(
                session,
                seen=self.turn.at,
                moments=self._moments,
                ending=self._ending,
                spoken=dict(list(self._spoken.items())[-SPOKEN_KEPT:]),
                encouraged=self.encouraged,
                introduced=self.introduced,
            ),
            standing=self.standing,
            moment=self.moment,
            earlier=self.earlier,
            place=place,
            last=self.last if self.last is not None else self.before.last,
            slow=self.slow,
            short=self.short,
            widened=self.widened,
            misses=self.misses,
            silences=self.silences,
            fresh=False,
            forgotten=self.forgotten,
        )
        return reply, state
