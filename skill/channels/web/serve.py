"""The server: the application under gunicorn, a few processes with a few threads each."""

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from gunicorn.app.base import BaseApplication
from werkzeug.local import LocalProxy

from skill.channels.web.app import create_app
from skill.channels.web.assets import packed
from skill.channels.web.settings import WebSettings
from skill.errors import ServerError
from skill.house import House, open_house
from skill.journal import Key
from skill.journal.commands import spill_path
from skill.reader import load_reader
from skill.words import load

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["serve"]

THREADS = 8
"""Threads of a process: while one waits for a journal or a certificate, others answer."""
LEAVING = 10
"""Seconds that turns have to end in once the server is told to stop."""
WAITING = 75
"""Seconds for which a connection is kept open between two turns."""


class _Houses(threading.local):
    """A house for each thread: the time that the store has is that of one turn. Words, reader and key are shared."""

    def __init__(self, open_one: Callable[[], House]) -> None:
        self.house = open_one()


class _Server(BaseApplication):
    """gunicorn with our settings in place of its command line."""

    def __init__(self, open_application: "Callable[[], Flask]", options: dict[str, object]) -> None:
        self._open = open_application
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> "Flask":  # type: ignore[override] # what the types call an application is one function
        """In each process, once."""
        return self._open()


def serve(settings: WebSettings, environ: Mapping[str, str]) -> None:
    """Serve until told to stop.

    Raises:
        ServerError: The address is taken, or is none of this machine's.
        WordsError, ReaderError: The words or the reader are missing: there is nothing to speak.
    """
    # Loaded before the processes part, so that they share them.
    words = load()
    reader = load_reader(words)
    packed(words.language)
    # For where no key can be had, and so nothing is kept: each process is to know the others' sessions all the same.
    key = Key.for_now()

    def open_one() -> House:
        house = open_house(environ, spill=spill_path(environ), reader=reader)
        return house if house.store is not None else replace(house, key=key)

    def open_application() -> "Flask":
        houses = _Houses(open_one)
        return create_app(cast("House", LocalProxy(lambda: houses.house)), settings)

    _try_certificate(settings)
    _try_to_bind(settings)
    _Server(open_application, _options(settings)).run()


def _options(settings: WebSettings) -> dict[str, object]:
    return {
        "bind": f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "graceful_timeout": LEAVING,
        "keepalive": WAITING,
        "certfile": settings.certificate or None,
        "keyfile": settings.certificate_key or None,
        "proc_name": "stay-close",
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": lambda server: _say(settings, server.LISTENERS[0].sock.getsockname()[1]),
    }


def _try_to_bind(settings: WebSettings) -> None:
    """Find out whether the address can be had; gunicorn would try for five seconds and say it five times."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except (OSError, OverflowError) as error:
            why = error.strerror if isinstance(error, OSError) else "no port has that number"
            raise ServerError(
                f"The server cannot listen at {settings.host}, port {settings.port} ({why}): choose another with --host"
                " or --port."
            ) from None


def _try_certificate(settings: WebSettings) -> None:
    """Find out whether the certificate can be used: a process that cannot use it would die, and another be begun."""
    if settings.certificate:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(settings.certificate, settings.certificate_key)
        except OSError as error:
            raise ServerError(
                f"The certificate {settings.certificate} and its key {settings.certificate_key} cannot be used"
                f" ({error.strerror}): give two files in PEM that belong together."
            ) from None


def _say(settings: WebSettings, port: int) -> None:
    name = socket.gethostname() if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - only compared
    host = f"[{name}]" if ":" in name else name
    sys.stdout.write(f"Stay Close is at {settings.scheme}://{host}:{port}/ (Ctrl+C stops it).\n")
    sys.stdout.flush()
