"""The terminal: a line is a turn, a paragraph is a reply."""

import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO

from skill.conversation import State, Turn, TurnKind
from skill.exchange import Answer, Exchange
from skill.journal import Key

__all__ = ["Visitor", "as_json", "say", "talk"]

CAREGIVER = "terminal:home"
"""The user id of whoever speaks here, before it is hashed: a home has one terminal."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Visitor:
    """A caregiver at the terminal, with the state of the session between turns."""

    exchange: Exchange
    key: Key
    locale: str = "en-US"
    now: Callable[[], datetime] = _now
    state: State | None = None
    """The session's state; none between sessions."""
    _session: str = field(default="")

    def turn(self, kind: TurnKind, text: str = "", ending: str = "") -> Answer:
        """Take a turn; the first one after a session has ended begins another."""
        if self.state is None:
            self._session = self.key.session(uuid.uuid4().hex)
        answer = self.exchange.answer(
            Turn(
                kind=kind,
                at=self.now(),
                caregiver=self.key.caregiver(CAREGIVER),
                session=self._session,
                channel="terminal",
                locale=self.locale,
                text=text,
                ending=ending,
            ),
            self.state,
        )
        self.state = answer.state
        return answer

    def hear(self, line: str) -> Answer:
        """Take a line as it was typed; an empty one is a question that goes unanswered."""
        return self.turn("said", line) if line.strip() else self.turn("silence")

    def leave(self) -> None:
        """Break the session off, if one is open."""
        if self.state is not None:
            self.turn("left", ending="left")


def as_json(heard: str | None, answer: Answer) -> str:
    """One turn as a line of JSON."""
    reply, speech = answer.reply, answer.speech
    return json.dumps(
        {
            "heard": heard,
            "situation": reply.situation or None,
            "danger": reply.danger,
            "speech": {"ssml": speech.ssml, "text": speech.text, "seconds": speech.seconds},
            "listening": reply.listening,
            "reprompt": answer.reprompt.text if answer.reprompt else None,
            "moment": reply.moment or None,
        },
        ensure_ascii=False,
    )


def say(visitor: Visitor, sentence: str, out: TextIO, *, as_lines: bool = False, voice: bool = False) -> None:
    """Answer one sentence, and leave."""
    answer = visitor.hear(sentence)
    _show(sentence, answer, out, as_lines=as_lines, voice=voice)
    visitor.leave()


def talk(visitor: Visitor, lines: TextIO, out: TextIO, *, as_lines: bool = False, voice: bool = False) -> None:
    """Hold a conversation: with a person at a screen until it ends, from a pipe until the lines do."""
    person = lines.isatty() and not as_lines
    try:
        if person:
            _show(None, visitor.turn("launch"), out, voice=voice)
        for line in _typed(lines, out) if person else lines:
            sentence = line.rstrip("\r\n")
            _show(sentence, visitor.hear(sentence), out, as_lines=as_lines, voice=voice)
            if person and visitor.state is None:
                break
    except KeyboardInterrupt:
        out.write("\n")
    finally:
        visitor.leave()


def _typed(lines: TextIO, out: TextIO) -> Iterable[str]:
    while True:
        out.write("> ")
        out.flush()
        line = lines.readline()
        if not line:
            out.write("\n")
            return
        yield line


def _show(heard: str | None, answer: Answer, out: TextIO, *, as_lines: bool = False, voice: bool = False) -> None:
    out.write(as_json(heard, answer) + "\n" if as_lines else answer.speech.text + "\n\n")
    out.flush()
    if voice:
        _voice(answer.speech.ssml)


def _voice(ssml: str) -> None:
    """Speak through espeak-ng; where it is not installed or fails, say so and go on."""
    program = shutil.which("espeak-ng")
    if program is None:
        sys.stderr.write(
            "stay-close: no voice, because espeak-ng is not installed (on Debian: apt install espeak-ng).\n"
        )
        return
    done = subprocess.run(  # noqa: S603 - a program found on the PATH, fed with our own words
        [program, "-m", "-v", "en-us", "--stdin"], input=ssml.encode(), check=False
    )
    if done.returncode:
        sys.stderr.write("stay-close: espeak-ng could not speak; the words stand above.\n")
