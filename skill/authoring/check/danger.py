"""What holds where danger is: the emergencies, the safety questions and the exact rules."""

from collections import Counter
from collections.abc import Iterator, Sequence

from skill.authoring.check.texts import (
    ACTION_WORDS,
    EMERGENCY_WORDS,
    NUMBER_WITHIN,
    SAY,
    Checker,
    Found,
    each,
    length,
)
from skill.conversation import Passage
from skill.reader.normal import normalise
from skill.reader.rules import Sentence, matchers
from skill.speech import spoken
from skill.words import Rule, SafetyQuestion

__all__ = ["danger", "emergencies", "rules", "safety"]

MOST_PHRASES = 2000
"""Phrases in one group of a rule: brackets multiply, and every phrase is loaded at a cold start."""


def emergencies(checker: Checker) -> Found:
    """The emergencies, form by form."""
    labels = {label.name for label in checker.words.labels if label.group == "emergency"}
    for emergency in checker.words.emergencies.values():
        file = f"emergencies/{emergency.name}.yaml"
        if emergency.name not in labels:
            yield file, "it is named after no emergency in labels.yaml"
        if not emergency.forms or emergency.forms[0].name:
            yield file, 'forms: the first one should be the general form, named ""'
        for form in emergency.forms:
            where = f"form {form.name!r}"
            if not form.call:
                yield file, f"{where}: there is no wording"
            for text in form.call:
                yield from each(file, where, checker.text(text, "call"))
                yield from each(file, where, _call(checker, text, form.say, closes=form.closes))
            for text in form.then:
                yield from each(file, where, checker.text(text))
                yield from each(file, where, checker.turn([Passage(text, "action"), checker.longest("number")]))
            yield from each(file, where, checker.child(form.say))
            yield from each(file, where, checker.variants(form.call))
            yield from each(file, where, checker.named(form.sources))


def _call(checker: Checker, text: str, say: Sequence[str], *, closes: bool) -> Iterator[str]:
    passages = [Passage(checker.filled(text), "call")]
    if say:
        passages.append(Passage(max(say, key=len), "child"))
    if not closes:
        passages.append(checker.longest("meanwhile"))
    else:
        yield from checker.closing(text)
    whole = spoken(passages, SAY)
    if length(whole) > EMERGENCY_WORDS:
        yield f"the turn of {length(whole)} words has more than {EMERGENCY_WORDS}"
    early = " ".join(whole.split()[:NUMBER_WITHIN])
    if not any(number in early for number in checker.words.numbers("US").values()):
        yield f"no number comes within the first {NUMBER_WITHIN} words of {text!r}"
    yield from checker.turn(passages)


def safety(checker: Checker) -> Found:
    """The safety questions."""
    labels = {label.name: label for label in checker.words.labels}
    for question in checker.words.safety.values():
        file = f"safety/{question.name}.yaml"
        yield from each(file, "", _answered(checker, question))
        for text in question.ask:
            if length(text) > ACTION_WORDS:
                yield file, f"ask: {text!r} has more than {ACTION_WORDS} words"
            if not text.endswith("?"):
                yield file, f"ask: {text!r} is no question"
        for text in (*question.ask, *question.after_no):
            yield from each(file, "", checker.text(text))
        yield from each(file, "", checker.named(question.sources))
        yield from each(file, "", rules(checker, question.rules))
    doubts = Counter(label for question in checker.words.safety.values() for label in question.doubts)
    for label in labels.values():
        if label.group == "emergency" and doubts[label.name] != 1:
            yield "safety", f"exactly one question should have {label.name!r} among its doubts"


def _answered(checker: Checker, question: SafetyQuestion) -> Iterator[str]:
    """Where a yes and a no lead."""
    groups = checker.words.groups()
    if question.if_yes and groups.get(question.if_yes) != "emergency":
        yield f"if_yes: {question.if_yes!r} is no emergency in labels.yaml"
    emergency = checker.words.emergencies.get(question.if_yes)
    if question.form and (emergency is None or emergency.form(question.form).name != question.form):
        yield f"form: the emergency has no form {question.form!r}"
    if question.if_no and question.if_no not in groups:
        yield f"if_no: {question.if_no!r} is no label in labels.yaml"


def danger(checker: Checker) -> Found:
    """The exact rules of the emergencies."""
    forms = {name: {form.name for form in one.forms} for name, one in checker.words.emergencies.items()}
    for one in checker.words.danger:
        file = f"danger/{one.emergency}.yaml"
        yield from each(file, "", rules(checker, one.rules))
        for rule in one.rules:
            if rule.form not in forms.get(one.emergency, {""}):
                yield file, f"the emergency has no form {rule.form!r}"


def rules(checker: Checker, some: Sequence[Rule]) -> Iterator[str]:
    """Exact rules, each held against the sentence that made it."""
    for rule, ready in zip(some, matchers(some, checker.words.phrases), strict=True):
        if not rule.all or not all(rule.all):
            yield f"the rule for {rule.heard!r} has an empty group"
        elif max(map(len, (*rule.all, rule.unless))) > MOST_PHRASES:
            yield f"the rule for {rule.heard!r} has a group of over {MOST_PHRASES} phrases: part it into two groups"
        elif not ready.holds(Sentence(normalise(rule.heard))):
            yield f"the rule for {rule.heard!r} does not hold for it"
