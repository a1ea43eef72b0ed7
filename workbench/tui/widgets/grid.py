"""The grid: draws the rows that are visible and nothing else, whatever the result's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from workbench.safe_text import safe_text
from workbench.tui.widgets.grid_source import Cells, GridColumn, GridSource, PageSource

_WIDEST = 44
_NARROWEST = 3
_SAMPLE = 200
_GAP = 2


def cell_text(value: Any, column: GridColumn) -> str:
    """One cell as safe text on one line."""
    if value is None:
        return "·"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if column.quantity else str(value)
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    text = safe_text(value)
    if column.type == "TIMESTAMP" and len(text) > 19:
        return text[:19]
    return text


class Grid(ScrollView, can_focus=True):
    """A table over a `GridSource`: one header line, a cursor, marks, frozen first columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header", "grid--cursor", "grid--cell", "grid--mark", "grid--null", "grid--entity",
    }  # fmt: skip

    DEFAULT_CSS = """
    Grid { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    Grid .grid--header { color: $text-muted; text-style: bold; background: $surface; }
    Grid .grid--cursor { background: $block-cursor-blurred-background; }
    Grid:focus .grid--cursor { background: $block-cursor-background;
                               color: $block-cursor-foreground; }
    Grid .grid--cell { color: $foreground; }
    Grid .grid--mark { color: $warning; text-style: bold; }
    Grid .grid--null { color: $text-disabled; }
    Grid .grid--entity { color: $accent; }
    """

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
        Binding("underscore", "widen", "column width", show=False, id="grid.width"),
        Binding("v", "view_cell", "whole cell", show=False, id="grid.cell"),
        Binding("p", "pivot", "pivot", show=False, id="grid.pivot"),
        Binding("y", "yank", "copy", show=False, id="grid.copy"),
    ]

    cursor_row: reactive[int] = reactive(0, repaint=False)
    cursor_column: reactive[int] = reactive(0, repaint=False)

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
        """The analyst asked for something about a cell: `cell`, `pivot` or `yank`."""

        grid: Grid
        what: str
        row: int
        column: int

    @dataclass
    class PastEnd(Message):
        """The cursor reached the last row that is here while there are more."""

        grid: Grid

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.columns: list[GridColumn] = []
        self.source: GridSource = PageSource([])
        self.marks: set[int] = set()
        self.frozen = 1
        self._widths: list[int] = []
        self._hidden: set[int] = set()
        self._strips: dict[tuple[int, bool], Strip] = {}

    def show(self, columns: list[GridColumn], source: GridSource) -> None:
        """Draw another table; the cursor stays where it is if the shape is the same."""
        same = [column.name for column in columns] == [column.name for column in self.columns]
        self.columns = columns
        self.source = source
        if not same:
            self._hidden.clear()
            self.marks.clear()
            self.cursor_column = 0
            self._widths = [self._fitting(number) for number in range(len(columns))]
        self.cursor_row = min(self.cursor_row, max(0, source.total - 1))
        self.refresh_rows()

    def refresh_rows(self) -> None:
        """The rows behind the grid changed."""
        self._strips.clear()
        width = sum(self._widths[number] + _GAP for number in self._shown())
        self.virtual_size = Size(width, self.source.total + 1)
        self.refresh()

    def _fitting(self, number: int) -> int:
        column = self.columns[number]
        widest = cell_len(safe_text(column.name))
        for index in range(min(_SAMPLE, self.source.total)):
            row = self.source.row(index)
            if row is not None:
                widest = max(widest, cell_len(cell_text(row[number], column)))
        return max(_NARROWEST, min(_WIDEST, widest))

    def _shown(self) -> list[int]:
        return [number for number in range(len(self.columns)) if number not in self._hidden]

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One line of the visible part: the header, then rows."""
        if y == 0:
            return self._crop(self._header())
        index = self.scroll_offset.y + y - 1
        if index >= self.source.total or not self.columns:
            return Strip.blank(self.size.width, self.rich_style)
        return self._crop(self._row_strip(index))

    def _crop(self, strip: Strip) -> Strip:
        frozen = sum(self._widths[number] + _GAP for number in self._shown()[: self.frozen])
        x, width = self.scroll_offset.x, self.size.width
        if not frozen or not x or frozen >= width:
            return strip.crop_extend(x, x + width, self.rich_style)
        tail = strip.crop_extend(frozen + x, x + width, self.rich_style)
        return Strip.join([strip.crop(0, frozen), tail]).adjust_cell_length(width, self.rich_style)

    def _header(self) -> Strip:
        style = self.get_component_rich_style("grid--header")
        here = self.get_component_rich_style("grid--cursor") + Style(bold=True)
        segments = []
        for number in self._shown():
            column = self.columns[number]
            text = self._fit(safe_text(column.name), number)
            chosen = here if number == self.cursor_column and self.has_focus else style
            segments += [Segment(text, chosen), Segment(" " * _GAP, style)]
        return Strip(segments).extend_cell_length(self.size.width, style)

    def _fit(self, text: str, number: int) -> str:
        width, taken = self._widths[number], cell_len(text)
        if taken > width:
            return set_cell_size(text, width - 1) + "…"
        space = " " * (width - taken)
        return space + text if self.columns[number].numeric else text + space

    def _row_strip(self, index: int) -> Strip:
        key = (index, index == self.cursor_row)
        strip = self._strips.get(key)
        if strip is None:
            cells = self.source.row(index)
            if cells is None:
                return Strip([Segment("…", self.get_component_rich_style("grid--null"))])
            strip = self._draw(index, cells)
            if len(self._strips) > 512:
                self._strips.clear()
            self._strips[key] = strip
        return strip

    def _draw(self, index: int, cells: Cells) -> Strip:
        plain = self.get_component_rich_style("grid--cell")
        styles = {
            name: self.get_component_rich_style(f"grid--{name}")
            for name in ("cursor", "mark", "null", "entity")
        }
        current = index == self.cursor_row
        base = styles["cursor"] if current else plain
        segments: list[Segment] = []
        for number in self._shown():
            column, value = self.columns[number], cells[number]
            text = cell_text(value, column)
            if size := self.source.cut(index, number):
                text = f"{text} …{size:,}"
            style = base
            if index in self.marks:
                style = base + Style.from_color(styles["mark"].color) + Style(bold=True)
            elif value is None and not current:
                style = styles["null"]
            elif column.entity and not current:
                style = styles["entity"]
            if current and number == self.cursor_column and self.has_focus:
                style = base + Style(reverse=True, bold=True)
            segments += [Segment(self._fit(text, number), style), Segment(" " * _GAP, base)]
        return Strip(segments).extend_cell_length(max(self.size.width, 1), base)

    # Moving

    def _repaint_row(self, index: int) -> None:
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        line = index - self.scroll_offset.y + 1
        if 1 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Repaint two lines, not the screen."""
        self._repaint_row(old)
        self._repaint_row(new)
        self._scroll_to_cursor()
        self.post_message(self.Moved(self, new, self.cursor_column))
        if new >= self.source.total - 1 and not self.source.exact:
            self.post_message(self.PastEnd(self))

    def watch_cursor_column(self, _old: int, new: int) -> None:
        """Repaint the header and the row."""
        self._repaint_row(self.cursor_row)
        self.refresh(Region(0, 0, self.size.width, 1))
        self._scroll_to_column(new)
        self.post_message(self.Moved(self, self.cursor_row, new))

    def _scroll_to_cursor(self) -> None:
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, immediate=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, immediate=True)

    def _scroll_to_column(self, number: int) -> None:
        shown = self._shown()
        if number not in shown[self.frozen :]:
            self.scroll_to(x=0, animate=False, immediate=True)
            return
        start = sum(self._widths[other] + _GAP for other in shown if other < number)
        frozen = sum(self._widths[other] + _GAP for other in shown[: self.frozen])
        left, width = self.scroll_offset.x, self.size.width
        end = start + self._widths[number] + _GAP
        if start - frozen < left:
            self.scroll_to(x=max(0, start - frozen), animate=False, immediate=True)
        elif end > left + width:
            self.scroll_to(x=end - width, animate=False, immediate=True)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by rows and columns."""
        self.jump(self.cursor_row + rows)
        shown = self._shown()
        if columns and shown:
            at = shown.index(self.cursor_column) if self.cursor_column in shown else 0
            self.cursor_column = shown[max(0, min(len(shown) - 1, at + columns))]

    def jump(self, row: int) -> None:
        """Put the cursor on a row, as near as there is one."""
        self.cursor_row = max(0, min(self.source.total - 1, row))

    def action_page(self, pages: int) -> None:
        """Move the cursor by screens."""
        self.jump(self.cursor_row + pages * max(1, self.size.height - 2))

    def action_edge(self, end: int) -> None:
        """Go to the first or the last row."""
        self.jump(self.source.total - 1 if end > 0 else 0)

    def on_focus(self) -> None:
        """The cursor looks different with focus."""
        self._strips.clear()
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks different without focus."""
        self._strips.clear()
        self.refresh()

    # Acting

    def action_mark(self) -> None:
        """Mark or unmark the row, and step down."""
        self.marks ^= {self.cursor_row}
        self._repaint_row(self.cursor_row)
        self.jump(self.cursor_row + 1)

    def action_freeze(self) -> None:
        """Freeze the columns up to the cursor; again to let go."""
        shown = self._shown()
        wanted = shown.index(self.cursor_column) + 1 if self.cursor_column in shown else 1
        self.frozen = 0 if self.frozen == wanted else wanted
        self.refresh()

    def action_hide(self) -> None:
        """Hide the column; with one column left, show all again."""
        if len(self._shown()) > 1:
            self._hidden.add(self.cursor_column)
            self.cursor_column = self._shown()[0]
        else:
            self._hidden.clear()
        self.refresh_rows()

    def action_widen(self) -> None:
        """Make the column as wide as its text here, or narrow again."""
        number, widest = self.cursor_column, 0
        for index in range(self.scroll_offset.y, self.scroll_offset.y + self.size.height):
            row = self.source.row(index) if index < self.source.total else None
            if row is not None:
                widest = max(widest, cell_len(cell_text(row[number], self.columns[number])))
        self._widths[number] = (
            min(_WIDEST, widest) if self._widths[number] > _WIDEST else max(_NARROWEST, widest)
        )
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

    def action_pivot(self) -> None:
        """List the queries that take this cell."""
        self._ask("pivot")

    def action_yank(self) -> None:
        """Copy the cell, the row or the table."""
        self._ask("yank")

    def record(self, index: int) -> dict[str, Any]:
        """A row as a dictionary; empty while it is not here."""
        row = self.source.row(index)
        names = [column.name for column in self.columns]
        return dict(zip(names, row, strict=True)) if row is not None else {}
