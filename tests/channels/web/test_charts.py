"""The charts: what is drawn is what was counted, and a browser finds nothing in them to run or to fetch."""

import re
import sys
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.channels.web.charts import ENDINGS, bars, outcomes
from skill.channels.web.looking import Bar
from skill.conversation.looking_back import Count

SVG = "{http://www.w3.org/2000/svg}"
COUNTS = st.builds(lambda b, s, w, rest: Count(b + s + w + rest, b, s, w, 0), *[st.integers(0, 300)] * 4)
ROWS = st.lists(COUNTS, min_size=1, max_size=30).map(
    lambda counts: [Bar(f"{number} Nov", told) for number, told in enumerate(counts, 1)]
)


def heights(chart: bytes, series: int) -> list[float]:
    """How high the parts of one ending are drawn, in pixels."""
    root = ET.fromstring(chart)
    plot = next(g for g in root.iter(f"{SVG}g") if g.get("class") == f"series serie-{series} color-{series}")
    return [float(rect.get("height", "0")) for rect in plot.iter(f"{SVG}rect")]


def labels(chart: bytes) -> list[str]:
    return [text.text or "" for text in ET.fromstring(chart).iter(f"{SVG}text")]


@given(ROWS)
def test_nothing_in_a_chart_runs_or_is_fetched(rows: list[Bar]) -> None:
    for chart in (bars("Moments", rows), outcomes("Moments", rows[0].told)):
        text = chart.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"(?i)<script|https?:|\son\w+=|href|<!--|@import|xml-stylesheet|javascript|data:", text)
        assert re.findall(r"url\((.*?)\)", text) == ["#same", "#worse"]
        assert {element.tag for element in ET.fromstring(chart).iter()} <= {
            SVG + tag for tag in "svg g defs pattern style title rect circle path text".split()
        }


@given(ROWS)
def test_bars_are_as_high_as_what_was_counted(rows: list[Bar]) -> None:
    chart = bars("Moments", rows)
    parts = [[getattr(row.told, name) for row in rows] for name in ("better", "same", "worse")] + [
        [row.told.moments - row.told.rated for row in rows]
    ]
    unit = 0.0
    for series, values in enumerate(parts):
        drawn = heights(chart, series)
        assert len(drawn) == len(values)
        for value, height in zip(values, drawn, strict=True):
            unit = unit or (height / value if value else 0.0)
            assert height == pytest.approx(value * unit, abs=0.01)


@given(COUNTS)
def test_each_ending_has_its_bar_and_its_number(told: Count) -> None:
    chart = outcomes("Moments", told)
    parts = (told.better, told.same, told.worse, told.moments - told.rated)
    assert [name for name in labels(chart) if name in ENDINGS] == list(ENDINGS)
    for series, part in enumerate(parts):
        drawn = heights(chart, series)
        assert [bool(height > 0) for height in drawn] == [place == series and part > 0 for place in range(4)]
    assert str(max(parts)) in labels(chart) or not told.moments


def test_numbers_stand_on_the_bars_and_the_endings_beside_them() -> None:
    chart = bars("Moments", [Bar("16 Nov", Count(7, 4, 2, 1, 0)), Bar("23 Nov", Count(0, 0, 0, 0, 0))])
    assert {"4", "2", "1", "16 Nov", "23 Nov", *ENDINGS} <= set(labels(chart))


def test_a_chart_bears_its_title_and_is_the_same_each_time() -> None:
    rows = [Bar("16 Nov", Count(3, 1, 1, 1, 0))]
    titles = [title.text for title in ET.fromstring(bars("Hard moments", rows)).iter(f"{SVG}title")]
    assert titles == ["Hard moments"]
    assert bars("Hard moments", rows) == bars("Hard moments", rows)


def test_the_endings_are_told_apart_without_colour() -> None:
    chart = bars("Moments", [Bar("16 Nov", Count(4, 1, 1, 1, 0))]).decode()
    fillings = [re.findall(rf"\.color-{number}[^{{}}]*\{{fill:([^}}]*)\}}", chart)[0] for number in range(4)]
    assert len(set(fillings)) == 4
    assert set(re.findall(r"#[0-9a-f]{6}", chart)) == {
        "#1c1b19", "#fffdf8", "#b9b1a3", "#f2efe8", "#14161a", "#5c5a55", "#000000", "#ffffff", "#777777",
    }  # fmt: skip
    assert "prefers-color-scheme:dark" in chart
    assert "@media print" in chart


def test_the_library_leaves_imports_as_they_were() -> None:
    assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")]
