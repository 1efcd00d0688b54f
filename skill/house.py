"""The rooms put together: from the settings in the environment to an Exchange that a channel can use."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from skill.errors import SettingsError
from skill.exchange import Exchange
from skill.journal import Keeper, Key, Spill, Store, caregiver_key, open_store
from skill.reader import Reader, load_reader
from skill.words import load

__all__ = ["House", "open_house"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """What a channel needs."""

    exchange: Exchange
    key: Key
    store: Store | None
    """The store; none where the settings allow none."""


def open_house(
    environ: Mapping[str, str], *, spill: Path | None = None, language: str = "en", reader: Reader | None = None
) -> House:
    """Put the rooms together from the settings in `environ`; `reader` is one of the language that is loaded already.

    A journal that cannot be set up is said on the log, and the skill speaks on without one. `spill` is the file for
    entries that the store does not take; without one they go onto the log.

    Raises:
        WordsError, ReaderError: The words or the reader are missing: there is nothing to speak.
    """
    words = load(language)
    reader = reader or load_reader(words)
    store, refusal = None, ""
    try:
        key = caregiver_key(environ)
        store = open_store(environ)
    except SettingsError as error:
        refusal = str(error)
        _log.error("%s Nothing is kept until then.", refusal)
        key = Key.for_now()
    keeper = Keeper(store, Spill(spill), refusal=refusal)
    return House(Exchange(words, reader, keeper), key, store)
