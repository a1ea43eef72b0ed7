"""What every page of the bench shares: it is filled from saved queries and remembers itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from workbench.errors import WorkbenchError
from workbench.text.format import number_text
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.grid.canvas import share_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import DecideOn, Failed
from workbench.tui.pages.cell_actions import CellActions
from workbench.tui.pages.collaboration import Collaboration, append_record
from workbench.tui.pages.command_lines import command_line, query_command
from workbench.tui.pages.loading import PageLoader, Wanted
from workbench.tui.pages.part_tabs import PartTabs
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService, Rows
from workbench.tui.shell.context import Context


class View(Vertical):
    """One page. Subclasses compose widgets and fill them in `fill`.

    A page of several parts names them in `PARTS` as (key, name) pairs, composes `PartTabs` and one
    widget a part with the id `part-<name>`, and binds the keys by `part_bindings`.
    """

    BLANK = True
    DEFAULT_CSS = """
    View { height: 1fr; }
    View .title { height: 1; color: $foreground; text-style: bold; padding: 0 1; }
    View .note { height: auto; color: $text-muted; padding: 0 1; }
    View .trouble { height: auto; color: $error; padding: 0 1; }
    """

    PARTS: ClassVar[tuple[tuple[str, str], ...]] = ()
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("K", "claim", "claim or release", id="shared.claim"),
        Binding("semicolon", "remark", "comment", id="shared.comment"),
        Binding("S", "sample", "draw a sample", id="shared.sample"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(classes="view")
        self.context = context
        self.state = state
        self._route = route
        self._loader = PageLoader(self, context)
        account = route.key[0] if route.kind in ("account", "exchange") else ""
        self._cells = CellActions(self, context, self.whole_cell, account)
        self._together = Collaboration(self, context)
        self._asked: dict[str, tuple[str, Mapping[str, object]]] = {}  # behind each grid

    @property
    def route(self) -> Route:
        """Where this is."""
        return self._route

    @property
    def widget(self) -> Widget:
        """The page itself."""
        return self

    @property
    def query_service(self) -> QueryService:
        """What runs statements and waits for disks."""
        return self.context.query_service

    # Filling

    @property
    def filled(self) -> bool:
        """Whether it has been filled once."""
        return self._loader.filled

    @property
    def stale(self) -> bool:
        """Whether what it shows may be of an older ledger."""
        return self._loader.stale

    @stale.setter
    def stale(self, stale: bool) -> None:
        self._loader.stale = stale

    def on_mount(self) -> None:
        """Fill the page beside the event loop's other work."""
        self.load_in_worker()

    def load_in_worker(self) -> Worker[None]:
        """Fill the page in a worker; one that still runs ends."""
        return self.run_worker(self._loader.load(), group="fill", exclusive=True)

    def on_unmount(self) -> None:
        """Nobody asks any more for what was read ahead."""
        self._loader.cancel_ahead()

    def first_pages(self) -> Sequence[Wanted]:
        """The page queries behind the first sight, and their parameters."""
        return ()

    async def fill(self) -> None:
        """Read what the page shows first."""

    async def fill_behind(self) -> None:
        """Read what is a key away, once the first sight is there."""

    def read_ahead(self) -> None:
        """Ask for the first pages; they are read while the widgets are made."""
        self._loader.read_ahead()

    async def first_sight(self, seconds: float) -> None:
        """Wait until the page is filled, or cannot be, or for so many seconds."""
        await self._loader.first_sight(seconds)

    def shown(self) -> None:
        """It is on the terminal now."""
        self._loader.seen.set()

    @property
    def seen(self) -> asyncio.Event:
        """Set once the page is on the terminal."""
        return self._loader.seen

    async def first(self) -> list[Rows]:
        """Rows of the first pages, in their order."""
        return await self._loader.first()

    async def page(self, query: str, **given: object) -> Rows:
        """Rows of a page query."""
        return await self._loader.page(query, given)

    async def pages(self, *wanted: tuple[str, Mapping[str, object]]) -> list[Rows]:
        """Rows of several page queries that run at the same time."""
        return await self._loader.pages(*wanted)

    def refill(self) -> None:
        """Read the page again: the decisions changed."""
        if self.filled:
            # A list that is there keeps its cursor itself, also where it is moved meanwhile.
            here = {grid.id or "grid" for grid in self.query(Grid) if grid.columns}
            state = self.view_state()
            self.state = {name: value for name, value in state.items() if name not in here}
            self._loader.load_again()

    def refresh_if_stale(self) -> None:
        """Read the page again if it is stale."""
        if self.stale:
            self.stale = False
            self.refill()

    def show_rows(self, grid: Grid, query: str, rows: Rows) -> None:
        """Put a page's rows in a grid, with the entities its query declares."""
        saved = self.context.library.shipped(query)
        if rows.asked is not None:
            self._asked[grid.id or ""] = rows.asked
        columns = grid_columns(list(rows.names), list(rows.types), saved.columns)
        grid.nothing = saved.nothing
        grid.show(columns, PageSource(rows.rows, exact=not rows.more, cuts=rows.cuts))

    def show_part_rows(self, part: str, query: str, rows: Rows) -> None:
        """Put a page's rows in the grid of a part; its cursor is where it was left."""
        grid = self.query_one(f"#part-{part}", Grid)
        self.show_rows(grid, query, rows)
        self.restore_cursor(grid)

    # Where the analyst was

    def view_state(self) -> dict[str, Any]:
        """What to remember of this page: cursors by grid, the part shown."""
        part = {"part": self.query_one(PartTabs).shown} if self.PARTS else {}
        return part | {
            grid.id or "grid": [grid.cursor_row, grid.cursor_column] for grid in self.query(Grid)
        }

    def restore_cursor(self, grid: Grid) -> None:
        """Put a grid's cursor where it was."""
        saved = self.state.get(grid.id or "grid")
        if isinstance(saved, list) and len(saved) == 2:
            row, column = saved
            grid.jump(row)
            grid.cursor_column = min(column, max(0, len(grid.columns) - 1))

    def focus_first(self) -> None:
        """Focus what an analyst uses first here: the part that is shown, or the first grid."""
        if self.PARTS:
            for widget in self.query(f"#part-{self.query_one(PartTabs).shown}"):
                widget.focus()
        elif grids := self.query(Grid):
            grids.first().focus()

    def focus_if_in_front(self) -> None:
        """Focus what is used first, unless another page is shown."""
        if self.in_front:
            self.focus_first()

    @property
    def in_front(self) -> bool:
        """Whether this is the page that is shown; a hidden one is filled again quietly."""
        return self.context.is_in_front(self)

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        if self.in_front:
            self.context.show_hints_of_view()

    # Parts

    async def action_part(self, name: str) -> None:
        """Show a part."""
        self.query_one(PartTabs).choose(name)
        self.state["part"] = name  # it stays in front when what is being read has come
        self.focus_first()
        self.call_after_refresh(self.tell_status)

    def show_remembered_part(self) -> None:
        """The part that was shown when the page was left; read again, the part stays."""
        tabs = self.query_one(PartTabs)
        if not self.filled:
            tabs.choose(str(self.state.get("part", tabs.shown)))
        self.focus_if_in_front()

    # Cells

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """How to read a cell that was cut; pages hold what they were given."""
        del row, column
        return None

    def on_grid_moved(self, _event: Grid.Moved) -> None:
        """The row number is in the status line."""
        self.tell_status()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Open the entity of a cell, or of the first cell of its row that has one."""
        event.stop()
        self._cells.open(event.grid, event.row, event.column)

    def on_grid_asked(self, event: Grid.Asked) -> None:
        """Show the whole cell, go to a row, list pivots, or copy."""
        event.stop()
        self._cells.answer(event)

    # What the ledger takes

    def stop_running(self) -> bool:
        """Cancel what runs here; tells whether anything did."""
        return False

    def subject(self) -> DecideOn | None:
        """What a decision made here is about; None where there is nothing to decide on."""
        return None

    def why_no_subject(self) -> str:
        """What to do where there is nothing to decide on."""
        return "Open or mark an account or a cluster first."

    def action_claim(self) -> None:
        """Take the subject on, or give it back."""
        self._together.claim(self.subject())

    def action_remark(self) -> None:
        """Read what others remarked, and remark something oneself."""
        self._together.comment(self.subject())

    def action_sample(self) -> None:
        """Draw members of the cluster, or of the marked accounts, for review."""
        self._together.sample(self.subject())

    async def record(self, said: str, work: Callable[..., object], *arguments: object) -> bool:
        """Append to the ledger and say so; False where it was refused, which is said too."""
        return await append_record(self, self.context, said, work, *arguments)

    async def edit(self, work: Callable[..., object], *arguments: object) -> None:
        """Append an edit of lists or campaigns; everything that shows the ledger follows."""
        words = "Recorded; reversing the record undoes it."
        await self.record(words, work, self.context.service, *arguments)

    def ask(self, question: str, then: Callable[[str], Awaitable[None]]) -> None:
        """Ask for a line of text, and go on with it; what fails is said."""

        def answered(text: str | None) -> None:
            if text:
                self.run_worker(self._go_on(then(text)), group="answer")

        self.app.push_screen(TextPrompt(question, ""), answered)

    async def _go_on(self, work: Awaitable[None]) -> None:
        try:
            await work
        except WorkbenchError as error:
            self.post_message(Failed(error))

    # What the frame shows

    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys that matter here, and what they do."""
        return self.HINTS

    def command(self) -> str:
        """The command line that gives the same rows: those of the list in front."""
        for grid in self.shown_grids():
            if asked := self._asked.get(grid.id or ""):
                return query_command(self.context.case_argument, *asked)
        return command_line("info", self.context.case_argument)

    def shown_grids(self) -> list[Grid]:
        """The lists that are in sight, the one with the focus first."""
        shown = [
            grid for grid in self.query(Grid)
            if grid.display and grid.parent is not None and grid.parent.display
        ]  # fmt: skip
        return sorted(shown, key=lambda grid: not grid.has_focus)

    def tell_status(self) -> None:
        """Say how things stand, if this is the page that is shown."""
        if self.in_front:
            self.context.show_status(self.status())

    def status(self) -> str:
        """What the status line says of this page."""
        shown = self.shown_grids()
        for grid in shown:
            if grid.has_focus or len(shown) == 1:
                if not grid.source.total:
                    return "no rows" if grid.columns else ""
                sign = "" if grid.source.exact else "≥ "
                here = f"row {min(grid.cursor_row + 1, grid.source.total):,} of "
                marked = f" · {len(grid.marks):,} marked" if grid.marks else ""
                return f"{here}{sign}{grid.source.total:,}{marked}"
        return ""


