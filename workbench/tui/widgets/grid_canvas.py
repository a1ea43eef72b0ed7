"""What a grid draws: the rows that are visible and nothing else, whatever the result's size."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from workbench.safe_text import safe_text
from workbench.tui.widgets.grid_source import (
    Cells,
    GridColumn,
    GridSource,
    PageSource,
)

WIDEST = 44
NARROWEST = 3
GAP = 2
_SAMPLE, _SAMPLE_CELLS = 200, 10_000
_STRIPS_KEPT = 512


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


class GridCanvas(ScrollView, can_focus=True):
    """A table over a `GridSource`: one header line, a cursor, marks, frozen first columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header", "grid--cursor", "grid--cell", "grid--mark", "grid--null", "grid--entity",
    }  # fmt: skip

    DEFAULT_CSS = """
    GridCanvas { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    GridCanvas .grid--header { color: $text-muted; text-style: bold; background: $surface; }
    GridCanvas .grid--cursor { background: $block-cursor-blurred-background; }
    GridCanvas:focus .grid--cursor { background: $block-cursor-background;
                               color: $block-cursor-foreground; }
    GridCanvas .grid--cell { color: $foreground; }
    GridCanvas .grid--mark { color: $warning; text-style: bold; }
    GridCanvas .grid--null { color: $text-disabled; }
    GridCanvas .grid--entity { color: $accent; }
    """

    cursor_row: reactive[int] = reactive(0, repaint=False)
    cursor_column: reactive[int] = reactive(0, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.columns: list[GridColumn] = []
        self.source: GridSource = PageSource([])
        self.marks: set[int] = set()
        self.frozen = 1
        self.widths: list[int] = []
        self._fitted: list[int] = []
        self.hidden: set[int] = set()
        self._strips: dict[tuple[int, bool], Strip] = {}

    def show(self, columns: list[GridColumn], source: GridSource) -> None:
        """Draw another table; the cursor stays where it is if the shape is the same."""
        same = [column.name for column in columns] == [column.name for column in self.columns]
        marked = [self._key(row) for row in self.marks] if same else []
        self.columns = columns
        self.source = source
        # A page that is read again keeps its marks, wherever their rows are now.
        self.marks.clear()
        if marked and isinstance(source, PageSource):
            self.marks.update(row for row in range(source.total) if self._key(row) in marked)
        if not same:
            self.hidden.clear()
            self.cursor_column = 0
        if not same or self.widths == self._fitted:
            self.widths = [self._fitting(number) for number in range(len(columns))]
            self._fitted = list(self.widths)
        self.cursor_row = min(self.cursor_row, max(0, source.total - 1))
        self.refresh_rows()

    def _key(self, index: int) -> Cells:
        """What makes a row itself: the entities it names, or else all of its cells."""
        cells = self.source.row(index) or []
        names = [cell for cell, column in zip(cells, self.columns, strict=False) if column.entity]
        return names or cells

    def refresh_rows(self) -> None:
        """The rows behind the grid changed."""
        self._strips.clear()
        width = sum(self.widths[number] + GAP for number in self.shown())
        self.virtual_size = Size(width, self.source.total + 1)
        self.refresh()

    def rows_grew(self) -> None:
        """There are more rows than before; what is drawn stays."""
        if self.virtual_size.height - 1 < self.size.height:
            self.refresh()
        self.virtual_size = Size(self.virtual_size.width, self.source.total + 1)

    def rows_came(self) -> None:
        """Rows that were asked for are here."""
        if self.virtual_size.height != self.source.total + 1:
            self.virtual_size = Size(self.virtual_size.width, self.source.total + 1)
        self.refresh()

    def _fitting(self, number: int) -> int:
        column = self.columns[number]
        widest = cell_len(safe_text(column.name))
        sample = max(8, min(_SAMPLE, _SAMPLE_CELLS // len(self.columns)))
        for index in range(min(sample, self.source.total)):
            row = self.source.row(index)
            if row is not None:
                widest = max(widest, cell_len(cell_text(row[number], column)))
        return max(NARROWEST, min(WIDEST, widest))

    def shown(self) -> list[int]:
        return [number for number in range(len(self.columns)) if number not in self.hidden]

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
        frozen = sum(self.widths[number] + GAP for number in self.shown()[: self.frozen])
        x, width = self.scroll_offset.x, self.size.width
        if not frozen or not x or frozen >= width:
            return strip.crop_extend(x, x + width, self.rich_style)
        tail = strip.crop_extend(frozen + x, x + width, self.rich_style)
        return Strip.join([strip.crop(0, frozen), tail]).adjust_cell_length(width, self.rich_style)

    def _header(self) -> Strip:
        style = self.get_component_rich_style("grid--header")
        here = self.get_component_rich_style("grid--cursor") + Style(bold=True)
        segments = []
        for number in self.shown():
            column = self.columns[number]
            text = self._fit(safe_text(column.name), number)
            chosen = here if number == self.cursor_column and self.has_focus else style
            segments += [Segment(text, chosen), Segment(" " * GAP, style)]
        return Strip(segments).extend_cell_length(self.size.width, style)

    def _fit(self, text: str, number: int) -> str:
        width, taken = self.widths[number], cell_len(text)
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
            if len(self._strips) > _STRIPS_KEPT:
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
        for number in self.shown():
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
            segments += [Segment(self._fit(text, number), style), Segment(" " * GAP, base)]
        return Strip(segments).extend_cell_length(max(self.size.width, 1), base).simplify()

    # Repainting

    def repaint_row(self, index: int) -> None:
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        line = index - self.scroll_offset.y + 1
        if 1 <= line < self.size.height:
            self.refresh(Region(0, line, self.size.width, 1))

    def on_focus(self) -> None:
        """The cursor looks different with focus."""
        self._strips.clear()
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks different without focus."""
        self._strips.clear()
        self.refresh()

    def record(self, index: int) -> dict[str, Any]:
        """A row as a dictionary; empty while it is not here."""
        row = self.source.row(index)
        names = [column.name for column in self.columns]
        return dict(zip(names, row, strict=True)) if row is not None else {}
