"""The words as the page in a browser needs them to go on without a network.

What is recognised there is what exact rules and lists recognise; the trained model stays at home. All is plain data:
the sentences are parted here, and phrases are written as products, which makes them a quarter as large.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from skill import speech
from skill.conversation import Passage, script, talk, understanding
from skill.conversation.draft import GOES_ON, SPOKEN_KEPT
from skill.reader import normal, reader, rules
from skill.reader.reader import COMMANDS

if TYPE_CHECKING:
    from skill.words import Rule, Words

__all__ = ["offline_words", "products"]

Heard = list[str | float]
"""A wording as it is heard: its sentences, and after a sentence that has a pause of its own the seconds of that."""

_Product = tuple[tuple[str, ...], ...]
"""Words that may stand in each place of a phrase."""

LISTS = ("first", "second", "clear_no", "no_and", "unsure", "nothing_said", "still_going", "reassures", "small_words")
"""The lists among the commands that are no commands."""
DIGITS_END = 0x20000
"""Where ideographs begin: no sign after it is a digit, and to look at a million of them would hold up the start."""
NEVER_CHOSEN = frozenset({"progress", "out_of_scope"})
"""Labels that the page does not offer: what needs the journal, and what is none of ours."""


def offline_words(words: "Words") -> dict[str, object]:
    """What a browser needs of the words to talk without a network, as data that JSON can hold."""
    phrases = _Phrases(words.phrases)
    return {
        "normal": _normal(),
        "speech": _speech(),
        "limits": _limits(),
        "labels": _labels(words),
        "scripts": _scripts(words),
        "emergencies": _emergencies(words),
        "danger": [{"emergency": one.emergency, "rules": phrases.rules(one.rules)} for one in words.danger],
        "safety": {
            name: {
                "ask": _wordings(question.ask),
                "if_yes": question.if_yes or script.ANY_DANGER,
                "if_no": question.if_no,
                "form": question.form,
                "after_no": _wordings(question.after_no),
                "rules": phrases.rules(question.rules),
            }
            for name, question in words.safety.items()
        },
        "outcomes": {
            name: {"say": _wordings(told.say), "rules": phrases.rules(told.rules)}
            for name, told in words.outcomes.items()
        },
        "asides": {
            name: {"say": _wordings(aside.say), "rules": phrases.rules(aside.rules)}
            for name, aside in words.asides.items()
        },
        "all_clear": {name: phrases.rules(some) for name, some in words.all_clear.items()},
        "requests": [{"command": one.command, "rules": phrases.rules(one.rules)} for one in words.requests],
        "commands": {kind: words.commands[kind] for kind in COMMANDS},
        "lists": {name: words.commands[name] for name in LISTS},
        "encouragements": _wordings(f"{one.text} {one.do}" for one in words.encouragements if "any" in one.fits),
        "prompts": {name: _wordings(wordings) for name, wordings in words.prompts.items()},
        "choices": {label: few for label, few in words.choices.items() if label not in NEVER_CHOSEN},
        "numbers": {country: words.numbers(country) for country in words.helplines},
        # Last, for the rules above have filled them.
        "phrases": phrases.table,
        "groups": phrases.groups,
    }


def _normal() -> dict[str, object]:
    """What `normalise` works with."""
    return {
        "max_words": normal.MAX_WORDS,
        "max_letters": normal.MAX_LETTERS,
        "max_text": normal.MAX_TEXT,
        "mute": sorted(normal.MUTE),
        "apostrophes": "".join(map(chr, normal.APOSTROPHES)),
        "digits": normal.DIGITS,
        "further_digits": _further_digits(),
        "fillers": sorted(normal.FILLERS),
        "address": normal.ADDRESS.pattern,
        "whole": normal.WHOLE,
        "endings": normal.ENDINGS,
        "is": sorted(normal.IS),
    }


@cache
def _further_digits() -> str:
    """The signs that are digits to Python and belong to no number system of ten digits: no regex of a browser knows."""
    signs = map(chr, range(DIGITS_END))
    return "".join(sign for sign in signs if sign.isdigit() and unicodedata.category(sign) != "Nd")


def _speech() -> dict[str, object]:
    """How fast is spoken, and with what pauses, in seconds."""
    return {
        "sentence_pause": speech.SENTENCE_PAUSE,
        "pauses": speech.PAUSES,
        "longest_pause": speech.LONGEST_PAUSE,
        "slow_pauses": speech.SLOW_PAUSES,
        "rate": speech.RATE / 100,
        "slow_rate": speech.SLOW_RATE / 100,
    }


def _limits() -> dict[str, object]:
    """Numbers of words from which a sentence is taken for something else, and how much is remembered."""
    return {
        "request_words": reader.REQUEST_WORDS,
        # At home the model would notice danger in a longer one; without it, such a sentence gets a number.
        "command_words": reader.FEW_WORDS,
        "answer_words": reader.FEW_WORDS,
        "few_words": understanding.FEW_WORDS,
        "longest_phrase": rules.LONGEST_PHRASE,
        "spoken_kept": SPOKEN_KEPT,
    }


def _labels(words: "Words") -> dict[str, object]:
    """Names that the conversation goes by."""
    child = [label.name for label in words.labels if label.group in script.CHILD and label.name not in talk.MAY_BE_IT]
    return {
        "kept": [label.name for label in words.labels if label.kept],
        "other_subject": child,
        "general": script.GENERAL,
        "any_danger": script.ANY_DANGER,
        "anyone": script.ANYONE,
        "win": script.WIN,
        "goes_on": sorted(GOES_ON),
        "yes_or_no": sorted(understanding.YES_OR_NO),
        "opens": sorted(talk.OPENS),
    }


def _scripts(words: "Words") -> dict[str, object]:
    return {
        name: {
            "steps": [{"do": _wordings(step.do), "say": step.say} for step in one.steps],
            "say": _wordings(one.say),
            "if_not": _wordings(one.if_not),
            "more_help": _wordings([one.more_help]),
            "ask_first": one.ask_first,
            "ask_last": one.ask_last,
            "danger": one.danger,
            "closes": one.closes,
        }
        for name, one in words.scripts.items()
    }


def _emergencies(words: "Words") -> dict[str, object]:
    return {
        name: {
            "quiet": emergency.quiet,
            "forms": [
                {
                    "name": form.name,
                    "call": _wordings(form.call),
                    "say": _wordings(form.say),
                    "then": _wordings(form.then),
                    "closes": form.closes,
                }
                for form in emergency.forms
            ],
        }
        for name, emergency in words.emergencies.items()
    }


def _wordings(texts: Iterable[str]) -> list[Heard]:
    return [_heard(text) for text in texts]


def _heard(text: str) -> Heard:
    """A wording as it is heard, whatever passage it becomes: the pause after that is the passage's own."""
    timed = list(speech.heard_pauses([Passage(text, "question"), Passage("…")], ""))
    heard: Heard = []
    for sentence, pause in timed[:-1]:
        heard += [sentence] if pause == speech.SENTENCE_PAUSE else [sentence, pause]
    return heard


