"""Without a network: the page's own modules in Node, with the house's own reader and conversation as the judge."""

import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped] # it has none
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from skill.channels.web.assets import packed
from skill.channels.web.offline import products
from skill.conversation import Asking, Conversation, Passage, State, Turn
from skill.journal.entries import Moment, Place, Session
from skill.plain import from_plain
from skill.reader import Reader
from skill.reader.normal import normalise
from skill.reader.reader import FEW_WORDS, REQUEST_WORDS
from skill.reader.rules import Matcher, Sentence, matchers
from skill.speech import heard_pauses, spoken
from skill.words import Rule, Words
from tests.conftest import BIN, CASES, rows
from tests.engines import ROOT
from tests.reader.hear import mishearings

HERE = Path(__file__).parent
STATIC = ROOT / "skill" / "channels" / "web" / "static"
HEARD = ROOT / "skill" / "content" / "en" / "heard"
TRANSCRIPTS: list[dict[str, Any]] = YAML(typ="safe", pure=True).load((HERE / "offline.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)
MOST_BYTES = 90_000
"""Size of the words as they travel, compressed with brotli of quality 5."""
RECLASSED = frozenset({"\U0001171e"})
"""A sign whose category is another in the Unicode of Node than in that of Python."""
BUTTONS = (
    "next again slower shorter yes no stop say not_working worse help person breathe wait start_over silence over came"
    " skip launch morning know"
).split()  # fmt: skip
ASKED = "what next easing choose safety number still outcome number_later erase offer time remind else".split()

KEYS = frozenset("said kind label has lacks danger listening child asking happened".split())
"""What a turn of a transcript may hold."""

Reply = dict[str, Any]


class Page:
    """The page's modules, in a process of Node."""

    def __init__(self, words: Path) -> None:
        command = [BIN / "node", HERE / "offline.mjs", STATIC, words]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, name: str, *given: object) -> Any:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps([name, *given]) + "\n")
        self._node.stdin.flush()
        return json.loads(self._node.stdout.readline())

    def answer(self, turn: dict[str, Any], stands: object = None, country: str = "US") -> Reply:
        reply: Reply = self("answer", turn, stands, country)
        return reply

    def close(self) -> None:
        self._node.communicate()
        assert self._node.returncode == 0


@pytest.fixture(scope="module")
def compact(words: Words) -> bytes:
    return packed(words.language)


