"""Training: the same lessons give the same bytes, and the model has learned them."""

import pytest

from skill.authoring.content import Heard, Lessons
from skill.authoring.train import train
from skill.errors import ReaderError
from skill.reader.model import Clusters, Model

TOLD = {
    "hitting": ["hit me", "bit my arm", "kicked me"],
    "tired": ["will not sleep", "is so tired"],
    "hungry": ["wants food", "is so hungry"],
}
SMALL = [
    Heard(f"{who} {what}", label, writer)
    for label, whats in TOLD.items()
    for what in whats
    for who, writer in (("he", "one"), ("she", "two"), ("my son", "one"))
]


def lessons(heard: list[Heard]) -> Lessons:
    return Lessons(heard, ["bit nipped chewed", "hungry starving"])


def test_training_is_deterministic_and_depends_on_nothing_but_the_sentences() -> None:
    assert train(lessons(SMALL), []) == train(lessons(list(SMALL)), [])
    assert train(lessons(SMALL), []) != train(lessons(SMALL[:-1]), [])


def test_a_small_model_learns_what_it_was_told() -> None:
    model = Model.of(train(lessons(SMALL), []))
    for sentence in SMALL:
        chances = model.probabilities(sentence.text)
        assert max(chances, key=lambda label: chances[label]) == sentence.label
        assert sum(chances.values()) == pytest.approx(1)
    assert model.probabilities("zzz qqq") == {}
    assert model.knows("bit")
    assert not model.knows("zzz")


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not json\n", train(lessons(SMALL), [])[:-1], b'{"labels": 1}\n'])
def test_a_damaged_model_is_a_clear_mistake(damage: bytes) -> None:
    with pytest.raises(ReaderError, match="run `stay-close build`"):
        Model.of(damage)


def test_a_word_of_a_cluster_is_understood_by_the_others_of_it() -> None:
    model = Model.of(train(lessons(SMALL), []))
    chances = model.probabilities("nipped")
    assert max(chances, key=lambda label: chances[label]) == "hitting"
    without = Model.of(train(Lessons(SMALL, []), [])).probabilities("nipped")
    assert without.get("hitting", 0) < chances["hitting"]


def test_a_cluster_is_named_by_its_line() -> None:
    clusters = Clusters.of(["bit nipped", "", "hungry"])
    assert [clusters.name(word) for word in ("bit", "nipped", "hungry", "sad")] == ["#0", "#0", "#2", None]


def test_training_tells_how_far_it_is() -> None:
    told: list[str] = []
    train(lessons(SMALL), [], told.append)
    assert told[0] == f"reading {len(SMALL)} sentences"
    assert len(told) == 2
