"""The commands for what is kept: `stay-close journal` and its tasks."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from skill.channels import terminal
from skill.journal import Entry, Keeper, Moment, Session, Spill, Standing, caregiver_key, data_folder, open_store
from skill.journal.backup import backup, bring_in, export
from skill.journal.files import Progress, whole
from skill.journal.intake import Intake
from skill.journal.replay import replay
from skill.journal.spill import set_aside
from skill.journal.store import entry_to
from skill.words import load

__all__ = ["add_journal", "spill_path"]


def spill_path(environ: Mapping[str, str]) -> Path:
    """Where entries go at home that the store does not take."""
    return data_folder(environ) / "spill.jsonl"


def add_journal(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `journal` and its tasks to the commands of `stay-close`."""
    journal = commands.add_parser("journal", help="show what is kept of this terminal's caregiver, or manage it")
    journal.add_argument("--json", action="store_true", help="one JSON object an entry")
    journal.set_defaults(run=_show)
    tasks = journal.add_subparsers(metavar="TASK")

    def task(name: str, run: Callable[[argparse.Namespace], int], tells: str) -> argparse.ArgumentParser:
        added = tasks.add_parser(name, help=tells)
        added.set_defaults(run=run)
        return added

    task("create", _create, "make the journal's file or table")
    spilled = task("replay", _replay, "bring spilled entries into the journal")
    spilled.add_argument(
        "file",
        nargs="?",
        type=Path,
        help="a spill, a log that CloudWatch exported, or a folder of such (the data folder's spill)",
    )
    exported = task("export", _export, "write this terminal's caregiver's entries as JSON lines")
    exported.add_argument("file", nargs="?", type=Path, help="write them here (standard output)")
    backed_up = task("backup", _backup, "write all entries of all caregivers into a gzip file")
    backed_up.add_argument("file", type=Path, help="write them here, in place of what was here before")
    imported = task("import", _import, "bring an export or a backup into the journal")
    imported.add_argument("file", type=Path, help="the export or the backup")
    task("forget", _forget, "erase all that is kept of this terminal's caregiver")


def _caregiver() -> str:
    return caregiver_key(os.environ).caregiver(terminal.CAREGIVER)


def _show(chosen: argparse.Namespace) -> int:
    store = open_store(os.environ)
    for entry in store.entries(_caregiver()):
        sys.stdout.write((json.dumps(entry_to(entry)) if chosen.json else _entry_line(entry)) + "\n")
    return 0


def _entry_line(entry: Entry) -> str:
    at = entry.started if isinstance(entry, Session | Moment) else entry.seen
    when = at.astimezone().strftime("%a %d %b %Y %H:%M")
    match entry:
        case Session():
            return f"{when}  session  {entry.channel}, {entry.moments} moment(s), {entry.ending or 'open'}"
        case Moment():
            ending = ", ".join(filter(None, (entry.ending or "open", entry.outcome)))
            return f"{when}  moment   {' → '.join(entry.path)}, {entry.steps} step(s), {ending}"
        case Standing():
            reminder = f"a reminder at {entry.remind_at}" if entry.reminder else "no reminder"
            return f"{when}  standing {'track is kept' if entry.tracking else 'no track is kept'}, {reminder}"
    return f"{when}  member   a person of this account"


def _create(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - the parser passes it
    open_store(os.environ).create()
    return 0


def _forget(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - the parser passes it
    count = Keeper(open_store(os.environ), Spill(spill_path(os.environ))).forget(_caregiver())
    sys.stdout.write(f"{count} entries are erased.\n")
    return 0


# Out into files


def _export(chosen: argparse.Namespace) -> int:
    entries = open_store(os.environ).entries(_caregiver())
    if chosen.file is None:
        # What was asked for stands on standard output alone.
        sys.stderr.write(f"{export(entries, sys.stdout, Progress()):,} entries are exported.\n")
        return 0
    with whole(chosen.file) as file:
        count = export(entries, file, Progress())
    sys.stdout.write(f"{count:,} entries are in {chosen.file}.\n")
    return 0


def _backup(chosen: argparse.Namespace) -> int:
    entries = open_store(os.environ).everything()
    count = backup(entries, chosen.file, datetime.now(UTC), Progress())
    sys.stdout.write(f"{count:,} entries are in {chosen.file}.\n")
    return 0


# In from files


def _import(chosen: argparse.Namespace) -> int:
    with _intake(asked=True) as intake:
        bring_in(chosen.file, intake, load().groups())
    return 1 if intake.faults else 0


def _replay(chosen: argparse.Namespace) -> int:
    spill = spill_path(os.environ)
    paths = [chosen.file] if chosen.file else set_aside(spill)
    if not paths:
        sys.stdout.write("Nothing was spilled.\n")
        return 0
    with _intake(asked=False) as intake:
        for path in paths:
            if not replay(path, intake) and not chosen.file:
                path.unlink(missing_ok=True)
    return 1 if intake.faults else 0


@contextmanager
def _intake(*, asked: bool) -> Iterator[Intake]:
    """An intake into the journal that the settings name; what came of it is said, however it ends."""
    intake = Intake(open_store(os.environ), asked=asked, progress=Progress())
    try:
        yield intake
    finally:
        for fault in intake.faults:
            sys.stderr.write(f"stay-close: {fault}.\n")
        sys.stdout.write(f"{intake}\n")
