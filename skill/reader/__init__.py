"""The reader: a sentence → a Reading."""

from skill.reader.reader import Reader, load_reader
from skill.reader.reading import Command, Decision, Reading

__all__ = ["Command", "Decision", "Reader", "Reading", "load_reader"]
