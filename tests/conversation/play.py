"""Plays a transcript: line by line, on the terminal or through the Alexa handler.

A transcript is a mapping with `about`, perhaps `locale`, `turns`, and perhaps `kept`: the moments that the journal
holds at the end, each with the fields that are of interest. `terminal: true` marks one that hangs on a turn of silence,
of which Alexa does not tell the skill. A turn has what was `said`: a sentence, a control line of the terminal
(`@launch`, `@+25m`, …), or `(unheard)`, which the channel could not make out. The other keys tell what comes of it:

has, lacks, any      texts: each is spoken, none is, at least one is
is                   the whole text
means, means_not     names out of meanings.yaml
says, says_not       patterns, whatever the case of letters
first20              spoken among the first twenty words
ssml                 parts of the SSML
reprompt             spoken when the question goes unanswered
situation, danger    what was understood; the Alexa channel does not tell
listening            whether the microphone stays open
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from ruamel.yaml import YAML

from skill.channels.alexa.entry import Handler
from skill.channels.terminal import CAREGIVER, PERSON, Visitor
from skill.journal import Moment, Store
from tests.conftest import KEY, Clock, event
from tests.engines import ROOT

__all__ = [
    "ALEXA",
    "TRANSCRIPTS",
    "AlexaStage",
    "Heard",
    "Stage",
    "TerminalStage",
    "check",
    "check_kept",
    "passing",
    "plain",
]

FOLDER = ROOT / "tests" / "transcripts"
MEANINGS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in YAML(typ="safe", pure=True).load((FOLDER / "meanings.yaml").read_text()).items()
}
TRANSCRIPTS: list[dict[str, Any]] = [
    {**transcript, "about": f"{path.stem}: {transcript['about']}"}
    for path in sorted(FOLDER.glob("*.yaml"))
    if path.stem != "meanings"
    for transcript in YAML(typ="safe", pure=True).load(path.read_text())
]
KEYS = frozenset(
    "said has lacks any is means means_not says says_not first20 ssml reprompt situation danger listening".split()
)
A_TURN = timedelta(seconds=1)
"""How long a turn takes."""
ALEXA = "amzn1.ask.account.TESTUSER"
"""The account that plays on Alexa."""


@dataclass(frozen=True)
class Heard:
    """What came of a line."""

    text: str
    listening: bool
    reprompt: str = ""
    ssml: str = ""
    situation: str | None = None
    danger: str = ""


class Stage(Protocol):
    """A channel to play on."""

    def take(self, said: str) -> Heard:
        """Play a line."""

    def caregiver(self) -> str:
        """The keyed hash of the person whose journal is looked at in the end."""


def passing(said: str, now: datetime) -> timedelta | None:
    """The time that a control line lets pass, `@+25m` or `@at 07:10`; none where it is another line."""
    word, _, rest = said.partition(" ")
    if word.startswith("@+"):
        units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
        return timedelta(**{units[word[-1]]: int(word[2:-1])})
    if word != "@at":
        return None
    here = now.astimezone()
    hour, minute = map(int, rest.split(":"))
    then = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return then - here if then > here else then + timedelta(days=1) - here


def plain(text: str) -> str:
    """A text without what only one channel has: quotation marks, and the spaces around sentences."""
    return " ".join(text.replace('"', "").split())


def check(turn: dict[str, Any], heard: Heard, *, understood: bool) -> None:
    """Check what came of a turn; with `understood`, also what the channel does not tell."""
    assert set(turn) <= KEYS
    text = plain(heard.text)
    assert all(plain(part) in text for part in turn.get("has", []))
    assert not any(plain(part) in text for part in turn.get("lacks", []))
    assert not turn.get("any") or any(plain(part) in text for part in turn["any"])
    assert plain(turn.get("is", text)) == text
    assert all(MEANINGS[name].search(text) for name in turn.get("means", []))
    assert not any(MEANINGS[name].search(text) for name in turn.get("means_not", []))
    assert all(re.search(pattern, text, re.IGNORECASE) for pattern in turn.get("says", []))
    assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in turn.get("says_not", []))
    assert turn.get("first20", "") in " ".join(text.split()[:20])
    assert all(part in heard.ssml for part in turn.get("ssml", []))
    assert turn.get("reprompt", "") in heard.reprompt
    assert turn.get("listening", heard.listening) is heard.listening
    if understood:
        assert turn.get("situation", heard.situation) == heard.situation
        assert turn.get("danger", heard.danger) == heard.danger


def check_kept(transcript: dict[str, Any], caregiver: str, store: Store) -> None:
    """Check what the journal holds at the end."""
    if "kept" not in transcript:
        return
    kept = [one for one in store.entries(caregiver) if isinstance(one, Moment)]
    assert len(kept) == len(transcript["kept"])
    for moment, wanted in zip(kept, transcript["kept"], strict=True):
        for name, value in wanted.items():
            assert getattr(moment, name) == (tuple(value) if isinstance(value, list) else value), name


class TerminalStage:
    """The terminal."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def take(self, said: str) -> Heard:
        self.visitor.ahead += A_TURN
        answer = self.visitor.turn("unheard") if said == "(unheard)" else self.visitor.hear(said)
        return Heard(
            answer.speech.text,
            answer.reply.listening,
            answer.reprompt.text if answer.reprompt else "",
            answer.speech.ssml,
            answer.reply.situation or None,
            answer.reply.danger,
        )

    def caregiver(self) -> str:
        self.visitor.leave_all()
        return KEY.caregiver(CAREGIVER)


