"""The second wall: whatever a widget draws passes here on its way to the terminal."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from workbench.text.sanitize import is_plain, one_cell_each


class SafeFilter(LineFilter):
    """Replaces what could act on the terminal, one cell for one, without a new layout."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments with inert text."""
        return [
            segment
            if segment.control or is_plain(segment.text)
            else Segment(one_cell_each(segment.text), segment.style)
            for segment in segments
        ]


# One object: Textual keeps a line's filtered form by the filter that made it.
SAFE = SafeFilter()
