"""A spill's lines that somebody has tampered with: each is named and left out, and none holds up the others."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.engines import ROOT

SESSION = {
    "kind": "session", "id": "0123456789abcdef", "caregiver": "a" * 32, "started": "2026-11-24T07:10:00.000000Z",
    "seen": "2026-11-24T07:10:00.000000Z", "channel": "alexa", "locale": "en-US",
}  # fmt: skip


def line(**changes: Any) -> str:
    return json.dumps({"event": "journal_spill", "entry": {**SESSION, **changes}}, separators=(",", ":"))


POISON = {
    "a time without a year after it": line(started="9999-12-31T23:59:59Z"),
    "a time before all": line(started="0001-01-01T00:00:00+23:59"),
    "a revision that no table holds": line(revision=10**30),
    "a negative revision": line(revision=-1),
    "a number of 5,000 digits": line().replace('"en-US"', '"en-US","revision":' + "9" * 5000),
    "an infinite number": line(moments=float("inf")),
    "a lone surrogate": line(caregiver="\ud800"),
    "an unknown kind": line(kind="zqx"),
    "an unknown field": line(zqx="zqx"),
    "a list": '{"event":"journal_spill","entry":[]}',
    "lists 100,000 deep": '{"event":"journal_spill","entry":' + "[" * 100_000,
    "objects 100,000 deep": '{"event":"journal_spill","entry":' + '{"a":' * 100_000 + "1" + "}" * 100_001,
    "no end": line()[:-5],
}


@pytest.mark.parametrize("poison", POISON.values(), ids=POISON)
def test_a_poisoned_line_does_not_hold_up_the_others(poison: str, tmp_path: Path) -> None:
    good = [line(id=f"{n:016x}", caregiver="b" * 32) for n in range(2)]
    log = tmp_path / "log"
    log.write_text("\n".join([good[0], poison, good[1]]) + "\n")
    done = subprocess.run(
        [sys.executable, "-m", "skill", "journal", "replay", log],
        env={**os.environ, "PYTHONPATH": str(ROOT), "STAY_CLOSE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    with closing(sqlite3.connect(tmp_path / "journal.sqlite")) as journal:
        (kept,) = journal.execute("SELECT count(*) FROM entries WHERE caregiver = ?", ("b" * 32,)).fetchone()
    assert kept == 2
