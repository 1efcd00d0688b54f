"""A Reading: what was understood of a sentence. It does not hold the sentence."""

from dataclasses import dataclass
from typing import Literal

from skill.words import Command

__all__ = ["Command", "Decision", "Reading"]

Decision = Literal["speak", "choose", "ask", "decline"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood of one sentence."""

    situation: str
    """The likeliest label."""
    confidence: float
    """How sure that is, 0 to 1, calibrated: of readings at 0.8, eight in ten are right."""
    runner_up: str
    """The next likely label."""
    decision: Decision
    """speak: sure of the situation. choose: it is one of two. ask: too vague. decline: not ours."""
    danger: Literal["none", "ask", "sure"] = "none"
    """sure: an emergency. ask: a safety question first."""
    emergency: str = ""
    """The emergency that is meant, where danger is sure, or would be, where danger is ask."""
    form: str = ""
    """What an exact rule pointed to: the form of the emergency, the answer to a why, the period to look back on, the
    aside to the speaker itself; empty for the general one."""
    question: str = ""
    """The safety question, where danger is ask."""
    exact: bool = False
    """Whether it was an exact rule that found the danger."""
    peril: float = 0.0
    """How likely the trained model holds any emergency, 0 to 1."""
    calm: str = ""
    """The likeliest label that is no emergency: what is spoken once a safety question is answered with no."""
