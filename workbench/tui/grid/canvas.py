"""What a grid draws: the rows that are visible and nothing else, whatever the result's size."""

from __future__ import annotations

from typing import Any, ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from workbench.text.format import number_text
from workbench.text.sanitize import safe_text
from workbench.text.zones import DisplayZone
from workbench.tui.grid.columns import GAP, NARROWEST, NATURAL_LIMIT, WIDEST, Layout
from workbench.tui.grid.fitting import fitted
from workbench.tui.grid.source import Cells, GridColumn, GridSource, PageSource
from workbench.tui.textual_ext.app_driver import TerminalApp
from workbench.tui.textual_ext.scrollbar import line_scrollbar

_SAMPLE, _SAMPLE_CELLS = 200, 10_000
_STRIPS_KEPT = 512
_Key = tuple[Any, ...]
_LOOKS = ("header", "cursor", "cell", "mark", "null", "entity", "found")


def cell_text(value: Any, column: GridColumn) -> str:
    """One cell as safe text on one line."""
    if value is None:
        return "·"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}" if column.quantity else str(value)
    if isinstance(value, float):
        return share_text(value) if column.score and 0 <= value <= 1 else number_text(value)
    text = safe_text(value)
    return text.partition(".")[0] if column.type == "TIMESTAMP" else text


def share_text(value: float) -> str:
    """A score of 0..1: three digits, so that scores of a list stand under each other."""
    return "<0.001" if 0 < value < 0.0005 else f"{value:.3f}"


def row_key(columns: list[GridColumn], source: GridSource, index: int) -> _Key:
    """What makes a row itself: the entities it names, or else all of its cells."""
    cells = source.row(index) or []
    names = [cell for cell, column in zip(cells, columns, strict=False) if column.entity]
    return tuple(names or cells)


