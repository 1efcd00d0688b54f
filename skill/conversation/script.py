"""How a script is spoken: a step a turn, its follow-up, and the gentlest one where nothing else is known."""

from typing import TYPE_CHECKING

from skill.conversation import clock, emergency
from skill.conversation.draft import GOES_ON
from skill.conversation.reply import Passage
from skill.conversation.state import Asking
from skill.speech import SENTENCE_END

if TYPE_CHECKING:
    from skill.conversation.draft import Draft
    from skill.words import Script

__all__ = [
    "ANY_DANGER",
    "CHILD",
    "GENERAL",
    "WHY",
    "WIN",
    "again",
    "ask_on",
    "begin",
    "current",
    "follow_up",
    "gentlest",
    "heard_last",
    "shortened",
    "step",
    "to_say",
    "worse",
]

GENERAL = "connect_first"
"""The general script: for a sentence that stays vague, and for a label that has none of its own."""
WHY = "asking_why"
"""The script whose steps give way to an answer of `words.why`, where one was asked for."""
ANY_DANGER = "child_in_danger"
"""The emergency whose number is said where a yes to a script's safety question names none in particular."""
WIN = "small_win"
"""The script for something that went well."""
ANYONE = "in_danger"
"""The general safety question: a no to a more particular one answers it as well."""
CHILD = frozenset({"comfort", "underneath", "correction"})
"""The groups of situations that are a hard moment with a child."""
CALM = "ready_to_correct"
"""The situation of them that comes when the storm is over."""
ENOUGH = 3
"""Situations of one moment after which another script is not the next thing to try."""


def begin(draft: "Draft", label: str, *, topic: str = "", asked: str = "") -> None:
    """Answer a situation from the first step of its script.

    `topic` is the particular answer that was asked for, `asked` a safety question that was answered already.
    """
    draft.misses = 0
    if label in draft.words.emergencies:
        # However it came to be chosen, an emergency is answered by its number.
        emergency.begin(draft, label)
        return
    tried = _tried(draft)
    if label != GENERAL:
        draft.begin(label)
    much_tried = len(tried - {label}) >= ENOUGH and _stormy(draft, label)
    if much_tried and not draft.widened:
        _widen(draft)
        draft.ask(Asking("next"))
        return
    script = draft.words.scripts.get(label) or draft.words.scripts[GENERAL]
    draft.script, draft.step, draft.topic = script.name, 0, topic
    if script.ask_first not in ("", asked) and not (asked and script.ask_first == ANYONE):
        draft.prompt("settle", "action")
        _ask_safety(draft, script.ask_first, label)
    else:
        step(draft, script, after=asked, person=much_tried)


def step(draft: "Draft", script: "Script", *, after: str = "", person: bool = False) -> None:
    """Speak the next step; `after` is a safety question that was just answered with no.

    With `person`, somebody to call is named as well: much was tried.
    """
    now = script.steps[draft.step]
    unit, wordings = _do(draft, script, draft.step)
    draft.speak(unit, wordings, "action")
    if now.say:
        _to_child(draft, script)
    if draft.short:
        draft.passages[:] = shortened(draft.passages)
    if after:
        draft.speak(f"safety/{after}/after_no", draft.words.safety[after].after_no)
    draft.stepped()
    draft.last = tuple(draft.passages)
    if script.name == WIN and draft.before.tracking:
        draft.prompt("noted")
    if person:
        draft.prompt("person")
    if draft.step < len(script.steps):
        draft.ask(Asking("next"))
    elif script.ask_last:
        _ask_safety(draft, script.ask_last, script.name)
    elif script.closes:
        draft.close("finished", "eased" if draft.moment else None)
    else:
        draft.ask(Asking("easing"))


def _do(draft: "Draft", script: "Script", place: int) -> tuple[str, tuple[str, ...]]:
    """What is spoken of a step, and the name that its wordings go by."""
    answer = draft.words.why.get(draft.topic) if script.name == WHY else None
    if answer is not None:
        return f"why/{answer.name}/{place}", (answer.do if place else answer.answers)
    return f"{script.name}/{place}", script.steps[place].do


def follow_up(draft: "Draft") -> None:
    """What to do when the script has not helped, and whom to turn to."""
    if _not_helped(draft):
        draft.ask(Asking("what"), "what_now")
    else:
        draft.ask(Asking("next"))


def worse(draft: "Draft") -> None:
    """What to do when it is getting worse: the same, and whether anyone is in danger."""
    _not_helped(draft)
    emergency.ask_safety(draft, "hurt_or_danger", ANY_DANGER, "")


