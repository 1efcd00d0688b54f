"""Secrets under the real runtime: whatever goes wrong, the function's output and its answers hold none of them."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from skill.channels.alexa.reminders import PERMISSION
from skill.journal.dynamodb import DynamoDBStore
from tests.attacks.conftest import SKILL, Visit, phrase, request
from tests.channels.responses import heard, valid
from tests.conftest import EVENTS
from tests.engines import ROOT, Runtime, free_port, runtime
from tests.engines.amazon import Amazon

SECRETS = {
    "hashing key": "zqxHashingKey0123456789",
    "AWS key": "zqxAccessKeyId",
    "AWS secret": "zqxSecretAccessKey",
    "AWS token": "zqxSessionToken",
    "password": "zqxPassword",
    "user": "amzn1.ask.account.zqxUSER",
    "person": "amzn1.ask.person.zqxPERSON",
    "device": "amzn1.ask.device.zqxDEVICE",
    "session": "amzn1.echo-api.session.zqxSESSION",
    "API token": "zqxApiAccessToken",
    "linked account": "zqxLinkedAccountToken",
    "said": "zqxhisnameiszachary",
    "attributes": "zqxAttributes",
}
MARK = "zqx"
TELLING = re.compile(
    r"Traceback|\.py\b|\w(Error|Exception)\b|/work|/var/task|site-packages|skill\.|ask_sdk|<class|0x[0-9a-f]{6}"
)


def echo(status: int, *, hang_up: bool = False) -> type[BaseHTTPRequestHandler]:
    """A server that sends back, as its reason, all that it was sent."""

    class Echo(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Sent as one piece: two would wait for each other.
        wbufsize = -1

        def do_POST(self) -> None:
            sent = f"{self.headers}{self.rfile.read(int(self.headers.get('Content-Length', 0))).decode()}"
            if hang_up:
                self.wfile.write(sent.encode())
                self.close_connection = True
                return
            body = json.dumps({"__type": "x#UnrecognizedClientException", "message": sent, "code": sent}).encode()
            self.send_response(status, MARK)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def do_DELETE(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    return Echo


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    with server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": SECRETS["AWS key"],
    "AWS_SECRET_ACCESS_KEY": SECRETS["AWS secret"],
    "AWS_SESSION_TOKEN": SECRETS["AWS token"],
    "AWS_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_LAMBDA_LOG_LEVEL": "DEBUG",
    "STAY_CLOSE_KEY": SECRETS["hashing key"],
    "STAY_CLOSE_SKILL_ID": SKILL,
    "STAY_CLOSE_JOURNAL": "dynamodb://journal",
}
TROUBLES = [
    "none", "no table", "refused", "bad credentials", "garbage", "hung up", "no credentials",
    "a password in the endpoint", "a password in a false endpoint", "a short key", "no key", "no journal",
]  # fmt: skip


@contextmanager
def in_trouble(trouble: str, dynalite: str) -> Iterator[dict[str, str]]:
    """The environment of a function to which this happens."""
    if trouble == "none":
        name = f"journal-{uuid4().hex}"
        store = DynamoDBStore(name, {**ENVIRONMENT, "AWS_ENDPOINT_URL": dynalite})
        store.create()
        store.close()
        yield {"AWS_ENDPOINT_URL": dynalite, "STAY_CLOSE_JOURNAL": f"dynamodb://{name}"}
        return
    port = free_port()
    host = dynalite.partition("//")[2]
    changes: dict[str, dict[str, str]] = {
        "no table": {"AWS_ENDPOINT_URL": dynalite, "STAY_CLOSE_JOURNAL": "dynamodb://missing"},
        "refused": {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
        "no credentials": {"AWS_ACCESS_KEY_ID": "", "AWS_ENDPOINT_URL": dynalite, "AWS_EC2_METADATA_DISABLED": "true"},
        "a password in the endpoint": {"AWS_ENDPOINT_URL": f"http://u:{SECRETS['password']}@{host}"},
        "a password in a false endpoint": {"AWS_ENDPOINT_URL": f"ftp://u:{SECRETS['password']}@{host}"},
        "a short key": {"STAY_CLOSE_KEY": "zqxShort"},
        "no key": {"STAY_CLOSE_KEY": "", "STAY_CLOSE_DATA": "/proc/nowhere"},
        "no journal": {"STAY_CLOSE_JOURNAL": f"postgres://u:{SECRETS['password']}@{host}/journal"},
    }
    if trouble in changes:
        yield changes[trouble]
        return
    handler = {"bad credentials": echo(400), "garbage": echo(200), "hung up": echo(400, hang_up=True)}[trouble]
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), handler)) as address:
        yield {"AWS_ENDPOINT_URL": address}


def secret(event: Any, api: str) -> Any:
    """The event with a secret wherever one belongs."""
    system = event["context"]["System"]
    user = {
        "userId": SECRETS["user"],
        "accessToken": SECRETS["linked account"],
        "permissions": {"consentToken": SECRETS["linked account"], "scopes": {PERMISSION: {"status": "GRANTED"}}},
    }
    system |= {"apiEndpoint": api, "apiAccessToken": SECRETS["API token"], "user": user}
    system["person"] = {"personId": SECRETS["person"], "accessToken": SECRETS["linked account"]}
    system["device"] = {"deviceId": SECRETS["device"], "supportedInterfaces": {}}
    if "session" in event:
        event["session"] |= {"user": user, "sessionId": SECRETS["session"]}
    return event


class SecretVisit(Visit):
    """A session on a device that reaches Amazon's API, of which everything is a secret."""

    def __init__(self, function: Runtime, api: str) -> None:
        super().__init__(lambda event, _: looked_at(function.invoke(secret(event, api))))


