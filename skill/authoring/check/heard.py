"""What is wrong with the spoken sentences: said twice, nearly twice, or taken by another label."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from skill.authoring.check.texts import Found
from skill.authoring.content import Heard
from skill.reader.features import stem
from skill.reader.model import Model
from skill.reader.normal import normalise
from skill.words import Words

__all__ = ["heard_faults", "stolen"]

ALIKE = 0.85
"""Share of their stems that two sentences have in common from which they are nearly the same."""
ALIKE_STEMS = 5
"""Of sentences with fewer stems all must be the same."""
STOLEN = 0.6
"""How likely the reader must find another label for a sentence that it has learned from."""


def heard_faults(words: Words, heard: Sequence[Heard]) -> Found:
    """The lines that hold no word, stand twice, in two labels, or say nearly what another line of the label says."""
    seen: dict[str, Heard] = {}
    once = []
    for sentence in heard:
        text = normalise(sentence.text)
        first = seen.setdefault(text, sentence)
        if not text:
            yield _file(sentence), f"{sentence.text!r} holds no word"
        elif first.label != sentence.label:
            yield _file(sentence), f"{sentence.text!r} also stands in {_file(first)}"
        elif first is not sentence:
            yield _file(sentence), f"{sentence.text!r} stands twice"
        else:
            once.append(sentence)
    for sentence, other in _nearly_the_same(once):
        yield _file(sentence), f"{sentence.text!r} says nearly the same as {other.text!r}: keep one of them"
    counts = Counter(sentence.label for sentence in heard)
    for label in words.labels:
        if counts[label.name] < 2:
            yield f"heard/{label.name}.txt", "the reader needs two sentences or more"


def _file(sentence: Heard) -> str:
    return f"heard/{sentence.label}.txt"


def _nearly_the_same(sentences: Sequence[Heard]) -> Iterator[tuple[Heard, Heard]]:
    """Each sentence that says nearly what an earlier one of its label says, and that one.

    Two sets can be alike only where they share one of the rarest stems of each: so few of the pairs are looked at.
    """
    stems = [frozenset(map(stem, normalise(sentence.text).split())) for sentence in sentences]
    often = Counter(one for some in stems for one in some)
    earlier: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (sentence, own) in enumerate(zip(sentences, stems, strict=True)):
        alike = ALIKE if len(own) >= ALIKE_STEMS else 1.0
        rarest = sorted(own, key=lambda one: (often[one], one))[: len(own) - math.ceil(alike * len(own)) + 1]
        candidates = sorted({place for one in rarest for place in earlier[sentence.label, one]})
        twin = next((place for place in candidates if len(own & stems[place]) >= alike * len(own | stems[place])), None)
        if twin is not None:
            yield sentence, sentences[twin]
        for one in rarest:
            earlier[sentence.label, one].append(number)


def stolen(model: Model, heard: Sequence[Heard]) -> Found:
    """The lines that the trained reader gives to another label, though it may have learned from them."""
    for sentence in heard:
        chances = model.probabilities(normalise(sentence.text))
        if not chances:
            continue
        likeliest = max(chances, key=lambda label: chances[label])
        if likeliest != sentence.label and chances[likeliest] >= STOLEN:
            yield (
                _file(sentence),
                f"{sentence.text!r} is taken by {likeliest}: look at its label, or write more like it",
            )
