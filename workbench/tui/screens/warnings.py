"""What loaded but looks odd, and which columns the extracts had."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.tui.widgets.grid import Grid
from workbench.tui.widgets.grid_source import PageSource, grid_columns


class Warnings(ModalScreen[None]):
    """Two lists, one above the other."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,q", "dismiss(None)", "close", id="warnings.close"),
    ]

    def compose(self) -> ComposeResult:
        """Warnings and columns."""
        with Vertical(classes="dialog -tall"):
            yield Static(Content("What loaded but looks odd"), classes="title")
            yield Grid(id="warnings")
            yield Static(Content("Columns the extracts had"), classes="title")
            yield Grid(id="presence")

    def on_mount(self) -> None:
        """Read both."""
        self.query_one("#warnings").focus()
        self.run_worker(self._read())

    async def _read(self) -> None:
        from workbench.tui.app import Bench

        assert isinstance(self.app, Bench)
        for grid_id, query_id in (
            ("warnings", "overview-warnings"),
            ("presence", "overview-columns"),
        ):
            rows = await self.app.jobs.rows(self.app.library.query(query_id))
            columns = grid_columns(list(rows.names), list(rows.types))
            self.query_one(f"#{grid_id}", Grid).show(columns, PageSource(rows.rows))
