"""Builds what is generated from the content: words, reader, interaction models, and the skill package's own files."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from skill.authoring.content import CONTENT, Fault, read_lessons, read_task, read_words
from skill.authoring.icons import ICON_SIZES, icon_bytes, icon_file
from skill.authoring.interaction_model import LOCALES, interaction_model, rendered
from skill.authoring.publishing import read_publishing
from skill.authoring.skill_package import manifest, task_definition, task_file
from skill.authoring.skill_package import rendered as rendered_manifest
from skill.authoring.train import train
from skill.compiled import COMPILED
from skill.plain import to_plain
from skill.words import Words

__all__ = ["MODELS", "PACKAGE", "build", "languages", "package_files", "reader_path", "stale", "write"]

MODELS = CONTENT.parents[1] / "interaction_models"
"""The folder of the interaction models, in a checkout of the project."""
PACKAGE = CONTENT.parents[1] / "skill-package"
"""The folder of the rest of the skill package."""
PAGES = CONTENT.parents[1] / "skill" / "channels" / "web" / "static"
"""The folder of what the pages in a browser are made of."""
PAGE_ICON_SIZES = (192, 512)
"""Pixels of a side, as a browser wants them for a page that is installed."""

_T = TypeVar("_T")


def languages(content: Path = CONTENT) -> list[str]:
    """The languages that have content."""
    return sorted(path.name for path in content.iterdir() if path.is_dir())


def reader_path(language: str) -> Path:
    """Where the trained reader of a language stands."""
    return COMPILED / f"{language}.reader"


def build(language: str, say: Callable[[str], None] = lambda _: None) -> dict[Path, bytes]:
    """Make all files of a language; nothing is written. `say` is told how far the training is."""
    words = read_words(language, [])
    lessons = read_lessons(language, [label.name for label in words.labels])
    made = {
        COMPILED / f"{language}.json": _compiled(words),
        reader_path(language): train(lessons, words.emergencies, say),
    }
    for locale, spoken in LOCALES.items():
        if spoken == language:
            made[MODELS / f"{locale}.json"] = rendered(interaction_model(words, lessons.heard)).encode()
    return made | package_files()


def package_files() -> dict[Path, bytes]:
    """Make the files of the skill package that are generated (manifest, task, icons), and the pages' icons."""
    ignored: list[Fault] = []
    publishings = {locale: read_publishing(spoken, ignored) for locale, spoken in LOCALES.items()}
    tasks = {locale: read_task(spoken, ignored) for locale, spoken in LOCALES.items()}
    return {
        PACKAGE / "skill.json": rendered_manifest(manifest(_whole(publishings))),
        PACKAGE / "tasks" / task_file(): task_definition(_whole(tasks)),
        **_icons(PACKAGE / "assets" / "images", ICON_SIZES),
        **_icons(PAGES, PAGE_ICON_SIZES),
    }


def _icons(folder: Path, sizes: Iterable[int]) -> dict[Path, bytes]:
    return {folder / icon_file(size): icon_bytes(size, folder / icon_file(size)) for size in sizes}


def _whole(texts: Mapping[str, _T | None]) -> dict[str, _T]:
    """Those without a fault; the check names the others."""
    return {locale: text for locale, text in texts.items() if text is not None}


def _compiled(words: Words) -> bytes:
    return (json.dumps(to_plain(words), indent=1, ensure_ascii=False) + "\n").encode()


def write(made: dict[Path, bytes], say: Callable[[str], None]) -> None:
    """Write the files that differ from what is there, and say which."""
    for path, content in made.items():
        if _differs(path, content):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            say(f"wrote {path.name}, {len(content):,} bytes")


def stale(made: dict[Path, bytes]) -> list[str]:
    """The names of the files that are not what the content makes."""
    return [path.name for path, content in made.items() if _differs(path, content)]


def _differs(path: Path, content: bytes) -> bool:
    return not path.exists() or path.read_bytes() != content
