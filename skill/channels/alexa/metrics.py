"""What the operator sees of each request: a line of CloudWatch's embedded metric format, and nothing of who spoke.

A metric costs by the name and dimension, not by the turn, so that only the count of turns is parted by what they were
about.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skill.exchange import Answer
    from skill.words import Words

__all__ = ["NAMESPACE", "Meter", "Took"]

NAMESPACE = "StayClose"

_UNITS = {"Turns": "Count", "Latency": "Milliseconds", "Danger": "Count", "Spills": "Count", "Faults": "Count"}


@dataclass(frozen=True, slots=True)
class Took:
    """How long a request took, in seconds."""

    seconds: float
    """In all."""
    waited: float
    """Of these, how long it waited for the journal."""


class Meter:
    """Writes a line for every request."""

    def __init__(
        self, function: str, words: "Words", write: Callable[[str], object], now: Callable[[], float] = time.time
    ) -> None:
        """Write lines about `function` with `write`; `now` is the time in seconds since 1970."""
        self._function = function
        self._groups = words.groups()
        self._write = write
        self._now = now

    def note(self, answer: "Answer | None", took: Took, *, spills: int, failed: bool) -> None:
        """Note a request: its answer where somebody was answered, how long it took, how many entries were put aside."""
        situation = answer.reply.situation if answer is not None else ""
        line = {
            "_aws": {
                "Timestamp": int(self._now() * 1000),
                "CloudWatchMetrics": [
                    _measured(["Function"], *_UNITS),
                    _measured(["Function", "Group"], "Turns"),
                ],
            },
            "Function": self._function,
            "Group": self._groups.get(situation, "none"),
            "Turns": int(answer is not None),
            "Latency": round(took.seconds * 1000, 1),
            # In the log alone: it tells a slow store from a slow function.
            "Journal": round(took.waited * 1000, 1),
            "Danger": int(answer is not None and answer.reply.danger == "sure"),
            "Spills": spills,
            "Faults": int(failed),
        }
        self._write(json.dumps(line, separators=(",", ":")) + "\n")


def _measured(dimensions: list[str], *names: str) -> dict[str, object]:
    return {
        "Namespace": NAMESPACE,
        "Dimensions": [dimensions],
        "Metrics": [{"Name": name, "Unit": _UNITS[name]} for name in names],
    }
