"""Ids that are meant to reach into the table: every caregiver has a place of their own there, whatever an id holds."""

import re
from typing import Any

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import Rows, Visit, owners, request
from tests.channels.responses import heard, valid

IDS = [
    "u", "U", " u", "u ", "alexa:u", "u#p", "u##p", "u#p#q", "u%23p", "u%2523p", "u%", "u%25",
    "#", "##", "#u", "%23", "$",
    "#moment#", "#session#", "standing", "#member#", "2026-11-24T07:10:00.000000Z#moment#u", "2026", "~",
    "\0", "u\0", "u\0p", "u\n", "u\u200b", "ｕ", "е", "é", "e\u0301", "\ud800", "\ud801", "\U0001f600", "None",
    "null", "[]",
    "x" * 100_000, "x" * 100_001, "../u", "u/../p", "'; DROP TABLE entries; --", "%", "_", '{"S": "u"}', ":caregiver",
]  # fmt: skip
PERSONS = [None, "p", "#p", "p#q", "%23p", "\0"]
IN_TABLE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{15}Z#(moment#[0-9a-f]{16}-1|session#[0-9a-f]{16})|#member#[0-9a-f]{32}")


@pytest.mark.parametrize("engine", ["sqlite", "dynalite"], indirect=True)
def test_no_two_caregivers_share_a_place(handler: Handler, rows: Rows) -> None:
    told = 0
    for user in IDS:
        for person in PERSONS:
            # The same session and second for all.
            inner = valid(handler(request("one_shot_search_query", user, person), None))
            assert inner["outputSpeech"]
            told += 1
    kept = rows()
    assert len(owners(kept)) == told
    assert sum("#moment#" in entry for _, entry, _ in kept) == told
    for caregiver, entry, _ in kept:
        assert re.fullmatch("[0-9a-f]{32}", caregiver)
        assert IN_TABLE.fullmatch(entry)


def test_who_has_told_of_one_moment_is_told_of_one(handler: Handler) -> None:
    visits = [Visit(handler, user, person, session="one for all") for user in IDS for person in PERSONS]
    for visit in visits:
        visit.send("one_shot_search_query")
    assert len({visit.say("what do you know about me") for visit in visits}) <= 2


@pytest.mark.parametrize("engine", ["sqlite", "dynalite"], indirect=True)
def test_no_two_sessions_share_a_place(handler: Handler, rows: Rows) -> None:
    for session in IDS:
        valid(handler(request("launch", session=session), None))
    kept = rows()
    assert len(owners(kept)) == 1
    assert len(kept) == len(IDS)
    assert all(IN_TABLE.fullmatch(entry) for _, entry, _ in kept)


NOBODY: list[dict[str, Any]] = [{}, {"userId": None}, {"userId": ""}, {"other": "u"}]


@pytest.mark.parametrize(
    "name", ["launch", "one_shot_search_query", "search_query_danger", "bare_phrase", "next", "help"]
)
@pytest.mark.parametrize("user", [*NOBODY, None, [], "u", 0], ids=repr)
def test_who_has_no_id_is_answered_and_shares_no_journal(user: Any, name: str, handler: Handler, rows: Rows) -> None:
    event = request(name)
    for holder in (event["session"], event["context"]["System"]):
        holder["user"] = user
    said = heard(valid(handler(event, None)))
    assert "911" in said or name != "search_query_danger"
    assert rows() == []


@pytest.mark.parametrize("user", NOBODY, ids=repr)
def test_a_voice_without_an_account_shares_no_journal(user: Any, handler: Handler, rows: Rows) -> None:
    event = request("one_shot_search_query", person="p")
    for holder in (event["session"], event["context"]["System"]):
        holder["user"] = user
    valid(handler(event, None))
    assert rows() == []


@pytest.mark.parametrize("user", [*NOBODY, None, [], "u", 0], ids=repr)
def test_an_account_without_an_id_erases_nothing(user: Any, handler: Handler, rows: Rows) -> None:
    Visit(handler).send("one_shot_search_query")
    before = rows()
    event = request("skill_disabled")
    event["context"]["System"]["user"] = user
    assert valid(handler(event, None)) == {}
    assert rows() == before


@pytest.mark.parametrize("session", [None, "", [], {}, 0], ids=repr)
def test_a_session_without_an_id_is_answered(session: Any, handler: Handler) -> None:
    event = request("search_query_danger")
    event["session"]["sessionId"] = session
    assert "911" in heard(valid(handler(event, None)))
    del event["session"]["sessionId"]
    assert "911" in heard(valid(handler(event, None)))
