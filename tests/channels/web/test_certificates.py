"""Fetching a chain, from a real HTTPS server on a loopback port; and the roots."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path
from threading import Thread
from typing import cast

import certifi
import pytest

from skill.channels.web import certificates
from skill.channels.web.certificates import LARGEST, fetch, trusted_roots
from skill.channels.web.verifier import Verifier
from skill.errors import RequestError
from tests.channels.web.endpoint import good, intermediate
from tests.channels.web.signing import URL, authority, issued, key, pem, private, sign, trusted
from tests.conftest import Clock


def dripping() -> Iterator[bytes]:
    for _ in range(50):
        time.sleep(0.02)
        yield b"x"


def silent() -> Iterator[bytes]:
    time.sleep(1)
    yield b"x"


ANSWERS: dict[str, tuple[int, Callable[[], Iterable[bytes]]]] = {
    "chain.pem": (200, lambda: [good()]),
    "largest": (200, lambda: [b"x" * LARGEST]),
    "too-large": (200, lambda: [b"x" * (LARGEST + 1)]),
    "endless": (200, lambda: repeat(b"x" * 4096, 100_000)),
    "dripping": (200, dripping),
    "silent": (200, silent),
    "moved": (302, lambda: [good()]),
    "gone": (404, lambda: [good()]),
    "no-http": (0, lambda: [b"good morning\r\n\r\n"]),
}
"""Name → status and parts of what is answered."""


class Host(ThreadingHTTPServer):
    """An HTTPS server on a loopback port, that answers as ANSWERS has it."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("localhost", 0), Handler)
        self.asked: list[str] = []
        self.address = f"https://localhost:{self.server_port}/echo.api"
        mine = issued("localhost", intermediate(), names=["localhost"])
        (folder / "host.pem").write_bytes(pem(mine, intermediate()) + private(mine))
        (folder / "root.pem").write_bytes(pem(authority()))
        self.trusting = ssl.create_default_context(cafile=str(folder / "root.pem"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "host.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def handle_error(self, *_: object) -> None:
        """A client that does not trust this host hangs up."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        host = cast(Host, self.server)
        host.asked.append(self.path)
        status, parts = ANSWERS[self.path.removeprefix("/echo.api/")]
        # Whoever has heard enough hangs up.
        with suppress(OSError):
            if status:
                self.send_response(status)
                self.send_header("Connection", "close")
                self.send_header("Location", f"{host.address}/chain.pem")
                self.end_headers()
            for part in parts():
                self.wfile.write(part)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    with host:
        Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield host
        host.shutdown()


def test_a_chain_is_fetched(host: Host) -> None:
    assert fetch(f"{host.address}/chain.pem", host.trusting) == good()
    assert len(fetch(f"{host.address}/largest", host.trusting)) == LARGEST


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("too-large", "too large"),
        ("endless", "too large"),
        ("moved", "not there .status 302."),
        ("gone", "not there .status 404."),
    ],
)
def test_what_is_no_chain_is_not_taken(what: str, reason: str, host: Host) -> None:
    with pytest.raises(RequestError, match=reason):
        fetch(f"{host.address}/{what}", host.trusting)
    assert host.asked == [f"/echo.api/{what}"]


@pytest.mark.parametrize("what", ["dripping", "silent"])
def test_a_chain_that_does_not_come_is_not_waited_for(what: str, host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "PATIENCE", 0.3)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        fetch(f"{host.address}/{what}", host.trusting)
    assert 0.2 < time.monotonic() - began < 0.9


def test_an_answer_that_is_no_http_is_an_error_that_is_known(host: Host) -> None:
    with pytest.raises(HTTPException):
        fetch(f"{host.address}/no-http", host.trusting)


def test_a_host_that_nobody_vouches_for_is_not_asked(host: Host) -> None:
    for url, context in (
        (f"{host.address}/chain.pem", None),
        (f"{host.address.replace('localhost', '127.0.0.1')}/echo.api/chain.pem", host.trusting),
    ):
        with pytest.raises(ssl.SSLCertVerificationError):
            fetch(url, context)
    assert host.asked == []


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("chain.pem", ""),
        ("too-large", "too large"),
        ("moved", "not there"),
        ("no-http", "cannot be fetched .BadStatusLine."),
    ],
)
def test_a_verifier_fetches_from_there(what: str, reason: str, host: Host, clock: Clock) -> None:
    def from_here(url: str) -> bytes:
        assert url == URL
        return fetch(f"{host.address}/{what}", host.trusting)

    verify: Callable[..., None] = Verifier(clock, roots=trusted(authority()), fetch=from_here).verify
    if not reason:
        verify(URL, sign(b"{}", key("leaf")), b"{}")
        return
    with pytest.raises(RequestError, match=reason):
        verify(URL, sign(b"{}", key("leaf")), b"{}")


def test_the_roots_are_those_that_certifi_has() -> None:
    """But for a few that break the rules, should cryptography refuse to read them one day."""
    names = {name.value for root in trusted_roots() for name in root.subject}
    assert {f"Amazon Root CA {number}" for number in range(1, 5)} <= names
    given = ssl.create_default_context(cafile=certifi.where()).get_ca_certs()
    assert len(given) - 6 <= len(trusted_roots()) <= len(given)
    assert Verifier()
