"""Lays out the whole skill package, as Amazon takes it: the manifest, what Alexa listens for, the task, the icons."""

import json
from pathlib import Path

from skill.authoring.build import MODELS, PACKAGE
from skill.authoring.icons import ICON_SIZES, icon_file
from skill.authoring.interaction_model import LOCALES
from skill.authoring.publishing import is_placeholder
from skill.authoring.skill_package import connected, rendered, task_file
from skill.errors import PackageError

__all__ = ["placeholders", "whole_package"]

FOLDERS = ("interactionModels", "tasks", "assets")
"""The folders of a package."""


def whole_package(out: Path, function: str | None = None) -> list[Path]:
    """Lay out the package in the folder `out` from the files that are committed; gives the files, sorted.

    What an earlier package left there goes. `function` is the ARN of the function that answers; without one the package
    has no endpoint, and makes a skill that has an id and answers nothing yet.

    Raises:
        PackageError: `function` is no ARN of a Lambda function, a file of the package is missing, or the folder holds
            something else.
    """
    earlier = out.exists() and any(out.iterdir())
    if earlier and not (out / "skill.json").is_file():
        raise PackageError(f"{out} holds something else: name a folder that is new, or that holds an earlier package.")
    contents = {out / place: _content(path) for place, path in _sources().items()}
    if function is not None:
        plain = json.loads(contents[out / "skill.json"])
        contents[out / "skill.json"] = rendered(connected(plain, function))
    for path in [path for folder in FOLDERS for path in (out / folder).rglob("*")]:
        if path.is_file() and path not in contents:
            path.unlink()
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return sorted(contents)


def _sources() -> dict[str, Path]:
    """The places in a package, and the file of the checkout that belongs there."""
    committed = [PACKAGE / "skill.json", PACKAGE / "tasks" / task_file()]
    committed += [PACKAGE / "assets" / "images" / icon_file(size) for size in ICON_SIZES]
    models = {f"interactionModels/custom/{locale}.json": MODELS / f"{locale}.json" for locale in LOCALES}
    return {path.relative_to(PACKAGE).as_posix(): path for path in committed} | models


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise PackageError(f"{path.name} is missing: run `stay-close build`.")
    return path.read_bytes()


def placeholders(out: Path) -> list[str]:
    """The addresses in a package that stand for pages that are not public yet."""
    pages = json.loads((out / "skill.json").read_bytes())["manifest"]["privacyAndCompliance"]["locales"].values()
    return sorted({address for page in pages for address in page.values() if is_placeholder(address)})
