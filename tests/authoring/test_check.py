"""Each rule of the content check has a trap: a planted fault that must be found, for that reason."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from skill.authoring.check import check, warnings
from skill.authoring.content import CONTENT
from tests.conftest import CASES

TRAPS: list[dict[str, str]] = YAML(typ="safe", pure=True).load((CASES / "traps.yaml").read_text(encoding="utf-8"))


HEARD_LINES = 60
"""Lines of each label's heard sentences that are kept where a fault is planted: all of them take seconds to check."""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    copy = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    for path in copy.glob("*/heard/*.txt"):
        path.write_text(
            "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:HEARD_LINES]), encoding="utf-8"
        )
    return copy


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


def test_the_shipped_content_has_no_fault() -> None:
    assert check("en") == []


def test_the_shortened_content_has_no_fault_but_those_that_are_planted(content: Path) -> None:
    assert check("en", content) == []


def test_what_should_be_looked_at_is_a_warning(content: Path) -> None:
    path = content / "en" / "heard" / "tired.txt"
    path.write_text(path.read_text(encoding="utf-8") + "he bit me and he kicked me in the shin\n", encoding="utf-8")
    told = [str(one) for one in warnings("en", date(2029, 1, 1), content)]
    assert any("last checked on" in one for one in told)
    assert "en/heard/tired.txt: 'he bit me and he kicked me in the shin' is taken by hitting" in "\n".join(told)


def test_a_page_that_is_not_public_yet_is_a_warning(content: Path) -> None:
    path = content / "en" / "publishing.yaml"
    written = path.read_text(encoding="utf-8")
    for address, warned in (("https://example.org/privacy", True), ("https://stay-close.test/privacy", False)):
        path.write_text(re.sub("(?<=privacy_policy_url: ).*", address, written), encoding="utf-8")
        told = [str(one) for one in warnings("en", date(2026, 11, 24), content)]
        assert any(f"{address} stands for a page that is not public yet" in one for one in told) is warned


def test_the_shipped_sentences_are_not_taken_by_another_label() -> None:
    assert [str(one) for one in warnings("en", date(2026, 11, 24)) if "is taken by" in one.reason] == []
