"""Files that entries go out to and come in from: written whole or not at all, read in whatever form they come."""

import gzip
import io
import os
import secrets
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO, cast

from skill.errors import JournalError
from skill.journal.spill import private

__all__ = ["Progress", "lines", "whole"]


@contextmanager
def whole(path: Path, *, packed: bool = False) -> Iterator[TextIO]:
    """A file that comes to stand under its name once all is written, in place of any that stood there before.

    `packed` with gzip, where wanted.

    A process that is killed leaves at most a file `NAME.….part` behind, which is its owner's alone as well.

    Raises:
        JournalError: No file can have this name.
    """
    place = path.resolve()
    if not place.parent.is_dir() or (place.exists() and not place.is_file()):
        raise JournalError(f"{path}: name a file in a folder that exists.")
    part = place.with_name(f"{place.name}.{secrets.token_hex(8)}.part")
    try:
        with open(part, "x", encoding="utf-8", newline="\n", opener=private) as file:
            if packed:
                with io.TextIOWrapper(gzip.GzipFile("", "wb", fileobj=file.buffer), "utf-8") as text:
                    yield text
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers, from 1; packed with gzip or not, as it turns out.

    Raises:
        JournalError: It is packed, and was cut off or is damaged; the lines before that have been given.
    """
    number = 0
    with path.open("rb") as file:
        start = file.peek(2)[:2]
        opened = cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if start == b"\x1f\x8b" else file
        # Windows' own shell writes what it is given in UTF-16.
        encoding = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        # A line ends with a newline alone, whatever else stands in it.
        with opened, io.TextIOWrapper(opened, encoding, errors="replace", newline="\n") as text:
            try:
                for number, line in enumerate(text, 1):
                    yield number, line
            except (EOFError, gzip.BadGzipFile, zlib.error):
                raise JournalError(f"the file was cut off or is damaged after line {number}") from None


class Progress:
    """Says how far something has come: once a second at most, and not at all where it takes no longer than that."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Say it on `stream`, or on standard error."""
        self._stream = stream or sys.stderr
        self._clock = clock
        self._next = clock() + 1

    def __call__(self, count: int) -> None:
        """`count` entries are done."""
        if self._clock() >= self._next:
            self._stream.write(f"{count:,} entries so far\n")
            self._stream.flush()
            self._next = self._clock() + 1
