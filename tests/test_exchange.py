"""Two devices at once, a process that dies, and forgetting: over both stores, as a caregiver's home would have it."""

import json
import os
import random
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from uuid import uuid4

import pytest

from skill.channels.terminal import CAREGIVER, Visitor
from skill.exchange import Exchange
from skill.journal import Entry, Keeper, Moment, Session, Spill, Store
from skill.journal.dynamodb import DynamoDBStore
from skill.journal.intake import Intake
from skill.journal.replay import replay
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import BIN, KEY, Clock, unhurried

WHO = KEY.caregiver(CAREGIVER)


@dataclass
class Home:
    """A journal that any number of devices share, each with a connection of its own."""

    folder: Path
    words: Words
    reader: Reader
    connect: Callable[[], Store]
    setting: str
    environ: dict[str, str]

    def device(self, clock: Callable[..., object]) -> Visitor:
        keeper = unhurried(self.connect(), Spill(self.folder / "spill.jsonl"))
        return Visitor(Exchange(self.words, self.reader, keeper), KEY, now=clock)  # type: ignore[arg-type]

    def entries(self) -> list[Entry]:
        """All that is kept, with what was spilled brought in."""
        store = self.connect()
        spill = self.folder / "spill.jsonl"
        if spill.exists():
            assert replay(spill, Intake(store, asked=False)) == 0
        found = list(store.entries(WHO))
        store.close()
        return found

    def moments(self) -> list[Moment]:
        return [one for one in self.entries() if isinstance(one, Moment)]

    def everything(self) -> str:
        """Every byte that is kept anywhere."""
        files = "".join(path.read_bytes().decode("latin-1") for path in self.folder.rglob("*") if path.is_file())
        return files + repr(self.entries())


@pytest.fixture(params=["sqlite", "dynamodb"])
def home(request: pytest.FixtureRequest, tmp_path: Path, words: Words, reader: Reader) -> Iterator[Home]:
    opened: list[Store] = []
    folder = tmp_path / "home"
    folder.mkdir()
    environ: dict[str, str] = {}
    table = f"home-{uuid4().hex}"
    if request.param == "dynamodb":
        environ = request.getfixturevalue("aws")

    def connect() -> Store:
        store: Store = DynamoDBStore(table, environ) if environ else SQLiteStore(folder / "journal.sqlite")
        opened.append(store)
        return store

    connect().create()
    setting = f"dynamodb://{table}" if environ else f"sqlite:{folder / 'journal.sqlite'}"
    yield Home(folder, words, reader, connect, setting, environ)
    for store in opened:
        store.close()


