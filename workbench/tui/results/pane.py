"""One result: its provenance, its rows, and what keys do with them, all in the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from workbench.errors import WorkbenchError
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.grid.grid import Grid
from workbench.tui.results.derived_statements import DerivedStatements
from workbench.tui.results.error_panel import ErrorPanel
from workbench.tui.results.open_result import OpenResult
from workbench.tui.results.provenance_line import ProvenanceLine
from workbench.tui.results.result_export import ResultExport
from workbench.tui.results.result_views import ResultViews
from workbench.tui.results.row_search import RowSearch
from workbench.tui.results.runner import Asked, StatementRunner
from workbench.tui.shell.context import Context


class ResultPane(Vertical):
    """Runs one statement at a time and holds its rows."""

    BLANK = True
    DEFAULT_CSS = """
    ResultPane { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket", "sort(False)", "sort ascending", id="result.sort_up"),
        Binding("right_square_bracket", "sort(True)", "sort descending", id="result.sort_down"),
        Binding("f", "filter", "only this value", id="result.filter"),
        Binding("equals_sign", "condition", "only where…", id="result.condition"),
        Binding("F", "frequency", "count values", id="result.frequency"),
        Binding("d", "describe", "describe columns", id="result.describe"),
        Binding("H", "histogram", "histogram", id="result.histogram"),
        Binding("P", "pivot_table", "pivot table", id="result.pivot"),
        Binding("t", "times", "times of this column", id="result.times"),
        Binding("R", "rarity", "rarity beside values", id="result.rarity"),
        Binding("s", "search('ask')", "search in rows", id="result.search"),
        Binding("n", "search('next')", "next match", id="result.search_next"),
        Binding("N", "search('before')", "match before", id="result.search_before"),
        Binding("u", "undo", "undo sort, filter, count", id="result.undo"),
        Binding("I", "provenance", "what this result is", id="result.provenance"),
        Binding("W", "export", "write to a file", id="result.export"),
    ]

    @dataclass
    class Arrived(Message):
        """The first rows are here."""

        pane: ResultPane

    @dataclass
    class Ended(Message):
        """The statement ended: with rows, or with an error."""

        pane: ResultPane
        error: WorkbenchError | None

    def __init__(self, context: Context, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.runner = StatementRunner(
            self, context.query_service, context.page_rows, self._arrived, self._ended
        )
        self._derived = DerivedStatements(self, self.runner)
        self._search = RowSearch(self, self.runner)
        self._views = ResultViews(self, context, self.runner)
        self._export = ResultExport(self, context, self.runner)

    def compose(self) -> ComposeResult:
        """Provenance above, rows below, or why there are none."""
        yield ProvenanceLine()
        yield ErrorPanel()
        yield Grid()

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self.runner.grid

    @property
    def asked(self) -> Asked | None:
        """What was asked here."""
        return self.runner.asked

    @property
    def opened(self) -> OpenResult | None:
        """The open result; None where there is none."""
        return self.runner.opened

    @property
    def is_free(self) -> bool:
        """Whether another result may take its place: nothing was asked here, or it failed."""
        return self.asked is None or self.runner.failed

    def freeze(self, generation: int) -> None:
        """Its rows are those of this generation, which is no more the newest."""
        self.runner.freeze(generation)

    @property
    def extent(self) -> str:
        """How many rows, in a word."""
        return self.runner.extent

    def ask(self, asked: Asked) -> None:
        """Run a statement that undoing comes back to."""
        self._derived.begin(asked)

    def cell_reader(self, row: int, column: int) -> Fetch | None:
        """Reads one whole cell of the open result."""
        return self.runner.feed.cell_reader(row, column)

    def _arrived(self) -> None:
        self.post_message(self.Arrived(self))

    def _ended(self, error: WorkbenchError | None) -> None:
        self.post_message(self.Ended(self, error))

    def on_result_pane_arrived(self) -> None:
        """Undone: the cursor is on the column that was sorted, filtered or counted by."""
        self._derived.arrived()

    def on_grid_past_end(self, event: Grid.PastEnd) -> None:
        """Read on when the analyst goes past the end of what is here, and follow when it comes."""
        event.stop()
        self.runner.feed.want(event.row)
        self.runner.read_on()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """Somebody who has moved on is not taken to the end."""
        self.runner.feed.moved(event.row)

    def action_sort(self, descending: bool) -> None:
        """Sort by the column."""
        self._derived.sort(descending=descending)

    async def action_filter(self) -> None:
        """Keep the rows with the value under the cursor."""
        await self._derived.keep_value()

    async def action_condition(self) -> None:
        """Keep the rows for which a condition holds."""
        await self._derived.condition()

    def action_frequency(self) -> None:
        """Count the values of the column, most frequent first."""
        self._derived.frequency()

    def action_describe(self) -> None:
        """One row a column: type, NULLs, distinct values, quantiles."""
        self._derived.describe()

    def action_histogram(self) -> None:
        """Count the column in twenty equal bins."""
        self._derived.histogram()

    async def action_pivot_table(self) -> None:
        """Count the column under the cursor by the values of another."""
        await self._derived.pivot()

    def action_undo(self) -> None:
        """Back to the rows as they were before the last sort, filter or count."""
        self._derived.undo()

    async def action_search(self, what: str) -> None:
        """Find a text in the rows, or the next or last row with it."""
        if self.opened is None:
            return
        if what == "ask":
            await self._search.ask()
        else:
            work = self._search.next() if what == "next" else self._search.before()
            self.run_worker(work, group="act")

    def action_times(self) -> None:
        """Show when the rows happened: by day, and by weekday and hour."""
        if self.opened is not None:
            self.run_worker(self._views.show_times(), group="act")

    def action_rarity(self) -> None:
        """Show beside each value how many accounts have it; again to take it away."""
        if self.opened is not None:
            self.run_worker(self._views.toggle_rarity(), group="act")

    async def action_provenance(self) -> None:
        """Say what this result is: statement, values, generation, age, cost."""
        if self.opened is not None:
            await self._views.show_provenance()

    async def action_export(self) -> None:
        """Write every row to a file: Parquet, CSV or JSON lines."""
        if self.opened is not None:
            await self._export.ask()
