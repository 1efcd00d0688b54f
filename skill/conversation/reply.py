"""A Reply: what is spoken, and whether the microphone stays open."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Passage", "PassageKind", "Reply"]

PassageKind = Literal["action", "line", "child", "question", "call"]
"""What a passage is: a thing to do, a sentence to the child, the question that ends a turn, a number to call, …"""


@dataclass(frozen=True, slots=True)
class Passage:
    """A few sentences that are spoken in one way."""

    text: str
    """The sentences. `[4s]` stands for a pause of that many seconds."""
    kind: PassageKind = "line"
    """What they are."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a Turn."""

    passages: tuple[Passage, ...]
    """What is spoken, in order; empty only where nothing may be spoken."""
    listening: bool
    """Whether the microphone stays open; true exactly where the last passage is a question."""
    reprompt: tuple[Passage, ...] = ()
    """What is spoken when the question goes unanswered; empty when nothing was asked."""
    situation: str = ""
    """The label that is being answered; empty for none."""
    danger: Literal["none", "ask", "sure"] = "none"
    """What was understood of danger in this turn."""
    moment: str = ""
    """The id of the moment that this belongs to; empty for none."""
    slow: bool = False
    """Whether to speak slower than usual."""
