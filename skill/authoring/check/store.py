"""What is wrong with what Amazon's store would show, and with the phrases that it tells people to say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from skill.authoring.check.texts import Found, each
from skill.authoring.interaction_model import INVOCATION_NAME, LOCALES, listens_for
from skill.authoring.publishing import EVERYWHERE, Publishing, StoreTexts, is_placeholder
from skill.words import Helpline

__all__ = ["phrase_faults", "placeholder_pages", "store_faults"]

NAME = range(2, 51)
SUMMARY = 160
DESCRIPTION = 4000
KEYWORDS = 30
PHRASES = 3
"""Limits of Amazon's: characters of the name, the summary and the description, keywords, example phrases."""

_FILE = "publishing.yaml"
_ONE_SHOT = re.compile(rf"Alexa, (?:tell|ask) {INVOCATION_NAME} (?:(?:to|that|for) )?(?P<said>.+)", re.IGNORECASE)


def store_faults(publishing: Publishing, helplines: Mapping[str, Sequence[Helpline]]) -> Found:
    """What is wrong with the texts and settings themselves."""
    for place in publishing.store:
        if place != EVERYWHERE and place not in LOCALES:
            yield _FILE, f"store: {place!r} is no locale that is listened in"
    for place, texts in publishing.store.items():
        yield from each(_FILE, f"store.{place}", _texts(texts))
    if not publishing.countries:
        yield _FILE, "countries: there is none"
    for country in publishing.countries:
        if not any(line.confirmed for line in helplines.get(country, ())):
            yield _FILE, f"countries: {country!r} has no confirmed helplines"


def _texts(texts: StoreTexts) -> Iterator[str]:
    description = texts.whole_description()
    if len(texts.name) not in NAME:
        yield f"name: it has {len(texts.name)} characters, not {NAME.start} to {NAME.stop - 1}"
    for field, text, most in (("summary", texts.summary, SUMMARY), ("description", description, DESCRIPTION)):
        if len(text) > most:
            yield f"{field}: it has {len(text)} characters, more than {most}"
        if "alexa skill" in text.lower():
            yield f'{field}: it says "Alexa skill", which Amazon refuses'
    if len(texts.keywords) > KEYWORDS:
        yield f"keywords: there are {len(texts.keywords)}, more than {KEYWORDS}"
    for field, address in texts.pages().items():
        parts = urlsplit(address)
        if parts.scheme != "https" or not parts.hostname:
            yield f"{field}: {address!r} is no https address"
        elif "alexa" in parts.hostname:
            yield f'{field}: the host {parts.hostname!r} holds "alexa", which Amazon refuses'


def phrase_faults(publishing: Publishing, model: dict[str, Any]) -> Found:
    """What is wrong with the example phrases, which must work word for word."""
    for place, texts in publishing.store.items():
        yield from each(_FILE, f"store.{place}.example_phrases", _phrases(texts.example_phrases, model))


def _phrases(phrases: Sequence[str], model: dict[str, Any]) -> Iterator[str]:
    opening = f"Alexa, open {INVOCATION_NAME}"
    if not 1 <= len(phrases) <= PHRASES:
        yield f"there are {len(phrases)}, not 1 to {PHRASES}"
    if [phrase.lower() for phrase in phrases[:1]] != [opening.lower()]:
        yield f"the first should be {opening!r}"
    for phrase in phrases[1:]:
        match = _ONE_SHOT.fullmatch(phrase)
        if match is None:
            yield f"{phrase!r} should begin with 'Alexa, tell {INVOCATION_NAME}' or 'Alexa, ask {INVOCATION_NAME}'"
        elif not listens_for(model, match["said"].lower()):
            yield f"{phrase!r}: Alexa does not listen for {match['said']!r}"


def placeholder_pages(publishing: Publishing) -> Found:
    """The pages that are not public yet: no fault until the skill is submitted."""
    addresses = {address for texts in publishing.store.values() for address in texts.pages().values()}
    for address in sorted(filter(is_placeholder, addresses)):
        yield _FILE, f"{address} stands for a page that is not public yet: name the page before the skill is submitted"
