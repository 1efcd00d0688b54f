"""The check of all content: collects every fault, so that a writer sees them at once."""

import re
import string
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from skill.authoring.content import CONTENT, Fault, Heard, heard_sentences, read_words, source_keys
from skill.authoring.interaction_model import interaction_model, model_faults
from skill.conversation import Passage
from skill.conversation.talk import GENERAL
from skill.reader.normal import normalise
from skill.reader.reader import COMMANDS
from skill.reader.rules import Matcher, Sentence
from skill.speech import seconds, spoken
from skill.words import Script, Step, Words

__all__ = ["ANSWERS", "CLOSINGS", "PROMPTS", "QUESTIONS", "check"]

ACTION_WORDS = 8
SENTENCE_WORDS = 12
CHILD_WORDS = 14
TURN_WORDS = 75
TURN_SECONDS = 60
EMERGENCY_WORDS = 45
NUMBER_WITHIN = 20
"""Limits of the care guide's voice rules, in words and seconds; the number to call comes within so many words."""

PROMPTS = frozenset(
    "after_emergency choose choose_again eased easing easing_again fault help launch next next_again not_understood"
    " not_understood_again not_understood_twice number out_of_scope quiet say settle stopped stopped_quiet"
    " stopped_unsafe take_your_time what what_again what_now what_now_again".split()
)
"""The prompts that the conversation speaks."""
QUESTIONS = frozenset(
    name for name in PROMPTS if name.startswith(("what", "next", "easing", "choose", "number", "not_"))
)
"""The prompts that leave the microphone open, and so have to ask something."""
CLOSINGS = frozenset("after_emergency eased quiet stopped stopped_quiet stopped_unsafe".split())
"""The prompts that end the session, and so must not ask anything."""
ANSWERS = frozenset({"first", "second", "clear_no", "no_and", "unsure"})
"""The lists of words beside the commands."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_PAUSE = re.compile(r"\[\d+(?:\.\d)?s\]")


def check(language: str, content: Path = CONTENT) -> list[Fault]:
    """All faults in a language's content, in the order of the files."""
    faults: list[Fault] = []
    words = read_words(language, faults, content)
    heard = heard_sentences(language, [label.name for label in words.labels], faults, content)
    if not words.labels:
        return sorted(set(faults))
    sources = source_keys(content)
    found = [
        *_structure(words),
        *_scripts(words, sources),
        *_emergencies(words, sources),
        *_safety(words, sources),
        *_rules(words),
        *_prompts(words),
        *_encouragements(words, sources),
        *_heard(words, heard),
    ]
    faults += [Fault(f"{language}/{file}" if file != "labels.yaml" else file, reason) for file, reason in found]
    if not faults:
        model = interaction_model(words, heard)
        faults += [Fault(f"{language}/carriers.yaml", reason) for reason in model_faults(model)]
    return sorted(set(faults))


Found = Iterator[tuple[str, str]]


def _structure(words: Words) -> Found:
    names = Counter(label.name for label in words.labels)
    yield from (("labels.yaml", f"the label {name!r} stands twice") for name, often in names.items() if often > 1)
    for name in words.scripts:
        if name not in names and name != GENERAL:
            yield f"situations/{name}.yaml", "it is named after no label in labels.yaml"
    if GENERAL not in words.scripts:
        yield "general.yaml", "the general script is missing"
    for label in words.labels:
        if label.group == "emergency" and label.name not in words.emergencies:
            yield f"emergencies/{label.name}.yaml", "the file is missing: this emergency has no number to call"
        if label.name not in words.choices:
            yield "choices.yaml", f"{label.name!r} is missing"
    for name in sorted(set(words.choices) - set(names)):
        yield "choices.yaml", f"{name!r} is no label in labels.yaml"
    for country in ("US", "ZZ"):
        if country not in words.helplines:
            yield f"helplines/{country}.yaml", "the file is missing"


def _scripts(words: Words, sources: set[str]) -> Found:
    labels = {label.name for label in words.labels}
    for script in words.scripts.values():
        file = "general.yaml" if script.name == GENERAL else f"situations/{script.name}.yaml"
        if not script.steps:
            yield file, "steps: there is none"
        elif sum(step.say for step in script.steps) != (1 if script.say else 0):
            yield file, "say: exactly one step should say the sentence to the child"
        for place, step in enumerate(script.steps, 1):
            yield from _each(file, f"step {place}", _step(words, script, step))
            yield from _each(file, f"step {place}", _sources(step.sources, sources))
        yield from _each(file, "say", _sentences_to_child(words, script.say))
        yield from _each(file, "if_not", _follow_up(words, script))
        yield from _each(file, "sources", _sources(script.sources, sources))
        for name in filter(None, (script.ask_first, script.ask_last)):
            if name not in words.safety:
                yield file, f"there is no safety question {name!r}"
        for name in script.leads_to:
            if name not in labels:
                yield file, f"leads_to: {name!r} is no label in labels.yaml"


