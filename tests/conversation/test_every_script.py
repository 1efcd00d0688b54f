"""What can be asked of the speaker does what it says, in every script."""

import re

import pytest

from skill.authoring.content import heard_sentences
from skill.channels.terminal import Visitor
from skill.conversation import Passage
from skill.reader import Reader
from skill.words import Words, load

SCRIPTS = sorted(set(load().scripts) - {"connect_first", "small_win"})
"""All but the one that has no situation of its own, and the one that ends at once."""


@pytest.fixture(scope="module")
def sentences(words: Words, reader: Reader) -> dict[str, str]:
    """A sentence for each situation that the reader is sure of."""
    found: dict[str, str] = {}
    for one in heard_sentences("en", [label.name for label in words.labels], []):
        if one.label not in found and reader.command(one.text) is None:
            reading = reader.read(one.text)
            if (reading.situation, reading.decision, reading.danger) == (one.label, "speak", "none"):
                found[one.label] = one.text
    return found


@pytest.fixture(params=SCRIPTS)
def begun(request: pytest.FixtureRequest, visitor: Visitor, sentences: dict[str, str]) -> Visitor:
    """A visitor whose script is past its first step, and past a safety question that it may have asked."""
    label: str = request.param
    visitor.hear("@launch")
    answer = visitor.hear(sentences[label])
    if answer.reply.danger == "ask":
        answer = visitor.hear("no")
    assert answer.reply.situation == label
    assert answer.reply.listening
    return visitor


def sentences_of(passage: Passage) -> list[str]:
    return re.split(r"(?<=[.!?]) ", passage.text)


def kinds(visitor: Visitor, said: str) -> list[str]:
    return [passage.kind for passage in visitor.hear(said).reply.passages]


def test_only_the_sentence_to_the_child_is_said_and_another_each_time(begun: Visitor) -> None:
    first, second = begun.hear("just tell me what to say"), begun.hear("what do I say now")
    for answer in (first, second):
        assert [passage.kind for passage in answer.reply.passages] == ["child", "question"]
    assert first.reply.passages[0] != second.reply.passages[0]


def test_slower_says_the_same_more_slowly_and_stays_so(begun: Visitor) -> None:
    before = begun.hear("again")
    slower = begun.hear("slower")
    assert slower.reply.passages[:-1] == before.reply.passages[:-1]
    assert 'rate="75%"' in slower.speech.ssml
    assert 'rate="75%"' in begun.hear("next").speech.ssml


def test_shorter_says_the_same_in_fewer_words_and_stays_so(begun: Visitor) -> None:
    before = begun.hear("again").reply.passages[:-1]
    short = begun.hear("shorter").reply.passages[:-1]
    assert len(short) == len(before)
    for cut, full in zip(short, before, strict=True):
        assert set(sentences_of(cut)) <= set(sentences_of(full))
    for one in [*short, *begun.hear("next").reply.passages]:
        # The first sentence, and whatever names a number.
        assert one.kind != "action" or not [text for text in sentences_of(one)[1:] if not re.search(r"\d", text)]


def test_not_working_leads_on_and_worse_asks_about_danger(begun: Visitor) -> None:
    assert kinds(begun, "it's not working") == ["action", "line", "question"]
    answer = begun.hear("it's worse")
    assert answer.reply.danger == "ask"
    assert begun.hear("no").reply.danger == "none"


@pytest.mark.parametrize("said", ["they came to me", "they let me"])
def test_a_child_who_turns_back_is_let_and_told_something_warm(begun: Visitor, said: str) -> None:
    assert kinds(begun, said) == ["action", "child", "question"]
    state = begun.state
    assert state is not None
    assert state.moment is not None
    assert state.moment.outcome == "better"
    assert state.moment.path[-1] == "small_win"


@pytest.mark.parametrize("said", ["wait with me", "breathe with me"])
def test_a_while_together_goes_back_to_where_it_was(begun: Visitor, said: str) -> None:
    before = begun.state
    answer = begun.hear(said)
    assert 20 <= answer.speech.seconds <= 60
    assert answer.speech.ssml.count("<break") >= 3
    assert before is not None
    assert begun.state is not None
    assert begun.state.place == before.place


def test_silence_is_asked_about_in_other_words_and_then_there_is_a_quiet_goodbye(begun: Visitor) -> None:
    asked = begun.hear("again")
    again, end = begun.hear("@silence"), begun.hear("@silence")
    assert asked.reprompt is not None
    assert again.speech.text == asked.reprompt.text != asked.speech.text
    assert again.reply.listening
    assert not end.reply.listening
    assert "Stay Close" in end.speech.text
