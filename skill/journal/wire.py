"""The wire to a service of AWS: a few kept connections, requests signed and sent by the standard library.

What goes over it is as plain as HTTP can be: a POST with a body, and an answer whose length its head tells. http.client
would read that head with a parser for mail, which takes half of a turn's time on the wire and of a cold start 12 ms.
"""

import json
import socket
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from skill.errors import JournalRefused
from skill.journal.credentials import Service, access
from skill.journal.signer import signed_headers

__all__ = ["Answered", "Call", "Wire"]

OK = 200
LONGEST_HEAD = 65_536
"""Bytes of an answer's head at most."""

Call = tuple[str, dict[str, Any]]
"""An operation, `PutItem`, and its request."""


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
        self._endpoint = urlsplit(endpoint)
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
            self._lines.append(_Line(self._endpoint))
        lines = self._lines[: len(calls)]
        for line, (operation, request) in zip(lines, calls, strict=True):
            line.send(self._signed(operation, request, at), patience)
        return [self._answer(line.receive()) for line in lines]

    def _signed(self, operation: str, request: dict[str, Any], at: datetime) -> bytes:
        body = json.dumps(request, separators=(",", ":")).encode()
        headers = signed_headers(
            body,
            target=f"{self._service.target}.{operation}",
            content_type=self._service.content_type,
            host=self._endpoint.netloc,
            scope=(self.region, self._service.name),
            credentials=self._access.credentials(),
            at=at,
        )
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body

    def _answer(self, received: tuple[int, bytes] | Exception) -> dict[str, Any] | Answered | JournalRefused:
        title = self._service.title
        match received:
            case TimeoutError():
                return JournalRefused(f"{title} did not answer in time.")
            case ConnectionError():
                return JournalRefused(f"{title} cannot be reached: check the network and the endpoint.")
            case ValueError():
                return JournalRefused(f"{title}'s answer cannot be read: check the endpoint.")
            case Exception():
                return JournalRefused(f"{title} cannot be reached ({received}): check the network and the endpoint.")
        status, body = received
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            return JournalRefused(f"{title}'s answer cannot be read: check the endpoint.")
        if status != OK:
            return Answered(str(found.get("__type", status)).rpartition("#")[2])
        return found

    def close(self) -> None:
        """Close the connections; the next call opens others."""
        for line in self._lines:
            line.close()


class _Line:
    """One connection, which the other side may close whenever nothing is on its way."""

    def __init__(self, endpoint: SplitResult) -> None:
        self._endpoint = endpoint
        self._socket: socket.socket | None = None
        self._sent = b""
        self._patience = 0.0
        self._kept = False
        self._failure: OSError | None = None

    def send(self, sent: bytes, patience: float) -> None:
        """Send a request; what goes wrong is told by `receive`."""
        self._sent, self._patience, self._failure = sent, patience, None
        self._kept = self._socket is not None
        try:
            if self._socket is None:
                self._socket = self._connected()
            self._socket.settimeout(patience)
            self._socket.sendall(sent)
        except OSError as error:
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
        except (OSError, ValueError) as error:
            self.close()
            return error
        # The other side has closed a connection that was kept; every request here may be sent twice.
        self.send(self._sent, self._patience)
        return self.receive()

    def _connected(self) -> socket.socket:
        secure, host = self._endpoint.scheme == "https", self._endpoint.hostname or ""
        address = (host, self._endpoint.port or (443 if secure else 80))
        connection = socket.create_connection(address, timeout=self._patience)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not secure:
            return connection
        import ssl  # noqa: PLC0415 - slow, and not needed for an engine on the same machine

        try:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=host)
        except OSError:
            connection.close()
            raise

    def _answer(self) -> tuple[int, bytes]:
        """Read an answer.

        Raises:
            ValueError: It is none of HTTP, or does not tell how long it is.
        """
        received = b""
        while b"\r\n\r\n" not in received:
            if len(received) > LONGEST_HEAD:
                raise ValueError("the head has no end")
            received += self._part()
        head, _, body = received.partition(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").lower().split("\r\n")
        told = {name: value.strip() for name, _, value in (field.partition(":") for field in fields)}
        protocol, status, *_ = first.split(" ")
        if not protocol.startswith("http/1.") or "content-length" not in told:
            raise ValueError("it is no answer of this kind")
        length = int(told["content-length"])
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            parts.append(self._part())
            missing -= len(parts[-1])
        if told.get("connection") == "close" or protocol == "http/1.0":
            self.close()
        return int(status), b"".join(parts)[:length]

    def _part(self) -> bytes:
        assert self._socket is not None
        part = self._socket.recv(65_536)
        if not part:
            raise ConnectionResetError("the other side has closed the connection")
        return part

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # The port is no number.
        return False