class GridCanvas(ScrollView, can_focus=True):
    """A table over a `GridSource`: one header line, a cursor, marks, frozen first columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"grid--{look}" for look in _LOOKS}

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
    GridCanvas .grid--found { color: $foreground; text-style: underline; }
    """

    cursor_row: reactive[int] = reactive(0, repaint=False)
    cursor_column: reactive[int] = reactive(0, repaint=False)

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.columns: list[GridColumn] = []
        self.source: GridSource = PageSource([])
        self.marks: set[int] = set()
        # Marked rows are kept, so that they can be acted on wherever the analyst has gone since.
        self.kept: dict[int, Cells] = {}
        self.layout_of = Layout([])
        self._fitted: list[int] = []
        # Beside the cells of a column: what is known of each value, by column name.
        self.beside: dict[str, dict[str, str]] = {}
        self.sought = ""
        self.nothing = ""  # what it means that there are no rows
        self._strips: dict[tuple[int, bool] | str, Strip] = {}
        self._looks: dict[str, Style] = {}

    def show(self, columns: list[GridColumn], source: GridSource) -> None:
        """Draw another table; the cursor stays where it is if the shape is the same."""
        same = [column.name for column in columns] == [column.name for column in self.columns]
        marked = {row_key(self.columns, self.source, row) for row in self.marks} if same else set()
        here = row_key(self.columns, self.source, self.cursor_row) if same else ()
        self.columns = columns
        self.source = source
        # A page that is read again keeps cursor and marks, wherever their rows are now.
        self.marks.clear()
        self.kept.clear()
        if not same:
            self.beside.clear()
            self.cursor_column = 0
        if not same or self.layout_of.widths == self._fitted:
            natural = [self._natural(at) for at in range(len(columns))]
            self._fitted = [min(WIDEST, width) for width in natural]
            if same:
                self.layout_of.fit(list(self._fitted), natural)
            else:
                numbers = {at for at, column in enumerate(columns) if column.numeric}
                self.layout_of = Layout(list(self._fitted), numbers, natural)
        self.refresh_rows()
        row = _find_again(self, here, marked) if same and isinstance(source, PageSource) else None
        self.cursor_row = min(self.cursor_row if row is None else row, max(0, source.total - 1))

    def refresh_rows(self) -> None:
        """The rows behind the grid changed."""
        self._strips.clear()
        self.virtual_size = Size(1, self.source.total + 1)
        self.refresh()

    def rows_grew(self) -> None:
        """There are more rows than before; what is drawn stays."""
        if self.virtual_size.height - 1 < self.size.height:
            self.refresh()
        self.virtual_size = Size(1, self.source.total + 1)

    def rows_came(self) -> None:
        """Rows that were asked for are here."""
        if self.virtual_size.height != self.source.total + 1:
            self.virtual_size = Size(1, self.source.total + 1)
        self.refresh()

    def _natural(self, number: int) -> int:
        column = self.columns[number]
        widest = cell_len(self._heading(column))
        sample = max(8, min(_SAMPLE, _SAMPLE_CELLS // len(self.columns)))
        for index in range(min(sample, self.source.total)):
            row = self.source.row(index)
            if widest >= NATURAL_LIMIT:
                break
            if row is not None:
                widest = max(widest, cell_len(self._text(row[number], column)))
        return max(NARROWEST, min(NATURAL_LIMIT, widest))

    # Drawing

    @property
    def room(self) -> int:
        """Cells of a line, without the scrollbar."""
        return self.scrollable_content_region.width

    @property
    def span(self) -> int:
        """Cells for columns: the last one of a line is kept for the mark that there are more."""
        return max(1, self.room - 1)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """The bar, which draws only the lines that changed."""
        return line_scrollbar(self)

    def notify_style_update(self) -> None:
        """Colours changed: of the theme, or because the focus came or went."""
        self._looks = {}
        self._strips.clear()
        super().notify_style_update()

    def _look(self, name: str) -> Style:
        if not self._looks:
            self._looks = {look: self.get_component_rich_style(f"grid--{look}") for look in _LOOKS}
        return self._looks[name]

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of the visible part. Unchanged rows are the same strips as before, so that
        neither filters nor the compositor work on them again."""
        lines = [self.render_line(y) for y in range(crop.y, crop.bottom)]
        if crop.x == 0 and crop.width == self.room:
            return lines
        return [line.crop_extend(crop.x, crop.right, self._look("cell")) for line in lines]

    def render_line(self, y: int) -> Strip:
        """One line of the visible part: the header, then rows."""
        if y == 0:
            return self._filtered(self._header())
        index = self.scroll_offset.y + y - 1
        if index >= self.source.total or not self.columns:
            empty = index == 0 and self.columns and self.source.exact
            return self._blank(safe_text(self.nothing or "no rows", 200) if empty else "")
        key = (index, index == self.cursor_row)
        strip = self._strips.get(key)
        if strip is None:
            cells = self.source.row(index)
            if cells is None:
                return self._blank("…")
            strip = self._filtered(self._draw(index, cells))
            if len(self._strips) > _STRIPS_KEPT:
                self._strips.clear()
            self._strips[key] = strip
        else:
            self.source.row(index)  # keeps its window, and asks for the next
        return strip

    def _blank(self, text: str = "") -> Strip:
        strip = self._strips.get(text)
        if strip is None:
            strip = Strip([Segment(text, self._look("null"))] if text else [])
            strip = strip.adjust_cell_length(self.room, self._look("cell"))
            self._strips[text] = strip
        return strip

    def _filtered(self, strip: Strip) -> Strip:
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, background)
        return strip

    def _header(self) -> Strip:
        style, width = self._look("header"), self.room
        here = self._look("cursor") + Style(bold=True)
        segments = []
        for number, room in self.layout_of.visible(self.span):
            column = self.columns[number]
            text = fitted(self._heading(column), room, column.numeric)
            chosen = here if number == self.cursor_column and self.has_focus else style
            segments += [Segment(text, chosen), Segment(" " * GAP, style)]
        strip = Strip(segments).adjust_cell_length(width, style)
        left, right = self.layout_of.more(self.span)
        mark = self._look("mark") + Style(bgcolor=style.bgcolor)
        if right:
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("›", mark)])])
        if left:
            at = max(0, self.layout_of.still(self.span) - 1)
            strip = Strip.join([strip.crop(0, at), Strip([Segment("‹", mark)]), strip.crop(at + 1)])
        return strip

    def _draw(self, index: int, cells: Cells) -> Strip:
        current = index == self.cursor_row
        base = self._look("cursor" if current else "cell")
        marked = index in self.marks
        segments: list[Segment] = []
        for number, room in self.layout_of.visible(self.span):
            text = self._shown(index, number, cells[number])
            if self.columns[number].numeric and self.layout_of.wants(
                number, cell_len(text), self._fitted[number]
            ):
                self.call_later(self._widen)
            style = base
            if marked:
                style = base + Style.from_color(self._look("mark").color) + Style(bold=True)
            elif not current and cells[number] is None:
                style = self._look("null")
            elif not current and self.columns[number].entity:
                style = self._look("entity")
            if self.sought and self.sought in text.lower():
                style += Style(underline=True, bold=True)
            if current and number == self.cursor_column and self.has_focus:
                style = base + Style(reverse=True, bold=True)
            segments += [
                Segment(fitted(text, room, self.columns[number].numeric), style),
                Segment(" " * GAP, base),
            ]
        return Strip(segments).simplify().adjust_cell_length(max(self.room, 1), base)

    def _widen(self) -> None:
        """Make room for the longer numbers that were drawn."""
        self.layout_of.widen(self._fitted)
        self.layout_of.bring(self.cursor_column, self.span)
        self.refresh_rows()

    def _shown(self, index: int, number: int, value: Any) -> str:
        column = self.columns[number]
        text = self._text(value, column)
        if size := self.source.cut(index, number):
            # The size stands where it is seen, however narrow the column.
            room = max(1, self.layout_of.widths[number] - len(f" …{size:,}"))
            return f"{set_cell_size(text, room).rstrip()} …{size:,}"
        if self.beside and (known := self.beside.get(column.name)):
            return f"{text}  {known.get(str(value), '')}".rstrip()
        return text

    # Times

    @property
    def _zone(self) -> DisplayZone | None:
        app = self.app
        return app.zone if isinstance(app, TerminalApp) else None

    def _heading(self, column: GridColumn) -> str:
        """What stands above a column; above times the zones that they are in."""
        heading, zone = safe_text(column.heading), self._zone
        shown = zone is not None and column.clock
        return f"{heading}: UTC | {zone.name}" if shown and zone is not None else heading

    def _text(self, value: Any, column: GridColumn) -> str:
        """A cell; a time in the zone as well that is shown beside UTC."""
        text, zone = cell_text(value, column), self._zone
        if zone is None or not column.clock or (local := zone.local(text)) is None:
            return text
        return f"{text} | {local}"

    # Repainting

    def repaint_row(self, index: int) -> None:
        """Draw one row anew."""
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        line = index - self.scroll_offset.y + 1
        if 1 <= line < self.size.height:
            self.refresh(Region(0, line, self.room, 1))

    def on_resize(self) -> None:
        """Other columns fit now."""
        self._strips.clear()

    def record(self, index: int) -> dict[str, Any]:
        """A row as a dictionary; empty while it is not here."""
        row = self.kept.get(index) or self.source.row(index)
        names = [column.name for column in self.columns]
        return dict(zip(names, row, strict=True)) if row is not None else {}


def _find_again(grid: GridCanvas, here: _Key, marked: set[_Key]) -> int | None:
    """Mark the marked rows where they are now; the row that the cursor was on, if any."""
    if not marked and (not here or row_key(grid.columns, grid.source, grid.cursor_row) == here):
        return None
    keys = [row_key(grid.columns, grid.source, row) for row in range(grid.source.total)]
    grid.marks.update(row for row, key in enumerate(keys) if key in marked)
    return keys.index(here) if here in keys else None
