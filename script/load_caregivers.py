"""The caregivers of a load run: each pays visit after visit, by a clock of their own."""

import random
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ruamel.yaml import YAML

from skill.channels.terminal import PERSON
from skill.words import Words
from tests.channels.responses import heard, valid
from tests.conftest import CASES, Clock, rows
from tests.conversation.play import AlexaStage
from tests.engines import ROOT

__all__ = ["Caregiver", "Event", "Note", "Send", "Visits", "World"]

Event = dict[str, Any]
Send = Callable[[Event, int], Event]
"""Sends an event to so many functions at once; gives the first one's response."""
Note = Callable[[Event, Event], None]
"""Notes an event and the response that the caregiver heard."""

HEARD = ROOT / "skill" / "content" / "en" / "heard"
SENT_TWICE = 0.02
"""How often a request reaches two functions at once, as one that is sent again may."""
BEFORE = timedelta(days=60)
"""How long ago the caregivers begin at most; one a minute, so that their days differ."""
HURRY, LEISURE = 3, 25
"""Seconds between two lines."""
BETWEEN = ("@+3h", "@+9h", "@+20h", "@+1d", "@+2d")
"""How long it is from one visit to the next."""
LOCALES = ("en-US", "en-US", "en-US", "en-GB", "en-AU", "en-CA", "en-IN")
EARLY = 20
"""Words within which the number is said."""


@dataclass(frozen=True)
class Visits:
    """What caregivers say."""

    lines: list[list[str]]
    """The kinds of visits."""
    often: list[float]
    drawn: dict[str, list[str]]
    """The sentences behind `(danger)` and the like."""

    @classmethod
    def load(cls) -> "Visits":
        """Read tests/cases/visits.yaml and the sentences that it draws from."""
        kinds = YAML(typ="safe", pure=True).load((CASES / "visits.yaml").read_text(encoding="utf-8"))
        texts = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in sorted(HEARD.glob("*.txt"))}
        sentences = {
            name: [row["text"] for file in files for row in rows(CASES / f"{file}.jsonl")]
            for name, files in {
                "(situation)": ("development", "plain"),
                "(danger)": ("emergencies",),
                "(outcome)": ("outcomes",),
                "(period)": ("periods",),
            }.items()
        }
        said = [line for lines in texts.values() for line in lines if line.strip() and not line.startswith("#")]
        return cls([kind["lines"] for kind in kinds], [kind["often"] for kind in kinds], {**sentences, "(heard)": said})

    def one(self, chance: random.Random) -> Iterator[str]:
        """The lines of a visit; sentences are still to be drawn."""
        (lines,) = chance.choices(self.lines, self.often)
        return (chance.choice(line.split("|")) for line in lines)


@dataclass(frozen=True)
class World:
    """What is the same for all caregivers."""

    visits: Visits
    words: Words
    send: Send
    note: Note


class Caregiver:
    """Somebody with an account of Alexa's, who pays visits."""

    def __init__(self, number: int, seed: str, world: World) -> None:
        """Begin some time before today; what is said depends on `seed` and `number`, and on what is answered."""
        self.number = number
        self._chance = random.Random(f"{seed} {number}")
        self._world = world
        self._account = f"amzn1.ask.account.LOAD{number}"
        self._clock = Clock()
        self._clock.at = (datetime.now(UTC) - BEFORE * self._chance.random()).replace(microsecond=0)
        locale = self._chance.choice(LOCALES)
        self._numbers = [*world.words.numbers(locale.partition("-")[2]).values()]
        self._stage = AlexaStage(self._handled, self._clock, locale)
        self._lines: Iterator[str] = iter(())
        self._listening = True
        """Whether a sentence may come: the microphone is open, or somebody calls."""

    def step(self) -> None:
        """Say the next line.

        Raises:
            AssertionError: What is answered is not as it must be, or nothing is answered; the message names the line,
                and no sentence that was drawn for it.
        """
        line = next(self._lines, None)
        if line is None:
            self._lines, self._listening = self._world.visits.one(self._chance), True
            self._stage.person, self._stage.device = PERSON, ""
            line = self._chance.choice(BETWEEN)
        if not self._listening and not line.startswith("@"):
            return
        self._clock.move(timedelta(seconds=self._chance.randint(HURRY, LEISURE)))
        said = self._chance.choice(self._world.visits.drawn[line]) if line in self._world.visits.drawn else line
        try:
            answer = self._stage.take(said)
            early = " ".join(answer.text.split()[:EARLY])
            assert line != "(danger)" or any(number in early for number in self._numbers), "no number is said"
        except Exception as error:  # noqa: BLE001 - whatever it is, the others speak on
            # What is wrong with one answer is told once, and not of all that would follow from it.
            self._stage.sessions.clear()
            reason = str(error) or traceback.extract_tb(error.__traceback__)[-1].line
            raise AssertionError(f"caregiver {self.number}, {line!r}: {type(error).__name__}: {reason}") from None
        self._listening = answer.listening or line.startswith("@")

    def leave(self) -> None:
        """End what is open, so that the last telling of it is kept."""
        self._stage.caregiver()

    def _handled(self, event: Any, _: object) -> Event:  # noqa: ANN401 - as a handler takes it
        """Send what the stage sends, as this caregiver's own, and look at the answer."""
        for holder in (event.get("session"), event["context"]["System"]):
            if holder:
                holder["user"] = {**holder.get("user", {}), "userId": self._account}
        if "session" in event:
            event["session"]["sessionId"] = f"{self._account}-{event['session']['sessionId']}"
        twice = self._chance.random() < SENT_TWICE
        response = self._world.send(event, 2 if twice else 1)
        inner = valid(response)
        spoken = "session" in event and event["request"]["type"] != "SessionEndedRequest"
        assert ("outputSpeech" in inner) == spoken, "nothing is said" if spoken else "something is said"
        assert not spoken or heard(inner), "an empty answer"
        self._world.note(event, response)
        return response
