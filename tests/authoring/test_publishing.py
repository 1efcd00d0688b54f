"""What the store tells people to say works: each phrase is listened for, and understood."""

import json
import re
from typing import Any

import pytest

from skill.authoring.build import MODELS, PACKAGE
from skill.authoring.check.store import phrase_faults, store_faults
from skill.authoring.content import CONTENT
from skill.authoring.interaction_model import LOCALES, listens_for
from skill.authoring.publishing import is_placeholder, read_publishing
from skill.channels.terminal import Visitor
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words

SHOWN: dict[str, Any] = json.loads((PACKAGE / "skill.json").read_text(encoding="utf-8"))["manifest"][
    "publishingInformation"
]
BUILT_IN = {"help", "next", "again", "stop", "yes"}
"""What is said to the built-in intents, which have no samples of ours."""


def phrases() -> set[str]:
    return {phrase for text in SHOWN["locales"].values() for phrase in text["examplePhrases"]}


def said(phrase: str) -> str:
    return re.sub(r"^Alexa, tell stay close ", "", phrase)


def quoted(text: str) -> list[str]:
    """What a text tells somebody to say to the skill."""
    return [one for one in re.findall(r'"([^"]+)"', text) if not one.startswith(("Alexa", "Hear"))]


@pytest.mark.parametrize("phrase", sorted(phrases() - {"Alexa, open stay close"}))
def test_an_example_phrase_is_answered_with_a_script_at_once(
    phrase: str, words: Words, reader: Reader, visitor: Visitor
) -> None:
    reading = reader.read(said(phrase))
    assert reading.decision == "speak"
    assert reading.situation in words.scripts
    assert "Say:" in visitor.hear(said(phrase)).speech.text


@pytest.mark.parametrize("locale", sorted(LOCALES))
def test_what_the_store_and_the_testers_are_told_to_say_is_listened_for(locale: str) -> None:
    model = json.loads((MODELS / f"{locale}.json").read_text(encoding="utf-8"))
    told = quoted(SHOWN["locales"][locale]["description"]) + quoted(SHOWN["testingInstructions"])
    assert len(told) > 15
    assert [one for one in told if one.lower() not in BUILT_IN and not listens_for(model, one.lower())] == []


def test_what_the_testers_are_told_of_danger_comes_true(visitor: Visitor) -> None:
    visitor.locale = "en-GB"
    danger = visitor.hear("he has a knife")
    assert "Call 999" in danger.speech.text
    assert "can't call for you" in danger.speech.text
    visitor.hear("we are safe now")
    moment = visitor.hear("she's pushing me away")
    assert "Say:" in moment.speech.text
    assert "999" not in moment.speech.text


def test_what_the_testers_are_told_of_erasing_comes_true(visitor: Visitor, store: SQLiteStore) -> None:
    visitor.hear("she's pushing me away")
    visitor.hear("stop")
    assert list(store.entries(visitor.caregiver))
    assert visitor.hear("forget everything").reply.listening
    assert list(store.entries(visitor.caregiver))
    visitor.hear("yes")
    assert list(store.entries(visitor.caregiver)) == []


@pytest.mark.parametrize("said", ["good morning", "give me a kind word"])
def test_what_the_testers_are_told_of_the_morning_comes_true(said: str, visitor: Visitor, words: Words) -> None:
    morning = visitor.hear(said)
    assert any(one.text in morning.speech.text for one in words.encouragements)
    assert not morning.reply.listening


def test_the_store_has_no_fault_beside_the_committed_models(words: Words) -> None:
    publishing = read_publishing("en", [])
    assert publishing is not None
    assert list(store_faults(publishing, words.helplines)) == []
    for locale in LOCALES:
        model = json.loads((MODELS / f"{locale}.json").read_text(encoding="utf-8"))
        assert list(phrase_faults(publishing, model)) == []


@pytest.mark.parametrize(
    ("address", "is_one"),
    [
        ("https://example.org/privacy", True),
        ("https://www.example.org/privacy", True),
        ("https://notexample.org/privacy", False),
        ("https://stay-close.test/example.org", False),
    ],
)
def test_a_page_that_is_not_public_yet_is_known_by_its_host(address: str, is_one: bool) -> None:  # noqa: FBT001
    assert is_placeholder(address) is is_one


def test_the_content_says_that_the_page_must_be_public() -> None:
    written = (CONTENT / "en" / "publishing.yaml").read_text(encoding="utf-8")
    assert re.search(r"public page.*\n\s+privacy_policy_url:", written)
