"""The browsers of a load run against the web server: each holds one conversation, visit after visit."""

import asyncio
import json
import random
import re
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import brotli  # type: ignore[import-untyped]

from script.load_caregivers import EARLY, LOCALES, Visits
from skill.channels.terminal import CAREGIVER
from skill.words import load

__all__ = ["PAUSES", "Figures", "Home", "Run", "Turn"]

PAUSES = (0.5, 3.0)
"""Seconds between an answer and the next line, at least and at most: people listen for ten to thirty."""
RINGS = 0.01
"""Seconds between two looks at how late our own clock is."""
KINDS = {"@launch": "launch", "@silence": "silence", "@close": "left"}
"""Lines that a browser sends otherwise than as a sentence; what only other channels have is left out."""
FORGETS = "forget everything"
"""The line of a visit after which an earlier one is looked for no more."""
Turn = dict[str, Any]


@dataclass
class Home:
    """What the journal is to hold of a caregiver."""

    named: set[str] = field(default_factory=set)
    """Ids of the sessions that were answered."""
    unnamed: int = 0
    """How many were over with their first answer, which names no session."""

    def clear(self) -> None:
        """All of it is forgotten."""
        self.named.clear()
        self.unnamed = 0

    def faults(self, user: str, kept: Counter[str]) -> Iterator[str]:
        """What is wrong with the sessions that are kept: their ids, and how often each is there."""
        if lost := self.named - kept.keys():
            yield f"{user}: {len(lost)} of {len(self.named)} sessions are lost"
        elif len(kept) < len(self.named) + self.unnamed:
            yield f"{user}: {len(self.named) + self.unnamed} sessions were answered, {len(kept)} are kept"
        yield from (f"{user}: session {id_} is kept {often} times" for id_, often in kept.items() if often > 1)


@dataclass
class Figures:
    """What a run measured."""

    turns: list[float] = field(default_factory=list)
    """Milliseconds that each answer took."""
    late: list[float] = field(default_factory=list)
    """Milliseconds by which our own clock was late: so much of a turn may have been the client's."""
    faults: list[str] = field(default_factory=list)
    homes: defaultdict[str, Home] = field(default_factory=lambda: defaultdict(Home))
    """User id → what is to be kept."""


class Run:
    """Conversations that are held all at once."""

    def __init__(self, port: int, figures: Figures, pauses: Sequence[float] = PAUSES, seed: str = "0") -> None:
        """Speak to the server at a port of this machine, and note it in `figures`."""
        self.port, self.figures, self.pauses, self.seed = port, figures, pauses, seed
        self.visits, self.words = Visits.load(), load()
        self.change: Callable[[Turn, Turn], Turn] = lambda _, answer: answer
        """What a test makes of an answer to a turn."""

    def play(self, seconds: float, people: int, tokens: Mapping[str, str] | None = None) -> None:
        """Let so many people speak for so long: those whose names have a token, or all of one home where none has."""
        if tokens:
            browsers = [Browser(self, number, *one) for number, one in enumerate(tokens.items())]
        else:
            # Two hundred who forget each other's visits all the time would leave nothing to be looked for.
            often = [
                0.0 if FORGETS in lines else often
                for lines, often in zip(self.visits.lines, self.visits.often, strict=True)
            ]
            self.visits = replace(self.visits, often=often)
            browsers = [Browser(self, number) for number in range(people)]
        asyncio.run(self._play(seconds, browsers))

    async def _play(self, seconds: float, browsers: Sequence["Browser"]) -> None:
        until = time.monotonic() + seconds
        watch = asyncio.create_task(self._watch())
        await asyncio.gather(*(browser.speak(until) for browser in browsers))
        watch.cancel()

    async def _watch(self) -> None:
        while True:
            due = time.monotonic() + RINGS
            await asyncio.sleep(RINGS)
            self.figures.late.append((time.monotonic() - due) * 1000)


