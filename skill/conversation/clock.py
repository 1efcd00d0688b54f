"""Times of day as people say them: "half past six", "7:30", "ten to eight in the evening"."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill.words import Words

__all__ = ["heard", "is_time", "said"]

NOON, DAY, HOUR = 12, 24, 60
EVENING = 17
"""The hour from which it is evening."""
_TOKEN = re.compile(r"[a-z]+|\d+")


def said(words: "Words", at: str) -> str:
    """`07:10` as it is spoken: "seven ten in the morning"."""
    clock, (hour, minute) = words.clock, map(int, at.split(":"))
    part = clock.morning if hour < NOON else clock.evening if hour >= EVENING else clock.afternoon
    spoken = [words.counts[(hour - 1) % NOON + 1]]
    if minute:
        spoken += [*([clock.oh] if minute < len("0123456789") else []), words.counts[minute]]
    return " ".join([*spoken, part])


def is_time(text: str) -> bool:
    """Whether a text is a time as it is kept, `07:10`."""
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is not None


def heard(words: "Words", text: str) -> str:
    """The time in a sentence, as `07:10`; empty for none. Where nothing tells, it is taken to be before noon."""
    tokens = _TOKEN.findall(text.lower().replace("'", "").replace(".", ""))
    clock = words.clock
    if not set(tokens).isdisjoint(clock.noon):
        return "12:00"
    later = not set(tokens).isdisjoint(clock.later)
    for place in range(len(tokens)):
        found = _turned(words, tokens[place:]) or _plain(words, tokens[place:])
        if found is not None:
            hour, minute = found
            if hour <= NOON and (later or hour == NOON):
                hour = hour % NOON + NOON
            minutes = (hour * HOUR + minute) % (DAY * HOUR)
            return f"{minutes // HOUR:02}:{minutes % HOUR:02}"
    return ""


def _turned(words: "Words", tokens: "Sequence[str]") -> tuple[int, int] | None:
    """Minutes past or to an hour: "half past six", "ten to eight"; as the hour and the minutes after it."""
    clock = words.clock
    if tokens[0] in clock.half:
        minute, rest = HOUR // 2, tokens[1:]
    elif tokens[0] in clock.quarter:
        minute, rest = HOUR // 4, tokens[1:]
    else:
        first = _number(words, tokens)
        if first is None:
            return None
        minute, length = first
        rest = tokens[length:]
    if not rest or rest[0] not in (*clock.past, *clock.to):
        return None
    hour = _number(words, rest[1:])
    if hour is None or not 0 < hour[0] <= NOON or not 0 < minute < HOUR:
        return None
    return hour[0], minute if rest[0] in clock.past else -minute


def _plain(words: "Words", tokens: "Sequence[str]") -> tuple[int, int] | None:
    """An hour and perhaps its minutes: "seven", "seven oh five", "7 30"."""
    hour = _number(words, tokens, single=True)
    if hour is None or hour[0] >= DAY:
        return None
    rest = [token for token in tokens[hour[1] :] if token != words.clock.oh]
    minute = _number(words, rest)
    return hour[0], minute[0] if minute is not None and minute[0] < HOUR else 0


def _number(words: "Words", tokens: "Sequence[str]", *, single: bool = False) -> tuple[int, int] | None:
    """The number that the tokens begin with, and how many of them it takes; with `single`, one."""
    if not tokens:
        return None
    if tokens[0].isdigit():
        return int(tokens[0][:4]), 1
    if not single and len(tokens) > 1 and f"{tokens[0]}-{tokens[1]}" in words.counts:
        return words.counts.index(f"{tokens[0]}-{tokens[1]}"), 2
    return (words.counts.index(tokens[0]), 1) if tokens[0] in words.counts[1:] else None
