"""What is asked of the speaker itself: found in words that nobody listed, and never in what tells of a moment."""

import pytest

from skill.authoring.content import heard_sentences
from skill.conversation import clock
from skill.reader import Command, Reader
from skill.words import Words
from tests.conftest import CASES, rows

OF_THE_SPEAKER: dict[Command, set[str]] = {
    "came": {"small_win"}, "morning": {"encouragement"}, "look_back": {"progress"},
}  # fmt: skip
"""Labels whose sentences a command may take: it does the same."""


@pytest.mark.parametrize(
    ("said", "command"),
    [
        ("hang on, could you stay with me for a minute", "wait"),
        ("can we do some breathing together", "breathe"),
        ("so what am I supposed to say to her right now", "say"),
        ("give me the shorter one please", "shorter"),
        ("could you say it a bit slower", "slower"),
        ("he just came and sat down beside me", "came"),
        ("I think it has passed now", "over"),
        ("please delete that last one", "forget_this"),
        ("can you wipe everything you have about us", "forget_everything"),
        ("I don't want you keeping track of us", "stop_keeping"),
        ("you can start tracking again", "keep_again"),
        ("so what exactly do you know about us", "know"),
        ("is there a person I can talk to on the phone", "person"),
        ("could I have this automatically each morning", "every_morning"),
        ("would you remind me daily at quarter past eight", "remind"),
        ("turn that reminder off again", "no_reminder"),
        ("so how did we do this week", "look_back"),
        ("okay bye for now", "stop"),
    ],
)
def test_a_request_is_found_in_other_words(said: str, command: Command, reader: Reader) -> None:
    assert reader.command(said) == command


def test_no_sentence_about_a_moment_is_taken_for_a_request(reader: Reader, words: Words) -> None:
    heard = heard_sentences("en", [label.name for label in words.labels], [])
    taken = [
        (command, one.label, one.text)
        for one in heard
        if (command := reader.command(one.text))
        and one.label not in OF_THE_SPEAKER.get(command, set())
        and one.label != "out_of_scope"
    ]
    assert taken == []


def test_no_danger_is_taken_for_a_request(reader: Reader) -> None:
    dangers = [row["text"] for row in rows(CASES / "core.jsonl")]
    assert [(text, reader.command(text)) for text in dangers if reader.command(text)] == []


@pytest.mark.parametrize("row", rows(CASES / "outcomes.jsonl"), ids=lambda row: row["text"])
def test_how_a_moment_ended_is_understood(row: dict[str, str], reader: Reader) -> None:
    told = reader.outcome(row["text"])
    assert told == row["outcome"]


@pytest.mark.parametrize("row", rows(CASES / "periods.jsonl"), ids=lambda row: row["text"])
def test_which_time_to_look_back_on_is_understood(row: dict[str, str], reader: Reader) -> None:
    assert reader.command(row["text"]) == "look_back"
    assert (reader.period(row["text"]) or "week") == row["period"]


@pytest.mark.parametrize(
    "said",
    ["no he hit his head and passed out", "no and now he has a knife", "no, she swallowed the pills",
     "no he's not breathing", "no but I might", "no, I don't know", "no, maybe", "no he ran into the road"],
)  # fmt: skip
def test_a_no_that_tells_of_danger_is_none(said: str, reader: Reader) -> None:
    reading = reader.read(said)
    assert reading.exact or not reader.clear_no(said)


@pytest.mark.parametrize(
    "said",
    ["no, nobody's hurt, it won't happen again", "no god no, I'd never", "no, I can see him", "no, nothing like that",
     "no he's right here", "no, they're fine", "nah she spat it out", "no I'm just tired"],
)  # fmt: skip
def test_a_no_that_reassures_is_clear(said: str, reader: Reader) -> None:
    assert reader.clear_no(said)


@pytest.mark.parametrize(
    ("said", "answer"),
    [("yeah go on please", "yes"), ("yes I do", "yes"), ("no not really", "no"), ("nah that's fine thanks", "no"),
     ("yes but he's hitting me", None), ("no he's hitting me", None), ("yeah she ran off", None), ("", None)],
)  # fmt: skip
def test_a_plain_answer_has_small_words_around_it_and_no_others(said: str, answer: str | None, reader: Reader) -> None:
    assert reader.plain_answer(said) == answer


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("at seven", "07:00"), ("remind me every morning at ten past seven", "07:10"), ("half past six", "06:30"),
        ("quarter to eight", "07:45"), ("seven thirty", "07:30"), ("7:05", "07:05"), ("at 19:15", "19:15"),
        ("at six in the evening", "18:00"), ("eight forty five p.m.", "20:45"), ("seven oh five", "07:05"),
        ("at noon", "12:00"), ("twelve thirty", "12:30"), ("five to ten at night", "21:55"), ("six o'clock", "06:00"),
        ("every morning", ""), ("", ""), ("half past", ""), ("to", ""), ("at 99:99", ""),
    ],
)  # fmt: skip
def test_a_time_of_day_is_understood(said: str, at: str, words: Words) -> None:
    assert clock.heard(words, said) == at


@pytest.mark.parametrize(
    ("at", "said"),
    [("07:10", "seven ten in the morning"), ("07:05", "seven oh five in the morning"),
     ("12:00", "twelve in the afternoon"), ("18:30", "six thirty in the evening"),
     ("00:15", "twelve fifteen in the morning")],
)  # fmt: skip
def test_a_time_of_day_is_told(at: str, said: str, words: Words) -> None:
    assert clock.said(words, at) == said
    assert clock.heard(words, said) in (at, f"12:{at[3:]}")
