"""Transcripts are tests: what the person says, what is spoken, what is kept."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from skill.channels.terminal import CAREGIVER, Visitor
from skill.exchange import Answer
from skill.journal import Moment
from skill.journal.sqlite import SQLiteStore
from tests.conftest import KEY
from tests.engines import ROOT

TRANSCRIPTS = [
    pytest.param(transcript, id=f"{path.stem}: {transcript['about']}")
    for path in sorted((ROOT / "tests" / "transcripts").glob("*.yaml"))
    for transcript in YAML(typ="safe", pure=True).load(path.read_text())
]
KEYS = {"said", "has", "lacks", "any", "is", "ssml", "first20", "reprompt", "situation", "danger", "listening"}


def take(visitor: Visitor, said: str) -> Answer:
    match said:
        case "(launch)":
            return visitor.turn("launch")
        case "(silence)":
            return visitor.turn("silence")
        case "(unheard)":
            return visitor.turn("unheard")
    return visitor.hear(said)


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_a_transcript(transcript: dict[str, Any], visitor: Visitor, store: SQLiteStore) -> None:
    visitor.locale = transcript.get("locale", "en-US")
    for turn in transcript["turns"]:
        assert set(turn) <= KEYS
        answer = take(visitor, turn["said"])
        text = answer.speech.text
        for part in turn.get("has", []):
            assert part in text
        for part in turn.get("lacks", []):
            assert part not in text
        for part in turn.get("ssml", []):
            assert part in answer.speech.ssml
        assert not turn.get("any") or any(part in text for part in turn["any"])
        assert turn.get("is", text) == text
        assert turn.get("first20", "") in " ".join(text.split()[:20])
        assert turn.get("reprompt", "") in (answer.reprompt.text if answer.reprompt else "")
        if "situation" in turn:
            assert (answer.reply.situation or None) == turn["situation"]
        assert turn.get("danger", answer.reply.danger) == answer.reply.danger
        assert turn.get("listening", answer.reply.listening) is answer.reply.listening
    visitor.leave()
    if "kept" in transcript:
        kept = [one for one in store.entries(KEY.caregiver(CAREGIVER)) if isinstance(one, Moment)]
        assert len(kept) == len(transcript["kept"])
        for moment, wanted in zip(kept, transcript["kept"], strict=True):
            for name, value in wanted.items():
                assert getattr(moment, name) == (tuple(value) if isinstance(value, list) else value), name


def test_the_same_turns_give_the_same_conversation(visitor: Visitor, tmp_path: Path) -> None:
    """Nothing in the conversation depends on chance or on the clock."""
    said = ["she's pushing me away", "next", "now he's throwing things", "next", "help", "again"]
    first = [visitor.hear(one).speech for one in said]
    visitor.leave()
    other = SQLiteStore(tmp_path / "other.sqlite")
    visitor.exchange.keeper._store = other
    assert [visitor.hear(one).speech for one in said] == first
    other.close()
