"""The words page."""

from typing import TYPE_CHECKING

from flask import Blueprint

if TYPE_CHECKING:
    from skill.house import House

__all__ = ["words_page"]


def words_page(house: "House") -> Blueprint:  # noqa: ARG001
    """The page of all words."""
    return Blueprint("words", __name__, url_prefix="/words")