class _Phrases:
    """The phrases of all rules: each group of them once, however many rules it stands in."""

    def __init__(self, shared: Mapping[str, Sequence[str]]) -> None:
        self.table: list[str] = []
        self._places: dict[str, int] = {}
        self.groups = {name: self._place(phrases) for name, phrases in shared.items()}

    def rules(self, some: "Iterable[Rule]") -> list[dict[str, object]]:
        """Rules with the places of their groups in the table; what is empty is left out."""
        return [self._rule(rule) for rule in some]

    def _rule(self, rule: "Rule") -> dict[str, object]:
        made: dict[str, object] = {"all": [self._place(group) for group in rule.all]}
        if rule.unless:
            made["unless"] = self._place(rule.unless)
        if rule.alone:
            made["alone"] = True
        if rule.form:
            made["form"] = rule.form
        return made

    def _place(self, phrases: Iterable[str]) -> int:
        text = products(phrases)
        if text not in self._places:
            self._places[text] = len(self.table)
            self.table.append(text)
        return self._places[text]


def products(phrases: Iterable[str]) -> str:
    """Phrases as products of words: `hit/kick him/her|ran off` is five of them."""
    made: set[_Product] = {tuple((word,) for word in phrase.split()) for phrase in phrases}
    # From the last word on: what is done to "him", "her" and "them" is then found to be done by the same verbs.
    for place in reversed(range(max(map(len, made), default=0))):
        merged: dict[tuple[_Product, _Product], list[str]] = {}
        for product in sorted(made):
            if place < len(product):
                merged.setdefault((product[:place], product[place + 1 :]), []).extend(product[place])
        shorter = {product for product in made if len(product) <= place}
        made = shorter | {(*before, tuple(sorted(here)), *after) for (before, after), here in merged.items()}
    return "|".join(" ".join("/".join(words) for words in product) for product in sorted(made))
