"""Staying with the caregiver: breathing and waiting together, a person to call, and the child who turns back."""

from typing import TYPE_CHECKING

from skill.conversation import emergency, script
from skill.conversation.draft import GOES_ON
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft

__all__ = ["breathe", "came", "end", "person", "settle", "settle_or_end", "wait"]

WIN = script.WIN


def breathe(draft: "Draft") -> None:
    """Three slow breaths together; asked for once more, it is a waiting: three rounds are enough."""
    if any(passage.text in draft.words.prompts["breathe"] for passage in draft.before.last):
        wait(draft)
        return
    _stay(draft, "breathe")


def wait(draft: "Draft") -> None:
    """Be there without a word, three times over."""
    _stay(draft, "wait")


def _stay(draft: "Draft", passage: str) -> None:
    draft.prompt(passage, "action")
    draft.last = tuple(draft.passages)
    script.ask_on(draft)


def person(draft: "Draft") -> None:
    """Somebody to call who is no emergency line."""
    draft.prompt("person")
    draft.last = tuple(draft.passages)
    settle(draft)


def came(draft: "Draft") -> None:
    """The child has turned back to the caregiver: let it happen, and say one warm thing. It counts as a win."""
    if draft.moment is None:
        script.begin(draft, WIN)
        return
    draft.begin(WIN)
    draft.rate("better")
    draft.prompt("came", "action")
    draft.prompt("came_say", "child")
    draft.last = tuple(draft.passages)
    draft.misses = 0
    # What the script had yet to say was for the storm.
    draft.leave_script()
    draft.ask(Asking("easing"))


def settle(draft: "Draft") -> None:
    """After something beside the moment: go on with it, or ask whether there is anything else."""
    before = draft.before.moment
    if before is not None and draft.moment is not None and before.place.asking.kind == "number":
        emergency.ask_number(draft, *before.place.asking.options)
        return
    if draft.in_script:
        if draft.asking.kind not in GOES_ON and draft.before.moment is not None:
            # What was asked beside it is answered; what the moment had asked is still open.
            draft.asking = draft.before.moment.place.asking
        script.ask_on(draft)
    else:
        draft.ask(Asking("else"))


def settle_or_end(draft: "Draft") -> None:
    """After something that was all the visit was for: go on with a script that is going on, or end."""
    if draft.in_script:
        settle(draft)
    else:
        end(draft)


def end(draft: "Draft") -> None:
    """End the visit, and leave the moment as it is."""
    draft.close("finished", draft.moment.ending if draft.moment else None)
