"""The template allows the function what the code does, and nothing else."""

import re

from tests.engines import ROOT


def test_the_function_may_do_what_its_store_does_and_no_more() -> None:
    # Making the table and reading all of it are for whoever runs the skill.
    code = (ROOT / "skill" / "journal" / "dynamodb.py").read_text(encoding="utf-8")
    called = set(re.findall(r'self\._(?:ask|call)\(\s*"(\w+)"', code)) - {"CreateTable", "DescribeTable", "Scan"}
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"- dynamodb:(\S+)", template)) == called
