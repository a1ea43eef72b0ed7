"""Looking at a result: its times, how rare its values are, and what it is."""

from __future__ import annotations

import time

from textual.content import Content
from textual.widget import Widget

from workbench.errors import WorkbenchError
from workbench.sql import transforms
from workbench.tui.dialogs.cell_viewer import CellViewer
from workbench.tui.grid.canvas import GridCanvas
from workbench.tui.messages import Failed
from workbench.tui.plots import text_plots
from workbench.tui.results.runner import StatementRunner
from workbench.tui.shell.context import Context

_NOT_RATED = frozenset({"account", "cluster", "exchange", "value", ""})


class ResultViews:
    """What a key shows of a result beside its rows."""

    def __init__(self, pane: Widget, context: Context, runner: StatementRunner) -> None:
        self._pane = pane
        self._context = context
        self._runner = runner

    async def show_times(self) -> None:
        """Rows by day as a sparkline, and by weekday and hour as a heat map, of a time column."""
        asked, column = (
            self._runner.asked,
            self._runner.grid.columns[self._runner.grid.cursor_column],
        )
        if asked is None or not asked.sql or not column.moment:
            self._pane.notify("Put the cursor on a column of times.", markup=False)
            return
        try:
            days = await self._runner.query_service.small_rows(
                transforms.by_day(asked.sql, column.name), asked.parameters
            )
            hours = await self._runner.query_service.small_rows(
                transforms.by_hour(asked.sql, column.name), asked.parameters
            )
        except WorkbenchError as error:
            self._pane.post_message(Failed(error))
            return
        counted = {day: int(n) for text, n in days if (day := text_plots.day_of(text)) is not None}
        if not counted:
            self._pane.notify("There is no time in this column that a calendar has.", markup=False)
            return
        first, last = min(counted), max(counted)
        every = text_plots.day_range(first, last)
        ascii_only = self._context.terminal.ascii
        line = text_plots.sparkline(
            [counted.get(day, 0) for day in every], 64, ascii_only=ascii_only
        )
        heat = text_plots.heat_map(
            {(int(weekday), int(hour)): int(n) for weekday, hour, n in hours},
            ascii_only=ascii_only, wide=self._pane.size.width >= 100,
        )  # fmt: skip
        busiest = max(counted, key=lambda day: counted[day])
        words = f"{first} to {last} · {len(counted)} of {len(every)} days · most on {busiest}"
        if len(days) > len(counted):
            beyond = len(days) - len(counted)
            words = f"{beyond:,} days after the year 9999 or before 1 left out · {words}"
        shown = Content.assemble(
            (f"{line}\n", "$accent"), (f"{words}: {counted[busiest]:,}\n\n", "$text-muted"), heat
        )
        await self._pane.app.push_screen(CellViewer(f"{column.name}: {asked.label}", shown))

    async def toggle_rarity(self) -> None:
        """How many accounts have each value, beside it; again to take it away."""
        grid = self._runner.grid
        if grid.beside:
            grid.beside = {}
            grid.refresh_rows()
            return
        rated = [one for one in grid.columns if one.entity not in _NOT_RATED]
        if not rated:
            self._pane.notify("No column here holds values that accounts can share.", markup=False)
            return
        first = grid.scroll_offset.y
        rows = [grid.record(at) for at in range(first, min(grid.source.total, first + 500))]
        for column in rated:
            values = list(
                {str(row[column.name]) for row in rows if row.get(column.name) is not None}
            )
            if not values:
                continue
            given = {"family": column.entity, "values": values}
            try:
                found = await self._runner.query_service.rows(
                    self._context.library.shipped("rarity"), given
                )
            except WorkbenchError as error:
                self._pane.post_message(Failed(error))
                return
            grid.beside[column.name] = {str(value): f"·{n:,}" for value, n in found.rows}
            at = grid.columns.index(column)
            grid.layout_of.widths[at] = max(grid.layout_of.widths[at], min(44, _widest(grid, at)))
        grid.refresh_rows()

    async def show_provenance(self) -> None:
        """Everything that says what a result is."""
        asked, opened, source = (
            self._runner.asked,
            self._runner.opened,
            self._runner.grid.source,
        )
        assert asked is not None
        assert opened is not None
        age = time.time() - self._runner.asked_at
        asked_at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(self._runner.asked_at))
        facts = [
            f"label       {asked.label}",
            f"rows        {source.total:,}{'' if source.exact else ' so far'}",
            f"limit       {'first page of a sort' if opened.sorted_page else 'none'}",
            f"generation  {self._context.service.generation}",
            f"asked       {asked_at} UTC, {age / 60:,.0f} minutes ago",
            f"took        {opened.elapsed_ms:,.0f} ms",
            f"on disk     {opened.bytes:,} bytes",
            *(f"${name} = {value}" for name, value in asked.parameters.items()),
            "",
            asked.sql,
        ]
        await self._pane.app.push_screen(CellViewer("What this result is", "\n".join(facts)))


def _widest(grid: GridCanvas, at: int) -> int:
    known = grid.beside[grid.columns[at].name]
    return max((len(value) + 2 + len(words) for value, words in known.items()), default=0)
