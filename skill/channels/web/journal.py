"""The journal page: what a caregiver told, for them and for whoever sits with them afterwards."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for

from skill.channels.web import charts
from skill.channels.web.looking import SPANS, Looking, earliest, look, told_of
from skill.errors import JournalError
from skill.journal.backup import export
from skill.journal.store import entry_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from skill.house import House
    from skill.journal import Entry, Moment

__all__ = ["journal_pages"]

USUAL = "8"
"""The time that is shown where none is chosen: its name in SPANS."""
EVER = datetime(2000, 1, 1, tzinfo=UTC)
PATIENCE = 5.0
"""Seconds that the store may take for all that it has, which is asked for on purpose."""
ZONE = "zone"
"""The cookie in which a browser tells its time zone."""
COLUMNS = ("started", "last_turn", "situation", "path", "outcome", "ending", "steps", "channel", "locale")
FORMULA = re.compile(r"[=+\-@\t\r]")
"""What a spreadsheet would take for the beginning of something to be reckoned."""


def journal_pages(house: "House", now: Callable[[], datetime]) -> Blueprint:
    """The pages of what a caregiver told. `now` is the clock."""
    pages = Blueprint("journal", __name__, url_prefix="/journal")

    def looked() -> Looking:
        at, weeks = now(), SPANS[_span()]
        return look(house.exchange.words, _moments(house, earliest(at, weeks)), weeks, at, _zone())

    @pages.get("")
    def page() -> str:
        return render_template("journal.html", done=request.args.get("done", ""), mark=_mark(house), **_shown(looked()))

    @pages.get("/summary")
    def summary() -> str:
        return render_template("summary.html", **_shown(looked()))

    @pages.get("/<any(weeks, hours, outcomes):name>.svg")
    def chart(name: str) -> Response:
        seen = looked()
        drawn = {
            "weeks": lambda: charts.bars("Hard moments, by the week or the month", seen.bars),
            "hours": lambda: charts.bars("Hard moments, by the hour of the day", seen.hours),
            "outcomes": lambda: charts.outcomes("How hard moments ended", seen.told),
        }[name]()
        headers = {"Content-Security-Policy": charts.POLICY, "Cache-Control": "private, no-store"}
        return Response(drawn, mimetype="image/svg+xml", headers=headers)

    def _shown(seen: Looking) -> dict[str, object]:
        prompts = {name: wordings[0] for name, wordings in house.exchange.words.prompts.items()}
        return {
            "seen": seen,
            "span": _span(),
            "spans": SPANS,
            "prompts": prompts,
            "zone": _zone(),
        }

    _exports(pages, house)
    _forgetting(pages, house)
    return pages


def _exports(pages: Blueprint, house: "House") -> None:
    """What can be taken home."""

    @pages.get("/moments.csv")
    def moments_csv() -> Response:
        text = io.StringIO()
        table = csv.writer(text)
        table.writerow(COLUMNS)
        table.writerows(_row(moment, _zone()) for moment in _moments(house, EVER))
        return _file(text.getvalue(), "text/csv; charset=utf-8; header=present", "moments.csv")

    @pages.get("/journal.json")
    def journal_json() -> Response:
        rows = [json.dumps(entry_to(entry)) for entry in _entries(house)]
        return _file("[" + ",\n".join(rows) + "]\n", "application/json", "journal.json")

    @pages.get("/journal.jsonl")
    def journal_lines() -> Response:
        text = io.StringIO()
        export(_entries(house), text, lambda count: None)  # noqa: ARG005 - nobody watches the progress
        return _file(text.getvalue(), "application/x-ndjson", "journal.jsonl")


def _forgetting(pages: Blueprint, house: "House") -> None:
    """The pages that erase: each asks once more before it does."""

    @pages.get("/forget")
    def ask_everything() -> str:
        return render_template("forget.html", state="ask")

    @pages.post("/forget")
    def everything() -> "ResponseReturnValue":
        if not request.form.get("sure"):
            return render_template("forget.html", state="unsure"), 400
        try:
            count = house.exchange.forget(g.caregiver)
        except JournalError:
            return render_template("forget.html", state="refused"), 503
        return render_template("forget.html", state="forgotten", count=count)

    @pages.get("/forget/<mark>")
    def ask_one(mark: str) -> str:
        told = told_of(house.exchange.words, _found(house, mark), _zone())
        return render_template("forget.html", state="one", told=told, mark=mark)

    @pages.post("/forget/<mark>")
    def one(mark: str) -> "ResponseReturnValue":
        moment = _found(house, mark)
        try:
            house.exchange.keeper.erase(moment)
        except JournalError:
            return render_template("forget.html", state="refused"), 503
        return redirect(url_for("journal.page", done="forgotten"), 303)


def _found(house: "House", mark: str) -> "Moment":
    """The moment that a page named so; one that is forgotten already, perhaps by a second press, leads to the page."""
    sealed = _mark(house)
    moment = next((one for one in _moments(house, EVER) if sealed(one) == mark), None)
    if moment is None:
        abort(redirect(url_for("journal.page", done="gone"), 303))
    return moment


def _moments(house: "House", since: datetime) -> "list[Moment]":
    """The caregiver's moments; where the store does not say in time, the page says that."""
    house.exchange.keeper.begin()
    moments = house.exchange.keeper.moments(g.caregiver, since)
    if moments is None:
        _unanswered()
    return moments


def _entries(house: "House") -> "list[Entry]":
    """All that is kept of the caregiver; where the store does not give it, the page says that."""
    try:
        if house.store is None:
            _unanswered()
        house.store.patience = PATIENCE
        return list(house.store.entries(g.caregiver))
    except JournalError:
        _unanswered()


def _unanswered() -> NoReturn:
    abort(make_response(render_template("unanswered.html"), 503))


def _mark(house: "House") -> "Callable[[Moment], str]":
    """What names a moment in a page: its own id would tell how many others began in the same visit."""
    return lambda moment: house.key.seal(f"moment:{moment.caregiver}:{moment.key}")


def _span() -> str:
    span = request.args.get("span", USUAL)
    return span if span in SPANS else USUAL


def _zone() -> tzinfo | None:
    """The browser's time zone; none, which is the server's, where it tells none that is known."""
    name = request.cookies.get(ZONE, "")
    return ZoneInfo(name) if name in _zones() else None


@cache
def _zones() -> set[str]:
    """The names of all time zones: nothing else that a browser tells is looked up in a file."""
    return available_timezones()


def _row(moment: "Moment", zone: tzinfo | None) -> list[str]:
    """A moment as a row of a spreadsheet, which can take nothing in it for a formula."""
    cells = (
        moment.started.astimezone(zone).isoformat(timespec="seconds"),
        moment.seen.astimezone(zone).isoformat(timespec="seconds"),
        moment.situation,
        " > ".join(moment.path),
        moment.outcome or "",
        moment.ending or "",
        str(moment.steps),
        moment.channel,
        moment.locale,
    )
    return [f"'{cell}" if FORMULA.match(cell) else cell for cell in cells]


def _file(text: str, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="stay-close-{name}"', "Cache-Control": "private, no-store"}
    return Response(text, content_type=kind, headers=headers)
