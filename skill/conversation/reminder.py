"""Every morning: how to have the word of encouragement come by itself, and a daily reminder for who wants one."""

from typing import TYPE_CHECKING

from skill.conversation import clock, staying
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.conversation.errands import Errands

__all__ = ["ask", "cancel", "denied", "every_morning", "set_it", "tell_time"]


def every_morning(draft: "Draft", errands: "Errands") -> None:
    """Say how a routine is made that brings the morning word, and offer a reminder where there can be one."""
    draft.prompt("every_morning")
    draft.last = tuple(draft.passages)
    if errands.reminds:
        draft.ask(Asking("offer"))
    else:
        staying.settle(draft)


def ask(draft: "Draft", text: str) -> None:
    """A reminder is wanted: ask for its time, or, where that was told, for the yes that it needs."""
    if not tell_time(draft, text):
        draft.ask(Asking("time"))


def tell_time(draft: "Draft", text: str) -> bool:
    """A time, if one was told: ask whether it is to be set; whether there was one."""
    at = clock.heard(draft.words, text)
    if at:
        draft.misses = 0
        draft.ask(Asking("remind", (at,)), time=clock.said(draft.words, at))
    return bool(at)


def set_it(draft: "Draft", errands: "Errands", at: str) -> None:
    """The yes was said: set the reminder, in place of the one before it."""
    before = draft.standing.reminder if draft.standing else ""
    outcome, known_by = errands.remind(at, draft.words.prompts["reminder"][0])
    if outcome == "asking":
        # The platform asks whether it may, and comes back with the answer: the question stays open till then.
        draft.wait(draft.asking)
        return
    if outcome == "set":
        if before:
            errands.no_reminder(before)
        draft.hold(reminder=known_by, remind_at=at)
        draft.prompt("remind_set", time=clock.said(draft.words, at))
    else:
        draft.prompt("failed" if outcome == "failed" else f"remind_{outcome}")
    staying.settle(draft)


def denied(draft: "Draft") -> None:
    """The platform may not set reminders for us: say where that can be changed."""
    draft.prompt("remind_denied")
    staying.settle(draft)


def cancel(draft: "Draft", errands: "Errands") -> None:
    """Cancel the reminder."""
    known_by = draft.standing.reminder if draft.standing else ""
    if not known_by:
        draft.prompt("remind_none")
    elif errands.no_reminder(known_by):
        draft.hold(reminder="", remind_at="")
        draft.prompt("remind_cancelled")
    else:
        draft.prompt("failed")
    staying.settle(draft)