SAID = [
    "she's pushing me away", "next", "next", "now he's hitting me", "next", "it's not working", "again", "slower",
    "he won't put his shoes on", "he's gone quiet under the table", "help", "yes", "no", "they came to me",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_two_devices_at_once_lose_nothing_and_double_nothing(home: Home, clock: Clock, seed: int) -> None:
    first = home.device(clock)
    first.hear("she's screaming and throwing things")
    (begun,) = home.moments()
    begin, heard = Barrier(2), [1, 0]
    paths: list[set[str]] = [set(), set()]

    def talk(number: int, visitor: Visitor) -> None:
        chance = random.Random(10 * seed + number)
        begin.wait()
        for _ in range(25):
            before = visitor.state.moment if visitor.state else None
            visitor.hear(chance.choice(SAID))
            moment = visitor.state.moment if visitor.state else None
            if moment is not None and moment.id == begun.id:
                paths[number] |= set(moment.path)
                heard[number] = moment.heard.get(visitor.state.session.id, 0)  # type: ignore[union-attr]
            elif before is not None and before.id == begun.id:
                break

    devices = [first, home.device(clock)]
    devices[1].turn("launch")
    threads = [Thread(target=talk, args=one) for one in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = home.entries()
    assert len({one.key for one in kept}) == len(kept)
    (both,) = [one for one in kept if isinstance(one, Moment) and one.id == begun.id]
    assert set(both.path) >= paths[0] | paths[1]
    assert both.steps >= sum(heard)
    assert len(both.heard) <= 2
    sessions = [one for one in kept if isinstance(one, Session)]
    assert len(sessions) == len({one.id for one in sessions}) >= 2


def test_a_moment_that_one_device_forgets_does_not_come_back_from_the_other(home: Home, clock: Clock) -> None:
    kitchen, bedroom = home.device(clock), home.device(clock)
    kitchen.hear("she's pushing me away")
    clock.move(timedelta(minutes=1))
    bedroom.turn("launch")
    bedroom.hear("next")
    kitchen.hear("forget this")
    assert home.moments() == []
    bedroom.hear("next")
    bedroom.hear("stop")
    assert home.moments() == []


def test_a_visit_that_goes_on_while_everything_is_forgotten_on_another_device_leaves_nothing(
    home: Home, clock: Clock
) -> None:
    kitchen, bedroom = home.device(clock), home.device(clock)
    for device in (kitchen, bedroom):
        device.turn("launch")
        clock.move(timedelta(minutes=1))
    for said in ("forget everything", "yes"):
        bedroom.hear(said)
    for said in ("she's pushing me away", "next", "stop"):
        # The moment begins after it was asked that all be forgotten, and in a visit that is forgotten.
        assert kitchen.hear(said).speech.text
        assert home.entries() == []


TURNS = [
    "she's pushing me away",
    "next",
    "now he's hitting me",
    "slower",
    "next",
    "it's not working",
    "breathe with me",
]


@pytest.mark.parametrize("turns", range(1, len(TURNS) + 1))
def test_a_process_that_is_killed_after_any_turn_is_gone_on_from_once(home: Home, turns: int) -> None:
    environ = os.environ | home.environ | {
        "STAY_CLOSE_DATA": str(home.folder), "STAY_CLOSE_JOURNAL": home.setting, "STAY_CLOSE_KEY": KEY.secret.decode()
    }  # fmt: skip
    command = [str(BIN / "stay-close"), "talk", "--json"]
    with subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        for said in TURNS[:turns]:
            talk.stdin.write(said + "\n")
            talk.stdin.flush()
            last = json.loads(talk.stdout.readline())
        talk.send_signal(signal.SIGKILL)
    (before,) = home.moments()
    lines = "@launch\nagain\nnext\n"
    done = subprocess.run(command, env=environ, input=lines, capture_output=True, text=True, check=True)
    launch, again, further = map(json.loads, done.stdout.splitlines())
    assert "still with it?" in launch["speech"]["text"].lower()
    assert launch["situation"] == last["situation"] == again["situation"]
    assert launch["moment"] == last["moment"] == further["moment"] == before.id
    (after,) = home.moments()
    assert after.path == before.path
    assert after.place.step - before.place.step in (0, 1)
    assert after.steps - before.steps in (0, 1)
    if before.place.asking.kind == "next":
        script = home.words.scripts[before.place.script]
        assert any(wording.split(".")[0] in further["speech"]["text"] for wording in script.steps[before.place.step].do)
        # What is heard again is the step that was heard last, in its very words.
        assert any(wording in again["speech"]["text"] for wording in script.steps[before.place.step - 1].do)


def test_a_safety_question_that_a_dying_process_left_open_is_asked_again(home: Home, clock: Clock) -> None:
    home.device(clock).hear("i could kill that child")
    clock.move(timedelta(minutes=1))
    back = home.device(clock)
    assert back.turn("launch").reply.danger == "ask"
    assert "911" in back.turn("silence").speech.text


def test_forgetting_everything_leaves_not_one_trace(
    home: Home, clock: Clock, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    visitor = home.device(clock)
    for said in ("she's pushing me away", "next", "stop", "she let me hold her hand", "i'm so worn out i can't go on"):
        visitor.hear(said)
        clock.move(timedelta(minutes=30))
        visitor.leave_all("silence")
    spill = Spill(home.folder / "spill.jsonl")
    for moment in home.moments():
        spill.add(moment)
    (home.folder / "spill.jsonl").rename(home.folder / "spill.replaying.jsonl")
    for moment in home.moments():
        spill.add(moment)
    assert WHO in home.everything()
    visitor.hear("forget everything")
    answer = visitor.hear("yes")
    assert "gone" in answer.speech.text
    assert not answer.reply.listening
    visitor.leave_all()
    assert WHO not in home.everything()
    assert home.entries() == []
    assert WHO not in caplog.text
    assert WHO not in "".join(capfd.readouterr())
    # Twice is harmless, and whoever comes back is new.
    for said in ("forget everything", "yes"):
        visitor.hear(said)
    assert home.entries() == []
    assert "your words aren't kept" in visitor.turn("launch").speech.text


def test_where_it_cannot_be_erased_nobody_is_told_that_it_is(
    words: Words, reader: Reader, tmp_path: Path, clock: Clock
) -> None:
    file = tmp_path / "journal.sqlite"
    store = SQLiteStore(file)
    visitor = Visitor(Exchange(words, reader, Keeper(store, Spill(tmp_path / "spill.jsonl"))), KEY, now=clock)
    visitor.hear("she's pushing me away")
    store.close()
    file.unlink()
    file.mkdir()
    assert "again in a while" in visitor.hear("forget this").speech.text
    visitor.hear("forget everything")
    answer = visitor.hear("yes")
    assert "again in a while" in answer.speech.text
    assert answer.reply.listening


def test_nobody_is_taken_for_a_newcomer_where_the_journal_does_not_answer(
    words: Words, reader: Reader, tmp_path: Path
) -> None:
    (tmp_path / "journal.sqlite").mkdir()
    keeper = Keeper(SQLiteStore(tmp_path / "journal.sqlite"), Spill(tmp_path / "spill.jsonl"))
    visitor = Visitor(Exchange(words, reader, keeper), KEY)
    assert "voice app" not in visitor.turn("launch").speech.text
    assert "can't reach my notes" in visitor.hear("how are we doing").speech.text
    assert "can't reach my notes" in visitor.hear("what do you know about me").speech.text


def test_who_opens_the_skill_again_and_again_in_a_bad_hour_is_still_in_that_moment(home: Home, clock: Clock) -> None:
    home.device(clock).hear("she's pushing me away")
    for _ in range(12):
        clock.move(timedelta(minutes=1))
        again = home.device(clock)
        again.turn("launch")
        again.turn("next")
    (moment,) = home.moments()
    assert len(moment.heard) > 3
    assert again.hear("forget this").speech.text
    assert home.moments() == []
    assert not [entry for entry in home.entries() if isinstance(entry, Session) and entry.resumed]
