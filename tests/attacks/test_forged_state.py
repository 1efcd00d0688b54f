"""A session's attributes come back from outside: whatever was put into them, nobody else's journal is read, written or
erased, nothing that was planted is spoken, and there is a valid answer."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import ALICE, BOB, Row, Rows, Visit, owners, phrase, request
from tests.channels.responses import heard, valid

ANNA = "amzn1.ask.person.ANNA"
PLANTED = "zqx <audio src='https://zqx.example/a.mp3'/> & </speak>"


@pytest.fixture
def alices(handler: Handler, rows: Rows) -> tuple[Visit, list[Row]]:
    """A visit of Alice's that is open, and what is kept of her."""
    alice = Visit(handler, ALICE)
    alice.send("one_shot_search_query")
    alice.send("next")
    alice.say("it worked he let me hug him")
    return alice, rows()


def of_alice(alices: tuple[Visit, list[Row]], rows: Rows) -> list[Row]:
    return [row for row in rows() if row[0] in owners(alices[1])]


def put(attributes: Any, old: str, new: str) -> Any:
    """The attributes with another text wherever one stands, however they are wrapped."""
    return json.loads(json.dumps(attributes).replace(old, new))


# Alice's own attributes under another account


@pytest.mark.parametrize("name", ["next", "repeat", "yes", "stop", "one_shot_search_query", "session_ended_silence"])
def test_anothers_session_does_not_go_on(
    name: str, handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows
) -> None:
    alice, before = alices
    bob = Visit(handler, BOB, session=alice.session)
    bob.attributes = copy.deepcopy(alice.attributes)
    bob.send(name)
    assert of_alice(alices, rows) == before


def test_anothers_session_tells_nothing_of_her(handler: Handler, alices: tuple[Visit, list[Row]]) -> None:
    for question in ("what do you know about me", "how are we doing", "how was today"):
        bob = Visit(handler, BOB, session=alices[0].session)
        bob.attributes = copy.deepcopy(alices[0].attributes)
        assert bob.say(question) == Visit(handler, "nobody").say(question)


# Attributes of one's own, with another's hash in them


def forged(handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows) -> Visit:
    """A visit of Bob's whose attributes name Alice as the caregiver, and Bob as the account."""
    known = owners(rows())
    bob = Visit(handler, BOB, person=ANNA)
    bob.send("one_shot_search_query")
    for own in owners(rows()) - known:
        (hers,) = owners(alices[1])
        whole = json.dumps(bob.attributes)
        if f'"account": "{own}"' not in whole:
            bob.attributes = put(bob.attributes, own, hers)
    bob.person = None
    return bob


@pytest.mark.parametrize("name", ["next", "yes", "stop", "one_shot_search_query", "session_ended_silence"])
def test_a_forged_caregiver_is_not_written_to(
    name: str, handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows
) -> None:
    forged(handler, alices, rows).send(name)
    assert of_alice(alices, rows) == alices[1]


def test_a_forged_caregiver_is_not_told_of(handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows) -> None:
    alice = Visit(handler, ALICE)
    for name in ("one_shot_search_query", "stop") * 3:
        alice.session += "+"
        alice.send(name)
    # Bob has told of one moment, or of none where his session begins anew.
    said = forged(handler, alices, rows).say("what do you know about me")
    assert not any(count in said for count in ("two", "three", "four", "2", "3", "4"))


@pytest.mark.parametrize("wish", [["forget this"], ["forget everything", "yes"], ["stop keeping track"]], ids=str)
def test_a_forged_caregiver_is_not_erased(
    wish: list[str], handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows
) -> None:
    bob = forged(handler, alices, rows)
    for said in wish:
        bob.send("yes") if said == "yes" else bob.say(said)
    assert of_alice(alices, rows) == alices[1]


def test_a_forged_member_is_not_erased_with_the_account(
    handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows
) -> None:
    bob = forged(handler, alices, rows)
    # As at the first turn of a session, of which the account learns whose voices it has.
    bob.attributes = put(bob.attributes, '"revision": 1', '"revision": 0')
    bob.send("next")
    valid(handler(request("skill_disabled", BOB), None))
    assert of_alice(alices, rows) == alices[1]


