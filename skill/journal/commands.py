"""The commands for what is kept: `stay-close journal` and its tasks."""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from skill.channels import terminal
from skill.journal import Entry, Keeper, Moment, Session, Spill, Standing, caregiver_key, data_folder, open_store
from skill.journal.spill import replay, replaying
from skill.journal.store import entry_to

if TYPE_CHECKING:
    from collections.abc import Callable

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

    def task(name: str, run: "Callable[[argparse.Namespace], int]", tells: str) -> argparse.ArgumentParser:
        added = tasks.add_parser(name, help=tells)
        added.set_defaults(run=run)
        return added

    task("create", _create, "make the journal's file or table")
    spilled = task("replay", _replay, "bring spilled entries into the journal")
    spilled.add_argument("file", nargs="?", type=Path, help="the spill, or an exported log (the data folder's spill)")
    task("forget", _forget, "erase all that is kept of this terminal's caregiver")


def _show(chosen: argparse.Namespace) -> int:
    store = open_store(os.environ)
    key = caregiver_key(os.environ)
    for entry in store.entries(key.caregiver(terminal.CAREGIVER)):
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


def _replay(chosen: argparse.Namespace) -> int:
    spill = spill_path(os.environ)
    path: Path = chosen.file or spill
    if chosen.file is None:
        if not spill.exists():
            sys.stdout.write("Nothing was spilled.\n")
            return 0
        # Taken away first: what is spilled meanwhile begins a new file.
        path = spill.rename(replaying(spill))
    count, faults = replay(path, open_store(os.environ))
    sys.stdout.write(f"{count} entries are in the journal.\n")
    for fault in faults:
        sys.stderr.write(f"stay-close: {path}, {fault}.\n")
    if chosen.file is None and not faults:
        path.unlink()
    return 1 if faults else 0


def _forget(chosen: argparse.Namespace) -> int:  # noqa: ARG001 - the parser passes it
    caregiver = caregiver_key(os.environ).caregiver(terminal.CAREGIVER)
    count = Keeper(open_store(os.environ), Spill(spill_path(os.environ))).forget(caregiver)
    sys.stdout.write(f"{count} entries are erased.\n")
    return 0
