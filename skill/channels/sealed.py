"""A session's state in the hands of others: it travels with the request, under a seal that says whose it is."""

import hmac
import json
import logging
from collections.abc import Mapping
from typing import Any

from skill.conversation import State
from skill.errors import PlainError
from skill.journal import Key
from skill.plain import from_plain, to_plain

__all__ = ["sealed", "unsealed"]

_log = logging.getLogger(__name__)
_STATE, _SEAL = "state", "seal"
"""What is handed out: the state, and the seal that says it is ours, and whose."""


def sealed(key: Key, owner: str, state: State | None) -> dict[str, Any]:
    """A state as plain data with its seal; `owner` is the keyed hash of the account. Empty where there is none."""
    if state is None:
        return {}
    plain = to_plain(state)
    return {_STATE: plain, _SEAL: _seal(key, owner, plain)}


def unsealed(key: Key, owner: str, brought: Mapping[str, object]) -> State | None:
    """The state that `sealed` gave out; none where nothing was, or where this is not what this code gave its owner."""
    if _STATE not in brought:
        return None
    plain = brought[_STATE]
    try:
        seal = _seal(key, owner, plain)
        if not hmac.compare_digest(seal.encode(), str(brought.get(_SEAL)).encode(errors="replace")):
            raise PlainError("its seal is not ours")
        return from_plain(State, plain)
    except PlainError as error:
        # Where the seal is ours, so is what the error names.
        _log.warning("A session's state cannot be used (%s): the session begins anew.", error)
        return None


def _seal(key: Key, owner: str, plain: object) -> str:
    """The seal on an owner's state.

    Raises:
        PlainError: It is nothing that could have been sent.
    """
    try:
        text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    except (RecursionError, TypeError, ValueError):
        raise PlainError("no state has such a shape") from None
    return key.seal(f"{owner}:{text}")
