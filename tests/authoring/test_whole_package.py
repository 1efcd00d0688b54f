"""The whole skill package in a folder, in Amazon's layout."""

import json
import re
from pathlib import Path

import pytest
from ask_smapi_model.v1.skill.interaction_model.interaction_model_data import InteractionModelData
from ask_smapi_model.v1.skill.manifest.skill_manifest_envelope import SkillManifestEnvelope

from skill.authoring import whole_package as module
from skill.authoring.build import MODELS
from skill.authoring.interaction_model import LOCALES
from skill.authoring.whole_package import placeholders, whole_package
from skill.cli import main
from skill.errors import PackageError
from tests.authoring.strict import walk
from tests.authoring.test_skill_package import ALIAS

LAYOUT = (
    r"skill\.json|interactionModels/custom/[a-z]{2}-[A-Z]{2}\.json|tasks/[\w.-]{1,64}\.json"
    r"|assets/images/[\w./-]{1,64}\.png"
)
"""Where Amazon's own tools look for a package's files."""


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_it_has_every_file_and_each_lies_where_amazon_looks_for_it(tmp_path: Path) -> None:
    whole_package(tmp_path / "new" / "package")
    made = files(tmp_path / "new" / "package")
    assert [name for name in made if not re.fullmatch(LAYOUT, name)] == []
    assert {f"interactionModels/custom/{locale}.json" for locale in LOCALES} < set(made)
    assert len(made) == len(LOCALES) + 4
    manifest = json.loads(made["skill.json"])
    assert walk(SkillManifestEnvelope, manifest) == []
    for text in manifest["manifest"]["publishingInformation"]["locales"].values():
        for icon in ("smallIconUri", "largeIconUri"):
            assert text[icon].removeprefix("file://") in made
    for task in manifest["manifest"]["apis"]["custom"]["tasks"]:
        assert f"tasks/{task['name']}.{task['version']}.json" in made
    for name, content in made.items():
        if name.startswith("interactionModels/"):
            assert walk(InteractionModelData, json.loads(content)) == []


def test_made_again_it_is_the_same_and_what_is_of_no_use_any_more_is_gone(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    assert whole_package(first, ALIAS) == sorted(path for path in first.rglob("*") if path.is_file())
    whole_package(again)
    (again / "interactionModels" / "custom" / "xx-XX.json").write_text("{}")
    (again / "notes.txt").write_text("mine")
    whole_package(again, ALIAS)
    assert files(again) == files(first) | {"notes.txt": b"mine"}


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "mine.json").write_text("{}")
    with pytest.raises(PackageError, match="holds something else: name a folder that is new"):
        whole_package(tmp_path)
    assert files(tmp_path) == {"tasks/mine.json": b"{}"}


def test_a_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MODELS", tmp_path)
    with pytest.raises(PackageError, match=r"en-US\.json is missing: run `stay-close build`"):
        whole_package(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_page_that_is_not_public_yet_is_found(tmp_path: Path) -> None:
    whole_package(tmp_path)
    path = tmp_path / "skill.json"
    made = json.loads(path.read_text(encoding="utf-8"))
    pages = made["manifest"]["privacyAndCompliance"]["locales"]
    for page in pages.values():
        page["privacyPolicyUrl"] = "https://stay-close.example/privacy"
    path.write_text(json.dumps(made))
    assert placeholders(tmp_path) == []
    pages["en-GB"]["termsOfUseUrl"] = "https://www.example.org/terms"
    path.write_text(json.dumps(made))
    assert placeholders(tmp_path) == ["https://www.example.org/terms"]


def test_the_command_makes_it_and_refuses_what_is_no_function(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "package"
    assert main(["package", "--out", str(out), "--endpoint", ALIAS]) == 0
    said = capsys.readouterr()
    assert said.out == f"wrote {len(LOCALES) + 4} files to {out}\n"
    # The warning comes while a placeholder is there, and only then.
    assert [line.split()[1] for line in said.err.splitlines()] == placeholders(out)
    assert ALIAS in (out / "skill.json").read_text(encoding="utf-8")
    before = files(out)
    assert main(["package", "--out", str(out), "--endpoint", ""]) == 1
    assert "'' is no ARN of a Lambda function" in capsys.readouterr().err
    assert files(out) == before
    assert main(["package", "--out", str(out)]) == 0
    assert files(out)["interactionModels/custom/en-US.json"] == (MODELS / "en-US.json").read_bytes()
    assert "endpoint" not in (out / "skill.json").read_text(encoding="utf-8")
