"""A word of encouragement: chosen by what the journal knows, and none again for a long while."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from skill.conversation import looking_back, staying

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.conversation.draft import Draft
    from skill.conversation.errands import Errands
    from skill.journal.entries import Moment
    from skill.words import Encouragement, Occasion, Words

__all__ = ["NOT_AGAIN", "chosen", "encourage", "is_hard", "occasion"]

HARD_DAY = timedelta(hours=36)
"""How long after an emergency, a bad outcome or a caregiver's own low a day is a hard one: today and the morning
after."""
WIN = timedelta(hours=48)
"""How long a win is answered by its own encouragements."""
SILENCE = timedelta(days=14)
"""A silence after which the caregiver is welcomed back."""
REMEMBERED = timedelta(days=120)
"""How long a win is given back."""
NOT_AGAIN = 35
"""Encouragements that have to pass before one is given again: a month of mornings, and some."""


def encourage(draft: "Draft", errands: "Errands", *, hard: bool = False) -> None:
    """Give a word of encouragement, on a hard day with a win that was told before; and end.

    `hard` is whether the caregiver calls the day a hard one. A moment that is going on is gone on with, unless it was a
    routine that asked.
    """
    draft.situation = "encouragement"
    now = draft.turn.at
    moments = errands.moments(now - REMEMBERED) or []
    day = "hard" if hard or draft.in_script else occasion(draft.words, moments, draft.before.before, now)
    won = next((moment for moment in reversed(moments) if "small_win" in moment.path), None)
    if day == "hard" and won is not None:
        draft.prompt("win_back", ago=looking_back.upper(looking_back.ago(draft, won.started)))
    one = chosen(draft.words.encouragements, day, draft.encouraged)
    draft.encouraged = (*(name for name in draft.encouraged if name != one.name), one.name)[-NOT_AGAIN:]
    draft.speak(f"encouragements/{one.name}", (f"{one.text} {one.do}",))
    draft.last = tuple(draft.passages)
    if draft.turn.kind == "task":
        staying.end(draft)
    else:
        staying.settle_or_end(draft)


def is_hard(words: "Words", moment: "Moment") -> bool:
    """Whether a moment makes a day a hard one."""
    groups = {words.groups().get(label) for label in moment.path if label != "asking_why"}
    return moment.outcome == "worse" or "emergency" in groups or "caregiver" in groups


def occasion(words: "Words", moments: "Sequence[Moment]", before: datetime | None, now: datetime) -> "Occasion":
    """The occasion that the journal knows of; a hard day comes before all others. `before` is the last visit."""
    if any(now - moment.seen < HARD_DAY and is_hard(words, moment) for moment in moments):
        return "hard"
    if any(now - moment.seen < WIN and "small_win" in moment.path for moment in moments):
        return "win"
    if before is None:
        return "first"
    return "silence" if now - before > SILENCE else "any"


def chosen(encouragements: "Sequence[Encouragement]", day: "Occasion", given: "Sequence[str]") -> "Encouragement":
    """The encouragement for now: one that fits the occasion and was not given lately.

    Where all that fit were given lately, one for any day is given; where all of those were, the one given longest ago.
    """
    fitting = [one for one in encouragements if day in one.fits]
    for choice in (fitting, [one for one in encouragements if "any" in one.fits]):
        fresh = [one for one in choice if one.name not in given]
        if fresh:
            return fresh[0]
    return min(encouragements, key=lambda one: given.index(one.name) if one.name in given else -1)