def looked_at(response: Any) -> Any:
    """A response that is valid and tells nothing of what is inside."""
    inner = json.dumps(valid(response))
    assert MARK not in inner.lower()
    assert not TELLING.search(inner), inner
    assert not TELLING.search(json.dumps(response.get("sessionAttributes")))
    return response


def everything(function: Runtime, api: str) -> None:
    """Every kind of request, and every way in which one can fail."""
    for path in sorted(EVENTS.glob("*.json")):
        looked_at(function.invoke(secret(request(path.stem), api)))
    said = phrase(f"she is pushing me away {SECRETS['said']}")
    for changes in (
        {"intent": said}, {"intent": said, "timestamp": SECRETS["said"]}, {"intent": said, "type": SECRETS["said"]},
        {"intent": said, "dialogState": SECRETS["said"]}, {"intent": said, "locale": SECRETS["said"]},
        {"intent": {"name": SECRETS["said"], "slots": said["slots"]}},
        {"intent": {"name": "X", "slots": SECRETS["said"]}},
    ):  # fmt: skip
        event = secret(request("bare_phrase", **changes), api)
        for attributes in (
            {}, {"state": SECRETS["attributes"]}, {"state": {SECRETS["attributes"]: 1}},
            {"state": {"session": {"id": SECRETS["attributes"]}}, "account": SECRETS["attributes"]},
        ):  # fmt: skip
            event["session"]["attributes"] = attributes
            assert SECRETS["said"] not in json.dumps(looked_at(function.invoke(event)))
    visit = SecretVisit(function, api)
    for sentence in (
        f"he is hitting me {SECRETS['said']}", "it worked", "remind me every morning at seven", "yes",
        "cancel the reminder",
        "what do you know about me", "stop keeping track", "forget this", "forget everything", "yes",
    ):  # fmt: skip
        visit.send("yes") if sentence == "yes" else visit.say(sentence)
    # A state of ours, spoiled in one place each.
    for name in ("session", "place", "moment"):
        spoiled = json.loads(json.dumps(visit.attributes))
        if isinstance(spoiled.get("state"), dict):
            spoiled["state"][name] = {SECRETS["attributes"]: SECRETS["attributes"]}
        event = secret(request("next"), api)
        event["session"]["attributes"] = spoiled
        looked_at(function.invoke(event))
    for nonsense in (
        {},
        [SECRETS["said"]],
        SECRETS["said"],
        {"request": {"type": SECRETS["said"]}},
        {SECRETS["said"]: 1},
    ):
        looked_at(function.invoke(nonsense))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_secret_is_logged_or_told(trouble: str, dynalite: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    amazon = Amazon()
    with in_trouble(trouble, dynalite) as changes, serving(amazon.server) as api:
        # Amazon turns the token away, and sends back what it was sent.
        amazon.told = dict.fromkeys(("GET", "POST", "DELETE"), (403, json.dumps(SECRETS)))
        with runtime(ROOT / "lambda", "handler.lambda_handler", {**ENVIRONMENT, **changes}, log=log) as function:
            everything(function, api)
            everything(function, f"http://127.0.0.1:{free_port()}")
            everything(function, f"zqx://u:{SECRETS['password']}@nowhere")
            assert "911" in heard(valid(function.invoke(secret(request("search_query_danger"), api))))
    logged = log.read_text(errors="replace")
    # The log was there to be written to.
    assert "A request could not be answered" in logged
    assert [line for line in logged.splitlines() if MARK in line.lower()] == []
    # The runtime's own, when it is ended, is another matter.
    assert not re.search(r'File ".*(skill|ask_sdk)', logged)
