"""Many caregivers' conversations against function processes with a store behind them. `script/load` runs it."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

sys.path.insert(0, str(Path(__file__).parents[1]))

from script.load_browsers import PAUSES
from script.load_journal import ENGINES, measured
from script.load_run import MINUTE, Figures, Load, Pool, by_minute, within
from script.load_web import Plan
from script.load_web import played as played_by_browsers
from skill.journal import Key
from skill.journal.dynamodb import DynamoDBStore
from tests.conftest import event
from tests.engines import ROOT, running_dynalite, runtime, settings

__all__ = ["GROWN", "SLOWER", "judged", "main", "played"]

GROWN = 1.05
"""What a function's memory may be in the end of what it was after the first minute."""
SLOWER = 1.25
"""What the last minute's p99 may be of the first one's."""
SHOWN = 20
"""Faults, and lines of the log, that are shown at most."""
START, WARM, END = "at start", "after a minute", "at the end"
DYNALITE = "dynalite"
SECRET = "a key for the load alone"


def main(arguments: list[str] | None = None) -> int:
    """Play, print the figures, and give 1 where one of them is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, help="how long they speak (2; in browsers 1)")
    parser.add_argument("--caregivers", type=int, help="how many there are (1000; of a journal 10000; in browsers 200)")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="functions that answer (a core each)"
    )
    parser.add_argument("--rate", type=float, default=0.0, help="requests a second (as many as are answered)")
    parser.add_argument("--seed", default="0", help="another seed, other conversations (0)")
    parser.add_argument("--journal", choices=ENGINES, help="measure on this engine what a very large journal costs")
    parser.add_argument("--moments", type=int, default=100, help="moments of each caregiver in that journal (100)")
    parser.add_argument("--calls", type=int, default=2000, help="how often each call is measured on it (2000)")
    parser.add_argument("--web", action="store_true", help="let them speak to the web server, all at once")
    parser.add_argument(
        "--home", action="store_true", help="… all of one home without a token, not each with their own"
    )
    parser.add_argument("--workers", type=int, default=2, help="… its processes (2)")
    parser.add_argument(
        "--pauses", type=float, nargs=2, default=PAUSES, metavar="SECONDS", help="… between two turns (0.5 to 3)"
    )
    chosen = parser.parse_args(arguments)
    if chosen.web:
        seconds, people = (chosen.minutes or 1.0) * MINUTE, chosen.caregivers or 200
        settled = Plan(seconds, people, chosen.home, chosen.workers, chosen.pauses, chosen.seed)
        return 0 if played_by_browsers(settled) else 1
    if chosen.journal:
        within = measured(chosen.journal, chosen.caregivers or 10_000, chosen.moments, chosen.calls)
        return 0 if within else 1
    figures = played(
        (chosen.minutes or 2.0) * MINUTE, chosen.caregivers or 1000, chosen.processes, chosen.rate, chosen.seed
    )
    return 0 if judged(figures) else 1


def played(seconds: float, caregivers: int, processes: int, rate: float, seed: str) -> Figures:
    """Play for so long against so many functions; print what is of no run's verdict."""
    figures = Figures()
    with ExitStack() as stack:
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "log"
        engine = stack.enter_context(running_dynalite())
        environment = {
            **settings(engine.address),
            "STAY_CLOSE_JOURNAL": "dynamodb://journal",
            "STAY_CLOSE_KEY": SECRET,
        }
        store = DynamoDBStore("journal", environment)
        stack.callback(store.close)
        store.create()
        functions = [
            stack.enter_context(runtime(ROOT / "lambda", "handler.lambda_handler", environment, log=log))
            for _ in range(processes)
        ]
        for function in functions:
            # Started by its first event, which nobody waits for.
            function.invoke(event("permission_changed"))

        def look(when: str) -> None:
            memory = {f"function {number}": function.memory() for number, function in enumerate(functions, 1)}
            figures.memory[when] = {**memory, DYNALITE: engine.memory()}

        pool = Pool(functions, figures, rate)
        load = Load(pool.send, Key(SECRET.encode()), caregivers, seed, figures)
        look(START)
        warm = Timer(MINUTE, look, [WARM])
        warm.start()
        load.run(seconds, processes)
        warm.cancel()
        look(END)
        load.read_log(log, store)
        items = load.look(store)
    print(f"{len(load.told.sessions)} visits and {len(load.told.moments)} moments told and not forgotten, {items} kept")
    return figures


def judged(figures: Figures) -> bool:
    """Print the figures; whether all are as they must be."""
    minutes = by_minute(figures.turns)
    rate = len(figures.turns) / max(at for at, _ in figures.turns)
    print(f"{len(figures.turns)} turns, {rate:.0f} a second")
    own = by_minute(figures.own)
    for number, (times, without) in enumerate(zip(minutes, own, strict=False), 1):
        p50, p95, p99 = (times[int(len(times) * part)] for part in (0.5, 0.95, 0.99))
        parts = f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, max {times[-1]:.1f} ms"
        print(f"minute {number:2}: {len(times):6} turns, {parts}; without the store p99 {_p99(without):.1f} ms")
    for when, processes in figures.memory.items():
        print(f"memory {when:14}: " + ", ".join(f"{name} {size:.1f} MB" for name, size in processes.items()))
    for line, often in figures.log.most_common(SHOWN):
        print(f"log: {often:6} {line}")
    for fault in figures.faults[:SHOWN]:
        print(f"fault: {fault}")
    held = [
        within("answers and entries that are wrong", len(figures.faults), 0),
        within("requests that failed inside", figures.log["Faults"], 0),
        within("p99 without the store, last to first minute", _p99(own[-1]) / _p99(own[0]), SLOWER),
    ]
    warm, end = figures.memory.get(WARM, {}), figures.memory.get(END, {})
    if not warm:
        print("The memory is not judged: the run was shorter than a minute.")
    held += [
        within(f"memory of {name}, end to first minute", end[name] / size, GROWN)
        for name, size in warm.items()
        if name != DYNALITE
    ]
    return all(held)


def _p99(times: list[float]) -> float:
    return times[int(len(times) * 0.99)]


if __name__ == "__main__":
    sys.exit(main())
