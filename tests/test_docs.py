"""The README tells the truth: every command, setting and script stands in it, and nothing that does not exist."""

import argparse
import re

import pytest

from skill.cli import _parser
from skill.reader.reader import CHOOSE, DECLINE, MAYBE_DANGER, SPEAK, SPEAK_LEAD, SURE_DANGER
from skill.words import Words
from tests.engines import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
READER = (ROOT / "docs" / "reader.md").read_text(encoding="utf-8")


def commands(parser: argparse.ArgumentParser, name: str = "stay-close") -> set[str]:
    found = set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, inner in action.choices.items():
                found |= {f"{name} {word}"} | commands(inner, f"{name} {word}")
    return found


def test_every_command_is_in_the_readme_and_none_that_does_not_exist() -> None:
    named = set(re.findall(r"^\| `(stay-close [a-z]+(?: [a-z]+)?)", README, re.MULTILINE))
    assert named == commands(_parser())


def test_every_setting_is_in_the_readme() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "skill").rglob("*.py"))
    code += (ROOT / "lambda" / "handler.py").read_text(encoding="utf-8")
    settings = set(re.findall(r"STAY_CLOSE_[A-Z_]+", code))
    assert settings == set(re.findall(r"^\| `(STAY_CLOSE_[A-Z_]+)`", README, re.MULTILINE))


def test_the_readme_counts_right(words: Words) -> None:
    assert "the 37 situations" in README
    assert len(words.labels) == 37
    assert f"{len(words.encouragements)} words of" in README
    assert len(words.why) == 10
    heard = sum(
        bool(line.strip()) and not line.startswith("#")
        for path in (ROOT / "skill" / "content" / "en" / "heard").glob("*.txt")
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    assert f"{heard:,} sentences" in README


def test_every_file_and_folder_that_is_named_exists() -> None:
    for text in (README, CONTRIBUTING):
        for place in re.findall(r"`((?:skill|script|tests|lambda|docs|interaction_models)/[\w./-]*)", text):
            assert (ROOT / place).exists(), place


@pytest.mark.parametrize("threshold", [SURE_DANGER, MAYBE_DANGER, SPEAK, SPEAK_LEAD, CHOOSE, DECLINE])
def test_the_thresholds_are_the_ones_that_are_documented(threshold: float) -> None:
    assert f"{threshold:.2f}" in READER


def test_the_lambda_folder_is_named_with_its_handler() -> None:
    assert "handler.lambda_handler" in README
    assert "Handler: handler.lambda_handler" in (ROOT / "template.yaml").read_text(encoding="utf-8")
