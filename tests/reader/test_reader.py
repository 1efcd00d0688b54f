"""What the reader must understand, whatever its average: danger, its look-alikes, and the plainest sentences."""

import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from skill.reader import Reader
from skill.reader.reader import MAYBE_DANGER
from skill.reader.rules import Sentence, matchers
from skill.words import Rule, Words
from tests.conftest import CASES, rows
from tests.reader.hear import mishearings

EXCEPTIONS: dict[str, dict[str, str]] = YAML(typ="safe", pure=True).load(
    (CASES / "exceptions.yaml").read_text(encoding="utf-8")
)
"""Sentences of the lists that the reader gets wrong, each with the reason why that is put up with."""


@pytest.mark.parametrize("row", rows(CASES / "emergencies.jsonl"), ids=lambda row: row["text"])
def test_an_emergency_is_sure(row: dict[str, Any], reader: Reader) -> None:
    reading = reader.read(row["text"])
    assert (reading.danger, reading.emergency, reading.situation) == ("sure", row["label"], row["label"])


@pytest.mark.parametrize("row", rows(CASES / "core.jsonl"), ids=lambda row: row["text"])
def test_danger_is_always_caught(row: dict[str, Any], reader: Reader) -> None:
    caught = reader.read(row["text"]).danger != "none"
    assert caught is (row["text"] not in EXCEPTIONS["missed"])


@pytest.mark.parametrize("row", rows(CASES / "look_alikes.jsonl"), ids=lambda row: row["text"])
def test_a_look_alike_sounds_no_alarm(row: dict[str, Any], reader: Reader) -> None:
    alarm = reader.read(row["text"]).danger == "sure"
    assert alarm is (row["text"] in EXCEPTIONS["alarm"])


def test_every_exception_has_its_reason_and_is_on_the_list() -> None:
    for name, path in (("missed", "core.jsonl"), ("alarm", "look_alikes.jsonl")):
        assert set(EXCEPTIONS[name]) <= {row["text"] for row in rows(CASES / path)}
        assert all(reason.strip() for reason in EXCEPTIONS[name].values())


def test_the_lists_hold_what_a_safety_test_needs(words: Words) -> None:
    core = Counter(row["label"] for row in rows(CASES / "core.jsonl"))
    assert set(core) == set(words.emergencies)
    assert min(core.values()) >= 50
    alike = Counter(row["label"] for row in rows(CASES / "look_alikes.jsonl"))
    assert sum(alike.values()) >= 300
    assert len(alike) >= 25
    assert not set(alike) & set(words.emergencies)


@pytest.mark.parametrize("row", rows(CASES / "unasked.jsonl"), ids=lambda row: row["text"])
def test_a_harmless_sentence_is_not_even_asked_about(row: dict[str, Any], reader: Reader) -> None:
    reading = reader.read(row["text"])
    assert (reading.danger, reading.situation) == ("none", row["label"])


@pytest.mark.parametrize("row", rows(CASES / "plain.jsonl"), ids=lambda row: row["text"])
def test_a_plain_sentence_is_spoken_to_without_a_question(row: dict[str, Any], reader: Reader) -> None:
    reading = reader.read(row["text"])
    assert (reading.situation, reading.decision, reading.danger) == (row["label"], "speak", "none")


@pytest.mark.parametrize("row", rows(CASES / "misheard.jsonl"), ids=lambda row: row["text"])
def test_what_was_misheard_is_understood(row: dict[str, Any], reader: Reader) -> None:
    reading = reader.read(row["text"])
    assert row["label"] in (reading.situation, reading.emergency)


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("i could kill that child", "could_hurt"),
        ("i want to throw him out the window", "could_hurt"),
        ("what's the point of any of it", "ending_life"),
        ("i want it all to stop", "ending_life"),
        ("i want to disappear", "ending_life"),
        ("she fell and hit her head", "head_knock"),
        ("he put it in his mouth", "went_down"),
        ("she ran off", "lost_sight"),
        ("he keeps bolting", "lost_sight"),
        ("i grabbed him", "anyone_hurt"),
        ("she won't wake up properly", "hard_to_wake"),
    ],
)
def test_a_near_miss_gets_its_question(said: str, question: str, reader: Reader) -> None:
    reading = reader.read(said)
    assert (reading.danger, reading.question) == ("ask", question)


