"""From a cell to the place it names, the queries that take it, the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.containers import Vertical

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.messages import Failed, LedgerChanged, OpenRoute, RunQuery
from workbench.tui.routes import Route
from workbench.tui.services.entity_routes import route_of

if TYPE_CHECKING:
    from workbench.tui.app import Bench
    from workbench.tui.dialogs.cell_viewer import Fetch


class Opening(Vertical):
    """What every place does with the cells of its grids."""

    route: Route

    @property
    def bench(self) -> Bench:
        """The app, typed."""
        from workbench.tui.app import Bench

        app = self.app
        assert isinstance(app, Bench)
        return app

    @property
    def in_front(self) -> bool:
        """Whether this is the view that is shown; a hidden one is filled again quietly."""
        return self.bench.view is self

    def status(self) -> str:
        """What the status line says of this view."""
        return ""

    def tell_status(self) -> None:
        """Say it, if this view is the one that is shown."""
        if self.in_front:
            self.bench.show_status(self.status())

    async def record(self, said: str, work: Callable[..., object], *arguments: object) -> bool:
        """Append to the ledger beside the event loop and say so; what shows the ledger follows.

        Where `said` is empty, what the work answers is said.
        What was refused is said as a sentence; the answer is False.
        """
        try:
            answer = await self.bench.query_service.background(work, *arguments)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return False
        self.bench.notify(said or str(answer), markup=False)
        self.post_message(LedgerChanged())
        return True

    def on_grid_moved(self, _event: Grid.Moved) -> None:
        """The row number is in the status line."""
        self.tell_status()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Open the entity of a cell, or of the first cell of its row that has one."""
        event.stop()
        route = self.place_under(event.grid, event.row, event.column)
        if route is not None:
            self.post_message(OpenRoute(route))

    def on_grid_asked(self, event: Grid.Asked) -> None:
        """Show the whole cell, list pivots, or copy."""
        event.stop()
        from workbench.tui.dialogs import cell_viewer
        from workbench.tui.services import copy_out

        if event.what == "pivot":
            offer_pivots(self.bench, event.grid, event.row, event.column)
        elif event.what == "yank":
            fetch = self.whole_cell(event.row, event.column)
            copy_out.offer_copies(self.bench, event.grid, event.row, event.column, fetch)
        elif event.what == "row":
            cell_viewer.whole_row(self.bench, event.grid, event.row)
        else:
            fetch = self.whole_cell(event.row, event.column)
            cell_viewer.whole_cell(self.bench, event.grid, event.row, event.column, fetch)

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """How to read a cell that was cut; pages hold what they were given."""
        del row, column
        return None

    def place_under(self, grid: Grid, row: int, column: int) -> Route | None:
        """Where the cell leads: itself first, then the row's first entity."""
        record = grid.record(row)
        for candidate in (grid.columns[column], *grid.columns):
            value = record.get(candidate.name)
            if value is None or not candidate.entity:
                continue
            if grid.source.cut(row, grid.columns.index(candidate)):
                self.bench.notify("The value is too long to be opened.", markup=False)
                return None
            if candidate.entity == "value":
                return route_of(str(record.get("family", "")), str(value))
            if candidate.entity == "exchange":
                account = str(record.get("account_id") or self._own_account())
                return Route("exchange", (account, str(value)))
            return route_of(candidate.entity, str(value))
        return None

    def _own_account(self) -> str:
        return self.route.key[0] if self.route.kind in ("account", "exchange") else ""


def offer_pivots(bench: Bench, grid: Grid, row: int, column: int) -> None:
    """List what can be asked next of the cell under the cursor."""
    from workbench.tui.dialogs.picker import Picker

    head, value = grid.columns[column], grid.record(row).get(grid.columns[column].name)
    if value is None or not head.entity:
        bench.notify("This cell names nothing that a query takes.", markup=False)
        return
    family = str(grid.record(row).get("family", "")) if head.entity == "value" else head.entity
    choices = [(f"open the {safe_text(family, 30)} page", "")]
    found = bench.library.pivots(family)
    choices += [(f"{query.title}  ({query.id})", query.id) for query, _ in found]
    names = {query.id: name for query, name in found}

    def chosen(query_id: str | None) -> None:
        if query_id == "":
            bench.post_message(OpenRoute(route_of(family, str(value))))
        elif query_id:
            bench.post_message(RunQuery(query_id, {names[query_id]: str(value)}))

    bench.push_screen(Picker(f"With {safe_text(value, 60)}", choices), chosen)
