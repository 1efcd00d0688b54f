"""The journal page over a journal in SQLite: what it shows, takes home and forgets, and what it says when it cannot."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from skill.channels.terminal import CAREGIVER
from skill.channels.web.app import create_app
from skill.channels.web.charts import POLICY
from skill.channels.web.looking import SPANS
from skill.channels.web.settings import WebSettings
from skill.exchange import Exchange
from skill.house import House
from skill.journal import Entry, Keeper, Moment, Session, Spill, Standing
from skill.journal.backup import bring_in
from skill.journal.files import Progress
from skill.journal.intake import Intake
from skill.journal.sqlite import SQLiteStore
from skill.reader import Reader
from skill.words import Words
from tests.conftest import KEY, START, Clock

ANNA = KEY.caregiver(CAREGIVER)
BEN = KEY.caregiver("somebody else")
PAGES = ["/journal", "/journal/summary", "/journal/weeks.svg", "/journal/hours.svg", "/journal/outcomes.svg"]
EVERY_SPAN = [f"{page}?span={span}" for page in PAGES for span in SPANS]
FILES = ["/journal/moments.csv", "/journal/journal.json", "/journal/journal.jsonl"]


def moment(*path: str, ago: timedelta = timedelta(0), number: int = 1, **changes: object) -> Moment:
    at = START - ago
    made = Moment(
        id=f"{number:016x}-1", caregiver=ANNA, started=at, seen=at + timedelta(minutes=5), channel="web",
        locale="en-US", situation=path[-1], path=path, heard={f"{number:016x}": 3},
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def session(number: int = 1, ago: timedelta = timedelta(0)) -> Session:
    at = START - ago
    return Session(
        id=f"{number:016x}", caregiver=ANNA, started=at, seen=at, channel="web", locale="en-US", moments=1,
        spoken={"raging/say": 1},
    )  # fmt: skip


@pytest.fixture
def told(store: SQLiteStore) -> list[Entry]:
    """Some weeks: hard moments that ended each way, a win, emergencies, states of the caregiver, visits."""
    entries: list[Entry] = [
        moment("raging", "hitting", outcome="better", ending="eased", number=1),
        moment("raging", "hitting", ago=timedelta(days=1), outcome="worse", number=2),
        moment("tired", ago=timedelta(days=8), outcome="same", number=3),
        moment("worn_out", ago=timedelta(days=9), number=4),
        moment("small_win", ago=timedelta(days=10), number=5),
        moment("hitting", "child_medical", ago=timedelta(days=2), number=6),
        moment("caregiver_suicidal", ago=timedelta(days=3), number=7),
        moment("scared", "abuse", ago=timedelta(days=4), number=8),
        *(session(number, timedelta(days=number)) for number in range(9)),
        Standing(ANNA, START, tracking=True),
    ]
    return [kept for entry in entries if (kept := store.keep(entry)) is not None]


class Page(HTMLParser):
    """The text of a page, and its elements with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def every(self, *tags: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag in tags]


def page(response: TestResponse) -> Page:
    return Page(response.get_data(as_text=True))


def unnamed(words: Words) -> Iterator[str]:
    """What no page may hold: labels of emergencies and of the caregiver, and what is said of them."""
    for label in words.labels:
        if label.group in ("emergency", "caregiver"):
            yield label.name
            yield label.said


@pytest.mark.usefixtures("told")
def test_it_tells_what_was_told_with_the_counts(client: FlaskClient) -> None:
    text = page(client.get("/journal")).text
    assert "4 hard moments : 1 better, 1 the same, 1 worse, 1 not told." in text
    assert "You also told of 1 win. That's only what you told me." in text
    assert "It's too few to tell where it's going." in text
    assert "A number to call was given 2 times." in text
    assert re.search(r"First Then Times the child screams.* the child hits, .* 2 For somebody", text)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("path", [*EVERY_SPAN, "/journal/forget"])