def test_every_rule_holds_for_the_sentence_that_made_it(words: Words, reader: Reader) -> None:
    for danger in words.danger:
        for rule in danger.rules:
            assert reader.read(rule.heard).danger == "sure", rule.heard
    for question in words.safety.values():
        for rule in question.rules:
            assert reader.read(rule.heard).danger != "none", rule.heard


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("he was stabbed today", True),
        ("today a knife and he was stabbing it", True),
        ("he was stabbed in a game", False),
        ("he was hurt", False),
        ("he was st", False),
    ],
)
def test_a_rule_needs_every_group_and_no_veto(said: str, holds: bool) -> None:  # noqa: FBT001
    rule = Rule("he was stabbed", (("stab*", "shot"), ("he was",)), ("in a game",))
    assert matchers([rule], {})[0].holds(Sentence(said)) is holds


@pytest.mark.parametrize(("said", "holds"), [("hello", True), ("hello there", True), ("hello he hit me", False)])
def test_a_rule_may_ask_for_the_whole_sentence(said: str, holds: bool) -> None:  # noqa: FBT001
    rule = Rule("hello", (("hello", "hello there"),), alone=True)
    assert matchers([rule], {})[0].holds(Sentence(said)) is holds


def test_a_group_of_phrases_is_shared_and_may_name_another() -> None:
    groups = {"child": ("he", "she"), "family": ("$child", "my son")}
    ready, other = matchers([Rule("x", (("$family",), ("hit*",))), Rule("y", (("hit*",),), ("$family",))], groups)
    assert ready.holds(Sentence("my son was hitting"))
    assert not ready.holds(Sentence("they were hitting"))
    assert other.holds(Sentence("they were hitting"))
    assert not other.holds(Sentence("she was hitting"))


@pytest.mark.parametrize(
    "nothing",
    ["i don't know", "the second one", "12345", "hold on", "", "   ", "😱", "\x00", "…", "zxqv qqq vvvk", "xx"],
)
def test_what_holds_no_known_word_is_asked_about(nothing: str, reader: Reader) -> None:
    reading = reader.read(nothing)
    assert (reading.decision, reading.danger) == ("ask", "none")
    assert reading.confidence < 0.5


@given(st.text(max_size=400))
@example("a " * 2000)
def test_any_text_at_all_has_a_reading(reader: Reader, said: str) -> None:
    reading = reader.read(said)
    assert reading.situation != reading.runner_up
    assert 0 <= reading.confidence <= 1
    assert (reading.danger == "none") == (not reading.emergency)
    assert (reading.danger == "ask") == bool(reading.question)


def test_whatever_was_misheard_has_a_reading(reader: Reader) -> None:
    sentences = [row["text"] for row in rows(CASES / "development.jsonl")]
    for said in mishearings(sentences, 2000, seed=1):
        reading = reader.read(said)
        assert reading.situation != reading.runner_up, said
        assert (reading.danger == "none") == (not reading.emergency), said


def test_a_thousand_words_are_read_in_a_blink(reader: Reader) -> None:
    began = time.process_time()
    assert reader.read("he was so upset about everything " * 200 + "and he is not breathing").danger == "sure"
    assert time.process_time() - began < 1


@pytest.mark.parametrize("said", ["no", "Nope.", "no she's right here", "no, he's fine", "not at all", "nobody's hurt"])
def test_a_clear_no(said: str, reader: Reader) -> None:
    assert reader.clear_no(said)


@pytest.mark.parametrize(
    "said",
    [
        "maybe",
        "i don't know",
        "no but maybe",
        "no i think so",
        "not really",
        "no wait yes",
        "yes",
        "",
        "he is asleep",
        "not any more",
        "no not yet",
    ],
)
def test_no_clear_no(said: str, reader: Reader) -> None:
    assert not reader.clear_no(said)


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("Next.", "next"),
        ("what's next?", "next"),
        ("say that again", "again"),
        ("slow down", "slower"),
        ("Stop!", "stop"),
        ("please stop", "stop"),
        ("yes please", "yes"),
        ("it's not working", "not_working"),
        ("help me", "help"),
        ("start over", "start_over"),
        ("he won't stop", None),
        ("next he threw a chair", None),
    ],
)
def test_commands_are_whole_sentences(said: str, command: str | None, reader: Reader) -> None:
    assert reader.command(said) == command


def test_doubt_about_danger_is_asked_about_early() -> None:
    assert MAYBE_DANGER <= 0.2