class Browser:
    """A browser with one connection that it keeps, and somebody who pays visit after visit."""

    def __init__(self, run: Run, number: int, name: str = "", token: str = "") -> None:
        """Come in by a token, where there is one."""
        self._run, self._token = run, token
        self._chance = random.Random(f"{run.seed} {number}")
        self._home = run.figures.homes[f"web:{name}" if token else CAREGIVER]
        self._locale = self._chance.choice(LOCALES)
        self._numbers = [*run.words.numbers(self._locale.partition("-")[2]).values()]
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        # Each comes from an address of its own, as the proxy before the server tells.
        self._headers = [f"Host: localhost:{run.port}", "Accept-Encoding: gzip, deflate, br"]
        if token:
            self._headers.append(f"X-Forwarded-For: 10.0.{number // 250}.{number % 250 + 1}")
        self._session: Turn = {}

    async def speak(self, until: float) -> None:
        """Say line after line until then; what is wrong with an answer is noted, and the next visit begins."""
        least, most = self._run.pauses
        await asyncio.sleep(self._chance.uniform(0.0, most))
        if self._token:
            _, head, _ = await self._post("/door", "application/x-www-form-urlencoded", f"token={self._token}".encode())
            self._headers += re.findall(r"(?m)^Set-(Cookie: [^;]+)", head)
        while time.monotonic() < until:
            lines, listening = [*self._run.visits.one(self._chance)], True
            self._session = {}
            for line in lines:
                if line not in KINDS and (line.startswith("@") or not listening):
                    continue
                await asyncio.sleep(self._chance.uniform(least, most))
                if time.monotonic() >= until:
                    break
                try:
                    listening = await self._say(line)
                except (AssertionError, OSError, EOFError, ValueError) as error:
                    self._run.figures.faults.append(f"{line!r}: {type(error).__name__}: {error}")
                    break
            if FORGETS in lines:
                self._home.clear()
        if self._streams:
            self._streams[1].close()

    async def _say(self, line: str) -> bool:
        """Say a line; whether another sentence may follow.

        Raises:
            AssertionError: What is answered is not as it must be; nothing of what was said is told.
        """
        kind = KINDS.get(line, "said")
        if kind == "launch":
            self._session = {}
        if kind == "left" and not self._session:
            return False
        turn: Turn = {"kind": kind, "locale": self._locale, "session": self._session}
        if kind == "said":
            turn["text"] = self._chance.choice(self._run.visits.drawn.get(line, [line]))
        body = json.dumps(turn).encode()
        began = time.monotonic()
        status, _, data = await self._post("/api/turn", "application/json", body)
        self._run.figures.turns.append((time.monotonic() - began) * 1000)
        assert status == 200, f"it answers {status}"
        answer = self._run.change(turn, json.loads(data))
        spoken = " ".join(one["text"] for one in answer["spoken"]).split()
        assert kind == "left" or spoken, "nothing is said"
        early = " ".join(spoken[:EARLY])
        assert line != "(danger)" or any(number in early for number in self._numbers), "no number is said"
        if answer["session"]:
            self._home.named.add(answer["session"]["state"]["session"]["id"])
        elif not self._session:
            self._home.unnamed += 1
        self._session = answer["session"]
        return bool(answer["listening"])

    async def _post(self, path: str, kind: str, body: bytes) -> tuple[int, str, bytes]:
        """Status, head and content of an answer."""
        streams = self._streams or await asyncio.open_connection("127.0.0.1", self._run.port)
        # One on which something goes wrong is not used again.
        self._streams = None
        reader, writer = streams
        lines = [f"POST {path} HTTP/1.1", *self._headers, f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?im)^content-length: (\d+)", head)
        data = await reader.readexactly(int(length[1]) if length else 0)
        if re.search(r"(?im)^connection: close", head):
            writer.close()
        else:
            self._streams = streams
        coded = re.search(r"(?im)^content-encoding: (\w+)", head)
        if coded:
            data = brotli.decompress(data) if coded[1] == "br" else zlib.decompress(data, wbits=47)
        return int(head.split(maxsplit=2)[1]), head.replace("\r", ""), data