@pytest.fixture(scope="module")
def page(compact: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    path = tmp_path_factory.mktemp("offline") / "words.json"
    path.write_bytes(compact)
    page = Page(path)
    yield page
    page.close()


@pytest.fixture(scope="module")
def sentences(words: Words) -> list[str]:
    """All that is known to have been said: the lists to learn from, the cases, and what made the rules."""
    heard = [
        line
        for path in sorted(HEARD.glob("*.txt"))
        for line in path.read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    cases = [row["text"] for path in sorted(CASES.glob("*.jsonl")) for row in rows(path) if "text" in row]
    said = [rule.heard for rule in all_rules(words)]
    phrases = [phrase for some in words.commands.values() for phrase in some]
    return [*dict.fromkeys([*heard, *cases, *said, *phrases])]


def all_rules(words: Words) -> list[Rule]:
    rules = [one.rules for one in words.danger]
    rules += [one.rules for one in words.requests]
    rules += [question.rules for question in words.safety.values()]
    rules += [told.rules for told in words.outcomes.values()]
    rules += [aside.rules for aside in words.asides.values()]
    return [rule for some in (*rules, *words.all_clear.values()) for rule in some]


def text(reply: Reply) -> str:
    return " ".join(item["text"] for item in reply["spoken"])


def standing(kind: str, options: Iterable[str] = (), question: str = "", **changes: Any) -> dict[str, Any]:
    place = {"asking": {"kind": kind, "options": list(options), "question": question}}
    return {"place": place | {name: changes.pop(name) for name in ("script", "step") if name in changes}, **changes}


# One form


def test_a_sentence_comes_to_the_same_form_as_at_home(page: Page, sentences: list[str]) -> None:
    assert len(sentences) > 40_000
    for said in sentences:
        assert page("normalise", said) == normalise(said), said


def test_so_does_what_is_misheard_and_what_is_no_sentence(page: Page, sentences: list[str]) -> None:
    for said in mishearings(sentences, 5_000, 11):
        if RECLASSED.isdisjoint(said) and all(unicodedata.category(sign) != "Cn" for sign in said):
            assert page("normalise", said) == normalise(said), said


def test_every_sign_is_read_alike(page: Page) -> None:
    signs = [sign for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign) not in ("Cs", "Cn")]
    signs = [sign for sign in signs if sign not in RECLASSED]
    assert len(signs) > 250_000
    for first in range(0, len(signs), 40):
        said = " x ".join(f"a{sign}b {sign} {sign}'s" for sign in signs[first : first + 40])
        assert page("normalise", said) == normalise(said), hex(ord(signs[first]))


SIGNS = st.characters(exclude_categories=["Cs", "Cn"], exclude_characters=RECLASSED)


@settings(max_examples=1000, deadline=None)
@given(
    said=st.text(SIGNS) | st.text("aes tn'’`ß1²ﬁİΣς0９…१፩") | st.from_regex(r"(please )?ask stay close( to)? .{0,20}\Z")
)
def test_whatever_is_typed_is_read_alike(page: Page, said: str) -> None:
    if RECLASSED.isdisjoint(said) and all(unicodedata.category(sign) not in ("Cn", "Cs") for sign in said):
        assert page("normalise", said) == normalise(said)


@pytest.mark.parametrize(
    "said",
    [
        "a" * 10_000 + " hit me",
        "first " + "blah " * 5000 + "he is not breathing",
        "𝒽𝑒 " * 9000,
        "̈" * 20_000,
        "😱" * 16_001,
        "ж" * 300,
        "constructor __proto__ toString",
        "\ud83d he",
        "",
        " \x00\t",
    ],
    ids=range(10),
)
def test_what_nobody_says_is_read_alike(page: Page, said: str) -> None:
    assert page("normalise", said) == normalise(said)


# The exact rules


@pytest.fixture(scope="module")
def ready(words: Words) -> dict[str, list[tuple[str, Matcher]]]:
    """The house's own matchers, each with what it means."""

    def named(units: Iterable[tuple[str, tuple[Rule, ...]]]) -> list[tuple[str, Matcher]]:
        return [(name, one) for name, rules in units for one in matchers(rules, words.phrases)]

    return {
        "danger": named((one.emergency, one.rules) for one in words.danger),
        "safety": named((name, question.rules) for name, question in words.safety.items()),
        "outcomes": named((name, told.rules) for name, told in words.outcomes.items()),
        "all_clear": named(words.all_clear.items()),
        "requests": named((one.command, one.rules) for one in words.requests),
        "asides": named((name, aside.rules) for name, aside in words.asides.items()),
    }


def read(ready: dict[str, list[tuple[str, Matcher]]], said: str) -> list[Any]:
    """What the house's rules make of a sentence, in the order in which the page tells it."""
    spoken = Sentence(normalise(said))
    danger = next(([name, rule.form] for name, rule in ready["danger"] if rule.holds(spoken)), None)

    def first(kind: str) -> str:
        return next((name for name, rule in ready[kind] if rule.holds(spoken)), "")

    return [
        danger,
        "" if danger else first("safety"),
        first("outcomes") if len(spoken.words) <= 12 else "",
        "" if danger else first("all_clear"),
        first("asides"),
    ]


def test_every_rule_holds_where_it_holds_at_home(
    page: Page, sentences: list[str], ready: dict[str, list[tuple[str, Matcher]]]
) -> None:
    found = set()
    for said in (*sentences, *mishearings(sentences, 5_000, 23)):
        if any(unicodedata.category(sign) == "Cn" or sign in RECLASSED for sign in said):
            continue
        expected = read(ready, said)
        assert page("read", said) == expected, said
        found |= {str(expected[0]), expected[1]}
    # The judge has met every form of every emergency, and every question that has rules.
    forms = {str([name, rule.form]) for name, rule in ready["danger"]}
    assert forms | {name for name, _ in ready["safety"]} <= found


def test_a_command_is_the_same_command_as_at_home(
    page: Page, words: Words, reader: Reader, ready: dict[str, list[tuple[str, Matcher]]]
) -> None:
    listed = [phrase for some in words.commands.values() for phrase in some]
    ruled = [rule.heard for one in words.requests for rule in one.rules]
    for said in (*listed, *ruled, "yeah go on please", "no thanks love", "yes he hit me", "i'll call them now"):
        spoken = Sentence(normalise(said))
        danger, question, *_ = read(ready, said)
        calm = not danger and not question and len(spoken.words) <= REQUEST_WORDS
        asked = next((name for name, rule in ready["requests"] if calm and rule.holds(spoken)), "")
        listed_as = reader.command(said, whole=True)
        # The house's model may find danger where no exact rule does, and then there is no command.
        assert reader.command(said) in (listed_as or asked or None, None)
        # Longer ones are left to whoever has that model.
        command = listed_as or (asked if len(spoken.words) <= FEW_WORDS else "")
        assert page("command", said) == [command, reader.plain_answer(said) or ""], said


def test_products_stand_for_just_the_phrases_that_they_were_made_of() -> None:
    phrases = ["hit him", "hit her", "kick him", "kick her", "ran off", "stab*", "$child ran", "he", "hit"]
    made = products(phrases)
    expanded = []
    for product in made.split("|"):
        some = [""]
        for place in product.split(" "):
            some = [f"{start} {word}".strip() for start in some for word in place.split("/")]
        expanded += some
    assert sorted(expanded) == sorted(phrases)
    assert "hit/kick her/him" in made
    assert products([]) == ""


# Danger comes first

STATES: dict[str, object] = {
    "nothing known": None,
    "empty": {},
    "mid-script": standing("next", script="hitting", step=1, situation="hitting"),
    "at the end": standing("easing", script="raging", step=3, situation="raging", short=True, slow=True),
    "safety question": standing("safety", ["child_in_danger", "running_in_circles"], "lost_sight", script="x"),
    "another emergency": standing("number", ["abuse", "home"], "number", situation="abuse"),
    **{kind: standing(kind, ["raging", "hitting"] if kind == "choose" else []) for kind in ASKED},
}


@pytest.mark.parametrize("state", STATES)
def test_danger_gets_its_number_whatever_was_asked(
    state: str, page: Page, words: Words, ready: dict[str, list[tuple[str, Matcher]]]
) -> None:
    numbers = set(words.numbers("US").values())
    for said in (rule.heard for one in words.danger for rule in one.rules):
        label, form = read(ready, said)[0]
        reply = page.answer({"kind": "said", "text": said}, STATES[state])
        call = " ".join(item["text"] for item in reply["spoken"] if item["kind"] == "call")
        wordings = [one.format_map(words.numbers("US")) for one in words.emergencies[label].form(form).call]
        assert (reply["danger"], call in wordings) == ("sure", True), said
        assert any(number in " ".join(text(reply).split()[:25]) for number in numbers)
        assert reply["spoken"][0]["kind"] == "call"
        assert reply["listening"] is not words.emergencies[label].form(form).closes


@pytest.mark.parametrize("state", ["nothing", "mid-script"])
@pytest.mark.parametrize("file", ["core", "emergencies", "unmet", "development"])
def test_whoever_tells_of_danger_gets_a_number_or_the_question(page: Page, words: Words, file: str, state: str) -> None:
    """Also where no exact rule knows the sentence, and only the model at home would have."""
    stands = {} if state == "nothing" else standing("next", script="raging", step=1, situation="raging")
    numbers = {*words.numbers("US").values()}
    told = [row["text"] for row in rows(CASES / f"{file}.jsonl") if row["label"] in words.emergencies]
    assert len(told) > 50
    for said in told:
        reply = page.answer({"kind": "said", "text": said}, stands)
        assert reply["danger"] == "ask" or any(number in text(reply) for number in numbers), said


def test_only_a_clear_no_answers_a_safety_question_with_no(page: Page, words: Words) -> None:
    for name, question in words.safety.items():
        if_yes, if_no = question.if_yes or "child_in_danger", question.if_no
        stands = standing("safety", [if_yes, if_no], name, situation=if_no)
        for said in ("no", "no, nobody", *words.commands["clear_no"]):
            assert page.answer({"kind": "said", "text": said}, stands)["danger"] == "none", said
        for said in ("yes", "maybe", "i don't know", "the weather", "no but she is bleeding", "", "next", "what"):
            reply = page.answer({"kind": "said", "text": said}, stands)
            assert reply["danger"] == "sure", said
            assert reply["stands"].get("place", {}).get("asking", {}).get("kind", "number") == "number"
        for kind in ("silence", "yes", "next", "help", "wait", "situation", "breathe", "over"):
            assert page.answer({"kind": kind, "label": "tired"}, stands)["danger"] == "sure", kind
        for kind in ("again", "slower", "launch"):
            assert page.answer({"kind": kind}, stands)["danger"] == "ask"


# Every number is one


def test_no_number_is_a_blank_in_any_country(page: Page, words: Words) -> None:
    for country in (*words.helplines, "us", "XX", ""):
        numbers = words.numbers(country.upper())
        for label, emergency in words.emergencies.items():
            for form in emergency.forms:
                stands: object = standing("number", [label, form.name], "number")
                for _ in form.call:
                    reply = page.answer({"kind": "launch"}, stands, country)
                    assert not re.search(r"[{}]|undefined|null", text(reply))
                    assert any(number in text(reply) for number in numbers.values())
                    stands = standing("number", [label, form.name], "number", spoken=reply["stands"]["spoken"])
        for turn in ({"kind": "help"}, {"kind": "person"}, {"kind": "said", "text": "flibber"}):
            assert not re.search(r"[{}]|undefined|null", text(page.answer(turn, None, country)))


# The scripts


def known(words: Words) -> set[str]:
    """Every sentence that may be spoken in the United States."""
    blanks = words.numbers("US")
    pairs = [(first, second) for first in words.choices.values() for second in words.choices.values()]
    texts = [wording for wordings in words.prompts.values() for wording in wordings]
    texts += [one for script in words.scripts.values() for step in script.steps for one in step.do]
    texts += [one for script in words.scripts.values() for one in (*script.say, *script.if_not, script.more_help)]
    forms = [form for emergency in words.emergencies.values() for form in emergency.forms]
    texts += [one for form in forms for one in (*form.call, *form.say, *form.then)]
    texts += [one for question in words.safety.values() for one in (*question.ask, *question.after_no)]
    texts += [one for told in words.outcomes.values() for one in told.say]
    texts += [one for aside in words.asides.values() for one in aside.say]
    texts += [f"{one.text} {one.do}" for one in words.encouragements]
    found = set()
    for one in texts:
        for sentence, _ in heard_pauses([Passage(one)], ""):
            if "{first}" in sentence:
                found |= {sentence.format(first=first, second=second) for first, second in pairs}
            elif "{number}" in sentence:
                found |= {sentence.format(number=number) for number in blanks.values()}
            elif all(
                f"{{{blank}}}" in {f"{{{name}}}" for name in blanks} for blank in re.findall(r"{(\w+)}", sentence)
            ):
                found.add(sentence.format_map(blanks))
    return found


def test_every_script_can_be_walked_to_its_end_in_the_words_own_words(page: Page, words: Words) -> None:
    sayable = known(words)
    for label, script in words.scripts.items():
        chosen = label in words.choices
        reply = page.answer({"kind": "situation", "label": label}, None) if chosen else {"stands": None, "spoken": []}
        if not chosen:
            reply = page.answer({"kind": "not_working"}, standing("what"))
        said = [reply]
        for _ in range(12):
            if not reply["listening"]:
                break
            kind = "no" if reply["danger"] == "ask" else "next"
            reply = page.answer({"kind": kind}, reply["stands"])
            said.append(reply)
            if f"{label}/if_not" in reply["stands"]["spoken"]:
                break
        everything = " ".join(map(text, said))
        for step in script.steps:
            fitting = [" ".join(re.sub(r"\[\w+\]", "", one.format_map(words.numbers("US"))).split()) for one in step.do]
            assert any(one in everything for one in fitting), (label, step)
        assert any(reply["child"] for reply in said) is bool(script.say and any(step.say for step in script.steps))
        assert script.closes or script.more_help.format_map(words.numbers("US")) in everything
        assert {item["text"] for reply in said for item in reply["spoken"]} <= sayable


@pytest.fixture(scope="module")
def as_at_home(page: Page, words: Words, reader: Reader) -> Callable[[str, dict[str, Any]], None]:
    """Hold the page's answer to a command against the conversation itself."""
    talk, say = Conversation(words, reader), words.prompts["say"][0]

    def compare(kind: str, stands: dict[str, Any]) -> None:
        reply = page.answer({"kind": kind}, stands)
        after, state = talk.answer(turn(kind), at(stands), None)  # type: ignore[arg-type] # it runs no errand
        assert text(reply) == spoken(after.passages, say).replace('"', ""), (stands, kind)
        assert (reply["danger"], reply["listening"]) == (after.danger, after.listening)
        if reply["listening"]:
            assert from_plain(Place, reply["stands"]["place"]) == state.place
            assert from_plain(tuple[Passage, ...], reply["stands"]["last"]) == state.last
            assert reply["stands"]["silences"] == state.silences
            assert reply["stands"]["situation"] == (state.moment.situation if state.moment else "")

    return compare


COMMANDS = (
    "next again shorter slower yes no skip say not_working worse help person breathe wait start_over stop silence came"
).split()


def test_a_command_in_a_script_is_answered_as_at_home(
    words: Words, as_at_home: Callable[[str, dict[str, Any]], None]
) -> None:
    for script in words.scripts.values():
        for step in range(1, len(script.steps) + 1):
            if script.name == "small_win" and step + 1 >= len(script.steps):
                continue  # There a note of it is told of, which is not kept here.
            asking = "next" if step < len(script.steps) else "easing"
            for kind in COMMANDS:
                stands = standing(asking, script=script.name, step=step, situation="tired", spoken={"prompts/next": 0})
                as_at_home(kind, stands)


def test_a_command_in_an_emergency_is_answered_as_at_home(
    words: Words, as_at_home: Callable[[str, dict[str, Any]], None]
) -> None:
    for label, emergency in words.emergencies.items():
        for form in emergency.forms:
            for offer in ("number", "meanwhile"):
                for silences in (0, 1):
                    stands = standing("number", [label, form.name], offer, situation=label, silences=silences)
                    for kind in (*COMMANDS, "over", "launch"):
                        as_at_home(kind, stands | {"spoken": {}})


def test_a_command_after_a_safety_question_is_answered_as_at_home(
    words: Words, as_at_home: Callable[[str, dict[str, Any]], None]
) -> None:
    for name, question in words.safety.items():
        options = [question.if_yes or "abuse", question.if_no]
        stands = standing("safety", options, name, situation=question.if_no or "tired", spoken={})
        for kind in (*COMMANDS, "over", "launch"):
            as_at_home(kind, stands)


def test_a_command_after_any_other_question_is_answered_as_at_home(
    as_at_home: Callable[[str, dict[str, Any]], None],
) -> None:
    for kind in (*COMMANDS, "over"):
        if kind != "over":
            # Where it is over nobody asks here how it ended: it could not be kept.
            as_at_home(kind, standing("what", situation="tired", spoken={}))
            as_at_home(kind, standing("choose", ["raging", "hitting"], situation="raging", spoken={}))
        if kind != "came":
            # There a note of it is told of, which is not kept here.
            as_at_home(kind, standing("else", situation="", spoken={}))


def turn(kind: Any) -> Turn:
    return Turn(kind, NOW, "caregiver", "session", "web", "en-US")


def at(stands: dict[str, Any]) -> State:
    """The state of the house where a conversation stands so."""
    place = from_plain(Place, stands["place"])
    label = stands["situation"]
    moment = Moment("session-1", "caregiver", NOW, NOW, "web", "en-US", label, (label,), place=place) if label else None
    session = Session("session", "caregiver", NOW, NOW, "web", "en-US", spoken=dict(stands["spoken"]), introduced=True)
    return State(session, moment=moment, place=place, silences=stands.get("silences", 0))


@pytest.mark.parametrize("slow", [False, True])
def test_what_was_said_last_is_repeated_with_its_own_pauses(slow: bool, page: Page, words: Words) -> None:  # noqa: FBT001
    say, numbers = words.prompts["say"][0], words.numbers("US")
    wordings = [(one, "action") for name in ("breathe", "wait") for one in words.prompts[name]]
    for script in words.scripts.values():
        wordings += [(one, "action") for step in script.steps for one in step.do]
        wordings += [(one, "child") for one in script.say]
    for emergency in words.emergencies.values():
        wordings += [(one, "call") for form in emergency.forms for one in form.call]
    for wording, kind in wordings:
        last = [{"text": wording.format_map(numbers), "kind": kind}]
        reply = page.answer({"kind": "again"}, standing("next", script="tired", step=1, last=last, slow=slow))
        question = " ".join(item["text"] for item in reply["spoken"] if item["kind"] == "question")
        passages = [from_plain(Passage, one) for one in (*last, {"text": question, "kind": "question"})]
        longer = 1.5 if slow else 1.0
        expected = [[one, round(min(pause * longer, 10.0), 3)] for one, pause in heard_pauses(passages, say)]
        assert [[item["text"], item["pause"]] for item in reply["spoken"]] == expected
        assert reply["rate"] == (0.75 if slow else 0.9)
        assert reply["child"] == (last[0]["text"] if kind == "child" else "")


# Whatever comes

TURNS = (
    st.sampled_from(BUTTONS).map(lambda kind: {"kind": kind})
    | st.sampled_from(["raging", "tired", "abuse", "encouragement", "small_win", "i_lost_it", "nonsense"]).map(
        lambda label: {"kind": "situation", "label": label}
    )
    | st.sampled_from(
        ["no", "yes", "he is not breathing", "what", "the second one", "my husband hits me", "he ran off", "worse", "",
         "i could kill that child", "a bit better", "flibber", "it's over", "i called them", "say that again", "thanks"]
    ).map(lambda said: {"kind": "said", "text": said})
    | st.text().map(lambda said: {"kind": "said", "text": said})
)  # fmt: skip
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9)
    | st.text(max_size=6)
    | st.sampled_from([*ASKED, "hitting", "abuse"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from("place script step asking kind options question last text situation spoken slow".split()),
            inner,
        )
    ),
    max_leaves=12,
)
STANDS = (
    st.none()
    | JSON
    | st.builds(
        standing,
        st.sampled_from(ASKED),
        st.lists(st.sampled_from(["raging", "hitting", "abuse", "child_medical", "poison", ""]), max_size=2),
        st.sampled_from(["", "meanwhile", "lost_sight", "outcome_now", "could_hurt"]),
        script=st.sampled_from(["", "hitting", "losing_my_temper", "connect_first", "small_win"]),
        step=st.integers(0, 4),
        situation=st.sampled_from(["", "hitting", "abuse", "tired"]),
        silences=st.integers(0, 1),
    )
)