# Attributes of one's own, with anything in them


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list) and value:
        for name in value if isinstance(value, dict) else range(len(value)):
            yield from leaves(value[name], (*path, name))
            yield (*path, name)
    elif path:
        yield path


def replaced(attributes: Any, path: tuple[Any, ...], new: Any) -> Any:
    made = copy.deepcopy(attributes)
    place = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = new
    return made


def deep(depth: int = 200) -> Any:
    return {"a": deep(depth - 1)} if depth else PLANTED


WILD: list[Any] = [
    None, True, -1, 0, 7, 10**18, 10**400, -(10**400), 1e308, float(2**53), "", PLANTED, "unknown", "\ud800", "\0",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "2026-11-24T07:10:00.000000Z#moment#", "~", "zqx" * 1000,
    [], {}, [PLANTED],
    [[PLANTED] * 100] * 3, {PLANTED: PLANTED}, {"kind": "safety", "question": PLANTED, "options": [PLANTED]},
    {"script": PLANTED, "step": 10**18}, {"kind": "number", "options": []}, {"kind": "choose", "options": ["a"]},
    {"kind": "remind", "options": [PLANTED]}, deep(),
]  # fmt: skip


@pytest.mark.parametrize("name", ["next", "repeat", "yes", "launch", "session_ended_silence"])
def test_any_value_in_any_place_is_borne(
    name: str, handler: Handler, alices: tuple[Visit, list[Row]], rows: Rows
) -> None:
    bob = Visit(handler, BOB)
    bob.send("one_shot_search_query")
    bob.send("next")
    for path in {*leaves(bob.attributes)}:
        for wild in WILD:
            event = copy.deepcopy(bob.sent[-1])
            event["request"] |= request(name)["request"] | {"timestamp": event["request"]["timestamp"]}
            event["session"]["attributes"] = replaced(bob.attributes, path, wild)
            inner = valid(handler(event, None))
            assert "zqx" not in json.dumps(inner), (path, wild)
    assert of_alice(alices, rows) == alices[1]


@pytest.mark.parametrize("name", ["next", "repeat", "yes", "no", "help", "launch"])
def test_more_in_any_place_is_borne(name: str, handler: Handler) -> None:
    bob = Visit(handler, BOB)
    bob.send("one_shot_search_query")
    for path in {(), *leaves(bob.attributes)}:
        place = attributes = copy.deepcopy(bob.attributes)
        for part in path:
            place = place[part]
        if isinstance(place, dict):
            place[PLANTED] = deep()
            event = request(name, BOB)
            event["session"]["attributes"] = attributes
            assert "zqx" not in json.dumps(valid(handler(event, None)))


@pytest.mark.parametrize("wild", [*WILD, [{}] * 10_000], ids=lambda wild: f"{wild!r:.30}")
def test_attributes_of_any_shape_begin_the_session_anew(wild: Any, handler: Handler) -> None:
    for attributes in (wild, {"state": wild}, {"state": {"session": wild}}, {"state": wild, "account": wild}):
        event = request("search_query_danger", BOB)
        event["session"]["attributes"] = attributes
        inner = valid(handler(event, None))
        assert "911" in " ".join(heard(inner).split()[:20])
        assert "zqx" not in json.dumps(inner)


def test_a_session_that_was_told_of_danger_cannot_be_talked_out_of_it(handler: Handler) -> None:
    """What is open in the attributes never keeps the number from who tells of danger."""
    bob = Visit(handler, BOB)
    bob.send("one_shot_search_query")
    for path in {*leaves(bob.attributes)}:
        for wild in WILD:
            event = request("bare_phrase", BOB, intent=phrase("he is not breathing"))
            event["session"]["attributes"] = replaced(bob.attributes, path, wild)
            assert "911" in " ".join(heard(valid(handler(event, None))).split()[:40]), (path, wild)
