"""The speaker page without a network, in a real browser: it goes on where it stood, and tells the server later."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from skill.journal import Moment
from skill.journal.sqlite import SQLiteStore
from tests.channels.web.conftest import entries, opened, running, until
from tests.channels.web.test_speaker import type_in
from tests.conftest import KEY


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """A page that has been open for a moment."""
    with opened(browser, served) as page:
        expect(page.locator("[data-ready]")).to_be_attached()
        page.evaluate("navigator.serviceWorker.ready.then((kept) => kept.active.state)")
        until(page, "navigator.serviceWorker.controller !== null")
        yield page


def kept(data: Path, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in entries(data) if entry["kind"] == kind]


def pull(page: Page, *, plug: bool = False) -> None:
    page.context.set_offline(not plug)


def test_a_script_goes_on_when_the_network_is_pulled_in_its_middle(page: Page, tmp_path: Path) -> None:
    type_in(page, "she's pushing me away")
    child = page.locator("#child")
    expect(child).to_be_visible()
    pull(page)
    line = page.locator("#spoken li").first
    first = line.inner_text()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(line).not_to_have_text(first)
    expect(page.get_by_role("status")).to_contain_text("No network")
    second = line.inner_text()
    page.get_by_role("button", name="Again", exact=True).click()
    until(page, f"heard.said.filter(({{ text }}) => text === {json.dumps(second)}).length > 1")
    expect(line).to_have_text(second)
    type_in(page, "now he's choking")
    expect(page.locator("#spoken")).to_contain_text("911")
    pull(page, plug=True)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("status")).not_to_contain_text("No network")
    (moment,) = kept(tmp_path / "data", "moment")
    assert moment["path"] == ["pushing_me_away", "child_medical"]
    assert len(kept(tmp_path / "data", "session")) == 1


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("he's not breathing", "911"),
        ("she drank bleach", "1-800-222-1222"),
        ("I can't find him anywhere", "911"),
        ("he says he wants to die", "988"),
        ("I want to kill myself", "988"),
        ("she has a knife", "911"),
        ("I hit him and I can't stop", "1-800-422-4453"),
    ],
)
def test_danger_gets_its_number_without_a_network_in_the_middle_of_a_script(page: Page, said: str, number: str) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    pull(page)
    type_in(page, said)
    expect(page.locator("#spoken")).to_contain_text(number)
    digits = " ".join(number.rsplit("-", maxsplit=1)[-1])
    until(page, f"heard.said.some(({{ text }}) => text.includes('{digits}'))")


def test_the_page_is_there_when_it_is_opened_without_a_network(page: Page) -> None:
    pull(page)
    page.reload()
    expect(page.get_by_role("button", name="Talk")).to_be_visible()
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken")).to_contain_text("911")


def test_a_conversation_goes_on_after_a_reload_without_a_network(page: Page) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    pull(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("No network")
    second = page.locator("#spoken").inner_text()
    page.reload()
    page.get_by_role("button", name="Again", exact=True).click()
    expect(page.locator("#spoken li").first).to_have_text(second.splitlines()[0])


def test_what_is_not_understood_gets_the_number_and_a_list_to_choose_from(page: Page, tmp_path: Path) -> None:
    pull(page)
    type_in(page, "well it is all a bit of a muddle here today")
    expect(page.locator("#spoken")).to_contain_text("911")
    choices = page.get_by_role("list", name="What is happening?").get_by_role("button")
    assert choices.count() > 20
    choices.filter(has_text="throwing").or_(choices.nth(3)).first.click()
    expect(page.locator("#child")).to_be_visible()
    pull(page, plug=True)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("list", name="What is happening?")).to_be_hidden()
    assert kept(tmp_path / "data", "moment")


def test_a_server_that_is_gone_is_no_network_either(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "data") as address, opened(browser, address, allowed="Failed to load") as page:
        until(page, "document.querySelector('[data-ready]') !== null")
        type_in(page, "she's pushing me away")
        expect(page.locator("#child")).to_be_visible()
        page.route("**/api/turn", lambda route: route.fulfill(status=502, body="no"))
        page.route("**/health", lambda route: route.abort())
        first = page.locator("#spoken li").first.inner_text()
        page.get_by_role("button", name="Next", exact=True).click()
        expect(page.locator("#spoken li").first).not_to_have_text(first)
        page.unroute_all()


def test_what_was_told_is_kept_though_the_page_was_closed_meanwhile(page: Page, tmp_path: Path) -> None:
    pull(page)
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken")).to_contain_text("911")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.reload()
    pull(page, plug=True)
    page.reload()
    until(page, "!Object.keys(localStorage).some((name) => name.startsWith('stay-close-away'))")
    (moment,) = kept(tmp_path / "data", "moment")
    assert moment["situation"] == "child_medical"


def test_what_may_be_found_by_someone_unsafe_is_in_no_storage(page: Page) -> None:
    pull(page)
    type_in(page, "her uncle touched her")
    expect(page.locator("#spoken li").first).to_be_visible()
    assert "abuse" not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def test_another_page_says_that_it_needs_the_network(page: Page) -> None:
    pull(page)
    page.get_by_role("link", name="Journal").click()
    expect(page.get_by_role("heading", name="No network here")).to_be_visible()
    page.get_by_role("link", name="go to the speaker").click()
    expect(page.get_by_role("button", name="Talk")).to_be_visible()


def test_a_server_that_hangs_is_not_waited_for_turn_after_turn(page: Page) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    asked: list[str] = []

    def hang(route: Route) -> None:
        asked.append(route.request.url)

    page.route("**/api/turn", hang)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("No network")
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken")).to_contain_text("911", timeout=1000)
    assert len(asked) == 1
    page.unroute_all(behavior="ignoreErrors")


def test_what_came_too_late_is_no_second_visit(page: Page, tmp_path: Path) -> None:
    late: list[Route] = []
    page.route("**/api/turn", lambda route: late.append(route))  # noqa: PLW0108 - its own methods are none to Playwright
    type_in(page, "she's pushing me away")
    expect(page.get_by_role("status")).to_contain_text("No network")
    page.unroute_all(behavior="ignoreErrors")
    # It reached the server all the same.
    page.request.post(late[0].request.url, data=late[0].request.post_data_json)
    page.wait_for_timeout(5_000)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("status")).not_to_contain_text("No network")
    assert len(kept(tmp_path / "data", "session")) == 1
    assert len(kept(tmp_path / "data", "moment")) == 1


def test_what_one_person_told_a_tablet_is_not_told_as_anothers(browser: Browser, tmp_path: Path) -> None:
    mum, dad = "the token of mum alone", "the token of dad alone"

    def come_in(token: str) -> None:
        page.goto(f"{address}/door")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Come in").click()
        expect(page.locator("[data-ready]")).to_be_attached()

    with (
        running(
            tmp_path / "data", STAY_CLOSE_TOKEN=f"mum={mum}, dad={dad}", STAY_CLOSE_KEY=KEY.secret.decode()
        ) as address,
        opened(browser, f"{address}/door") as page,
    ):
        come_in(mum)
        until(page, "navigator.serviceWorker.controller !== null")
        pull(page)
        type_in(page, "he swallowed bleach")
        expect(page.locator("#spoken")).to_contain_text("1-800")
        pull(page, plug=True)
        come_in(dad)
        type_in(page, "she's pushing me away")
        expect(page.locator("#child")).to_be_visible()
    store = SQLiteStore(tmp_path / "data" / "journal.sqlite")
    told = [entry.path for entry in store.entries(KEY.caregiver("web:dad")) if isinstance(entry, Moment)]
    store.close()
    assert told == [("pushing_me_away",)]


def test_forgetting_everything_takes_what_was_still_to_be_told(page: Page, served: str, tmp_path: Path) -> None:
    pull(page)
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken")).to_contain_text("911")
    pull(page, plug=True)
    other = page.context.new_page()
    other.goto(f"{served}/journal/forget")
    other.get_by_role("checkbox").check()
    other.get_by_role("button", name="Forget everything").click()
    expect(other.get_by_role("heading", name="Forgotten")).to_be_visible()
    until(other, "!Object.keys(localStorage).some((name) => name.startsWith('stay-close-away'))")
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    assert [moment["path"] for moment in kept(tmp_path / "data", "moment")] == [["pushing_me_away"]]


SWITCHED_OFF = "get localStorage() { throw new DOMException('no', 'SecurityError'); }"
FULL = "localStorage: { getItem: () => null, setItem: () => { throw new Error('full'); } }"


@pytest.mark.parametrize("how", [SWITCHED_OFF, FULL])
def test_a_browser_that_keeps_nothing_talks_all_the_same(browser: Browser, served: str, how: str) -> None:
    with opened(browser, "about:blank") as page:
        get = f"Object.getOwnPropertyDescriptor({{ {how} }}, 'localStorage')"
        page.context.add_init_script(f"Object.defineProperty(window, 'localStorage', {get})")
        page.goto(served)
        type_in(page, "she's pushing me away")
        expect(page.locator("#child")).to_be_visible()
        until(page, "navigator.serviceWorker.controller !== null")
        pull(page)
        type_in(page, "he's not breathing")
        expect(page.locator("#spoken")).to_contain_text("911")


def test_who_is_signed_out_is_told_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    token = "a token of twenty signs"
    with running(tmp_path / "data", STAY_CLOSE_TOKEN=token) as address, opened(browser, address, allowed="401") as page:
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Come in").click()
        expect(page.locator("[data-ready]")).to_be_attached()
        until(page, "navigator.serviceWorker.controller !== null")
        page.context.clear_cookies()
        type_in(page, "he's not breathing")
        expect(page.locator("#spoken")).to_contain_text("911")
        expect(page.get_by_role("link", name="Give the token")).to_be_visible()
