"""Two readers on the same sentences, paired sentence by sentence."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from skill.authoring.content import Heard
from skill.authoring.evaluate.figures import HARMS, harm
from skill.reader import Reader, Reading

__all__ = ["Difference", "Pair", "pair"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A sentence that two readers read differently."""

    sentence: Heard
    one: Reading
    other: Reading
    better: int
    """1 where the other reader does less harm, -1 where it does more, 0 where neither."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What two readers make of the same sentences."""

    sentences: int
    only_one_right: int
    only_other_right: int
    differences: tuple[Difference, ...]
    """The sentences whose situation, decision or danger differ; where the other does more harm first."""

    @property
    def chance(self) -> float:
        """How likely so lopsided a difference is where neither is better: McNemar's exact test, two-sided."""
        apart = self.only_one_right + self.only_other_right
        if not apart:
            return 1.0
        fewer = min(self.only_one_right, self.only_other_right)
        return min(1.0, math.ldexp(sum(math.comb(apart, k) for k in range(fewer + 1)), 1 - apart))


def pair(one: Reader, other: Reader, sentences: Sequence[Heard], emergencies: Collection[str]) -> Pair:
    """Read every sentence with both readers."""
    differences = []
    only = [0, 0]
    for sentence in sentences:
        first, second = one.read(sentence.text), other.read(sentence.text)
        right = (first.situation == sentence.label, second.situation == sentence.label)
        only[0] += right == (True, False)
        only[1] += right == (False, True)
        if _gist(first) != _gist(second):
            better = _rank(sentence, second, emergencies) - _rank(sentence, first, emergencies)
            differences.append(Difference(sentence, first, second, (better > 0) - (better < 0)))
    differences.sort(key=lambda one: (one.better, _rank(one.sentence, one.other, emergencies)))
    return Pair(len(sentences), only[0], only[1], tuple(differences))


def _gist(reading: Reading) -> tuple[str, ...]:
    return reading.situation, reading.decision, reading.danger, reading.emergency


def _rank(sentence: Heard, reading: Reading, emergencies: Collection[str]) -> int:
    """The lower, the more harm is done; the last for none at all."""
    wrong = harm(sentence.label, reading, emergencies)
    return HARMS.index(wrong) if wrong else len(HARMS)
