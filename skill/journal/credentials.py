"""How AWS is configured, as boto3 would find it: region, endpoint and credentials.

Where the environment says it all, as on Lambda, botocore is not needed, for a client of it costs a cold start 180 ms;
else it looks in the profile and in the machine's own places.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from skill.errors import JournalRefused
from skill.journal.signer import Credentials

__all__ = ["Access", "Service", "access"]

_MARGIN = timedelta(minutes=5)
"""How long before they expire credentials are fetched anew."""
_PATIENCE = 1.0
"""Seconds that the container's endpoint, which is on the same machine, may take."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service of AWS that speaks JSON."""

    title: str
    """As it is called: `DynamoDB`."""
    name: str
    """As it is signed and as its host begins: `dynamodb`."""
    setting: str
    """The setting of its endpoint: `AWS_ENDPOINT_URL_DYNAMODB`."""
    target: str
    """What stands before the name of an operation: `DynamoDB_20120810`."""
    content_type: str
    """The media type of its JSON."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a service is reached."""

    region: str
    endpoint: str
    """An address, `https://dynamodb.us-east-1.amazonaws.com`."""
    credentials: Callable[[], Credentials]
    """Gives credentials that have not expired. Raises JournalRefused where there are none."""


def access(environ: Mapping[str, str], service: Service) -> Access:
    """How a service is reached under these settings.

    Raises:
        JournalRefused: Something is missing; the message says what, and how to set it.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    config = Path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    credentials = _from_environment(environ)
    if not region or not credentials or "AWS_PROFILE" in environ or config.exists():
        return _by_botocore(region, service)
    given = environ.get(service.setting) or environ.get("AWS_ENDPOINT_URL")
    suffix = ".cn" if region.startswith("cn-") else ""
    return Access(region, given or f"https://{service.name}.{region}.amazonaws.com{suffix}", credentials)


def _from_environment(environ: Mapping[str, str]) -> Callable[[], Credentials] | None:
    """Credentials that stand in the environment, or that the container gives: a snapshot that is restored has those."""
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        credentials = Credentials(key, secret, environ.get("AWS_SESSION_TOKEN"))
        return lambda: credentials
    uri = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if uri:
        return _Container(uri, environ)
    return None


class _Container:
    """The credentials that the container's own endpoint gives, until shortly before they expire."""

    def __init__(self, uri: str, environ: Mapping[str, str]) -> None:
        self._uri = urlsplit(uri)
        self._environ = environ
        self._found: Credentials | None = None
        self._until = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> Credentials:
        if self._found is None or datetime.now(UTC) >= self._until:
            self._found, expiration = self._fetch()
            self._until = expiration - _MARGIN
        return self._found

    def _fetch(self) -> tuple[Credentials, datetime]:
        import http.client  # noqa: PLC0415 - slow, and only needed where a container gives the credentials

        connect = http.client.HTTPSConnection if self._uri.scheme == "https" else http.client.HTTPConnection
        try:
            connection = connect(self._uri.netloc, timeout=_PATIENCE)
            try:
                path = self._uri._replace(scheme="", netloc="").geturl() or "/"
                connection.request("GET", path, headers={"Accept": "application/json", **self._authorization()})
                told: dict[str, Any] = json.loads(connection.getresponse().read())
            finally:
                connection.close()
            found = Credentials(told["AccessKeyId"], told["SecretAccessKey"], told["Token"])
            return found, datetime.fromisoformat(told["Expiration"])
        except (OSError, ValueError, KeyError, TypeError, http.client.HTTPException) as error:
            raise JournalRefused(
                f"The container gives no AWS credentials ({type(error).__name__}): check the function's role."
            ) from None

    def _authorization(self) -> dict[str, str]:
        file = self._environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = (
            Path(file).read_text("utf-8").strip() if file else self._environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        )
        return {"Authorization": token} if token else {}


def _by_botocore(region: str | None, service: Service) -> Access:
    try:
        import botocore.exceptions  # noqa: PLC0415 - slow, and seldom needed
        import botocore.session  # noqa: PLC0415
    except ImportError:
        raise JournalRefused(
            "AWS is not configured in the environment, and boto3 is not installed: install stay-close[aws], or set"
            " AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        ) from None
    try:
        session = botocore.session.Session()
        client = session.create_client(service.name, region_name=region)
        found = session.get_credentials()
    except botocore.exceptions.NoRegionError:
        raise JournalRefused("No AWS region is set: set AWS_REGION, or a region in the AWS profile.") from None
    except (botocore.exceptions.BotoCoreError, ValueError) as error:
        raise JournalRefused(f"The AWS configuration cannot be used: {error}.") from None
    if found is None:
        raise JournalRefused(
            "No AWS credentials are found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile."
        )

    def fresh() -> Credentials:
        try:
            frozen = found.get_frozen_credentials()
        except botocore.exceptions.BotoCoreError as error:
            raise JournalRefused(f"The AWS credentials cannot be used: {error}.") from None
        return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)

    return Access(client.meta.region_name, client.meta.endpoint_url, fresh)
