"""What `stay-close build` makes of the content: words and reader, a file of each for a language. Never edited."""

from pathlib import Path

__all__ = ["COMPILED"]

COMPILED = Path(__file__).parent
"""This folder."""
