"""Visits of many caregivers to a running function, and what of them must be in the journal afterwards."""

import copy
import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Timer
from typing import Any
from uuid import uuid4

from skill.conversation import State
from skill.journal import Entry, Key, Moment, Session
from skill.journal.dynamodb import DynamoDBStore
from skill.plain import from_plain, time_text
from tests.channels.responses import heard, valid
from tests.conftest import START, event
from tests.engines import Runtime, settings
from tests.engines.faulty import Faulty

__all__ = ["Journal", "Visits", "killing"]

SECRET = "a key for visits alone"

FIRST = ("launch", "one_shot_search_query", "one_shot_recognised")
LATER = ("bare_phrase", "next", "next", "slower", "repeat", "next", "search_query_danger", "no", "yes", "stop", "stop")


@dataclass
class _Visitor:
    user: str
    now: datetime
    visits: int = 0
    attributes: dict[str, Any] = field(default_factory=dict)


class Visits:
    """Visits to one function, one turn after the other, as its emulator takes them."""

    def __init__(self, function: Runtime, name: str, *, caregivers: int = 7, seed: int = 0) -> None:
        """Let `caregivers` visit `function`; `name` tells them from those of other visits."""
        self.function = function
        self.times: list[float] = []
        """Seconds of each turn that was answered."""
        self.unanswered = 0
        self.sessions: dict[str, Session] = {}
        self.moments: dict[str, Moment] = {}
        """What the answers told last, by id: what must be kept."""
        self.heard: dict[str, dict[str, int]] = {}
        """The steps of each moment by session: a session that cannot be asked of another knows less than both."""
        self._random = random.Random(seed)
        self._visitors = [
            _Visitor(f"amzn1.ask.account.{name}{number}", START + timedelta(days=number))
            for number in range(caregivers)
        ]

    def play(self, turns: int, around: Callable[[], object] = lambda: None) -> None:
        """Play so many turns that are answered; `around` is called before each of them."""
        wanted = len(self.times) + turns
        while len(self.times) < wanted:
            around()
            self._turn(self._random.choice(self._visitors))

    def _turn(self, visitor: _Visitor) -> None:
        if not visitor.attributes:
            visitor.visits += 1
        name = self._random.choice(LATER if visitor.attributes else FIRST)
        # Now and then a visit goes on after so long that a moment is not resumed.
        visitor.now += timedelta(seconds=self._random.choice((9, 40, 300, 90_000 if not visitor.attributes else 20)))
        request = self._request(name, visitor)
        began = time.perf_counter()
        try:
            response = self.function.invoke(request)
            inner = valid(response)
        except (OSError, KeyError):
            # The process has died of it; the caregiver says it again, or something else.
            self.unanswered += 1
            return
        self.times.append(time.perf_counter() - began)
        assert heard(inner)
        if name == "search_query_danger":
            assert "911" in heard(inner)
        visitor.attributes = response["sessionAttributes"]
        if visitor.attributes:
            self._note(from_plain(State, visitor.attributes["state"]))

    def _request(self, name: str, visitor: _Visitor) -> dict[str, Any]:
        request = event(name, timestamp=time_text(visitor.now))
        request["session"] |= {
            "sessionId": f"{visitor.user}.{visitor.visits}",
            "attributes": copy.deepcopy(visitor.attributes),
            "new": not visitor.attributes,
        }
        for holder in (request["session"], request["context"]["System"]):
            holder["user"]["userId"] = visitor.user
        return request

    def _note(self, state: State) -> None:
        self.sessions[state.session.id] = state.session
        for moment in filter(None, (state.moment, state.earlier)):
            self.moments[moment.id] = moment
            steps = self.heard.setdefault(moment.id, {})
            steps |= {session: max(count, steps.get(session, 0)) for session, count in moment.heard.items()}

    def caregivers(self) -> Iterator[str]:
        """The keyed hashes of all that visited: accounts, and persons whose voice is known."""
        key = Key(SECRET.encode())
        for visitor in self._visitors:
            yield key.caregiver(f"alexa:{visitor.user}")
            yield key.caregiver(f"alexa:{visitor.user}#amzn1.ask.person.ANNA")

    def missing(self, kept: Iterable[Entry]) -> list[str]:
        """What of the visits is not in the journal as it was told, or is there twice; empty where all is well.

        A turn that was not answered may be kept or not.
        """
        entries = list(kept)
        found = {entry.id: entry for entry in entries if isinstance(entry, Session | Moment)}
        faults = [f"{len(entries)} entries, of which some are doubled"] * (
            len({e.key for e in entries}) != len(entries)
        )
        faults += [f"the session {name} is lost" for name in self.sessions if name not in found]
        for name, moment in self.moments.items():
            one = found.get(name)
            if not isinstance(one, Moment):
                faults.append(f"the moment {name} is lost")
            elif not 0 <= one.steps - sum(self.heard[name].values()) <= self.unanswered:
                faults.append(f"the moment {name} has the steps {one.heard}, not {self.heard[name]}")
            elif not set(moment.path) <= set(one.path):
                faults.append(f"the moment {name} has come to {one.path}, not {moment.path}")
        more = len(found) - len(self.sessions) - len(self.moments)
        # A visit that was ended by its first answer brought nothing back that tells of it.
        return faults + [f"{more} more than was told"] * (more > self.unanswered + self._ended_at_once())

    def _ended_at_once(self) -> int:
        return sum(visitor.visits for visitor in self._visitors) - len(self.sessions)


class Journal:
    """A table behind the proxy, and the function's log."""

    def __init__(self, proxy: Faulty, dynalite: str, log: Path) -> None:
        table = f"journal-{uuid4().hex}"
        self.log = log
        self.settings = {
            **settings(proxy.address),
            "STAY_CLOSE_JOURNAL": f"dynamodb://{table}",
            "STAY_CLOSE_KEY": SECRET,
        }
        self.store = DynamoDBStore(table, {**self.settings, "AWS_ENDPOINT_URL_DYNAMODB": dynalite})
        self.store.create()

    def entries(self, visits: Visits) -> list[Entry]:
        return [entry for one in visits.caregivers() for entry in self.store.entries(one)]

    def spilled(self) -> int:
        """How many entries the function has put aside, by its own count."""
        lines = [line for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith('{"_aws"')]
        return sum(json.loads(line)["Spills"] for line in lines)


def killing(function: Runtime, proxy: Faulty, seed: int = 0) -> Callable[[], None]:
    """Kills the function's process at random points of turns, and has the store fail now and then."""
    chance = random.Random(seed)

    def kill() -> None:
        for process in function.functions():
            with suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)

    def around() -> None:
        proxy.fault = "every other call reset" if chance.random() < 0.3 else ""
        if chance.random() < 0.15:
            Timer(chance.uniform(0, 0.012), kill).start()

    return around
