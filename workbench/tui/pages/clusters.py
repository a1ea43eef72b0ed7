"""All clusters, ranked: the list, and beside it the card of the one under the cursor."""

from __future__ import annotations

from typing import Any

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import DecideOn
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.view import View, clusters_subject
from workbench.tui.plots.text_plots import meter
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_REST_SECONDS = 0.06


class Clusters(View):
    """The ranked list."""

    HINTS = (("enter", "open"), ("space", "mark"))

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._soon: Timer | None = None

    def compose(self) -> ComposeResult:
        """The list; from 120 columns the card beside it."""
        with Horizontal():
            yield Grid(id="clusters")
            with VerticalScroll(id="clusters-side", classes="side"):
                yield Static("", id="clusters-card", markup=False)

    async def fill(self) -> None:
        """Read the list."""
        rows = await self.page("clusters-list")
        grid = self.query_one("#clusters", Grid)
        self.show_rows(grid, "clusters-list", rows)
        self.restore_cursor(grid)
        self.tell_status()
        self._card()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """The card follows the cursor once it rests: it is a query and a drawing of its own."""
        super().on_grid_moved(event)
        if self._soon is not None:
            self._soon.stop()
        if self.context.wide:
            self._soon = self.set_timer(_REST_SECONDS, self._card)

    def _card(self) -> None:
        self.run_worker(self._read_card(), group="card", exclusive=True)

    async def _read_card(self) -> None:
        grid = self.query_one("#clusters", Grid)
        record = grid.record(grid.cursor_row)
        if not record:
            return
        try:
            evidence = await self.page("cluster-evidence", cluster=record["cluster_id"])
        except WorkbenchError:
            return
        ascii_only = self.context.terminal.ascii
        parts: list[tuple[str, str]] = [
            (f"{safe_text(record['cluster_id'])}\n", "bold"),
            (f"{safe_text(record['summary'] or '', 400)}\n\n", ""),
            ("coordination ", "$text-muted"),
            (meter(record["coordination"], ascii_only=ascii_only) + "\n", "$accent"),
            ("extraction   ", "$text-muted"),
            (meter(record["extraction"], ascii_only=ascii_only) + "\n\n", "$accent"),
            ("shared by members (others who have it)\n", "$text-muted"),
        ]
        for item in evidence.records()[:14]:
            parts += [
                (f"{safe_text(item['family'], 14):<14} ", "$text-muted"),
                (f"{item['members']:>6,} ({item['outsiders']:,}) ", "bold"),
                (f"{safe_text(item['value'], 40)}\n", ""),
            ]
        self.query_one("#clusters-card", Static).update(Content.assemble(*parts))

    def subject(self) -> DecideOn | None:
        """The marked clusters, or the one under the cursor."""
        return clusters_subject(self.query_one("#clusters", Grid))

    def command(self) -> str:
        """The headless twin."""
        return command_line("clusters", self.context.case_argument)