def _not_helped(draft: "Draft") -> bool:
    """What to do when the script has not helped; whether that was the end of it, and not something more general."""
    if len(_tried(draft)) >= ENOUGH and not draft.widened:
        _widen(draft)
        return False
    script = current(draft)
    draft.speak(f"{script.name}/if_not", script.if_not, "action")
    draft.speak(f"{script.name}/more_help", (script.more_help,))
    draft.last = tuple(draft.passages)
    draft.leave_script()
    return True


def _widen(draft: "Draft") -> None:
    """After three situations with nothing better: the most general thing, said well, and a person to call."""
    general = draft.words.scripts[GENERAL]
    draft.widened = True
    draft.script, draft.step, draft.topic = GENERAL, 1, ""
    draft.speak(f"{GENERAL}/0", general.steps[0].do, "action")
    _to_child(draft, general)
    draft.prompt("person")
    draft.last = tuple(draft.passages)


def _tried(draft: "Draft") -> set[str]:
    """The situations of a hard moment that this one went through, with nothing better between."""
    path = list(draft.moment.path) if draft.moment else []
    calm = max((place for place, label in enumerate(path) if label in (CALM, WIN)), default=-1)
    return {label for label in path[calm + 1 :] if _stormy(draft, label)}


def _stormy(draft: "Draft", label: str) -> bool:
    return label != CALM and draft.group(label) in CHILD


def gentlest(draft: "Draft") -> None:
    """After two misunderstandings in a row: the number, and the gentlest script, from which `next` goes on."""
    draft.script, draft.step, draft.topic = GENERAL, 1, ""
    draft.prompt("not_understood_twice", "action")
    _to_child(draft, draft.words.scripts[GENERAL])
    draft.last = tuple(draft.passages)
    draft.ask(Asking("next"))


def current(draft: "Draft") -> "Script":
    """The script that goes with where the conversation stands; the general one where nothing is known."""
    scripts = draft.words.scripts
    label = draft.script or (draft.moment.situation if draft.moment else "")
    return scripts.get(label) or scripts[GENERAL]


def to_say(draft: "Draft") -> None:
    """The sentence to say to the child, and nothing else; each time another."""
    script = current(draft)
    _to_child(draft, script if script.say else draft.words.scripts[GENERAL])
    draft.last = tuple(draft.passages)
    ask_on(draft)


def again(draft: "Draft") -> None:
    """What was said last, once more; a question beside the script is asked again by itself."""
    if draft.asking.kind in GOES_ON:
        draft.passages.extend(draft.before.last or heard_last(draft))
        ask_on(draft)
    else:
        ask_on(draft, again=True)


def heard_last(draft: "Draft") -> list[Passage]:
    """The step that was heard last, in another session perhaps, with the wordings that it was heard in."""
    script = draft.words.scripts.get(draft.script)
    if script is None or not 0 < draft.step <= len(script.steps):
        return []
    place = draft.step - 1
    passages = draft.heard(*_do(draft, script, place), "action")
    if script.steps[place].say:
        passages += draft.heard(f"{script.name}/say", script.say, "child")
    return shortened(passages) if draft.short else passages


def shortened(passages: "list[Passage]") -> list[Passage]:
    """The first sentence of each passage, with every one that names a number, and the whole of what is to be said."""
    return [
        passage if passage.kind in ("child", "call") else Passage(_shortened(passage.text), passage.kind)
        for passage in passages
    ]


def _shortened(text: str) -> str:
    first, *others = SENTENCE_END.split(text.strip())
    return " ".join([first, *(one for one in others if any(character.isdigit() for character in one))])


def ask_on(draft: "Draft", *, again: bool = False) -> None:
    """Ask the open question once more, after something that did not move the conversation.

    With `again` it has gone unanswered, and is put in other words.
    """
    asking = draft.asking
    match asking.kind:
        case "choose":
            first, second = asking.options
            choices = draft.words.choices
            draft.ask(asking, again=again, first=choices[first], second=choices[second])
        case "remind":
            draft.ask(asking, again=again, time=clock.said(draft.words, asking.options[0]))
        case "safety" | "number":
            raise AssertionError("Whatever was said, danger has its own answers.")
        case "outcome":
            draft.ask(asking, asking.question, again=again)
        case _:
            draft.ask(asking, again=again)


def _to_child(draft: "Draft", script: "Script") -> None:
    """Speak the script's sentence to the child."""
    draft.speak(f"{script.name}/say", script.say, "child")


def _ask_safety(draft: "Draft", name: str, label: str) -> None:
    """Ask a safety question that belongs to a script."""
    script = draft.words.scripts[draft.script]
    emergency.ask_safety(draft, name, script.danger or draft.words.safety[name].if_yes or ANY_DANGER, label)
