"""What the journal page shows: what the caregiver told, counted by week, day and hour, in their own time.

It counts by the rules by which the voice looks back, so that both say the same. Nothing here names an emergency or a
state of the caregiver, for others may look at the screen. Of an emergency that is quiet, which may be about whoever
looks, nothing is left in it at all.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

from skill.conversation.looking_back import (
    HARD,
    Count,
    Trend,
    hard_lately,
    is_emergency,
    is_hard,
    is_quiet,
    tally,
    trend,
)
from skill.conversation.script import CHILD
from skill.journal.entries import KEPT_FOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from skill.journal.entries import Moment
    from skill.words import Group, Words

__all__ = ["SPANS", "Bar", "Day", "Followed", "Looking", "Told", "Week", "earliest", "look", "told_of"]

SPANS: dict[str, int | None] = {"4": 4, "8": 8, "26": 26, "all": None}
"""The times that can be chosen, in weeks, this week being the last of them; none for all that is kept."""
WEEK = timedelta(days=7)
MOST_BARS = 26
"""Weeks that are drawn a bar each; more are drawn by month."""
LISTED = 20
"""The latest moments that are listed one by one."""
PAIRS = 12
"""Pairs of what followed what that are listed."""
ALL_DAY = range(24)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of figures, and one bar of a chart."""

    label: str
    """`23 Nov`, `Nov 2026`, `07:00`."""
    told: Count


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar."""

    on: date
    told: Count
    to_come: bool
    """Whether it is after today."""


@dataclass(frozen=True, slots=True)
class Week:
    """A row of the calendar."""

    monday: date
    days: tuple[Day, ...]
    """Seven, from Monday."""
    told: Count
    """The week in all."""


@dataclass(frozen=True, slots=True)
class Followed:
    """How often one thing came right after another within a moment."""

    first: str
    """What it was, in the words of `Label.said`."""
    then: str
    """What it came to."""
    times: int


@dataclass(frozen=True, slots=True)
class Told:
    """A moment as it may be shown."""

    moment: "Moment"
    at: datetime
    """When it began, in the caregiver's time."""
    said: tuple[str, ...]
    """What it was about, in order, in the words of `Label.said`; empty where that is not shown."""
    emergency: bool
    """Whether a number was given; which, is not shown."""
    hard: bool
    """Whether it counts as a hard moment."""


@dataclass(frozen=True, slots=True)
class Looking:
    """What the page shows of a time."""

    first: date
    """The first day of it, a Monday."""
    today: date
    """The last."""
    told: Count
    before: Count | None
    """The time of the same length before it; none where all is shown."""
    trend: Trend | None
    """How the two compare by the voice's rule; none where there is nothing to compare."""
    hard_lately: bool
    """Whether more ended worse than better in the last two weeks, as the voice reckons it."""
    numbers: int
    """How often a number to call was given, quiet emergencies left out.

    The page says this, since a journal that hid it altogether would show fewer moments than the caregiver knows of. It
    says no more, since others may look, and the summary says nothing of it: whom to tell is the caregiver's to choose.
    """
    weeks: tuple[Week, ...]
    """The calendar, the latest week first."""
    bars: tuple[Bar, ...]
    """The same by week or, where those are many, by month, in order."""
    by_month: bool
    hours: tuple[Bar, ...]
    """By hour of the day: 24."""
    about: tuple[tuple[str, int], ...]
    """What the hard moments were about, in the words of `Label.said`, and in how many of them."""
    followed: tuple[Followed, ...]
    """What followed what, the most frequent first."""
    latest: tuple[Told, ...]
    """The latest moments, the newest first."""


def earliest(now: datetime, weeks: int | None) -> datetime:
    """From when on moments are needed, to look at so many weeks and compare them with those before."""
    return now - (KEPT_FOR if weeks is None else max((2 * weeks + 1) * WEEK, HARD))


