"""The errors of Stay Close. Each says in one sentence what is wrong and what to do.

StayCloseError
├── WordsError            the words cannot be loaded, or have faults
├── ReaderError           the trained reader cannot be loaded or trained
├── PlainError            data does not have the shape of the type it should become
├── RequestError          a channel's request cannot be answered
├── ReminderError         a reminder cannot be set or cancelled
├── ControlError          a control line of the terminal cannot be used
├── PackageError          the skill package cannot be made
├── ServerError           the server cannot be started
└── JournalError
    ├── SettingsError     a setting of the journal cannot be used
    └── JournalRefused    the store cannot be reached, or will not take an entry
        └── EntryRefused  it is this entry that the store will not take
"""

from typing import Literal

__all__ = [
    "ControlError",
    "EntryRefused",
    "JournalError",
    "JournalRefused",
    "PackageError",
    "PlainError",
    "ReaderError",
    "ReminderError",
    "RequestError",
    "ServerError",
    "SettingsError",
    "StayCloseError",
    "WordsError",
]


class StayCloseError(Exception):
    """The base of all errors that Stay Close raises itself."""


class WordsError(StayCloseError):
    """The words cannot be loaded, or have faults."""


class ReaderError(StayCloseError):
    """The trained reader cannot be loaded or trained."""


class PlainError(StayCloseError):
    """Data does not have the shape of the type that it should become."""


class RequestError(StayCloseError):
    """A channel's request cannot be answered."""


class ReminderError(StayCloseError):
    """A reminder cannot be set or cancelled."""

    def __init__(self, message: str, reason: Literal["denied", "unsupported", "full", "failed"]) -> None:
        """Say `message`; `reason` is what a channel can tell the caregiver of it."""
        super().__init__(message)
        self.reason = reason


class JournalError(StayCloseError):
    """The journal cannot be used."""


class SettingsError(JournalError):
    """A setting of the journal cannot be used."""


class JournalRefused(JournalError):  # noqa: N818 - it is the store's answer, and reads as one
    """The store cannot be reached, or will not take an entry."""


class EntryRefused(JournalRefused):
    """It is this entry that the store will not take; another may do."""


class ControlError(StayCloseError):
    """A control line of the terminal cannot be used."""


class PackageError(StayCloseError):
    """The skill package cannot be made."""


class ServerError(StayCloseError):
    """The server cannot be started."""
