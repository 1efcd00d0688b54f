"""The application: the pages, what they ask of the house, and how a server tells that it is well."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Flask, jsonify, render_template, request
from flask_compress import Compress
from werkzeug.exceptions import HTTPException

from skill.channels.web.assets import assets
from skill.channels.web.guard import guard
from skill.channels.web.journal import journal_pages
from skill.channels.web.speaker import speaker
from skill.channels.web.words_page import words_page
from skill.errors import JournalError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from skill.channels.web.settings import WebSettings
    from skill.house import House

__all__ = ["create_app"]

LONGEST_REQUEST = 64 * 1024
"""Bytes of a request at most; a turn with its state has about six thousand."""

AMAZONS_A_MINUTE = "6000 per minute"
"""How often Amazon may ask from one address: many families come from there."""


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(house: "House", settings: "WebSettings", now: Callable[[], datetime] = _now) -> Flask:
    """The application over `house`. `now` is the clock."""
    app = Flask(__name__)
    app.config.update(
        MAX_CONTENT_LENGTH=LONGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LONGEST_REQUEST,
        COMPRESS_REGISTER=True,
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_MIN_SIZE=1000,
        SEND_FILE_MAX_AGE_DEFAULT=0,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    Compress(app)
    limiter = guard(app, house.key, settings)
    assets(app, house.exchange.words.language)
    app.register_blueprint(speaker(house, settings, now))
    app.register_blueprint(journal_pages(house, now))
    app.register_blueprint(words_page(house, settings))
    if settings.skill_id:
        from skill.channels.web.alexa import alexa_endpoint  # noqa: PLC0415 - a quarter of a second, for few
        from skill.channels.web.verifier import Verifier  # noqa: PLC0415

        alexa_endpoint(app, house, settings.skill_id, Verifier(now=now), now)
        limited = limiter.limit(AMAZONS_A_MINUTE)(app.view_functions["alexa"])
        app.view_functions["alexa"] = limited  # type: ignore[assignment] # its types think that it may be awaitable
    _health(app, house)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> "ResponseReturnValue":
        code = error.code or 500
        if request.path.startswith("/api/"):
            return jsonify(error=error.name), code
        return render_template("refused.html", code=code, name=error.name), code

    return app


def _health(app: Flask, house: "House") -> None:
    @app.get("/health")
    def health() -> "ResponseReturnValue":
        """Whether the process answers."""
        return {"status": "up"}

    @app.get("/ready")
    def ready() -> "ResponseReturnValue":
        """Whether a moment that is told now is kept as well."""
        store = house.store
        try:
            if store is None:
                return {"status": "no journal"}, 503
            store.recall("nobody")
        except JournalError:
            return {"status": "the journal does not answer"}, 503
        return {"status": "ready"}
