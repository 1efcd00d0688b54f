"""The speaker page and its turns."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, g, jsonify, render_template, request

from skill.channels.sealed import sealed, unsealed
from skill.channels.web.turns import as_json, read, turn_of
from skill.conversation.turn import country
from skill.errors import RequestError

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from skill.channels.web.settings import WebSettings
    from skill.house import House

__all__ = ["speaker"]


def speaker(house: "House", settings: "WebSettings", now: Callable[[], datetime]) -> Blueprint:
    """The page that listens and speaks. `now` is the clock."""
    pages = Blueprint("speaker", __name__)
    words = house.exchange.words
    known = country(settings.locale)
    numbers = {code: words.numbers(code)["emergency"] for code in words.helplines}

    @pages.get("/")
    def page() -> str:
        person = house.key.seal(f"page:{g.caregiver}")[:12]
        shown = known if known in numbers else "ZZ"
        return render_template("speaker.html", numbers=numbers, country=shown, person=person)

    @pages.get("/away")
    def away() -> str:
        return render_template("away.html")

    @pages.post("/api/turn")
    def turn() -> "ResponseReturnValue":
        if not request.is_json:
            return jsonify(error="Send the turn as application/json."), 415
        at = now()
        try:
            sent = read(request.get_data(), at)
        except RequestError as error:
            return jsonify(error=str(error)), 400
        state = unsealed(house.key, g.caregiver, sent.session)
        visit = f"{g.caregiver}:{sent.visit or uuid.uuid4().hex}"
        session = state.session.id if state else house.key.session(visit)
        made = turn_of(sent, session, g.caregiver, settings.locale, at)
        answer = house.exchange.answer(made, state, meanwhile=sent.meanwhile)
        return as_json(answer, words.prompts["say"][0], sealed(house.key, g.caregiver, answer.state))

    return pages