def test_no_page_names_an_emergency_or_a_state_of_the_caregiver(client: FlaskClient, words: Words, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    html = response.get_data(as_text=True)
    assert not [name for name in unnamed(words) if name in html]


@pytest.mark.usefixtures("told")
def test_of_abuse_no_page_shows_a_trace(client: FlaskClient, store: SQLiteStore) -> None:
    before = [client.get(path).data for path in EVERY_SPAN]
    (abuse,) = [one for one in store.moments(ANNA, START - timedelta(days=9)) if "abuse" in one.path]
    store.erase(ANNA, abuse.key)
    assert [client.get(path).data for path in EVERY_SPAN] == before


@pytest.mark.usefixtures("told")
def test_the_summary_says_what_it_is_and_nothing_of_emergencies_there_were(
    client: FlaskClient, store: SQLiteStore
) -> None:
    text = page(client.get("/journal/summary")).text
    assert "Time covered: 5 Oct 2026 to 24 Nov 2026" in text
    assert "It is no assessment" in text
    assert "Notes" in text
    for one in store.moments(ANNA, START - timedelta(days=9)):
        if {"child_medical", "caregiver_suicidal"} & {*one.path}:
            store.erase(ANNA, one.key)
    assert page(client.get("/journal/summary")).text == text


@pytest.mark.parametrize("path", EVERY_SPAN)
def test_an_empty_journal_has_its_pages_as_well(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    if not path.startswith(tuple(PAGES[2:])):
        assert "No hard moment was told in this time." in page(response).text


def test_a_span_that_there_is_not_is_the_usual_one(client: FlaskClient) -> None:
    assert client.get("/journal?span=1000000").data == client.get("/journal").data


@pytest.mark.parametrize(("better", "worse", "says"), [(5, 0, "so it's more now"), (0, 5, "so it's fewer now")])
def test_a_trend_is_said_in_the_words_of_the_voice(
    client: FlaskClient, store: SQLiteStore, better: int, worse: int, says: str
) -> None:
    ends = ["better"] * better + ["worse"] * worse
    for number in range(5):
        store.keep(moment("hitting", outcome=ends[number], number=number))
        before = ["worse", "better", "worse", "better", "better" if worse else "worse"][number]
        store.keep(moment("hitting", ago=timedelta(weeks=8), outcome=before, number=10 + number))
    text = page(client.get("/journal")).text
    assert f"Before that, {3 if worse else 2} of 5 ended better, {says}." in text
    assert ("It's been hard lately." in text) == bool(worse)
    assert says not in page(client.get("/journal/summary")).text


@pytest.mark.usefixtures("told")
def test_it_keeps_the_browsers_time(client: FlaskClient) -> None:
    # Ten past seven in London is ten past nine at night in Auckland.
    client.set_cookie("zone", "Pacific/Auckland", path="/journal")
    html = client.get("/journal").get_data(as_text=True)
    assert "Tue 24 Nov, 20:10" in html
    assert "machine that keeps" not in html
    assert "times of Pacific/Auckland" in page(client.get("/journal/summary")).text


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "zone", ["", "Nowhere/Land", "America", "../../etc/passwd", "/etc/passwd", "x" * 300, "é", "<b>"]
)
def test_a_zone_that_there_is_not_is_the_servers(client: FlaskClient, zone: str) -> None:
    client.set_cookie("zone", zone, path="/journal")
    text = page(client.get("/journal")).text
    assert "in the time of the machine that keeps the journal" in text


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("name", ["weeks", "hours", "outcomes"])
def test_a_chart_is_a_picture_that_may_do_nothing(client: FlaskClient, name: str) -> None:
    response = client.get(f"/journal/{name}.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["Cache-Control"] == "private, no-store"
    assert client.get("/journal/people.svg").status_code == 404


# Whoever cannot see it


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("path", ["/journal", "/journal?span=all", "/journal/summary", "/journal/forget"])
def test_a_page_can_be_read_without_seeing_it(client: FlaskClient, path: str) -> None:
    html = client.get(path).get_data(as_text=True)
    seen = Page(html)
    levels = [int(tag[1]) for tag, _ in seen.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    assert len(re.findall(r"<table", html)) == len(re.findall(r"<caption>", html))
    assert all(cell.get("scope") in ("row", "col") for cell in seen.every("th"))
    assert all(len(image["alt"] or "") > 30 for image in seen.every("img"))
    ids = [attrs["id"] for _, attrs in seen.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in seen.every("label")}
    assert {box["id"] for box in seen.every("input", "select")} <= labelled
    regions = [attrs for attrs in seen.every("div") if attrs.get("role") == "region"]
    assert all(region["aria-label"] and region["tabindex"] == "0" for region in regions)
    assert not [attrs for _, attrs in seen.elements if "style" in attrs or any(name.startswith("on") for name in attrs)]
    assert "<script>" not in html


# What is taken home


@pytest.mark.usefixtures("told")
def test_the_table_holds_every_moment_with_its_time_and_zone(client: FlaskClient) -> None:
    client.set_cookie("zone", "Europe/Berlin", path="/journal")
    response = client.get("/journal/moments.csv")
    assert response.mimetype == "text/csv"
    assert response.headers["Content-Disposition"] == 'attachment; filename="stay-close-moments.csv"'
    assert response.data.count(b"\r\n") == response.data.count(b"\n") == 9
    found = list(csv.DictReader(io.StringIO(response.data.decode())))
    assert found[-1] == {
        "started": "2026-11-24T08:10:00+01:00", "last_turn": "2026-11-24T08:15:00+01:00", "situation": "hitting",
        "path": "raging > hitting", "outcome": "better", "ending": "eased", "steps": "3", "channel": "web",
        "locale": "en-US",
    }  # fmt: skip
    assert "abuse" in {row["situation"] for row in found}


@pytest.mark.parametrize("channel", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("x","y")'])
def test_no_cell_of_the_table_is_a_formula(client: FlaskClient, store: SQLiteStore, channel: str) -> None:
    store.keep(moment("hitting", channel=channel, locale=channel))
    text = client.get("/journal/moments.csv").data.decode()
    (row,) = list(csv.DictReader(io.StringIO(text, newline="")))
    assert (row["channel"], row["locale"]) == (f"'{channel}", f"'{channel}")


def test_the_files_hold_all_that_is_kept_and_can_be_brought_back(
    client: FlaskClient, store: SQLiteStore, told: list[Entry], tmp_path: Path, words: Words, clock: Clock
) -> None:
    store.keep(replace(moment("hitting"), caregiver=BEN))
    lines = client.get("/journal/journal.jsonl")
    whole = client.get("/journal/journal.json")
    assert (lines.mimetype, whole.mimetype) == ("application/x-ndjson", "application/json")
    assert json.loads(whole.data) == [json.loads(line) for line in lines.data.splitlines()]
    assert lines.headers["Content-Disposition"] == 'attachment; filename="stay-close-journal.jsonl"'
    path = tmp_path / "journal.jsonl"
    path.write_bytes(lines.data)
    other = SQLiteStore(tmp_path / "other.sqlite", clock)
    intake = Intake(other, asked=True, progress=Progress())
    bring_in(path, intake, words.groups())
    assert intake.faults == []
    assert sorted(other.entries(ANNA), key=repr) == sorted(told, key=repr)
    other.close()


# Forgetting


def asked_for(client: FlaskClient) -> list[str]:
    """The addresses of the buttons that forget one moment, the latest first."""
    links = page(client.get("/journal")).every("a")
    return [link["href"] or "" for link in links if re.fullmatch(r"/journal/forget/\w+", link["href"] or "")]


def test_one_moment_is_forgotten_after_it_was_asked_once_more(
    client: FlaskClient, store: SQLiteStore, told: list[Entry]
) -> None:
    count = len(store.moments(ANNA, START - timedelta(days=99)))
    links = asked_for(client)
    assert len(links) == 7
    ask = client.get(links[0])
    assert "Tue 24 Nov 2026" in page(ask).text
    assert len(store.moments(ANNA, START - timedelta(days=99))) == count
    done = client.post(links[0], follow_redirects=True)
    assert "That moment is forgotten." in page(done).text
    assert told[0].key not in {one.key for one in store.entries(ANNA)}
    assert len(store.moments(ANNA, START - timedelta(days=99))) == count - 1
    again = client.post(links[0], follow_redirects=True)
    assert "That moment was gone already." in page(again).text


@pytest.mark.usefixtures("told")
def test_asking_for_a_pages_head_erases_nothing(client: FlaskClient, store: SQLiteStore) -> None:
    before = list(store.entries(ANNA))
    for path in (*asked_for(client), "/journal/forget"):
        client.head(path)
        client.get(f"{path}?sure=yes")
    assert list(store.entries(ANNA)) == before


@pytest.mark.usefixtures("told")
def test_a_moment_is_named_in_no_page_by_its_own_id(client: FlaskClient) -> None:
    html = client.get("/journal").get_data(as_text=True)
    assert "#moment#" not in html
    assert not re.search(r"0000-\d", html)


def test_nobody_forgets_the_moment_of_another(client: FlaskClient, store: SQLiteStore) -> None:
    of_ben = replace(moment("hitting"), caregiver=BEN)
    store.keep(of_ben)
    client.post(f"/journal/forget/{KEY.seal(f'moment:{BEN}:{of_ben.key}')}")
    assert len(list(store.entries(BEN))) == 1


@pytest.mark.usefixtures("told")
def test_everything_is_forgotten_only_when_the_box_is_ticked(
    client: FlaskClient, store: SQLiteStore, tmp_path: Path
) -> None:
    spill = Spill(tmp_path / "spill.jsonl")
    spill.add(moment("hitting", number=99))
    store.keep(replace(moment("hitting"), caregiver=BEN))
    before = list(store.entries(ANNA))
    unsure = client.post("/journal/forget")
    assert unsure.status_code == 400
    assert "Nothing is erased." in page(unsure).text
    assert list(store.entries(ANNA)) == before
    done = client.post("/journal/forget", data={"sure": "yes"})
    assert f"{len(before)} entries are erased." in page(done).text
    assert list(store.entries(ANNA)) == []
    assert len(list(store.entries(BEN))) == 1
    assert not (tmp_path / "spill.jsonl").exists()
    assert "0 entries are erased." in page(client.post("/journal/forget", data={"sure": "yes"})).text


def test_another_sites_page_forgets_nothing(client: FlaskClient, store: SQLiteStore, told: list[Entry]) -> None:
    response = client.post("/journal/forget", data={"sure": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert len(list(store.entries(ANNA))) == len(told)


def test_what_cannot_be_erased_is_not_said_to_be(
    client: FlaskClient, store: SQLiteStore, told: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    (link, *_) = asked_for(client)
    monkeypatch.setattr("skill.journal.keeper.FORGETTING", 0.2)
    other = sqlite3.connect(store.path)
    other.execute("BEGIN IMMEDIATE")
    for path, form in (("/journal/forget", {"sure": "yes"}), (link, {})):
        response = client.post(path, data=form)
        assert response.status_code == 503
        assert "take nothing for erased" in page(response).text
    other.rollback()
    other.close()
    assert len(list(store.entries(ANNA))) == len(told)


# A journal that does not answer


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_a_journal_that_cannot_be_read_is_said_to_be_so(client: FlaskClient, store: SQLiteStore, path: str) -> None:
    store.path.write_bytes(b"no journal at all" * 400)
    response = client.get(path)
    assert response.status_code == 503
    assert "The journal does not answer just now; nothing is changed, so try again in a while." in page(response).text
    assert "sqlite" not in response.get_data(as_text=True)


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_without_a_journal_it_is_said_that_it_does_not_answer(
    words: Words, reader: Reader, clock: Clock, path: str
) -> None:
    keeper = Keeper(None, Spill(None), refusal="There is none.")
    client = create_app(House(Exchange(words, reader, keeper), KEY, None), WebSettings(), clock).test_client()
    assert client.get(path).status_code == 503
