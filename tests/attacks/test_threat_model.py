"""The threat model names the tests that hold it: each that there is, and none that there is not."""

import re
from pathlib import Path

from tests.engines import ROOT


def test_every_attack_is_in_the_threat_model_and_none_that_does_not_exist() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:tests/\w+/)?(test_\w+)`", text))
    there = {path.stem for path in Path(__file__).parent.glob("test_*.py")} - {Path(__file__).stem}
    assert there <= named
    assert all(any((ROOT / "tests").rglob(f"{name}.py")) for name in named)
    for place in re.findall(r"`((?:script|tests|requirements)/[\w./-]*)`", text):
        assert (ROOT / place).exists() or (ROOT / f"{place}.py").exists(), place
