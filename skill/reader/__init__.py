"""The reader: a sentence → a Reading."""

from skill.reader.reader import Reader, load_reader
from skill.reader.reading import Decision, Reading

__all__ = ["Decision", "Reader", "Reading", "load_reader"]