class Ears:
    """What Alexa makes of a sentence, by the generated model: an exact sample, a beginning, or a bare phrase."""

    BUILT_IN: ClassVar = {
        "yes": "Yes", "no": "No", "help": "Help", "stop": "Stop", "cancel": "Cancel", "next": "Next",
        "repeat": "Repeat", "again": "Repeat", "start over": "StartOver",
    }  # fmt: skip

    def __init__(self) -> None:
        model = json.loads((ROOT / "interaction_models" / "en-US.json").read_text())
        self.samples: dict[str, str] = {}
        for intent in model["interactionModel"]["languageModel"]["intents"]:
            self.samples |= dict.fromkeys(intent["samples"], intent["name"])
        self.starts = sorted(
            ((sample.removesuffix("{what}"), name) for sample, name in self.samples.items() if " {what}" in sample),
            key=lambda start: -len(start[0]),
        )

    def intent(self, said: str) -> dict[str, Any]:
        """The intent and its slots."""
        words = " ".join(re.sub(r"[^\w' ]", " ", said.lower().replace("’", "'")).split())
        if words in self.BUILT_IN:
            return {"name": f"AMAZON.{self.BUILT_IN[words]}Intent", "slots": {}}
        if words in self.samples:
            return {"name": self.samples[words], "slots": {}}
        for start, name in self.starts:
            if words.startswith(start):
                return {"name": name, "slots": {"what": {"name": "what", "value": words.removeprefix(start)}}}
        return {"name": "PhraseIntent", "slots": {"phrase": {"name": "phrase", "value": words}}}


EARS = Ears()


class AlexaStage:
    """The Alexa handler, with a device and its sessions around it."""

    def __init__(self, handler: Handler, clock: Clock, locale: str) -> None:
        self.handler = handler
        self.clock = clock
        self.locale = locale
        self.person = PERSON
        self.device = ""
        self.sessions: dict[tuple[str, str], dict[str, Any]] = {}
        self.reprompts: dict[tuple[str, str], str] = {}
        self.begun = 0

    def take(self, said: str) -> Heard:
        self.clock.move(A_TURN)
        word, _, rest = said.partition(" ")
        match word, rest:
            case "@launch", "":
                return self._opened("launch", task=None)
            case "@task", _:
                return self._opened("launch", task={"name": f"amzn1.ask.skill.X.{rest}", "version": "1"})
            case "@silence", "":
                return self._unanswered()
            case "@close", "":
                self._end("USER_INITIATED")
            case "@device", _:
                self.device = rest
            case "@person", _:
                self.person = rest
            case "@disable", "":
                self._send("skill_disabled")
                self.sessions.clear()
            case "(unheard)", "":
                return self._send("fallback")
            case _ if (time := passing(said, self.clock())) is not None:
                self._pass(time)
            case _:
                return self._send("next", intent={"confirmationStatus": "NONE", **EARS.intent(said)})
        return Heard("", self._here in self.sessions)

    def caregiver(self) -> str:
        self._end_all("USER_INITIATED")
        return KEY.caregiver(f"alexa:{ALEXA}")

    @property
    def _here(self) -> tuple[str, str]:
        return self.person, self.device

    def _opened(self, name: str, **changes: Any) -> Heard:
        self._end("USER_INITIATED")
        return self._send(name, **changes)

    def _unanswered(self) -> Heard:
        """Alexa speaks the reprompt herself, and the second time ends the session."""
        reprompt = self.reprompts.pop(self._here, None)
        if reprompt is not None:
            return Heard(reprompt, listening=True, reprompt=reprompt)
        self._end("EXCEEDED_MAX_REPROMPTS")
        return Heard("", listening=False)

    def _pass(self, time: timedelta) -> None:
        self._end_all("EXCEEDED_MAX_REPROMPTS")
        self.clock.move(time)

    def _end_all(self, reason: str) -> None:
        here = self._here
        for person, device in list(self.sessions):
            self.person, self.device = person, device
            self._end(reason)
        self.person, self.device = here

    def _end(self, reason: str) -> None:
        if self._here in self.sessions:
            self._send("session_ended", reason=reason)
            self.sessions.pop(self._here, None)

    def _send(self, name: str, **changes: Any) -> Heard:
        stamp = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        request = event(name, timestamp=stamp, locale=self.locale, **changes)
        system = request["context"]["System"]
        if self.device:
            system["device"] = {**system.get("device", {}), "deviceId": self.device}
        if self.person != PERSON:
            system["person"] = {"personId": f"amzn1.ask.person.{self.person}"}
        if "session" in request:
            if self._here not in self.sessions:
                self.begun += 1
                self.sessions[self._here] = {"id": f"session-{self.begun}", "attributes": {}}
            session = self.sessions[self._here]
            request["session"] |= {"sessionId": session["id"], "attributes": session["attributes"]}
        response = json.loads(json.dumps(self.handler(request, None)))
        inner = response["response"]
        listening = inner.get("shouldEndSession") is False
        if listening:
            self.sessions[self._here]["attributes"] = response.get("sessionAttributes", {})
            self.reprompts[self._here] = self._text(inner["reprompt"])
        elif name != "session_ended":
            self.sessions.pop(self._here, None)
        return Heard(
            self._text(inner),
            listening,
            self._text(inner["reprompt"]) if listening else "",
            inner.get("outputSpeech", {}).get("ssml", ""),
        )

    @staticmethod
    def _text(speech: dict[str, Any]) -> str:
        ssml = speech.get("outputSpeech", {}).get("ssml", "")
        apart = re.sub(r"</?(?:s|break)\b[^>]*>", " ", ssml)
        return " ".join(re.sub(r"<[^>]+>", "", apart).replace("&amp;", "&").split())
