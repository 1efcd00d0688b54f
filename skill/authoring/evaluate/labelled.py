"""Labelled sentences out of a file."""

import json
from collections.abc import Collection
from pathlib import Path

from skill.authoring.content import Heard
from skill.errors import ReaderError

__all__ = ["labelled"]


def labelled(path: Path, labels: Collection[str]) -> list[Heard]:
    """The sentences of a JSON-lines file with `text` and `label`; `source` and `hard` may stand beside them.

    Raises:
        ReaderError: A line is none, or names no label; the message names it.
        OSError: The file cannot be read.
    """
    sentences = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            text, label, hard = row["text"], row["label"], row.get("hard")
            writer = str(row.get("source", row.get("writer", "")))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ReaderError(f'{path.name}, line {number}: write {{"text": …, "label": …}}.') from None
        if not isinstance(text, str) or not text.strip():
            raise ReaderError(f"{path.name}, line {number}: write the sentence as a text.")
        if label not in labels:
            raise ReaderError(f"{path.name}, line {number}: {label!r} is no label in labels.yaml.")
        sentences.append(Heard(text, label, writer, hard if isinstance(hard, bool) else None))
    if not sentences:
        raise ReaderError(f"{path.name}: there is no sentence in it.")
    return sentences
