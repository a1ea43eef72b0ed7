"""What loaded but looks odd, and which columns the extracts had."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.tui.dialogs.cell_viewer import show_row
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.pages.cell_actions import ask_for_row
from workbench.tui.pages.copy_out import CopyOut
from workbench.tui.shell.context import Context


class Warnings(ModalScreen[None]):
    """Two lists, one above the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss(None)", "close", id="warnings.close"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def compose(self) -> ComposeResult:
        """Warnings and columns."""
        with Vertical(classes="dialog -tall"):
            yield Static(Content("What loaded but looks odd"), classes="title")
            yield Grid(id="warnings")
            yield Static(Content("Columns the extracts had"), classes="title")
            yield Grid(id="presence")
            yield Static(Content("enter whole row · y copies · esc closes"), classes="note")

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """A warning says what to do at its end, beyond the edge of a small terminal."""
        event.stop()
        show_row(self, event.grid, event.row)

    def on_grid_asked(self, event: Grid.Asked) -> None:
        """Copy, or show the whole row; nothing here leads anywhere else."""
        event.stop()
        if event.what == "yank":
            CopyOut(self, self.context).offer(event.grid, event.row, event.column, None)
        elif event.what == "go":
            ask_for_row(self, event.grid)
        else:
            show_row(self, event.grid, event.row)

    def on_mount(self) -> None:
        """Read both."""
        self.query_one("#warnings").focus()
        self.run_worker(self._read())

    async def _read(self) -> None:
        for grid_id, query_id in (
            ("warnings", "overview-warnings"),
            ("presence", "overview-columns"),
        ):
            query = self.context.library.shipped(query_id)
            rows = await self.context.query_service.rows(query)
            columns = grid_columns(list(rows.names), list(rows.types))
            grid = self.query_one(f"#{grid_id}", Grid)
            grid.nothing = query.nothing
            grid.show(columns, PageSource(rows.rows))
