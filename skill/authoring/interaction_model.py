"""What Alexa listens for: an interaction model a locale, generated from the content.

Alexa keeps the sentence to itself and hands over slots. So there is an intent for each beginning of a sentence, with
the rest in a SearchQuery slot; an intent with a seeded slot type for phrases that have no such beginning; and the
built-in intents as commands, without samples of our own, which spoil how the built-ins are recognised.
"""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from skill.authoring.content import Heard
from skill.channels.alexa.turns import COMMANDS, PHRASE_INTENT
from skill.words import Command, Words

__all__ = ["INVOCATION_NAME", "LOCALES", "interaction_model", "listens_for", "model_faults", "rendered"]

LOCALES = dict.fromkeys(("en-US", "en-GB", "en-CA", "en-AU", "en-IN"), "en")
"""The locales that have a model, and the language of each."""

INVOCATION_NAME = "stay close"
"""What the skill is called by."""
PHRASE_TYPE = "HeardPhrase"
PHRASES_A_LABEL = 40
"""Seeds of the phrase slot for each label; the slot lets other phrases through as well."""
LONGEST_VALUE = 140
"""Characters of a slot value, by the platform's rule."""

COMMAND_LISTS = get_args(Command)
ANSWER_LISTS = ("first", "second", "still_going", "clear_no", "nothing_said")
"""The lists of whole sentences among the commands; the others hold single words."""

_SPEAKABLE = re.compile(r"[a-z' -]+")
_SAMPLE = re.compile(r"[A-Za-z'_. {}-]+")
_SLOT = re.compile(r"\{(\w+)\}")


def interaction_model(words: Words, heard: Iterable[Heard]) -> dict[str, Any]:
    """The interaction model of one locale, as plain data in Amazon's shape."""
    intents: list[dict[str, Any]] = [
        {"name": name, "samples": []} for name in sorted(COMMANDS) if name.startswith("AMAZON.")
    ]
    for name, kind in sorted(COMMANDS.items()):
        if not name.startswith("AMAZON."):
            intents.append({"name": name, "samples": _samples(words.commands[kind])})
    intents += [
        {
            "name": carrier.intent,
            "slots": [{"name": "what", "type": carrier.slot}],
            "samples": [f"{sample} {{what}}".strip() for sample in carrier.samples],
        }
        for carrier in words.carriers
    ]
    intents.append({"name": PHRASE_INTENT, "slots": [{"name": "phrase", "type": PHRASE_TYPE}], "samples": ["{phrase}"]})
    taken = {sample for intent in intents for sample in intent["samples"]}
    values = [{"name": {"value": phrase}} for phrase in _phrases(words, heard) if phrase not in taken]
    return {
        "interactionModel": {
            "languageModel": {
                "invocationName": INVOCATION_NAME,
                "modelConfiguration": {"fallbackIntentSensitivity": {"level": "LOW"}},
                "intents": intents,
                "types": [{"name": PHRASE_TYPE, "values": values}],
            }
        }
    }


def rendered(model: dict[str, Any]) -> str:
    """The model as its file holds it."""
    return json.dumps(model, indent=2, ensure_ascii=False) + "\n"


def listens_for(model: dict[str, Any], sentence: str) -> bool:
    """Whether a model is sure to take a sentence, in lower case: as a sample, a beginning and a rest, or a value."""
    language = model["interactionModel"]["languageModel"]
    values = {kind["name"]: {value["name"]["value"] for value in kind["values"]} for kind in language["types"]}
    for intent in language["intents"]:
        kinds = {slot["name"]: slot["type"] for slot in intent.get("slots", [])}
        for sample in intent["samples"]:
            pattern = "".join(
                f"(?P<{part}>.+)" if place % 2 else re.escape(part) for place, part in enumerate(_SLOT.split(sample))
            )
            match = re.fullmatch(pattern, sentence)
            # Of Amazon's other slot types it is not known here what they take.
            if match and all(
                kinds[slot] == "AMAZON.SearchQuery" or heard in values.get(kinds[slot], ())
                for slot, heard in match.groupdict().items()
            ):
                return True
    return False


