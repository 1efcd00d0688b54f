"""A store that refuses says why, in a sentence that says what to do; and the caregiver hears an answer all the same."""

import logging
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from skill.channels.terminal import Visitor
from skill.errors import JournalRefused, SettingsError
from skill.exchange import Exchange
from skill.house import open_house
from skill.journal import Spill, Store, open_store
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, unhurried
from tests.engines import free_port


@pytest.fixture(autouse=True)
def _no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def _missing_table(aws: dict[str, str], _: Path) -> dict[str, str]:
    return {**aws, "STAY_CLOSE_JOURNAL": "dynamodb://nowhere"}


def _no_region(aws: dict[str, str], _: Path) -> dict[str, str]:
    settings = {name: value for name, value in aws.items() if not name.endswith("_REGION")}
    return settings | {"STAY_CLOSE_JOURNAL": "dynamodb://t"}


def _no_credentials(aws: dict[str, str], _: Path) -> dict[str, str]:
    return {"AWS_REGION": "us-east-1", "STAY_CLOSE_JOURNAL": "dynamodb://t", "AWS_CONFIG_FILE": aws["AWS_CONFIG_FILE"]}


def _nobody_there(aws: dict[str, str], _: Path) -> dict[str, str]:
    return {**aws, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{free_port()}", "STAY_CLOSE_JOURNAL": "dynamodb://t"}


def _read_only(_: dict[str, str], folder: Path) -> dict[str, str]:
    # A folder that cannot be written even by root: its parent is a file.
    (folder / "file").write_text("")
    return {"STAY_CLOSE_JOURNAL": f"sqlite:{folder}/file/journal.sqlite"}


REFUSALS = [
    (_missing_table, "The table 'nowhere' does not exist in us-east-1: run `stay-close journal create`"),
    (_no_region, "No AWS region is set: set AWS_REGION"),
    (_no_credentials, "No AWS credentials are found: set AWS_ACCESS_KEY_ID"),
    (_nobody_there, "DynamoDB cannot be reached: check the network and the endpoint."),
    (_read_only, "make its folder writable, or set STAY_CLOSE_JOURNAL to another place."),
]


@pytest.mark.parametrize(("environment", "reason"), REFUSALS)
def test_the_reason_is_said_and_speech_still_comes(
    environment: object,
    reason: str,
    aws: dict[str, str],
    tmp_path: Path,
    words: Words,
    reader: Reader,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings: dict[str, str] = environment(aws, tmp_path)  # type: ignore[operator]
    if "AWS_REGION" in settings:
        monkeypatch.setenv("AWS_REGION", settings["AWS_REGION"])
        monkeypatch.setenv("AWS_DEFAULT_REGION", settings["AWS_REGION"])
    store: Store = open_store(settings)
    spill = tmp_path / "spill.jsonl"
    visitor = Visitor(Exchange(words, reader, unhurried(store, Spill(spill))), KEY)
    with caplog.at_level(logging.WARNING):
        answer = visitor.hear("he won't let me hold him")
    assert answer.speech.text.startswith(("Hands down.", "Lower your hands."))
    assert reason in caplog.text
    assert spill.read_text().count('"event":"journal_spill"') == 2
    with pytest.raises(JournalRefused, match=r": .+\.$"):
        store.forget(KEY.caregiver("terminal:home"))
    store.close()


class _Closing(BaseHTTPRequestHandler):
    """Answers once on each connection, and closes it without a word of it, as an idle endpoint does."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "12")
        self.end_headers()
        self.wfile.write(b'{"Items":[]}')
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing."""


def test_a_connection_that_was_closed_meanwhile_is_made_anew(aws: dict[str, str]) -> None:
    with HTTPServer(("127.0.0.1", 0), _Closing) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        store = open_store({**aws, "AWS_ENDPOINT_URL_DYNAMODB": endpoint, "STAY_CLOSE_JOURNAL": "dynamodb://t"})
        caregiver = KEY.caregiver("terminal:home")
        assert [list(store.entries(caregiver)) for _ in range(3)] == [[], [], []]
        server.shutdown()
        server.server_close()
        with pytest.raises(JournalRefused, match=r"^DynamoDB cannot be reached: check"):
            list(store.entries(caregiver))
        store.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"220 mail.example ESMTP\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}",
        b"HTTP/1.1 what\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 200\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"x" * 200_000,
    ],
)
def test_what_is_no_answer_of_dynamodbs_is_a_refusal(answer: bytes, aws: dict[str, str]) -> None:
    def serve(listening: socket.socket) -> None:
        for _ in range(2):
            with suppress(OSError), listening.accept()[0] as connection:
                connection.recv(65536)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=serve, args=(listening,), daemon=True).start()
        endpoint = f"http://127.0.0.1:{listening.getsockname()[1]}"
        store = open_store({**aws, "AWS_ENDPOINT_URL_DYNAMODB": endpoint, "STAY_CLOSE_JOURNAL": "dynamodb://t"})
        store.patience = 1
        with pytest.raises(JournalRefused, match=r"^DynamoDB('s answer cannot be read| cannot be reached)"):
            list(store.entries(KEY.caregiver("terminal:home")))
        store.close()


def test_an_unknown_place_is_a_clear_mistake() -> None:
    with pytest.raises(SettingsError, match=r"write dynamodb://TABLE or sqlite:PATH"):
        open_store({"STAY_CLOSE_JOURNAL": "mysql://home"})


def test_without_a_key_nothing_is_kept_and_all_is_spoken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    house = open_house({"STAY_CLOSE_DATA": str(tmp_path / "file" / "data")}, spill=tmp_path / "spill.jsonl")
    answer = Visitor(house.exchange, house.key).hear("he won't let me hold him")
    assert "Say:" in answer.speech.text
    assert "set STAY_CLOSE_KEY" in caplog.text
    assert not (tmp_path / "spill.jsonl").exists()
