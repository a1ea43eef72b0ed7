"""A whole cell, a whole row, or a picture of rows, as safe text."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text.format import counted
from workbench.text.sanitize import PAGE_LIMIT, safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import Failed
from workbench.tui.textual_ext import osc52
from workbench.workers.messages import CellRead

Fetch = Callable[[], Awaitable[CellRead]]

_WIDEST, _AROUND = 112, 9


def text_room(terminal: int) -> int:
    """Cells of a line of text in a viewer on a terminal of so many columns."""
    return max(20, min(_WIDEST, terminal * 9 // 10) - _AROUND)


def hanging(lead: str, text: str, room: int) -> str:
    """The text behind its lead, broken so that what follows stands under its beginning."""
    indent = cell_len(lead)
    lines = [part for line in text.split("\n") for part in _broken(line, max(10, room - indent))]
    return f"\n{'':<{indent}}".join([f"{lead}{lines[0]}", *lines[1:]])


def _broken(line: str, room: int) -> list[str]:
    """A line in pieces of so many cells: between words, or within one that is longer."""
    pieces, rest = [], line
    while cell_len(rest) > room:
        piece = chop_cells(rest, room)[0]
        blank = piece.rfind(" ")
        if rest[len(piece)] != " " and blank > 0:
            piece = piece[:blank]
        pieces.append(piece)
        rest = rest[len(piece) :].removeprefix(" ")
    return [*pieces, rest]


class CellViewer(ModalScreen[None]):
    """Shows a text that may be large and hostile; Content is ours and safe already."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q,v", "dismiss(None)", "close", id="cell.close"),
    ]

    def __init__(self, title: str, text: str | Content, note: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._note = note

    def compose(self) -> ComposeResult:
        """Title, text, what was cut."""
        with Vertical(classes="dialog -text"):
            yield Static(Content(safe_text(self._title, 120)), classes="title")
            with VerticalScroll(id="cell-scroll"):
                shown = self._text
                if isinstance(shown, str):
                    shown = Content(safe_text(shown, PAGE_LIMIT, multiline=True))
                yield Static(shown)
            note = f"{self._note} · " if self._note else ""
            yield Static(Content(safe_text(f"{note}esc closes", 240)), classes="note")

    def on_mount(self) -> None:
        """The text scrolls."""
        self.query_one("#cell-scroll").focus()


def show_cell(page: Widget, grid: Grid, row: int, column: int, fetch: Fetch | None) -> None:
    """Show a cell in full; `fetch` reads it where it was cut."""
    name = grid.columns[column].name
    cells = grid.source.row(row)
    value = cells[column] if cells is not None else None
    size = grid.source.cut(row, column)
    text = osc52.plain(value)
    if size and fetch is not None:
        page.run_worker(_show_fetched(page, name, fetch), group="cell", exclusive=True)
        return
    page.app.push_screen(CellViewer(name, text, counted(size or len(text), "character")))


def show_row(page: Widget, grid: Grid, row: int) -> None:
    """Show a row, one column a line, with the columns that are hidden."""
    record, room = grid.record(row), text_room(page.app.size.width)
    width = min(32, max((len(name) for name in record), default=0))
    lines = []
    for at, (column, value) in enumerate(zip(grid.columns, record.values(), strict=True)):
        text = osc52.plain(value)
        size = grid.source.cut(row, at)
        cut = f" … {size:,} characters, v shows them" if size else ""
        name = f"{safe_text(column.name, width):<{width}}  "
        lines.append(hanging(name, f"{safe_text(text, 2000)}{cut}", room))
    page.app.push_screen(CellViewer(f"Row {row + 1:,}", "\n".join(lines)))


async def _show_fetched(page: Widget, name: str, fetch: Fetch) -> None:
    try:
        answer = await fetch()
    except WorkbenchError as error:
        page.post_message(Failed(error))
        return
    words = counted(answer.characters, "character")
    page.app.push_screen(CellViewer(name, str(answer.cell), words))
