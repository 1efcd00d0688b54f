"""What the skill's calls cost on a very large journal, and on an empty one. `script/load --journal` runs it."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from script.load_filled import (
    KEY,
    NAME,
    Sample,
    Shape,
    account,
    caregiver,
    fill_dynalite,
    fill_sqlite,
    handler,
    samples,
)
from skill.channels.alexa.entry import Handler
from skill.channels.alexa.envelope import inside
from skill.journal import Store
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.sqlite import SQLiteStore
from skill.plain import time_text
from tests.channels.responses import valid
from tests.conftest import event
from tests.conversation.play import EARS
from tests.engines import Dynalite, running_dynalite, settings

__all__ = ["CALLS", "ENGINES", "RATIO", "measured"]

RATIO = 1.5
"""What the p99 of a call on the full journal may be of the same call's on one that holds a few caregivers alone.

An empty table is measured too, and told; but there it is quick to read that there is nothing to read."""
SHORT = 1.0
"""Milliseconds that nobody notices: a call that takes less than these, and what RATIO allows more, is not too slow."""
FEW = 20
"""Caregivers of the small journal, each with the same entries: what is left between the two is the journal's size."""
FULL, SMALL, EMPTY = "full", "small", "empty"
Call = Callable[["Place", int, str], Callable[[], object]]
"""Asks a journal about a caregiver, for the visit of a name; gives what undoes it, for which no time is counted."""


@dataclass(frozen=True)
class Place:
    """A journal to ask."""

    store: Store
    handler: Handler
    now: datetime
    caregivers: int


def measured(engine: str, caregivers: int, moments: int, calls: int) -> bool:
    """Fill a journal, make each call so many times on it and on an empty one; whether all is within its limits."""
    shape = Shape(caregivers, moments, datetime.now(UTC).replace(microsecond=0))
    found, began = samples(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="journal-") as folder, ExitStack() as stack:
        sizes = {FULL: caregivers, SMALL: min(FEW, caregivers), EMPTY: 0}
        places = {
            name: stack.enter_context(ENGINES[engine](Path(folder, name), replace(shape, caregivers=size), found))
            for name, size in sizes.items()
        }
        took = time.monotonic() - began
        print(f"{engine}: {caregivers * moments:,} moments of {caregivers:,} caregivers, filled in {took:.0f} s")
        chance = random.Random(0)
        # Each is said, also after one that is too much.
        within = [_said(f"{engine}: {name}", _interleaved(places, call, calls, chance)) for name, call in CALLS.items()]
        return all(within)


def _interleaved(places: Mapping[str, Place], call: Call, calls: int, chance: random.Random) -> dict[str, list[float]]:
    """The milliseconds of a call at each place, sorted; the places take turns, so that noise comes to all alike."""
    times: dict[str, list[float]] = {name: [] for name in places}
    newcomers = count(places[FULL].caregivers + chance.randrange(10**9))
    for turn in range(calls):
        number = chance.randrange(places[FULL].caregivers)
        for name in chance.sample(list(places), len(places)):
            place = places[name]
            whose = number % place.caregivers if place.caregivers else next(newcomers)
            began = time.perf_counter()
            undo = call(place, whose, f"{turn}")
            times[name].append((time.perf_counter() - began) * 1000)
            undo()
    return {name: sorted(some) for name, some in times.items()}


def _nothing() -> None:
    """What only reads leaves nothing to be undone."""


def _said(what: str, times: Mapping[str, Sequence[float]]) -> bool:
    p50 = {name: some[len(some) // 2] for name, some in times.items()}
    p99 = {name: some[int(len(some) * 0.99)] for name, some in times.items()}
    ratio = p99[FULL] / p99[SMALL]
    passed = p99[FULL] <= RATIO * max(SHORT, p99[SMALL])
    figures = ", ".join(f"{name} {p50[name]:.2f} / {p99[name]:.2f}" for name in times)
    print(f"{what:34} p50 / p99 ms: {figures}")
    print(
        f"{'':34} p99 full to small {ratio:.2f} ({'' if ratio <= RATIO else 'short, ' if passed else 'NOT '}in limits),"
        f" to empty {p99[FULL] / p99[EMPTY]:.2f}; p50 {p50[FULL] / p50[SMALL]:.2f}, {p50[FULL] / p50[EMPTY]:.2f}"
    )
    return passed


# The calls


def _opening(place: Place, number: int, _: str) -> Callable[[], object]:
    place.store.close()
    return _recall(place, number, _)


def _recall(place: Place, number: int, _: str) -> Callable[[], object]:
    place.store.recall(caregiver(number))
    return _nothing


def _moments(days: int) -> Call:
    def ask(place: Place, number: int, _: str) -> Callable[[], object]:
        place.store.moments(caregiver(number), place.now - timedelta(days=days))
        return _nothing

    return ask


def _turn(name: str, asked: str, **changes: Any) -> Call:  # noqa: ANN401 - fields of a request
    """A turn that begins a visit; where there is something in the journal, it asks what `asked` names."""

    def say(place: Place, number: int, visit: str) -> Callable[[], object]:
        request = event(name, timestamp=place.now.strftime("%Y-%m-%dT%H:%M:%SZ"), **changes)
        for holder in (request["session"], request["context"]["System"]):
            holder["user"] = {"userId": account(number)}
        request["session"]["sessionId"] = f"{name}-{visit}"
        answer = place.handler(request, None)

        def undo() -> None:
            """Look at the answer, and take the visit out again, so that the moment stays the latest but one entry."""
            assert valid(answer)["outputSpeech"]
            session = KEY.session(request["session"]["sessionId"])
            if place.caregivers or not isinstance(place.store, DynamoDBStore):
                # From an empty LevelDB nothing is erased: what is left of it would lie in the way of each search.
                place.store.erase(caregiver(number), f"{time_text(place.now)}#session#{session}")
            kind = inside(answer, "sessionAttributes", "state", "place", "asking").get("kind", "")
            assert kind == asked or not place.caregivers, f"{kind!r} is asked"

        return undo

    return say


CALLS: dict[str, Call] = {
    "the first recall": _opening,
    "recall": _recall,
    "moments of 7 days": _moments(7),
    "moments of 31 days": _moments(31),
    "a launch that resumes": _turn("launch", "still"),
    "how are we doing": _turn("bare_phrase", "next", intent=EARS.intent("how are we doing")),
}


# The engines


@contextmanager
def _sqlite(folder: Path, shape: Shape, found: Sequence[Sample]) -> Iterator[Place]:
    path = folder.with_suffix(".sqlite")
    fill_sqlite(path, shape, found)
    with closing(SQLiteStore(path)) as store:
        yield Place(store, handler(store), shape.now, shape.caregivers)


@contextmanager
def _dynalite(folder: Path, shape: Shape, found: Sequence[Sample]) -> Iterator[Place]:
    with running_dynalite(folder) as engine, closing(_table(engine)) as store:
        store.create()
    fill_dynalite(folder, shape, found)
    with running_dynalite(folder) as engine, closing(_table(engine)) as store:
        yield Place(store, handler(store), shape.now, shape.caregivers)


def _table(engine: Dynalite) -> DynamoDBStore:
    return DynamoDBStore(NAME, settings(engine.address))


ENGINES = {"sqlite": _sqlite, "dynalite": _dynalite}
