"""Figures as text."""

from collections.abc import Collection, Iterator, Sequence

from skill.authoring.evaluate.figures import HARMS, Figures, Row, Share, harm
from skill.authoring.evaluate.pair import Difference, Pair
from skill.reader import Reading

__all__ = ["pair_report", "report", "wrong_report"]


def report(figures: Figures, *, most: int = 30) -> str:
    """The figures as text, with the `most` harmful confusions."""
    return "\n".join(_lines(figures, most))


def _lines(figures: Figures, most: int) -> Iterator[str]:
    yield f"{'':27} {'share':>6}  {'95 % interval':>15}  {'of':>6}"
    yield from (_line(name, one) for name, one in figures.shares.items())
    if figures.by_hardness:
        yield from ("", "Right, of the easy and the hard:")
        yield from (_line(name, one) for name, one in figures.by_hardness.items())
    yield from ("", "Right, by writer:")
    yield from (_line(name, one) for name, one in figures.by_writer.items())
    yield from ("", "Right, by label, and with the runner-up:")
    for name, (right, either) in figures.by_label.items():
        yield f"{_line(name, right)}  {either.value:6.1%}"
    yield from ("", "The confusions, the most harmful first:")
    for wrong, label, read, often in figures.harms[:most]:
        yield f"  {often:3d}  {wrong:25} {label} read as {read}"
    if len(figures.harms) > most:
        yield f"  and {sum(row[3] for row in figures.harms[most:])} more, less harmful"


def _line(name: str, one: Share) -> str:
    if not one.of:
        return f"{name:27} {'-':>6}  {'-':>15}  {0:6d}"
    low, high = one.interval
    return f"{name:27} {one.value:6.1%}  {low:6.1%}-{high:6.1%}  {one.of:6d}"


def wrong_report(read: Sequence[Row], emergencies: Collection[str]) -> str:
    """Each sentence that went wrong, the most harmful first, and how it was read."""
    lines = []
    for wrong in HARMS:
        rows = [row for row in read if harm(row[0].label, row[1], emergencies) == wrong]
        if rows:
            lines += ["", f"{wrong}: {len(rows)}"]
            lines += [f"  {one.text}\n    {one.label} → {_gist(reading)}" for one, reading in rows]
    return "\n".join(lines)


def pair_report(pair: Pair, *, most: int = 60) -> str:
    """Two readers on the same sentences, with the `most` telling differences."""
    lines = [
        f"sentences                   {pair.sentences:6d}",
        f"read differently            {len(pair.differences):6d}",
        f"only the first is right     {pair.only_one_right:6d}",
        f"only the other is right     {pair.only_other_right:6d}",
        f"by chance alone             {pair.chance:6.3f}  (McNemar's exact test)",
    ]
    for better, heading in ((-1, "The other does more harm:"), (1, "The other does less harm:"), (0, "Neither:")):
        some = [one for one in pair.differences if one.better == better]
        if some:
            lines += ["", f"{heading} {len(some)}", *map(_difference, some[:most])]
    return "\n".join(lines)


def _difference(one: Difference) -> str:
    return f"  {one.sentence.text}\n    {one.sentence.label}: {_gist(one.one)} → {_gist(one.other)}"


def _gist(reading: Reading) -> str:
    if reading.danger == "none":
        return f"{reading.situation} ({reading.decision})"
    return f"{reading.emergency} ({'danger' if reading.danger == 'sure' else 'asks about danger'})"
