"""The figures of sentences that were read, each with its 95 % interval, and what went wrong in order of harm."""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from skill.authoring.content import Heard
from skill.reader import Reading
from skill.words import Words

__all__ = ["HARMS", "Figures", "Row", "Share", "figures", "harm", "is_caught", "read_as", "share"]

OUT_OF_SCOPE = "out_of_scope"
Z95 = 1.959964
"""The normal quantile of a 95 % interval."""

HARMS = (
    "emergency missed",
    "wrong emergency",
    "false alarm",
    "wrong script",
    "declined, but ours",
    "needless safety question",
    "needless question",
    "answered, but not ours",
)
"""What can go wrong with a sentence, the worst first."""

Row = tuple[Heard, Reading]
"""A sentence, and what was understood of it."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The share's 95 % interval, by Wilson's score, which holds for few sentences too; all of 0 to 1 of nothing."""
        if not self.of:
            return 0.0, 1.0
        spread = Z95**2 / self.of
        middle = (self.value + spread / 2) / (1 + spread)
        half = Z95 / (1 + spread) * math.sqrt(self.value * (1 - self.value) / self.of + spread / (4 * self.of))
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a reader made of a set of sentences."""

    shares: Mapping[str, Share]
    """Over all sentences, by name; `figures` says what each counts."""
    by_hardness: Mapping[str, Share]
    """Right, of the sentences that their writer called hard or easy."""
    by_writer: Mapping[str, Share]
    """Right, by writer."""
    by_label: Mapping[str, tuple[Share, Share]]
    """Right, and right or runner-up, by label."""
    harms: tuple[tuple[str, str, str, int], ...]
    """What went wrong, the label, the reading and how often; the worst first."""


def figures(words: Words, read: Iterable[Row]) -> Figures:
    """The figures of sentences that were read."""
    rows = list(read)
    emergencies = words.emergencies
    danger = [row for row in rows if row[0].label in emergencies]
    calm = [row for row in rows if row[0].label not in emergencies]
    beside = [row for row in calm if row[0].label == OUT_OF_SCOPE]
    inside = [row for row in calm if row[0].label != OUT_OF_SCOPE]
    acted = [row for row in danger if row[1].danger == "sure"]
    harms = Counter(
        (wrong, sentence.label, read_as(reading))
        for sentence, reading in rows
        if (wrong := harm(sentence.label, reading, emergencies))
    )
    return Figures(
        shares={
            "right": share(rows, _right),
            "right or runner-up": share(rows, _right_or_runner_up),
            "danger caught": share(danger, lambda row: is_caught(row[1])),
            "  acted on at once": share(danger, lambda row: row[1].danger == "sure"),
            "  the right emergency": share(acted, lambda row: row[0].label == row[1].emergency),
            "false alarms": share(calm, lambda row: row[1].danger == "sure"),
            "needless safety questions": share(calm, lambda row: row[1].danger == "ask"),
            "out of scope declined": share(
                beside, lambda row: row[1].decision == "decline" and row[1].danger == "none"
            ),
            "confident and wrong": share(inside, lambda row: harm(row[0].label, row[1], emergencies) == "wrong script"),
            "spoken to at once": share(inside, lambda row: row[1].decision == "speak" and row[1].danger == "none"),
        },
        by_hardness={
            name: share(some, _right)
            for name, hard in (("easy", False), ("hard", True))
            if (some := [row for row in rows if row[0].hard is hard])
        },
        by_writer={name: share(some, _right) for name, some in _parted(rows, lambda row: row[0].writer or "unnamed")},
        by_label={
            name: (share(some, _right), share(some, _right_or_runner_up))
            for name, some in _parted(rows, lambda row: row[0].label)
        },
        harms=tuple(
            (*what, often)
            for what, often in sorted(harms.items(), key=lambda item: (HARMS.index(item[0][0]), -item[1], item[0]))
        ),
    )


def share(rows: Sequence[_T], holds: Callable[[_T], bool]) -> Share:
    """The share of `rows` for which it holds."""
    return Share(sum(map(holds, rows)), len(rows))


def is_caught(reading: Reading) -> bool:
    """Whether a reading acts on danger or asks about it."""
    return reading.danger != "none"


def harm(label: str, reading: Reading, emergencies: Collection[str]) -> str:
    """What goes wrong for a sentence of this label that is read so; empty for nothing."""
    if label in emergencies:
        if not is_caught(reading):
            return HARMS[0]
        return HARMS[1] if reading.danger == "sure" and reading.emergency != label else ""
    if reading.danger == "sure":
        return HARMS[2]
    if reading.danger == "ask":
        return HARMS[5]
    if label == OUT_OF_SCOPE:
        return "" if reading.decision == "decline" else HARMS[7]
    match reading.decision:
        case "decline":
            return HARMS[4]
        case "speak":
            return "" if reading.situation == label else HARMS[3]
    return HARMS[6]


def _right(row: Row) -> bool:
    return row[0].label == row[1].situation


def _right_or_runner_up(row: Row) -> bool:
    return row[0].label in (row[1].situation, row[1].runner_up)


def read_as(reading: Reading) -> str:
    """The label that a reading acts on: the emergency where danger is sure, else the situation."""
    return reading.emergency if reading.danger == "sure" else reading.situation


def _parted(rows: Sequence[Row], by: Callable[[Row], str]) -> list[tuple[str, list[Row]]]:
    """The rows parted by a name, in the order of the names."""
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault(by(row), []).append(row)
    return sorted(parts.items())
