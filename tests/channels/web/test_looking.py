"""What the journal page shows: every moment counted once, nothing named that others may not see."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.web.looking import LISTED, SPANS, Looking, earliest, look, told_of
from skill.conversation.looking_back import Count, count, hard_lately
from skill.journal.entries import Moment
from skill.words import load
from tests.conftest import START

WORDS = load()
GROUPS = WORDS.groups()
SHOWN = {"comfort", "underneath", "correction", "good"}
SAID = {label.name: label.said for label in WORDS.labels}
QUIET = {label for label, one in WORDS.emergencies.items() if one.quiet}
ZONES = [None, *map(ZoneInfo, ["Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "America/Havana"])]


def moment(*path: str, at: datetime = START, outcome: str | None = None, id_: str = "s-1") -> Moment:
    made = Moment(
        id=id_, caregiver="a", started=at, seen=at, channel="web", locale="en-US", situation=path[-1], path=path
    )
    return replace(made, outcome=outcome)  # type: ignore[arg-type] # a text of the three


PATHS = st.lists(st.sampled_from([*GROUPS, "a_label_of_old"]), min_size=1, max_size=5).map(tuple)
MOMENTS = st.lists(
    st.builds(
        lambda path, ago, outcome: moment(*path, at=START - ago, outcome=outcome),
        PATHS,
        st.timedeltas(timedelta(0), timedelta(days=400)),
        st.sampled_from(["better", "same", "worse", None]),
    ),
    max_size=40,
)
Look = tuple[list[Moment], int | None, tzinfo | None]
LOOKS = st.tuples(MOMENTS, st.sampled_from(list(SPANS.values())), st.sampled_from(ZONES))


def summed(counts: Sequence[Count]) -> Count:
    return Count(*(sum(getattr(one, field.name) for one in counts) for field in fields(Count)))


def midnight(day: date, zone: tzinfo | None) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def texts(seen: Looking) -> set[str]:
    """All that names something."""
    told = {text for one in seen.latest for text in one.said}
    return told | {said for said, _ in seen.about} | {text for one in seen.followed for text in (one.first, one.then)}


@given(LOOKS)
def test_every_counted_moment_is_there_once_however_it_is_cut(given_: Look) -> None:
    moments, weeks, zone = given_
    seen = look(WORDS, moments, weeks, START, zone)
    after = midnight(seen.today + timedelta(days=7), zone)
    assert seen.told == count(WORDS, moments, midnight(seen.first, zone), after)
    for cut in (
        [week.told for week in seen.weeks],
        [day.told for week in seen.weeks for day in week.days],
        [bar.told for bar in seen.bars],
        [bar.told for bar in seen.hours],
    ):
        assert summed(cut) == seen.told
    assert [day.on for week in seen.weeks[::-1] for day in week.days] == [
        seen.first + timedelta(days=number) for number in range(7 * len(seen.weeks))
    ]
    assert seen.first.weekday() == 0
    assert weeks is None or len(seen.weeks) == weeks


@given(LOOKS)
def test_no_emergency_and_no_state_of_the_caregiver_is_named(given_: Look) -> None:
    moments, weeks, zone = given_
    seen = look(WORDS, moments, weeks, START, zone)
    assert texts(seen) <= {said for label, said in SAID.items() if GROUPS[label] in SHOWN}
    assert all(not one.said for one in seen.latest if one.emergency)


@given(LOOKS)
def test_of_a_quiet_emergency_there_is_no_trace(given_: Look) -> None:
    moments, weeks, zone = given_
    rest = [one for one in moments if QUIET.isdisjoint(one.path)]
    assert look(WORDS, moments, weeks, START, zone) == look(WORDS, rest, weeks, START, zone)
    assert "abuse" in QUIET


@given(LOOKS)
def test_what_is_asked_of_the_store_is_enough(given_: Look) -> None:
    moments, weeks, zone = given_
    since = earliest(START, weeks)
    asked = [one for one in moments if one.started >= since]
    assert look(WORDS, asked, weeks, START, zone) == look(WORDS, moments, weeks, START, zone)


def test_which_emergency_it_was_changes_nothing_but_the_moment_itself() -> None:
    loud = [label for label, group in GROUPS.items() if group == "emergency" and label not in QUIET]
    told = [look(WORDS, [moment("hitting", label)], 8, START, UTC) for label in loud]
    assert {one.numbers for one in told} == {1}
    assert {one.told for one in told} == {Count(0, 0, 0, 0, 0)}
    assert {one.latest[0].said for one in told} == {()}


def test_days_and_hours_are_those_of_the_clock_on_the_wall() -> None:
    # The night in which Berlin sets its clocks back: two hours are two o'clock.
    berlin = ZoneInfo("Europe/Berlin")
    night = [datetime(2026, 10, 24, 22, 30, tzinfo=UTC) + timedelta(hours=number) for number in range(4)]
    last = datetime(2026, 10, 25, 22, 59, tzinfo=UTC)
    seen = look(WORDS, [moment("hitting", at=at) for at in (*night, last)], 8, START, berlin)
    by_hour = {bar.label: bar.told.moments for bar in seen.hours if bar.told.moments}
    assert by_hour == {"00:00": 1, "01:00": 1, "02:00": 2, "23:00": 1}
    sunday = next(day for week in seen.weeks for day in week.days if day.on == date(2026, 10, 25))
    assert sunday.told.moments == 5


def test_what_followed_what_is_counted_where_both_are_shown() -> None:
    raging, hitting = SAID["raging"], SAID["hitting"]
    moments = [
        moment("raging", "hitting"),
        moment("raging", "hitting", "small_win"),
        moment("raging", "losing_my_temper", "hitting"),
        moment("raging", "hitting", "child_medical"),
    ]
    seen = look(WORDS, moments, 8, START, UTC)
    assert [(one.first, one.then, one.times) for one in seen.followed] == [
        (raging, hitting, 2),
        (hitting, SAID["small_win"], 1),
    ]
    assert dict(seen.about) == {raging: 3, hitting: 3, SAID["small_win"]: 1}


@pytest.mark.parametrize(
    ("now", "before", "trend"),
    [("bbbb", "wwwww", "few"), ("bbbbb", "wwww", "few"), ("bbbbb", "bwwww", "up"), ("bwwww", "bbbbb", "down"),
     ("bbwww", "bbwww", "alike"), ("", "bbbbb", None)],
)  # fmt: skip
def test_a_trend_is_told_by_the_rule_of_the_voice(now: str, before: str, trend: str | None) -> None:
    ends = {"b": "better", "w": "worse"}
    moments = [
        moment("hitting", at=at, outcome=ends[end])
        for told, at in ((now, START), (before, START - timedelta(weeks=4)))
        for end in told
    ]
    seen = look(WORDS, moments, 4, START, UTC)
    assert seen.trend == trend
    assert seen.before == count(WORDS, moments, START - timedelta(weeks=5), START - timedelta(weeks=3))
    assert look(WORDS, moments, None, START, UTC).trend is None


def test_two_bad_weeks_are_told_as_by_voice() -> None:
    moments = [moment("hitting", at=START - timedelta(days=day), outcome="worse") for day in (1, 13, 15, 16)]
    assert look(WORDS, moments, 8, START, UTC).hard_lately
    assert not look(WORDS, moments[1:], 8, START, UTC).hard_lately
    assert hard_lately(Count(2, 0, 0, 2, 0))


def test_a_long_time_is_drawn_by_month_without_a_gap() -> None:
    moments = [moment("hitting", at=START - timedelta(days=days)) for days in (0, 390)]
    seen = look(WORDS, moments, None, START, UTC)
    assert seen.by_month
    assert [bar.label for bar in seen.bars][:3] == ["Oct 2025", "Nov 2025", "Dec 2025"]
    assert len(seen.bars) == 14
    assert len(seen.weeks) == 57


def test_the_latest_are_listed_the_newest_first() -> None:
    moments = [moment("hitting", at=START - timedelta(hours=hour), id_=f"s-{hour}") for hour in range(LISTED + 5)]
    seen = look(WORDS, moments, 8, START, UTC)
    assert [one.moment.id for one in seen.latest] == [f"s-{hour}" for hour in range(LISTED)]


def test_nothing_told_is_nothing_shown() -> None:
    for weeks in SPANS.values():
        seen = look(WORDS, [], weeks, START, UTC)
        assert seen.told == Count(0, 0, 0, 0, 0)
        assert not any((seen.latest, seen.about, seen.followed))


def test_a_state_of_the_caregiver_is_a_hard_moment_without_a_name() -> None:
    told = told_of(WORDS, moment("worn_out"), UTC)
    assert (told.said, told.hard, told.emergency) == ((), True, False)
    assert look(WORDS, [moment("worn_out")], 8, START, UTC).told.moments == 1
    assert not told_of(WORDS, moment("asking_why"), UTC).hard