def _speakable(phrase: str) -> str:
    """A normalised phrase as people say it: the samples and values hold contractions, as speech does."""
    for spelled, spoken in ((" is not", " isn't"), (" did not", " didn't"), ("i am ", "i'm "), ("you are ", "you're ")):
        phrase = phrase.replace(spelled, spoken)
    return phrase


def _samples(phrases: Iterable[str]) -> list[str]:
    """Phrases as samples, each once: to the ear several may be the same."""
    return list(dict.fromkeys(map(_speakable, phrases)))


def _phrases(words: Words, heard: Iterable[Heard]) -> list[str]:
    """The seeds: commands in other words than the built-ins', and short heard sentences of every label."""
    starts = tuple(f"{sample} " for carrier in words.carriers for sample in carrier.samples)
    phrases = [_speakable(phrase) for kind in (*COMMAND_LISTS, *ANSWER_LISTS) for phrase in words.commands[kind]]
    by_label: dict[str, list[str]] = {}
    for sentence in heard:
        text = sentence.text.lower()
        if _SPEAKABLE.fullmatch(text) and len(text) <= LONGEST_VALUE:
            by_label.setdefault(sentence.label, []).append(text)
    for label in words.labels:
        # What no beginning catches comes first, then the short ones.
        found = sorted(
            dict.fromkeys(by_label.get(label.name, [])), key=lambda text: (text.startswith(starts), len(text))
        )
        phrases += found[:PHRASES_A_LABEL]
    return list(dict.fromkeys(phrases))


def model_faults(model: dict[str, Any]) -> list[str]:
    """What Alexa would refuse or misunderstand in a model, a sentence a fault."""
    language = model["interactionModel"]["languageModel"]
    types = {kind["name"] for kind in language.get("types", [])}
    faults = []
    owners: dict[str, str] = {}
    for intent in language["intents"]:
        slots = {slot["name"]: slot["type"] for slot in intent.get("slots", [])}
        if not re.fullmatch(r"(AMAZON\.)?[A-Za-z](?:[A-Za-z_]*[A-Za-z])?", intent["name"]):
            faults.append(f"the intent name {intent['name']!r} may hold letters and inner underscores only")
        faults += [
            f"the slot {name!r} of {intent['name']} has the unknown type {kind!r}"
            for name, kind in slots.items()
            if not kind.startswith("AMAZON.") and kind not in types
        ]
        for sample in intent["samples"]:
            faults += [
                f"the sample {sample!r} of {intent['name']} {reason}" for reason in _sample_faults(sample, slots)
            ]
            if sample in owners:
                faults.append(f"the sample {sample!r} stands in {owners[sample]} and in {intent['name']}")
            owners[sample] = intent["name"]
    for kind in language.get("types", []):
        values = [value["name"]["value"] for value in kind["values"]]
        if not values:
            faults.append(f"the slot type {kind['name']} has no value")
        faults += [f"the value {value!r} stands twice" for value in sorted({v for v in values if values.count(v) > 1})]
        faults += [f"the value {value!r} is too long" for value in values if len(value) > LONGEST_VALUE]
    return faults


def _sample_faults(sample: str, slots: dict[str, str]) -> Sequence[str]:
    used = _SLOT.findall(sample)
    faults = []
    if not _SAMPLE.fullmatch(sample):
        faults.append("holds a character that Alexa refuses")
    faults += [f"uses the undeclared slot {name!r}" for name in used if name not in slots]
    if any(slots.get(name) == "AMAZON.SearchQuery" for name in used):
        if len(used) > 1:
            faults.append("has a second slot beside a SearchQuery")
        if not _SLOT.sub("", sample).strip():
            faults.append("has a SearchQuery and no other words")
    return faults
