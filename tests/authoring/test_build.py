"""What is generated is committed, and is what the content makes."""

from pathlib import Path

import pytest

from skill.authoring.build import build, stale, write
from skill.authoring.content import heard_sentences
from skill.authoring.interaction_model import LOCALES
from skill.errors import ReaderError, WordsError
from skill.reader.model import Model
from skill.reader.normal import normalise
from skill.words import Words, load
from tests.conftest import CASES, rows


def test_what_is_committed_is_what_the_content_makes() -> None:
    made = build("en")
    assert len(made) == 8 + len(LOCALES)
    assert stale(made) == []


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    made = {tmp_path / "new" / "a.json": b"a", tmp_path / "b.json": b"b"}
    (tmp_path / "b.json").write_bytes(b"b")
    assert stale(made) == ["a.json"]
    said: list[str] = []
    write(made, said.append)
    assert said == ["wrote a.json, 1 bytes"]
    assert stale(made) == []


def test_a_missing_language_is_a_clear_mistake() -> None:
    with pytest.raises(WordsError, match="There are no words for 'xx': run `stay-close build`"):
        load("xx")
    with pytest.raises(ReaderError, match="run `stay-close build`"):
        Model.load(Path("/nonexistent/xx.reader"))


MEASURED = {"development.jsonl", "unmet.jsonl", "core.jsonl", "look_alikes.jsonl"}
"""The labelled sentences that readers are measured on."""


def test_what_is_measured_on_is_never_learned_from(words: Words) -> None:
    heard = {normalise(one.text) for one in heard_sentences("en", words.groups(), [])}
    for path in sorted(CASES.glob("*.jsonl")):
        if path.name in MEASURED:
            assert not heard & {normalise(row["text"]) for row in rows(path)}, path.name
