"""The audit of dependencies never looks clean where a service could not be asked. The services are out of a test's
reach; what is held here is how their tools' reports are judged."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.engines import ROOT

CLEAN = {"dependencies": [{"name": "one", "version": "1", "vulns": []}], "fixes": []}
FAULTY = {"dependencies": [{"name": "one", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}
SKIPPED = {"dependencies": [*CLEAN["dependencies"], {"name": "two", "skip_reason": "not found on PyPI"}]}
NPM_CLEAN = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"total": 3}}}
NPM_FAULTY = {**NPM_CLEAN, "vulnerabilities": {"three": {"severity": "high"}}}
NPM_REFUSED = {"message": "405 Method Not Allowed", "statusCode": 405}


@pytest.mark.parametrize(
    ("python", "npm", "code", "said"),
    [
        (CLEAN, NPM_CLEAN, 0, "1 looked up, 0 faults"),
        (FAULTY, NPM_CLEAN, 1, "one 1: PYSEC-1"),
        (FAULTY, NPM_REFUSED, 1, "did not answer"),
        (SKIPPED, NPM_CLEAN, 2, "1 not looked up, among them two"),
        (CLEAN, NPM_REFUSED, 2, "tests/engines: the advisory service did not answer"),
        (CLEAN, NPM_FAULTY, 0, "three: high, in a test engine"),
        ({"dependencies": []}, NPM_CLEAN, 2, "did not answer"),
        ("Traceback", NPM_CLEAN, 2, "did not answer"),
        (CLEAN, "", 2, "did not answer"),
        (None, NPM_CLEAN, 2, "did not answer"),
        (CLEAN, None, 2, "did not answer"),
    ],
)
def test_what_could_not_be_looked_up_is_not_clean(python: Any, npm: Any, code: int, said: str, tmp_path: Path) -> None:
    tools = [tool(tmp_path / "pip-audit", python), tool(tmp_path / "npm", npm)]
    done = run(tools)
    assert done.returncode == code
    assert said in done.stdout


def run(tools: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "script" / "audit.py", *tools], capture_output=True, text=True, check=False
    )


def tool(path: Path, report: Any) -> Path:
    """A program that prints this and ends as both tools do on a fault; none at all for no report."""
    if report is not None:
        text = report if isinstance(report, str) else json.dumps(report)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit 1\n")
        path.chmod(0o755)
    return path


def test_every_lock_file_is_looked_up(tmp_path: Path) -> None:
    tools = [tool(tmp_path / "pip-audit", CLEAN), tool(tmp_path / "npm", NPM_CLEAN)]
    said = run(tools).stdout
    for lock in (ROOT / "requirements").glob("*.txt"):
        assert f"requirements/{lock.name}: " in said
