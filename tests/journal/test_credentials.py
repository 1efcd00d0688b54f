"""Credentials as a container gives them, which a restored snapshot has: as botocore takes them, without botocore."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import botocore.credentials
import pytest

from skill.errors import JournalRefused
from skill.journal.credentials import Service, access
from tests.engines import free_port
from tests.engines.aws import AUTHORIZATION, AWS, aws

DYNAMODB = Service(
    "DynamoDB", "dynamodb", "AWS_ENDPOINT_URL_DYNAMODB", "DynamoDB_20120810", "application/x-amz-json-1.0"
)


@pytest.fixture
def service() -> Iterator[AWS]:
    with aws() as running:
        yield running


def settings(service: AWS, **more: str) -> dict[str, str]:
    return {
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{service.address}/v1/credentials?role=x",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": AUTHORIZATION,
        **more,
    }


def test_they_are_botocores(service: AWS) -> None:
    ours = access(settings(service), DYNAMODB).credentials()
    service.given = 0
    theirs = botocore.credentials.ContainerProvider(environ=settings(service)).load()
    assert (ours.access_key, ours.secret_key, ours.token) == (theirs.access_key, theirs.secret_key, theirs.token)


def test_they_are_fetched_once_and_again_before_they_expire(service: AWS) -> None:
    credentials = access(settings(service), DYNAMODB).credentials
    assert [credentials().access_key for _ in range(3)] == ["key1"] * 3
    service.lasts = timedelta(minutes=4)
    another = access(settings(service), DYNAMODB).credentials
    assert [another().access_key for _ in range(2)] == ["key2", "key3"]


def test_the_token_may_stand_in_a_file(service: AWS, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{AUTHORIZATION}\n")
    file = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(tmp_path / "token")}
    assert access(settings(service, AWS_CONTAINER_AUTHORIZATION_TOKEN="old", **file), DYNAMODB).credentials()


@pytest.mark.parametrize(
    "change",
    [
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN": "wrong"},
        {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/nonexistent"},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{free_port()}/"},
    ],
)
def test_without_them_the_reason_is_said(service: AWS, change: dict[str, str]) -> None:
    with pytest.raises(JournalRefused, match=r"^The container gives no AWS credentials .+: check the function's role"):
        access(settings(service) | change, DYNAMODB).credentials()


def test_keys_in_the_environment_come_first(service: AWS) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "mine", "AWS_SECRET_ACCESS_KEY": "mine"}
    assert access(settings(service, **keys), DYNAMODB).credentials().access_key == "mine"
    assert service.given == 0


def test_no_botocore_is_needed_for_them(service: AWS) -> None:
    code = (
        "import sys; from skill.journal.credentials import Service, access;"
        f" access({settings(service)!r}, {DYNAMODB!r}).credentials(); assert 'botocore' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_endpoint_is_the_regions_unless_it_is_given(service: AWS) -> None:
    assert access(settings(service), DYNAMODB).endpoint == "https://dynamodb.eu-west-1.amazonaws.com"
    assert access(settings(service, AWS_REGION="cn-north-1"), DYNAMODB).endpoint.endswith(".amazonaws.com.cn")
    given = {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b"}
    assert access(settings(service, **given), DYNAMODB).endpoint == "http://b"
