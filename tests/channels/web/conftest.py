"""What the tests of the pages share: the application over a house, a server of its own process, and a browser."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright

from skill.channels.web.app import create_app
from skill.channels.web.settings import WebSettings
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Keeper, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.channels.web.endpoint import Endpoint, good
from tests.channels.web.signing import URL, Shelf
from tests.conftest import BIN, KEY, Clock, unhurried

HERE = Path(__file__).parent
CHROMIUM = Path("/usr/bin/chromium")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
"""Without them a browser as root does not start, and one without a network asks for it all the time."""


@pytest.fixture
def house(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path) -> House:
    return House(Exchange(words, reader, unhurried(store, Spill(tmp_path / "spill.jsonl"))), KEY, store)


@pytest.fixture
def endpoint(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path, clock: Clock) -> Endpoint:
    return Endpoint(words, reader, store, Spill(tmp_path / "spill.jsonl"), clock, Shelf({URL: good()}))


@pytest.fixture
def app(house: House, clock: Clock) -> Flask:
    return create_app(house, WebSettings(), clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def take(client: FlaskClient, kind: str, text: str = "", **more: Any) -> dict[str, Any]:
    """A turn as the page sends it; its answer."""
    response = client.post("/api/turn", json={"kind": kind, "text": text, **more})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.get_json()
    return answer


def environment(**settings: str) -> dict[str, str]:
    """The environment with these settings of ours and no others."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("STAY_CLOSE")}, **settings}


@contextmanager
def started(data: Path, *options: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server in a process of its own, with its data in a folder; gives the process and its address."""
    with subprocess.Popen(
        [BIN / "stay-close", "serve", "--port", "0", *options],
        env=environment(STAY_CLOSE_DATA=str(data), **environ),
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        try:
            found = re.search(r"https?://\S+(?=/ )", said)
            assert found, said
            yield server, found[0]
        finally:
            server.terminate()
            assert server.wait(timeout=15) == 0


@contextmanager
def running(data: Path, *options: str, **environ: str) -> Iterator[str]:
    """The address of a server that is `started`."""
    with started(data, *options, **environ) as (_, address):
        yield address


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """The address of a running server with an empty journal."""
    with running(tmp_path / "data") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module; while it is there, nothing else in this thread may run an event loop."""
    if not CHROMIUM.exists():
        pytest.fail("Chromium is missing: install it (on Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, address: str, *, speech: bool = True, allowed: str = "ERR_INTERNET_DISCONNECTED", **context: Any
) -> Iterator[Page]:
    """A page in a browser of its own, its speech replaced where it has any.

    Whatever it complains about is a fault, but for what is `allowed`: what fails for want of a network is said too.
    """
    with browser.new_context(**context) as around:
        around.set_default_timeout(10_000)
        if speech:
            around.add_init_script(path=HERE / "speech.js")
        page = around.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        yield page
        assert [fault for fault in faults if allowed not in fault] == []


def until(page: Page, holds: str, *, seconds: float = 30.0) -> None:
    """Wait until an expression holds in the page, whose policy lets no string be evaluated within it."""
    ends = time.monotonic() + seconds
    while not page.evaluate(holds):
        assert time.monotonic() < ends, holds
        page.wait_for_timeout(50)


def entries(data: Path) -> list[dict[str, Any]]:
    """What a server has kept in its folder."""
    listed = subprocess.run(
        [BIN / "stay-close", "journal", "--json"],
        env={**os.environ, "STAY_CLOSE_DATA": str(data)},
        check=True,
        capture_output=True,
        text=True,
    )
    return [json.loads(line) for line in listed.stdout.splitlines()]


@pytest.fixture
def words_house(words: Words, reader: Reader, tmp_path: Path) -> House:
    """A house that cannot keep anything."""
    return House(
        Exchange(words, reader, Keeper(None, Spill(tmp_path / "spill.jsonl"), refusal="None here.")), KEY, None
    )
