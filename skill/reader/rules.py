"""The exact rules: word groups that, found together in a sentence, mean danger whatever a model says.

A rule is plain data: it holds when every group of `all` has at least one of its phrases in the sentence and none of
`unless` is there, in any order. A phrase is a few normalised words; one that ends in `*` also matches longer last
words (`stab*`: stabbed, stabbing). A sentence is cut once into all its runs of words, and a group is a set of phrases,
so that thousands of phrases cost a reading some microseconds and a cold start no compiling. `$name` stands for a group
of phrases that many rules share.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skill.words import Rule

__all__ = ["LONGEST_PHRASE", "Matcher", "Sentence", "matchers"]

LONGEST_PHRASE = 10
"""Words of a phrase at most."""


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

    def __init__(self, phrases: "Sequence[str]", groups: "Mapping[str, _Phrases]") -> None:
        # What stands for others may stay among the whole ones: no sentence holds its mark.
        self._whole = frozenset(phrases)
        marked = [phrase for phrase in phrases if phrase[0] == "$" or phrase[-1] == "*"]
        self._starts = tuple(f" {phrase[:-1]}" for phrase in marked if phrase[0] != "$")
        self._groups = tuple(groups[phrase[1:]] for phrase in marked if phrase[0] == "$")

    def found(self, sentence: Sentence) -> bool:
        return (
            not self._whole.isdisjoint(sentence.runs)
            or any(start in sentence.text for start in self._starts)
            or any(group.found(sentence) for group in self._groups)
        )

    def is_whole(self, sentence: Sentence) -> bool:
        return sentence.text.strip() in self._whole


class Matcher:
    """A rule made ready to be held against sentences."""

    def __init__(self, rule: "Rule", groups: Mapping[str, _Phrases]) -> None:
        """Make `rule` ready; `matchers` does it for many."""
        self.form = rule.form
        self._all = [_Phrases(group, groups) for group in rule.all]
        self._unless = _Phrases(rule.unless, groups)
        self._alone = rule.alone

    def holds(self, sentence: Sentence) -> bool:
        """Whether the rule holds for a sentence."""
        if self._alone:
            return all(group.is_whole(sentence) for group in self._all)
        return all(group.found(sentence) for group in self._all) and not self._unless.found(sentence)


def matchers(rules: "Iterable[Rule]", groups: Mapping[str, tuple[str, ...]]) -> list[Matcher]:
    """Make rules ready that share `groups` of phrases, by name; a group may name those before it.

    Raises:
        KeyError: A rule or a group names a group that is not there.
    """
    ready: dict[str, _Phrases] = {}
    for name, phrases in groups.items():
        ready[name] = _Phrases(phrases, ready)
    return [Matcher(rule, ready) for rule in rules]
