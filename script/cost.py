"""What a million moments cost, from measured units, sizes and durations: `script/bench --cost` runs it.

A moment is four turns of one visit under the runtime, the store counting its units. The processor is held to the share
that Lambda gives with each memory size (1,769 MB are one), where this machine lets it (cgroups, as root): by that the
function's memory is chosen. Prices are list prices of us-east-1 on the day below; look them up before you rely on them.
"""

import copy
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from skill.journal.dynamodb import DynamoDBStore
from tests.conftest import event
from tests.engines import ROOT, Runtime, dynalite, runtime, settings
from tests.engines.counted import Counted, counted

__all__ = ["cost"]

PRICED_ON = "2026-11-28"
PRICES = {
    "Lambda, a million requests": 0.20,
    "Lambda, a million GB-seconds, arm64": 13.3334,
    "DynamoDB, a million write units": 0.625,
    "DynamoDB, a million read units": 0.125,
    "logs, a GB": 0.50,
}
"""US dollars."""
PROCESSOR = 1769
"""MB of memory that come with one whole processor."""
SIZES = (256, 512, 1024, 1769)
"""Memory sizes that are compared, MB."""
MOMENT = ("one_shot_search_query", "next", "next", "stop")
VISITS = 50
"""Visits that are measured of each size."""
STARTS = 5


@dataclass
class _Measured:
    """What was measured of one memory size."""

    cold: list[float] = field(default_factory=list)
    """Seconds from a process's start to its first answer."""
    turns: list[float] = field(default_factory=list)
    """Seconds of warm turns."""


def cost() -> None:
    """Measure, and print what each part costs."""
    with dynalite() as healthy, counted(healthy) as (address, count), tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "function.log")
        environment = _environment(healthy, address)
        print(f"{'memory':>8} {'processor':>10} {'cold ms':>9} {'warm p50':>9} {'p95 ms':>8} {'$ a million turns':>18}")
        measured = {}
        for size in SIZES:
            one = measured[size] = _measure(size, environment, log)
            # Lambda bills what it sees: the duration of each turn, rounded up to a millisecond.
            seconds = statistics.mean(one.turns)
            dollars = seconds * size / 1024 * PRICES["Lambda, a million GB-seconds, arm64"]
            slow = sorted(one.turns)[int(len(one.turns) * 0.95)]
            print(
                f"{size:6} MB {min(1.0, size / PROCESSOR):10.2f} {statistics.median(one.cold) * 1000:9.0f}"
                f" {statistics.median(one.turns) * 1000:9.1f} {slow * 1000:8.1f} {dollars:18.2f}"
            )
        _bill(measured, count, environment, log)


def _bill(measured: Mapping[int, _Measured], count: Counted, environment: dict[str, str], log: Path) -> None:
    """The bill of a million moments at the function's own size."""
    size = _memory_size()
    log.write_bytes(b"")
    with runtime(ROOT / "lambda", "handler.lambda_handler", environment, log=log) as function:
        _visit(function, "first")
        count.clear()
        log.write_bytes(b"")
        for number in range(VISITS):
            _visit(function, f"bill{number % 7}")
    moments, turns = VISITS, VISITS * len(MOMENT)
    seconds = statistics.mean(measured[size].turns)
    gigabytes = size / 1024
    lines = {
        f"{turns / moments:.0f} turns: Lambda's requests": turns / moments * PRICES["Lambda, a million requests"],
        f"{seconds * 1000:.1f} ms each at {size} MB": (
            turns / moments * seconds * gigabytes * PRICES["Lambda, a million GB-seconds, arm64"]
        ),
        f"{count.writes / moments:.1f} write units": count.writes / moments * PRICES["DynamoDB, a million write units"],
        f"{count.reads / moments:.1f} read units": count.reads / moments * PRICES["DynamoDB, a million read units"],
        f"{log.stat().st_size / moments:,.0f} bytes of log": (
            log.stat().st_size / moments * 1e6 / 1e9 * PRICES["logs, a GB"]
        ),
    }
    print(f"\na million moments (list prices of {PRICED_ON}); the largest item that was put: {count.longest} bytes")
    for what, dollars in lines.items():
        print(f"  {what:36} ${dollars:7.2f}")
    print(f"  {'in all':36} ${sum(lines.values()):7.2f}")


def _environment(healthy: str, address: str) -> dict[str, str]:
    table = f"journal-{uuid4().hex}"
    environment = {
        **settings(address),
        "STAY_CLOSE_JOURNAL": f"dynamodb://{table}",
        "STAY_CLOSE_KEY": "a key for what things cost",
    }
    store = DynamoDBStore(table, settings(healthy))
    store.create()
    store.close()
    return environment


def _measure(size: int, environment: dict[str, str], log: Path) -> _Measured:
    found = _Measured()
    for start in range(STARTS):
        with (
            runtime(ROOT / "lambda", "handler.lambda_handler", environment, log=log) as function,
            _held(function, size),
        ):
            found.cold += _visit(function, f"cold{size}-{start}")[:1]
            if start == STARTS - 1:
                for number in range(VISITS):
                    found.turns += _visit(function, f"warm{size}-{number % 7}")
    return found


def _visit(function: Runtime, user: str) -> list[float]:
    """A visit in which one moment is told; gives the seconds of each turn."""
    times: list[float] = []
    attributes: dict[str, Any] = {}
    session = uuid4().hex
    for turn, name in enumerate(MOMENT):
        at = time.strftime("%Y-%m-%dT%H:%M:", time.gmtime()) + f"{turn:02d}Z"
        request: dict[str, Any] = event(name, timestamp=at)
        request["session"] |= {"sessionId": session, "attributes": copy.deepcopy(attributes)}
        for holder in (request["session"], request["context"]["System"]):
            holder["user"]["userId"] = user
        began = time.perf_counter()
        response = function.invoke(request)
        times.append(time.perf_counter() - began)
        attributes = response["sessionAttributes"]
    return times


def _memory_size() -> int:
    """The memory that `template.yaml` gives the function, MB."""
    template = (ROOT / "template.yaml").read_text(encoding="utf-8")
    return int(template.partition("MemorySize: ")[2].split()[0])


@contextmanager
def _held(function: Runtime, size: int) -> Iterator[None]:
    """Hold the emulator and all that it starts to the share of a processor that comes with so much memory."""
    share = min(1.0, size / PROCESSOR)
    v1, v2 = Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup")
    group = (v1 if v1.is_dir() else v2) / f"stay-close-{uuid4().hex}"
    try:
        group.mkdir()
        # A period of 20 ms, which is Lambda's own as far as one can see from inside.
        if v1.is_dir():
            (group / "cpu.cfs_period_us").write_text("20000")
            (group / "cpu.cfs_quota_us").write_text(str(int(20000 * share)))
        else:
            (group / "cpu.max").write_text(f"{int(20000 * share)} 20000")
        (group / "cgroup.procs").write_text(str(function.process.pid))
    except OSError as error:
        print(f"  the processor cannot be held to {share:.2f} here ({error.strerror}): it was whole")
        yield
        return
    try:
        yield
    finally:
        for process in (group / "cgroup.procs").read_text().split():
            (group.parent / "cgroup.procs").write_text(process)
        group.rmdir()
