"""Dataclasses to plain data and back."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.terminal import Visitor
from skill.conversation import State
from skill.errors import PlainError
from skill.plain import from_plain, to_plain
from skill.words import Words


@dataclass(frozen=True)
class Inner:
    name: str


@dataclass(frozen=True)
class Outer:
    inner: Inner
    at: datetime
    kind: Literal["a", "b"] = "a"
    many: tuple[Inner, ...] = ()
    maybe: int | None = None
    by_name: dict[str, float] = field(default_factory=dict)
    flag: bool = False


INNERS = st.builds(Inner, st.text())
TIMES = st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
OUTERS = st.builds(
    Outer,
    INNERS,
    TIMES,
    st.sampled_from(["a", "b"]),
    st.lists(INNERS).map(tuple),
    st.none() | st.integers(),
    st.dictionaries(st.text(), st.floats(allow_nan=False)),
    st.booleans(),
)


@given(OUTERS)
def test_there_and_back_through_json(outer: Outer) -> None:
    assert from_plain(Outer, json.loads(json.dumps(to_plain(outer)))) == outer


def test_all_the_words_go_there_and_back(words: Words) -> None:
    assert from_plain(Words, to_plain(words)) == words


def test_a_state_goes_there_and_back_and_stays_small(visitor: Visitor) -> None:
    for said in ("he won't let me hold him", "next", "now he's hitting me", "i could kill that child", "no", "slower"):
        visitor.hear(said)
        assert visitor.state is not None
        carried = json.dumps(to_plain(visitor.state))
        assert from_plain(State, json.loads(carried)) == replace(visitor.state)
        assert len(carried) < 4096


AT = "2026-11-24T07:10:00Z"


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        ([], "Outer: expected a mapping, got list"),
        ({"at": AT}, "Outer.inner is missing"),
        ({"inner": {"name": 1}, "at": AT}, "Outer.inner: Inner.name: expected text, got int"),
        ({"inner": {"name": "x"}, "at": "noon"}, "Outer.at: expected a time such as 2026-11-24T07:10:00Z"),
        (
            {"inner": {"name": "x"}, "at": "2026-11-24T07:10:00"},
            "Outer.at: expected a time with its zone, such as 2026-11-24T07:10:00Z",
        ),
        ({"inner": {"name": "x"}, "at": None}, "Outer.at: expected a time such as 2026-11-24T07:10:00Z"),
        ({"inner": {"name": "x"}, "at": "9999-12-31T23:59:59Z"}, "Outer.at: expected a time of the years 1900 to 9000"),
        ({"inner": {"name": "x"}, "at": AT, "kind": "c"}, "Outer.kind: expected one of 'a', 'b'"),
        ({"inner": {"name": "x"}, "at": AT, "kind": []}, "Outer.kind: expected one of 'a', 'b'"),
        ({"inner": {"name": "x"}, "at": AT, "many": "xx"}, "Outer.many: expected a list, got str"),
        ({"inner": {"name": "x"}, "at": AT, "maybe": True}, "Outer.maybe: expected a whole number, got bool"),
        ({"inner": {"name": "x"}, "at": AT, "by_name": {"a": "b"}}, "Outer.by_name: expected a number, got str"),
        ({"inner": {"name": "x"}, "at": AT, "flag": 0}, "Outer.flag: expected true or false, got int"),
        ({"inner": {"name": "x"}, "at": AT, "more": 0}, "Outer has no field 'more'"),
    ],
)
def test_what_does_not_fit_is_named(plain: object, reason: str) -> None:
    with pytest.raises(PlainError) as caught:
        from_plain(Outer, plain)
    assert str(caught.value) == reason
