"""What is never said: each rule has a text that fails for it alone, and one that passes; denials are understood."""

from typing import Any

import pytest
from ruamel.yaml import YAML

from skill.authoring.content import Fault, read_never
from skill.authoring.never import forbidden
from tests.conftest import CASES

ROWS: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((CASES / "never.yaml").read_text(encoding="utf-8"))
FAULTS: list[Fault] = []
NEVER = read_never("en", FAULTS)


@pytest.mark.parametrize("row", ROWS, ids=[row["fails"] for row in ROWS])
def test_a_text_fails_for_its_reason_alone_and_its_neighbour_passes(row: dict[str, Any]) -> None:
    where = [row["where"]] if "where" in row else []
    (found,) = {fault.partition(": ")[2].partition(" [")[0] for fault in forbidden(row["fails"], NEVER, *where)}
    assert row["reason"] in found
    assert list(forbidden(row["passes"], NEVER, *where)) == []


def test_every_rule_has_its_trap() -> None:
    assert FAULTS == []
    untried = [rule.reason for rule in NEVER if not any(row["reason"] in rule.reason for row in ROWS)]
    assert untried == []


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("Never hold them down.", True),
        ("Don't hold them down.", True),
        ("Wait without holding them.", True),
        ("Never mind that, hold them down.", False),
        ("Don't wait. Hold them down.", False),
        ("Don't wait, and hold them down.", False),
        ("No shouting: hold them down.", False),
        ("HOLD THEM DOWN.", False),
        ("Hold them down, never let go.", False),
    ],
)
def test_a_denial_reaches_as_far_as_its_clause(text: str, allowed: bool) -> None:  # noqa: FBT001
    assert (list(forbidden(text, NEVER)) == []) is allowed
