"""What of AWS stands beside DynamoDB: the container's credentials and Secrets Manager, on a loopback port."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

__all__ = ["AUTHORIZATION", "AWS", "SECRET", "aws"]

AUTHORIZATION = "a token of the container"
SECRET = "a hashing key that stands in a secret"


class AWS:
    """Answers as AWS does, or as it is told to."""

    def __init__(self) -> None:
        self.lasts = timedelta(hours=1)
        """How long the credentials last that are given now."""
        self.given = 0
        """How often credentials were given."""
        self.told: tuple[int, str] | None = None
        """The status and body that Secrets Manager answers with instead."""
        self.asked: list[dict[str, Any]] = []
        """What Secrets Manager was asked."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def _credentials(self, authorization: str | None) -> tuple[int, str]:
        if authorization != AUTHORIZATION:
            return 400, "{}"
        self.given += 1
        until = datetime.now(UTC) + self.lasts
        return 200, json.dumps(
            {
                "AccessKeyId": f"key{self.given}",
                "SecretAccessKey": "secret",
                "Token": "token",
                "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )

    def _secret(self, target: str | None, body: bytes) -> tuple[int, str]:
        self.asked.append(json.loads(body))
        if self.told is not None:
            return self.told
        assert target == "secretsmanager.GetSecretValue"
        return 200, json.dumps({"ARN": "arn", "Name": "key", "SecretString": SECRET, "VersionStages": ["AWSCURRENT"]})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._give(*service._credentials(self.headers.get("Authorization")))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self._give(*service._secret(self.headers.get("X-Amz-Target"), body))

            def _give(self, status: int, text: str) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler


@contextmanager
def aws() -> Iterator[AWS]:
    """Run it."""
    service = AWS()
    with service.server:
        Thread(target=service.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield service
        service.server.shutdown()
