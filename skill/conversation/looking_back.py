"""Looking back: what the caregiver told, counted honestly.

No trend under five rated moments in each of two periods, no cause, no score, always the worse ones too. What was said
of an emergency is not spoken of again, and no label is read out.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from skill.conversation import staying
from skill.conversation.script import CHILD, WIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from skill.conversation.draft import Draft
    from skill.conversation.errands import Errands
    from skill.journal.entries import Moment
    from skill.words import Group, Period, Words

__all__ = [
    "HARD",
    "Count",
    "Trend",
    "ago",
    "count",
    "counted",
    "hard_lately",
    "is_emergency",
    "is_hard",
    "is_quiet",
    "look_back",
    "tally",
    "trend",
    "upper",
]

ENOUGH = 5
"""Rated moments that each of two periods needs before one is held against the other."""
HARD = timedelta(days=14)
"""The time over which more worse than better means that somebody should be called."""
ALIKE = 0.15
"""Difference in the share of better endings under which two periods are alike."""
NO_MOMENT = frozenset({"asking_why"})
"""Situations of the caregiver that are a question and no moment."""
Trend = Literal["few", "alike", "up", "down"]
"""How a period went beside the one before it; the prompt `back_<trend>` says it."""
_AGES = ((365, "year"), (30, "month"), (7, "week"), (1, "day"))


@dataclass(frozen=True, slots=True)
class Count:
    """What was told of some time."""

    moments: int
    """Hard moments, emergencies left out."""
    better: int
    same: int
    worse: int
    wins: int
    """Good things told, in a hard moment or by themselves."""

    @property
    def rated(self) -> int:
        """Moments of which the end was told."""
        return self.better + self.same + self.worse


def is_emergency(groups: "Mapping[str, Group]", moment: "Moment") -> bool:
    """Whether a moment came to an emergency: then it is counted nowhere. `groups` are those of `Words.groups`."""
    return any(groups.get(label) == "emergency" for label in moment.path)


def is_quiet(words: "Words", moment: "Moment") -> bool:
    """Whether a moment ever came to an emergency in which someone unsafe may be near."""
    return any(one.quiet for one in map(words.emergencies.get, moment.path) if one is not None)


def is_hard(groups: "Mapping[str, Group]", moment: "Moment") -> bool:
    """Whether a moment counts as a hard one, once it is known to be no emergency."""
    return any(groups.get(label) in {*CHILD, "caregiver"} and label not in NO_MOMENT for label in moment.path)


def tally(groups: "Mapping[str, Group]", moments: "Iterable[Moment]") -> Count:
    """Count moments."""
    told: Counter[str] = Counter()
    hard = wins = 0
    for moment in moments:
        if is_emergency(groups, moment):
            continue
        if is_hard(groups, moment):
            hard += 1
            told[moment.outcome or ""] += 1
        wins += WIN in moment.path
    return Count(hard, told["better"], told["same"], told["worse"], wins)


def count(words: "Words", moments: "Sequence[Moment]", since: datetime, until: datetime) -> Count:
    """Count the moments that began in a time."""
    return tally(words.groups(), (moment for moment in moments if since <= moment.started < until))


def trend(told: Count, before: Count) -> Trend:
    """How a period went beside the one before it; `few` where either holds too little to tell."""
    if min(told.rated, before.rated) < ENOUGH:
        return "few"
    change = told.better / told.rated - before.better / before.rated
    return "alike" if abs(change) < ALIKE else "up" if change > 0 else "down"


def hard_lately(told: Count) -> bool:
    """Whether what was told of the time `HARD` means that somebody should be called."""
    return told.worse > told.better and told.worse > 1


def look_back(draft: "Draft", errands: "Errands", name: str) -> None:
    """Say how it has gone in a period, and end, unless a moment is going on."""
    draft.situation = "progress"
    period = draft.words.periods.get(name) or next(one for one in draft.words.periods.values() if not one.rules)
    now = draft.turn.at
    until = now - timedelta(days=period.ago)
    since = until - timedelta(days=period.days)
    earliest = min(since - timedelta(days=period.days), now - HARD)
    moments = errands.moments(earliest)
    if moments is None:
        draft.prompt("cannot_look")
    else:
        until += timedelta(seconds=0 if period.ago else 1)
        told = count(draft.words, moments, since, until)
        before = count(draft.words, moments, since - timedelta(days=period.days), since)
        _say(draft, period, told)
        if told.moments:
            _trend(draft, told, before)
        if told.moments and told.wins:
            draft.prompt("back_wins", wins=counted(draft, "win", told.wins))
        _hard(draft, count(draft.words, moments, now - HARD, until))
    draft.last = tuple(draft.passages)
    staying.settle_or_end(draft)


def _say(draft: "Draft", period: "Period", told: Count) -> None:
    """What was told, with the count, the worse ones always among it."""
    if told.moments:
        draft.prompt("back_moments", period=upper(period.said), moments=counted(draft, "moment", told.moments))
        if told.rated:
            better, same, worse = (number(draft, one) for one in (told.better, told.same, told.worse))
            draft.prompt("back_rated", better=upper(better), same=same, worse=worse)
        if told.moments > told.rated:
            rest = told.moments - told.rated
            draft.prompt("back_unrated" if told.rated else "back_none_rated", rest=number(draft, rest))
        draft.prompt("back_only")
    elif told.wins:
        draft.prompt("back_moments", period=upper(period.said), moments=counted(draft, "win", told.wins))
    else:
        draft.prompt("back_nothing", period=period.said)


def _trend(draft: "Draft", told: Count, before: Count) -> None:
    """How the period went beside the one before it, where there is enough of both."""
    how = trend(told, before)
    if how == "few":
        draft.prompt("back_few")
    else:
        draft.prompt(f"back_{how}", better=number(draft, before.better), rated=number(draft, before.rated))


def _hard(draft: "Draft", told: Count) -> None:
    if hard_lately(told):
        draft.prompt("back_hard")


def number(draft: "Draft", value: int) -> str:
    """A number in words."""
    counts = draft.words.counts
    return counts[value] if value < len(counts) else draft.text("very_many")


def counted(draft: "Draft", thing: str, value: int) -> str:
    """So many of a thing: "one moment", "six moments"."""
    name = thing if value == 1 else f"{thing}s"
    return draft.text(name, count=number(draft, value))


def ago(draft: "Draft", then: datetime) -> str:
    """How long ago that was: "today", "two weeks ago"."""
    days = (draft.turn.at - then).days
    for length, unit in _AGES:
        if days >= length:
            value = days // length
            return draft.text(f"{unit}_ago" if value == 1 else f"{unit}s_ago", count=number(draft, value))
    return draft.text("today")


def upper(text: str) -> str:
    """A text as a sentence begins."""
    return text[:1].upper() + text[1:]
