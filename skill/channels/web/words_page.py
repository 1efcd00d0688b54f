"""The words page: all that can be said, as a reviewer reads it, with a button that plays each wording."""

from functools import cache
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request, send_file, url_for

from skill.authoring.page import STYLE, Served, page
from skill.conversation.turn import country

if TYPE_CHECKING:
    from skill.channels.web.settings import WebSettings
    from skill.house import House

__all__ = ["words_page"]


def words_page(house: "House", settings: "WebSettings") -> Blueprint:
    """The page of all words; `?country=GB` shows the numbers of another country."""
    pages = Blueprint("words", __name__)
    words = house.exchange.words

    @cache
    def made(country: str, script: str) -> str:
        return page(words.language, words, country, Served("/words/page.css", script))

    @pages.get("/words")
    def show() -> str:
        asked = request.args.get("country", "").upper()
        shown = asked if asked in words.helplines else country(settings.locale)
        script = url_for("assets.asset", asked=current_app.config["EDITION"], name="words.js")
        return made(shown if shown in words.helplines else "ZZ", script)

    @pages.get("/words/page.css")
    def style() -> Response:
        return send_file(STYLE, mimetype="text/css")

    return pages
