"""The reader: danger by exact rules and by the trained model, then the situation, then what to do with it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final, get_args

from skill.compiled import COMPILED
from skill.reader.model import Model
from skill.reader.normal import normalise
from skill.reader.reading import Command, Decision, Reading
from skill.reader.rules import Matcher, Sentence, matchers

if TYPE_CHECKING:
    from skill.words import Rule, Words

__all__ = ["COMMANDS", "Reader", "load_reader"]

# Chosen on writers who were held out of training; the figures are in docs/reader.md.
SURE_DANGER: Final = 0.50
"""Probability of all emergencies together from which the model alone is sure of danger."""
MAYBE_DANGER: Final = 0.12
"""… from which a safety question is asked."""
CERTAIN_DANGER: Final = 0.85
"""… from which it is all but certain."""
NEAR_MISS_WORDS: Final = 9
"""Longer sentences than these are no near miss where the model is all but certain of danger."""
FEW_WORDS: Final = 5
"""Fewer words than these make the model sure of danger only where it is all but certain."""
SINGLE_WORDS: Final = 3
"""Fewer words than these never do: such are asked about where it is sure, and else tell nothing of danger."""
FOREIGN_SHARE: Final = 0.5
"""Share of unknown words above which a sentence is not read by the model at all."""
SPEAK: Final = 0.55
"""Probability from which a situation's script is spoken."""
SPEAK_LEAD: Final = 0.40
"""Lead over the runner-up from which it is spoken as well."""
CHOOSE: Final = 0.40
"""Probability of the two likeliest together from which the caregiver is asked which of the two."""
DECLINE: Final = 0.30
"""Probability from which a sentence is taken to be none of ours."""
RULE_CONFIDENCE: Final = 0.95
"""The confidence where an exact rule holds: about the share of such sentences that are what the rule says."""

OUT_OF_SCOPE: Final = "out_of_scope"
ASKING_WHY: Final = "asking_why"

COMMANDS: Final[tuple[Command, ...]] = get_args(Command)
"""The commands that are found among the words of a sentence."""


