"""What is said in danger: the number, what to do meanwhile, and the safety questions."""

import re
from typing import TYPE_CHECKING, Literal

from skill.conversation.reply import Passage
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.conversation.reply import PassageKind

__all__ = ["ask_number", "ask_safety", "begin", "call", "meanwhile", "number", "to_say"]


def begin(draft: "Draft", label: str, form_name: str = "") -> None:
    """An emergency was heard: whatever was going on gives way to its number."""
    draft.misses = 0
    draft.begin(label)
    draft.leave_script()
    call(draft, label, form_name)


def call(draft: "Draft", label: str, form_name: str) -> None:
    """Say whom to call; the question after it keeps the microphone open for whatever comes next."""
    draft.danger = "sure"
    draft.situation = label
    form = draft.words.emergencies[label].form(form_name)
    draft.speak(f"emergencies/{label}/{form.name}", form.call, "call")
    draft.speak(f"emergencies/{label}/{form.name}/say", form.say, "child")
    draft.last = tuple(draft.passages)
    if form.closes:
        draft.close("finished", None)
    else:
        ask_number(draft, label, form_name, offer="meanwhile" if form.then else "number")


def meanwhile(draft: "Draft", label: str, form_name: str) -> None:
    """Say what to do until help is there; the call again, where there is nothing to do."""
    _part(draft, label, form_name, "then")


def to_say(draft: "Draft", label: str, form_name: str) -> None:
    """Say the sentence to the child; the call again, where there is none."""
    _part(draft, label, form_name, "say")


def _part(draft: "Draft", label: str, form_name: str, part: Literal["then", "say"]) -> None:
    """Say a part of a form and offer the number again; the call itself, where the form has no such part."""
    form = draft.words.emergencies[label].form(form_name)
    wordings = form.then if part == "then" else form.say
    kind: PassageKind = "action" if part == "then" else "child"
    if not wordings:
        call(draft, label, form_name)
        return
    draft.speak(f"emergencies/{label}/{form.name}/{part}", wordings, kind)
    draft.last = tuple(draft.passages)
    ask_number(draft, label, form_name)


def number(draft: "Draft", label: str, form_name: str) -> str:
    """The number that an emergency says first."""
    form = draft.words.emergencies[label].form(form_name)
    found = re.search(r"\{(\w+)\}", form.call[0])
    return draft.numbers[found[1] if found else "emergency"]


def ask_number(draft: "Draft", label: str, form_name: str, *, offer: str = "number") -> None:
    """Offer the number again, or what to do meanwhile; left unanswered, the number is said again.

    Where someone unsafe may be listening, silence is not answered by a number.
    """
    draft.danger = "sure"
    draft.situation = label
    draft.prompt(offer, "question")
    asking = Asking("number", (label, form_name), offer)
    if draft.words.emergencies[label].quiet:
        draft.wait(asking, draft.foretold(f"prompts/{offer}", draft.words.prompts[offer], "question"))
    else:
        draft.wait(asking, _number(draft, label, form_name))


def ask_safety(draft: "Draft", name: str, if_yes: str, if_no: str, *, again: bool = False) -> None:
    """Ask a safety question; left unanswered, the reprompt already is the emergency's answer.

    With `again`, it is asked in the words in which it was heard.
    """
    question = draft.words.safety[name]
    draft.danger = "ask"
    draft.misses = 0
    if if_no:
        draft.begin(if_no)
    if again:
        draft.passages += draft.heard(f"safety/{name}", question.ask, "question")
    else:
        draft.speak(f"safety/{name}", question.ask, "question")
    draft.last = tuple(draft.passages[-1:])
    draft.wait(Asking("safety", (if_yes, if_no), name), _number(draft, if_yes, question.form))


def _number(draft: "Draft", label: str, form_name: str) -> Passage:
    """The passage with the number, foretold: it may never be spoken, and so uses no wording up."""
    form = draft.words.emergencies[label].form(form_name)
    return draft.foretold(f"emergencies/{label}/{form.name}", form.call, "call")
