"""What is generated is committed, and is what the content makes; training gives the same bytes."""

import json
from pathlib import Path

import pytest

from skill.authoring.build import build, stale, write
from skill.authoring.content import Heard, heard_sentences
from skill.authoring.evaluate import figures, held_out, labelled, report
from skill.authoring.train import train
from skill.errors import ReaderError, WordsError
from skill.reader import Reader
from skill.reader.model import Model
from skill.words import Words, load
from tests.conftest import CASES


def test_what_is_committed_is_what_the_content_makes() -> None:
    made = build("en")
    assert len(made) == 3
    assert stale(made) == []


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    made = {tmp_path / "new" / "a.json": b"a", tmp_path / "b.json": b"b"}
    (tmp_path / "b.json").write_bytes(b"b")
    assert stale(made) == ["a.json"]
    said: list[str] = []
    write(made, said.append)
    assert said == ["wrote a.json, 1 bytes"]
    assert stale(made) == []


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


def test_training_is_deterministic_and_depends_on_nothing_but_the_sentences() -> None:
    assert train(SMALL, []) == train(list(SMALL), [])
    assert train(SMALL, []) != train(SMALL[:-1], [])


def test_a_small_model_learns_what_it_was_told() -> None:
    model = Model(train(SMALL, []))
    for sentence in SMALL:
        chances = model.probabilities(sentence.text)
        assert max(chances, key=lambda label: chances[label]) == sentence.label
        assert sum(chances.values()) == pytest.approx(1)
    assert model.probabilities("zzz qqq") == {}
    assert model.knows("bit")
    assert not model.knows("zzz")


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not json\n", train(SMALL, [])[:-1], b'{"labels": 1}\n'])
def test_a_damaged_model_is_a_clear_mistake(damage: bytes) -> None:
    with pytest.raises(ReaderError, match="run `stay-close build`"):
        Model(damage)


def test_a_missing_language_is_a_clear_mistake() -> None:
    with pytest.raises(WordsError, match="There are no words for 'xx': run `stay-close build`"):
        load("xx")
    with pytest.raises(ReaderError, match="run `stay-close build`"):
        Model.load(Path("/nonexistent/xx.reader"))


def test_the_development_set_is_never_trained_on(words: Words) -> None:
    heard = {one.text for one in heard_sentences("en", [label.name for label in words.labels], [])}
    development = {one.text for one in labelled(CASES / "development.jsonl")}
    assert not heard & development


def test_the_figures_count_what_they_say(words: Words, reader: Reader) -> None:
    rows = [
        Heard("he's not breathing", "child_medical", ""),
        Heard("she says she wants to die", "abuse", ""),
        Heard("what's the weather tomorrow", "abuse", ""),
        Heard("what's the weather tomorrow", "out_of_scope", ""),
        Heard("he's not breathing", "tired", ""),
        Heard("he just bit my arm", "tired", ""),
        Heard("i could kill that child", "tired", ""),
    ]
    found = figures(words, [(row, reader.read(row.text)) for row in rows])
    assert found.sentences == 7
    assert found.right == pytest.approx(2 / 7)
    assert found.danger_caught == pytest.approx(2 / 3)
    assert found.false_alarms == pytest.approx(1 / 4)
    assert found.needless_safety_questions == pytest.approx(1 / 4)
    assert found.declined == 1
    assert found.confident_and_wrong == pytest.approx(1 / 3)
    assert [harm[0] for harm in found.harms] == [
        "emergency missed", "wrong emergency", "false alarm", "wrong script", "needless safety question",
    ]  # fmt: skip
    assert "emergency missed" in report(found)


def test_a_writer_who_is_held_out_is_read_by_a_model_that_never_met_them(words: Words) -> None:
    sentences = [*SMALL, Heard("she zonked out", "tired", "three")]
    read = held_out(words, _spread(words, sentences))
    assert {sentence.writer for sentence, _ in read} == {"one", "two", "three", "rest"}


def _spread(words: Words, sentences: list[Heard]) -> list[Heard]:
    """The sentences, and for every other label a few words, so that a model knows all labels."""
    rest = [Heard(f"{label.name} {number}", label.name, "rest") for label in words.labels for number in ("a", "b")]
    known = [Heard(f"{label.name} {number}", label.name, "one") for label in words.labels for number in ("c", "d")]
    return [*sentences, *rest, *known]


def test_a_line_that_is_no_sentence_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps({"text": "x", "label": "tired"}) + "\n\n" + "tired\n")
    with pytest.raises(ReaderError, match=r"mine\.jsonl, line 3"):
        labelled(path)
