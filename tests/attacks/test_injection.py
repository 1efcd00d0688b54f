"""Markup and log lines in whatever a request can hold: nothing of it is spoken, kept or logged."""

import copy
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from skill.channels.alexa.entry import Handler, entry
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.attacks.conftest import SKILL, Rows, Visit, phrase, request
from tests.attacks.test_forged_state import leaves
from tests.channels.responses import valid
from tests.conftest import KEY, unhurried

MARK = "zqx"
ENTRY = {
    "kind": "standing", "caregiver": MARK, "seen": "2026-11-24T07:10:00.000000Z", "revision": 1, "tracking": False
}  # fmt: skip
PAYLOADS = [
    '<audio src="https://zqx.example/a.mp3"/>',
    '</s></prosody></speak><speak><audio src="soundbank://zqx"/>',
    "<voice name='zqx'>zqx</voice>&zqx;&#122;qx",
    '<!DOCTYPE speak [<!ENTITY zqx SYSTEM "file:///etc/passwd">]>',
    "<![CDATA[zqx]]>",
    "\nERROR zqx\n",
    "\r\n\r\nSTART RequestId: zqx",
    "\x1b[2J\x1b[31mzqx\x1b[0m",
    "\u2028zqx\u2029zqx\u0085zqx\x0bzqx",
    "\n" + json.dumps({"event": "journal_spill", "entry": ENTRY}, separators=(",", ":")) + "\n",
    '{"event":"journal_spill","entry":{"kind":"zqx"}}',
    '\n{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"zqx","Metrics":[{"Name":"zqx"}]}]},"zqx":1}\n',
    "%s %(zqx)s %n {zqx} {0} ${jndi:ldap://zqx} {{zqx}}",
    "zqx\ud800\0",
    "zqx" * 2_000,
]
PLACES = [
    ("launch", "version"), ("launch", "request type"), ("launch", "request locale"), ("launch", "request timestamp"),
    ("launch", "request requestId"), ("launch_task", "request task name"), ("launch_task", "request task input"),
    ("one_shot_search_query", "request locale"), ("one_shot_search_query", "request dialogState"),
    ("one_shot_search_query", "request type"), ("one_shot_search_query", "request intent"),
    ("one_shot_search_query", "request intent name"), ("one_shot_search_query", "request intent confirmationStatus"),
    ("one_shot_search_query", "request intent slots"), ("one_shot_search_query", "request intent slots what"),
    ("one_shot_search_query", "request intent slots what name"),
    ("one_shot_search_query", "request intent slots what value"),
    ("one_shot_search_query", "request intent slots what source"),
    ("one_shot_search_query", "request intent slots what resolutions"),
    ("one_shot_search_query", "session sessionId"), ("one_shot_search_query", "session new"),
    ("one_shot_search_query", "session user userId"), ("one_shot_search_query", "session application applicationId"),
    ("one_shot_search_query", "context System user userId"),
    ("one_shot_search_query", "context System user accessToken"),
    ("one_shot_search_query", "context System person"), ("one_shot_search_query", "context System person personId"),
    ("one_shot_search_query", "context System device deviceId"),
    ("one_shot_search_query", "context System application applicationId"),
    ("one_shot_search_query", "context System apiEndpoint"), ("one_shot_search_query", "context Viewports"),
    ("search_query_danger", "request locale"), ("search_query_danger", "request intent name"),
    ("next", "session attributes"), ("next", "session attributes state"), ("next", "session attributes account"),
    ("next", "session attributes state session"), ("next", "session attributes state session locale"),
    ("next", "session attributes state place script"), ("next", "session attributes state last"),
    ("next", "request intent name"), ("session_ended_error", "request reason"),
    ("session_ended_error", "request error"),
    ("session_ended_error", "request error type"), ("session_ended_error", "request error message"),
    ("session_ended_error", "request locale"), ("skill_disabled", "request type"),
    ("skill_disabled", "context System user userId"), ("consent_accepted", "request name"),
    ("consent_accepted", "request token"), ("consent_accepted", "request payload"),
    ("consent_accepted", "request payload status"), ("consent_accepted", "request status code"),
    ("consent_accepted", "request status message"), ("consent_accepted", "context System apiEndpoint"),
    ("consent_accepted", "context System apiAccessToken"), ("consent_accepted", "context System device deviceId"),
]  # fmt: skip


