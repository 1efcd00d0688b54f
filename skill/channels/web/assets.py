"""What the pages are made of, under an address that changes with it: a browser may keep each edition for good."""

import hashlib
import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, send_from_directory

from skill.channels.web.offline import offline_words
from skill.words import load

__all__ = ["assets", "packed"]

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
KEPT = {".css", ".js"}
FOR_GOOD = 365 * 24 * 3600
"""Seconds for which a browser keeps what never changes."""
WORDS = "words.json"
"""The words for a browser without a network, in the form that `offline.js` takes."""
FILES = "files.json"
"""The names of all that a browser keeps for then."""


@cache
def packed(language: str) -> bytes:
    """The words of a language as a page without a network takes them; made once, for that takes a while."""
    return json.dumps(offline_words(load(language)), ensure_ascii=False, separators=(",", ":")).encode()


def assets(app: Flask, language: str) -> None:
    """Serve the pages' files and the words at `/assets/EDITION/…`; templates name one by `asset(name)`."""
    spoken = packed(language)
    names = json.dumps([WORDS, *sorted(path.name for path in STATIC.iterdir() if path.suffix in KEPT)]).encode()
    edition = _edition(spoken)
    files = Blueprint("assets", __name__)

    @files.get("/assets/<asked>/<path:name>")
    def asset(asked: str, name: str) -> Response:
        made = {WORDS: spoken, FILES: names}.get(name)
        response = send_from_directory(STATIC, name) if made is None else Response(made, mimetype="application/json")
        # A page of another edition gets what there is, and is not to keep it under that name.
        response.headers["Cache-Control"] = f"public, max-age={FOR_GOOD}, immutable" if asked == edition else "no-store"
        return response

    @files.get("/service-worker.js")
    def service_worker() -> Response:
        # Its place is what it may serve: all pages.
        return send_from_directory(STATIC, "service-worker.js")

    app.register_blueprint(files)
    app.config["EDITION"] = edition
    app.jinja_env.globals["asset"] = lambda name: f"/assets/{edition}/{name}"


def _edition(spoken: bytes) -> str:
    """A short name for what the pages are made of now."""
    whole = hashlib.sha256(spoken)
    for path in sorted([*STATIC.iterdir(), *TEMPLATES.iterdir()]):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:12]
