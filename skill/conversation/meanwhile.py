"""What happened while a channel could not reach the skill, brought into the state of its session.

A browser goes on by itself when the network is gone, with the same words. What it came to is told with its next turn:
labels and a place, never what was said.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from skill.conversation.draft import GOES_ON, Draft
from skill.journal.entries import NOWHERE, Place

if TYPE_CHECKING:
    from skill.conversation.state import State
    from skill.conversation.turn import Turn
    from skill.words import Words

__all__ = ["Meanwhile", "caught_up"]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What a channel did by itself since the session's last state."""

    began: datetime
    """When that began, UTC; the same however often it is told, so that it is kept once."""
    situations: tuple[str, ...] = ()
    """The labels that it came to, in order."""
    place: Place = NOWHERE
    """Where it stands."""
    slow: bool = False
    """Whether slower was asked for."""
    short: bool = False
    """Whether shorter was asked for."""


def caught_up(words: "Words", turn: "Turn", state: "State", meanwhile: Meanwhile) -> "State":
    """The state as it is with what happened meanwhile; labels and places that there are not are left out."""
    known = {label.name for label in words.labels}
    draft = Draft(words, replace(turn, at=min(meanwhile.began, turn.at)), state)
    situations = tuple(situation for situation in meanwhile.situations if situation in known)
    if not _told(state, situations):
        for situation in situations:
            draft.begin(situation)
    if _is_there(words, meanwhile.place):
        place = meanwhile.place
        for _ in range(place.step - (draft.step if draft.script == place.script else 0)):
            draft.stepped()
        draft.script, draft.step, draft.topic, draft.asking = place.script, place.step, place.topic, place.asking
    draft.slow, draft.short = meanwhile.slow, meanwhile.short
    return draft.finish()[1]


def _told(state: "State", situations: tuple[str, ...]) -> bool:
    """Whether the moment has come to all of it, in this order: what was not heard to be told is told again."""
    path, length = state.moment.path if state.moment else (), len(situations)
    return any(path[start : start + length] == situations for start in range(len(path) - length + 1))


def _is_there(words: "Words", place: Place) -> bool:
    """Whether a place is one that a conversation of these words can stand at."""
    asking, script = place.asking, words.scripts.get(place.script)
    if asking.kind not in GOES_ON or (place.script and script is None):
        return False
    if not 0 <= place.step <= (len(script.steps) if script else 0):
        return False
    match asking.kind, asking.options:
        case "safety", (if_yes, _):
            return if_yes in words.emergencies and asking.question in words.safety
        case "number", (emergency, _):
            return emergency in words.emergencies
        case "choose", (first, second):
            return {first, second} <= words.choices.keys()
        case (("what" | "next" | "easing"), ()):
            return True
    return False
