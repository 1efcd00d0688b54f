"""One form for training and for reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.reader.normal import MAX_LETTERS, MAX_WORDS, normalise


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("He’s NOT breathing!!", "he is not breathing"),
        ("he`s not breathing", "he is not breathing"),
        ("hes not breathing", "he is not breathing"),
        ("he isnt breathing", "he is not breathing"),
        ("Alexa, tell Stay Close she's pushing me away", "she is pushing me away"),
        ("um so she, like, won't let me hold her", "so she like will not let me hold her"),
        ("he's 7 and hit me 42 times", "he is seven and hit me number times"),
        ("my son's not moving", "my son not moving"),
        ("the boys' room", "the boys room"),
        ("don't   you\tdare\r\n", "do not you dare"),
        ("😱😱", ""),
        ("", ""),
        ("\x00\x07she\x00ran", "she ran"),
        ("ｈｅ ｈｉｔ ｍｅ", "he hit me"),
        ("Она кричит", "она кричит"),
    ],
)
def test_what_was_said_comes_to_one_form(said: str, words: str) -> None:
    assert normalise(said) == words


@given(st.text())
def test_normalising_twice_is_normalising_once(said: str) -> None:
    once = normalise(said)
    assert normalise(once) == once


@given(st.text())
def test_case_and_surrounding_space_do_not_matter(said: str) -> None:
    assert normalise(f"  {said} \n") == normalise(said)


def test_of_a_very_long_sentence_both_ends_are_read() -> None:
    words = normalise("first " + "blah " * 5000 + "he is not breathing").split()
    assert len(words) == MAX_WORDS
    assert words[0] == "first"
    assert words[-1] == "breathing"


def test_an_endless_word_is_cut() -> None:
    assert normalise("a" * 10_000 + " hit me") == "a" * MAX_LETTERS + " hit me"
