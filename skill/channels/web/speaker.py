"""The speaker page, and its turns."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

if TYPE_CHECKING:
    from skill.channels.web.settings import WebSettings
    from skill.house import House

__all__ = ["speaker"]


def speaker(house: "House", settings: "WebSettings", now: Callable[[], datetime]) -> Blueprint:  # noqa: ARG001
    """The page that listens and speaks."""
    pages = Blueprint("speaker", __name__)

    @pages.get("/")
    def page() -> str:
        return render_template("speaker.html")

    return pages
