"""The content files → Words, with every fault collected: `file: reason`.

The layout is the language's folder in `skill/content/`: one unit a file, and the file's name is the unit's name.
"""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

import skill.words
from skill.authoring.never import Never
from skill.reader.normal import normalise
from skill.reader.rules import LONGEST_PHRASE
from skill.words import (
    Answer,
    Aside,
    Carrier,
    Clock,
    Danger,
    Emergency,
    Encouragement,
    Helpline,
    Label,
    Period,
    Request,
    Rule,
    SafetyQuestion,
    Script,
    Told,
    Words,
)

__all__ = [
    "BLANKS",
    "CONTENT",
    "PROMPT_KINDS",
    "Fault",
    "Heard",
    "Lessons",
    "Review",
    "TaskText",
    "heard_sentences",
    "read_lessons",
    "read_never",
    "read_reviews",
    "read_task",
    "read_unit",
    "read_words",
    "source_keys",
]

CONTENT = Path(__file__).parents[1] / "content"
"""The folder of all content."""

BLANKS = tuple("number first second time ago period moments better same worse rest rated wins count".split())
"""What is put into prompts beside numbers."""
PROMPT_KINDS = ("questions", "closings", "lines")
"""The files of prompts: what asks, what ends the session, and everything else."""
NO_CLOCK = Clock("", "", "", "", (), (), (), (), (), ())

_T = TypeVar("_T")
_BRACKETS = re.compile(r"\[([^\]]*)\]")

for _kind in (*filter(is_dataclass, vars(skill.words).values()), Never):
    # A misspelt key must be a fault, not a sentence that is silently never spoken.
    setattr(_kind, "__pydantic_config__", ConfigDict(extra="forbid", str_strip_whitespace=True))  # noqa: B010 - the classes know nothing of pydantic


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something that is wrong in the content."""

    file: str
    """The file, from the content folder."""
    reason: str
    """What is wrong, in one sentence."""

    def __str__(self) -> str:
        """As it is printed: `file: reason`."""
        return f"{self.file}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Heard:
    """One spoken sentence, and what it says."""

    text: str
    label: str
    writer: str
    hard: bool | None = None
    """Whether whoever labelled it found it hard; none where nobody said."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a reader learns from."""

    heard: Sequence[Heard]
    clusters: Sequence[str]
    """Words that are alike: a line of them each."""


@dataclass(frozen=True, slots=True)
class Review:
    """A person's sign-off of a file: that what stands there may be spoken to a family."""

    by: str
    """Who; empty until somebody has."""
    on: str
    """The day, `2026-11-24`."""


@dataclass(frozen=True, slots=True)
class TaskText:
    """How the task that brings the morning word is shown to a person who makes a routine."""

    title: str
    description: str


