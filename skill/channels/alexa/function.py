"""The Lambda function: put together when it starts, made fit again when a snapshot of it is restored."""

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import Any

from skill.channels.alexa.entry import Handler, entry
from skill.channels.alexa.handlers import Response
from skill.channels.alexa.metrics import Meter
from skill.errors import JournalError
from skill.house import House, open_house

__all__ = ["Function"]

RETRY = 60.0
"""Seconds after which a journal that could not be set up is tried again."""
RESTORING = 1.0
"""Seconds that the journal may take after a restore: somebody is about to speak."""

_log = logging.getLogger(__name__)


class Function:
    """Answers the runtime's events; callable as a Lambda handler."""

    def __init__(self, environ: Mapping[str, str] = os.environ, clock: Callable[[], float] = time.monotonic) -> None:
        """Put the house together from the settings in `environ`, and read the hashing key, once."""
        self._environ = environ
        self._clock = clock
        self._house, self._handler = self._opened()
        self._tried = clock()

    def _opened(self) -> tuple[House, Handler]:
        house = open_house(self._environ)
        name = self._environ.get("AWS_LAMBDA_FUNCTION_NAME", "skill")
        # A line of the log for each write, also where two threads write.
        meter = Meter(name, house.exchange.words, sys.stdout.write)
        return house, entry(house, self._environ.get("STAY_CLOSE_SKILL_ID"), meter)

    def __call__(self, event: object, context: Any = None) -> Response:  # noqa: ANN401 - the runtime's own
        """Answer an event."""
        if self._house.store is None and self._clock() - self._tried >= RETRY:
            # The key could not be read when the function started. Nobody who speaks now is kept waiting for it.
            self._tried = self._clock()
            Thread(target=self._open_again, daemon=True).start()
        return self._handler(event, context)

    def _open_again(self) -> None:
        self._house, self._handler = self._opened()

    def restored(self) -> None:
        """After a snapshot was restored: its connections are dead, its credentials have expired.

        Both are made anew before somebody speaks, with as little as can be asked. Never raises: a restore that fails
        would be a speaker that says nothing.
        """
        if self._house.store is None:
            self._open_again()
        store = self._house.store
        if store is not None:
            store.close()
            store.patience = RESTORING
            try:
                store.recall(self._house.key.caregiver("nobody"))
            except JournalError as error:
                _log.warning("The journal cannot be reached after a restore: %s", error)
