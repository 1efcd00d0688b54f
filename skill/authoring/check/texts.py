"""What holds for every spoken text: the voice rules, the never-list, the numbers, what Alexa takes."""

import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import readability

from skill.authoring.never import Never, Where, forbidden
from skill.conversation import Passage
from skill.reader.normal import normalise
from skill.speech import LONGEST_PAUSE, SENTENCE_END, WRITTEN_PAUSE, seconds, spoken, ssml
from skill.words import Words

__all__ = ["Checker", "Found", "each", "length"]

ACTION_WORDS = 8
SENTENCE_WORDS = 12
CHILD_WORDS = 14
CHILD_WORDINGS = 3
TURN_WORDS = 75
TURN_SECONDS = 60
EMERGENCY_WORDS = 45
NUMBER_WITHIN = 20
GRADE = 5
RESOURCES = 3
"""Limits of the care guide's voice rules: words, wordings, seconds, school grade (Flesch and Kincaid), helpers named in
one answer; the number to call comes within so many words."""
TAGS = frozenset({"speak", "prosody", "s", "break", "say-as"})
"""The SSML that is spoken here; Alexa takes all of it in every locale."""
SAY = "Say:"

Found = Iterator[tuple[str, str]]
"""Files, each with what is wrong in it."""

_RESOURCE = re.compile(
    r"\{\w+\}|\b(?:doctor|pediatrician|nurse|therapist|counsellor|counselor|agency|worker|police"
    r"|hospital|respite|support group|helpline|school|teacher)\b"
)


def length(text: str) -> int:
    """Words that are spoken of a text."""
    return len(WRITTEN_PAUSE.sub("", text).split())


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks texts against the limits; each method gives what is wrong, a sentence a fault."""

    words: Words
    sources: frozenset[str]
    never: tuple[Never, ...]

    def text(self, text: str, *where: Where, blanks: Sequence[str] = ()) -> Iterator[str]:
        """One spoken text, wherever it stands."""
        numbers = self.words.numbers("US")
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            yield f"{text!r} has a brace that is not closed"
            return
        for name in sorted(names - set(numbers) - set(blanks)):
            yield f"{text!r} names {{{name}}}, which is no number in the helplines"
        bare = WRITTEN_PAUSE.sub("", text)
        if re.search(r"\d", bare):
            yield f"{text!r} holds a digit: name the helpline in braces, or write the number as a word"
        if re.search(r"[<>&\[\]*_#|/\\]|\(|\)", bare):
            yield f"{text!r} holds markup: write words only"
        for sentence in SENTENCE_END.split(bare.strip()):
            if length(sentence) > SENTENCE_WORDS:
                yield f"the sentence {sentence!r} has more than {SENTENCE_WORDS} words"
        if not bare.strip():
            yield "a text is empty"
        elif bare.strip()[-1] not in ".!?:":
            yield f"{text!r} ends without a full stop"
        yield from self._grade(bare)
        helpers = len(_RESOURCE.findall(bare))
        if helpers > RESOURCES:
            yield f"{text!r} names {helpers} helpers, more than {RESOURCES}"
        yield from self._ssml(text)
        yield from forbidden(bare, self.never, *where)

    def _grade(self, bare: str) -> Iterator[str]:
        # A blank is a number or a few plain words, and is no word to be graded.
        sentences = [
            sentence for sentence in SENTENCE_END.split(re.sub(r"\{\w+\}", "it", bare).strip()) if length(sentence)
        ]
        if sum(map(length, sentences)) <= ACTION_WORDS:
            # A formula for paragraphs says nothing of a few words.
            return
        grade = readability.getmeasures(sentences, lang="en")["readability grades"]["Kincaid"]
        if grade > GRADE:
            yield f"{bare.strip()!r} reads at grade {grade:.1f}, over {GRADE}: use shorter words"

    def _ssml(self, text: str) -> Iterator[str]:
        for pause in WRITTEN_PAUSE.findall(text):
            if float(pause) > LONGEST_PAUSE:
                yield f"{text!r} has a pause of {pause} s: Alexa takes {LONGEST_PAUSE:.0f} at most"
        try:
            document = ET.fromstring(ssml([Passage(text)], SAY))  # noqa: S314 - made here
        except ET.ParseError:
            yield f"{text!r} makes SSML that cannot be parsed"
            return
        for tag in sorted({element.tag for element in document.iter()} - TAGS):
            yield f"{text!r} makes the SSML tag {tag!r}, which is not spoken everywhere"

    def action(self, text: str) -> Iterator[str]:
        """The first words of a step."""
        first = SENTENCE_END.split(WRITTEN_PAUSE.sub("", text).strip())[0]
        if length(first) > ACTION_WORDS:
            yield f"the action {first!r} has more than {ACTION_WORDS} words"

    def first(self, text: str) -> Iterator[str]:
        """The first words of a script."""
        yield from forbidden(
            SENTENCE_END.split(text.strip())[0], [rule for rule in self.never if rule.only == "first"], "first"
        )

    def turn(self, passages: Sequence[Passage]) -> Iterator[str]:
        """A whole turn."""
        filled = [Passage(self.filled(passage.text), passage.kind) for passage in passages]
        words = length(spoken(filled, SAY))
        if words > TURN_WORDS:
            yield f"the turn of {words} words has more than {TURN_WORDS}"
        time = seconds(filled, SAY)
        if time > TURN_SECONDS:
            yield f"the turn of {time:.0f} s takes longer than {TURN_SECONDS} s"

    def child(self, wordings: Sequence[str]) -> Iterator[str]:
        """The wordings of a sentence to the child."""
        for text in wordings:
            if length(text) > CHILD_WORDS:
                yield f"{text!r} has more than {CHILD_WORDS} words"
            yield from self.text(text, "say")
        yield from self.variants(wordings)

    def closing(self, text: str) -> Iterator[str]:
        """A text that ends the session."""
        if "?" in text:
            yield f"{text!r} asks something, and then the session ends"

    def variants(self, wordings: Sequence[str]) -> Iterator[str]:
        """Wordings that are the same to the ear."""
        seen: dict[str, str] = {}
        for wording in wordings:
            heard = normalise(wording)
            if heard in seen:
                yield f"{wording!r} is the same wording as {seen[heard]!r}"
            seen[heard] = wording

    def named(self, sources: Sequence[str]) -> Iterator[str]:
        """The sources that a unit names."""
        if not sources:
            yield "it names no source"
        for key in sources:
            if key not in self.sources:
                yield f"the source {key!r} is not in sources.yaml"

    def filled(self, text: str) -> str:
        """A text with the numbers of the United States in place of their names."""
        numbers = self.words.numbers("US")
        return re.sub(r"\{(\w+)\}", lambda match: numbers.get(match[1], match[0]), text)

    def longest(self, prompt: str) -> Passage:
        """The longest wording of a question."""
        return Passage(max(self.words.prompts.get(prompt, ("",)), key=len), "question")


def each(file: str, where: str, reasons: Iterable[str]) -> Found:
    """The reasons as faults of a file; `where` is the place in it."""
    return ((file, f"{where}: {reason}" if where else reason) for reason in reasons)
