"""From a cell to what it names: its page, the queries that take it, itself whole, the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from textual.widget import Widget

from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import Fetch, show_cell, show_row
from workbench.tui.dialogs.picker import Picker
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.grid.grid import Grid, column_like
from workbench.tui.messages import OpenRoute, RunQuery
from workbench.tui.pages.copy_out import CopyOut
from workbench.tui.routes import Route, route_of
from workbench.tui.shell.context import Context

CellReader = Callable[[int, int], Fetch | None]


class CellActions:
    """What every page does with the cells of its grids."""

    def __init__(
        self, page: Widget, context: Context, read_cell: CellReader, account: str = ""
    ) -> None:
        """`read_cell` gives what reads a cell that was cut; `account` is the page's own."""
        self._page = page
        self._context = context
        self._read_cell = read_cell
        self._account = account
        self._copies = CopyOut(page, context)

    def open(self, grid: Grid, row: int, column: int) -> None:
        """Open the entity of a cell, or of the first cell of its row that has one."""
        route = self.route_under(grid, row, column)
        if route is not None:
            self._page.post_message(OpenRoute(route))

    def answer(self, event: Grid.Asked) -> None:
        """Do what was asked about a cell of a grid."""
        grid, row, column = event.grid, event.row, event.column
        if event.what == "pivot":
            self.offer_queries(grid, row, column)
        elif event.what == "yank":
            self._copies.offer(grid, row, column, self._read_cell(row, column))
        elif event.what == "row":
            show_row(self._page, grid, row)
        elif event.what == "go":
            ask_for_row(self._page, grid)
        else:
            show_cell(self._page, grid, row, column, self._read_cell(row, column))

    def route_under(self, grid: Grid, row: int, column: int) -> Route | None:
        """Where the cell leads: itself first, then the row's first entity."""
        record = grid.record(row)
        for candidate in (grid.columns[column], *grid.columns):
            value = record.get(candidate.name)
            if value is None or not candidate.entity:
                continue
            if grid.source.cut(row, grid.columns.index(candidate)):
                self._page.notify("The value is too long to be opened.", markup=False)
                return None
            if candidate.entity == "value":
                return route_of(str(record.get("family", "")), str(value))
            if candidate.entity == "exchange":
                account = str(record.get("account_id") or self._account)
                return Route("exchange", (account, str(value)))
            return route_of(candidate.entity, str(value))
        return None

    def offer_queries(self, grid: Grid, row: int, column: int) -> None:
        """List what can be asked next of a cell."""
        head, value = grid.columns[column], grid.record(row).get(grid.columns[column].name)
        if value is None or not head.entity:
            self._page.notify("This cell names nothing that a query takes.", markup=False)
            return
        family = str(grid.record(row).get("family", "")) if head.entity == "value" else head.entity
        choices = [(f"open the {safe_text(family, 30)} page", "")]
        found = self._context.library.pivots(family)
        choices += [
            (f"{safe_text(query.title, 120)}  ({query.id})", query.id) for query, _ in found
        ]
        names = {query.id: name for query, name in found}

        def chosen(query_id: str | None) -> None:
            if query_id == "":
                self._page.post_message(OpenRoute(route_of(family, str(value))))
            elif query_id:
                self._page.post_message(RunQuery(query_id, {names[query_id]: str(value)}))

        self._page.app.push_screen(Picker(f"With {safe_text(value, 60)}", choices), chosen)


def ask_for_row(page: Widget, grid: Grid) -> None:
    """Ask for the number of a row, or for a column's name, and go there."""

    def chosen(text: str | None) -> None:
        digits = (text or "").replace(",", "").replace(" ", "")
        if digits.isdecimal():
            grid.jump(int(digits) - 1)
        elif (found := column_like(text or "", grid)) is not None:
            grid.cursor_column = found
        elif text:
            page.notify("No column here has that in its name.", markup=False)

    prompt = TextPrompt("Go to row or column", f"1 to {grid.source.total:,}, or a column's name")
    page.app.push_screen(prompt, chosen)
