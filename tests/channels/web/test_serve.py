"""The server as a process: how it starts, says no, answers and stops."""

import json
import signal
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.channels.web.conftest import environment, running, started
from tests.channels.web.signing import issued, pem, private
from tests.conftest import BIN

TURN = {"kind": "said", "text": "she's pushing me away"}


def post(address: str, turn: dict[str, Any], context: ssl.SSLContext | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{address}/api/turn", json.dumps(turn).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, context=context) as response:
        answer: dict[str, Any] = json.load(response)
        return answer


def refused(*options: str, **environ: str) -> str:
    """What the command says when it does not start."""
    ended = subprocess.run(
        [BIN / "stay-close", "serve", *options],
        check=False,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("stay-close: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_it_answers_is_well_and_keeps_and_stops_when_told(tmp_path: Path) -> None:
    with running(tmp_path) as address:
        assert urllib.request.urlopen(f"{address}/health").status == HTTPStatus.OK
        assert urllib.request.urlopen(f"{address}/ready").status == HTTPStatus.OK
        first = post(address, TURN)
        # Whichever of its processes answers knows the session.
        for _ in range(12):
            again = post(address, {"kind": "again", "session": first["session"]})
            assert again["session"]["state"]["session"]["id"] == first["session"]["state"]["session"]["id"]
    assert (tmp_path / "journal.sqlite").exists()


def test_without_a_journal_its_processes_still_know_each_others_sessions(tmp_path: Path) -> None:
    with running(tmp_path, STAY_CLOSE_JOURNAL="nonsense:") as address:
        first = post(address, TURN)
        for _ in range(12):
            again = post(address, {"kind": "again", "session": first["session"]})
            assert again["session"]["state"]["session"]["id"] == first["session"]["state"]["session"]["id"]
        with pytest.raises(urllib.error.HTTPError, match="503"):
            urllib.request.urlopen(f"{address}/ready")


def test_turns_that_are_under_way_end_before_it_does(tmp_path: Path) -> None:
    with started(tmp_path) as (server, address):
        post(address, TURN)
        body = json.dumps(TURN).encode()
        connection = HTTPConnection(address.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/api/turn")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:10])
        # Half of it has come when the server is told to stop.
        Thread(target=server.send_signal, args=[signal.SIGTERM]).start()
        connection.send(body[10:])
        answered = connection.getresponse().status
        assert server.wait(timeout=15) == 0
    connection.close()
    assert answered == HTTPStatus.OK


def test_it_encrypts_where_it_is_given_a_certificate(tmp_path: Path) -> None:
    made = issued("leaf", None, names=["localhost"])
    certificate, its_key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    certificate.write_bytes(pem(made))
    its_key.write_bytes(private(made))
    with running(tmp_path, "--certificate", str(certificate), "--certificate-key", str(its_key)) as address:
        assert address.startswith("https://")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection("127.0.0.1", int(address.rpartition(":")[2]), context=context)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert response.status == HTTPStatus.OK
        assert response.getheader("Strict-Transport-Security")
        connection.close()


def test_an_empty_journal_that_is_thrown_away(tmp_path: Path) -> None:
    with running(tmp_path, "--ephemeral") as address:
        first = post(address, TURN)
        assert post(address, {"kind": "next", "session": first["session"]})["spoken"]
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("options", "environ", "says"),
    [
        (["--host", "0.0.0.0"], {}, "needs a token"),
        (["--proxies", "1"], {}, "needs a token"),
        ([], {"STAY_CLOSE_TOKEN": "short"}, "too short"),
        (["--host", "203.0.113.1"], {"STAY_CLOSE_TOKEN": "a token of twenty signs"}, "cannot listen"),
        (["--port", "700000"], {}, "cannot listen"),
        (["--certificate", "one.pem"], {}, "come together"),
        (["--certificate", "none.pem", "--certificate-key", "none.pem"], {}, "none.pem"),
        (["--locale", "english"], {}, "en-US"),
        (["--workers", "0"], {}, "workers"),
    ],
)
def test_what_makes_no_sense_is_said_in_one_sentence(options: list[str], environ: dict[str, str], says: str) -> None:
    assert says in refused(*options, **environ)


def test_an_address_that_is_taken_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "choose another" in refused("--port", str(taken.getsockname()[1]))


def test_the_alexa_endpoint_is_there_where_there_is_a_skill(tmp_path: Path) -> None:
    for skill, status in (("", HTTPStatus.NOT_FOUND), ("amzn1.ask.skill.0", HTTPStatus.BAD_REQUEST)):
        with running(tmp_path, **({"STAY_CLOSE_SKILL_ID": skill} if skill else {})) as address:
            connection = HTTPConnection(address.removeprefix("http://"))
            # Amazon knows the server under its public name.
            connection.request("POST", "/alexa", b"{}", {"Host": "speaker.example", "Content-Type": "application/json"})
            assert connection.getresponse().status == (status if skill else HTTPStatus.MISDIRECTED_REQUEST)
            connection.close()
