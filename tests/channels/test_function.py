"""The function as it starts on Lambda: its key out of a secret, and fit again after a snapshot was restored."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from skill.channels.alexa.function import RETRY, Function
from skill.journal import Key, Moment
from skill.journal.dynamodb import DynamoDBStore
from tests.channels.responses import heard, valid
from tests.conftest import event
from tests.engines.aws import AUTHORIZATION, AWS, SECRET, aws

CAREGIVER = Key(SECRET.encode()).caregiver("alexa:amzn1.ask.account.TESTUSER")


@pytest.fixture
def service() -> Iterator[AWS]:
    with aws() as running:
        yield running


@pytest.fixture
def settings(service: AWS, dynalite: str) -> dict[str, str]:
    """As on Lambda: credentials of the container, the key in a secret, a table."""
    table = f"journal-{uuid4().hex}"
    found = {
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{service.address}/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": AUTHORIZATION,
        "AWS_ENDPOINT_URL_DYNAMODB": dynalite,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": service.address,
        "STAY_CLOSE_JOURNAL": f"dynamodb://{table}",
        "STAY_CLOSE_KEY_SECRET": "arn:aws:secretsmanager:us-east-1:111111111111:secret:key",
    }
    store = DynamoDBStore(table, found)
    store.create()
    store.close()
    service.given = 0
    return found


def kept(settings: dict[str, str]) -> list[Moment]:
    store = DynamoDBStore(settings["STAY_CLOSE_JOURNAL"].removeprefix("dynamodb://"), settings)
    found = [entry for entry in store.entries(CAREGIVER) if isinstance(entry, Moment)]
    store.close()
    return found


def spoken(function: Function, name: str = "one_shot_search_query") -> dict[str, Any]:
    inner = valid(function(event(name)))
    assert heard(inner)
    return inner


def test_the_key_is_read_from_its_secret_once(settings: dict[str, str], service: AWS) -> None:
    function = Function(settings)
    spoken(function)
    spoken(function, "launch")
    assert service.asked == [{"SecretId": settings["STAY_CLOSE_KEY_SECRET"]}]
    assert [moment.situation for moment in kept(settings)] == ["pushing_me_away"]


def test_after_a_restore_connections_and_credentials_are_made_anew_before_anybody_speaks(
    settings: dict[str, str], service: AWS
) -> None:
    function = Function(settings)
    spoken(function)
    before = service.given
    function.restored()
    assert service.given == before + 1
    assert len(service.asked) == 1
    spoken(function)
    assert service.given == before + 1
    assert len(kept(settings)) == 1


def test_a_restore_without_a_journal_says_so_and_speaks_on(
    settings: dict[str, str], service: AWS, caplog: pytest.LogCaptureFixture
) -> None:
    function = Function(settings)
    service.server.shutdown()
    service.server.server_close()
    with caplog.at_level(logging.WARNING):
        function.restored()
    assert "cannot be reached after a restore: The container gives no AWS credentials" in caplog.text
    spoken(function)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (
            (400, '{"__type":"AccessDeniedException","Message":"a secret"}'),
            "does not give the hashing key (AccessDenied",
        ),
        ((400, '{"__type":"ResourceNotFoundException"}'), "does not give the hashing key (ResourceNotFound"),
        ((200, '{"SecretBinary":"AAAA"}'), "holds no text"),
        ((200, '{"SecretString":"short"}'), "STAY_CLOSE_KEY_SECRET is too short"),
        ((500, "<html>"), "cannot be read"),
    ],
)
def test_without_the_key_nothing_is_kept_all_is_spoken_and_it_is_tried_again(
    settings: dict[str, str], service: AWS, told: tuple[int, str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    service.told = told
    now = 0.0
    function = Function(settings, clock=lambda: now)
    assert reason in caplog.text
    assert "a secret" not in caplog.text
    spoken(function)
    service.told = None
    now = RETRY - 1
    spoken(function)
    assert len(service.asked) == 1
    now = RETRY
    # Whoever speaks now is not kept waiting for it.
    spoken(function)
    for _ in range(500):
        spoken(function)
        if kept(settings):
            break
    assert len(kept(settings)) == 1
    assert len(service.asked) == 2


def test_a_snapshot_without_the_key_reads_it_when_it_is_restored(settings: dict[str, str], service: AWS) -> None:
    service.told = (500, "<html>")
    function = Function(settings)
    service.told = None
    function.restored()
    spoken(function)
    assert len(kept(settings)) == 1
