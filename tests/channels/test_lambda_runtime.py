"""The Lambda entry under the real runtime client, with the journal on dynalite over a real connection."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from skill.journal import Key, Moment, Session
from skill.journal.dynamodb import DynamoDBStore
from tests.channels.responses import heard, valid
from tests.conftest import event
from tests.engines import ROOT, Runtime, runtime, settings

SECRET = "a key for the lambda test"
CAREGIVER = Key(SECRET.encode()).caregiver("alexa:amzn1.ask.account.TESTUSER")


@pytest.fixture(scope="module")
def table(dynalite: str) -> Iterator[tuple[DynamoDBStore, dict[str, str]]]:
    environment = {
        **settings(dynalite),
        "STAY_CLOSE_KEY": SECRET,
        "STAY_CLOSE_SKILL_ID": event("launch")["context"]["System"]["application"]["applicationId"],
    }
    name = f"journal-{uuid4().hex}"
    store = DynamoDBStore(name, environment)
    store.create()
    yield store, {**environment, "STAY_CLOSE_JOURNAL": f"dynamodb://{name}"}
    store.close()


@pytest.fixture(scope="module")
def function(table: tuple[DynamoDBStore, dict[str, str]]) -> Iterator[Runtime]:
    with runtime(ROOT / "lambda", "handler.lambda_handler", table[1]) as running:
        yield running


def test_a_visit_is_answered_and_kept_once(function: Runtime, table: tuple[DynamoDBStore, dict[str, str]]) -> None:
    store, _ = table
    attributes: dict[str, Any] = {}
    for name in ("launch", "one_shot_search_query", "one_shot_search_query", "bare_phrase", "next", "stop"):
        request = event(name)
        request["session"]["attributes"] = copy.deepcopy(attributes)
        response = function.invoke(request)
        inner = valid(response)
        assert inner["outputSpeech"]
        attributes = response.get("sessionAttributes", {})
    assert inner["shouldEndSession"] is True
    kept = list(store.entries(CAREGIVER))
    assert [type(one) for one in kept] == [Moment, Session]
    assert isinstance(kept[0], Moment)
    assert kept[0].ending == "stopped"
    function.invoke(event("skill_disabled"))
    assert list(store.entries(CAREGIVER)) == []


@pytest.mark.parametrize(
    "name", ["session_ended", "skill_disabled", "unknown_type", "unknown_enum_value", "audio_player"]
)
def test_every_kind_of_request_has_a_valid_response(name: str, function: Runtime) -> None:
    valid(function.invoke(event(name)))


@pytest.mark.parametrize("nonsense", [{}, [], None, 1, "x", {"request": []}, {"session": {}, "request": {"type": 3}}])
def test_nonsense_has_a_valid_response(nonsense: Any, function: Runtime) -> None:
    valid(function.invoke(nonsense))


def test_danger_is_answered_under_the_runtime(function: Runtime) -> None:
    inner = valid(function.invoke(event("search_query_danger")))
    assert "911" in " ".join(heard(inner).split()[:20])


def test_the_handler_is_a_few_lines() -> None:
    lines = (ROOT / "lambda" / "handler.py").read_text().splitlines()
    assert len(lines) < 15


def test_the_hot_path_imports_nothing_heavy() -> None:
    """Each of these costs a cold start tens of milliseconds or more."""
    code = (
        "import sys; import handler; handler.lambda_handler({'request': {'type': 'LaunchRequest'}}, None);"
        "print([m for m in ('pydantic', 'numpy', 'scipy', 'sklearn', 'ruamel', 'boto3', 'botocore', 'flask',"
        " 'ask_sdk.standard', 'ask_sdk_core.api_client', 'sqlite3', 'platformdirs') if m in sys.modules])"
    )
    environment = {"STAY_CLOSE_KEY": SECRET, "STAY_CLOSE_JOURNAL": "dynamodb://t", "PATH": "/usr/bin"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "lambda", env=environment, capture_output=True, check=True
    )
    assert done.stdout.decode().strip().splitlines()[-1] == "[]"
