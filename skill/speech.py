"""A Reply → SSML, plain text and seconds.

Pauses follow the voice rules: after a sentence 0.7 s, after a thing to do 2 s, after the sentence to the child 5 s, so
that it can be said. Every text is escaped; numbers to dial are spoken digit by digit.
"""

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skill.conversation.reply import Passage, PassageKind, Reply

__all__ = [
    "LONGEST_PAUSE",
    "PAUSES",
    "RATE",
    "SENTENCE_END",
    "SLOW_PAUSES",
    "SLOW_RATE",
    "WRITTEN_PAUSE",
    "Heard",
    "Speech",
    "heard",
    "heard_pauses",
    "seconds",
    "speech_of",
    "spoken",
    "ssml",
]

SENTENCE_PAUSE = 0.7
"""Seconds after a sentence that another follows in the same passage."""
PAUSES = {"action": 2.0, "line": 0.7, "child": 5.0, "question": 0.0, "call": 0.7}
"""Seconds after a passage, by its kind."""
RATE, SLOW_RATE = 90, 75
"""Percent of the voice's own rate: always a little slow, and slower when asked."""
LONGEST_PAUSE = 10.0
"""Seconds of a pause that Alexa takes."""
SLOW_PAUSES = 1.5
"""How much longer pauses are when slower was asked for."""
CHARACTERS_A_SECOND = 14.5
"""Characters that the voice speaks in a second at its own rate; measured, as the digits, with espeak-ng over all
scripts and emergencies."""
DIGITS_A_SECOND = 2.5
"""Digits of a number to dial that the voice speaks in a second."""

SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
"""Parts the sentences of a text."""
WRITTEN_PAUSE = re.compile(r"\[(\d+(?:\.\d)?)s\]")
"""A pause written in a text, `[4s]`; its group is the seconds."""

_NUMBER = re.compile(r"\d[\d -]*\d")


@dataclass(frozen=True, slots=True)
class Speech:
    """A Reply as it is spoken and as it is shown."""

    ssml: str
    """The whole SSML document."""
    text: str
    """The same without markup, for a screen or a terminal."""
    seconds: float
    """How long it takes to speak, pauses included."""


def spoken(passages: "Iterable[Passage]", say: str) -> str:
    """The passages as plain text; `say` is what announces a sentence to the child."""
    lines = []
    for passage in passages:
        text = " ".join(WRITTEN_PAUSE.sub("", passage.text).split())
        lines.append(f'{say} "{text}"' if passage.kind == "child" else text)
    return " ".join(lines)


def speech_of(reply: "Reply", say: str) -> Speech:
    """Turn a reply into speech; `say` is what announces a sentence to the child."""
    pauses = SLOW_PAUSES if reply.slow else 1.0
    rate = SLOW_RATE if reply.slow else RATE
    return Speech(
        ssml=ssml(reply.passages, say, rate=rate, pauses=pauses),
        text=spoken(reply.passages, say),
        seconds=seconds(reply.passages, say, rate=rate, pauses=pauses),
    )


def ssml(passages: "Iterable[Passage]", say: str, *, rate: int = RATE, pauses: float = 1.0) -> str:
    """The passages as an SSML document that Alexa accepts: speak, prosody, s, break and say-as only."""
    parts = []
    for text, pause in heard_pauses(passages, say):
        parts.append(f"<s>{_NUMBER.sub(_say_as, escape(text, quote=False))}</s>")
        if pause:
            parts.append(f'<break time="{round(min(pause * pauses, LONGEST_PAUSE) * 1000)}ms"/>')
    return f'<speak><prosody rate="{rate}%">{"".join(parts)}</prosody></speak>'


def seconds(passages: "Iterable[Passage]", say: str, *, rate: int = RATE, pauses: float = 1.0) -> float:
    """How long the passages take to speak, in seconds, pauses included; within a tenth of espeak-ng's time."""
    total = 0.0
    for text, pause in heard_pauses(passages, say):
        numbers = _NUMBER.findall(text)
        digits = sum(character.isdigit() for number in numbers for character in number)
        letters = len(text) - sum(map(len, numbers))
        total += (letters / CHARACTERS_A_SECOND + digits / DIGITS_A_SECOND) * 100 / rate
        total += min(pause * pauses, LONGEST_PAUSE)
    return round(total, 1)


class Heard(NamedTuple):
    """A sentence as it is heard."""

    text: str
    """The sentence."""
    pause: float
    """Seconds of silence after it."""
    kind: "PassageKind"
    """What it is; the word that announces a sentence to the child is a `line`."""


def heard(passages: "Iterable[Passage]", say: str) -> list[Heard]:
    """Each sentence with the pause after it; the last has none."""
    timed: list[Heard] = []
    for passage in passages:
        if passage.kind == "child":
            timed.append(Heard(say, SENTENCE_PAUSE, "line"))
        for sentence in SENTENCE_END.split(passage.text.strip()):
            pieces = WRITTEN_PAUSE.split(sentence)
            # A written pause stands before the words that follow it, so it lengthens what came before.
            for position, piece in enumerate(pieces):
                if position % 2 and timed:
                    timed[-1] = timed[-1]._replace(pause=float(piece))
                elif position % 2 == 0 and piece.strip():
                    timed.append(Heard(piece.strip(), SENTENCE_PAUSE, passage.kind))
        if timed:
            timed[-1] = timed[-1]._replace(pause=max(timed[-1].pause, PAUSES[passage.kind]))
    if timed:
        timed[-1] = timed[-1]._replace(pause=0.0)
    return timed


def heard_pauses(passages: "Iterable[Passage]", say: str) -> list[tuple[str, float]]:
    """Each sentence with the pause after it, in seconds; the last has none."""
    return [(text, pause) for text, pause, _ in heard(passages, say)]


def _say_as(match: re.Match[str]) -> str:
    kind = "digits" if match[0].isdigit() and len(match[0]) <= 5 else "telephone"
    return f'<say-as interpret-as="{kind}">{match[0]}</say-as>'
