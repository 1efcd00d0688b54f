"""The pages in a browser, beside a hello-world page: how soon they are there, and how much comes. See bench.py."""

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from skill.channels.web.assets import packed
from tests.channels.web.conftest import CHROMIUM, QUIET, running
from tests.channels.web.test_offline import Page as OfflinePage
from tests.conftest import CASES, rows
from tests.engines import free_port

__all__ = ["pages"]

LIMITS = {"start": 3000.0, "ready": 1000.0, "first load": 150.0}
"""What the pages may take. start: process start to the first page, ms. ready: from the address to where it can be used,
ms. first load: kilobytes that the first visit brings, with all that is kept for a time without a network."""
ALONE_LIMITS = {"made ready": 50.0, "99 of 100 readings": 5.0}
"""What a page without a network may take to make the words ready, and to read a sentence, ms."""

HELLO = """
from flask import Flask

app = Flask(__name__)


@app.get("/")
def page():
    return "<!DOCTYPE html><title>Hello</title><p>Hello</p><script type=module src=/script.js></script>"


@app.get("/script.js")
def script():
    return "document.documentElement.dataset.ready = performance.now()", {"Content-Type": "text/javascript"}
"""
"""The baseline `hello`: a page and a script of one line each, from Flask under gunicorn."""

_Start = Callable[[Path], AbstractContextManager[str]]


def pages(times: int) -> bool:
    """Measure each so many times, print the figures; whether all are within what they may be."""
    servers: dict[str, _Start] = {"hello": _hello, "stay close": running}
    figures: dict[str, dict[str, float]] = {name: {} for name in servers}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        for name, server in servers.items():
            starts = [_started(server) for _ in range(times)]
            with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as address:
                visits = [_visited(browser, address) for _ in range(times)]
            figures[name] = {
                "start": statistics.median(starts),
                "ready": statistics.median(ready for ready, _ in visits),
                "first load": max(size for _, size in visits),
            }
        browser.close()
    within = []
    for name, measured in figures.items():
        for figure, value in measured.items():
            limit = LIMITS[figure] if name == "stay close" else None
            unit = " KB" if figure == "first load" else " ms"
            within.append(_say(f"pages of {name}: {figure}", value, limit, unit))
    within += [_say(f"without a network: {name}", value, ALONE_LIMITS[name], " ms") for name, value in _alone().items()]
    for figure in ("start", "ready"):
        print(f"{figure}: ratio to hello {figures['stay close'][figure] / figures['hello'][figure]:8.2f}")
    return all(within)


def _say(what: str, value: float, limit: float | None, unit: str) -> bool:
    passed = limit is None or value <= limit
    bound = "" if limit is None else f"  (at most {limit:.0f}{unit}: {'yes' if passed else 'NO'})"
    print(f"{what:42} {value:8.1f}{unit}{bound}")
    return passed


def _alone() -> dict[str, float]:
    """What a page without a network takes, measured in Node on the development set."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder, "words.json")
        words.write_bytes(packed("en"))
        page = OfflinePage(words)
        figures = page("time", [row["text"] for row in rows(CASES / "development.jsonl")] * 4)
        page.close()
    times = figures["milliseconds"]
    return {"made ready": figures["building"], "99 of 100 readings": times[len(times) * 99 // 100]}


def _started(server: _Start) -> float:
    """Milliseconds from the start of a server's process to its first page; its journal is new."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with server(Path(folder)) as address:
            urllib.request.urlopen(address).read()
            return (time.perf_counter() - began) * 1000


def _visited(browser: Browser, address: str) -> tuple[float, float]:
    """A first visit: milliseconds till the page can be used, and the kilobytes that came till nothing more did."""
    sizes: list[float] = []
    with browser.new_context() as around:
        page = around.new_page()
        debugger = around.new_cdp_session(page)
        debugger.send("Network.enable")
        debugger.on("Network.loadingFinished", lambda got: sizes.append(got["encodedDataLength"]))
        page.goto(address)
        can_be_used = page.locator("[data-ready]")
        can_be_used.wait_for(state="attached")
        ready = float(can_be_used.get_attribute("data-ready") or "nan")
        page.wait_for_load_state("networkidle")
    return ready, sum(sizes) / 1000


@contextmanager
def _hello(folder: Path) -> Iterator[str]:
    (folder / "hello.py").write_text(HELLO, encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "gunicorn", "hello:app", "--bind", address, "--workers", "2", "--threads", "8"]
    with subprocess.Popen([*command, "--log-level", "error"], cwd=folder) as server:
        try:
            while not _answers(f"http://{address}/"):
                time.sleep(0.005)
            yield f"http://{address}"
        finally:
            server.terminate()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address)
    except urllib.error.URLError:
        return False
    return True