def clusters_subject(grid: Grid) -> DecideOn | None:
    """The marked clusters of a list, or the one under the cursor."""
    rows = sorted(grid.marks) or [grid.cursor_row]
    named = (grid.record(row).get("cluster_id") for row in rows)
    ids = tuple(dict.fromkeys(str(one) for one in named if one))
    if not ids:
        return None
    if len(ids) > 1:
        return DecideOn("clusters", ids, "cluster-card")
    return DecideOn("cluster", ids, "cluster-card", {"cluster": ids[0]})


def part_bindings(page: str, parts: Sequence[tuple[str, str]]) -> list[BindingType]:
    """A key for each part of a page."""
    return [Binding(key, f"part('{name}')", name, id=f"{page}.{name}") for key, name in parts]


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
            parts.append((f"{number_text(value)}\n", ""))
        else:
            parts.append((safe_text(value, 300) + "\n", ""))
    return Content.assemble(*parts)


def score_words(score: float | None) -> str:
    """A score of 0..1 with three digits, as every list shows it."""
    return "not known" if score is None else share_text(score)


def day(moment: Any) -> str:
    """The date of a time cell, whatever its year."""
    date, _, rest = str(moment or "").partition(" ")
    return f"{date} (BC)" if rest.startswith("(BC)") else date


def panel(title: str, *, id: str) -> Static:
    """A block of text with its heading in the border."""
    block = Static("", id=id, classes="panel", markup=False)
    block.border_title = Content(title)
    return block
