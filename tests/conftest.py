"""What many tests share: the words, the reader, a house at home, and the real engines."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from skill.channels.terminal import Visitor
from skill.exchange import Exchange
from skill.journal import Keeper, Key, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader, load_reader
from skill.words import Words, load

ROOT = Path(__file__).parents[1]
EVENTS = ROOT / "tests" / "events"
CASES = ROOT / "tests" / "cases"
ENGINES = ROOT / ".engines"
BIN = Path(sys.executable).parent
KEY = Key(b"a key for tests alone")
START = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)


@pytest.fixture(scope="session")
def words() -> Words:
    return load()


@pytest.fixture(scope="session")
def reader(words: Words) -> Reader:
    return load_reader(words)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[SQLiteStore]:
    store = SQLiteStore(tmp_path / "journal.sqlite", clock)
    yield store
    store.close()


@pytest.fixture
def visitor(words: Words, reader: Reader, store: SQLiteStore, tmp_path: Path, clock: Clock) -> Visitor:
    keeper = Keeper(store, Spill(tmp_path / "spill.jsonl"))
    return Visitor(Exchange(words, reader, keeper), KEY, now=clock)


def event(name: str, **changes: Any) -> dict[str, Any]:
    """A recorded Alexa request by its name; `changes` replace fields of its `request`."""
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    loaded["request"] |= changes
    return loaded


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Wait until something answers at `url`, whatever it says."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The address of a running dynalite."""
    port = free_port()
    command = [str(BIN / "node"), str(ENGINES / "node_modules" / "dynalite" / "cli.js"), "--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def aws(dynalite: str) -> dict[str, str]:
    """An environment that is configured for dynalite."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": dynalite,
        "AWS_CONFIG_FILE": "/nonexistent",
    }
