"""The words: all that Stay Close can say, and how people say things to it, as data.

A person writes them as files in `skill/content/<language>/` (see CONTRIBUTING.md). `stay-close build` checks them and
compiles each language into one file, `skill/compiled/<language>.json`, which is all that is loaded here: a cold start
parses no YAML and imports no validator.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from skill.compiled import COMPILED
from skill.errors import PlainError, WordsError
from skill.plain import from_plain

__all__ = [
    "Answer",
    "Aside",
    "Carrier",
    "Clock",
    "Command",
    "Danger",
    "Emergency",
    "Encouragement",
    "Form",
    "Helpline",
    "Label",
    "Occasion",
    "Period",
    "Purpose",
    "Request",
    "Rule",
    "SafetyQuestion",
    "Script",
    "Step",
    "Told",
    "Words",
    "load",
]

Command = Literal[
    "next",
    "again",
    "slower",
    "shorter",
    "yes",
    "no",
    "say",
    "not_working",
    "worse",
    "came",
    "over",
    "wait",
    "breathe",
    "help",
    "person",
    "start_over",
    "stop",
    "skip",
    "morning",
    "every_morning",
    "remind",
    "no_reminder",
    "look_back",
    "know",
    "forget_this",
    "forget_everything",
    "stop_keeping",
    "keep_again",
]
"""What a whole sentence may ask of the speaker itself."""

Group = Literal["comfort", "underneath", "correction", "caregiver", "good", "emergency", "neither"]


@dataclass(frozen=True, slots=True)
class Label:
    """One of the 37 situations that a sentence can be read as."""

    name: str
    """The label; never changes."""
    group: Group
    """The part of the house that it belongs to."""
    said: str
    """What is said or done, for people who read labels."""
    kept: bool = True
    """Whether a sentence of this label begins a moment in the journal."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One exact rule over a normalised sentence; how it is held against one is told in `reader/rules.py`."""

    heard: str
    """The sentence that made the rule, as it was said; the rule holds for it."""
    all: tuple[tuple[str, ...], ...]
    """Groups of phrases; each group must have one in the sentence."""
    unless: tuple[str, ...] = ()
    """Phrases of which none may be in the sentence."""
    alone: bool = False
    """Whether the phrase must be the whole sentence."""
    form: str = ""
    """The form of the emergency that this rule points to (`missing`, `poison`, …); empty for the general one."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, spoken in one turn."""

    do: tuple[str, ...]
    """Wordings, of which one is spoken; the first sentence of each is the action, 8 words or fewer."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    say: bool = False
    """Whether the script's sentence to the child is spoken with this step."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is spoken for a situation, a step a turn."""

    name: str
    """The label of the situation, or `connect_first` for the general script."""
    goal: str
    """What the script is for; read by people, not spoken."""
    steps: tuple[Step, ...]
    """Two to four steps."""
    say: tuple[str, ...]
    """Wordings of the sentence to say to the child, 14 words or fewer; spoken with the step that says so."""
    if_not: tuple[str, ...]
    """Wordings of the follow-up for "it's not working"."""
    more_help: str
    """When to get more help, and from whom; spoken after the follow-up."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources for the follow-up and the sentences."""
    ask_first: str = ""
    """The safety question that is asked before the first step; empty for none."""
    ask_last: str = ""
    """The safety question that is asked after the last step; empty for none."""
    danger: str = ""
    """The emergency that a yes to its safety question means; empty for the question's own."""
    leads_to: tuple[str, ...] = ()
    """Situations that often come next."""
    closes: bool = False
    """Whether the script ends the session with its last step, in place of asking how it goes."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is spoken for an emergency, or for one kind of it."""

    name: str
    """The kind that the danger rules tell apart (`missing`, `poison`, …); empty for the general form."""
    call: tuple[str, ...]
    """Wordings of the whole turn: 45 words or fewer, the number within the first 20."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    say: tuple[str, ...] = ()
    """Wordings of one sentence to the child; none where there is nobody to say it to."""
    then: tuple[str, ...] = ()
    """Wordings of what to do after the call, spoken when the caregiver stays on."""
    closes: bool = False
    """Whether the session ends at once, with nothing asked: where a child may be the one who speaks."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency: a number to call, before anything else."""

    name: str
    """The label."""
    forms: tuple[Form, ...]
    """The general form first, then the particular ones."""
    quiet: bool = False
    """Whether someone unsafe may be listening: then nothing is asked and `stop` is answered by next to nothing."""

    def form(self, name: str) -> Form:
        """The form of this name, or the general one."""
        return next((form for form in self.forms if form.name == name), self.forms[0])


