"""Requests that are sent again, late, or in another order: what is kept is what was kept without them."""

import copy
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from skill.channels.alexa.entry import Handler
from tests.attacks.conftest import BOB, Rows, Visit, request
from tests.channels.responses import heard, valid
from tests.conftest import START

VISITS = {
    "a moment": ["launch", "one_shot_search_query", "next", "repeat", "no", "stop"],
    "an emergency": ["launch", "one_shot_search_query", "search_query_danger", "yes", "next", "no"],
    "left": ["one_shot_search_query", "next", "session_ended_silence"],
    "the number": ["search_query_danger", "help", "stop"],
}


@pytest.mark.parametrize("name", ["launch", "one_shot_search_query", "search_query_danger", "fallback", "help", "next"])
def test_a_first_request_sent_again_is_answered_alike_and_kept_once(name: str, handler: Handler, rows: Rows) -> None:
    visit = Visit(handler)
    first = visit.send(name)
    kept = rows()
    for _ in range(3):
        again = valid(handler(copy.deepcopy(visit.sent[0]), None))
        # In other words, for the session knows which it has spoken; but the same thing.
        assert again["shouldEndSession"] == first["shouldEndSession"]
        assert ("911" in heard(again)) == ("911" in heard(first))
        assert ("Say:" in heard(again)) == ("Say:" in heard(first))
        assert rows() == kept


@pytest.mark.parametrize("turns", VISITS.values(), ids=VISITS)
def test_a_later_request_sent_again_has_the_same_answer(turns: list[str], handler: Handler, rows: Rows) -> None:
    visit = Visit(handler)
    visit.send(turns[0])
    for name in turns[1:]:
        first = visit.send(name)
        kept = rows()
        again = valid(handler(copy.deepcopy(visit.sent[-1]), None))
        assert rows() == kept
        assert again.get("outputSpeech") == first.get("outputSpeech")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("turns", VISITS.values(), ids=VISITS)
def test_a_visit_replayed_in_any_order_leaves_the_journal_as_it_was(
    turns: list[str], seed: int, handler: Handler, rows: Rows
) -> None:
    visit = Visit(handler)
    for name in turns:
        visit.send(name)
    kept = rows()
    again = visit.sent * 2
    if seed:
        random.Random(seed).shuffle(again)
    for event in again:
        valid(handler(copy.deepcopy(event), None))
    assert rows() == kept


@pytest.mark.parametrize("turns", VISITS.values(), ids=VISITS)
@pytest.mark.parametrize("engine", ["sqlite", "dynalite"], indirect=True)
def test_an_old_visit_replayed_after_a_new_one_undoes_nothing(turns: list[str], handler: Handler, rows: Rows) -> None:
    old = Visit(handler)
    for name in turns:
        old.send(name)
    new = Visit(handler, at=START + timedelta(hours=3))
    new.send("one_shot_search_query")
    kept = rows()
    for event in old.sent:
        valid(handler(copy.deepcopy(event), None))
        assert rows() == kept


@pytest.mark.parametrize(
    "timestamp",
    [
        datetime(1970, 1, 1, tzinfo=UTC).isoformat(), datetime(2001, 2, 3, tzinfo=UTC).isoformat(),
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-24T07:10:00", "-1", "", 0, -1, 1e308, None, [], {},
        "\ud800", "9" * 10_000,
    ],
    ids=lambda timestamp: f"{timestamp!r:.30}",
)  # fmt: skip
def test_a_wild_timestamp_is_answered_and_touches_nobody_else(timestamp: Any, handler: Handler, rows: Rows) -> None:
    Visit(handler).send("one_shot_search_query")
    kept = rows()
    event = request("search_query_danger", BOB, session="another", timestamp=timestamp)
    assert "911" in heard(valid(handler(event, None)))
    assert [row for row in rows() if row[0] == kept[0][0]] == kept


def test_what_was_forgotten_does_not_come_back(handler: Handler, rows: Rows) -> None:
    visit = Visit(handler)
    for name in ("one_shot_search_query", "next"):
        visit.send(name)
    visit.say("forget everything")
    visit.send("yes")
    assert rows() == []
    for event in visit.sent[1:]:
        valid(handler(copy.deepcopy(event), None))
    assert rows() == []
