"""Whatever is said in whatever order, on whichever day: the reply is valid, danger answered, every path has an exit."""

import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skill.channels.terminal import Visitor
from skill.conversation import Conversation, State, TurnKind
from skill.exchange import Answer, Exchange
from skill.journal import Moment, Spill
from skill.journal.sqlite import SQLiteStore
from skill.plain import from_plain, to_plain
from skill.reader import load_reader
from skill.words import load
from tests.conftest import CASES, KEY, Clock, rows, unhurried

WORDS = load()
READER = load_reader(WORDS)
SENTENCES = [row["text"] for row in rows(CASES / "development.jsonl") + rows(CASES / "plain.jsonl")]
EMERGENCIES = [row["text"] for row in rows(CASES / "emergencies.jsonl")]
NEAR_MISSES = ["i could kill that child", "she fell and hit her head", "she ran off", "what's the point of any of it"]
COMMANDS: list[TurnKind] = [
    "launch", "unheard", "silence", "next", "again", "slower", "shorter", "yes", "no", "say", "not_working", "worse",
    "came", "over", "wait", "breathe", "help", "person", "start_over", "skip", "morning", "every_morning", "remind",
    "no_reminder", "know", "forget_this", "forget_everything", "stop_keeping", "keep_again", "allowed", "not_allowed",
]  # fmt: skip
ANSWERS = [
    "yes", "no", "maybe", "better", "the same", "much worse", "skip", "it's over", "still going", "at half past six",
    "the first one", "the second", "no thanks", "yeah go on", "how are we doing", "how was last week",
    "she let me hug her",
]  # fmt: skip
DOUBTS = ["maybe", "i'm not sure", "yes", "what", "later", "not yet", "not really", "it's not", "okay", "help"]
SPANS = [timedelta(minutes=2), timedelta(minutes=19), timedelta(minutes=25), timedelta(hours=9), timedelta(days=4)]
NO_ERRANDS: Any = None
"""A stop needs none."""
SECRET = "zanzibar"
STATE_BYTES = 4096
HEARD_AGAIN = frozenset({"again", "slower", "shorter", "silence", "unheard", "start_over"})
"""Commands that say what was said before."""
LONGEST = 75


