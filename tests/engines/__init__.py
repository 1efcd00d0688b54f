"""The real engines that tests and benchmarks start: DynamoDB's stand-in dynalite, and the Lambda runtime."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ENGINES", "ROOT", "Dynalite", "Runtime", "dynalite", "free_port", "running_dynalite", "runtime", "settings"]

ROOT = Path(__file__).parents[2]
ENGINES = ROOT / ".engines"
BIN = Path(sys.executable).parent


def free_port() -> int:
    """A port on which nothing listens."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass(frozen=True)
class Dynalite:
    """DynamoDB's stand-in."""

    address: str
    process: subprocess.Popen[bytes]

    def memory(self) -> float:
        """Resident memory, MB; what it keeps in memory is part of it."""
        # The process that was started is a script, and Node is its child.
        return max(map(_resident, _started(self.process)))


def settings(address: str) -> dict[str, str]:
    """The environment in which AWS is the engine at an address."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": address,
        "AWS_CONFIG_FILE": "/nonexistent",
    }


@contextmanager
def dynalite() -> Iterator[str]:
    """Run dynalite; gives its address."""
    with running_dynalite() as engine:
        yield engine.address


@contextmanager
def running_dynalite(folder: Path | None = None) -> Iterator[Dynalite]:
    """Run dynalite; it keeps its tables in `folder`, or in memory where there is none."""
    port = free_port()
    script = ENGINES / "node_modules" / "dynalite" / "cli.js"
    command = [BIN / "node", script, "--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]
    if folder is not None:
        command += ["--path", folder]
    with _running(command) as process:
        _wait_for(f"http://127.0.0.1:{port}", process)
        yield Dynalite(f"http://127.0.0.1:{port}", process)


@dataclass(frozen=True)
class Runtime:
    """A function under the Lambda runtime client and Amazon's emulator of the runtime."""

    url: str
    process: subprocess.Popen[bytes]
    """The emulator."""

    def functions(self) -> list[Path]:
        """The folders in /proc of the processes that the emulator has started: the function's, once it was called."""
        return _started(self.process)

    def memory(self) -> float:
        """Resident memory of the function's process, MB."""
        return max(map(_resident, self.functions()))

    def invoke(self, event: Any) -> Any:
        """Send an event, or bytes that need not be one; give the function's answer."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


@contextmanager
def runtime(
    folder: Path,
    handler: str,
    environment: Mapping[str, str],
    *,
    python: Path | str = sys.executable,
    flags: Sequence[str] = (),
    log: Path | None = None,
) -> Iterator[Runtime]:
    """Run the function `handler` of `folder`, as Lambda does: started by its first event.

    What it and the emulator write goes to the end of the file `log`, where there is one.
    """
    port, inner = free_port(), free_port()
    command = [
        ENGINES / "aws-lambda-rie", "--log-level", "error",
        "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
        "--runtime-api-address", f"127.0.0.1:{inner}",
        python, *flags, "-m", "awslambdaric", handler,
    ]  # fmt: skip
    settings = {
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "8",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_NAME": "skill",
        **environment,
    }
    with _running(command, log, cwd=folder, env={**os.environ, **settings}) as process:
        _wait_for_port(port, process)
        yield Runtime(f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations", process)


@contextmanager
def _running(command: list[Any], log: Path | None = None, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended with all that it started."""
    with Path(log or os.devnull).open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            [str(part) for part in command],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **options,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _started(process: subprocess.Popen[bytes]) -> list[Path]:
    """The folders in /proc of the processes that a process has started and that have not ended."""
    return [stat.parent for stat in Path("/proc").glob("[0-9]*/stat") if _parent(stat) == process.pid]


def _parent(stat: Path) -> int | None:
    """The process that has started the one of this file in /proc; none where that has ended while it was looked at."""
    try:
        return int(stat.read_text(encoding="utf-8").rpartition(") ")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return None


def _resident(process: Path) -> float:
    """Resident memory of a process by its folder in /proc, MB."""
    pages = int((process / "statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until something answers at `url`, whatever it says."""
    _wait_for_port(int(url.rpartition(":")[2]), process)
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()


def _wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.002)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")
