"""The trained model as it is read: rows of small whole numbers, added up. Standard library only.

The artifact is one JSON line (labels, scale, biases); then the crc32 of each word that has a cluster (4 bytes each,
rising) and the number of its cluster (2 bytes each); then the crc32 of each feature (4 bytes each, rising), its idf (a
byte each) and its row (a byte a label, weight + 128). Nothing is parsed but the first line: it loads in milliseconds.
"""

import json
import math
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import partial
from io import SEEK_END, BytesIO
from os import pread
from pathlib import Path
from typing import BinaryIO
from weakref import finalize

from skill.errors import ReaderError
from skill.reader.features import features

__all__ = ["Clusters", "Model", "key_of"]

SHARPNESS = 7.5
"""Scores are multiplied by this before they become probabilities; fitted on writers that were held out."""


def key_of(feature: str) -> int:
    """The number under which a feature is kept."""
    return zlib.crc32(feature.encode())


class Clusters:
    """The cluster of each word, by the word's crc32: of two words of one crc32, one stands for both."""

    def __init__(self, keys: "array[int]", numbers: "array[int]") -> None:
        """Take the rising `keys` of words, and the numbers of their clusters."""
        self.keys = keys
        self.numbers = numbers

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Clusters":
        """The clusters of which each is a line of words."""
        numbers = {key_of(word): number for number, line in enumerate(lines) for word in line.split()}
        return cls(array("I", sorted(numbers)), array("H", (numbers[key] for key in sorted(numbers))))

    def name(self, word: str) -> str | None:
        """The name of a word's cluster; none where it has none."""
        place = _place(self.keys, key_of(word))
        return None if place is None else f"#{self.numbers[place]}"


def _place(keys: "array[int]", key: int) -> int | None:
    """Where a key stands among rising ones; none where it does not."""
    place = bisect_left(keys, key)
    return place if place < len(keys) and keys[place] == key else None


class Model:
    """A linear model over the features of a sentence."""

    def __init__(self, artifact: BinaryIO, part: Callable[[int, int], bytes]) -> None:
        """Load a model out of its artifact; `part` gives so many bytes of it from a place on, whenever asked.

        Raises:
            ReaderError: It is no such artifact.
        """
        try:
            head = json.loads(artifact.readline())
            self.labels: tuple[str, ...] = tuple(head["labels"])
            self._scale: float = head["scale"]
            self._bias: list[float] = head["bias"]
            size: int = head["features"]
            grouped: int = head["clusters"]
        except (ValueError, KeyError, TypeError):
            raise ReaderError("The trained reader cannot be read: run `stay-close build`.") from None
        words, numbers, self._keys = array("I"), array("H"), array("I")
        for numbered, count in ((words, grouped), (numbers, grouped), (self._keys, size)):
            numbered.frombytes(artifact.read(count * numbered.itemsize))
        self._clusters = Clusters(words, numbers)
        self._idf = artifact.read(size)
        self._part = part
        self._rows = artifact.tell()
        if artifact.seek(0, SEEK_END) - self._rows != size * len(self.labels) or len(self._bias) != len(self.labels):
            raise ReaderError("The trained reader is cut off: run `stay-close build`.")

    @classmethod
    def of(cls, artifact: bytes) -> "Model":
        """Load a model out of an artifact in memory. Raises ReaderError where it is none."""
        return cls(BytesIO(artifact), lambda size, at: artifact[at : at + size])

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Load a model from a file.

        Raises:
            ReaderError: There is none, or it is no such artifact.
        """
        try:
            # Neither read whole nor mapped: a sentence needs a few hundred of its rows, and each touch of a map brings
            # in the pages around it, 9 MB for one sentence.
            file = path.open("rb", buffering=0)
            try:
                model = cls(file, partial(pread, file.fileno()))
            except ReaderError:
                file.close()
                raise
            finalize(model, file.close)
            return model
        except FileNotFoundError:
            raise ReaderError(f"There is no trained reader at {path.name}: run `stay-close build`.") from None
        except ReaderError as error:
            raise ReaderError(f"{path.name}: {error}") from None

    def knows(self, word: str) -> bool:
        """Whether a normalised word was among the sentences that the model learned from."""
        return _place(self._keys, key_of(f"1{word}")) is not None

    def probabilities(self, words: str) -> dict[str, float]:
        """The probability of each label for a normalised sentence; empty where no feature of it is known."""
        keys, lanes = self._keys, len(self.labels)
        places = [_place(keys, key_of(feature)) for feature in features(words, self._clusters.name)]
        known = [place for place in places if place is not None]
        if not known:
            return {}
        idf, rows, part = self._idf, self._rows, self._part
        norm = self._scale / math.sqrt(sum([idf[place] * idf[place] for place in known]))
        shift = 128 * len(known)
        sums = map(sum, zip(*[part(lanes, rows + place * lanes) for place in known], strict=True))
        scores = [SHARPNESS * ((total - shift) * norm + bias) for total, bias in zip(sums, self._bias, strict=True)]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        whole = sum(weights)
        return {label: weight / whole for label, weight in zip(self.labels, weights, strict=True)}
