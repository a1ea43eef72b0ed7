"""What every place of the bench shares: it is filled from saved queries and remembers itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from workbench.errors import Cancelled, WorkbenchError
from workbench.safe_text import safe_text
from workbench.tui.entities import place_of
from workbench.tui.jobs import Jobs, Rows
from workbench.tui.messages import DecideOn, Failed, OpenPlace
from workbench.tui.places import Place
from workbench.tui.widgets.grid import Grid
from workbench.tui.widgets.grid_source import PageSource, grid_columns

if TYPE_CHECKING:
    from workbench.tui.acts import Fetch
    from workbench.tui.app import Bench


class View(Vertical):
    """One place. Subclasses compose widgets and fill them in `fill`."""

    DEFAULT_CSS = """
    View { height: 1fr; }
    View .title { height: 1; color: $foreground; text-style: bold; padding: 0 1; }
    View .note { height: auto; color: $text-muted; padding: 0 1; }
    View .trouble { height: auto; color: $error; padding: 0 1; }
    """

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, place: Place, state: dict[str, Any]) -> None:
        super().__init__(classes="view")
        self.place = place
        self.state = state
        self.filled = False

    @property
    def bench(self) -> Bench:
        """The app, typed."""
        from workbench.tui.app import Bench

        app = self.app
        assert isinstance(app, Bench)
        return app

    @property
    def jobs(self) -> Jobs:
        """The bench's hands."""
        return self.bench.jobs

    def on_mount(self) -> None:
        """Fill the view beside the event loop's other work."""
        self.run_worker(self._fill(), group="fill", exclusive=True)

    async def _fill(self) -> None:
        try:
            await self.fill()
            self.filled = True
        except Cancelled:
            return
        except WorkbenchError as error:
            self.post_message(Failed(error))

    async def fill(self) -> None:
        """Read what the view shows."""

    async def page(self, query: str, **given: object) -> Rows:
        """Rows of a page query."""
        return await self.jobs.rows(self.bench.library.query(query), given)

    async def pages(self, *wanted: tuple[str, Mapping[str, object]]) -> list[Rows]:
        """Several page queries at the same time."""
        return list(await asyncio.gather(*(self.page(name, **given) for name, given in wanted)))

    def show_rows(self, grid: Grid, query: str, rows: Rows) -> None:
        """Put a page's rows in a grid, with the entities its query declares."""
        notes = self.bench.library.query(query).columns
        columns = grid_columns(list(rows.names), list(rows.types), notes)
        grid.show(columns, PageSource(rows.rows, exact=not rows.more, cuts=rows.cuts))

    def view_state(self) -> dict[str, Any]:
        """What to remember of this view: cursors by grid."""
        return {
            grid.id or "grid": [grid.cursor_row, grid.cursor_column] for grid in self.query(Grid)
        }

    def restore_cursor(self, grid: Grid) -> None:
        """Put a grid's cursor where it was."""
        saved = self.state.get(grid.id or "grid")
        if isinstance(saved, list) and len(saved) == 2:
            grid.jump(int(saved[0]))
            grid.cursor_column = min(int(saved[1]), max(0, len(grid.columns) - 1))

    def focus_first(self) -> None:
        """Focus what an analyst uses first here."""
        grids = self.query(Grid)
        if grids:
            grids.first().focus()

    def subject(self) -> DecideOn | None:
        """What a decision made here is about; None where there is nothing to decide on."""
        return None

    def refill(self) -> None:
        """Read the view again: the decisions changed."""
        if self.filled:
            self.state = self.view_state()
            self.run_worker(self._fill(), group="fill", exclusive=True)

    def command(self) -> str:
        """The command line that gives the same answer."""
        return f"workbench info {self.bench.case_argument}"

    def status(self) -> str:
        """What the status line says of this view."""
        for grid in self.query(Grid):
            if grid.has_focus or len(self.query(Grid)) == 1:
                sign = "" if grid.source.exact else "≥ "
                place = f"row {min(grid.cursor_row + 1, grid.source.total):,} of "
                marked = f" · {len(grid.marks):,} marked" if grid.marks else ""
                return f"{place}{sign}{grid.source.total:,}{marked}"
        return ""

    def on_grid_moved(self, _event: Grid.Moved) -> None:
        """The row number is in the status line."""
        self.bench.show_status(self.status())

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Open the entity of a cell, or of the first cell of its row that has one."""
        event.stop()
        place = self.place_under(event.grid, event.row, event.column)
        if place is not None:
            self.post_message(OpenPlace(place))

    def on_grid_asked(self, event: Grid.Asked) -> None:
        """Show the whole cell, list pivots, or copy."""
        event.stop()
        from workbench.tui import acts

        if event.what == "pivot":
            acts.offer_pivots(self.bench, event.grid, event.row, event.column)
        elif event.what == "yank":
            acts.offer_copies(self.bench, event.grid, event.row, event.column)
        else:
            fetch = self.whole_cell(event.row, event.column)
            acts.whole_cell(self.bench, event.grid, event.row, event.column, fetch)

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """How to read a cell that was cut; pages hold what they were given."""
        del row, column
        return None

    def place_under(self, grid: Grid, row: int, column: int) -> Place | None:
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
                return place_of(str(record.get("family", "")), str(value))
            if candidate.entity == "exchange":
                account = str(record.get("account_id") or self._own_account())
                return Place("exchange", (account, str(value)))
            return place_of(candidate.entity, str(value))
        return None

    def _own_account(self) -> str:
        return self.place.key[0] if self.place.kind in ("account", "exchange") else ""


def facts(pairs: list[tuple[str, Any]], width: int = 14) -> Content:
    """Name and value, one pair a line; what is not known is said, not left out."""
    parts: list[tuple[str, str]] = []
    for name, value in pairs:
        parts.append((f"{name:<{width}} ", "$text-muted"))
        if value is None or value == "":
            parts.append(("not in the extract\n", "$text-disabled"))
        elif isinstance(value, bool):
            parts.append(("yes\n" if value else "no\n", ""))
        elif isinstance(value, int):
            parts.append((f"{value:,}\n", ""))
        elif isinstance(value, float):
            parts.append((f"{value:,.3g}\n" if abs(value) < 10_000 else f"{value:,.0f}\n", ""))
        else:
            parts.append((safe_text(value, 300) + "\n", ""))
    return Content.assemble(*parts)


def day(moment: Any) -> str:
    """The date of a time cell."""
    return str(moment)[:10] if moment else ""


def panel(title: str, *, id: str) -> Static:  # noqa: A002 - Textual's own name for it
    """A block of text with its heading in the border."""
    block = Static("", id=id, classes="panel", markup=False)
    block.border_title = Content(title)
    return block
