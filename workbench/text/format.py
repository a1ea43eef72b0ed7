"""How numbers are written for a reader."""

from __future__ import annotations

import re

_EXCERPT = re.compile(r"LINE \d+: ")


def counted(number: int, word: str) -> str:
    """A number with its word, in the plural unless there is one."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def size_text(size: int) -> str:
    """Bytes in the unit that a reader takes in at a glance."""
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << power:
            return f"{size / (1 << power):,.1f} {unit}"
    return f"{size:,} bytes"


def number_text(value: float) -> str:
    """As many digits as tell numbers of a column apart at a glance."""
    if not value:
        return "0"  # also where the engine's zero has a sign
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}" if size < 1e15 else f"{value:.4g}"
    return f"{value:.4g}" if size >= 1 else f"{value:.3g}" if size >= 0.01 else f"{value:.2g}"


def excerpt_fitted(message: str, width: int) -> str:
    """The message with its `LINE n:` and the line of the caret cut alike, so that the caret still
    points where it did; a line broken in two would leave it pointing at nothing."""
    lines = message.split("\n")
    for at, line in enumerate(lines[:-1]):
        caret = lines[at + 1].find("^")
        if caret < 0 or not _EXCERPT.match(line) or len(line) <= width:
            continue
        begin = max(0, min(caret - width // 2, len(line) - width))
        shown = line[begin : begin + width]
        shown = f"…{shown[1:]}" if begin else shown
        lines[at] = f"{shown[:-1]}…" if begin + width < len(line) else shown
        lines[at + 1] = lines[at + 1][begin : begin + width]
    return "\n".join(lines)
