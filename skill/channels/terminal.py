"""The terminal: a line is a turn, a paragraph is a reply.

A line that begins with @ is a control line: it moves the world around the conversation, so that a visit of three days
from now, on another device, can be tried and tested from a pipe.
"""

import json
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TextIO

from skill.conversation import TASK, Reply, State, Turn, TurnKind
from skill.errors import ControlError, JournalError
from skill.exchange import Answer, Exchange
from skill.journal import Key
from skill.speech import Speech

__all__ = ["Visitor", "as_json", "say", "talk"]

PERSON = "home"
"""Who speaks where nobody is named: a home has one terminal."""
CAREGIVER = f"terminal:{PERSON}"
"""Their user id, before it is hashed."""
UNANSWERED = timedelta(seconds=16)
"""How long a speaker listens, question and reprompt together, before it ends the session."""
YEARS = timedelta(days=3660)
"""What has to fit behind any time: entries are told when to expire."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NOTHING = Answer(Reply((), listening=False), Speech("", "", 0.0), None, None)
"""The answer where nothing is to be spoken."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Visitor:
    """Whoever speaks at the terminal: a person on a device, each with the state of the session between turns."""

    exchange: Exchange
    key: Key
    locale: str = "en-US"
    now: Callable[[], datetime] = _now
    """The clock; `@+25m` moves what is shown by it."""
    person: str = PERSON
    device: str = ""
    states: dict[tuple[str, str], State] = field(default_factory=dict)
    """The open sessions, by person and device."""
    ahead: timedelta = timedelta()
    """How far the time has been moved."""

    @property
    def state(self) -> State | None:
        """The state of the session that is open; none between sessions."""
        return self.states.get((self.person, self.device))

    @property
    def caregiver(self) -> str:
        """The keyed hash of who speaks."""
        return self.key.caregiver(f"terminal:{self.person}")

    @property
    def at(self) -> datetime:
        """What time it is, UTC."""
        return self.now() + self.ahead

    def turn(self, kind: TurnKind, text: str = "", ending: str = "") -> Answer:
        """Take a turn; the first one after a session has ended begins another."""
        answer = self.exchange.answer(self.made(kind, text, ending), self.state)
        if answer.state is None:
            self.states.pop((self.person, self.device), None)
        else:
            self.states[self.person, self.device] = answer.state
        return answer

    def made(self, kind: TurnKind, text: str = "", ending: str = "") -> Turn:
        """The Turn that is taken now."""
        return Turn(
            kind=kind,
            at=self.at,
            caregiver=self.caregiver,
            session=self.state.session.id if self.state else self.key.session(uuid.uuid4().hex),
            channel="terminal",
            locale=self.locale,
            text=text,
            ending=ending,
        )

    def hear(self, line: str) -> Answer:
        """Take a line as it was typed; an empty one is a question that goes unanswered.

        Raises:
            ControlError: The line begins with @ and is no control line.
        """
        if line.startswith("@"):
            return self._control(line)
        return self.turn("said", line) if line.strip() else self.turn("silence")

    def leave(self, ending: str = "left") -> None:
        """Break the session off, if one is open."""
        if self.state is not None:
            self.turn("left", ending=ending)

    def leave_all(self, ending: str = "left") -> None:
        """Break off every session that is open."""
        here = self.person, self.device
        for person, device in list(self.states):
            self.person, self.device = person, device
            self.leave(ending)
        self.person, self.device = here

    def _control(self, line: str) -> Answer:
        word, _, rest = line.strip().partition(" ")
        match word, rest.strip():
            case "@launch", "":
                return self._begin("launch")
            case "@task", name if name == TASK:
                return self._begin("task")
            case "@silence", "":
                return self.turn("silence")
            case "@close", "":
                self.leave()
            case "@disable", "":
                self._disable()
            case "@device", name if name:
                self.device = name
            case "@person", name if name:
                self.person = name
            case "@at", time if re.fullmatch(r"\d\d?:\d\d", time):
                self._until(*map(int, time.split(":")))
            case span, "" if re.fullmatch(r"@\+\d{1,6}[smhd]", span):
                self._pass(int(span[2:-1]), span[-1])
            case _:
                raise ControlError(
                    f"{line.strip()!r} is no control line: write @launch, @silence, @close, @+25m, @at 07:10,"
                    f" @device NAME, @person NAME, @task {TASK} or @disable."
                )
        return self._quiet()

    def _quiet(self) -> Answer:
        """Nothing is spoken; whether the microphone is open is as it was."""
        return replace(_NOTHING, reply=replace(_NOTHING.reply, listening=self.state is not None))

    def _begin(self, kind: TurnKind) -> Answer:
        """Begin a session, breaking off the one that may be open."""
        self.leave()
        return self.turn(kind)

    def _pass(self, amount: int, unit: str) -> None:
        """Let time pass. No question stays open for long: each one was asked twice and then the session ended."""
        try:
            passed = timedelta(**{_UNITS[unit]: amount})
            (self.at + passed + YEARS).astimezone()
        except OverflowError:
            raise ControlError(f"@+{amount}{unit} is too far ahead: let less time pass.") from None
        if passed > UNANSWERED:
            self.leave_all("silence")
        self.ahead += passed

    def _until(self, hour: int, minute: int) -> None:
        """Let time pass until the clock on the wall shows this."""
        here = self.at.astimezone()
        try:
            then = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        except ValueError:
            raise ControlError(f"{hour}:{minute:02} is no time of day: write @at 07:10.") from None
        if then <= here:
            then += timedelta(days=1)
        self._pass(max(1, round((then - here).total_seconds())), "s")

    def _disable(self) -> None:
        """The skill is disabled: all is erased, and whatever was open is gone."""
        for person in {self.person, *(person for person, _ in self.states)}:
            try:
                self.exchange.forget(self.key.caregiver(f"terminal:{person}"))
            except JournalError as error:
                raise ControlError(f"Nothing is erased. {error}") from None
        self.states.clear()


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
    answer = visitor.turn("said", sentence)
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
            try:
                answer = visitor.hear(sentence)
            except ControlError as error:
                out.write((json.dumps({"heard": sentence, "error": str(error)}) if as_lines else str(error)) + "\n")
                out.flush()
                continue
            _show(sentence, answer, out, as_lines=as_lines, voice=voice)
            if person and visitor.state is None and not sentence.startswith("@"):
                break
    except KeyboardInterrupt:
        out.write("\n")
    finally:
        visitor.leave_all()


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
    if voice and answer.speech.ssml:
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
