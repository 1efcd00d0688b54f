"""The measuring of readers: figures, intervals, writers held out, readers paired, pictures."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from skill.authoring.content import Heard, Lessons
from skill.authoring.evaluate import (
    Share,
    curve,
    figures,
    folds,
    held_out,
    labelled,
    pair,
    pair_report,
    pictures,
    report,
    wrong_report,
)
from skill.authoring.train import train
from skill.errors import ReaderError
from skill.reader import Reader
from skill.reader.model import Model
from skill.words import Words
from tests.authoring.test_train import SMALL, lessons

PNG = b"\x89PNG\r\n"


def spread(words: Words, sentences: Sequence[Heard]) -> list[Heard]:
    """The sentences, and for every label a few words by four writers, so that a model knows all labels."""
    rest = [
        Heard(f"{label.name} {number} {writer}", label.name, writer)
        for label in words.labels
        for writer in ("one", "two", "three", "rest")
        for number in ("first", "second")
    ]
    return [*sentences, *rest]


@pytest.mark.parametrize(
    ("share", "low", "high"),
    [
        # Wilson's score interval; the first two are Newcombe's (1998) examples, 81 of 263 and 15 of 148.
        (Share(81, 263), 0.2553, 0.3662),
        (Share(15, 148), 0.0624, 0.1605),
        (Share(0, 20), 0.0, 0.1611),
        (Share(0, 0), 0.0, 1.0),
    ],
)
def test_an_interval_is_wilsons(share: Share, low: float, high: float) -> None:
    assert share.interval == pytest.approx((low, high), abs=0.0001)


def test_the_figures_count_what_they_say(words: Words, reader: Reader) -> None:
    rows = [
        Heard("he's not breathing", "child_medical", "", hard=False),
        Heard("she says she wants to die", "abuse", "", hard=True),
        Heard("what's the weather tomorrow", "abuse", ""),
        Heard("what's the weather tomorrow", "out_of_scope", ""),
        Heard("he's not breathing", "tired", ""),
        Heard("he just bit my arm", "tired", ""),
        Heard("i could kill that child", "tired", ""),
    ]
    found = figures(words, [(row, reader.read(row.text)) for row in rows])
    assert found.shares["right"] == Share(2, 7)
    assert found.shares["danger caught"] == Share(2, 3)
    assert found.shares["  the right emergency"] == Share(1, 2)
    assert found.shares["false alarms"] == Share(1, 4)
    assert found.shares["needless safety questions"] == Share(1, 4)
    assert found.shares["out of scope declined"] == Share(1, 1)
    assert found.shares["confident and wrong"] == Share(1, 3)
    assert found.by_hardness == {"easy": Share(1, 1), "hard": Share(0, 1)}
    assert found.by_label["abuse"] == (Share(0, 2), Share(0, 2))
    assert found.by_writer == {"unnamed": Share(2, 7)}
    assert [harm[0] for harm in found.harms] == [
        "emergency missed", "wrong emergency", "false alarm", "wrong script", "needless safety question",
    ]  # fmt: skip
    told = report(found, most=2)
    assert "emergency missed          abuse read as out_of_scope" in told
    assert "and 3 more, less harmful" in told
    wrong = wrong_report([(row, reader.read(row.text)) for row in rows], words.emergencies)
    assert wrong.index("emergency missed: 1") < wrong.index("false alarm: 1")
    assert "  he just bit my arm\n    tired → hitting (speak)" in wrong


def test_no_writer_is_in_two_folds_and_none_is_left_out() -> None:
    heard = [
        Heard("x", "tired", writer) for writer, often in zip("abcdefgh", range(1, 9), strict=True) for _ in range(often)
    ]
    parts = folds(heard, 3)
    assert sorted(writer for part in parts for writer in part) == list("abcdefgh")
    sizes = [sum(one.writer in part for one in heard) for part in parts]
    assert max(sizes) - min(sizes) <= 2


def test_a_writer_who_is_held_out_is_read_by_a_model_that_never_met_them(words: Words) -> None:
    told: list[str] = []
    sentences = spread(words, [*SMALL, Heard("zonked zonked", "tired", "alone")])
    read = held_out(words, lessons(sentences), told.append)
    assert [sentence for sentence, _ in read if sentence.text == "zonked zonked"]
    # Only its own writer says the word: nobody else could have taught the reader what it means.
    assert next(reading for sentence, reading in read if sentence.text == "zonked zonked").decision == "ask"
    assert len(read) == len(sentences)
    assert told


def test_a_curve_rises_with_what_is_learned(words: Words) -> None:
    sentences = spread(words, SMALL)
    points = list(curve(words, lessons(sentences), SMALL, lambda _: None))
    assert points[-1].kind == "all"
    assert points[-1].sentences == len(sentences)
    assert points[-1].right.value > 0.9
    assert all(point.either.hits >= point.right.hits for point in points)


def test_two_readers_are_paired_sentence_by_sentence(words: Words, reader: Reader) -> None:
    other = Reader(words, Model.of(train(lessons(spread(words, SMALL)), words.emergencies)))
    sentences = [
        Heard("he bit my arm", "hitting", ""),
        Heard("raging first one", "raging", ""),
        Heard("she can't find her shoe and we're late for the bus", "changing_gears", ""),
    ]
    found = pair(reader, other, sentences, words.emergencies)
    assert found.sentences == 3
    assert found.differences
    assert pair(reader, reader, sentences, words.emergencies).differences == ()
    assert pair(reader, reader, sentences, words.emergencies).chance == 1
    told = pair_report(found)
    assert all(one.sentence.text in told for one in found.differences)


def test_chance_is_mcnemars_exact_test(words: Words, reader: Reader) -> None:
    found = pair(reader, reader, [], words.emergencies)
    # 1 against 9: 2 * (C(10,0) + C(10,1)) / 2^10.
    lopsided = type(found)(20, 1, 9, ())
    assert lopsided.chance == pytest.approx(22 / 1024)


def test_the_pictures_are_drawn(words: Words, reader: Reader, tmp_path: Path) -> None:
    read = [(sentence, reader.read(sentence.text)) for sentence in SMALL]
    pictures.confusions(words, read, tmp_path / "confusions.png")
    pictures.reliability(read, tmp_path / "reliability.png")
    pictures.learning(list(curve(words, lessons(spread(words, SMALL)), SMALL, print)), tmp_path / "curve.png")
    for name in ("confusions", "reliability", "curve"):
        assert (tmp_path / f"{name}.png").read_bytes().startswith(PNG)


def test_a_line_that_is_no_sentence_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    good = json.dumps({"text": "x", "label": "tired", "source": "me", "hard": True}) + "\n"
    path.write_text(good)
    assert labelled(path, {"tired"}) == [Heard("x", "tired", "me", hard=True)]
    for line, reason in (
        ("tired\n", r"mine\.jsonl, line 3: write"),
        ("[]\n", r"mine\.jsonl, line 3: write"),
        (json.dumps({"text": "x", "label": "sleepy"}), r"mine\.jsonl, line 3: 'sleepy' is no label"),
        (json.dumps({"text": 7, "label": "tired"}), r"mine\.jsonl, line 3: write the sentence"),
    ):
        path.write_text(good + "\n" + line)
        with pytest.raises(ReaderError, match=reason):
            labelled(path, {"tired"})
    path.write_text("\n")
    with pytest.raises(ReaderError, match="there is no sentence in it"):
        labelled(path, {"tired"})


def test_lessons_hold_what_they_are_given() -> None:
    assert Lessons(SMALL, ["a b"]).heard is SMALL
