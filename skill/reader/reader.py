"""The reader: danger by exact rules and by the trained model, then the situation, then what to do with it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal, get_args

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
REQUEST_WORDS: Final = 12
"""Longer sentences than these tell of a moment, whatever they ask of the speaker."""
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
PROGRESS: Final = "progress"

COMMANDS: Final[tuple[Command, ...]] = get_args(Command)
"""The commands that are found among the words of a sentence."""


class Reader:
    """Reads sentences of one language."""

    def __init__(self, words: "Words", model: Model) -> None:
        """Read with the words' rules and commands, and with a trained model."""
        self._model = model
        self._latest: tuple[str, Reading] | None = None
        """The sentence that was read last, which may have been read ahead; the next one takes its place."""
        self._danger = _ready({one.emergency: one.rules for one in words.danger}, words)
        self._questions = _ready({name: question.rules for name, question in words.safety.items()}, words)
        self._why = _ready({name: answer.rules for name, answer in words.why.items()}, words)
        self._periods = _ready({name: period.rules for name, period in words.periods.items()}, words)
        self._requests: list[tuple[Command, Matcher]] = [
            (one.command, ready) for one in words.requests for ready in matchers(one.rules, words.phrases)
        ]
        self._all_clear = _ready(words.all_clear, words)
        self._hard_day = list(matchers(words.hard_day, words.phrases))
        self._outcomes = _ready({name: outcome.rules for name, outcome in words.outcomes.items()}, words)
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
        # The longest first, so that no part of one is taken for the whole.
        self._reassures = sorted(words.commands["reassures"], key=len, reverse=True)
        self._small_words = frozenset(words.commands["small_words"])
        self._yeses = frozenset(phrase for phrase in words.commands["yes"] if " " not in phrase)
        self._still_going = frozenset(words.commands["still_going"])
        self._unsure = frozenset(words.commands["unsure"])

    def command(self, sentence: str, *, whole: bool = False) -> Command | None:
        """The command that a sentence is; none where it is something else.

        With `whole`, only where it is listed word for word. Else also where a rule holds for it, it is short, and
        nothing in it is danger.
        """
        words = normalise(sentence)
        command = self._commands.get(words)
        if command or whole:
            return command
        spoken = Sentence(words)
        if len(spoken.words) > REQUEST_WORDS:
            return None
        found = next((name for name, rule in self._requests if rule.holds(spoken)), None)
        if found is None or self._dangerous(spoken):
            return None
        return found

    def _dangerous(self, spoken: Sentence) -> bool:
        """Whether an exact rule finds danger in a sentence, or the model is all but certain of it."""
        if any(rule.holds(spoken) for _, rule in (*self._danger, *self._questions)):
            return True
        chances = self._model.probabilities(" ".join(spoken.words))
        return sum(chances.get(label, 0.0) for label in self._emergencies) >= CERTAIN_DANGER

    def all_clear(self, sentence: str) -> str:
        """`over` where a sentence says that an emergency is, `called` where help was; empty for anything else."""
        spoken = Sentence(normalise(sentence))
        if any(rule.holds(spoken) for _, rule in self._danger):
            return ""
        return next((name for name, rule in self._all_clear if rule.holds(spoken)), "")

    def says_hard(self, sentence: str) -> bool:
        """Whether a sentence calls the day a hard one."""
        spoken = Sentence(normalise(sentence))
        return any(rule.holds(spoken) for rule in self._hard_day)

    def period(self, sentence: str) -> str:
        """The name of the period that a sentence asks to look back on; empty where it names none."""
        return self._period(Sentence(normalise(sentence)))

    def _period(self, spoken: Sentence) -> str:
        return next((name for name, rule in self._periods if rule.holds(spoken)), "")

    def outcome(self, sentence: str) -> str | None:
        """How a moment ended: better, same, worse, or skip; none where a sentence does not tell."""
        spoken = Sentence(normalise(sentence))
        if len(spoken.words) > REQUEST_WORDS:
            return None
        return next((name for name, rule in self._outcomes if rule.holds(spoken)), None)

    def says_nothing(self, sentence: str) -> bool:
        """Whether a sentence as a whole tells nothing: "what", "i don't know", "hold on"."""
        return normalise(sentence) in self._nothing

    def doubt(self, emergency: str) -> str:
        """The name of the safety question for an emergency that is in doubt."""
        return self._doubts[emergency]

    def still_going(self, sentence: str) -> bool:
        """Whether a sentence as a whole says that a moment is not over yet."""
        return normalise(sentence) in self._still_going

    def ordinal(self, sentence: str) -> int | None:
        """0 for "the first one", 1 for "the second", none for anything else."""
        words = normalise(sentence)
        return 0 if words in self._firsts else 1 if words in self._seconds else None

    def clear_no(self, sentence: str, *, whole: bool = False) -> bool:
        """Whether a sentence answers a safety question with a no that leaves no doubt.

        With `whole`, only a sentence that as a whole is known as such a no: then nothing else in it needs reading. Else
        what comes after the no may reassure, or tell of something that is no danger.
        """
        words = normalise(sentence)
        if whole or words in self._clear_no:
            return words in self._clear_no
        first, _, rest = words.partition(" ")
        if first not in self._noes or not self._unsure.isdisjoint(Sentence(rest).runs):
            return False
        rest = f" {rest} "
        for phrase in self._reassures:
            rest = rest.replace(f" {phrase} ", " ")
        return not rest.strip() or self.read(rest).danger == "none"

    def says_no(self, sentence: str) -> bool:
        """Whether a sentence begins with a no, whatever comes after it."""
        return normalise(sentence).partition(" ")[0] in self._noes

    def plain_answer(self, sentence: str) -> Literal["yes", "no"] | None:
        """A yes or a no with small words around it, "yeah go on please"; none where it may tell more."""
        first, *rest = normalise(sentence).split() or [""]
        kind: Literal["yes", "no"] = "yes" if first in self._yeses else "no"
        small = len(rest) <= FEW_WORDS and self._small_words.issuperset(rest)
        return kind if small and (first in self._yeses or first in self._noes) else None

    def read(self, sentence: str) -> Reading:
        """Read one sentence. Any text is accepted; what holds no known word is a Reading that says ask."""
        latest = self._latest
        if latest is None or latest[0] != sentence:
            self._latest = latest = (sentence, self._read(sentence))
        return latest[1]

    def _read(self, sentence: str) -> Reading:
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
                return Reading(label, confidence, runner_up, "speak", "sure", label, rule.form, exact=True, calm=calm)
        sure = danger >= SURE_DANGER and ranked[0] == emergency
        decision = self._decision(ranked, chances)
        reading = Reading(ranked[0], chances[ranked[0]], ranked[1], decision, peril=danger, calm=calm)
        # A near miss is asked about. But it is an outburst of a few words: where a longer sentence makes the model all
        # but certain, or a sure danger is another one than it nearly was, the rest of the sentence has said more.
        certain = sure and danger >= CERTAIN_DANGER and len(spoken.words) > NEAR_MISS_WORDS
        for name, rule in self._questions:
            if not certain and (not sure or self._if_yes[name] == emergency) and rule.holds(spoken):
                return replace(
                    reading, danger="ask", emergency=self._if_yes[name] or emergency, question=name, exact=True
                )
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
        if reading.situation == PROGRESS:
            return replace(reading, form=self._period(spoken))
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
