"""What the mouse does in a grid: a click goes to a cell, the edge of a heading is dragged."""

from __future__ import annotations

from textual import events

from workbench.tui.grid.canvas import GridCanvas
from workbench.tui.grid.columns import GAP, NARROWEST


class GridMouse:
    """Everything here has a key, too: the mouse may be off."""

    def __init__(self, grid: GridCanvas) -> None:
        self._grid = grid
        self._dragged: tuple[int, int] | None = None  # a column, and where its left edge is

    def _column_at(self, x: int) -> tuple[int, int, bool] | None:
        """(column, its left edge, whether the gap behind it was hit) at a place of a line."""
        left = 0
        for number, width in self._grid.layout_of.visible(self._grid.span):
            if x < left + width + GAP:
                return number, left, x >= left + width
            left += width + GAP
        return None

    def pressed(self, event: events.MouseDown) -> None:
        """Take hold of the edge of a heading."""
        found = self._column_at(event.x)
        if event.y == 0 and found is not None and found[2]:
            self._dragged = found[:2]
            self._grid.capture_mouse()
            event.stop()

    def moved(self, event: events.MouseMove) -> None:
        """Make the column as wide as it is dragged."""
        if self._dragged is not None:
            number, left = self._dragged
            self._grid.layout_of.widths[number] = max(
                NARROWEST, min(self._grid.span - left, event.x - left)
            )
            self._grid.refresh_rows()

    def released(self, event: events.MouseUp) -> None:
        """Let go."""
        if self._dragged is not None:
            self._dragged = None
            self._grid.release_mouse()
            event.stop()

    def clicked(self, event: events.Click) -> None:
        """Go to the cell; in the line of headings to the column."""
        found = self._column_at(event.x)
        row = self._grid.scroll_offset.y + event.y - 1
        if found is None or found[2] or row >= self._grid.source.total:
            return
        self._grid.cursor_column = found[0]
        if event.y:
            self._grid.cursor_row = row
