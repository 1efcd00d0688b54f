"""Requests of another skill: whatever stands where the id belongs, nothing is spoken, kept or erased."""

from typing import Any

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import SKILL, Rows, Visit, request
from tests.channels.responses import valid

FOREIGN: list[Any] = [
    None, "", "amzn1.ask.skill.another", SKILL.upper(), f"{SKILL} ", f"{SKILL}\n", f"{SKILL}\0", SKILL[:-1],
    [SKILL], {"applicationId": SKILL}, {}, [], 0, 1, True,
]  # fmt: skip
EVENTS = ["launch", "one_shot_search_query", "search_query_danger", "session_ended", "skill_disabled", "launch_task"]


def turned_away(handler: Handler, event: Any) -> bool:
    return valid(handler(event, None)) == {}


@pytest.mark.parametrize("name", EVENTS)
@pytest.mark.parametrize("foreign", FOREIGN, ids=repr)
def test_a_foreign_id_is_turned_away(foreign: Any, name: str, handler: Handler, rows: Rows) -> None:
    Visit(handler).send("one_shot_search_query")
    before = rows()
    assert before
    event = request(name)
    for holder in (event["context"]["System"], event.get("session", {})):
        holder["application"] = {"applicationId": foreign}
    assert turned_away(handler, event)
    assert rows() == before


@pytest.mark.parametrize("application", [None, [], "x", SKILL, [{"applicationId": SKILL}], {}], ids=repr)
def test_an_application_of_another_shape_is_turned_away(application: Any, handler: Handler, rows: Rows) -> None:
    event = request("one_shot_search_query")
    for holder in (event["context"]["System"], event["session"]):
        holder["application"] = application
    assert turned_away(handler, event)
    for holder in (event["context"]["System"], event["session"]):
        del holder["application"]
    assert turned_away(handler, event)
    assert rows() == []


@pytest.mark.parametrize("holder", ["context", "session"])
def test_two_ids_that_disagree_are_turned_away(holder: str, handler: Handler, rows: Rows) -> None:
    event = request("one_shot_search_query")
    place = event["session"] if holder == "session" else event["context"]["System"]
    place["application"] = {"applicationId": "amzn1.ask.skill.another"}
    assert turned_away(handler, event)
    assert rows() == []


@pytest.mark.parametrize("event", [None, [], "x", 0, {}, [{"context": {}}], {"context": [], "session": "x"}], ids=repr)
def test_what_names_no_skill_is_turned_away(event: Any, handler: Handler) -> None:
    assert turned_away(handler, event)


def test_our_own_are_answered(handler: Handler, rows: Rows) -> None:
    event = request("one_shot_search_query")
    # An old form of the request names the skill in its session alone.
    del event["context"]["System"]["application"]
    assert valid(handler(event, None))["outputSpeech"]
    assert rows()
