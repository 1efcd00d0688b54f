"""Which word of encouragement is given: chosen by what the journal knows, and none again for a long while."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.journal.entries import Session
    from skill.words import Encouragement, Occasion

__all__ = ["NOT_AGAIN", "chosen", "occasion"]

HARD_DAY = timedelta(hours=36)
"""How long after an emergency or a bad outcome a day counts as a hard one: today and the morning after."""
WIN = timedelta(hours=48)
"""How long a win is answered by its own encouragements."""
SILENCE = timedelta(days=14)
"""A silence after which the caregiver is welcomed back."""
NOT_AGAIN = 40
"""Encouragements that have to pass before one is given again: a month of mornings, and some."""


def occasion(session: "Session", now: datetime) -> "Occasion":
    """The occasion that the journal knows of; a hard day comes before all others."""
    if session.hard is not None and now - session.hard < HARD_DAY:
        return "hard"
    if session.won is not None and now - session.won < WIN:
        return "win"
    if session.before is None:
        return "first"
    return "silence" if now - session.before > SILENCE else "any"


def chosen(encouragements: "Sequence[Encouragement]", session: "Session", now: datetime) -> "Encouragement":
    """The encouragement for now: one that fits the occasion and was not given lately.

    Where all that fit were given lately, one for any day is given; where all of those were, the one given longest ago.
    """
    given = session.encouraged
    fitting = [one for one in encouragements if occasion(session, now) in one.fits]
    for choice in (fitting, [one for one in encouragements if "any" in one.fits]):
        fresh = [one for one in choice if one.name not in given]
        if fresh:
            return fresh[0]
    return min(encouragements, key=lambda one: given.index(one.name) if one.name in given else -1)
