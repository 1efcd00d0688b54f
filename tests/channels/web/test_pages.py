"""All pages in a real browser: nothing that axe finds, nothing that scrolls sideways; screenshots are kept."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from skill.journal.sqlite import SQLiteStore
from tests.channels.web.conftest import opened, running, until
from tests.channels.web.test_journal import moment
from tests.channels.web.test_speaker import type_in
from tests.conftest import KEY, START
from tests.engines import ENGINES, ROOT

Scheme = Literal["light", "dark"]

AXE = ENGINES / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "build" / "screenshots"
"""Where the screenshots are kept: to be looked at after a run."""
WIDTHS = {320: 640, 768: 1024, 1280: 800}
"""Pixels of a window's width, and of its height."""
PAGES = {
    "speaker": "/",
    "journal": "/journal",
    "summary": "/journal/summary",
    "forget": "/journal/forget",
    "words": "/words",
    "away": "/away",
    "nowhere": "/nowhere",
}
FIRST_LOAD = 150_000
"""Bytes that the first visit may bring over the network, all that is kept for a time without one among them."""
PATHS = ("pushing_me_away", "raging hitting", "raging", "tired raging small_win", "hitting child_medical", "worn_out")
OUTCOMES = ("better", "better", "same", "worse", None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with some weeks in its journal."""
    data = tmp_path_factory.mktemp("data")
    chance = random.Random(7)
    store = SQLiteStore(data / "journal.sqlite")
    for number in range(60):
        at = datetime.now(UTC) - timedelta(days=50) * chance.random()
        path = chance.choice(PATHS).split()
        store.keep(moment(*path, ago=START - at, number=number, outcome=chance.choice(OUTCOMES)))
    store.close()
    with running(data, STAY_CLOSE_KEY=KEY.secret.decode()) as address:
        yield address


def faults(page: Page) -> list[str]:
    """What axe finds, each as `rule: where`."""
    # Through the debugger's way in: the page's own policy lets no foreign script in.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everyone(browser: Browser, address: str, name: str, scheme: Scheme) -> None:
    with opened(browser, address + PAGES[name], allowed="404", color_scheme=scheme) as page:
        page.wait_for_load_state("networkidle")
        _look(page, f"{name}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_so_can_the_speaker_in_each_of_its_states(browser: Browser, address: str, scheme: Scheme) -> None:
    with opened(browser, address, color_scheme=scheme) as page:
        page.get_by_role("button", name="Talk").click()
        _look(page, f"listening-{scheme}")
        page.evaluate("hear('she is pushing me away')")
        expect(page.locator("#child")).to_be_visible()
        _look(page, f"script-{scheme}")
        until(page, "navigator.serviceWorker.controller !== null")
        page.context.set_offline(True)
        type_in(page, "well it is all a bit of a muddle")
        expect(page.locator("#choices")).to_be_visible()
        _look(page, f"offline-{scheme}")
        type_in(page, "he's not breathing")
        expect(page.locator("#spoken .call").first).to_be_visible()
        expect(page.locator("#choices")).to_be_hidden()
        _look(page, f"danger-{scheme}")


def _look(page: Page, name: str) -> None:
    """Nothing that axe finds, nothing that scrolls sideways on any window; and a picture of each is kept."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.screenshot(path=SHOTS / f"{name}-{width}.png")
    page.set_viewport_size({"width": 320, "height": WIDTHS[320]})
    assert faults(page) == []


def test_the_door_can_be_used_by_everyone(browser: Browser, tmp_path: Path) -> None:
    with (
        running(tmp_path / "data", STAY_CLOSE_TOKEN="a token of twenty signs") as address,
        opened(browser, address, allowed="403") as page,
    ):
        expect(page).to_have_url(f"{address}/door")
        _look(page, "door")
        page.get_by_label("Token").fill("not this one, surely")
        page.get_by_role("button", name="Come in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        _look(page, "door-refused")
        page.get_by_label("Token").fill("a token of twenty signs")
        page.get_by_role("button", name="Come in").click()
        until(page, "document.querySelector('[data-ready]') !== null")
        type_in(page, "she's pushing me away")
        expect(page.locator("#child")).to_be_visible()


def test_at_twice_the_size_nothing_scrolls_sideways_even_on_a_small_phone(browser: Browser, address: str) -> None:
    for path in PAGES.values():
        with opened(browser, address + path, allowed="404", viewport={"width": 320, "height": 400}) as page:
            page.evaluate("document.documentElement.style.fontSize = '200%'")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


@pytest.mark.parametrize(("width", "height"), [(640, 360), (320, 568), (1280, 800)])
def test_what_is_pressed_stays_within_reach_of_a_long_answer(
    browser: Browser, address: str, width: int, height: int
) -> None:
    with opened(browser, address, viewport={"width": width, "height": height}) as page:
        type_in(page, "he's not breathing")
        expect(page.locator("#spoken .call").first).to_be_visible()
        SHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SHOTS / f"reach-{width}x{height}.png")
        for name in ("Talk", "Next", "Again", "Slower", "Stop"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


def test_who_wants_less_motion_gets_none(browser: Browser, address: str) -> None:
    with opened(browser, address, reduced_motion="reduce") as page:
        page.get_by_role("button", name="Talk").click()
        assert page.evaluate("getComputedStyle(document.getElementById('talk')).animationName") == "none"


def test_the_sentence_to_the_child_can_be_read_from_two_metres(browser: Browser, address: str) -> None:
    for width, least in ((320, 40), (768, 56), (1280, 72)):
        with opened(browser, address, viewport={"width": width, "height": 800}) as page:
            type_in(page, "she's pushing me away")
            expect(page.locator("#child")).to_be_visible()
            size = page.evaluate("parseFloat(getComputedStyle(document.getElementById('child')).fontSize)")
            assert size >= least, width


def test_the_first_visit_is_small(browser: Browser, address: str) -> None:
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}
    with browser.new_context() as around:
        page = around.new_page()
        debugger = around.new_cdp_session(page)
        debugger.send("Network.enable")
        debugger.on("Network.requestWillBeSent", lambda sent: names.update({sent["requestId"]: sent["request"]["url"]}))
        debugger.on(
            "Network.loadingFinished", lambda got: sizes.update({names[got["requestId"]]: got["encodedDataLength"]})
        )
        page.goto(address)
        until(page, "document.querySelector('[data-ready]') !== null")
        page.wait_for_load_state("networkidle")
    assert any(name.endswith("words.json") for name in sizes)
    assert sum(sizes.values()) <= FIRST_LOAD, sizes


def test_it_can_be_installed(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        until(page, "navigator.serviceWorker.controller !== null")
        errors = page.context.new_cdp_session(page).send("Page.getInstallabilityErrors")["installabilityErrors"]
        # Nobody installs anything in a private window, which every window of a test is.
        assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []


def test_all_can_be_done_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        reached = []
        for _ in range(14):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        assert reached[0] == "To the page itself"
        for name in ("Talk", "Next N", "Again A", "Slower S", "Stop Esc", "text", "Send"):
            assert name in reached


def test_a_wording_is_played_on_the_words_page(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/words") as page:
        button = page.get_by_role("button", name="Play").first
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        until(page, "heard.said.length > 0")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("heard.said[0].text") in page.locator(".wording").first.inner_text()
