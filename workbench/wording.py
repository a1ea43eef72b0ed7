"""How things are counted in sentences."""

from __future__ import annotations


def counted(number: int, word: str) -> str:
    """A number with its word, in the plural unless there is one."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
