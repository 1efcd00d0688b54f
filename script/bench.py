"""Speed and memory, each as a ratio to a named baseline in one run. `script/bench` runs it; see --help."""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from script.cost import cost
from script.faults import faults
from script.pages import pages
from skill.compiled import COMPILED
from skill.journal.dynamodb import DynamoDBStore
from skill.reader import load_reader
from skill.reader.model import Model
from skill.words import load
from tests.conftest import event
from tests.engines import ROOT, Runtime, dynalite, runtime, settings
from tests.reader.hear import mishearings

LIMITS = {
    ("cold", "adapter"): 0.55,
    ("cold", "hello"): 1.6,
    ("warm", "adapter"): 0.7,
    ("first", "adapter"): 0.9,
    ("memory", "adapter"): 0.7,
}
"""What the skill may take of what a baseline takes. cold: process start to first response, the journal written. warm:
the median turn of visits, the journal written. first: the first turn of a visit, which asks for the past as well.
memory: resident, after all turns."""
KILLED = 500
"""Turns in which the process is killed at random points."""
VISIT = ("one_shot_search_query", "next", "next", "stop")
"""The turns of a visit."""
SAID = ("pushing me away", "screaming and throwing things", "under the bed and will not come out", "lying again")
"""What is said in the slot of a turn."""
WARMING = 20
"""Turns before the warm ones are counted."""
READER_LIMITS = {"artifact": 30.0, "load": 80.0, "median": 5.0, "99 of 100": 20.0, "slowest": 50.0}
"""What the reader may take: megabytes, then milliseconds; the slowest is of texts that are meant to be hard."""

HELLO = """
from ask_sdk_core.skill_builder import SkillBuilder

sb = SkillBuilder()


@sb.request_handler(lambda handler_input: True)
def hello(handler_input):
    return handler_input.response_builder.speak("Hello").set_should_end_session(False).response


lambda_handler = sb.lambda_handler()
"""
"""The baseline `hello`: a hello-world skill on ask-sdk-core, which keeps nothing."""

ADAPTER = """
import os
from ask_sdk.standard import StandardSkillBuilder
from ask_sdk_core.utils import is_request_type

sb = StandardSkillBuilder(table_name=os.environ["TABLE"], auto_create_table=False)


@sb.request_handler(lambda handler_input: True)
def hello(handler_input):
    manager = handler_input.attributes_manager
    attributes = manager.persistent_attributes
    attributes["visits"] = int(attributes.get("visits", 0)) + 1
    manager.save_persistent_attributes()
    return handler_input.response_builder.speak("Hello").set_should_end_session(False).response


lambda_handler = sb.lambda_handler()
"""
"""The baseline `adapter`: a hello-world skill on ask_sdk.standard with its DynamoDB persistence adapter: one read, one
write."""


