"""How numbers are written for a reader."""

from __future__ import annotations


def counted(number: int, word: str) -> str:
    """A number with its word, in the plural unless there is one."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def number_text(value: float) -> str:
    """As many digits as tell numbers of a column apart at a glance."""
    if not value:
        return "0"  # also where the engine's zero has a sign
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}" if size < 1e15 else f"{value:.4g}"
    return f"{value:.4g}" if size >= 1 else f"{value:.3g}" if size >= 0.01 else f"{value:.2g}"