class _Files:
    """Reads YAML files, noting faults."""

    def __init__(self, root: Path, faults: list[Fault]) -> None:
        self.root = root
        self.faults = faults
        self.reviews: dict[str, Review] = {}
        # YAML 1.2: a bare yes, no or on is a word here, not a truth value.
        self._yaml = YAML(typ="safe", pure=True)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def fault(self, path: Path, reason: str) -> None:
        self.faults.append(Fault(self.name(path), reason))

    def mapping(self, path: Path) -> dict[str, Any]:
        try:
            found = self._yaml.load(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.fault(path, "the file is missing")
            return {}
        except (YAMLError, UnicodeDecodeError) as error:
            self.fault(path, f"it is not valid YAML: {str(error).splitlines()[0]}")
            return {}
        if not isinstance(found, dict):
            self.fault(path, "it should be a mapping of names to values")
            return {}
        self._review(path, found.pop("reviewed_by", None), found.pop("reviewed_on", None))
        return found

    def _review(self, path: Path, by: object, on: object) -> None:
        if not by and not on:
            return
        try:
            day = date.fromisoformat(str(on))
        except ValueError:
            self.fault(path, "reviewed_on: write the day as 2026-11-24")
            return
        if not by:
            self.fault(path, "reviewed_by: name the person who has reviewed it")
        self.reviews[self.name(path)] = Review(str(by), day.isoformat())

    def valid(self, kind: type[_T], raw: object, path: Path, *within: str | int) -> _T | None:
        """The unit; none where it is faulty. `within` is its place in the file."""
        try:
            made: _T = _adapter(cast("Any", kind)).validate_python(raw)
            return made
        except ValidationError as error:
            for fault in error.errors():
                place = ".".join(map(str, (*within, *fault["loc"])))
                self.fault(path, f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}")
            return None

    def named(self, folder: Path, kind: type[_T], shape: Callable[[Path, dict[str, Any]], object]) -> dict[str, _T]:
        """The units of a folder by their file's name."""
        found = {}
        for path in sorted(folder.glob("*.yaml")):
            unit = self.valid(kind, shape(path, self.mapping(path)), path)
            if unit is not None:
                found[path.stem] = unit
        return found


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - any of the types of the words
    return TypeAdapter(kind)


def source_keys(content: Path = CONTENT) -> dict[str, str]:
    """The keys that `sources` may name, and what each stands for."""
    return dict(_Files(content, []).mapping(content / "sources.yaml").get("sources", {}))


def read_reviews(language: str, content: Path = CONTENT) -> dict[str, Review]:
    """The sign-offs of a language's files, by their path in the language's folder; a file without one is left out."""
    files = _Files(content / language, [])
    for path in sorted((content / language).rglob("*.yaml")):
        files.mapping(path)
    return files.reviews


def read_never(language: str, faults: list[Fault], content: Path = CONTENT) -> list[Never]:
    """What no text may say."""
    return _list(_Files(content, faults), content / language / "never.yaml", "rules", Never)


def read_task(language: str, faults: list[Fault], content: Path = CONTENT) -> TaskText | None:
    """How the task is shown; none where it is faulty."""
    return read_unit(TaskText, f"{language}/task.yaml", faults, content)


def read_unit(kind: type[_T], name: str, faults: list[Fault], content: Path = CONTENT) -> _T | None:
    """The file of this name, which is one unit; none where it is faulty."""
    files, path = _Files(content, faults), content / name
    return files.valid(kind, files.mapping(path), path)


def read_words(language: str, faults: list[Fault], content: Path = CONTENT) -> Words:
    """Read a language's words; what is wrong is added to `faults`, and left out of the words."""
    files = _Files(content, faults)
    folder = content / language
    labels = _list(files, content / "labels.yaml", "labels", Label)
    scripts = files.named(folder / "situations", Script, lambda path, raw: {"name": path.stem, **raw})
    general = files.valid(
        Script, {"name": "connect_first", **files.mapping(folder / "general.yaml")}, folder / "general.yaml"
    )
    if general is not None:
        scripts[general.name] = general
    groups = files.mapping(folder / "danger" / "groups.yaml")
    rules = _Rules(files, groups)

    def ruled(path: Path, raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "name": path.stem, "rules": rules.shaped(path, raw)}

    prompts = {kind: _texts(files, folder / "prompts" / f"{kind}.yaml") for kind in PROMPT_KINDS}
    danger = {}
    for label in labels:
        path = folder / "danger" / f"{label.name}.yaml"
        if label.group == "emergency":
            raw = {"emergency": label.name, "rules": rules.shaped(path, files.mapping(path))}
            danger[label.name] = files.valid(Danger, raw, path)
    return Words(
        language=language,
        labels=tuple(labels),
        scripts=scripts,
        emergencies=files.named(folder / "emergencies", Emergency, lambda path, raw: {"name": path.stem, **raw}),
        safety=files.named(
            folder / "safety",
            SafetyQuestion,
            ruled,
        ),
        phrases=rules.shared(folder / "danger" / "groups.yaml"),
        danger=tuple(one for one in danger.values() if one is not None),
        why=files.named(
            folder / "why",
            Answer,
            ruled,
        ),
        asides=files.named(
            folder / "asides",
            Aside,
            ruled,
        ),
        outcomes=files.named(folder / "outcomes", Told, ruled),
        periods=files.named(folder / "periods", Period, ruled),
        requests=tuple(
            files.named(
                folder / "requests",
                Request,
                lambda path, raw: {"command": path.stem, "rules": rules.shaped(path, raw)},
            ).values()
        ),
        all_clear={
            name: files.valid(
                tuple[Rule, ...],
                rules.shaped(folder / "all_clear.yaml", {"rules": written}),
                folder / "all_clear.yaml",
                name,
            )
            or ()
            for name, written in files.mapping(folder / "all_clear.yaml").items()
        },
        hard_day=files.valid(tuple[Rule, ...], rules.read(folder / "hard_day.yaml"), folder / "hard_day.yaml") or (),
        counts=tuple(map(str, files.mapping(folder / "counts.yaml").get("counts", ()))),
        clock=files.valid(Clock, files.mapping(folder / "clock.yaml"), folder / "clock.yaml") or NO_CLOCK,
        encouragements=tuple(_list(files, folder / "encouragements.yaml", "encouragements", Encouragement)),
        prompts={name: wordings for kind in prompts.values() for name, wordings in kind.items()},
        questions=tuple(prompts["questions"]),
        closings=tuple(prompts["closings"]),
        choices={name: str(text) for name, text in files.mapping(folder / "choices.yaml").items()},
        commands={
            name: tuple(dict.fromkeys(map(normalise, phrases)))
            for name, phrases in _texts(files, folder / "commands.yaml").items()
        },
        carriers=tuple(_list(files, folder / "carriers.yaml", "carriers", Carrier)),
        helplines={
            path.stem: tuple(_list(files, path, "lines", Helpline))
            for path in sorted((folder / "helplines").glob("*.yaml"))
        },
    )


def _list(files: _Files, path: Path, key: str, kind: type[_T]) -> list[_T]:
    raw = files.mapping(path).get(key)
    if not isinstance(raw, list):
        files.fault(path, f"it should hold a list named {key!r}")
        return []
    units = (files.valid(kind, one, path, key, place) for place, one in enumerate(raw))
    return [unit for unit in units if unit is not None]


def _texts(files: _Files, path: Path) -> dict[str, tuple[str, ...]]:
    """A file of names, each with a list of wordings."""
    return files.valid(dict[str, tuple[str, ...]], files.mapping(path), path) or {}


class _Rules:
    """Gives written rules the shape of Rule: alternatives parted, groups put in."""

    def __init__(self, files: _Files, groups: Mapping[str, object]) -> None:
        self._files = files
        self._groups = groups

    def read(self, path: Path) -> list[object]:
        """The rules of a file that holds nothing else."""
        return self.shaped(path, self._files.mapping(path))

    def shaped(self, path: Path, raw: dict[str, Any]) -> list[object]:
        written = raw.get("rules", [])
        if not isinstance(written, list):
            self._files.fault(path, "rules: it should be a list")
            return []
        return [self._rule(path, one) for one in written]

    def _rule(self, path: Path, raw: object) -> object:
        if not isinstance(raw, dict):
            return raw
        rule = dict(raw)
        groups = rule.get("all", [])
        rule["all"] = [self._group(path, str(group)) for group in groups if isinstance(groups, list)]
        rule["unless"] = self._group(path, str(rule.get("unless", "")))
        return rule

    def _group(self, path: Path, written: str) -> list[str]:
        return list(dict.fromkeys(self._phrases(path, written)))

    def shared(self, path: Path) -> dict[str, tuple[str, ...]]:
        """The shared groups, their phrases spelled out; a group may name those before it."""
        return {name: tuple(self._group(path, str(written))) for name, written in self._groups.items()}

    def _phrases(self, path: Path, written: str) -> Iterator[str]:
        for alternative in filter(None, (part.strip() for part in written.split("|"))):
            if alternative.startswith("$"):
                if alternative[1:] in self._groups:
                    yield alternative
                else:
                    self._files.fault(path, f"there is no group {alternative} in groups.yaml")
                continue
            for phrase in _spelled_out(alternative):
                bare = phrase.removesuffix("*")
                if normalise(bare) != bare:
                    self._files.fault(path, f"the phrase {phrase!r} can never match: write it as {normalise(bare)!r}")
                if len(phrase.split()) > LONGEST_PHRASE:
                    self._files.fault(path, f"the phrase {phrase!r} has more than {LONGEST_PHRASE} words")
                yield phrase


def _spelled_out(alternative: str) -> Iterator[str]:
    """The phrases in `[he/she] ran off`: one for each way through the brackets."""
    parts = [part.split("/") if place % 2 else [part] for place, part in enumerate(_BRACKETS.split(alternative))]
    for way in itertools.product(*parts):
        yield " ".join("".join(way).split())


def read_lessons(language: str, labels: Iterable[str], content: Path = CONTENT) -> Lessons:
    """What a language's reader learns from; faults are left out."""
    lines = (content / language / "clusters.txt").read_text(encoding="utf-8").splitlines()
    clusters = [line for line in lines if line.strip() and not line.startswith("#")]
    return Lessons(heard_sentences(language, labels, [], content), clusters)


def heard_sentences(language: str, labels: Iterable[str], faults: list[Fault], content: Path = CONTENT) -> list[Heard]:
    """The spoken sentences of a language, label after label; faults are added to `faults`."""
    folder = content / language / "heard"
    known = set(labels)
    sentences = []
    for path in sorted(folder.glob("*.txt")):
        if path.stem not in known:
            faults.append(Fault(path.relative_to(content).as_posix(), "it is named after no label in labels.yaml"))
        writer = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text.startswith("#"):
                writer = text.lstrip("# ")
            elif text:
                sentences.append(Heard(text, path.stem, writer))
    faults += [
        Fault(f"{language}/heard/{label}.txt", "the file is missing: the reader cannot learn this label")
        for label in sorted(known - {path.stem for path in folder.glob("*.txt")})
    ]
    return sentences
