"""Amazon's API for reminders and settings, as far as the skill asks it, on a loopback port."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any

__all__ = ["BEARER", "Amazon"]

BEARER = "a-secret-bearer-token"


class Amazon:
    """Amazon's API on a loopback port. Does what it does, or answers as it is told to."""

    def __init__(self) -> None:
        self.zone: object = "America/New_York"
        self.told: dict[str, tuple[int, str]] = {}
        """Method → the status and body to answer with instead."""
        self.stalls = False
        self.set: dict[str, Any] = {}
        """Token → the reminder as it was sent."""
        self.asked: list[str] = []
        """Method and path of each request."""
        self.done = Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, method: str, path: str, bearer: str, body: bytes) -> tuple[int, str]:
        self.asked.append(f"{method} {path}")
        if bearer != f"Bearer {BEARER}":
            return 401, '{"code": "INVALID_BEARER_TOKEN", "message": "?"}'
        if method in self.told:
            return self.told[method]
        match method, path.removeprefix("/v1/alerts/reminders"):
            case "GET", "/v2/devices/amzn1.ask.device.TESTDEVICE/settings/System.timeZone":
                return 200, json.dumps(self.zone)
            case "POST", "":
                token = f"token/{len(self.set)}"
                self.set[token] = json.loads(body)
                return 201, json.dumps({"alertToken": token, "status": "ON", "version": "1", "new": {"field": 1}})
            case "DELETE", rest if (token := rest[1:].replace("%2F", "/")) in self.set:
                del self.set[token]
                return 200, ""
        return 404, '{"code": "ALERT_NOT_FOUND", "message": "?"}'

    def handler(self) -> type[BaseHTTPRequestHandler]:
        amazon = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if amazon.stalls:
                    amazon.done.wait(10)
                    self.close_connection = True
                    return
                status, text = amazon.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{amazon.address}/elsewhere")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def do_POST(self) -> None:
                self.do_GET()

            def do_DELETE(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        return Handler
