"""Readers that have seen nothing of the writers they are measured on, and what more writers and sentences bring."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from skill.authoring.content import Heard, Lessons
from skill.authoring.evaluate.figures import Row, Share, figures
from skill.authoring.train import train
from skill.reader import Reader
from skill.reader.model import Model
from skill.words import Words

__all__ = ["FOLDS", "Point", "curve", "folds", "held_out"]

FOLDS = 6
"""Into so many groups the writers are parted; each is read by a model that learned from the others."""
CURVE_WRITERS = (2, 4, 8, 16, 32)
CURVE_SHARES = (0.125, 0.25, 0.5)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a learning curve."""

    kind: str
    """`writers`, of whom all sentences are taken, or `sentences`, taken from all writers."""
    writers: int
    sentences: int
    right: Share
    either: Share
    """Right or runner-up."""


def folds(heard: Sequence[Heard], count: int = FOLDS) -> list[frozenset[str]]:
    """The writers in groups of about as many sentences each."""
    groups: list[list[str]] = [[] for _ in range(count)]
    sizes = [0] * count
    for writer, often in sorted(Counter(one.writer for one in heard).items(), key=lambda item: (-item[1], item[0])):
        smallest = sizes.index(min(sizes))
        groups[smallest].append(writer)
        sizes[smallest] += often
    return [frozenset(group) for group in groups if group]


def held_out(words: Words, lessons: Lessons, say: Callable[[str], None]) -> list[Row]:
    """Read every sentence by a reader that has seen nothing of its writer; `say` is told how far it is."""
    read: list[Row] = []
    heard = lessons.heard
    groups = folds(heard)
    for number, writers in enumerate(groups, 1):
        say(f"held out {number} of {len(groups)}: {len(writers)} writers")
        reader = _reader(words, lessons, [one for one in heard if one.writer not in writers])
        read += [(one, reader.read(one.text)) for one in heard if one.writer in writers]
    return read


def curve(
    words: Words, lessons: Lessons, unseen: Sequence[Heard], say: Callable[[str], None], seed: int = 0
) -> Iterator[Point]:
    """What a reader makes of `unseen` after it learned from more and more writers, and from more of all sentences."""
    random = Random(seed)  # noqa: S311 - an order, no secret
    heard = lessons.heard
    writers = sorted({one.writer for one in heard})
    random.shuffle(writers)
    steps = [("writers", [one for one in heard if one.writer in writers[:count]]) for count in CURVE_WRITERS]
    shuffled = random.sample(list(heard), len(heard))
    steps += [("sentences", shuffled[: round(share * len(heard))]) for share in CURVE_SHARES]
    steps.append(("all", list(heard)))
    labels = set(words.groups())
    for kind, some in steps:
        if {one.label for one in some} != labels:
            continue
        say(f"{kind}: {len(some)} sentences")
        reader = _reader(words, lessons, some)
        shares = figures(words, [(one, reader.read(one.text)) for one in unseen]).shares
        yield Point(kind, len({one.writer for one in some}), len(some), shares["right"], shares["right or runner-up"])


def _reader(words: Words, lessons: Lessons, heard: Sequence[Heard]) -> Reader:
    return Reader(words, Model.of(train(replace(lessons, heard=heard), words.emergencies)))
