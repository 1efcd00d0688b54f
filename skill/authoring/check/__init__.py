"""The check of all content: collects every fault, so that a writer sees them at once, each as `file: reason`."""

from skill.authoring.check.run import check, warnings

__all__ = ["check", "warnings"]
