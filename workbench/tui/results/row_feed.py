"""A grid fed from a result in the worker: windows as they are looked at, more rows as they come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical

from workbench.errors import WorkbenchError
from workbench.playbooks.format import ColumnNote
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, ResultSource, grid_columns
from workbench.tui.messages import Failed

if TYPE_CHECKING:
    from workbench.tui.services.query_service import QueryService


class RowFeed(Vertical):
    """The rows of one open result."""

    def __init__(self, query_service: QueryService, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.query_service = query_service
        self.opened: dict[str, Any] | None = None
        self._wanted: int | None = None

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self.query_one(Grid)

    def feed(self, opened: dict[str, Any], notes: dict[str, ColumnNote]) -> None:
        """Show the first rows of a result; the others are fetched as they are looked at."""
        self.opened = opened
        names = [column[0] for column in opened["columns"]]
        types = [column[1] for column in opened["columns"]]

        def fetch(window: int) -> None:
            self.run_worker(self._fetch_window(window), group=f"window-{window}")

        self.grid.show(grid_columns(names, types, notes), ResultSource(opened, fetch))

    def grew(self, extent: dict[str, Any]) -> None:
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

    def let_go(self) -> None:
        """Close the result and give its space back; its columns stay as they are arranged, for
        they may come again: sorted, filtered, run anew."""
        if self.opened is not None:
            self.query_service.close_result(int(self.opened["result"]))
            self.opened = None
        self._wanted = None
        self.grid.show(self.grid.columns, PageSource([], exact=False))

    async def _fetch_window(self, window: int) -> None:
        source = self.grid.source
        if not isinstance(source, ResultSource):
            return
        try:
            answer = await self.query_service.window(source.result, *source.span(window))
        except WorkbenchError as error:
            source.failed(window)
            if self.opened is not None and int(self.opened["result"]) == source.result:
                self.post_message(Failed(error))
            return
        if self.grid.source is source:
            source.deliver(window, answer)
            self.grid.rows_came()

    def cell_reader(self, row: int, column: int) -> Callable[[], Awaitable[dict[str, Any]]] | None:
        """Reads one whole cell of the open result."""
        if self.opened is None:
            return None
        result = int(self.opened["result"])
        return lambda: self.query_service.request("cell", result=result, row=row, column=column)

    def on_grid_past_end(self, event: Grid.PastEnd) -> None:
        """Read on when the analyst goes past the end of what is here, and follow when it comes."""
        event.stop()
        self._wanted = event.row
        self.read_on()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """Somebody who has moved on is not taken to the end."""
        if event.row < self.grid.source.total - 1:
            self._wanted = None

    def read_on(self) -> None:
        """Read a result that stopped before its end."""
