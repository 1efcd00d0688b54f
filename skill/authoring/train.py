"""Trains the model: the heard sentences → the artifact. The same bytes on every machine with the same wheels.

liblinear's dual coordinate descent is plain C loops from a fixed seed, without BLAS; what goes into it are small whole
numbers over a square root. The weights are rounded to a byte at the end.
"""

import json
import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.svm import LinearSVC

from skill.authoring.content import Lessons
from skill.reader.features import features
from skill.reader.model import Clusters, key_of
from skill.reader.normal import normalise

__all__ = ["train"]

# Chosen by holding out one writer after the other; the table is in docs/reader.md.
C = 0.7
BALANCE = 1.3
"""Labels with few sentences weigh more: by their share to this power."""
EMERGENCY_WEIGHT = 0.8
"""The weight of emergencies among labels; the exact rules stand beside the model."""
TOLERANCE = 1e-2
IDF_POWER = 1.5
IDF_STEPS = 8
"""An idf is kept as a whole number of these steps."""
LETTERS = 0.6
"""The weight of features of letters."""
ALSO_ONCE = frozenset("1sc")
"""Families of features that are kept even when one sentence alone has them; the others need two."""

_Floats = npt.NDArray[np.float64]


def train(lessons: Lessons, emergencies: Collection[str], say: Callable[[str], None] = lambda _: None) -> bytes:
    """Train on the lessons and give the artifact that `skill.reader.model.Model` reads.

    `say` is told how far it is, in short lines.
    """
    heard = lessons.heard
    say(f"reading {len(heard):,} sentences")
    clusters = Clusters.of(lessons.clusters)
    found = [features(normalise(sentence.text), clusters.name) for sentence in heard]
    idf = _idf(found)
    say(f"weighing {len(idf):,} features")
    rows, scale, labels, bias = _fit(_matrix(found, idf), [sentence.label for sentence in heard], idf, emergencies)
    head = {"labels": labels, "features": len(idf), "scale": scale, "bias": bias, "clusters": len(clusters.keys)}
    grouped = clusters.keys.tobytes() + clusters.numbers.tobytes()
    weighed = array("I", idf).tobytes() + bytes(idf.values()) + rows.tobytes()
    return json.dumps(head).encode() + b"\n" + grouped + weighed


def _idf(found: list[set[str]]) -> dict[int, int]:
    """The kept features by their key, rising, each with its idf in steps, 1 to 255."""
    count = Counter(feature for one in found for feature in one)
    idf: dict[int, int] = {}
    for feature, often in sorted(count.items()):
        if often >= 2 or feature[0] in ALSO_ONCE:
            value = (math.log((1 + len(found)) / (1 + often)) + 1) ** IDF_POWER
            value *= LETTERS if feature[0] == "c" else 1.0
            # The logarithm may differ in its last bit from machine to machine; this rounding does not.
            idf.setdefault(key_of(feature), max(1, min(255, round(round(value * IDF_STEPS, 6)))))
    return dict(sorted(idf.items()))


def _matrix(found: list[set[str]], idf: dict[int, int]) -> sp.csr_matrix:
    """Sentences by features: idf over the sentence's norm."""
    column = {key: place for place, key in enumerate(idf)}
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for one in found:
        known = sorted({key for key in map(key_of, one) if key in column})
        norm = math.sqrt(sum(idf[key] ** 2 for key in known)) or 1.0
        columns += [column[key] for key in known]
        data += [idf[key] / norm for key in known]
        ends.append(len(columns))
    return sp.csr_matrix((data, columns, ends), shape=(len(found), len(idf)))


def _fit(
    sentences: sp.csr_matrix, labels: list[str], idf: dict[int, int], emergencies: Collection[str]
) -> tuple[npt.NDArray[np.uint8], float, list[str], list[float]]:
    """Rows of a byte a label (weight times idf, over the scale, plus 128), the scale, the labels and their biases."""
    count = Counter(labels)
    mean = len(labels) / len(count)
    weights = {
        label: round((mean / often) ** BALANCE * (EMERGENCY_WEIGHT if label in emergencies else 1.0), 6)
        for label, often in count.items()
    }
    machine = LinearSVC(C=C, class_weight=weights, tol=TOLERANCE, random_state=0, max_iter=2000).fit(sentences, labels)
    exact: _Floats = machine.coef_.T * np.array(list(idf.values()), float)[:, None]
    scale = float(f"{np.abs(exact).max() / 127:.9g}")
    rows = (np.clip(np.rint(exact / scale), -127, 127) + 128).astype(np.uint8)
    return (
        rows,
        scale,
        [str(label) for label in machine.classes_],
        [round(float(bias), 6) for bias in machine.intercept_],
    )
