"""Whatever is said in whatever order: the reply is valid, danger is answered, and every path has an exit."""

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from skill.channels.terminal import CAREGIVER, Visitor
from skill.conversation import TurnKind
from skill.exchange import Answer, Exchange
from skill.journal import Keeper, Spill
from skill.journal.sqlite import SQLiteStore
from skill.reader import load_reader
from skill.words import load
from tests.conftest import CASES, KEY, Clock, rows

WORDS = load()
READER = load_reader(WORDS)
SENTENCES = [row["text"] for row in rows(CASES / "development.jsonl") + rows(CASES / "plain.jsonl")]
EMERGENCIES = [row["text"] for row in rows(CASES / "emergencies.jsonl")]
NEAR_MISSES = ["i could kill that child", "she fell and hit her head", "she ran off", "what's the point of any of it"]
COMMANDS: list[TurnKind] = [
    "launch", "unheard", "silence", "next", "again", "slower", "yes", "no", "not_working", "help", "start_over",
]  # fmt: skip
DOUBTS = ["maybe", "i'm not sure", "yes", "what", "later", "not yet", "not really", "it's not", "okay", "help"]
SECRET = "zanzibar"


class Conversations(RuleBasedStateMachine):
    """One caregiver who talks on and on."""

    @initialize()
    def begin(self) -> None:
        self.store = SQLiteStore(Path(":memory:"))
        self.clock = Clock()
        self.visitor = Visitor(Exchange(WORDS, READER, Keeper(self.store, Spill(None))), KEY, now=self.clock)
        self.said: list[str] = []
        self.last: Answer | None = None
        self.before: Answer | None = None

    def take(self, answer: Answer) -> None:
        self.before, self.last = self.last, answer

    @rule(sentence=st.sampled_from(SENTENCES + NEAR_MISSES) | st.text(max_size=40))
    def say(self, sentence: str) -> None:
        self.take(self.visitor.hear(f"{sentence} {SECRET}" if sentence.strip() else sentence))

    @rule(command=st.sampled_from(COMMANDS))
    def command(self, command: TurnKind) -> None:
        self.take(self.visitor.turn(command))

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
        self.take(answer)

    @rule()
    def leave(self) -> None:
        self.visitor.leave()
        self.last = None
        assert self.visitor.state is None

    @invariant()
    def the_reply_is_valid(self) -> None:
        if self.last is None:
            return
        reply, speech = self.last.reply, self.last.speech
        assert speech.text
        assert len(speech.ssml) < 8000
        assert len(speech.text.split()) <= 75
        assert speech.seconds <= 60 * (1.5 if reply.slow else 1)
        asks = reply.passages[-1].kind == "question"
        assert asks == reply.listening == bool(reply.reprompt)
        assert "{" not in speech.text
        if reply.listening and reply.situation in WORDS.emergencies:
            assert reply.danger != "none"
            assert self.visitor.state is not None
            assert self.visitor.state.place.asking.kind in ("number", "safety")

    @invariant()
    def nothing_that_was_said_is_spoken_or_kept(self) -> None:
        if self.last is not None:
            assert SECRET not in self.last.speech.ssml.lower()
        entries = list(self.store.entries(KEY.caregiver(CAREGIVER)))
        assert SECRET not in repr(entries)
        assert all(often == 1 for often in Counter(entry.key for entry in entries).values())

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()


TestConversations = Conversations.TestCase
TestConversations.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
