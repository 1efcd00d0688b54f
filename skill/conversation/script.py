"""How a script is spoken: a step a turn, its follow-up, and the gentlest one where nothing else is known."""

from typing import TYPE_CHECKING

from skill.conversation import emergency
from skill.conversation.encourage import NOT_AGAIN, chosen
from skill.conversation.state import Asking

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.words import Script

__all__ = ["GENERAL", "WHY", "begin", "follow_up", "gentlest", "step"]

GENERAL = "connect_first"
"""The general script: for a sentence that stays vague, and for a label that has none of its own."""
WHY = "asking_why"
"""The script whose steps give way to an answer of `words.why`, where one was asked for."""
ANY_DANGER = "child_in_danger"
"""The emergency whose number is said where a yes to a script's safety question names none in particular."""


def begin(draft: "Draft", label: str, *, topic: str = "", asked: str = "") -> None:
    """Answer a situation from the first step of its script.

    `topic` is the particular answer that was asked for, `asked` a safety question that was answered already.
    """
    draft.misses = 0
    if label in draft.words.emergencies:
        # However it came to be chosen, an emergency is answered by its number.
        emergency.begin(draft, label)
    elif label == "encouragement":
        _encourage(draft)
    elif label == "out_of_scope":
        draft.situation = label
        draft.prompt("out_of_scope")
        draft.ask(Asking("what"), "what")
    else:
        if label != GENERAL:
            draft.begin(label)
        script = draft.words.scripts.get(label) or draft.words.scripts[GENERAL]
        draft.script, draft.step, draft.topic = script.name, 0, topic
        if script.ask_first and script.ask_first != asked:
            draft.prompt("settle", "action")
            _ask_safety(draft, script.ask_first, label)
        else:
            step(draft, script, after=asked)


def step(draft: "Draft", script: "Script", *, after: str = "") -> None:
    """Speak the next step; `after` is a safety question that was just answered with no."""
    now = script.steps[draft.step]
    unit, wordings = f"{script.name}/{draft.step}", now.do
    answer = draft.words.why.get(draft.topic) if script.name == WHY else None
    if answer is not None:
        unit, wordings = f"why/{answer.name}/{draft.step}", (answer.do if draft.step else answer.answers)
    draft.speak(unit, wordings, "action")
    if now.say:
        _to_child(draft, script)
    if after:
        draft.speak(f"safety/{after}/after_no", draft.words.safety[after].after_no)
    draft.stepped()
    draft.last = tuple(draft.passages)
    if draft.step < len(script.steps):
        draft.ask(Asking("next"), "next")
    elif script.ask_last:
        _ask_safety(draft, script.ask_last, script.name)
    elif script.closes:
        draft.close("finished", "eased" if draft.moment else None)
    else:
        draft.ask(Asking("easing"), "easing")


def follow_up(draft: "Draft") -> None:
    """What to do when the script has not helped, and whom to turn to."""
    script = draft.words.scripts[draft.script or GENERAL]
    draft.speak(f"{script.name}/if_not", script.if_not, "action")
    draft.speak(f"{script.name}/more_help", (script.more_help,))
    draft.last = tuple(draft.passages)
    draft.script, draft.step = "", 0
    draft.ask(Asking("what"), "what_now")


def gentlest(draft: "Draft") -> None:
    """After two misunderstandings in a row: the number, and the gentlest script, from which `next` goes on."""
    draft.script, draft.step = GENERAL, 1
    draft.prompt("not_understood_twice", "action")
    _to_child(draft, draft.words.scripts[GENERAL])
    draft.last = tuple(draft.passages)
    draft.ask(Asking("next"), "next")


def _to_child(draft: "Draft", script: "Script") -> None:
    """Speak the script's sentence to the child."""
    draft.speak(f"{script.name}/say", script.say, "child")


def _ask_safety(draft: "Draft", name: str, label: str) -> None:
    """Ask a safety question that belongs to a script."""
    script = draft.words.scripts[draft.script]
    emergency.ask_safety(draft, name, script.danger or draft.words.safety[name].if_yes or ANY_DANGER, label)


def _encourage(draft: "Draft") -> None:
    """Give a word of encouragement, and end."""
    draft.begin("encouragement")
    one = chosen(draft.words.encouragements, draft.before.session, draft.turn.at)
    draft.encouraged = (*(name for name in draft.encouraged if name != one.name), one.name)[-NOT_AGAIN:]
    draft.speak(f"encouragements/{one.name}", (f"{one.text} {one.do}",))
    draft.close("finished", None)
