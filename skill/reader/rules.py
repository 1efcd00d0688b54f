"""The exact rules: word groups that, found together in a sentence, mean danger whatever a model says.

A rule is plain data: it holds when every group of `all` has at least one of its phrases in the sentence and none of
`unless` is there, in any order. A phrase is a few normalised words; one that ends in `*` also matches longer last
words (`stab*`: stabbed, stabbing). A sentence is cut once into all its runs of words, and a group is a set of phrases,
so that thousands of phrases cost a reading some microseconds and a cold start no compiling.
"""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["LONGEST_PHRASE", "Matcher", "Rule", "Sentence"]

LONGEST_PHRASE = 10
"""Words of a phrase at most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule over a normalised sentence."""

    heard: str
    """The sentence that made the rule, as it was said; the rule holds for it."""
    all: tuple[tuple[str, ...], ...]
    """Groups of phrases; each group must have one in the sentence."""
    unless: tuple[str, ...] = ()
    """Phrases of which none may be in the sentence."""
    form: str = ""
    """The form of the emergency that this rule points to (`missing`, `poison`, …); empty for the general one."""


class Sentence:
    """A normalised sentence, made ready for any number of rules."""

    def __init__(self, words: str) -> None:
        """Cut `words` into its runs of up to LONGEST_PHRASE words."""
        self.words = parts = words.split()
        self.text = f" {words} "
        self.runs = {
            " ".join(parts[start : start + length])
            for length in range(1, min(LONGEST_PHRASE, len(parts)) + 1)
            for start in range(len(parts) - length + 1)
        }


class _Phrases:
    """A set of phrases, of which one is looked for."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._whole = frozenset(phrase for phrase in phrases if not phrase.endswith("*"))
        self._starts = tuple(f" {phrase[:-1]}" for phrase in phrases if phrase.endswith("*"))

    def found(self, sentence: Sentence) -> bool:
        return not self._whole.isdisjoint(sentence.runs) or any(start in sentence.text for start in self._starts)


class Matcher:
    """A rule made ready to be held against sentences."""

    def __init__(self, rule: Rule) -> None:
        """Make `rule` ready."""
        self.form = rule.form
        self._all = [_Phrases(group) for group in rule.all]
        self._unless = _Phrases(rule.unless)

    def holds(self, sentence: Sentence) -> bool:
        """Whether the rule holds for a sentence."""
        return all(group.found(sentence) for group in self._all) and not self._unless.found(sentence)
