"""The clusters: words that a sentence encoder finds alike."""

import numpy as np
import numpy.typing as npt

from skill.authoring.build import languages
from skill.authoring.clusters import _Encoder, clusters, rendered
from skill.authoring.content import read_lessons
from skill.reader.model import Clusters
from skill.words import Words


def test_the_encoder_finds_words_alike_that_are() -> None:
    sobbing, weeping, sandwich = _Encoder().vectors(["sobbing", "weeping", "sandwich"])

    def alike(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    # all-MiniLM-L6-v2's own figures, from its reference implementation.
    assert abs(alike(sobbing, weeping) - 0.5910) < 0.001
    assert abs(alike(sobbing, sandwich) - 0.3145) < 0.001


def test_a_word_is_in_one_cluster_and_a_file_holds_them_all() -> None:
    told: list[str] = []
    made = clusters(["he was zonked and sobbing", "a blorptang"], told.append)
    words = [word for cluster in made for word in cluster]
    assert len(words) == len(set(words))
    assert {"zonked", "blorptang", "sobbing"} <= set(words)
    named = Clusters.of(line for line in rendered(made).splitlines() if not line.startswith("#")).name
    assert named("screaming") == named("screamed") != named("sandwich")
    assert told


def test_every_language_ships_clusters(words: Words) -> None:
    for language in languages():
        lessons = read_lessons(language, words.groups())
        clusters = Clusters.of(lessons.clusters)
        words_in_all = sum(len(line.split()) for line in lessons.clusters)
        # Two words of one crc32 share an entry.
        assert words_in_all - 2 <= len(clusters.keys) <= words_in_all
        assert clusters.name("sobbing") == clusters.name("sobbed") != clusters.name("sandwich")
