"""Each rule of the content check has a trap: a planted fault that must be found, for that reason."""

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from skill.authoring.check import check
from skill.authoring.content import CONTENT
from tests.conftest import CASES

TRAPS: list[dict[str, str]] = YAML(typ="safe", pure=True).load((CASES / "traps.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def planted(trap: dict[str, str], before: str) -> str:
    if "write" in trap:
        return trap["write"]
    if "copy" in trap:
        return (CONTENT / trap["copy"]).read_text(encoding="utf-8")
    if "add" in trap:
        return before + trap["add"]
    assert trap["replace"] in before, "the text to be replaced is not there any more"
    return before.replace(trap["replace"], trap["by"], 1)


@pytest.mark.parametrize("trap", TRAPS, ids=[trap["about"] for trap in TRAPS])
def test_a_planted_fault_is_found(trap: dict[str, str], content: Path) -> None:
    path = content / trap["file"]
    path.write_text(planted(trap, path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
    faults = [str(fault) for fault in check("en", content)]
    assert any(trap["reason"] in fault for fault in faults), faults


def test_the_shipped_content_has_no_fault(content: Path) -> None:
    assert check("en", content) == []
