"""Pictures of how well the reader reads, as PNG files."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure

from skill.authoring.evaluate.figures import Row, Share, read_as
from skill.authoring.evaluate.held_out import Point
from skill.words import Words

__all__ = ["confusions", "learning", "reliability"]

BINS = 10
"""Bars of the reliability curve."""
SEEN = 0.02
"""Share of a label from which a confusion is written out."""
DOTS = 150
"""Dots an inch."""
INK = "#1f3b4d"
PALE = "#9db4c0"

mpl.rcParams["font.family"] = "DejaVu Sans"


def confusions(words: Words, read: Sequence[Row], path: Path) -> None:
    """What each label was read as, in shares of the label; emergencies are parted from the rest by lines."""
    labels = [label.name for label in words.labels]
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)))
    for sentence, reading in read:
        counts[place[sentence.label], place[read_as(reading)]] += 1
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(11, 10), layout="constrained")
    axes = figure.subplots()
    # Rare confusions matter and would be white on a straight scale.
    picture = axes.imshow(shares, cmap="Greys", norm=PowerNorm(0.4, vmin=0, vmax=1))
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    for row, column in zip(*np.nonzero((shares >= SEEN) & ~np.eye(len(labels), dtype=bool)), strict=True):
        axes.text(
            column, row, f"{shares[row, column] * 100:.0f}", ha="center", va="center", fontsize=6, color="#b3261e"
        )
    edges = [number for number, label in enumerate(labels) if label in words.emergencies]
    for edge in (min(edges) - 0.5, max(edges) + 0.5):
        axes.axhline(edge, color=INK, linewidth=0.8)
        axes.axvline(edge, color=INK, linewidth=0.8)
    axes.set_xlabel("read as")
    axes.set_ylabel("said")
    axes.set_title(f"{len(read)} sentences: what each label was read as (red: {SEEN:.0%} or more of a label, in %)")
    figure.colorbar(picture, shrink=0.5)
    figure.savefig(path, dpi=DOTS)


def reliability(read: Sequence[Row], path: Path) -> None:
    """How often a reading was right, by how sure it was; below, how many readings were so sure."""
    confidence = np.array([reading.confidence for _, reading in read])
    right = np.array([sentence.label == reading.situation for sentence, reading in read])
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    figure = Figure(figsize=(6, 7), layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], color=PALE, linestyle="--", label="calibrated")
    filled = [number for number in range(BINS) if np.any(bins == number)]
    shares = [Share(int(right[bins == number].sum()), int((bins == number).sum())) for number in filled]
    values = np.array([share.value for share in shares])
    bounds = np.array([share.interval for share in shares]).T
    above.errorbar(
        [confidence[bins == number].mean() for number in filled],
        values,
        yerr=np.maximum([values - bounds[0], bounds[1] - values], 0),
        color=INK, marker="o", capsize=3, label="read, with 95 % interval",
    )  # fmt: skip
    gap = sum(abs(confidence[bins == n].mean() - right[bins == n].mean()) * (bins == n).mean() for n in filled)
    above.set_ylabel("share that is right")
    above.set_title(f"{len(read)} sentences; mean gap {gap:.1%}")
    above.legend()
    below.hist(confidence, bins=np.linspace(0, 1, BINS + 1), color=PALE, edgecolor="white")
    below.set_xlabel("confidence")
    below.set_ylabel("sentences")
    figure.savefig(path, dpi=DOTS)


def learning(points: Sequence[Point], path: Path) -> None:
    """How much is read right after so many sentences, by whole writers and by a share of all."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for kind, marker, style in (("writers", "o", "-"), ("sentences", "s", "--")):
        some = sorted((one for one in points if one.kind in {kind, "all"}), key=lambda one: one.sentences)
        for name, color in (("right", INK), ("either", PALE)):
            shares: list[Share] = [getattr(one, name) for one in some]
            what = "right" if name == "right" else "right or runner-up"
            whose = "whole writers" if kind == "writers" else "a share of every writer"
            axes.plot(
                [one.sentences for one in some],
                [share.value * 100 for share in shares],
                color=color, marker=marker, linestyle=style, label=f"{what}, {whose}",
            )  # fmt: skip
        if kind == "writers":
            for one in some:
                axes.annotate(f"{one.writers}", (one.sentences, one.right.value * 100), (0, -12), fontsize=8,
                              textcoords="offset points")  # fmt: skip
    axes.set_xscale("log")
    ticks = sorted({one.sentences for one in points if one.kind != "sentences"})
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks], rotation=60, fontsize=8)
    axes.minorticks_off()
    axes.set_xlabel("sentences learned from (the small numbers: writers)")
    axes.set_ylabel("percent of the unseen sentences")
    axes.grid(visible=True, alpha=0.3)
    axes.legend(loc="lower right", fontsize=8)
    figure.savefig(path, dpi=DOTS)