class Reader:
    """Reads sentences of one language."""

    def __init__(self, words: "Words", model: Model) -> None:
        """Read with the words' rules and commands, and with a trained model."""
        self._model = model
        self._danger = _ready({one.emergency: one.rules for one in words.danger}, words)
        self._questions = _ready({name: question.rules for name, question in words.safety.items()}, words)
        self._why = _ready({name: answer.rules for name, answer in words.why.items()}, words)
        self._asides = _ready({name: aside.rules for name, aside in words.asides.items()}, words)
        self._if_yes = {name: question.if_yes for name, question in words.safety.items()}
        self._doubts = {label: name for name, question in words.safety.items() for label in question.doubts}
        groups = words.groups()
        self._emergencies = [name for name, group in groups.items() if group == "emergency"]
        # What a no to a safety question leads to: a hard moment, and no good news or small talk.
        self._calm = [name for name, group in groups.items() if group in ("comfort", "underneath", "correction")]
        self._commands = {phrase: kind for kind in COMMANDS for phrase in words.commands[kind]}
        self._seconds = frozenset(words.commands["second"])
        self._firsts = frozenset(words.commands["first"])
        self._noes = frozenset(words.commands["no_and"])
        self._clear_no = frozenset(words.commands["clear_no"])
        # "The second one" tells nothing but where two were offered, and then it is found before.
        self._nothing = frozenset(words.commands["nothing_said"]) | self._firsts | self._seconds
        self._unsure = frozenset(words.commands["unsure"])

    def command(self, sentence: str) -> Command | None:
        """The command that a sentence is as a whole; none where it is something else."""
        return self._commands.get(normalise(sentence))

    def says_nothing(self, sentence: str) -> bool:
        """Whether a sentence as a whole tells nothing: "what", "i don't know", "hold on"."""
        return normalise(sentence) in self._nothing

    def ordinal(self, sentence: str) -> int | None:
        """0 for "the first one", 1 for "the second", none for anything else."""
        words = normalise(sentence)
        return 0 if words in self._firsts else 1 if words in self._seconds else None

    def clear_no(self, sentence: str, *, whole: bool = False) -> bool:
        """Whether a sentence answers a safety question with a no that leaves no doubt.

        With `whole`, only a sentence that as a whole is known as such a no: then nothing else in it needs reading.
        """
        words = normalise(sentence)
        if whole or words in self._clear_no:
            return words in self._clear_no
        first, _, rest = words.partition(" ")
        return first in self._noes and self._unsure.isdisjoint(Sentence(rest).runs)

    def read(self, sentence: str) -> Reading:
        """Read one sentence. Any text is accepted; what holds no known word is a Reading that says ask."""
        words = normalise(sentence)
        spoken = Sentence(words)
        # Of words that it never met the model can make nothing, nor of the few that tell nothing, and it should not
        # seem to.
        unknown = sum(not self._model.knows(word) for word in spoken.words)
        foreign = words in self._nothing or unknown > len(spoken.words) * FOREIGN_SHARE
        chances = {} if foreign else self._model.probabilities(words)
        if not chances:
            chances = dict.fromkeys(self._model.labels, 0.0)
        ranked = sorted(chances, key=lambda label: chances[label], reverse=True)
        calm = max(self._calm, key=lambda label: chances[label])
        emergency = max(self._emergencies, key=lambda label: chances[label])
        danger = sum(chances[label] for label in self._emergencies)
        for label, rule in self._danger:
            if rule.holds(spoken):
                runner_up = next(other for other in ranked if other != label)
                confidence = max(RULE_CONFIDENCE, chances[label])
                return Reading(label, confidence, runner_up, "speak", "sure", label, rule.form, calm=calm)
        sure = danger >= SURE_DANGER and ranked[0] == emergency
        reading = Reading(ranked[0], chances[ranked[0]], ranked[1], self._decision(ranked, chances), calm=calm)
        # A near miss is asked about. But it is an outburst of a few words: where a longer sentence makes the model all
        # but certain, or a sure danger is another one than it nearly was, the rest of the sentence has said more.
        certain = sure and danger >= CERTAIN_DANGER and len(spoken.words) > NEAR_MISS_WORDS
        for name, rule in self._questions:
            if not certain and (not sure or self._if_yes[name] == emergency) and rule.holds(spoken):
                return replace(reading, danger="ask", emergency=self._if_yes[name] or emergency, question=name)
        if len(spoken.words) < SINGLE_WORDS:
            # Two words seldom tell the model enough: what they made sure is asked about, what they made likely is not.
            sure, danger = False, danger if sure else 0.0
        elif len(spoken.words) < FEW_WORDS:
            sure = sure and danger >= CERTAIN_DANGER
        if sure:
            return replace(reading, decision="speak", danger="sure", emergency=emergency)
        if danger >= MAYBE_DANGER:
            return replace(reading, danger="ask", emergency=emergency, question=self._doubts[emergency])
        return self._particular(reading, spoken)

    def _particular(self, reading: Reading, spoken: Sentence) -> Reading:
        """The reading with what it asks for in particular: which why, or something said to the speaker itself."""
        aside = next((name for name, rule in self._asides if rule.holds(spoken)), "")
        if aside:
            other = reading.situation if reading.situation != OUT_OF_SCOPE else reading.runner_up
            return replace(reading, situation=OUT_OF_SCOPE, runner_up=other, decision="decline", form=aside)
        if reading.situation == ASKING_WHY:
            return replace(reading, form=next((name for name, rule in self._why if rule.holds(spoken)), ""))
        return reading

    def _decision(self, ranked: list[str], chances: dict[str, float]) -> Decision:
        first, second = (chances[label] for label in ranked[:2])
        if ranked[0] == OUT_OF_SCOPE:
            return "decline" if first >= DECLINE else "ask"
        if (first >= SPEAK or first - second >= SPEAK_LEAD) and ranked[0] not in self._emergencies:
            return "speak"
        both = {*ranked[:2]}
        likely = first + second >= CHOOSE and OUT_OF_SCOPE not in both and both.isdisjoint(self._emergencies)
        return "choose" if likely else "ask"


def _ready(rules: "dict[str, tuple[Rule, ...]]", words: "Words") -> list[tuple[str, Matcher]]:
    """Rules by name, each made ready."""
    named = [(name, rule) for name, some in rules.items() for rule in some]
    return list(zip((name for name, _ in named), matchers((rule for _, rule in named), words.phrases), strict=True))


def load_reader(words: "Words") -> Reader:
    """The trained reader of the words' language.

    Raises:
        ReaderError: There is none: run `stay-close build`.
    """
    return Reader(words, Model.load(COMPILED / f"{words.language}.reader"))
