"""Requests that are far too large, or nested far too deep: a valid answer in time, the number where there is danger,
and a function that lives on."""

import copy
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import SKILL, Rows, Visit, phrase, request
from tests.channels.responses import heard, valid
from tests.engines import ROOT, Runtime, runtime

SECONDS = 3.0
"""An answer is to take less, on a machine that is busy with other things. Alexa gives up after eight."""
MB = 1_000_000


def slots(count: int, value: str = "she is") -> dict[str, Any]:
    return {"name": "PhraseIntent", "slots": {f"s{n}": {"name": f"s{n}", "value": value} for n in range(count)}}


def answered(handler: Handler, event: Any) -> dict[str, Any]:
    begun = time.monotonic()
    inner = valid(handler(event, None))
    assert time.monotonic() - begun < SECONDS
    return inner


LONG = {
    "1 MB of words": "he is hitting me " * (MB // 17),
    "1 MB in one word": "a" * MB,
    "1 MB of apostrophes": "a'" * (MB // 2),
    "1 MB of spaces": " " * MB,
    "1 MB of signs": "<&>\"'" * (MB // 5),
    "1 MB of digits": "9" * MB,
    "1 MB of numbers": "911 " * (MB // 4),
    "signs that stand for eighteen": "\ufdfa" * (MB // 3),
    "signs over signs": "a" + "\u0301" * (MB // 2),
    # Of more, one answer would take hours.
    "signs over signs, in disorder": "a" + "\u0315\u0300\u05ae\u0323" * 25_000,
    "nulls": "\0" * MB,
    "lone surrogates": "\ud800" * (MB // 3),
    "an address without end": "tell stay close that " * (MB // 20),
    "6 MB of words": "she is screaming and " * (6 * MB // 20),
}


@pytest.mark.parametrize("said", LONG.values(), ids=LONG)
def test_a_long_slot_is_answered_in_time(said: str, handler: Handler) -> None:
    assert answered(handler, request("bare_phrase", intent=phrase(said)))["outputSpeech"]


@pytest.mark.parametrize("said", LONG.values(), ids=LONG)
@pytest.mark.parametrize("order", ["before", "after"])
def test_danger_beside_a_long_text_has_its_number(said: str, order: str, handler: Handler) -> None:
    said = f"he is not breathing {said}" if order == "before" else f"{said} he is not breathing"
    assert "911" in heard(answered(handler, request("bare_phrase", intent=phrase(said))))


def test_ten_thousand_slots_are_answered_in_time(handler: Handler) -> None:
    assert answered(handler, request("bare_phrase", intent=slots(10_000)))["outputSpeech"]
    danger = slots(10_000)
    danger["slots"]["s9999"]["value"] = "he is not breathing"
    assert "911" in heard(answered(handler, request("bare_phrase", intent=danger)))


@pytest.mark.parametrize("place", ["locale", "requestId", "dialogState", "intent name", "session", "user", "person"])
def test_a_long_value_elsewhere_is_answered_and_not_kept(place: str, handler: Handler, rows: Rows) -> None:
    event = request("search_query_danger", person="p")
    long = "en-US" * MB
    match place:
        case "intent name":
            event["request"]["intent"]["name"] = long
        case "session":
            event["session"]["sessionId"] = long
        case "user":
            event["session"]["user"] = event["context"]["System"]["user"] = {"userId": long}
        case "person":
            event["context"]["System"]["person"] = {"personId": long}
        case _:
            event["request"][place] = long
    answered(handler, event)
    assert all(len(body) < 4_000 for _, _, body in rows())


FAULTS: list[dict[str, Any]] = [{}, {"timestamp": "never"}, {"type": "Unknown"}, {"dialogState": "unknown"}]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("shape", ["long", "wide", "deep", "state"])
def test_huge_attributes_are_not_sent_back(shape: str, fault: dict[str, Any], handler: Handler) -> None:
    event = request("search_query_danger", **fault)
    event["session"]["attributes"] = {
        "long": {"x": "y" * 6 * MB},
        "wide": {f"x{n}": n for n in range(100_000)},
        "deep": nested(900),
        "state": {"state": {"session": {"id": "x" * MB}, "last": [{"text": "x", "kind": "line"}] * 50_000}},
    }[shape]
    answered(handler, event)


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for _ in range(depth):
        inner = {"a": inner}
    return inner


@pytest.mark.parametrize("depth", [50, 500, 900, 5_000])
@pytest.mark.parametrize(
    "place", ["event", "request", "intent", "slot", "attributes", "state", "session", "context", "user"]
)
def test_deep_nesting_is_answered(depth: int, place: str, handler: Handler) -> None:
    event = request("search_query_danger")
    deep = nested(depth)
    match place:
        case "event":
            event["more"] = deep
        case "slot":
            event["request"]["intent"]["slots"]["what"]["value"] = deep
        case "intent":
            event["request"]["intent"] = deep
        case "attributes":
            event["session"]["attributes"] = deep
        case "state":
            event["session"]["attributes"] = {"state": deep, "account": deep}
        case "user":
            event["context"]["System"]["user"] = event["session"]["user"] = deep
        case _:
            event[place]["more"] = deep
    answered(handler, event)


# Under the runtime, as bytes


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    environment = {
        "STAY_CLOSE_KEY": "a key for the attacks",
        "STAY_CLOSE_JOURNAL": f"sqlite:{tmp_path_factory.mktemp('journal') / 'journal.sqlite'}",
        "STAY_CLOSE_SKILL_ID": SKILL,
    }
    with runtime(ROOT / "lambda", "handler.lambda_handler", environment) as running:
        yield running


BYTES = {
    "objects 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "lists 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "attributes 100,000 deep": json.dumps(request("next"))
    .replace('"attributes": {}', '"attributes": ' + '{"a":' * 100_000 + "1" + "}" * 100_000)
    .encode(),
    "no end": b'{"request":',
    "no JSON": b"\x00\xff\xfe<speak>",
    "a number of 100,000 digits": b'{"request": ' + b"9" * 100_000 + b"}",
    "no number": b'{"request": NaN, "session": Infinity}',
    "one name twice": b'{"request": 1, "request": {"type": "LaunchRequest"}}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BYTES.values(), ids=BYTES)
def test_bytes_that_are_no_request_do_not_end_the_function(body: bytes, function: Runtime) -> None:
    said = json.dumps(function.invoke(body))
    # What the runtime itself refuses before the skill sees it holds nothing of ours either.
    assert "skill/" not in said
    assert "site-packages/ask_sdk" not in said
    assert "911" in heard(valid(function.invoke(request("search_query_danger"))))


def test_six_megabytes_are_answered_under_the_runtime(function: Runtime) -> None:
    for said in ("x " * (MB * 5 // 4), "he is hitting me " * (MB // 4)):
        begun = time.monotonic()
        valid(function.invoke(request("bare_phrase", intent=phrase(said))))
        assert time.monotonic() - begun < 2 * SECONDS


def test_lone_surrogates_leave_a_response_that_can_be_sent(function: Runtime) -> None:
    visit = Visit(lambda event, _: function.invoke(event), user="amzn1.ask.account.\ud800", session="\udfff")
    for name in ("one_shot_search_query", "next", "launch"):
        assert visit.send(name, locale="en-\ud800")["outputSpeech"]
    attributes = {"\ud800": "\udfff", **copy.deepcopy(visit.attributes)}
    for changes in ({}, {"timestamp": "never"}):
        event = request("search_query_danger", **changes)
        event["session"]["attributes"] = attributes
        assert "911" in heard(valid(function.invoke(event)))
