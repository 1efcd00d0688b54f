"""How well the reader reads: figures on labelled sentences, and the confusions in order of harm."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from skill.authoring.content import Heard
from skill.authoring.train import train
from skill.errors import ReaderError
from skill.reader import Reader, Reading
from skill.reader.model import Model
from skill.words import Words

__all__ = ["Figures", "figures", "held_out", "labelled", "report"]

OUT_OF_SCOPE = "out_of_scope"

_T = TypeVar("_T")

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


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of a set of sentences, 0 to 1."""

    sentences: int
    right: float
    right_or_runner_up: float
    danger_caught: float
    """Of emergencies: acted on or asked about."""
    danger_sure: float
    """Of emergencies: acted on at once."""
    false_alarms: float
    """Of what is no emergency: acted on as one."""
    needless_safety_questions: float
    """Of what is no emergency: asked about danger."""
    declined: float
    """Of what is out of scope: declined."""
    confident_and_wrong: float
    """Of what is in scope and no emergency: another label's script is spoken."""
    harms: tuple[tuple[str, str, str, int], ...]
    """What went wrong, the label, the reading and how often; the worst first."""


def labelled(path: Path) -> list[Heard]:
    """The sentences of a JSON-lines file with `text` and `label`.

    Raises:
        ReaderError: A line is none; the message names it.
    """
    sentences = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            sentences.append(Heard(row["text"], row["label"], str(row.get("source", ""))))
        except (ValueError, KeyError, TypeError):
            raise ReaderError(f'{path.name}, line {number}: write {{"text": …, "label": …}}.') from None
    return sentences


def held_out(words: Words, heard: Sequence[Heard]) -> list[tuple[Heard, Reading]]:
    """Read every sentence by a model that has seen nothing of its writer."""
    read = []
    for writer in sorted({sentence.writer for sentence in heard}):
        others = [sentence for sentence in heard if sentence.writer != writer]
        reader = Reader(words, Model(train(others, words.emergencies)))
        read += [(sentence, reader.read(sentence.text)) for sentence in heard if sentence.writer == writer]
    return read


def figures(words: Words, read: Iterable[tuple[Heard, Reading]]) -> Figures:
    """The figures of sentences that were read."""
    emergencies = words.emergencies
    rows = list(read)
    danger = [reading for sentence, reading in rows if sentence.label in emergencies]
    calm = [reading for sentence, reading in rows if sentence.label not in emergencies]
    beside = [reading for sentence, reading in rows if sentence.label == OUT_OF_SCOPE]
    inside = [row for row in rows if row[0].label not in emergencies and row[0].label != OUT_OF_SCOPE]
    harms = Counter(
        (harm, sentence.label, reading.situation)
        for sentence, reading in rows
        if (harm := _harm(sentence.label, reading, emergencies))
    )
    return Figures(
        sentences=len(rows),
        right=_share(rows, lambda row: row[0].label == row[1].situation),
        right_or_runner_up=_share(rows, lambda row: row[0].label in (row[1].situation, row[1].runner_up)),
        danger_caught=_share(danger, lambda reading: reading.danger != "none"),
        danger_sure=_share(danger, lambda reading: reading.danger == "sure"),
        false_alarms=_share(calm, lambda reading: reading.danger == "sure"),
        needless_safety_questions=_share(calm, lambda reading: reading.danger == "ask"),
        declined=_share(beside, lambda reading: reading.decision == "decline" and reading.danger == "none"),
        confident_and_wrong=_share(inside, lambda row: _harm(row[0].label, row[1], emergencies) == "wrong script"),
        harms=tuple(
            (*what, often)
            for what, often in sorted(harms.items(), key=lambda item: (HARMS.index(item[0][0]), -item[1], item[0]))
        ),
    )


def _share(rows: Sequence[_T], holds: Callable[[_T], bool]) -> float:
    return sum(map(holds, rows)) / len(rows) if rows else 0.0


def _harm(label: str, reading: Reading, emergencies: Collection[str]) -> str:
    """What goes wrong for a sentence of this label that is read so; empty for nothing."""
    if label in emergencies:
        if reading.danger == "none":
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


def report(figures: Figures, *, most: int = 30) -> str:
    """The figures as text, with the `most` harmful confusions."""
    lines = [
        f"sentences                   {figures.sentences:6d}",
        *(
            f"{name:27} {value:6.1%}"
            for name, value in (
                ("right", figures.right),
                ("right or runner-up", figures.right_or_runner_up),
                ("danger caught", figures.danger_caught),
                ("  acted on at once", figures.danger_sure),
                ("false alarms", figures.false_alarms),
                ("needless safety questions", figures.needless_safety_questions),
                ("out of scope declined", figures.declined),
                ("confident and wrong", figures.confident_and_wrong),
            )
        ),
        "",
        "The confusions, the most harmful first:",
        *(f"  {often:3d}  {harm:25} {label} read as {read}" for harm, label, read, often in figures.harms[:most]),
    ]
    if len(figures.harms) > most:
        lines.append(f"  and {sum(row[3] for row in figures.harms[most:])} more, less harmful")
    return "\n".join(lines)
