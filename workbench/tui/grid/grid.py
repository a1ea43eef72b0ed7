"""The grid: a table one moves in, marks in and acts on, by keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from workbench.tui.grid.canvas import GridCanvas, cell_text
from workbench.tui.grid.columns import NARROWEST, WIDEST
from workbench.tui.grid.mouse import GridMouse

_LAST = 1 << 62  # the last row, however many there will be


def column_like(words: str, grid: GridCanvas) -> int | None:
    """The first shown column of that name, else with it at the begin, else with it anywhere."""
    wanted = words.strip().lower()
    shown = grid.layout_of.shown()
    names = [(number, grid.columns[number].name.lower()) for number in shown]
    names += [(number, grid.columns[number].heading.lower()) for number in shown]
    for fits in (str.__eq__, str.startswith, str.__contains__):
        for number, name in names:
            if wanted and fits(name, wanted):
                return number
    return None


class Grid(GridCanvas):
    """Moving, marking, and asking about the cell under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1,0)", "down", show=False, id="grid.down"),
        Binding("up,k", "move(-1,0)", "up", show=False, id="grid.up"),
        Binding("right,l", "move(0,1)", "next column", show=False, id="grid.right"),
        Binding("left,h", "move(0,-1)", "previous column", show=False, id="grid.left"),
        Binding("pagedown", "page(1)", "page down", show=False, id="grid.page_down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="grid.page_up"),
        Binding("home,g", "edge(-1)", "first row", show=False, id="grid.first"),
        Binding("end,G", "edge(1)", "last row", show=False, id="grid.last"),
        Binding("enter", "open", "open", id="grid.open"),
        Binding("space", "mark", "mark", show=False, id="grid.mark"),
        Binding("exclamation_mark", "freeze", "freeze columns", show=False, id="grid.freeze"),
        Binding("minus", "hide", "hide column", show=False, id="grid.hide"),
        Binding("plus", "show_all", "show all columns", show=False, id="grid.show_all"),
        Binding("less_than_sign", "shift(-1)", "column left", show=False, id="grid.shift_left"),
        Binding("greater_than_sign", "shift(1)", "column right", show=False, id="grid.shift_right"),
        Binding("underscore", "widen", "column width", show=False, id="grid.width"),
        Binding("number_sign", "go_to_row", "go to row or column…", show=False, id="grid.row"),
        Binding("v", "view_cell", "whole cell", show=False, id="grid.cell"),
        Binding("z", "view_row", "whole row", show=False, id="grid.whole_row"),
        Binding("p", "pivot", "pivot", show=False, id="grid.pivot"),
        Binding("y", "yank", "copy", show=False, id="grid.copy"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another cell."""

        grid: Grid
        row: int
        column: int

    @dataclass
    class Opened(Message):
        """The analyst opened a cell."""

        grid: Grid
        row: int
        column: int

    @dataclass
    class Asked(Message):
        """The analyst asked for something: `cell`, `row`, `pivot`, `yank`, or a row to `go` to."""

        grid: Grid
        what: str
        row: int
        column: int

    @dataclass
    class PastEnd(Message):
        """The analyst went to a row that is not here yet, or past the last one that is."""

        grid: Grid
        row: int

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._mouse = GridMouse(self)

    # Moving

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Repaint two lines, not the screen."""
        self.repaint_row(old)
        self.repaint_row(new)
        self._scroll_to_cursor()
        self.post_message(self.Moved(self, new, self.cursor_column))

    def watch_cursor_column(self, _old: int, new: int) -> None:
        """Repaint the header and the row."""
        if self.columns and self.layout_of.bring(new, self.span):
            self.refresh_rows()
        else:
            self.repaint_row(self.cursor_row)
            self.refresh(Region(0, 0, self.room, 1))
        self.post_message(self.Moved(self, self.cursor_row, new))

    def _scroll_to_cursor(self) -> None:
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, immediate=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, immediate=True)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by rows and columns."""
        if rows:
            self.jump(self.cursor_row + rows)
        if columns and self.columns:
            self.cursor_column = self.layout_of.step(self.cursor_column, columns)

    def jump(self, row: int) -> None:
        """Put the cursor on a row, as near as there is one; where more rows may come, ask."""
        self.cursor_row = max(0, min(self.source.total - 1, row))
        if row >= self.source.total and not self.source.exact:
            self.post_message(self.PastEnd(self, row))

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens."""
        self.jump(self.cursor_row + pages * max(1, self.size.height - 2))

    def action_edge(self, end: int) -> None:
        """Go to the first or the last row."""
        if end > 0 and not self.source.exact:
            self.jump(_LAST)
        else:
            self.jump(self.source.total - 1 if end > 0 else 0)

    # Acting

    def action_mark(self) -> None:
        """Mark or unmark the row, and step down."""
        cells = self.source.row(self.cursor_row)
        if cells is None:
            return
        self.marks ^= {self.cursor_row}
        if self.cursor_row in self.marks:
            self.kept[self.cursor_row] = cells
        else:
            self.kept.pop(self.cursor_row, None)
        self.repaint_row(self.cursor_row)
        self.jump(self.cursor_row + 1)

    def action_freeze(self) -> None:
        """Freeze the columns up to the cursor; again to let go."""
        self.layout_of.freeze(self.cursor_column)
        self.refresh_rows()

    def action_hide(self) -> None:
        """Hide the column."""
        if self.columns:
            self.cursor_column = self.layout_of.hide(self.cursor_column)
            self.refresh_rows()

    def action_show_all(self) -> None:
        """Show every column again, in the result's order."""
        self.layout_of.show_all()
        self.refresh_rows()

    def action_shift(self, by: int) -> None:
        """Move the column left or right."""
        if self.columns:
            self.layout_of.move(self.cursor_column, by)
            self.layout_of.bring(self.cursor_column, self.span)
            self.refresh_rows()

    def action_widen(self) -> None:
        """Make the column as wide as its text here, or narrow again."""
        number, widest = self.cursor_column, 0
        for index in range(self.scroll_offset.y, self.scroll_offset.y + self.size.height):
            row = self.source.row(index) if index < self.source.total else None
            if row is not None:
                widest = max(widest, cell_len(cell_text(row[number], self.columns[number])))
        self.layout_of.chosen.add(number)
        widths = self.layout_of.widths
        widths[number] = min(WIDEST, widest) if widths[number] > WIDEST else max(NARROWEST, widest)
        self.layout_of.bring(number, self.span)
        self.refresh_rows()

    def _ask(self, what: str) -> None:
        if self.source.total:
            self.post_message(self.Asked(self, what, self.cursor_row, self.cursor_column))

    def action_open(self) -> None:
        """Open the entity under the cursor."""
        if self.source.total:
            self.post_message(self.Opened(self, self.cursor_row, self.cursor_column))

    def action_view_cell(self) -> None:
        """Show the whole cell."""
        self._ask("cell")

    def action_view_row(self) -> None:
        """Show the whole row, one column a line."""
        self._ask("row")

    def action_go_to_row(self) -> None:
        """Ask for the number of a row, or for a column's name, and go there."""
        self._ask("go")

    def action_pivot(self) -> None:
        """List the queries that take this cell."""
        self._ask("pivot")

    def action_yank(self) -> None:
        """Copy the cell, the row or the table."""
        self._ask("yank")

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge of a heading."""
        self._mouse.pressed(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Make the column as wide as it is dragged."""
        self._mouse.moved(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        self._mouse.released(event)

    def on_click(self, event: events.Click) -> None:
        """Go to the cell; in the line of headings to the column."""
        self._mouse.clicked(event)