def _step(words: Words, script: Script, step: Step) -> Iterator[str]:
    for text in step.do:
        yield from _texts(words, text)
        action = _SENTENCE.split(_PAUSE.sub("", text).strip())[0]
        if _length(action) > ACTION_WORDS:
            yield f"the action {action!r} has more than {ACTION_WORDS} words"
        # The whole turn, with the longest sentence to the child and the longest question after it.
        passages = [Passage(text, "action")]
        if step.say and script.say:
            passages.append(Passage(max(script.say, key=len), "child"))
        yield from _turn(words, [*passages, _longest(words, "next")])
    if script.closes and step is script.steps[-1]:
        for text in (*step.do, *(script.say if step.say else ())):
            yield from _closing(text)
    yield from _variants(step.do)


def _follow_up(words: Words, script: Script) -> Iterator[str]:
    for text in script.if_not:
        yield from _texts(words, text)
        yield from _turn(words, [Passage(text, "action"), Passage(script.more_help), _longest(words, "what_now")])
    yield from _texts(words, script.more_help)


def _sentences_to_child(words: Words, wordings: Sequence[str]) -> Iterator[str]:
    for text in wordings:
        if _length(text) > CHILD_WORDS:
            yield f"{text!r} has more than {CHILD_WORDS} words"
        yield from _texts(words, text)
    yield from _variants(wordings)


def _longest(words: Words, prompt: str) -> Passage:
    """The longest wording of a question."""
    return Passage(max(words.prompts.get(prompt, ("",)), key=len), "question")


def _emergencies(words: Words, sources: set[str]) -> Found:
    labels = {label.name for label in words.labels if label.group == "emergency"}
    for emergency in words.emergencies.values():
        file = f"emergencies/{emergency.name}.yaml"
        if emergency.name not in labels:
            yield file, "it is named after no emergency in labels.yaml"
        if not emergency.forms or emergency.forms[0].name:
            yield file, 'forms: the first one should be the general form, named ""'
        for form in emergency.forms:
            where = f"form {form.name!r}"
            for text in form.call:
                yield from _each(file, where, _texts(words, text))
                yield from _each(file, where, _call(words, text, form.say, closes=form.closes))
                if form.closes:
                    yield from _each(file, where, _closing(text))
            for text in form.then:
                yield from _each(file, where, _texts(words, text))
            yield from _each(file, where, _sentences_to_child(words, form.say))
            yield from _each(file, where, _variants(form.call))
            yield from _each(file, where, _sources(form.sources, sources))


def _call(words: Words, text: str, say: Sequence[str], *, closes: bool) -> Iterator[str]:
    numbers = words.numbers("US")
    passages = [Passage(_filled(text, numbers), "call")]
    if say:
        passages.append(Passage(max(say, key=len), "child"))
    if not closes:
        passages.append(_longest(words, "number"))
    whole = spoken(passages, "Say:")
    if _length(whole) > EMERGENCY_WORDS:
        yield f"the turn of {_length(whole)} words has more than {EMERGENCY_WORDS}"
    early = " ".join(whole.split()[:NUMBER_WITHIN])
    if not any(number in early for number in numbers.values()):
        yield f"no number comes within the first {NUMBER_WITHIN} words of {text!r}"


def _safety(words: Words, sources: set[str]) -> Found:
    labels = {label.name: label for label in words.labels}
    for question in words.safety.values():
        file = f"safety/{question.name}.yaml"
        if question.if_yes and (question.if_yes not in labels or labels[question.if_yes].group != "emergency"):
            yield file, f"if_yes: {question.if_yes!r} is no emergency in labels.yaml"
        if question.if_no and question.if_no not in labels:
            yield file, f"if_no: {question.if_no!r} is no label in labels.yaml"
        for text in question.ask:
            if _length(text) > ACTION_WORDS:
                yield file, f"ask: {text!r} has more than {ACTION_WORDS} words"
            if not text.endswith("?"):
                yield file, f"ask: {text!r} is no question"
        for text in (*question.ask, *question.after_no):
            yield from _each(file, "", _texts(words, text))
        yield from _each(file, "", _sources(question.sources, sources))
    doubts = Counter(label for question in words.safety.values() for label in question.doubts)
    for label in labels.values():
        if label.group == "emergency" and doubts[label.name] != 1:
            yield "safety", f"exactly one question should have {label.name!r} among its doubts"


def _rules(words: Words) -> Found:
    groups = {f"danger/{one.emergency}.yaml": one.rules for one in words.danger}
    groups |= {f"safety/{name}.yaml": question.rules for name, question in words.safety.items()}
    for file, rules in groups.items():
        for rule in rules:
            if not rule.all or not all(rule.all):
                yield file, f"the rule for {rule.heard!r} has an empty group"
            elif not Matcher(rule).holds(Sentence(normalise(rule.heard))):
                yield file, f"the rule for {rule.heard!r} does not hold for it"
    forms = {label: {form.name for form in emergency.forms} for label, emergency in words.emergencies.items()}
    for one in words.danger:
        for rule in one.rules:
            if rule.form not in forms.get(one.emergency, {""}):
                yield f"danger/{one.emergency}.yaml", f"the emergency has no form {rule.form!r}"