def main() -> int:
    """Measure, print the figures and their ratios; give 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=11, help="cold starts of each skill (11)")
    parser.add_argument("--turns", type=int, default=200, help="warm turns of each skill (200)")
    parser.add_argument("--inputs", type=int, default=20000, help="misheard and random texts that are read (20000)")
    parser.add_argument("--reader", action="store_true", help="measure the reader alone")
    parser.add_argument("--faults", action="store_true", help="measure turns while the store fails, in its stead")
    parser.add_argument("--cost", action="store_true", help="measure what a million moments cost, in its stead")
    parser.add_argument("--pages", action="store_true", help="measure the pages in a browser, in its stead")
    chosen = parser.parse_args()
    if chosen.cost:
        cost()
        return 0
    if chosen.pages:
        return 0 if pages(chosen.starts) else 1
    if chosen.faults:
        return 0 if faults(chosen.turns, KILLED) else 1
    passed = [_reading(chosen.inputs)]
    if chosen.reader:
        return 0 if all(passed) else 1
    with dynalite() as address, tempfile.TemporaryDirectory() as folder:
        environment = settings(address)
        for name, code in (("adapter", ADAPTER), ("hello", HELLO)):
            Path(folder, f"{name}.py").write_text(code, encoding="utf-8")
        _make_tables(environment)
        ours = {**environment, "STAY_CLOSE_JOURNAL": "dynamodb://journal", "STAY_CLOSE_KEY": "a key for the benchmark"}
        baseline = {**environment, "TABLE": "baseline"}
        skills = {
            "adapter": lambda: runtime(Path(folder), "adapter.lambda_handler", baseline),
            "hello": lambda: runtime(Path(folder), "hello.lambda_handler", baseline),
            "stay close": lambda: runtime(ROOT / "lambda", "handler.lambda_handler", ours),
        }
        figures = {name: {"cold": value} for name, value in _cold(skills, chosen.starts).items()}
        for name, measured in _warm(skills, chosen.turns).items():
            figures[name] |= measured
    for name, measured in figures.items():
        for figure, unit in (("cold", " ms"), ("warm", " ms"), ("first", " ms"), ("memory", " MB")):
            _say(f"{name}: {figure}, median", measured[figure], None, unit)
    for (figure, baseline_name), limit in LIMITS.items():
        ratio = figures["stay close"][figure] / figures[baseline_name][figure]
        passed.append(_say(f"{figure}: ratio to {baseline_name}", ratio, limit))
    return 0 if all(passed) else 1


def _say(what: str, value: float, limit: float | None, unit: str = "") -> bool:
    passed = limit is None or value <= limit
    bound = "" if limit is None else f"  (at most {limit}{unit}: {'yes' if passed else 'NO'})"
    print(f"{what:42} {value:8.2f}{unit}{bound}")
    return passed


def _reading(inputs: int) -> bool:
    """The trained reader's size, how long it takes to load, and how long readings take."""
    words = load()
    path = COMPILED / f"{words.language}.reader"
    loads = [_timed(lambda: Model.load(path)) for _ in range(11)]
    reader = load_reader(words)
    rows = (ROOT / "tests" / "cases" / "development.jsonl").read_text(encoding="utf-8").splitlines()
    sentences = [json.loads(row)["text"] for row in rows]
    times = sorted(_timed(partial(reader.read, sentence)) for sentence in sentences * 4)
    hard = max(_timed(partial(reader.read, text)) for text in mishearings(sentences, inputs, seed=0))
    measured = {
        "artifact": path.stat().st_size / 1e6,
        "load": statistics.median(loads),
        "median": statistics.median(times),
        "99 of 100": times[int(len(times) * 0.99)],
        "slowest": hard,
    }
    units = {name: " MB" if name == "artifact" else " ms" for name in measured}
    # Each is said, also after one that is too much.
    within = [_say(f"reader: {name}", value, READER_LIMITS[name], units[name]) for name, value in measured.items()]
    return all(within)


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def _make_tables(environment: dict[str, str]) -> None:
    DynamoDBStore("journal", environment).create()
    store = DynamoDBStore("baseline", environment)
    # The persistence adapter's own shape.
    store._call(  # noqa: SLF001 - one table of another shape, for the baseline alone
        "CreateTable",
        TableName="baseline",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    store.close()


Skills = Mapping[str, Callable[[], AbstractContextManager[Runtime]]]


def _cold(skills: Skills, starts: int) -> dict[str, float]:
    """The median time from process start to first response, ms; the skills take turns."""
    times: dict[str, list[float]] = {name: [] for name in skills}
    for number in range(starts + 1):
        for name, start in skills.items():
            began = time.perf_counter()
            with start() as function:
                _turn(function, number, 0)
                took = (time.perf_counter() - began) * 1000
            # The first start only warms the file cache and the compiled modules.
            if number:
                times[name].append(took)
    return {name: statistics.median(some) for name, some in times.items()}


def _warm(skills: Skills, turns: int) -> dict[str, dict[str, float]]:
    """The median times of warm turns, ms, and the memory after all of them, MB; the skills take turns.

    `warm` is of all turns of visits, as caregivers pay them; `first` of the first turns alone, which ask for the past.
    """
    times: dict[str, list[float]] = {name: [] for name in skills}
    firsts: dict[str, list[float]] = {name: [] for name in skills}
    with ExitStack() as stack:
        running = {name: stack.enter_context(start()) for name, start in skills.items()}
        attributes: dict[str, dict[str, object]] = {name: {} for name in skills}
        for turn in range(turns + WARMING):
            step = turn % len(VISIT)
            for name, function in running.items():
                began = time.perf_counter()
                attributes[name] = _turn(function, 23, turn, VISIT[step], attributes[name] if step else {})
                if turn >= WARMING:
                    took = (time.perf_counter() - began) * 1000
                    times[name].append(took)
                    firsts[name] += [] if step else [took]
        memory = {name: function.memory() for name, function in running.items()}
    return {
        name: {"warm": statistics.median(some), "first": statistics.median(firsts[name]), "memory": memory[name]}
        for name, some in times.items()
    }


def _turn(
    function: Runtime, visit: int, turn: int, name: str = VISIT[0], attributes: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Send a recorded event as a turn of a visit, each time with another sentence; gives what the session keeps."""
    request = event(name, timestamp=f"2026-11-24T{visit:02d}:{turn // 60 % 60:02d}:{turn % 60:02d}Z")
    request["session"] |= {"sessionId": f"session-{visit}-{turn // len(VISIT)}", "attributes": attributes or {}}
    for slot in request["request"].get("intent", {}).get("slots", {}).values():
        slot["value"] = SAID[turn % len(SAID)]
    answer = function.invoke(request)
    if "outputSpeech" not in answer.get("response", {}):
        raise SystemExit(f"no answer: {answer}")
    kept: dict[str, object] = answer.get("sessionAttributes", {})
    return kept


if __name__ == "__main__":
    sys.exit(main())
