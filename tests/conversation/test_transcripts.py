"""Transcripts are tests: what the person says, what is spoken, what is kept; on the terminal and through Alexa."""

from pathlib import Path
from typing import Any

import pytest

from skill.channels.alexa.entry import entry
from skill.channels.terminal import Visitor
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Moment, Spill, Store
from skill.journal.sqlite import IN_MEMORY, SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, Clock, unhurried
from tests.conversation.play import TRANSCRIPTS, AlexaStage, Stage, TerminalStage, check, check_kept, plain

EACH = pytest.mark.parametrize("transcript", [pytest.param(one, id=one["about"]) for one in TRANSCRIPTS])
WANTED = 80


@EACH
def test_a_transcript_on_the_terminal(transcript: dict[str, Any], visitor: Visitor, store: SQLiteStore) -> None:
    visitor.locale = transcript.get("locale", "en-US")
    stage = TerminalStage(visitor)
    for turn in transcript["turns"]:
        check(turn, stage.take(turn["said"]), understood=True)
    check_kept(transcript, stage.caregiver(), store)


@pytest.mark.parametrize(
    "transcript", [pytest.param(one, id=one["about"]) for one in TRANSCRIPTS if not one.get("terminal")]
)
def test_a_transcript_through_alexa_comes_to_the_same(
    transcript: dict[str, Any], visitor: Visitor, store: SQLiteStore, clock: Clock, words: Words, reader: Reader
) -> None:
    visitor.locale = transcript.get("locale", "en-US")
    start = clock()
    # The terminal moves its own time.
    visitor.now = lambda: start
    terminal, alexas = TerminalStage(visitor), SQLiteStore(IN_MEMORY, clock)
    exchange = Exchange(words, reader, unhurried(alexas, Spill(None)))
    alexa = AlexaStage(entry(House(exchange, KEY, alexas)), clock, visitor.locale)
    alike = True
    for turn in transcript["turns"]:
        here, there = terminal.take(turn["said"]), alexa.take(turn["said"])
        # Of a silence Alexa tells nothing: the terminal takes a turn, and from there on wordings may differ.
        alike = alike and turn["said"] != "@silence"
        # The terminal has no reminders, and does not offer one beside the routine.
        alike = alike and "Routines" not in here.text
        if alike:
            assert plain(there.text) == plain(here.text)
            assert there.listening is here.listening
        if turn["said"] != "@silence" or there.text:
            check(turn, there, understood=False)
    check_kept(transcript, alexa.caregiver(), alexas)
    assert not alike or told(store, terminal) == told(alexas, alexa)
    alexas.close()


def told(store: Store, stage: Stage) -> list[tuple[object, ...]]:
    """What a journal holds of the moments that a channel has played, without what tells channels apart."""
    moments = [one for one in store.entries(stage.caregiver()) if isinstance(one, Moment)]
    return [(one.situation, one.path, one.steps, one.outcome, one.asked) for one in moments]


def test_there_are_enough_transcripts_and_each_is_another() -> None:
    assert len({one["about"] for one in TRANSCRIPTS}) == len(TRANSCRIPTS) >= WANTED


def test_the_same_turns_give_the_same_conversation(visitor: Visitor, tmp_path: Path) -> None:
    """Nothing in the conversation depends on chance or on the clock."""
    said = ["she's pushing me away", "next", "now he's throwing things", "next", "help", "again"]
    first = [visitor.hear(one).speech for one in said]
    visitor.leave()
    other = SQLiteStore(tmp_path / "other.sqlite")
    visitor.exchange.keeper._store = other
    assert [visitor.hear(one).speech for one in said] == first
    other.close()
