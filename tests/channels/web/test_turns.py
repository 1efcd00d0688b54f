"""A turn over HTTP: what is taken, what is refused, what comes back, and what is kept of it."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from skill.channels.web.turns import LONGEST, read
from skill.errors import RequestError
from skill.house import House
from skill.journal import Moment
from skill.journal.sqlite import SQLiteStore
from tests.channels.web.conftest import take
from tests.conftest import KEY, START, Clock

HOME = KEY.caregiver("terminal:home")


def moments(store: SQLiteStore) -> list[Moment]:
    return [entry for entry in store.entries(HOME) if isinstance(entry, Moment)]


def text_of(answer: dict[str, Any]) -> str:
    return " ".join(sentence["text"] for sentence in answer["spoken"])


def test_a_conversation_goes_on_from_what_it_was_given(client: FlaskClient, store: SQLiteStore) -> None:
    first = take(client, "said", "she's pushing me away")
    assert first["child"]
    assert first["listening"]
    second = take(client, "next", session=first["session"])
    assert text_of(second) != text_of(first)
    last = take(client, "stop", session=second["session"])
    assert (last["listening"], last["session"]) == (False, {})
    (moment,) = moments(store)
    assert (moment.situation, moment.steps, moment.channel) == ("pushing_me_away", 2, "web")


def test_what_is_told_at_the_terminal_and_in_the_browser_is_one_journal(client: FlaskClient, visitor: Any) -> None:
    visitor.turn("said", "she's pushing me away")
    answer = take(client, "said", "how are we doing")
    assert "one moment" in text_of(answer).lower()


def test_a_sentence_to_the_child_is_followed_by_its_silence(client: FlaskClient) -> None:
    spoken = take(client, "said", "she's pushing me away")["spoken"]
    child = [sentence for sentence in spoken if sentence["kind"] == "child"]
    assert child[-1]["pause"] == pytest.approx(5.0)
    assert spoken[-1]["pause"] == 0
    slower = take(client, "said", "she's pushing me away, slower please")
    assert slower["rate"] in (0.75, 0.9)


def test_slower_is_slower(client: FlaskClient) -> None:
    first = take(client, "said", "she's pushing me away")
    slower = take(client, "slower", session=first["session"])
    assert slower["rate"] == pytest.approx(0.75)
    assert max(sentence["pause"] for sentence in slower["spoken"]) == pytest.approx(7.5)


@pytest.mark.parametrize(("locale", "number"), [("en-US", "911"), ("en-GB", "999"), ("en-AU", "000"), ("", "911")])
def test_the_locale_decides_the_number(client: FlaskClient, locale: str, number: str) -> None:
    answer = take(client, "said", "he's not breathing", locale=locale)
    assert number in text_of(answer)
    assert answer["danger"] == "sure"


def test_a_state_that_is_not_ours_begins_anew(client: FlaskClient) -> None:
    first = take(client, "said", "she's pushing me away")
    forged = {**first["session"], "state": {**first["session"]["state"], "misses": 1}}
    answer = take(client, "next", session=forged)
    assert answer["session"]["state"]["session"]["id"] != first["session"]["state"]["session"]["id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'"next"',
        b"{}",
        b'{"kind": "dance"}',
        b'{"kind": "task"}',
        b'{"kind": "allowed"}',
        b'{"kind": "said", "text": 7}',
        b'{"kind": "said", "words": "no such field"}',
        b'{"kind": "said", "locale": "english"}',
        b'{"kind": "said", "session": []}',
        b'{"kind": "said", "meanwhile": {}}',
        b'{"kind": "said", "meanwhile": {"began": "2026-11-24T07:00:00"}}',
        b'{"kind": "said", "meanwhile": {"began": "2026-11-10T07:00:00Z"}}',
        b'{"kind": "said", "meanwhile": {"began": "2026-11-25T07:00:00Z"}}',
        b'{"kind": "said", "meanwhile": {"began": "0001-01-01T00:00:00+23:59"}}',
        b'{"kind": "said", "meanwhile": {"began": NaN}}',
        b'{"kind": "said", "meanwhile": {"began": "2026-11-24T07:00:00Z", "place": {"asking": {"kind": "riddle"}}}}',
        json.dumps({"kind": "said", "text": "x" * (LONGEST + 1)}).encode(),
    ],
)
def test_what_is_no_turn_is_refused_in_one_sentence(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/turn", data=body, content_type="application/json")
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.get_json()["error"].endswith(".")


def test_what_was_said_stays_out_of_a_refusal() -> None:
    with pytest.raises(RequestError) as refusal:
        read(json.dumps({"kind": "said", "text": ["a secret"], "locale": "a secret"}).encode(), START)
    assert "secret" not in str(refusal.value)


def test_a_form_is_no_turn(client: FlaskClient) -> None:
    response = client.post("/api/turn", data={"kind": "launch"})
    assert response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


FIELDS = st.sampled_from("kind text locale session meanwhile place asking began".split()) | st.text()
PLAIN = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(FIELDS, inner)
)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300) | PLAIN.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused_and_never_a_fault(body: bytes) -> None:
    with contextlib.suppress(RequestError):
        assert read(body, START).kind


# What the page did by itself


def away(place: dict[str, Any], *situations: str) -> dict[str, Any]:
    return {"began": "2026-11-24T07:05:00.123Z", "situations": situations, "place": place}


def test_what_happened_without_a_network_is_kept_and_gone_on_with(
    client: FlaskClient, store: SQLiteStore, clock: Clock
) -> None:
    first = take(client, "said", "she's pushing me away")
    clock.move(timedelta(seconds=90))
    place = {"script": "raging", "step": 2, "asking": {"kind": "next"}}
    take(client, "next", session=first["session"], meanwhile=away(place, "raging"))
    (moment,) = moments(store)
    assert moment.path == ("pushing_me_away", "raging")
    assert (moment.place.script, moment.place.step) == ("raging", 3)


def test_an_emergency_without_a_network_leaves_its_number_within_reach(client: FlaskClient, store: SQLiteStore) -> None:
    place = {"asking": {"kind": "number", "options": ["child_medical", ""], "question": "meanwhile"}}
    answer = take(client, "again", meanwhile=away(place, "child_medical"))
    assert "911" in text_of(answer)
    (moment,) = moments(store)
    assert moment.situation == "child_medical"


def test_a_moment_began_when_it_was_told_and_not_when_the_network_came_back(
    client: FlaskClient, store: SQLiteStore, clock: Clock
) -> None:
    take(client, "left", meanwhile=away({}, "raging"))
    (moment,) = moments(store)
    assert moment.started == datetime(2026, 11, 24, 7, 5, 0, 123000, UTC)
    assert moment.started < clock.at


def test_what_is_told_twice_is_kept_once(client: FlaskClient, store: SQLiteStore, clock: Clock) -> None:
    """An answer that came too late was not heard, and all of it is told again with the next turn."""
    place = {"script": "hitting", "step": 2, "asking": {"kind": "next"}}
    for _ in range(3):
        clock.move(timedelta(seconds=3))
        take(client, "again", visit="one", meanwhile=away(place, "raging", "hitting"))
    (moment,) = moments(store)
    assert (moment.path, moment.steps) == (("raging", "hitting"), 2)


@pytest.mark.parametrize(
    "place",
    [
        {"script": "no_such_script", "step": 1},
        {"script": "raging", "step": 99},
        {"script": "raging", "step": -1},
        {"asking": {"kind": "number", "options": ["no_such_emergency", ""]}},
        {"asking": {"kind": "number"}},
        {"asking": {"kind": "safety", "options": ["child_medical", "raging"], "question": "no_such_question"}},
        {"asking": {"kind": "erase"}},
        {"asking": {"kind": "choose", "options": ["raging"]}},
        {"asking": {"kind": "next", "options": ["raging"]}},
    ],
)
def test_a_place_that_is_not_there_is_left_out(client: FlaskClient, house: House, place: dict[str, Any]) -> None:
    answer = take(client, "next", meanwhile=away(place, "raging", "no_such_label"))
    assert answer["spoken"]
    assert house.exchange.words.prompts["fault"][0].split("{")[0] not in text_of(answer)
    asking = answer["session"]["state"].get("place", {}).get("asking", {"kind": "what"})
    assert asking["kind"] in ("what", "next")