def look(
    words: "Words", moments: "Sequence[Moment]", weeks: int | None, now: datetime, zone: "tzinfo | None"
) -> Looking:
    """Look at the last so many calendar weeks, or at all.

    `moments` are those since `earliest`, in any order. `zone` is the time zone of whoever looks; none for the server's.
    """
    groups = words.groups()
    shown = [one for one in moments if not is_quiet(words, one)]
    today = now.astimezone(zone).date()
    last = _monday(today)
    first = last - (weeks - 1) * WEEK if weeks else _monday(min((_on(one, zone) for one in shown), default=today))
    within = sorted((one for one in shown if first <= _on(one, zone) < last + WEEK), key=lambda one: one.started)
    told = tally(groups, within)
    before = None
    if weeks:
        before = tally(groups, (one for one in shown if first - weeks * WEEK <= _on(one, zone) < first))
    rows = _weeks(groups, within, first, today, zone)
    by_month = len(rows) > MOST_BARS
    about, followed = _what(words, [one for one in within if _counted(groups, one)])
    return Looking(
        first=first,
        today=today,
        told=told,
        before=before,
        trend=trend(told, before) if before and told.moments else None,
        hard_lately=hard_lately(tally(groups, (one for one in shown if now - HARD <= one.started <= now))),
        numbers=sum(is_emergency(groups, one) for one in within),
        weeks=rows[::-1],
        bars=_months(groups, within, zone) if by_month else tuple(Bar(_day(row.monday), row.told) for row in rows),
        by_month=by_month,
        hours=_hours(groups, within, zone),
        about=about,
        followed=followed,
        latest=tuple(told_of(words, one, zone) for one in within[: -LISTED - 1 : -1]),
    )


def told_of(words: "Words", moment: "Moment", zone: "tzinfo | None") -> Told:
    """A moment as it may be shown."""
    groups = words.groups()
    emergency = is_emergency(groups, moment)
    said = _said(words)
    return Told(
        moment=moment,
        at=moment.started.astimezone(zone),
        said=() if emergency else tuple(said[label] for label in moment.path if label in said),
        emergency=emergency,
        hard=not emergency and is_hard(groups, moment),
    )


def _weeks(
    groups: "Mapping[str, Group]", moments: "Sequence[Moment]", first: date, today: date, zone: "tzinfo | None"
) -> tuple[Week, ...]:
    """The calendar, in order."""
    by_day = _sorted_out(moments, lambda one: _on(one, zone))
    rows = []
    monday = first
    while monday <= today:
        days = [monday + timedelta(days=number) for number in range(7)]
        of_days = [by_day.get(day, []) for day in days]
        rows.append(
            Week(
                monday,
                tuple(Day(day, tally(groups, of), day > today) for day, of in zip(days, of_days, strict=True)),
                tally(groups, (one for of in of_days for one in of)),
            )
        )
        monday += WEEK
    return tuple(rows)


def _months(groups: "Mapping[str, Group]", moments: "Sequence[Moment]", zone: "tzinfo | None") -> tuple[Bar, ...]:
    """By month, from the first that has a moment to the last that has one."""
    by_month = _sorted_out(moments, lambda one: _on(one, zone).replace(day=1))
    months = [min(by_month)]
    while months[-1] < max(by_month):
        months.append((months[-1] + timedelta(days=31)).replace(day=1))
    return tuple(Bar(f"{month:%b %Y}", tally(groups, by_month.get(month, []))) for month in months)


def _hours(groups: "Mapping[str, Group]", moments: "Sequence[Moment]", zone: "tzinfo | None") -> tuple[Bar, ...]:
    by_hour = _sorted_out(moments, lambda one: one.started.astimezone(zone).hour)
    return tuple(Bar(f"{hour:02}:00", tally(groups, by_hour.get(hour, []))) for hour in ALL_DAY)


def _what(words: "Words", moments: "Sequence[Moment]") -> tuple[tuple[tuple[str, int], ...], tuple[Followed, ...]]:
    """What moments were about, and what followed what: right after it, with nothing between that is not named."""
    said = _said(words)
    about = Counter(said[label] for one in moments for label in dict.fromkeys(one.path) if label in said)
    pairs = Counter(
        (said[one], said[other])
        for moment in moments
        for one, other in pairwise(moment.path)
        if one in said and other in said
    )
    followed = tuple(Followed(one, other, times) for (one, other), times in pairs.most_common(PAIRS))
    return tuple(about.most_common()), followed


def _said(words: "Words") -> dict[str, str]:
    """What may be named on a screen, by label: what was going on with a child, and good moments."""
    return {
        label.name: label.said
        for label in words.labels
        if label.group in CHILD or (label.group == "good" and label.kept)
    }


def _counted(groups: "Mapping[str, Group]", moment: "Moment") -> bool:
    return not is_emergency(groups, moment) and is_hard(groups, moment)


def _sorted_out(moments: "Iterable[Moment]", by: "Callable[[Moment], _T]") -> "dict[_T, list[Moment]]":
    found: dict[_T, list[Moment]] = {}
    for one in moments:
        found.setdefault(by(one), []).append(one)
    return found


def _on(moment: "Moment", zone: "tzinfo | None") -> date:
    return moment.started.astimezone(zone).date()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
