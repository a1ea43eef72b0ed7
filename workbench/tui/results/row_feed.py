"""A grid fed from a result in the worker: windows as they are looked at, more rows as they come."""

from __future__ import annotations

from textual.widget import Widget

from workbench.errors import WorkbenchError
from workbench.playbooks.format import ColumnNote
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import Extent, PageSource, ResultSource, grid_columns
from workbench.tui.messages import Failed
from workbench.tui.results.open_result import OpenResult
from workbench.tui.services.query_service import QueryService
from workbench.workers.messages import Began, ReadCell


class RowFeed:
    """The rows of one open result, in the one grid of the pane."""

    def __init__(self, pane: Widget, query_service: QueryService) -> None:
        self.opened: OpenResult | None = None
        self._pane = pane
        self._query_service = query_service
        self._wanted: int | None = None  # a row to go to once it is here

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self._pane.query_one(Grid)

    def feed(self, began: Began, notes: dict[str, ColumnNote]) -> None:
        """Show the first rows of a result; the others are fetched as they are looked at."""
        self.opened = OpenResult.of(began)
        names = [column[0] for column in began.columns]
        types = [column[1] for column in began.columns]

        def fetch(window: int) -> None:
            self._pane.run_worker(self._fetch_window(window), group=f"window-{window}")

        self.grid.show(grid_columns(names, types, notes), ResultSource(began, fetch))

    def grow(self, extent: Extent) -> None:
        """The result has more rows now."""
        source = self.grid.source
        if isinstance(source, ResultSource):
            source.grow(extent)
            self.grid.rows_grew()
            if self.grid.cursor_row >= source.total:
                self.grid.jump(source.total - 1)
            if self._wanted is not None and (source.exact or self._wanted < source.total):
                row, self._wanted = self._wanted, None
                self.grid.jump(row)

    def close(self) -> None:
        """Close the result and give its space back; its columns stay as they are arranged, for
        they may come again: sorted, filtered, run anew."""
        if self.opened is not None:
            self._query_service.close_result(self.opened.result)
            self.opened = None
        self._wanted = None
        self.grid.show(self.grid.columns, PageSource([], exact=False))

    def want(self, row: int) -> None:
        """Go to this row once it is here."""
        self._wanted = row

    def moved(self, row: int) -> None:
        """Somebody who has moved on is not taken to the end."""
        if row < self.grid.source.total - 1:
            self._wanted = None

    async def _fetch_window(self, window: int) -> None:
        source = self.grid.source
        if not isinstance(source, ResultSource):
            return
        try:
            answer = await self._query_service.window(source.result, *source.span(window))
        except WorkbenchError as error:
            source.failed(window)
            if self.opened is not None and self.opened.result == source.result:
                self._pane.post_message(Failed(error))
            return
        if self.grid.source is source:
            source.deliver(window, answer)
            self.grid.rows_came()

    def cell_reader(self, row: int, column: int) -> Fetch | None:
        """Reads one whole cell of the open result."""
        if self.opened is None:
            return None
        result = self.opened.result
        return lambda: self._query_service.request(ReadCell(result, row, column))
