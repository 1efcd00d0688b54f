"""Errands: what a conversation asks of the house while it answers. What is behind them is none of its business."""

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from skill.journal.entries import Moment, Standing

__all__ = ["Errands", "Reminded"]

Reminded = Literal["set", "asking", "denied", "unsupported", "full", "failed"]
"""What became of a reminder: set, or the platform asks the caregiver first, or why there is none."""


class Errands(Protocol):
    """What the house does for a conversation. None of it raises."""

    def moments(self, since: "datetime") -> "Sequence[Moment] | None":
        """The caregiver's moments that began since then, in order; none where the journal does not say in time."""

    def hold(self, standing: "Standing") -> bool:
        """Keep what holds from now on; whether the journal has taken it."""

    def forget_moment(self, moment: "Moment") -> bool:
        """Erase a moment; whether it is gone."""

    def forget_everything(self) -> bool:
        """Erase all that is kept of the caregiver; whether it is gone."""

    @property
    def reminds(self) -> bool:
        """Whether there can be reminders at all."""

    def remind(self, at: str, text: str) -> tuple[Reminded, str]:
        """Set a reminder for every day `at` 07:10 that says `text`; what became of it, and what it is known by."""

    def no_reminder(self, known_by: str) -> bool:
        """Cancel a reminder; whether it is gone."""
