"""The trained model as it is read: rows of small whole numbers, added up. Standard library only.

The artifact is one JSON line (labels, scale, biases), the clusters of words (a line each), then for each feature its
crc32 (4 bytes, rising), its idf (a byte) and its row (a byte a label, weight + 128). Nothing is parsed but the first
lines, so that it loads in milliseconds.
"""

import json
import math
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Iterable
from mmap import ACCESS_READ, mmap
from pathlib import Path

from skill.errors import ReaderError
from skill.reader.features import features

__all__ = ["Model", "key_of", "named_clusters"]

SHARPNESS = 7.5
"""Scores are multiplied by this before they become probabilities; fitted on writers that were held out."""


def key_of(feature: str) -> int:
    """The number under which a feature is kept."""
    return zlib.crc32(feature.encode())


def named_clusters(lines: Iterable[str]) -> dict[str, str]:
    """The name of each word's cluster, out of clusters of which each is a line of words."""
    clusters: dict[str, str] = {}
    for number, line in enumerate(lines):
        clusters.update(dict.fromkeys(line.split(), f"#{number}"))
    return clusters


class Model:
    """A linear model over the features of a sentence."""

    def __init__(self, artifact: bytes | mmap) -> None:
        """Load a model out of its artifact.

        Raises:
            ReaderError: It is no such artifact.
        """
        try:
            start = artifact.find(b"\n") + 1
            head = json.loads(artifact[:start])
            self.labels: tuple[str, ...] = tuple(head["labels"])
            self._scale: float = head["scale"]
            self._bias: list[float] = head["bias"]
            size: int = head["features"]
            end = start + head["clusters"]
            self._clusters = named_clusters(artifact[start:end].decode().splitlines())
        except (ValueError, KeyError, TypeError):
            raise ReaderError("The trained reader cannot be read: run `stay-close build`.") from None
        self._keys = array("I")
        self._keys.frombytes(artifact[end : end + 4 * size])
        self._idf = artifact[end + 4 * size : end + 5 * size]
        self._rows = memoryview(artifact)[end + 5 * size :]
        if len(self._rows) != size * len(self.labels) or len(self._bias) != len(self.labels):
            raise ReaderError("The trained reader is cut off: run `stay-close build`.")

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Load a model from a file.

        Raises:
            ReaderError: There is none, or it is no such artifact.
        """
        try:
            with path.open("rb") as file:
                # Mapped, not read: a sentence touches a few hundred of its rows, and the rest costs no memory.
                mapped = mmap(file.fileno(), 0, access=ACCESS_READ)
            return cls(mapped)
        except FileNotFoundError:
            raise ReaderError(f"There is no trained reader at {path.name}: run `stay-close build`.") from None
        except ValueError:
            # An empty file cannot be mapped.
            raise ReaderError(f"{path.name} is empty, and no trained reader: run `stay-close build`.") from None
        except ReaderError as error:
            raise ReaderError(f"{path.name}: {error}") from None

    def knows(self, word: str) -> bool:
        """Whether a normalised word was among the sentences that the model learned from."""
        key = key_of(f"1{word}")
        place = bisect_left(self._keys, key)
        return place < len(self._keys) and self._keys[place] == key

    def probabilities(self, words: str) -> dict[str, float]:
        """The probability of each label for a normalised sentence; empty where no feature of it is known."""
        keys, size, lanes = self._keys, len(self._keys), len(self.labels)
        known = []
        for feature in features(words, self._clusters):
            key = key_of(feature)
            place = bisect_left(keys, key)
            if place < size and keys[place] == key:
                known.append(place)
        if not known:
            return {}
        idf, rows = self._idf, self._rows
        norm = self._scale / math.sqrt(sum([idf[place] * idf[place] for place in known]))
        shift = 128 * len(known)
        sums = map(sum, zip(*[rows[place * lanes : place * lanes + lanes] for place in known], strict=True))
        scores = [SHARPNESS * ((total - shift) * norm + bias) for total, bias in zip(sums, self._bias, strict=True)]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        whole = sum(weights)
        return {label: weight / whole for label, weight in zip(self.labels, weights, strict=True)}
