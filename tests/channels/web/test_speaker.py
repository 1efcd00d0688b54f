"""The speaker page as a person uses it, in a real browser: by voice, by typing, by key."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from skill.channels.terminal import Visitor
from skill.speech import SENTENCE_END
from tests.channels.web.conftest import entries, opened, running, until
from tests.conversation.play import TRANSCRIPTS, plain


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    with opened(browser, served) as page:
        expect(page.locator("[data-ready]")).to_be_attached()
        yield page


def spoken(page: Page) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = page.evaluate("window.heard.said")
    return said


def type_in(page: Page, text: str) -> None:
    page.get_by_label("Or type it").fill(text)
    page.keyboard.press("Enter")


def pass_time(page: Page) -> None:
    """Let time pass until the page sends a turn by itself; no further, for its answer comes in time of its own."""
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))  # noqa: PLW0108 - its own methods are none to Playwright
    for _ in range(60):
        page.clock.run_for(500)
        if any(request.url.endswith("/api/turn") for request in sent):
            return
    pytest.fail("no turn was sent")


def test_a_moment_by_voice(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Talk").click()
    expect(page.get_by_role("button", name="Listening")).to_be_visible()
    page.evaluate('hear("she\'s pushing me away")')
    child = page.locator("#child")
    expect(child).to_be_visible()
    # Once all is spoken, it listens again by itself.
    until(page, "window.heard.listening !== null")
    said = spoken(page)
    assert said[-1]["text"].endswith("?")
    assert child.inner_text().split(". ")[0] in " ".join(one["text"] for one in said)
    page.evaluate("hear('next')")
    until(page, f"window.heard.said.length > {len(said)}")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Talk")).to_be_visible()
    (moment,) = (entry for entry in entries(tmp_path / "data") if entry["kind"] == "moment")
    assert (moment["situation"], moment["channel"]) == ("pushing_me_away", "web")
    assert sum(moment["heard"].values()) == 2


TYPED = [
    one for one in TRANSCRIPTS if "locale" not in one and not any(turn["said"][0] in "@(" for turn in one["turns"])
]
"""Transcripts of one visit, which can be typed from beginning to end."""


@pytest.mark.parametrize("transcript", [pytest.param(one, id=one["about"]) for one in TYPED[::6]])
def test_a_whole_conversation_by_typing(transcript: dict[str, Any], page: Page, visitor: Visitor) -> None:
    """What stands on the screen is what the terminal says, from the first sentence to the last."""
    page.get_by_text("Settings, and what this is").click()
    page.get_by_label("Speak aloud").uncheck()
    for turn in transcript["turns"]:
        with page.expect_response("**/api/turn"):
            type_in(page, turn["said"])
        text = plain(visitor.hear(turn["said"]).speech.text)
        expect(page.locator("[aria-live=assertive]")).to_have_text(text)
        shown = plain(page.locator("#spoken").inner_text() + page.locator("#child").inner_text())
        assert all(sentence.removeprefix("Say: ") in shown for sentence in SENTENCE_END.split(text))


def test_the_silence_after_the_sentence_to_the_child_is_five_seconds(page: Page) -> None:
    type_in(page, "she's pushing me away")
    until(page, "window.heard.said.at(-1)?.text.endsWith('?')")
    said = spoken(page)
    silences = [round((after["from"] - before["until"]) / 1000, 1) for before, after in itertools.pairwise(said)]
    announced = next(place for place, one in enumerate(said) if one["text"] == "Say:")
    assert said[0]["rate"] == pytest.approx(0.9)
    # To do: two seconds; the sentence to the child: five.
    assert 2.0 in silences[:announced]
    assert 5.0 in silences[announced:]


def test_a_number_is_spoken_digit_by_digit_and_can_be_called(page: Page) -> None:
    type_in(page, "he swallowed a battery")
    call = page.locator("#spoken .call a").first
    expect(call).to_be_visible()
    number = call.inner_text()
    assert call.get_attribute("href") == f"tel:{number.replace('-', '')}"
    until(page, "window.heard.said.length > 0")
    assert any(" ".join(number.split("-")[-1]) in one["text"] for one in spoken(page))


def test_the_keys_go_through_a_script_and_stop_in_the_middle_of_a_word(page: Page) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    page.locator("body").press("Tab")
    page.locator("#talk").focus()
    line = page.locator("#spoken li").first
    first = line.inner_text()
    page.keyboard.press("n")
    expect(line).not_to_have_text(first)
    second = line.inner_text()
    page.keyboard.press("s")
    until(page, "window.heard.said.at(-1)?.rate < 0.9")
    assert second in page.locator("#spoken").inner_text()
    cancelled = page.evaluate("window.heard.cancelled")
    page.keyboard.press("Escape")
    assert page.evaluate("window.heard.cancelled") > cancelled
    expect(page.locator("#spoken")).not_to_contain_text("?")


def test_keys_that_are_switched_off_do_nothing(page: Page) -> None:
    page.get_by_text("Settings, and what this is").click()
    page.get_by_label("Keys: N next").uncheck()
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    shown = page.locator("#spoken").inner_text()
    page.locator("#talk").focus()
    page.keyboard.press("n")
    page.wait_for_timeout(500)
    assert page.locator("#spoken").inner_text() == shown


def test_letters_that_are_typed_are_no_keys(page: Page) -> None:
    page.get_by_label("Or type it").press_sequentially("nas", delay=10)
    expect(page.get_by_label("Or type it")).to_have_value("nas")
    assert spoken(page) == []


def test_who_says_nothing_hears_the_opening_then_a_goodbye(page: Page) -> None:
    page.clock.install()
    page.get_by_role("button", name="Talk").click()
    page.clock.fast_forward(9_000)
    page.evaluate("hearNothing()")
    expect(page.locator("#spoken")).to_contain_text("What")


def test_a_browser_that_may_not_listen_says_so_and_takes_what_is_typed(page: Page) -> None:
    page.get_by_role("button", name="Talk").click()
    page.evaluate("cannotHear('not-allowed')")
    expect(page.get_by_role("status")).to_contain_text("microphone is not allowed")
    expect(page.get_by_label("Or type it")).to_be_focused()


def test_a_question_about_danger_is_not_left_open_by_who_types(page: Page) -> None:
    page.clock.install()
    type_in(page, "i'm going to throw him out the window")
    expect(page.locator("#spoken")).to_contain_text("?")
    pass_time(page)
    expect(page.locator("#spoken")).to_contain_text("911")


def test_without_voice_a_screen_reader_is_told_all_of_it(page: Page) -> None:
    page.get_by_text("Settings, and what this is").click()
    page.get_by_label("Speak aloud").uncheck()
    type_in(page, "she's pushing me away")
    expect(page.locator("[aria-live=assertive]")).to_contain_text("Say:")
    assert spoken(page) == []


def test_the_country_decides_the_number_and_is_remembered(page: Page) -> None:
    page.get_by_label("Emergency numbers of").select_option("GB")
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken .call").first).to_contain_text("999")
    page.reload()
    expect(page.get_by_label("Emergency numbers of")).to_have_value("GB")


def test_whoever_closes_the_page_has_left(page: Page, tmp_path: Path) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    page.goto("about:blank")
    for _ in range(20):
        sessions = [entry for entry in entries(tmp_path / "data") if entry["kind"] == "session"]
        if sessions[0].get("ending"):
            break
    assert [session.get("ending") for session in sessions] == ["left"]


def test_a_browser_without_speech_types_and_reads(browser: Browser, served: str) -> None:
    gone = "delete window.SpeechRecognition; delete window.webkitSpeechRecognition; delete window.speechSynthesis;"
    with opened(browser, "about:blank", speech=False) as page:
        page.context.add_init_script(gone + "delete Window.prototype.speechSynthesis;")
        page.goto(served)
        page.get_by_role("button", name="Begin").click()
        expect(page.locator("#spoken")).to_contain_text("?")
        page.get_by_label("Or type it").fill("he won't let me hold him")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#child")).to_be_visible()


def test_what_is_typed_before_the_script_is_there_comes_into_no_address(browser: Browser, served: str) -> None:
    with opened(browser, "about:blank", allowed="ERR_FAILED") as page:
        page.route("**/*.js", lambda route: route.abort())
        page.goto(served)
        type_in(page, "she's pushing me away")
        page.get_by_role("button", name="Send").click()
        page.wait_for_timeout(300)
        assert page.url == f"{served}/"


def test_a_country_that_is_put_right_puts_the_number_right(page: Page) -> None:
    type_in(page, "he's not breathing")
    expect(page.locator("#spoken")).to_contain_text("911")
    page.get_by_label("Emergency numbers of").select_option("GB")
    expect(page.locator("#spoken")).to_contain_text("999")
    expect(page.locator("#spoken")).not_to_contain_text("911")


@pytest.mark.parametrize(
    ("browsers", "servers", "number"),
    [
        ("en-GB", "en-US", "999"),
        ("en", "en-AU", "000"),
        ("en-NZ", "en-US", "your emergency number"),
        ("de-DE", "en-US", "your emergency number"),
        ("en", "en-NZ", "your emergency number"),
    ],
)
def test_no_browser_gets_another_countrys_number(
    browser: Browser, tmp_path: Path, browsers: str, servers: str, number: str
) -> None:
    with running(tmp_path / "data", "--locale", servers) as address, opened(browser, address, locale=browsers) as page:
        type_in(page, "he's not breathing")
        expect(page.locator("#spoken")).to_contain_text(number)


@pytest.mark.parametrize("error", ["not-allowed", "network"])
def test_a_question_about_danger_is_not_left_open_by_a_microphone_that_fails(page: Page, error: str) -> None:
    page.clock.install()
    page.get_by_role("button", name="Talk").click()
    page.evaluate('hear("i\'m going to throw him out the window")')
    for _ in range(40):
        page.clock.run_for(500)
        if page.evaluate("heard.listening !== null"):
            break
    page.evaluate(f"cannotHear('{error}')")
    for _ in range(40):
        page.clock.run_for(1000)
    expect(page.locator("#spoken")).to_contain_text("911")
    # Who does not look has heard that nobody listens.
    assert any("can't hear" in one["text"] for one in spoken(page))


def test_a_key_that_is_held_is_pressed_once_and_escape_leaves_a_field_first(page: Page) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    line = page.locator("#spoken li").first
    field = page.get_by_label("Or type it")
    field.fill("never mind")
    page.keyboard.press("Escape")
    expect(field).to_have_value("")
    page.locator("#country").press("Escape")
    page.locator("#talk").focus()
    first = line.inner_text()
    page.keyboard.down("n")
    for _ in range(5):
        page.keyboard.down("n")
    page.keyboard.up("n")
    expect(line).not_to_have_text(first)
    page.wait_for_timeout(500)
    assert page.evaluate("heard.said.length") > 0
    expect(page.locator("#spoken")).to_contain_text("?")


def test_a_voice_that_never_begins_is_told_to_a_screen_reader(browser: Browser, served: str) -> None:
    mute = "Object.defineProperty(window, 'speechSynthesis', { value: { speak() {}, cancel() {} } })"
    with opened(browser, "about:blank", speech=False) as page:
        page.context.add_init_script(mute)
        page.goto(served)
        type_in(page, "she's pushing me away")
        expect(page.locator("[aria-live=assertive]")).to_contain_text("Say:")


def test_what_stood_there_stands_there_again_after_a_reload(page: Page) -> None:
    type_in(page, "she's pushing me away")
    expect(page.locator("#child")).to_be_visible()
    sentence = page.locator("#child").inner_text()
    page.reload()
    expect(page.locator("#child")).to_have_text(sentence)
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    assert page.locator("#child").inner_text() != ""