class Conversations(RuleBasedStateMachine):
    """Two caregivers with two devices, who talk on and on."""

    @initialize()
    def begin(self) -> None:
        self.store = SQLiteStore(Path(":memory:"))
        self.clock = Clock()
        self.visitor = Visitor(Exchange(WORDS, READER, unhurried(self.store, Spill(None))), KEY, now=self.clock)
        self.last: Answer | None = None
        self.told: dict[str, str] = {}
        self.repeats = False
        self.stale: set[str] = set()
        self.live: dict[str, str] = {}

    def take(self, answer: Answer, *, repeats: bool = False) -> None:
        self.clock.move(timedelta(seconds=3))
        self.last, self.repeats = answer, repeats
        event("turn")

    @rule(sentence=st.sampled_from(SENTENCES + NEAR_MISSES) | st.text(max_size=40))
    def say(self, sentence: str) -> None:
        said = bool(sentence.strip())
        self.take(
            self.visitor.turn("said", f"{sentence} {SECRET}") if said else self.visitor.turn("silence"),
            repeats=not said,
        )

    @rule(command=st.sampled_from(COMMANDS))
    def command(self, command: TurnKind) -> None:
        self.take(self.visitor.turn(command), repeats=command in HEARD_AGAIN)

    @rule(answer=st.sampled_from(ANSWERS))
    def answer(self, answer: str) -> None:
        self.take(self.visitor.hear(answer))

    @rule(sentence=st.sampled_from(EMERGENCIES))
    def emergency(self, sentence: str) -> None:
        answer = self.visitor.hear(sentence)
        early = " ".join(answer.speech.text.split()[:20])
        assert answer.reply.danger == "sure"
        assert any(number in early for number in WORDS.numbers("US").values())
        self.take(answer)

    @rule(miss=st.sampled_from(NEAR_MISSES), answer=st.sampled_from(DOUBTS))
    def near_miss(self, miss: str, answer: str) -> None:
        self.take(self.visitor.hear(miss))
        assert self.last is not None
        assert self.last.reply.danger != "none"
        self.take(self.visitor.hear(answer))
        assert self.last.reply.danger == "sure"

    @rule()
    def stop(self) -> None:
        answer = self.visitor.turn("stop")
        assert not answer.reply.listening
        assert self.visitor.state is None
        self.take(answer, repeats=True)

    @rule(line=st.sampled_from(["@close", "@launch", "@task MorningWord", "@device hall", "@device den"]))
    def control(self, line: str) -> None:
        answer = self.visitor.hear(line)
        self.take(answer, repeats=True)
        if not answer.speech.text:
            self.last = None

    @rule(span=st.sampled_from(SPANS))
    def wait(self, span: timedelta) -> None:
        self.visitor.leave_all("silence")
        self.clock.move(span)
        self.last = None
        assert self.visitor.state is None

    @rule(name=st.sampled_from(["ann", "bo"]))
    def another(self, name: str) -> None:
        self.visitor.person = name
        self.last = None

    @rule()
    def everything_forgotten(self) -> None:
        # A danger that another device has left open would come first.
        self.visitor.leave_all()
        self.visitor.hear("forget everything")
        answer = self.visitor.hear("yes")
        assert not answer.reply.listening
        assert list(self.store.entries(self.visitor.caregiver)) == []
        self.take(answer, repeats=True)

    @invariant()
    def the_reply_is_valid(self) -> None:
        if self.last is None:
            return
        reply, speech = self.last.reply, self.last.speech
        if not reply.passages:
            return
        assert speech.text
        assert len(speech.ssml) < 8000
        assert all(int(pause) <= 10_000 for pause in re.findall(r'time="(\d+)ms"', speech.ssml))
        assert len(speech.text.split()) <= LONGEST
        assert speech.seconds <= 60 * (1.5 if reply.slow else 1)
        asks = reply.passages[-1].kind == "question"
        assert asks == reply.listening == bool(reply.reprompt)
        assert sum(passage.kind == "question" for passage in reply.passages) == asks
        assert "{" not in speech.text
        if not reply.listening:
            assert not speech.text.endswith("?")
            assert self.visitor.state is None
        if reply.listening and reply.situation in WORDS.emergencies:
            assert reply.danger != "none"
            assert self.visitor.state is not None
            assert self.visitor.state.place.asking.kind in ("number", "safety", "erase")

    @invariant()
    def never_the_same_wording_twice_running(self) -> None:
        if self.last is None:
            return
        text = self.last.speech.text
        standing = self.store.recall(self.visitor.caregiver).standing
        # Of who wants no track kept it is not known what the last session has said.
        unknown = standing is not None and not standing.tracking
        # Nor does one device know what another says in the same minute.
        session = self.visitor.state.session.id if self.visitor.state else ""
        others = any(who == self.visitor.person and where != self.visitor.device for who, where in self.visitor.states)
        unknown = unknown or others or (bool(session) and self.live.get(self.visitor.person) not in (session, "", None))
        self.live[self.visitor.person] = session
        assert self.repeats or unknown or text != self.told.get(self.visitor.person)
        self.told[self.visitor.person] = text

    @invariant()
    def the_state_is_small_and_travels(self) -> None:
        for state in self.visitor.states.values():
            plain = json.dumps(to_plain(state), separators=(",", ":"))
            assert len(plain.encode()) <= STATE_BYTES
            assert from_plain(State, json.loads(plain)) == state

    @invariant()
    def nothing_that_was_said_is_spoken_or_kept(self) -> None:
        if self.last is not None:
            assert SECRET not in self.last.speech.ssml.lower()
        for state in self.visitor.states.values():
            assert SECRET not in repr(state)
        entries = list(self.store.entries(self.visitor.caregiver))
        assert SECRET not in repr(entries)
        assert all(often == 1 for often in Counter(entry.key for entry in entries).values())

    @invariant()
    def who_wants_no_track_kept_has_none(self) -> None:
        standing = self.store.recall(self.visitor.caregiver).standing
        # A session that was open on another device learns of it with its next visit.
        others = [one for (who, _), one in self.visitor.states.items() if who == self.visitor.person and one.tracking]
        self.stale |= {self.visitor.person} if others and standing and not standing.tracking else set()
        if standing is not None and not standing.tracking and self.visitor.person not in self.stale:
            kept = self.store.entries(self.visitor.caregiver)
            assert all(one.seen <= standing.seen for one in kept if isinstance(one, Moment))

    @invariant()
    def every_path_has_an_exit(self) -> None:
        state = self.visitor.state
        if state is not None:
            # Tried on a copy: a stop, wherever it comes, ends the session.
            place = self.visitor.person, self.visitor.device
            _, after = Conversation(WORDS, READER).answer(self.visitor.made("stop"), state, NO_ERRANDS)
            assert after.session.ending is not None
            assert self.visitor.states[place] == state

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=200, stateful_step_count=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
