"""The wire to a service of AWS: a few kept connections, requests signed and sent by the standard library."""

import http.client
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from skill.errors import JournalRefused
from skill.journal.credentials import Service, access
from skill.journal.signer import signed_headers

__all__ = ["Answered", "Call", "Wire"]

Call = tuple[str, dict[str, Any]]
"""An operation, `PutItem`, and its request."""
_Sent = tuple[bytes, dict[str, str]]
"""A request's body and headers."""


class Answered(Exception):  # noqa: N818 - the service's own answer, not yet an error
    """The service answered with an error of this code."""

    def __init__(self, code: str) -> None:
        """`code` is the error's name, `ConditionalCheckFailedException`."""
        super().__init__(code)
        self.code = code


class Wire:
    """Kept connections to a service's endpoint. Any fault of them is a JournalRefused."""

    def __init__(self, environ: Mapping[str, str], service: Service) -> None:
        """Find out where to and with which credentials; nothing is sent yet."""
        self._service = service
        self._access = access(environ, service)
        endpoint = self._access.endpoint
        if not _is_address(endpoint):
            # It is not shown, for it may hold a password.
            raise JournalRefused("The AWS endpoint is no http address: correct AWS_ENDPOINT_URL.")
        parts = urlsplit(endpoint)
        self._host = parts.netloc
        self._connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._lines: list[_Line] = []

    @property
    def region(self) -> str:
        """The region that requests are signed for."""
        return self._access.region

    def call(self, operation: str, request: dict[str, Any], *, patience: float, at: datetime) -> dict[str, Any]:
        """Send an operation and give its answer; `patience` is in seconds, `at` signs it.

        Raises:
            Answered: The service answered with an error.
            JournalRefused: It did not answer, or not in a way that can be read.
        """
        (answer,) = self.call_all([(operation, request)], patience=patience, at=at)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def call_all(
        self, calls: Sequence[Call], *, patience: float, at: datetime
    ) -> list[dict[str, Any] | Answered | JournalRefused]:
        """Send operations at once, each on a connection of its own; give each one's answer or what it failed with."""
        while len(self._lines) < len(calls):
            self._lines.append(_Line(self._connect, self._host))
        lines = self._lines[: len(calls)]
        for line, (operation, request) in zip(lines, calls, strict=True):
            line.send(self._signed(operation, request, at), patience)
        return [self._answer(line.receive()) for line in lines]

    def _signed(self, operation: str, request: dict[str, Any], at: datetime) -> _Sent:
        body = json.dumps(request, separators=(",", ":")).encode()
        headers = signed_headers(
            body,
            target=f"{self._service.target}.{operation}",
            content_type=self._service.content_type,
            host=self._host,
            scope=(self.region, self._service.name),
            credentials=self._access.credentials(),
            at=at,
        )
        return body, headers

    def _answer(self, received: tuple[int, bytes] | Exception) -> dict[str, Any] | Answered | JournalRefused:
        title = self._service.title
        match received:
            case TimeoutError():
                return JournalRefused(f"{title} did not answer in time.")
            case ConnectionError():
                return JournalRefused(f"{title} cannot be reached: check the network and the endpoint.")
            case Exception():
                return JournalRefused(f"{title} cannot be reached ({received}): check the network and the endpoint.")
        status, body = received
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            return JournalRefused(f"{title}'s answer cannot be read: check the endpoint.")
        if status != http.client.OK:
            return Answered(str(found.get("__type", status)).rpartition("#")[2])
        return found

    def close(self) -> None:
        """Close the connections; the next call opens others."""
        for line in self._lines:
            line.close()


class _Line:
    """One connection, which the other side may close whenever nothing is on its way."""

    def __init__(self, connect: "type[http.client.HTTPConnection]", host: str) -> None:
        self._connect = connect
        self._host = host
        self._connection: http.client.HTTPConnection | None = None
        self._sent: _Sent = (b"", {})
        self._patience = 0.0
        self._kept = False
        self._failure: Exception | None = None

    def send(self, sent: _Sent, patience: float) -> None:
        """Send a request; what goes wrong is told by `receive`."""
        self._sent, self._patience, self._failure = sent, patience, None
        self._kept = self._connection is not None
        try:
            self._transmit()
        except (OSError, http.client.HTTPException) as error:
            self._failure = error

    def receive(self) -> tuple[int, bytes] | Exception:
        """The status and the body of the answer, or what went wrong."""
        try:
            if self._failure is not None:
                raise self._failure
            return self._answer()
        except ConnectionError as error:
            self.close()
            if not self._kept:
                return error
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return error
        # The other side has closed a connection that was kept; every request here may be sent twice.
        self.send(self._sent, self._patience)
        return self.receive()

    def _transmit(self) -> None:
        if self._connection is None:
            self._connection = self._connect(self._host, timeout=self._patience)
        elif self._connection.sock is not None:
            self._connection.sock.settimeout(self._patience)
        body, headers = self._sent
        self._connection.request("POST", "/", body, headers)

    def _answer(self) -> tuple[int, bytes]:
        assert self._connection is not None
        response = self._connection.getresponse()
        return response.status, response.read()

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # The port is no number.
        return False
