"""What holds for each kind of unit: scripts, emergencies, safety questions, answers, encouragements, prompts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from skill.authoring.check.danger import danger, emergencies, rules, safety
from skill.authoring.check.texts import (
    CHILD_WORDINGS,
    Checker,
    Found,
    each,
)
from skill.authoring.content import BLANKS
from skill.conversation import Passage
from skill.conversation.script import GENERAL, WHY
from skill.reader.reader import COMMANDS
from skill.words import Aside, Script, Step, Told

__all__ = ["ANSWERS", "CHECKS", "Found"]

QUESTIONS = frozenset(
    "choose easing else erase meanwhile next not_understood number number_later offer outcome outcome_now"
    " remind still time what what_now".split()
)
"""The questions that the conversation asks."""
SPOKEN_AGAIN = frozenset({"meanwhile", "number"})
"""Those of them that say a number again, and no other words, when they go unanswered."""
CLOSINGS = frozenset("after_emergency eased erased quiet stopped stopped_quiet stopped_unsafe".split())
"""The prompts that end the session."""
PIECES = frozenset(
    "moment moments win wins today day_ago days_ago week_ago weeks_ago month_ago months_ago year_ago years_ago"
    " very_many".split()
)
"""The prompts that are put into others."""
LINES = frozenset(
    "all_clear all_right back_alike back_down back_few back_hard back_moments back_none_rated back_nothing"
    " back_only back_rated back_unrated back_up back_wins breathe came came_say cannot_hear cannot_look every_morning"
    " failed fault forgot_this help introduction keep_again know know_nothing know_one know_reminder"
    " know_stopped know_wins launch launch_resuming not_erased not_understood_twice noted nothing_erased reminder_left"
    " nothing_to_forget out_of_scope person remind_cancelled remind_denied remind_full remind_none remind_not"
    " remind_set remind_unsupported reminder say settle stop_keeping take_your_time wait win_back".split()
)
"""The other prompts that the conversation speaks."""
ONCE = frozenset({"introduction", "reminder", "say", "stopped_quiet"})
"""The prompts that are said once, or not by themselves."""
OFTEN = frozenset(
    "easing eased help launch next not_understood number out_of_scope stopped take_your_time what".split()
)
"""The prompts that are heard often, and so need three wordings or more."""
OFTEN_WORDINGS = 3
ANSWERS = frozenset("first second still_going clear_no no_and unsure nothing_said reassures small_words".split())
"""The lists of words beside the commands."""
NOT_SCRIPTED = frozenset({"encouragement", "out_of_scope", "progress"})
"""Labels that are answered without a script."""
SPOKEN_OF = frozenset({"asking_why", "small_win"})
"""Labels whose first words are what was asked for, and no action."""
OUTCOMES = frozenset({"better", "same", "worse", "skip"})
"""The answers to the question how a moment ended."""
SIXTY = 60
MOST_STEPS = 4
WHY_ANSWERS = 8
"""Answers to a why, at least."""
ENCOURAGEMENTS = 60
"""Encouragements, at least."""
HARD_THEMES = frozenset({2, 8, 19, 22})
"""The themes for the day after a hard one, by the care guide."""
THEMES = 28


def _labels(checker: Checker) -> Found:
    words = checker.words
    names = Counter(label.name for label in words.labels)
    yield from (("labels.yaml", f"the label {name!r} stands twice") for name, often in names.items() if often > 1)
    for name in words.scripts:
        if name not in names and name != GENERAL:
            yield f"situations/{name}.yaml", "it is named after no label in labels.yaml"
    for label in words.labels:
        if label.group == "emergency" and label.name not in words.emergencies:
            yield f"emergencies/{label.name}.yaml", "the file is missing: this emergency has no number to call"
        if label.group != "emergency" and label.name not in words.scripts and label.name not in NOT_SCRIPTED:
            yield f"situations/{label.name}.yaml", "the file is missing: this situation has no script"
        if label.name not in words.choices:
            yield "choices.yaml", f"{label.name!r} is missing"
    if GENERAL not in words.scripts:
        yield "general.yaml", "the general script is missing"
    for name, text in words.choices.items():
        if name not in names:
            yield "choices.yaml", f"{name!r} is no label in labels.yaml"
        yield from each("choices.yaml", name, checker.text(f"Is it that {text}?"))


def _scripts(checker: Checker) -> Found:
    for script in checker.words.scripts.values():
        file = "general.yaml" if script.name == GENERAL else f"situations/{script.name}.yaml"
        yield from each(file, "", _frame(checker, script))
        for place, step in enumerate(script.steps, 1):
            yield from each(file, f"step {place}", _step(checker, script, step))
            yield from each(file, f"step {place}", checker.named(step.sources))
        yield from each(file, "say", checker.child(script.say))
        yield from each(file, "if_not", _follow_up(checker, script))
        yield from each(file, "sources", checker.named(script.sources))


def _frame(checker: Checker, script: Script) -> Iterator[str]:
    """What a script consists of and where it leads."""
    if not script.steps:
        yield "steps: there is none"
    elif sum(step.say for step in script.steps) != (1 if script.say else 0):
        yield "say: exactly one step should say the sentence to the child"
    if len(script.steps) > MOST_STEPS or (len(script.steps) < 2 and not script.closes):
        yield f"steps: a script has two to {MOST_STEPS}"
    if script.say and len(script.say) < CHILD_WORDINGS:
        yield f"say: there are fewer than {CHILD_WORDINGS} wordings"
    for name in filter(None, (script.ask_first, script.ask_last)):
        if name not in checker.words.safety:
            yield f"there is no safety question {name!r}"
    if script.danger and script.danger not in checker.words.emergencies:
        yield f"danger: {script.danger!r} is no emergency"
    labels = {label.name for label in checker.words.labels}
    yield from (f"leads_to: {name!r} is no label in labels.yaml" for name in script.leads_to if name not in labels)


def _step(checker: Checker, script: Script, step: Step) -> Iterator[str]:
    if not step.do:
        yield "do: there is no wording"
    for text in step.do:
        yield from checker.text(text)
        if script.name not in SPOKEN_OF:
            yield from checker.action(text)
            if step is script.steps[0]:
                yield from checker.first(text)
        # The whole turn, with the longest sentence to the child and the longest question after it.
        passages = [Passage(text, "action")]
        if step.say and script.say:
            passages.append(Passage(max(script.say, key=len), "child"))
        yield from checker.turn([*passages, checker.longest("next")])
    if script.closes and step is script.steps[-1]:
        for text in (*step.do, *(script.say if step.say else ())):
            yield from checker.closing(text)
    yield from checker.variants(step.do)


def _follow_up(checker: Checker, script: Script) -> Iterator[str]:
    if not script.if_not:
        yield "there is no wording: a script that does not help must lead somewhere"
    for text in script.if_not:
        yield from checker.text(text)
        more = Passage(script.more_help)
        yield from checker.turn([Passage(text, "action"), more, checker.longest("what_now")])
    yield from checker.text(script.more_help)
    yield from checker.variants(script.if_not)


def _why(checker: Checker) -> Found:
    say = checker.words.scripts[WHY].say if WHY in checker.words.scripts else ()
    if len(checker.words.why) < WHY_ANSWERS:
        yield "why", f"there are fewer than {WHY_ANSWERS} answers"
    for answer in checker.words.why.values():
        file = f"why/{answer.name}.yaml"
        for text in answer.answers:
            yield from each(file, "answers", checker.text(text))
            yield from each(file, "answers", checker.turn([Passage(text, "action"), checker.longest("next")]))
        for text in answer.do:
            yield from each(file, "do", checker.text(text))
            yield from each(file, "do", checker.action(text))
            passages = [Passage(text, "action"), *(Passage(max(say, key=len), "child") for _ in say[:1])]
            yield from each(file, "do", checker.turn([*passages, checker.longest("easing")]))
        yield from each(file, "answers", checker.variants(answer.answers))
        yield from each(file, "do", checker.variants(answer.do))
        yield from each(file, "", checker.named(answer.sources))
        yield from each(file, "", rules(checker, answer.rules))


def _asides(checker: Checker) -> Found:
    for aside in checker.words.asides.values():
        yield from _answer(checker, f"asides/{aside.name}.yaml", aside)


def _answer(checker: Checker, file: str, answer: Aside | Told) -> Found:
    """What is answered to sentences that rules find; a question follows."""
    for text in answer.say:
        yield from each(file, "say", checker.text(text))
        yield from each(file, "say", checker.turn([Passage(text), checker.longest("what")]))
    yield from each(file, "say", checker.variants(answer.say))
    yield from each(file, "", checker.named(answer.sources))
    yield from each(file, "", rules(checker, answer.rules))


def _prompts(checker: Checker) -> Found:
    words = checker.words
    asked = QUESTIONS | {f"{name}_again" for name in QUESTIONS - SPOKEN_AGAIN}
    wanted = {"questions": asked, "closings": CLOSINGS, "lines": LINES | PIECES}
    there = {
        "questions": set(words.questions),
        "closings": set(words.closings),
        "lines": set(words.prompts) - {*words.questions, *words.closings},
    }
    for kind, names in wanted.items():
        file = f"prompts/{kind}.yaml"
        yield from ((file, f"{name!r} is missing") for name in sorted(names - there[kind]))
        yield from ((file, f"{name!r} is never spoken") for name in sorted(there[kind] - names))
        for name in sorted(there[kind]):
            yield from each(file, name, _prompt(checker, name, words.prompts[name], kind))


def _prompt(checker: Checker, name: str, wordings: Sequence[str], kind: str) -> Iterator[str]:
    if name in OFTEN and len(wordings) < OFTEN_WORDINGS:
        yield f"it is heard often, and has fewer than {OFTEN_WORDINGS} wordings"
    if len(wordings) < 2 and name not in PIECES | ONCE:
        yield "it has one wording, and would be heard twice running"
    for text in wordings:
        # A piece is checked as the sentence that it will stand in.
        yield from checker.text(f"It was {text}." if name in PIECES else text, blanks=BLANKS)
        yield from checker.turn([Passage(text)])
        if kind == "questions" and not text.endswith("?"):
            yield f"{text!r} is no question"
        if kind == "closings":
            yield from checker.closing(text)
    yield from checker.variants(wordings)


def _told(checker: Checker) -> Found:
    """The answers to how a moment ended, the periods to look back on, and the rules for requests."""
    words = checker.words
    yield from ((f"outcomes/{name}.yaml", "the file is missing") for name in sorted(OUTCOMES - set(words.outcomes)))
    for outcome in words.outcomes.values():
        yield from _answer(checker, f"outcomes/{outcome.name}.yaml", outcome)
    if sum(not period.rules for period in words.periods.values()) != 1:
        yield "periods", "exactly one period should have no rules: the one that is looked back on by itself"
    for period in words.periods.values():
        yield from each(f"periods/{period.name}.yaml", "said", checker.text(f"It was {period.said}."))
        yield from each(f"periods/{period.name}.yaml", "", rules(checker, period.rules))
    yield from (
        ("all_clear.yaml", f"{name!r} is missing") for name in ("over", "called") if name not in words.all_clear
    )
    for some in words.all_clear.values():
        yield from each("all_clear.yaml", "", rules(checker, some))
    yield from each("hard_day.yaml", "", rules(checker, words.hard_day))
    for request in words.requests:
        yield from each(f"requests/{request.command}.yaml", "", rules(checker, request.rules))


def _counts(checker: Checker) -> Found:
    for text in checker.words.counts:
        yield from each("counts.yaml", "", checker.text(f"It was {text}."))
    if len(checker.words.counts) < SIXTY:
        yield "counts.yaml", "the minutes of an hour cannot be told: there are fewer than sixty numbers"
    for name in ("morning", "afternoon", "evening"):
        yield from each("clock.yaml", name, checker.text(f"It was {getattr(checker.words.clock, name)}."))


def _commands(checker: Checker) -> Found:
    commands = checker.words.commands
    known = {*COMMANDS, *ANSWERS}
    yield from (("commands.yaml", f"{name!r} is missing") for name in sorted(known - set(commands)))
    yield from (("commands.yaml", f"{name!r} is no command") for name in sorted(set(commands) - known))
    owners: dict[str, str] = {}
    for name in COMMANDS:
        for phrase in commands.get(name, ()):
            if phrase in owners:
                yield "commands.yaml", f"{phrase!r} stands in {owners[phrase]} and in {name}"
            owners[phrase] = name


def _encouragements(checker: Checker) -> Found:
    file = "encouragements.yaml"
    encouragements = checker.words.encouragements
    names = Counter(one.name for one in encouragements)
    yield from ((file, f"the name {name!r} stands twice") for name, often in names.items() if often > 1)
    if len(encouragements) < ENCOURAGEMENTS:
        yield file, f"there are {len(encouragements)}, fewer than {ENCOURAGEMENTS}"
    for one in encouragements:
        text = f"{one.text} {one.do}"
        yield from each(file, one.name, checker.text(text))
        yield from each(file, one.name, checker.turn([Passage(text)]))
        yield from each(file, one.name, checker.closing(text))
        yield from each(file, one.name, checker.named(one.sources))
        if not 1 <= one.theme <= THEMES:
            yield file, f"{one.name}: there is no theme {one.theme}"
        if "hard" in one.fits and one.theme not in HARD_THEMES:
            yield file, f"{one.name}: theme {one.theme} is not for the day after a hard one"
        if not one.fits:
            yield file, f"{one.name}: fits no occasion, and so is never given"
    yield from each(file, "", checker.variants([one.text for one in encouragements]))


def _helplines(checker: Checker) -> Found:
    for country in ("US", "ZZ"):
        if country not in checker.words.helplines:
            yield f"helplines/{country}.yaml", "the file is missing"
    for country, lines in checker.words.helplines.items():
        file = f"helplines/{country}.yaml"
        purposes = Counter(line.purpose for line in lines if line.confirmed)
        if "emergency" not in purposes:
            yield file, "there is no confirmed emergency number"
        yield from ((file, f"{name}: two numbers are confirmed") for name, often in purposes.items() if often > 1)
        for line in lines:
            try:
                date.fromisoformat(line.checked_on)
            except ValueError:
                yield file, f"{line.purpose}: checked_on: write the day as 2026-11-24"
            if country != "ZZ" and not set(line.number) <= set("0123456789 -"):
                yield file, f"{line.purpose}: {line.number!r} is no number"
            yield from each(file, line.purpose, checker.named([line.source]))


CHECKS = (
    _labels,
    _scripts,
    emergencies,
    safety,
    danger,
    _why,
    _asides,
    _prompts,
    _told,
    _counts,
    _commands,
    _encouragements,
    _helplines,
)
"""Every check of the words."""
