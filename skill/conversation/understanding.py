"""What a turn is taken for: a command, or a sentence with its reading, by the question that it may answer."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skill.conversation.state import State
    from skill.conversation.turn import Turn, TurnKind
    from skill.reader import Reader, Reading

__all__ = ["CLEARLY", "FEW_WORDS", "understood"]

YES_OR_NO = frozenset("next easing still number_later erase offer remind else".split())
"""Questions that a yes or a no answers, with whatever small words around it."""
OF_A_SCRIPT = frozenset("what next easing still else".split())
"""Questions that are open in the middle of a script."""
FEW_WORDS = 6
"""Words that are an answer in the middle of a script, unless an exact rule or a model that is sure says otherwise."""
LIKELY = 0.5
"""The probability of danger from which such words are asked about."""
CLEARLY = 0.9
"""The probability from which they are taken for what they seem."""


def understood(reader: "Reader", turn: "Turn", state: "State") -> "tuple[TurnKind, Reading | None]":
    """What came in: a command, or `said` with a reading."""
    text, asking = turn.text, state.place.asking.kind
    if turn.kind != "said":
        return turn.kind, None
    if asking == "safety":
        return _answer_to_safety(reader, text)
    command = reader.command(text, whole=asking == "number")
    if command is None and asking in YES_OR_NO:
        command = reader.plain_answer(text)
    if command is not None:
        return command, None
    return "said", _read(reader, text, answers=state.moment is not None and asking in OF_A_SCRIPT)


def _read(reader: "Reader", text: str, *, answers: bool) -> "Reading":
    """A sentence's reading. Where it may be an answer, a few words are that more often than they are an emergency."""
    reading = reader.read(text)
    if not answers or reading.exact or len(text.split()) > FEW_WORDS:
        return reading
    if reading.danger == "ask" and reading.peril < LIKELY:
        return replace(reading, danger="none")
    if reading.danger == "sure" and reading.peril < CLEARLY:
        return replace(reading, danger="ask", question=reader.doubt(reading.emergency))
    return reading


def _answer_to_safety(reader: "Reader", text: str) -> "tuple[TurnKind, Reading | None]":
    """Only a no that leaves no doubt is one here, and what says "not yet" is none."""
    command, reading = reader.command(text, whole=True), reader.read(text)
    if reader.clear_no(text, whole=True) or (reader.clear_no(text) and not reading.exact):
        return "no", None
    if not reading.exact and (reader.all_clear(text) == "over" or reader.command(text) == "came"):
        return "no", None
    heard_again = command in ("again", "slower") and not reader.says_nothing(text)
    return (command, None) if command and (heard_again or command == "stop") else ("said", reading)
