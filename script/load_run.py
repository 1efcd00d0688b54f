"""A load run: caregivers who speak all at once, function processes that answer them, and what is measured of it."""

import json
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from script.load_caregivers import Caregiver, Event, Send, Visits, World
from script.load_told import Told
from skill.errors import JournalRefused
from skill.journal import Key, Store
from skill.journal.intake import Intake
from skill.journal.replay import spilled
from skill.words import load
from tests.engines import Runtime

__all__ = ["MINUTE", "Figures", "Load", "Pool", "by_minute", "within"]

MINUTE = 60.0
RUNTIME = ("START RequestId", "END RequestId", "REPORT RequestId")
"""Lines of the runtime's own."""


@dataclass
class Figures:
    """What a run measured."""

    turns: list[tuple[float, float]] = field(default_factory=list)
    """When each answer came, in seconds since the beginning, and how many milliseconds it took."""
    own: list[tuple[float, float]] = field(default_factory=list)
    """When each was answered, in seconds since the first, and how many milliseconds of it were not the store's."""
    faults: list[str] = field(default_factory=list)
    """What was answered wrongly, and what the journal lacks or has too much."""
    memory: dict[str, dict[str, float]] = field(default_factory=dict)
    """When it was looked at → process → MB."""
    log: Counter[str] = field(default_factory=Counter)
    """What the functions' metrics sum up to, and how often each other line was written."""


def by_minute(times: Sequence[tuple[float, float]]) -> list[list[float]]:
    """The milliseconds of each full minute, sorted; of the whole run, where that is shorter than one."""
    last = max(at for at, _ in times)
    found: list[list[float]] = [[] for _ in range(max(1, int(last / MINUTE)))]
    for at, took in times:
        # After the end, sessions are only closed.
        if at < len(found) * MINUTE:
            found[int(at / MINUTE)].append(took)
    return [sorted(one) for one in found]


def within(what: str, value: float, limit: float) -> bool:
    """Print whether a figure is as it must be, and give it."""
    print(f"{what:44} {value:8.3f}  (at most {limit}: {'yes' if value <= limit else 'NO'})")
    return value <= limit


class Load:
    """Caregivers, and what comes of what they say."""

    def __init__(self, send: Send, key: Key, caregivers: int, seed: str, figures: Figures) -> None:
        """Let so many caregivers speak through `send`; the functions hash with `key`."""
        self.told = Told(key)
        self._figures = figures
        world = World(Visits.load(), load(), send, self.told.note)
        self._waiting: SimpleQueue[Caregiver] = SimpleQueue()
        for number in range(caregivers):
            self._waiting.put(Caregiver(number, seed, world))

    def run(self, seconds: float, workers: int) -> None:
        """Let them speak, so many at a time, each a line and then the next caregiver; then all sessions end."""
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(workers) as crew:
            for done in [crew.submit(self._work, until) for _ in range(workers)]:
                done.result()
        while not self._waiting.empty():
            self._tried(self._waiting.get().leave)

    def _work(self, until: float) -> None:
        while time.monotonic() < until:
            caregiver = self._waiting.get()
            self._tried(caregiver.step)
            self._waiting.put(caregiver)

    def _tried(self, do: Callable[[], None]) -> None:
        try:
            do()
        except AssertionError as error:
            self._figures.faults.append(str(error))

    def read_log(self, log: Path, store: Store) -> None:
        """Sum up what the functions have written, and bring into the store what they put aside."""
        intake, began = Intake(store, asked=False), math.inf
        for number, line in enumerate(log.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if line.startswith('{"_aws"'):
                measured = json.loads(line)
                self._figures.log.update({name: measured[name] for name in ("Turns", "Spills", "Faults", "Danger")})
                at = measured["_aws"]["Timestamp"] / 1000
                began = min(began, at)
                self._figures.own.append((at - began, measured["Latency"] - measured["Journal"]))
            elif found := spilled(line):
                for entry in found:
                    if isinstance(entry, JournalRefused) or self.told.wants(entry):
                        intake.take(entry, f"line {number}")
            elif line.strip() and not line.startswith(RUNTIME):
                self._figures.log[line.strip()] += 1
        intake.settle()
        self._figures.faults += intake.faults

    def look(self, store: Store) -> int:
        """Look into the journal for what is lost or doubled; give how many entries it holds."""
        kept = list(store.everything())
        self._figures.faults += self.told.faults(kept)
        return len(kept)


class Pool:
    """Function processes; a request goes to one that is idle, as on Lambda."""

    def __init__(self, functions: Sequence[Runtime], figures: Figures, rate: float) -> None:
        """Measure into `figures`; `rate` is how many requests are sent in a second, 0 for as many as are answered."""
        self._figures = figures
        self._idle: SimpleQueue[Runtime] = SimpleQueue()
        self._second = ThreadPoolExecutor(len(functions))
        self._lock = Lock()
        self._pause = 1 / rate if rate else 0.0
        for function in functions:
            self._idle.put(function)
        self._began = self._due = time.monotonic()

    def send(self, request: Event, copies: int) -> Event:
        """Send a request, perhaps to more than one at once; give the response of one."""
        others = [self._second.submit(self._sent, request) for _ in range(copies - 1)]
        response = self._sent(request)
        for other in others:
            other.result()
        return response

    def _sent(self, request: Event) -> Event:
        due = self._next()
        with self._function() as function:
            # At a rate, a turn that has to wait for a function has waited since it was due.
            began = due or time.monotonic()
            response: Event = function.invoke(request)
            now = time.monotonic()
        self._figures.turns.append((now - self._began, (now - began) * 1000))
        return response

    def _next(self) -> float:
        """Wait until the next request is due; 0 where there is no rate."""
        if not self._pause:
            return 0.0
        with self._lock:
            due = self._due = self._due + self._pause
        time.sleep(max(0.0, due - time.monotonic()))
        return due

    @contextmanager
    def _function(self) -> Iterator[Runtime]:
        function = self._idle.get()
        try:
            yield function
        finally:
            self._idle.put(function)