def _prompts(words: Words) -> Found:
    yield from (("prompts.yaml", f"{name!r} is missing") for name in sorted(PROMPTS - set(words.prompts)))
    yield from (("prompts.yaml", f"{name!r} is never spoken") for name in sorted(set(words.prompts) - PROMPTS))
    for name, wordings in words.prompts.items():
        for text in wordings:
            yield from _each("prompts.yaml", name, _texts(words, text, "first", "second"))
            if name in QUESTIONS - {"not_understood_twice"} and not text.endswith("?"):
                yield "prompts.yaml", f"{name}: {text!r} is no question"
            if name in CLOSINGS:
                yield from _each("prompts.yaml", name, _closing(text))
        yield from _each("prompts.yaml", name, _variants(wordings))
    known = {*COMMANDS, *ANSWERS}
    yield from (("commands.yaml", f"{name!r} is missing") for name in sorted(known - set(words.commands)))
    yield from (("commands.yaml", f"{name!r} is no command") for name in sorted(set(words.commands) - known))
    owners: dict[str, str] = {}
    for name in COMMANDS:
        for phrase in words.commands.get(name, ()):
            if phrase in owners:
                yield "commands.yaml", f"{phrase!r} stands in {owners[phrase]} and in {name}"
            owners[phrase] = name


def _encouragements(words: Words, sources: set[str]) -> Found:
    file = "encouragements.yaml"
    names = Counter(one.name for one in words.encouragements)
    yield from ((file, f"the name {name!r} stands twice") for name, often in names.items() if often > 1)
    for one in words.encouragements:
        text = f"{one.text} {one.do}"
        yield from _each(file, one.name, _texts(words, text))
        yield from _each(file, one.name, _turn(words, [Passage(text)]))
        yield from _each(file, one.name, _closing(text))
        yield from _each(file, one.name, _sources(one.sources, sources))


def _heard(words: Words, heard: Sequence[Heard]) -> Found:
    owners: dict[str, str] = {}
    for sentence in heard:
        text = normalise(sentence.text)
        owner = owners.setdefault(text, sentence.label)
        if owner != sentence.label:
            yield f"heard/{sentence.label}.txt", f"{sentence.text!r} also stands in heard/{owner}.txt"
    counts = Counter(sentence.label for sentence in heard)
    for label in words.labels:
        if counts[label.name] < 2:
            yield f"heard/{label.name}.txt", "the reader needs two sentences or more"


# What holds for every text


def _each(file: str, where: str, reasons: Iterable[str]) -> Found:
    return ((file, f"{where}: {reason}" if where else reason) for reason in reasons)


def _texts(words: Words, text: str, *blanks: str) -> Iterator[str]:
    """What is wrong with one spoken text."""
    numbers = words.numbers("US")
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        yield f"{text!r} has a brace that is not closed"
        return
    for name in sorted(names - set(numbers) - set(blanks)):
        yield f"{text!r} names {{{name}}}, which is no number in the helplines"
    bare = _PAUSE.sub("", text)
    if re.search(r"\d", bare):
        yield f"{text!r} holds a digit: name the helpline in braces, or write the number as a word"
    if re.search(r"[<>&]", bare):
        yield f"{text!r} holds markup: write words only"
    for sentence in _SENTENCE.split(bare.strip()):
        if _length(sentence) > SENTENCE_WORDS:
            yield f"the sentence {sentence!r} has more than {SENTENCE_WORDS} words"
    if text and bare.strip()[-1:] not in ".!?:":
        yield f"{text!r} ends without a full stop"


def _turn(words: Words, passages: Sequence[Passage]) -> Iterator[str]:
    """What is wrong with a whole turn."""
    numbers = words.numbers("US")
    filled = [Passage(_filled(passage.text, numbers), passage.kind) for passage in passages]
    length = _length(spoken(filled, "Say:"))
    if length > TURN_WORDS:
        yield f"the turn of {length} words has more than {TURN_WORDS}"
    time = seconds(filled, "Say:")
    if time > TURN_SECONDS:
        yield f"the turn of {time:.0f} s takes longer than {TURN_SECONDS} s"


def _closing(text: str) -> Iterator[str]:
    """What is wrong with a text that ends the session."""
    if "?" in text:
        yield f"{text!r} asks something, and then the session ends"


def _variants(wordings: Sequence[str]) -> Iterator[str]:
    """Wordings that are the same to the ear."""
    seen: dict[str, str] = {}
    for wording in wordings:
        heard = normalise(wording)
        if heard in seen:
            yield f"{wording!r} is the same wording as {seen[heard]!r}"
        seen[heard] = wording


def _sources(named: Sequence[str], known: set[str]) -> Iterator[str]:
    if not named:
        yield "it names no source"
    for key in named:
        if key not in known:
            yield f"the source {key!r} is not in sources.yaml"


def _filled(text: str, numbers: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: numbers.get(match[1], match[0]), text)


def _length(text: str) -> int:
    return len(_PAUSE.sub("", text).split())
