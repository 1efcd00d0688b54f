"""Faults of the store, measured: `script/bench --faults` runs it.

Under the runtime, 200 turns without a fault, then 200 with each: every reply valid, the slowest of a hundred, what was
spilled, and what of all that was told is in the journal after a replay, and once more after another. Then 500 turns in
which the process is killed at random points.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from skill.journal.intake import Intake
from skill.journal.replay import replay
from tests.channels.visits import Journal, Visits, killing
from tests.engines import ROOT, dynalite, runtime
from tests.engines.faulty import FAULTS, Faulty, faulty

__all__ = ["SLOWER", "faults"]

SLOWER = 1.2
"""Seconds by which a fault may make the slowest of a hundred turns slower."""


def faults(turns: int, killed: int) -> bool:
    """Measure each fault over so many turns, and kills over `killed`; whether all is as it must be."""
    print(f"{'fault':28} valid   p50 ms   p99 ms   spilled  lost or doubled")
    with dynalite() as healthy, faulty(healthy) as proxy:
        usual, well = _fault("", turns, healthy, proxy)
        passed = [well]
        for fault in FAULTS:
            slowest, well = _fault(fault, turns, healthy, proxy)
            passed.append(well and slowest - usual <= SLOWER)
        passed.append(_kills(killed, healthy, proxy))
    return all(passed)


def _fault(fault: str, turns: int, healthy: str, proxy: Faulty) -> tuple[float, bool]:
    """The slowest of a hundred turns, s, and whether nothing was lost."""
    with _journal(healthy, proxy) as (journal, visits):
        visits.play(20)
        visits.times.clear()
        proxy.fault = fault
        visits.play(turns)
        proxy.fault = ""
        return _say(fault or "none", visits, journal)


def _kills(turns: int, healthy: str, proxy: Faulty) -> bool:
    with _journal(healthy, proxy) as (journal, visits):
        visits.play(1)
        visits.play(turns, killing(visits.function, proxy))
        proxy.fault = ""
        return _say(f"killed {visits.unanswered} times", visits, journal)[1]


@contextmanager
def _journal(healthy: str, proxy: Faulty) -> Iterator[tuple[Journal, Visits]]:
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(proxy, healthy, Path(folder, "function.log"))
        with runtime(ROOT / "lambda", "handler.lambda_handler", journal.settings, log=journal.log) as function:
            yield journal, Visits(function, "HOME")
        journal.store.close()


def _say(name: str, visits: Visits, journal: Journal) -> tuple[float, bool]:
    faults = []
    for _ in range(2):
        replay(journal.log, Intake(journal.store, asked=False))
        faults += visits.missing(journal.entries(visits))
    times = sorted(visits.times)
    median, slowest = times[len(times) // 2], times[int(len(times) * 0.99)]
    print(
        f"{name:28} {len(times):5} {median * 1000:8.1f} {slowest * 1000:8.1f} {journal.spilled():9}  {len(faults)}",
        flush=True,
    )
    for fault in faults:
        print(f"  {fault}")
    return slowest, not faults
