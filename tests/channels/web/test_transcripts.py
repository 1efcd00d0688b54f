"""The transcripts over HTTP: what the page gets is what the terminal says, and the same is kept."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill.channels.terminal import PERSON, Visitor
from skill.channels.web.app import create_app
from skill.channels.web.settings import WebSettings
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill
from skill.journal.sqlite import IN_MEMORY, SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.web.conftest import take
from tests.conftest import KEY, Clock, unhurried
from tests.conversation.play import A_TURN, TRANSCRIPTS, Heard, TerminalStage, check, check_kept, passing, plain
from tests.conversation.test_transcripts import told

ONLY_ELSEWHERE = ("@task", "@disable")
"""Lines that only a platform knows."""
NOT_SENT = ("reprompt", "ssml", "situation")
"""What a page is not told of a turn."""
HERE = [
    one
    for one in TRANSCRIPTS
    if not any(turn["said"].startswith(ONLY_ELSEWHERE) for turn in one["turns"])
]  # fmt: skip


class WebStage:
    """The pages, with the browsers of several people around them."""

    def __init__(self, app: Flask, clock: Clock, locale: str) -> None:
        self.app = app
        self.clock = clock
        self.locale = locale
        self.person, self.device = PERSON, ""
        self.sessions: dict[tuple[str, str], dict[str, Any]] = {}
        self.clients: dict[str, FlaskClient] = {}

    def take(self, said: str) -> Heard:
        self.clock.move(A_TURN)
        word, _, rest = said.partition(" ")
        match word, rest:
            case "@launch", "":
                self._leave()
                return self._send("launch")
            case "@silence", "":
                return self._send("silence")
            case "(unheard)", "":
                return self._send("unheard")
            case "@close", "":
                self._leave()
            case "@device", _:
                self.device = rest
            case "@person", _:
                self.person = rest
            case _ if (time := passing(said, self.clock())) is not None:
                self._pass(time)
            case _:
                return self._send("said", said)
        return Heard("", (self.person, self.device) in self.sessions)

    def caregiver(self) -> str:
        self._leave_all()
        return KEY.caregiver(user(PERSON))

    def _pass(self, time: timedelta) -> None:
        self._leave_all()
        self.clock.move(time)

    def _leave_all(self) -> None:
        here = self.person, self.device
        for person, device in list(self.sessions):
            self.person, self.device = person, device
            self._leave()
        self.person, self.device = here

    def _leave(self) -> None:
        if (self.person, self.device) in self.sessions:
            self._send("left")

    def _send(self, kind: str, text: str = "") -> Heard:
        here = self.person, self.device
        session = self.sessions.pop(here, {})
        answer = take(self._client(), kind, text, locale=self.locale, session=session)
        if answer["session"]:
            self.sessions[here] = answer["session"]
        spoken = " ".join(sentence["text"] for sentence in answer["spoken"])
        return Heard(spoken, answer["listening"], danger=answer["danger"])

    def _client(self) -> FlaskClient:
        if self.person not in self.clients:
            self.clients[self.person] = client = self.app.test_client()
            client.post("/door", data={"token": token(self.person)})
        return self.clients[self.person]


def token(person: str) -> str:
    return f"the token of {person}, and of nobody else"


def user(person: str) -> str:
    return f"terminal:{person}"


@pytest.mark.parametrize("transcript", [pytest.param(one, id=one["about"]) for one in HERE])
def test_a_transcript_over_http_comes_to_the_same(
    transcript: dict[str, Any], visitor: Visitor, store: SQLiteStore, clock: Clock, words: Words, reader: Reader
) -> None:
    visitor.locale = transcript.get("locale", "en-US")
    start = clock()
    # The terminal moves its own time.
    visitor.now = lambda: start
    webs = SQLiteStore(IN_MEMORY, clock)
    house = House(Exchange(words, reader, unhurried(webs, Spill(None))), KEY, webs)
    people = {PERSON, *(turn["said"][8:] for turn in transcript["turns"] if turn["said"].startswith("@person "))}
    app = create_app(house, WebSettings(people={token(person): user(person) for person in people}), clock)
    terminal, web = TerminalStage(visitor), WebStage(app, clock, visitor.locale)
    for turn in transcript["turns"]:
        here, there = terminal.take(turn["said"]), web.take(turn["said"])
        assert plain(there.text) == plain(here.text)
        assert (there.listening, there.danger or "none") == (here.listening, here.danger or "none")
        check({name: value for name, value in turn.items() if name not in NOT_SENT}, there, understood=True)
    check_kept(transcript, web.caregiver(), webs)
    assert told(store, terminal) == told(webs, web)
    webs.close()


def test_most_transcripts_are_played_here() -> None:
    assert len(HERE) > 100
