"""A reply as SSML, as text and in seconds."""

import shutil
import subprocess
import wave
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.conversation import Passage, Reply
from skill.speech import seconds, speech_of, ssml
from skill.words import Words

KINDS = st.sampled_from(["action", "line", "child", "question", "call"])


def test_pauses_follow_the_voice_rules() -> None:
    reply = Reply(
        (Passage("Hands down. Breathe out.", "action"), Passage("I'm here.", "child"), Passage("Go on?", "question")),
        listening=True,
    )
    speech = speech_of(reply, "Say:")
    assert speech.ssml == (
        '<speak><prosody rate="90%"><s>Hands down.</s><break time="700ms"/><s>Breathe out.</s><break time="2000ms"/>'
        '<s>Say:</s><break time="700ms"/><s>I\'m here.</s><break time="5000ms"/><s>Go on?</s></prosody></speak>'
    )
    assert speech.text == 'Hands down. Breathe out. Say: "I\'m here." Go on?'


def test_a_written_pause_is_kept_and_not_shown() -> None:
    reply = Reply((Passage("Breathe in. [4s] And slowly out. [6s] Again.", "action"),), listening=False)
    speech = speech_of(reply, "Say:")
    assert (
        '<s>Breathe in.</s><break time="4000ms"/><s>And slowly out.</s><break time="6000ms"/><s>Again.</s>'
        in speech.ssml
    )
    assert speech.text == "Breathe in. And slowly out. Again."


def test_slower_is_slower() -> None:
    passages = (Passage("Hands down.", "action"), Passage("Go on?", "question"))
    usual, slow = (speech_of(Reply(passages, listening=True, slow=slow), "Say:") for slow in (False, True))
    assert slow.seconds > usual.seconds * 1.1
    assert 'rate="75%"' in slow.ssml


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Call 911 now.", '<say-as interpret-as="digits">911</say-as>'),
        ("Call 1-800-222-1222.", '<say-as interpret-as="telephone">1-800-222-1222</say-as>'),
        ("Tom & <Jerry>", "<s>Tom &amp; &lt;Jerry&gt;</s>"),
    ],
)
def test_numbers_are_dialled_and_markup_is_escaped(text: str, part: str) -> None:
    assert part in ssml([Passage(text)], "Say:")


@given(
    st.lists(st.tuples(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=80), KINDS), max_size=4)
)
def test_any_text_makes_valid_ssml(written: list[tuple[str, str]]) -> None:
    document = ET.fromstring(ssml([Passage(text, kind) for text, kind in written], "Say:"))  # type: ignore[arg-type]
    assert {element.tag for element in document.iter()} <= {"speak", "prosody", "s", "break", "say-as"}
    for pause in document.iter("break"):
        assert 0 < int(pause.attrib["time"].removesuffix("ms")) <= 10_000 * 10


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_the_estimate_is_near_what_espeak_takes(words: Words, tmp_path: Path) -> None:
    for script in words.scripts.values():
        passages = [Passage(step.do[0].format_map(words.numbers("US")), "action") for step in script.steps]
        file = tmp_path / "spoken.wav"
        subprocess.run(["espeak-ng", "-m", "-w", file, "--stdin"], input=ssml(passages, "Say:").encode(), check=True)
        with wave.open(str(file)) as sound:
            took = sound.getnframes() / sound.getframerate()
        assert seconds(passages, "Say:") == pytest.approx(took, rel=0.2)