@dataclass(frozen=True, slots=True)
class SafetyQuestion:
    """The one question for a sentence that may mean danger; yes means danger, and so does whatever is no clear no."""

    name: str
    """Its name, the file's name."""
    ask: tuple[str, ...]
    """Wordings of the question, 8 words or fewer."""
    if_yes: str
    """The emergency that yes means; empty for the likeliest one that was read."""
    if_no: str
    """The situation that no means; empty for the one that was read."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    form: str = ""
    """The form of the emergency that yes means; empty for the general one."""
    doubts: tuple[str, ...] = ()
    """Emergencies for which this is asked when the trained reader is in doubt."""
    after_no: tuple[str, ...] = ()
    """Wordings of what is added to the script after a no, such as what to watch for."""
    rules: tuple[Rule, ...] = ()
    """Sentences that get this question."""


@dataclass(frozen=True, slots=True)
class Danger:
    """The exact rules for one emergency."""

    emergency: str
    """The label that the rules mean."""
    rules: tuple[Rule, ...]
    """The rules; one that holds is enough."""


Occasion = Literal["any", "hard", "win", "first", "silence"]


@dataclass(frozen=True, slots=True)
class Encouragement:
    """One word of encouragement with one small thing to do today."""

    name: str
    """A short name, unique."""
    theme: int
    """The number of its theme in the care guide, 1 to 28."""
    fits: tuple[Occasion, ...]
    """When it is given: any day, after a hard one, after a win, on the first, after a long silence."""
    text: str
    """What is said, about 40 words."""
    do: str
    """One tiny thing that can be done today."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A short answer to one kind of "why"."""

    name: str
    """Its name, the file's name."""
    answers: tuple[str, ...]
    """Wordings of the answer: a few true sentences."""
    do: tuple[str, ...]
    """Wordings of one thing to do today."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    rules: tuple[Rule, ...] = ()
    """Sentences that ask this."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What is answered to something said to the speaker itself."""

    name: str
    """Its name, the file's name."""
    say: tuple[str, ...]
    """Wordings of the answer; a question follows by itself."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    rules: tuple[Rule, ...] = ()
    """Sentences that get this."""


@dataclass(frozen=True, slots=True)
class Request:
    """Other ways of saying a command than those that are listed word for word."""

    command: Command
    """The command, the file's name."""
    rules: tuple[Rule, ...]
    """Sentences that ask for it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One answer to the question how a moment ended."""

    name: str
    """better, same, worse or skip: the file's name."""
    say: tuple[str, ...]
    """Wordings of what is answered; a question follows by itself."""
    sources: tuple[str, ...]
    """Keys of the care guide's sources."""
    rules: tuple[Rule, ...]
    """Sentences that say this."""


@dataclass(frozen=True, slots=True)
class Period:
    """A time to look back on."""

    name: str
    """Its name, the file's name."""
    said: str
    """What it is called: "this week"."""
    days: int
    """How long it is."""
    ago: int = 0
    """How many days ago it ended."""
    rules: tuple[Rule, ...] = ()
    """Sentences that ask for it; the one without rules is looked back on where none is named."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The words that times of day are told with; numbers are told with `counts`."""

    morning: str
    afternoon: str
    evening: str
    oh: str
    """What stands for a zero: "seven oh five"."""
    later: tuple[str, ...]
    """Words that put an hour after noon."""
    noon: tuple[str, ...]
    half: tuple[str, ...]
    quarter: tuple[str, ...]
    past: tuple[str, ...]
    to: tuple[str, ...]


Purpose = Literal["emergency", "crisis", "child", "protection", "caregiver", "poison", "home"]


