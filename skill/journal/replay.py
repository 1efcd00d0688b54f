"""What was spilled comes into the store: from the file at home, or from Lambda's log, in any form it is exported in."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from skill.errors import JournalError, JournalRefused
from skill.journal.entries import Entry
from skill.journal.files import lines
from skill.journal.intake import Intake, sound
from skill.journal.spill import EVENT

__all__ = ["replay", "spilled"]

_MARK = re.compile(rf'\{{\s*(\\*)"event\1"\s*:\s*\1"{EVENT}')
"""How a spill begins: as it was written, or inside a JSON string (inside another, …) with its quotes escaped."""
_MARK_IN_CSV = re.compile(r'\{\s*\\*""event')
_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*')
"""A JSON string up to its closing quote."""
_SPREAD = re.compile(rf'(\s+)"event": "{EVENT}",\s*')
"""The second line of a spill that is spread over several."""


def spilled(line: str) -> list[Entry | JournalRefused]:
    """The entries that were spilled in a line of a spill or of an exported log; for one that cannot be read, why not.

    It may stand behind marks of the log service, in a message of a JSON document, in a message of which Lambda has made
    JSON once more, or in a cell of a CSV file.
    """
    if _MARK_IN_CSV.search(line):
        line = line.replace('""', '"')
    return [_spilled(line, mark) for mark in _MARK.finditer(line)]


def _spilled(line: str, mark: re.Match[str]) -> Entry | JournalRefused:
    text, start = line, mark.start()
    try:
        # Each string around it has doubled the backslashes before a quote, and added one: 0, 1, 3, 7.
        for _ in range((len(mark[1]) + 1).bit_length() - 1):
            inside = _STRING.match(text, start)
            text, start = json.loads(f'"{inside[0] if inside else ""}"'), 0
        found, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return JournalRefused("it was cut off")
    try:
        return sound(found.get("entry"))
    except JournalRefused as error:
        return error


def _gathered(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; what `aws logs tail --format json` spreads over several lines comes as one."""
    first, margin, held = 0, 0, ""
    for number, line in lines:
        if held and len(line) - len(line.lstrip()) >= margin:
            held += line.strip()
            continue
        if held:
            yield first, held + "}"
            held = ""
        if spread := _SPREAD.fullmatch(line):
            first, margin, held = number, len(spread[1]), "{" + line.strip()
        else:
            yield number, line
    if held:
        yield first, held


def replay(path: Path, intake: Intake) -> int:
    """Bring what was spilled into a store, from a file or from all files of a folder; give how many lines have a fault.

    The files may be a spill, or a log as it is exported: by CloudWatch to S3, by `aws logs` (`filter-log-events`,
    `get-log-events`, `get-query-results`, `tail`), or as Logs Insights' JSON and CSV, each packed with gzip or not.
    A line that cannot be read is told to the intake, and does not hold up the others. Replaying twice is harmless.

    Raises:
        JournalRefused: The store refuses an entry.
    """
    before = len(intake.faults)
    for file in sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]:
        try:
            for number, line in _gathered(lines(file)):
                for found in spilled(line):
                    intake.take(found, f"{file}, line {number}")
        except JournalRefused:
            raise
        except JournalError as error:
            intake.faults.append(f"{file}: {error}")
        except OSError as error:
            intake.faults.append(f"{file}: {error.strerror}")
    intake.settle()
    return len(intake.faults) - before
