"""The commands for people who write words; `stay-close` runs them. They need the authoring extra."""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from skill.authoring.build import build, languages, reader_path, stale, write
from skill.authoring.check import check, warnings
from skill.authoring.content import CONTENT, Heard, Lessons, heard_sentences, read_lessons, read_words
from skill.authoring.evaluate import Row, curve, figures, held_out, labelled, pair, pair_report, report, wrong_report
from skill.authoring.page import page
from skill.authoring.train import train
from skill.authoring.whole_package import placeholders, whole_package
from skill.errors import ReaderError
from skill.reader import Reader, load_reader
from skill.reader.model import Model
from skill.reader.normal import normalise
from skill.words import Words, load

__all__ = ["COMMANDS", "DEVELOPMENT_SET"]

DEVELOPMENT_SET = Path(__file__).parents[2] / "tests" / "cases" / "development.jsonl"
"""The labelled sentences, in a checkout of the project, that readers are measured on and never learn from."""


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _progress(line: str) -> None:
    """Progress stands beside what a command gives, and is seen at once."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _lessons(words: Words) -> Lessons:
    return read_lessons(words.language, words.groups())


def _labelled(words: Words, path: Path | None) -> list[Heard]:
    return labelled(path or DEVELOPMENT_SET, words.groups())


def _check(chosen: argparse.Namespace) -> int:
    faults = [str(fault) for language in languages() for fault in check(language)]
    if chosen.stale and not faults:
        faults = [f"{name}: it is not what the content makes: run `stay-close build`" for name in stale(build("en"))]
    for fault in faults:
        _say(fault)
    if not faults:
        today = datetime.now(UTC).date()
        for warning in (one for language in languages() for one in warnings(language, today)):
            _progress(f"warning: {warning}")
    return 1 if faults else 0


def _words(chosen: argparse.Namespace) -> int:
    chosen.out.write_text(page("en", read_words("en", []), chosen.country), encoding="utf-8")
    _say(f"wrote {chosen.out}")
    return 0


def _build(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - the parser passes it
    code = _check(argparse.Namespace(stale=False))
    if not code:
        for language in languages():
            write(build(language, _progress), _say)
    return code


def _package(chosen: argparse.Namespace) -> int:
    files = whole_package(chosen.out, chosen.endpoint)
    _say(f"wrote {len(files)} files to {chosen.out}")
    for address in placeholders(chosen.out) if chosen.endpoint else ():
        _progress(f"warning: {address} stands for a page that is not public yet: Amazon refuses the skill with it")
    return 0


def _clusters(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - the parser passes it
    from skill.authoring.clusters import clusters, rendered  # noqa: PLC0415 - needs the encoder extra

    heard = heard_sentences("en", load().groups(), [])
    path = CONTENT / "en" / "clusters.txt"
    path.write_text(rendered(clusters((normalise(one.text) for one in heard), _progress)), encoding="utf-8")
    _say(f"wrote {path.name}: run `stay-close build` next")
    return 0


def _train(chosen: argparse.Namespace) -> int:
    if chosen.out and (chosen.out.is_dir() or not chosen.out.parent.is_dir()):
        raise ReaderError(f"{chosen.out}: name a file in a folder that exists.")
    words = read_words("en", [])
    lessons = _lessons(words)
    made = train(lessons, words.emergencies, _progress)
    path = chosen.out or reader_path("en")
    changed = _changed(words, made, path)
    path.write_bytes(made)
    _say(f"{changed}\nwrote {path.name}, {len(made):,} bytes, from {len(lessons.heard):,} sentences")
    return 0


def _changed(words: Words, made: bytes, path: Path) -> str:
    """What another reader makes of the development set than the one that it replaces, or than the shipped one."""
    shipped = path if path.exists() else reader_path("en")
    if not shipped.exists() or not DEVELOPMENT_SET.exists():
        return "There is no reader, or no development set, to compare it with."
    if shipped.read_bytes() == made:
        return f"It is the same to the byte as {shipped.name}."
    try:
        one = Reader(words, Model.load(shipped))
    except ReaderError:
        return f"{shipped.name} is of another make, and cannot be compared with it."
    other = Reader(words, Model.of(made))
    return _paired(words, one, other, _labelled(words, DEVELOPMENT_SET))


def _paired(words: Words, one: Reader, other: Reader, sentences: list[Heard]) -> str:
    """Two readers side by side: their figures, then the sentences on which they differ."""
    shares = [
        figures(words, [(sentence, reader.read(sentence.text)) for sentence in sentences]).shares
        for reader in (one, other)
    ]
    lines = [f"{'':27} {'first':>6} {'other':>6}"]
    lines += [f"{name:27} {share.value:6.1%} {shares[1][name].value:6.1%}" for name, share in shares[0].items()]
    return "\n".join([*lines, "", pair_report(pair(one, other, sentences, words.emergencies))])


def _evaluate(chosen: argparse.Namespace) -> int:
    words = load()
    for picture in filter(None, (chosen.confusions, chosen.reliability, chosen.curve)):
        # Said before minutes are spent.
        if picture.suffix != ".png" or not picture.parent.is_dir():
            raise ReaderError(f"{picture}: name a file that ends in .png, in a folder that exists.")
    if chosen.curve:
        return _curve(words, chosen)
    if chosen.held_out:
        read: list[Row] = held_out(words, _lessons(words), _progress)
    else:
        sentences = _labelled(words, chosen.file)
        reader = Reader(words, Model.load(chosen.reader)) if chosen.reader else load_reader(words)
        if chosen.compare:
            _say(_paired(words, reader, Reader(words, Model.load(chosen.compare)), sentences))
            return 0
        read = [(sentence, reader.read(sentence.text)) for sentence in sentences]
    _say(report(figures(words, read)))
    if chosen.wrong:
        _say(wrong_report(read, words.emergencies))
    if chosen.confusions or chosen.reliability:
        from skill.authoring.evaluate import pictures  # noqa: PLC0415 - a second to import, for these two alone

        if chosen.confusions:
            pictures.confusions(words, read, chosen.confusions)
            _progress(f"wrote {chosen.confusions}")
        if chosen.reliability:
            pictures.reliability(read, chosen.reliability)
            _progress(f"wrote {chosen.reliability}")
    return 0


def _curve(words: Words, chosen: argparse.Namespace) -> int:
    from skill.authoring.evaluate import pictures  # noqa: PLC0415 - a second to import, for this alone

    unseen = _labelled(words, chosen.file)
    points = []
    _say("writers  sentences  right  or runner-up")
    for point in curve(words, _lessons(words), unseen, _progress):
        points.append(point)
        _say(f"{point.writers:7}  {point.sentences:9}  {point.right.value:5.1%}  {point.either.value:12.1%}")
    if not points:
        raise ReaderError("There are too few heard sentences for a learning curve.")
    pictures.learning(points, chosen.curve)
    _progress(f"wrote {chosen.curve}")
    return 0


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "words": _words,
    "build": _build,
    "package": _package,
    "clusters": _clusters,
    "train": _train,
    "evaluate": _evaluate,
}
"""The commands by name; each is given what the parser of `stay-close` made of its arguments."""
