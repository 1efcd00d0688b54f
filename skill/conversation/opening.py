"""The opening: what a launch says, by what was before it."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from skill.conversation import emergency, script
from skill.conversation.looking_back import is_quiet
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.journal.entries import Moment, Outcome

__all__ = ["eased", "end", "introduce", "number_later", "over", "rated", "speak"]

REMEMBERED = timedelta(days=30)
"""How long after a moment a caregiver is asked how it ended."""
UNRATED = frozenset({"asking_why", "small_win"})
"""Situations without an end that could be better or worse."""


def speak(draft: "Draft") -> None:
    """Answer a launch: one thing to do, and one question.

    A moment that goes on comes first, then an emergency since the last opening, then how the last moment ended.
    """
    now, earlier = draft.before, draft.earlier
    if now.moment is not None and now.place.asking.kind == "safety":
        # It was never answered, and so may be yes.
        question = now.place.asking
        emergency.ask_safety(draft, question.question, *question.options)
    elif now.moment is not None and now.moment.place.asking.kind == "number":
        emergency.call(draft, *now.moment.place.asking.options)
    elif now.moment is not None:
        draft.prompt("launch_resuming", "action")
        draft.ask(Asking("still"))
    elif earlier is not None and now.tracking and _fresh(draft, earlier):
        draft.earlier = replace(earlier, asked=True)
        if _emergency(draft, earlier):
            draft.ask(Asking("number_later"))
        else:
            draft.prompt("launch", "action")
            draft.ask(Asking("outcome"))
    else:
        draft.prompt("launch", "action")
        draft.ask(Asking("what"))
    if draft.last is None:
        draft.last = ()


def introduce(draft: "Draft") -> None:
    """Say once what this is and is not, and what is kept: in the first calm reply, after all that helps."""
    calm = draft.danger == "none" and draft.before.place.asking.kind not in ("safety", "number")
    more_than_a_question = len(draft.passages) > bool(draft.reprompt)
    if draft.introduced or not calm or not more_than_a_question or draft.situation == "out_of_scope":
        return
    draft.introduced = True
    question = [draft.passages.pop()] if draft.reprompt else []
    draft.prompt("introduction")
    draft.passages += question


def _fresh(draft: "Draft", moment: "Moment") -> bool:
    """Whether to come back to an earlier moment: once, while it is remembered, and never to what may be overheard."""
    if moment.asked or moment.outcome or draft.turn.at - moment.seen > REMEMBERED:
        return False
    if is_quiet(draft.words, moment):
        return False
    return _emergency(draft, moment) != "" or not UNRATED.issuperset(moment.path)


def _emergency(draft: "Draft", moment: "Moment") -> str:
    """The last emergency that a moment came to; empty for none."""
    return next((label for label in reversed(moment.path) if label in draft.words.emergencies), "")


def number_later(draft: "Draft", kind: str) -> None:
    """The answer to the opening after an emergency: the number again, or what is happening now."""
    earlier = draft.earlier
    label = _emergency(draft, earlier) if earlier is not None else ""
    if kind in ("yes", "next", "again", "help") and earlier is not None and label:
        asking = earlier.place.asking
        said = asking.options if asking.kind == "number" and asking.options[0] == label else (label, "")
        emergency.call(draft, *said)
    else:
        draft.prompt("all_right")
        draft.ask(Asking("what"))


def eased(draft: "Draft") -> None:
    """It is easing: say so, and end."""
    draft.prompt("eased")
    draft.close("finished", "eased", "better")


def over(draft: "Draft") -> None:
    """The moment is over: ask how it ended."""
    moment = draft.moment
    if moment is None or moment.outcome or _emergency(draft, moment) or UNRATED.issuperset(moment.path):
        draft.prompt("eased")
        draft.close("finished", "eased")
        return
    end(draft)
    draft.ask(Asking("outcome", question="outcome_now"), "outcome_now")


def end(draft: "Draft", *, asked: bool = True) -> None:
    """The moment is over, and is the earlier one from now on; `asked`: whether it is asked here how it ended."""
    if draft.moment is not None:
        draft.earlier, draft.moment = replace(draft.moment, ending="eased", asked=asked), None
    draft.leave_script()


def rated(draft: "Draft", outcome: str) -> None:
    """The caregiver says how the earlier moment ended, or that they would rather not."""
    answer = draft.words.outcomes[outcome]
    draft.misses = 0
    draft.speak(f"outcomes/{outcome}", answer.say)
    if draft.earlier is not None and outcome != "skip":
        told: Outcome = "better" if outcome == "better" else "worse" if outcome == "worse" else "same"
        draft.earlier = replace(draft.earlier, outcome=told)
    if outcome == "worse":
        emergency.ask_safety(draft, "hurt_or_danger", script.ANY_DANGER, "")
    elif draft.asking.question:
        # It was of this visit, and that was what the visit was for.
        draft.close("finished", None)
    else:
        draft.ask(Asking("what"))
