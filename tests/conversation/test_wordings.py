"""Never the same wording twice running, and no encouragement twice in a month."""

from datetime import timedelta
from itertools import pairwise

import pytest

from skill.channels.terminal import Visitor
from skill.conversation.encourage import SILENCE
from skill.words import Words
from tests.conftest import Clock

TWICE = [
    "she's pushing me away",
    "he's hitting me",
    "he's having a meltdown",
    "i'm about to lose my temper",
    "i'm worn out",
    "why does she push me away",
    "he let me hold his hand today",
    "what's the weather tomorrow",
    "he's not breathing",
]


@pytest.mark.parametrize("said", TWICE)
def test_twenty_turns_on_one_situation_never_sound_the_same_twice_running(
    said: str, visitor: Visitor, clock: Clock
) -> None:
    spoken = []
    for _ in range(20):
        spoken.append(visitor.hear(said).speech.text)
        clock.move(timedelta(seconds=20))
    assert all(before != after for before, after in pairwise(spoken))


@pytest.mark.parametrize("said", TWICE)
def test_twenty_visits_on_one_situation_never_sound_the_same_twice_running(
    said: str, visitor: Visitor, clock: Clock
) -> None:
    spoken = []
    for _ in range(20):
        spoken.append(visitor.hear(said).speech.text)
        visitor.turn("stop")
        clock.move(timedelta(hours=1))
    assert all(before != after for before, after in pairwise(spoken))


def mornings(visitor: Visitor, clock: Clock, days: int) -> list[str]:
    spoken = []
    for _ in range(days):
        spoken.append(visitor.hear("i need some encouragement this morning").speech.text)
        clock.move(timedelta(days=1))
    return spoken


def test_thirty_mornings_bring_no_encouragement_twice(visitor: Visitor, clock: Clock) -> None:
    spoken = mornings(visitor, clock, 30)
    assert len(set(spoken)) == 30


def fits(words: Words, text: str) -> tuple[str, ...]:
    (one,) = [one for one in words.encouragements if f"{one.text} {one.do}" in text]
    return one.fits


def test_an_encouragement_fits_what_was_told(visitor: Visitor, clock: Clock, words: Words) -> None:
    ask = "i need some encouragement this morning"
    assert "first" in fits(words, visitor.hear(ask).speech.text)
    clock.move(timedelta(days=1))
    assert "any" in fits(words, visitor.hear(ask).speech.text)
    clock.move(SILENCE + timedelta(days=1))
    assert "silence" in fits(words, visitor.hear(ask).speech.text)
    clock.move(timedelta(minutes=1))
    visitor.hear("he let me hold his hand today")
    visitor.leave()
    clock.move(timedelta(hours=20))
    assert "win" in fits(words, visitor.hear(ask).speech.text)
    clock.move(timedelta(minutes=1))
    visitor.hear("he's not breathing")
    visitor.turn("stop")
    clock.move(timedelta(hours=20))
    assert "hard" in fits(words, visitor.hear(ask).speech.text)
    clock.move(timedelta(days=3))
    assert "any" in fits(words, visitor.hear(ask).speech.text)


def test_more_encouragements_than_there_are_still_get_an_answer(visitor: Visitor, words: Words, clock: Clock) -> None:
    spoken = []
    for _ in range(len(words.encouragements) + 30):
        spoken.append(visitor.hear("i need some encouragement").speech.text)
        clock.move(timedelta(minutes=1))
    assert all(spoken)
    assert all(before != after for before, after in pairwise(spoken))