@dataclass(frozen=True, slots=True)
class Helpline:
    """One number that a person may dial."""

    purpose: Purpose
    """What it is for; a text names it as `{purpose}`. emergency: danger now. crisis: who may die by suicide. child: a
    child who calls. protection: an adult who fears for a child. caregiver: an adult who fears their own hands. poison.
    home: violence at home."""
    number: str
    """What is dialled, digits in groups; or, where the country is unknown, words in its place."""
    about: str
    """What the line does, for people who read the file."""
    hours: str
    """When it answers; spoken only where it says `24h`."""
    source: str
    """Key of the source."""
    checked_on: str
    """The day on which it was last checked, `2026-11-24`."""
    confirmed: bool = False
    """Whether it may be spoken."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """One beginning of a sentence, which Alexa recognises and takes off the words it hands over."""

    intent: str
    """The name of the intent, letters only."""
    before: str
    """What is put back in front of the words."""
    samples: tuple[str, ...]
    """The beginnings that Alexa listens for; one may be empty where the slot is no search query."""
    slot: str = "AMAZON.SearchQuery"
    """The type of the slot that takes the words after it."""


@dataclass(frozen=True, slots=True)
class Words:
    """All the words of one language."""

    language: str
    """`en`."""
    labels: tuple[Label, ...]
    """The 37 labels, in the order of their file."""
    scripts: dict[str, Script]
    """By name."""
    emergencies: dict[str, Emergency]
    """By label."""
    safety: dict[str, SafetyQuestion]
    """By name."""
    phrases: dict[str, tuple[str, ...]]
    """The groups of phrases that rules share, by name."""
    danger: tuple[Danger, ...]
    """The exact rules; where two hold, the earlier emergency wins."""
    why: dict[str, Answer]
    """By name."""
    asides: dict[str, Aside]
    """By name."""
    outcomes: dict[str, Told]
    """By name."""
    periods: dict[str, Period]
    """By name."""
    requests: tuple[Request, ...]
    """Rules for commands; the first that holds is the one."""
    all_clear: dict[str, tuple[Rule, ...]]
    """What is said once an emergency is `over`, or help was `called`."""
    hard_day: tuple[Rule, ...]
    """Sentences that call the day a hard one."""
    counts: tuple[str, ...]
    """The numbers in words: none, one, two, …"""
    clock: Clock
    """How times of day are told."""
    encouragements: tuple[Encouragement, ...]
    """In the order of their file."""
    prompts: dict[str, tuple[str, ...]]
    """Wordings of everything else that is spoken, by name."""
    questions: tuple[str, ...]
    """The prompts that ask something, and leave the microphone open."""
    closings: tuple[str, ...]
    """The prompts that end the session."""
    choices: dict[str, str]
    """A few words for each label, to choose between two."""
    commands: dict[str, tuple[str, ...]]
    """How people say next, again, stop, …: normalised sentences, by command."""
    carriers: tuple[Carrier, ...]
    """The beginnings of sentences, each an intent of its own so that the subject is not lost."""
    helplines: dict[str, tuple[Helpline, ...]]
    """By country code; `ZZ` where the country is unknown."""

    def numbers(self, country: str) -> dict[str, str]:
        """What a text's `{purpose}` stands for in a country: only numbers that are confirmed.

        A country without a confirmed number for a purpose has its emergency number there.
        """
        lines = self.helplines.get(country, self.helplines["ZZ"])
        found = {line.purpose: line.number for line in lines if line.confirmed}
        return {purpose: found.get(purpose, found["emergency"]) for purpose in get_args(Purpose)}

    def groups(self) -> dict[str, Group]:
        """The group of each label."""
        return {label.name: label.group for label in self.labels}


@cache
def load(language: str = "en") -> Words:
    """Load the compiled words of a language.

    Raises:
        WordsError: There are none, or they were made by another edition of the code.
    """
    path = COMPILED / f"{language}.json"
    try:
        return from_plain(Words, json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise WordsError(f"There are no words for {language!r}: run `stay-close build`.") from None
    except (ValueError, PlainError) as error:
        raise WordsError(f"{path.name} does not fit this code ({error}): run `stay-close build`.") from None
