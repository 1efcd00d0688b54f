"""Charts of counted moments: SVG that holds no script and asks for nothing, readable in black and white."""

import sys
from typing import TYPE_CHECKING

import pygal  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

    from skill.channels.web.looking import Bar
    from skill.conversation.looking_back import Count

# It finds maps, of which there are none here, by a way that Python gave up: every import that fails would warn of it.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

__all__ = ["POLICY", "bars", "outcomes"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may let a chart do: nothing but look as it looks."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
ENDINGS = ("better", "the same", "worse", "not told")
BAR = 34
"""Pixels that a bar takes at least, with the room beside it."""
LETTER = 7
"""Pixels that a letter of a label takes."""
LEGEND = 450
"""Pixels that the legend takes."""
NARROW = 286
"""Pixels of a chart that a phone shows whole."""
HEIGHT = 300
LEAST_SHARE = 0.06
"""The share of the height under which a number does not fit into its part of a bar; the table has it."""

SAME = """
<pattern id="same" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
  <rect class="ground" width="8" height="8"/><path class="hatch" d="M0 0 V8"/>
</pattern>
"""
WORSE = """
<pattern id="worse" width="7" height="7" patternUnits="userSpaceOnUse">
  <rect class="ground" width="7" height="7"/><circle class="dot" cx="3.5" cy="3.5" r="2"/>
</pattern>
"""
"""The fillings of two of the four endings; what is better is filled, and what is not told is left empty."""
CSS = """
svg { --ink: #1c1b19; --paper: #fffdf8; --line: #b9b1a3; }
@media (prefers-color-scheme: dark) { svg { --ink: #f2efe8; --paper: #14161a; --line: #5c5a55; } }
@media print { svg { --ink: #000000; --paper: #ffffff; --line: #777777; } }
text { fill: var(--ink); }
.background { fill: none; }
.axis .line { stroke: var(--line); fill: none; }
.axis.x .guide { stroke: none; }
.axis.x text, .title { text-anchor: middle; }
.axis.y text { text-anchor: end; }
.rect, .legend rect { stroke: var(--ink); stroke-width: 1.5; }
.color-0 { fill: var(--ink); }
.color-1 { fill: url(#same); }
.color-2 { fill: url(#worse); }
.color-3, .ground { fill: var(--paper); }
.hatch { stroke: var(--ink); stroke-width: 3; }
.dot { fill: var(--ink); }
.value { stroke: var(--paper); stroke-width: 5; stroke-linejoin: round; paint-order: stroke; font-weight: bold; }
.color-0 .value { fill: var(--paper); stroke: var(--ink); }
"""


def bars(title: str, rows: "Sequence[Bar]") -> bytes:
    """A bar for each row, from below: better, the same, worse, not told."""
    highest = max((row.told.moments for row in rows), default=0)
    labels = [row.label.removesuffix(":00") for row in rows]
    room = max(BAR, LETTER * (1 + max(map(len, labels), default=0)))
    chart = _chart(title, max(LEGEND, 90 + room * len(rows)), highest, labels)
    for number, ending in enumerate(ENDINGS):
        chart.add(ending, [_parts(row.told)[number] for row in rows])
    return _drawn(chart)


def outcomes(title: str, told: "Count") -> bytes:
    """A bar for each way in which moments ended."""
    parts = _parts(told)
    chart = _chart(title, NARROW, max(parts), ENDINGS)
    for number, ending in enumerate(ENDINGS):
        chart.add(ending, [part if place == number else 0 for place, part in enumerate(parts)])
    chart.show_legend = False
    return _drawn(chart)


def _parts(told: "Count") -> tuple[int, int, int, int]:
    """How many moments ended in each of ENDINGS."""
    return told.better, told.same, told.worse, told.moments - told.rated


def _chart(title: str, width: int, highest: int, labels: "Sequence[str]") -> pygal.Graph:
    step = max(1, -(-highest // 5))
    chart = pygal.StackedBar(
        title=None,
        width=width,
        height=HEIGHT,
        explicit_size=True,
        margin=8,
        no_prefix=True,
        classes=(),
        css=[f"inline:{CSS}"],
        js=[],
        defs=[SAME, WORSE],
        style=Style(
            font_family=FONT, label_font_size=13, major_label_font_size=13, legend_font_size=14, value_font_size=13
        ),
        legend_at_bottom=True,
        legend_at_bottom_columns=4,
        truncate_legend=-1,
        truncate_label=-1,
        x_labels=labels,
        y_labels=range(0, step * 5 + 1, step),
        print_values=True,
        formatter=lambda value: str(value) if value >= LEAST_SHARE * 5 * step else "",
    )
    chart.add_xml_filter(lambda root: _bare(root, title))
    return chart


def _drawn(chart: pygal.Graph) -> bytes:
    drawn: bytes = chart.render()
    return drawn


def _bare(root: "Element", title: str) -> "Element":
    """Take out what is there for a script, and whatever names an address; give it the title."""
    for parent in list(root.iter()):
        for child in list(parent):
            at_work = not isinstance(child.tag, str) or child.tag in {"script", "desc"}
            if at_work or "tooltip-overlay" in child.get("class", ""):
                parent.remove(child)
            elif child.tag == "title":
                if parent is root:
                    child.text = title
                else:
                    parent.remove(child)
    root.attrib.pop("id", None)
    return root
