"""Where the journal is: settings from the environment → a store.

`STAY_CLOSE_JOURNAL` is `dynamodb://TABLE`, `sqlite:PATH`, or absent: then it is SQLite in the data folder.
`STAY_CLOSE_DATA` is the data folder, or absent: then it is the platform's own.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from skill.errors import SettingsError

if TYPE_CHECKING:
    from skill.journal.store import Store

__all__ = ["data_folder", "open_store"]


def data_folder(environ: Mapping[str, str]) -> Path:
    """The folder for the journal file, the hashing key and the spill."""
    setting = environ.get("STAY_CLOSE_DATA")
    if setting:
        return Path(setting).expanduser()
    from platformdirs import user_data_path  # noqa: PLC0415 - the Lambda function does without it

    return user_data_path("stay-close", appauthor=False)


def open_store(environ: Mapping[str, str]) -> "Store":
    """The store that the settings name; the engine is reached at its first use.

    Raises:
        SettingsError: STAY_CLOSE_JOURNAL names no store.
    """
    setting = environ.get("STAY_CLOSE_JOURNAL") or f"sqlite:{data_folder(environ) / 'journal.sqlite'}"
    scheme, _, place = setting.partition(":")
    if scheme == "dynamodb" and place.strip("/"):
        from skill.journal.dynamodb import DynamoDBStore  # noqa: PLC0415 - only where it is used

        return DynamoDBStore(place.strip("/"), environ)
    if scheme == "sqlite" and place:
        from skill.journal.sqlite import SQLiteStore  # noqa: PLC0415 - the Lambda function does without it

        path = place.removeprefix("//")
        return SQLiteStore(Path(path).expanduser())
    # It is not shown, for it may hold a password.
    raise SettingsError("STAY_CLOSE_JOURNAL names no journal: write dynamodb://TABLE or sqlite:PATH.")
