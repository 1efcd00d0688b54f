"""An independent client, virtual-alexa, speaks to the running skill: its model carries what is said, as Alexa would."""

import json
import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import run
from threading import Thread
from typing import Any

import pytest

from skill.channels.alexa.entry import entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Moment, Session, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.conftest import SKILL
from tests.channels.responses import heard, valid
from tests.conftest import BIN, KEY, unhurried
from tests.engines import ROOT

MODEL = ROOT / "interaction_models" / "en-US.json"
DRIVER = (str(BIN / "node"), str(ROOT / "tests" / "engines" / "virtual_alexa.mjs"))
USER = "amzn1.ask.account.VIRTUAL"
CAREGIVER = KEY.caregiver(f"alexa:{USER}")
INTENTS = {one["name"] for one in json.loads(MODEL.read_text())["interactionModel"]["languageModel"]["intents"]}

Play = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def play(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path) -> Iterator[Play]:
    """Plays steps, sentences or what the driver takes, to the skill behind HTTP; gives each response's inner part."""
    keeper = unhurried(store, Spill(tmp_path / "spill.jsonl"))
    handler = entry(House(Exchange(words, reader, keeper), KEY, store), SKILL)

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            response = handler(json.loads(self.rfile.read(int(self.headers["Content-Length"]))), None)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(response).encode())

        def log_message(self, *_: Any) -> None:
            """Nothing: a line for each request would stand among the results of the tests."""

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:

        def played(*steps: str | dict[str, Any]) -> list[dict[str, Any]]:
            script = json.dumps([{"utter": step} if isinstance(step, str) else step for step in steps])
            command = [*DRIVER, f"http://127.0.0.1:{server.server_port}", str(MODEL), SKILL, USER]
            done = run(command, input=script, capture_output=True, text=True, timeout=30, check=False)
            assert done.returncode == 0, done.stderr
            return [valid(json.loads(line)) for line in done.stdout.splitlines()]

        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield played
        server.shutdown()
        thread.join()
    assert not (tmp_path / "spill.jsonl").exists()


def told(inner: dict[str, Any]) -> str:
    """What is heard, without the question at its end: that is asked in other words each time."""
    return re.sub(r"[^.!?]*\?$", "", heard(inner)).strip()


def kept(store: SQLiteStore) -> tuple[list[Moment], list[Session]]:
    entries = list(store.entries(CAREGIVER))
    return [one for one in entries if isinstance(one, Moment)], [one for one in entries if isinstance(one, Session)]


def test_a_launch_asks_and_what_is_said_then_is_answered(play: Play, store: SQLiteStore) -> None:
    launch, answer, stop = play({"launch": True}, "she's pushing me away", "stop")
    assert launch["shouldEndSession"] is False
    assert "Say:" in heard(answer)
    assert stop["shouldEndSession"] is True
    moments, sessions = kept(store)
    assert [(one.situation, one.ending) for one in moments] == [("pushing_me_away", "stopped")]
    assert [(one.channel, one.locale, one.ending) for one in sessions] == [("alexa", "en-US", "stopped")]


def test_a_one_shot_is_led_through_to_its_end(play: Play, store: SQLiteStore) -> None:
    first, second, again, third, end = play(
        "she's pushing me away", "next", {"intend": "AMAZON.RepeatIntent"}, "yes", "yes"
    )
    assert heard(first).startswith("Hands down.")
    assert "Say:" in heard(first)
    assert told(again) == told(second)
    assert len({told(one) for one in (first, second, third, end)}) == 4
    assert [one["shouldEndSession"] for one in (first, second, again, third, end)] == [False] * 4 + [True]
    ((moment,), (session,)) = kept(store)
    assert (moment.steps, moment.outcome, moment.ending, session.ending) == (3, "better", "eased", "finished")


def test_neither_a_no_nor_help_loses_the_script(play: Play) -> None:
    first, no, helped, second = play("she's pushing me away", "no", "help", "next")
    assert all(one["shouldEndSession"] is False for one in (first, no, helped, second))
    assert "911" in heard(helped)
    assert heard(second).startswith("Take two big steps back.")


def test_what_it_turns_into_is_kept_in_the_path_of_the_one_moment(play: Play, store: SQLiteStore) -> None:
    first, moved, stop = play("she's pushing me away", "now he's hitting me", "stop")
    assert "Say:" in heard(moved)
    assert told(moved) != told(first)
    assert stop["shouldEndSession"] is True
    ((moment,), _) = kept(store)
    assert (moment.situation, moment.path) == ("hitting", ("pushing_me_away", "hitting"))


def test_a_session_that_is_left_ends_in_silence_and_the_next_is_another(play: Play, store: SQLiteStore) -> None:
    _, left, back = play("she's pushing me away", {"end": True}, {"launch": True})
    assert "outputSpeech" not in left
    assert back["shouldEndSession"] is False
    _, sessions = kept(store)
    assert {one.ending for one in sessions} == {"left", None}


# MorningIntent is not in the model yet: from the build that brings it, this runs by itself, and the mark can go.
@pytest.mark.skipif("MorningIntent" not in INTENTS, reason="the model has no MorningIntent yet")
def test_a_good_morning_is_answered_by_one_encouragement_and_the_end(play: Play, words: Words) -> None:
    (morning,) = play("good morning")
    assert any(one.text in heard(morning) for one in words.encouragements)
    assert morning["shouldEndSession"] is True
