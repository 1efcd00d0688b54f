"""Many conversations at once with the web server, as browsers hold them. `script/load --web` runs it."""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from script.load_browsers import PAUSES, Figures, Run
from script.load_run import within
from skill.journal import Session, caregiver_key
from skill.journal.sqlite import SQLiteStore
from tests.engines import ROOT

__all__ = ["SLOWEST", "Plan", "Server", "judged", "looked", "played", "serving"]

SLOWEST = 100
"""Milliseconds that the slowest but one of a hundred turns may take."""
SETTLED = 0.2
"""Seconds for which a server has done nothing once it has started."""
SHOWN = 20
"""Faults that are shown at most."""


@dataclass(frozen=True)
class Server:
    """A running server with its data folder."""

    port: int
    data: Path
    log: Path
    process: subprocess.Popen[str]

    def memory(self) -> dict[str, float]:
        """Process → resident memory, MB."""
        return {
            name: int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            for name, folder in self._processes()
        }

    def busy(self) -> float:
        """Seconds of processor time that all its processes have used."""
        ticks = 0
        for _, folder in self._processes():
            ticks += sum(map(int, (folder / "stat").read_text().rpartition(") ")[2].split()[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until all its processes have started, as whoever calls it later would find them."""
        before = -1.0
        while (now := self.busy()) != before:
            before = now
            time.sleep(SETTLED)

    def _processes(self) -> Iterator[tuple[str, Path]]:
        first = Path("/proc", str(self.process.pid))
        yield "master", first
        workers = (first / "task" / first.name / "children").read_text().split()
        yield from ((f"worker {number}", Path("/proc", pid)) for number, pid in enumerate(workers, 1))


@contextmanager
def serving(folder: Path, *options: str, **environ: str) -> Iterator[Server]:
    """Run `stay-close serve` with its data in a folder."""
    data, log = folder / "data", folder / "log"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("STAY_CLOSE")}
    command = [sys.executable, "-m", "skill", "serve", "--port", "0", *options]
    env = {**ours, "STAY_CLOSE_DATA": str(data), **environ}
    with (
        log.open("w") as written,
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=written, text=True) as process,
    ):
        assert process.stdout is not None
        found = re.search(r":(\d+)/ ", process.stdout.readline())
        assert found, log.read_text(encoding="utf-8")
        try:
            yield Server(int(found[1]), data, log, process)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Plan:
    """Who speaks for how long, and to what."""

    seconds: float = 60.0
    people: int = 200
    home: bool = False
    """Whether they are all of one home without a token, or each has their own."""
    workers: int = 2
    """The server's processes."""
    pauses: Sequence[float] = PAUSES
    """Seconds between two turns, at least and at most."""
    seed: str = "0"


def played(plan: Plan) -> bool:
    """Let them speak, and print the figures; whether all is as it must be."""
    tokens = {} if plan.home else {f"person-{number}": secrets.token_hex(16) for number in range(plan.people)}
    # With tokens they come through a proxy, each from an address of their own: as they would from the network.
    options = ["--workers", str(plan.workers), *(["--proxies", "1"] if tokens else [])]
    environ = {"STAY_CLOSE_TOKEN": ",".join(f"{name}={token}" for name, token in tokens.items())}
    figures = Figures()
    with (
        tempfile.TemporaryDirectory(prefix="load-web-") as folder,
        serving(Path(folder), *options, **environ) as server,
    ):
        server.settle()
        run = Run(server.port, figures, plan.pauses, plan.seed)
        before, busy, own, began = server.memory(), server.busy(), time.process_time(), time.monotonic()
        run.play(plan.seconds, plan.people, tokens)
        took = time.monotonic() - began
        shares = {"server": (server.busy() - busy) / took, "client": (time.process_time() - own) / took}
        for when, memory in (("at start", before), ("at the end", server.memory())):
            print(f"memory {when:10}: " + ", ".join(f"{name} {size:.1f} MB" for name, size in memory.items()))
        print(
            "processors: "
            + ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
            + f" of {os.cpu_count()}"
        )
        spills = looked(server, figures)
    return judged(figures, took, spills)


def looked(server: Server, figures: Figures) -> int:
    """Look at what the server has written, and for what its journal lacks; give how much it has put aside."""
    figures.faults += server.log.read_text(encoding="utf-8").splitlines()
    key = caregiver_key({"STAY_CLOSE_DATA": str(server.data)})
    kept: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with closing(SQLiteStore(server.data / "journal.sqlite")) as store:
        for entry in store.everything():
            if isinstance(entry, Session):
                kept[entry.caregiver][entry.id] += 1
    for user, home in figures.homes.items():
        figures.faults += home.faults(user, kept[key.caregiver(user)])
    sessions = sum(len(home.named) + home.unnamed for home in figures.homes.values())
    print(f"{sessions} visits answered and not forgotten, {sum(map(len, kept.values()))} kept")
    spill = server.data / "spill.jsonl"
    return len(spill.read_text(encoding="utf-8").splitlines()) if spill.exists() else 0


def judged(figures: Figures, took: float, spills: int) -> bool:
    """Print the figures; whether all are as they must be."""
    turns, late = sorted(figures.turns), sorted(figures.late)
    p50, p95, p99 = (_part(turns, part) for part in (0.5, 0.95, 0.99))
    print(f"{len(turns)} turns, {len(turns) / took:.0f} a second")
    print(f"p50 {p50:.1f}, p95 {p95:.1f}, p99 {p99:.1f}, max {turns[-1]:.1f} ms")
    print(f"late by our own clock, and so the client's part: p99 {_part(late, 0.99):.1f} ms")
    for fault, often in Counter(figures.faults).most_common(SHOWN):
        print(f"fault: {often:6} {fault}")
    return all(
        [
            within("answers and visits that are wrong", len(figures.faults), 0),
            within("entries that were put aside", spills, 0),
            within("p99 of a turn, ms", p99, SLOWEST),
        ]
    )


def _part(times: Sequence[float], part: float) -> float:
    """The time that such a part of the sorted times keeps to; 0 where there are none."""
    return times[int(len(times) * part)] if times else 0.0
