"""DynamoDB with faults: a proxy on a loopback port that stands before a healthy one and fails as it is told to."""

import json
import socket
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from tests.engines import free_port

__all__ = ["FAULTS", "Asked", "Fault", "Faulty", "faulty"]

_Answer = tuple[int, bytes]


@dataclass(frozen=True)
class Asked:
    """A request that the proxy has got."""

    operation: str
    body: bytes
    healthy: Callable[[bytes], _Answer]
    """Asks the healthy one, with a body that may be another."""
    wait: Callable[[float], object]
    """Waits so many seconds, or until the fault is over."""
    number: int


class ResetError(Exception):
    """The connection is to be reset."""


class DrippingError(Exception):
    """The answer is to come a byte at a time."""


def _error(code: str, status: int = 400) -> Callable[[Asked], _Answer]:
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "as it is worded today"})
    return lambda _: (status, body.encode())


def _late(seconds: float) -> Callable[[Asked], _Answer]:
    def answer(asked: Asked) -> _Answer:
        asked.wait(seconds)
        return asked.healthy(asked.body)

    return answer


def _says(status: int, body: bytes) -> Callable[[Asked], _Answer]:
    return lambda _: (status, body)


def _reset(_: Asked) -> _Answer:
    raise ResetError


def _kept_and_reset(asked: Asked) -> _Answer:
    asked.healthy(asked.body)
    raise ResetError


def _dripping(_: Asked) -> _Answer:
    raise DrippingError


def _cut_off(asked: Asked) -> _Answer:
    status, body = asked.healthy(asked.body)
    return status, body[: len(body) // 2]


def _elsewhere(asked: Asked) -> _Answer:
    """The table is missing: asked of the healthy one, which has no such table."""
    request = json.loads(asked.body)
    return asked.healthy(json.dumps({**request, "TableName": "no-such-table"}).encode())


def _too_large(asked: Asked) -> _Answer:
    """The healthy one's own refusal of an item that is larger than it takes."""
    if asked.operation != "PutItem":
        return asked.healthy(asked.body)
    request = json.loads(asked.body)
    return asked.healthy(json.dumps({**request, "Item": {**request["Item"], "x": {"S": "x" * 410_000}}}).encode())


def _flapping(asked: Asked) -> _Answer:
    return _reset(asked) if asked.number % 2 else asked.healthy(asked.body)


Fault = Callable[[Asked], _Answer]

FAULTS: dict[str, Fault | None] = {
    "table missing": _elsewhere,
    "throttled": _error("ProvisionedThroughputExceededException"),
    "slow, 1 s": _late(1),
    "slow, 5 s": _late(5),
    "black hole": _late(3600),
    "refused": None,
    "reset": _reset,
    "wrong credentials": _error("UnrecognizedClientException"),
    "no permission": _error("AccessDeniedException"),
    "clock skew": _error("InvalidSignatureException"),
    "internal error": _error("InternalServerError", 500),
    "malformed: a page": _says(503, b"<html>Service Unavailable</html>"),
    "malformed: cut off": _cut_off,
    "malformed: another shape": _says(200, b'{"Items": 7, "Item": [], "Attributes": null}'),
    "item too large": _too_large,
    "kept, and the answer lost": _kept_and_reset,
    "every other call reset": _flapping,
    "dripping": _dripping,
}
"""The faults by name; none stands for a port on which nobody listens."""


class Faulty:
    """The proxy. Healthy until `fault` names one of its faults."""

    def __init__(self, healthy: str, faults: Mapping[str, Fault | None] = FAULTS) -> None:
        self._faults = faults
        self._healthy = urlsplit(healthy).netloc
        self._port = free_port()
        self._number = count()
        self._over = Event()
        self._server: ThreadingHTTPServer | None = None
        self._fault = ""
        self.address = f"http://127.0.0.1:{self._port}"
        self._listen()

    @property
    def fault(self) -> str:
        """The name of the fault; empty while there is none."""
        return self._fault

    @fault.setter
    def fault(self, name: str) -> None:
        self._over.set()
        self._over = Event()
        self._fault = name
        if name and self._faults[name] is None:
            self.close()
        elif self._server is None:
            self._listen()

    def _listen(self) -> None:
        handler = type("Handler", (_Handler,), {"proxy": self})
        server = _Server(("127.0.0.1", self._port), handler, bind_and_activate=False)
        server.server_bind()
        server.server_activate()
        self._server = server
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _ask(self, headers: dict[str, str], body: bytes) -> _Answer:
        connection = HTTPConnection(self._healthy, timeout=10)
        try:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def _answer(self, headers: Any, body: bytes) -> _Answer:
        target = headers.get("X-Amz-Target", "")
        # dynalite checks no signature, but wants the shape of one.
        kept = {name: headers[name] for name in ("Content-Type", "X-Amz-Target", "X-Amz-Date", "Authorization")}
        asked = Asked(
            target.rpartition(".")[2], body, lambda sent: self._ask(kept, sent), self._over.wait, next(self._number)
        )
        fault = self._faults[self._fault] if self._fault else None
        return asked.healthy(body) if fault is None else fault(asked)

    def serve(self, handler: "_Handler") -> None:
        """Answer one request of a connection."""
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        try:
            if self._server is None:
                # A kept connection to a port that is closed since.
                raise ResetError
            handler.give(*self._answer(handler.headers, body))
        except ResetError:
            handler.break_off()
        except DrippingError:
            handler.drip(self._over)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: object) -> None:
        """Whoever asked has died: that is what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Faulty

    def do_POST(self) -> None:
        try:
            self.proxy.serve(self)
        except OSError:
            # Whoever asked has gone.
            self.close_connection = True

    def give(self, status: int, answer: bytes) -> None:
        self._head(status, len(answer))
        self.wfile.write(answer)

    def drip(self, over: Event) -> None:
        self._head(200, 60)
        for _ in range(60):
            self.wfile.write(b" ")
            if over.wait(0.1):
                break
        self.break_off()

    def break_off(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def faulty(healthy: str) -> Iterator[Faulty]:
    """Run the proxy before the healthy one at this address."""
    proxy = Faulty(healthy)
    try:
        yield proxy
    finally:
        proxy.close()
