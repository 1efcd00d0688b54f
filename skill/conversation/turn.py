"""A Turn: what came in, on whichever channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from skill.reader.reading import Command

__all__ = ["TASK", "Turn", "TurnKind", "country"]

TASK = "MorningWord"
"""The name of the task that a person adds to a routine: it brings the morning word."""

TurnKind = (
    Command
    | Literal[
        "launch",  # the skill was opened without a sentence
        "task",  # a routine asks for the morning word
        "said",  # a sentence, in `text`; a command among the words is found there too
        "unheard",  # something was said, and the channel could not make out what
        "silence",  # a question went unanswered
        "left",  # the session was ended from outside, with nothing to be spoken
        "allowed",  # the platform has asked whether reminders are allowed: they are
        "not_allowed",  # … they are not
    ]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that reached the skill."""

    kind: TurnKind
    """What it is."""
    at: datetime
    """When, in UTC."""
    caregiver: str
    """The keyed hash of who speaks (`journal.caregiver`)."""
    session: str
    """The session's id, made by the channel; the same for every turn of one visit."""
    channel: str
    """`alexa`, `terminal`, …"""
    locale: str
    """The device's language and country, `en-US`."""
    account: str = ""
    """The keyed hash of the account, where the voice of a person in it was recognised; empty where caregiver is it."""
    text: str = ""
    """The sentence, where kind is `said`; the time of the reminder, `07:10`, where it is `allowed`."""
    ending: str = ""
    """Why the session ended, where kind is `left`: `silence`, `error` or `left`."""


def country(locale: str) -> str:
    """The country of a device's locale, `en-US` → `US`; empty where the locale names none."""
    return locale.partition("-")[2].upper()
