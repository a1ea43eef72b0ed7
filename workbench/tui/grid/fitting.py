"""Text in so many cells of a line: cut at the end or in the middle, or filled up."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size


def shortened(text: str, width: int) -> str:
    """A text in at most `width` cells; what does not fit is cut, and says so."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def fitted(text: str, width: int, right: bool) -> str:
    """A text in exactly `width` cells, cut or filled up."""
    taken = cell_len(text)
    if taken > width:
        return shortened(text, width)
    space = " " * (width - taken)
    return space + text if right else text + space


def shorten(text: str, width: int) -> str:
    """Cut in the middle: the start and the end of an id are what tells it apart."""
    if cell_len(text) <= width or width < 5:
        return text
    half = (width - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