def with_payload(event: Any, place: str, payload: str, *, key: bool) -> Any:
    """The event with the payload for a value in a place, or for a name beside it."""
    made = copy.deepcopy(event)
    *path, last = place.split()
    inner = made
    for name in path:
        if not isinstance(inner.get(name), dict):
            inner[name] = {}
        inner = inner[name]
    inner[payload if key else last] = {payload: payload} if key else payload
    return made


def clean(response: Any) -> None:
    """The inner part of a response holds nothing of the attacker's, and its speech is SSML of ours alone."""
    inner = valid(response)
    assert MARK not in json.dumps(inner).lower()
    for speech in (inner.get("outputSpeech"), inner.get("reprompt", {}).get("outputSpeech")):
        if speech:
            tags = {part.tag for part in ET.fromstring(speech["ssml"]).iter()}
            assert tags <= {"speak", "prosody", "s", "break", "say-as"}


@pytest.fixture
def refusing(words: Words, reader: Reader, tmp_path: Path) -> Handler:
    """An entry whose store refuses, so that entries are spilled onto the log."""
    (tmp_path / "file").touch()
    store = SQLiteStore(tmp_path / "file" / "journal.sqlite")
    return entry(House(Exchange(words, reader, unhurried(store, Spill(None))), KEY, store), SKILL)


@pytest.mark.parametrize("key", [False, True], ids=["value", "name"])
@pytest.mark.parametrize(("name", "place"), PLACES, ids=lambda text: text)
def test_nothing_is_spoken_kept_or_logged(
    name: str,
    place: str,
    key: bool,  # noqa: FBT001 - pytest passes it by name
    handler: Handler,
    refusing: Handler,
    rows: Rows,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    for payload in PAYLOADS:
        event = with_payload(request(name), place, payload, key=key)
        clean(handler(copy.deepcopy(event), None))
        clean(refusing(event, None))
    out, err = capfd.readouterr()
    logged = [record.getMessage() for record in caplog.records]
    assert not any("\n" in line for line in logged)
    assert MARK not in "".join([*logged, out, err]).lower()
    assert MARK not in json.dumps(rows()).lower()


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_a_name_in_a_state_of_ours_is_not_logged(
    payload: str, handler: Handler, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A replay would take an entry for the function's own wherever it stands in a line of the log."""
    visit = Visit(handler)
    visit.send("one_shot_search_query")
    for path in {*leaves(visit.attributes)}:
        event = copy.deepcopy(visit.sent[0])
        event["session"]["attributes"] = inner = copy.deepcopy(visit.attributes)
        for name in path:
            inner = inner[name]
        if isinstance(inner, dict):
            inner[payload] = payload
            clean(handler(event, None))
    assert MARK not in "".join([caplog.text, *capfd.readouterr()]).lower()


SENTENCES = [
    "my name is {}", "remind me every morning at {}", "remind me at seven to {}", "she said {}", "{} is hitting me",
    "{}",
    "how was {}", "why does she {}", "forget {}", "he is not breathing {}", "what do you know about {}", "yes {}",
]  # fmt: skip


@pytest.mark.parametrize("sentence", SENTENCES)
def test_nothing_heard_is_ever_spoken(sentence: str, handler: Handler, rows: Rows) -> None:
    for payload in PAYLOADS:
        visit = Visit(handler, session=f"{sentence} {payload[:30]!r}")
        for said in (sentence.format(payload), "what did you say", sentence.format(payload)):
            clean({"version": "1.0", "response": visit.send("bare_phrase", intent=phrase(said))})
            assert MARK not in json.dumps(visit.attributes).lower()
        for name in ("repeat", "yes", "help"):
            clean({"version": "1.0", "response": visit.send(name)})
    assert MARK not in json.dumps(rows()).lower()


def test_what_is_looked_for_would_be_found(
    refusing: Handler, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The other tests look at the log that a spilled entry and a warning come out on."""
    refusing(request("one_shot_search_query"), None)
    assert '{"event":"journal_spill"' in capfd.readouterr().err
    assert "cannot be used" in caplog.text
