"""The wire to DynamoDB: one kept connection, requests signed and sent by the standard library.

What people configure is what boto3 reads: region, credentials, profile and endpoint. A botocore client would cost a
cold start 180 ms, and is asked only where the environment does not say it all.
"""

import http.client
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from skill.errors import JournalRefused
from skill.journal.signer import Credentials, signed_headers

__all__ = ["Answered", "Wire"]


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # The port is no number.
        return False


class Answered(Exception):  # noqa: N818 - DynamoDB's own answer, not yet an error
    """DynamoDB answered with an error of this code."""

    def __init__(self, code: str) -> None:
        """`code` is the error's name, `ConditionalCheckFailedException`."""
        super().__init__(code)
        self.code = code


class Wire:
    """One kept connection to DynamoDB's endpoint. Any fault of it is a JournalRefused."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Find out where to and with which credentials; nothing is sent yet."""
        self.region, endpoint, self._credentials = _configured(environ)
        if not _is_address(endpoint):
            raise JournalRefused(f"The AWS endpoint {endpoint!r} is no http address: correct AWS_ENDPOINT_URL.")
        parts = urlsplit(endpoint)
        self._host = parts.netloc
        self._secure = parts.scheme == "https"
        self._connection: http.client.HTTPConnection | None = None

    def call(self, operation: str, request: dict[str, Any], *, patience: float, at: datetime) -> dict[str, Any]:
        """Send an operation and give its answer; `patience` is in seconds, `at` signs it.

        Raises:
            Answered: DynamoDB answered with an error.
            JournalRefused: It did not answer, or not in a way that can be read.
        """
        body = json.dumps(request, separators=(",", ":")).encode()
        headers = signed_headers(
            body,
            target=f"DynamoDB_20120810.{operation}",
            host=self._host,
            region=self.region,
            credentials=self._credentials(),
            at=at,
        )
        status, answer = self._post(body, headers, patience)
        try:
            found = json.loads(answer)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise JournalRefused("DynamoDB's answer cannot be read: check the endpoint.")
        if status != http.client.OK:
            raise Answered(str(found.get("__type", status)).rpartition("#")[2])
        return found

    def _post(self, body: bytes, headers: dict[str, str], patience: float) -> tuple[int, bytes]:
        kept = self._connection is not None
        connection = self._connect(patience)
        try:
            connection.request("POST", "/", body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except TimeoutError:
            self.close()
            raise JournalRefused(f"DynamoDB did not answer within {patience * 1000:.0f} ms.") from None
        except ConnectionError:
            self.close()
            if kept:
                # The other side has closed it meanwhile; every request here may be sent twice.
                return self._post(body, headers, patience)
            raise JournalRefused("DynamoDB cannot be reached: check the network and the endpoint.") from None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise JournalRefused(f"DynamoDB cannot be reached ({error}): check the network and the endpoint.") from None

    def _connect(self, patience: float) -> http.client.HTTPConnection:
        if self._connection is None:
            make = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = make(self._host, timeout=patience)
        elif self._connection.sock is not None:
            self._connection.sock.settimeout(patience)
        return self._connection

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _configured(environ: Mapping[str, str]) -> tuple[str, str, Callable[[], Credentials]]:
    """The region, the endpoint and the credentials, as boto3 would find them.

    Where the environment says it all, as on Lambda, botocore is not needed; else it looks in the profile, in the
    container's and the machine's own places.

    Raises:
        JournalRefused: One of them is missing; the message says which and how to set it.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    config = Path(environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()
    if region and key and secret and "AWS_PROFILE" not in environ and not config.exists():
        given = environ.get("AWS_ENDPOINT_URL_DYNAMODB") or environ.get("AWS_ENDPOINT_URL")
        suffix = ".cn" if region.startswith("cn-") else ""
        credentials = Credentials(key, secret, environ.get("AWS_SESSION_TOKEN"))
        return region, given or f"https://dynamodb.{region}.amazonaws.com{suffix}", lambda: credentials
    return _configured_by_botocore(region)


def _configured_by_botocore(region: str | None) -> tuple[str, str, Callable[[], Credentials]]:
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
        client = session.create_client("dynamodb", region_name=region)
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

    return client.meta.region_name, client.meta.endpoint_url, fresh