@settings(max_examples=600, deadline=None)
@given(stands=STANDS, turns=st.lists(TURNS, min_size=1, max_size=8))
def test_whatever_comes_something_is_said_and_nothing_fails(
    page: Page, words: Words, stands: object, turns: list[dict[str, Any]]
) -> None:
    fault = {sentence for one in words.prompts["fault"] for sentence, _ in heard_pauses([Passage(one)], "")}
    before: Reply | None = None
    for one in turns:
        reply = page.answer(one, stands)
        stands = reply["stands"]
        assert reply["spoken"]
        assert all(item["text"].strip() and "{" not in item["text"] for item in reply["spoken"])
        assert reply["spoken"][0]["text"] not in fault
        assert reply["spoken"][-1]["pause"] == 0
        assert (reply["spoken"][-1]["kind"] == "question") is reply["listening"]
        if one["kind"] not in ("again", "slower", "launch") and one.get("text") != "say that again":
            assert before is None or text(reply) != text(before) or len(reply["spoken"]) == 1
        before = reply
        for happened in reply["happened"]:
            assert happened["situation"] in words.groups()


def test_where_it_fails_itself_the_number_is_said(page: Page) -> None:
    reply = page("fault")
    assert "911" in text(reply)
    assert reply["listening"]


def test_what_can_be_chosen_can_be_answered(page: Page, words: Words) -> None:
    choices = page("choices")
    assert {one["label"]: one["text"] for one in choices}.items() <= words.choices.items()
    assert {one["label"] for one in choices} >= (set(words.scripts) | set(words.emergencies)) - {"connect_first"}
    for one in choices:
        reply = page.answer({"kind": "situation", "label": one["label"]})
        assert "catch" not in text(reply)
        assert reply["happened"] == ([] if one["label"] == "encouragement" else [{"situation": one["label"]}])


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda one: one["about"])
def test_transcript(transcript: dict[str, Any], page: Page) -> None:
    assert set(transcript) <= {"about", "country", "stands", "turns"}
    stands = transcript.get("stands")
    for one in transcript["turns"]:
        assert set(one) <= KEYS
        given = {"kind": one.get("kind", "said"), "text": one.get("said", ""), "label": one.get("label", "")}
        reply = page.answer(given, stands, transcript.get("country", "US"))
        stands = reply["stands"]
        assert all(part in text(reply) for part in one.get("has", [])), text(reply)
        assert not any(part in text(reply) for part in one.get("lacks", [])), text(reply)
        assert one.get("danger", reply["danger"]) == reply["danger"]
        assert one.get("listening", reply["listening"]) is reply["listening"]
        assert one.get("child", bool(reply["child"])) is bool(reply["child"])
        assert one.get("asking", "") in ("", stands.get("place", {}).get("asking", {}).get("kind"))
        assert one.get("happened", [*reply["happened"]]) == reply["happened"]


# What it costs


def test_the_words_are_small(compact: bytes) -> None:
    assert len(brotli.compress(compact, quality=5)) <= MOST_BYTES


def test_what_is_remembered_has_the_names_that_the_house_gives_it(page: Page) -> None:
    stands = page.answer({"kind": "next"})["stands"]
    state = {field.name for field in fields(State)} | {"situation", "spoken"}
    assert set(stands) <= state
    assert set(stands["place"]) == {field.name for field in fields(Place)}
    assert set(stands["place"]["asking"]) == {field.name for field in fields(Asking)}
