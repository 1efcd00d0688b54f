"""The journal page."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint

if TYPE_CHECKING:
    from skill.house import House

__all__ = ["journal_pages"]


def journal_pages(house: "House", now: Callable[[], datetime]) -> Blueprint:  # noqa: ARG001
    """The pages of what a caregiver told."""
    return Blueprint("journal", __name__, url_prefix="/journal")
