"""The page of all words: everything that can be spoken stands on it, and nothing else is needed to read it."""

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from skill.authoring.content import BLANKS, CONTENT, read_reviews, read_words
from skill.authoring.page import page
from skill.words import Words


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if names.get("id"):
            self.ids.append(str(names["id"]))
        if tag == "a":
            self.targets.add(str(names["href"]))


def texts(words: Words) -> set[str]:
    """Every sentence that can be spoken."""
    found: set[str] = set()
    for script in words.scripts.values():
        found |= {text for step in script.steps for text in step.do}
        found |= set(script.say)
        if not script.closes:
            found |= {*script.if_not, script.more_help}
    for emergency in words.emergencies.values():
        found |= {text for form in emergency.forms for text in (*form.call, *form.say, *form.then)}
    found |= {text for one in words.safety.values() for text in one.ask}
    found |= {text for one in words.why.values() for text in (*one.answers, *one.do)}
    found |= {text for one in words.asides.values() for text in one.say}
    found |= {text for one in words.outcomes.values() for text in one.say}
    found |= {text for one in words.encouragements for text in (one.text, one.do)}
    return found | {text for wordings in words.prompts.values() for text in wordings}


def plain(text: str) -> str:
    return " ".join(re.sub(r"\[[\d.]+ ?s\]", " ", unescape(re.sub(r"<[^>]+>", " ", text))).split())


def test_every_sentence_that_can_be_spoken_stands_on_the_page(words: Words) -> None:
    shown = plain(page("en", words))
    numbers = {**words.numbers("US"), **dict.fromkeys(BLANKS, "…")}
    missing = [text for text in texts(words) if plain(text.format_map(numbers)) not in shown]
    assert missing == []


def test_every_label_is_found_from_the_contents_and_no_link_leads_nowhere(words: Words) -> None:
    links = Links()
    links.feed(page("en", words))
    assert len(links.ids) == len(set(links.ids))
    assert {f"#{label.name}" for label in words.labels} - {"#out_of_scope"} <= links.targets
    assert links.targets <= {f"#{name}" for name in links.ids}


def test_the_page_stands_by_itself(words: Words) -> None:
    html = page("en", words, "GB")
    assert not re.search(r'(?:src|href)="(?!#)', html)
    assert "<script" not in html
    assert "116 123" in html


def test_a_sign_off_is_shown_and_what_has_none_is_too(words: Words, tmp_path: Path) -> None:
    assert "Not reviewed yet." in page("en", words)
    raging = tmp_path / "en" / "situations" / "raging.yaml"
    raging.parent.mkdir(parents=True)
    before = (CONTENT / "en" / "situations" / "raging.yaml").read_text()
    raging.write_text(before + "reviewed_by: A. Example, psychologist\nreviewed_on: 2026-11-24\n")
    (review,) = read_reviews("en", tmp_path).values()
    assert (review.by, review.on) == ("A. Example, psychologist", "2026-11-24")
    assert read_words("en", [], tmp_path).scripts["raging"] == words.scripts["raging"]
