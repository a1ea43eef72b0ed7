"""What every place of the bench shares: it is filled from saved queries and remembers itself."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.text.format import number_text
from workbench.text.sanitize import safe_text
from workbench.tui.grid.canvas import share_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import Failed
from workbench.tui.pages.loading import Filling
from workbench.tui.routes import Route
from workbench.tui.services.query_service import Rows

_LONGEST_WORD = 400


def command_line(*words: object) -> str:
    """A command line to paste: a shell takes each word as it is, whatever an extract put there."""
    shown = [safe_text(word, _LONGEST_WORD, multiline=True) for word in words]
    return shlex.join(["workbench", *shown])


class View(Filling):
    """One place. Subclasses compose widgets and fill them in `fill`."""

    BLANK = True
    DEFAULT_CSS = """
    View { height: 1fr; }
    View .title { height: 1; color: $foreground; text-style: bold; padding: 0 1; }
    View .note { height: auto; color: $text-muted; padding: 0 1; }
    View .trouble { height: auto; color: $error; padding: 0 1; }
    """

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = ()

    def __init__(self, route: Route, state: dict[str, Any]) -> None:
        super().__init__(classes="view")
        self.route = route
        self.state = state

    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys that matter here, and what they do."""
        return self.HINTS

    def show_rows(self, grid: Grid, query: str, rows: Rows) -> None:
        """Put a page's rows in a grid, with the entities its query declares."""
        saved = self.bench.library.query(query)
        columns = grid_columns(list(rows.names), list(rows.types), saved.columns)
        grid.nothing = saved.nothing
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

    def ask(self, question: str, then: Callable[[str], Awaitable[None]]) -> None:
        """Ask for a line of text, and go on with it; what fails is said."""
        from workbench.tui.dialogs.text_prompt import TextPrompt

        def answered(text: str | None) -> None:
            if text:
                self.run_worker(self._go_on(then(text)), group="answer")

        self.bench.push_screen(TextPrompt(question, ""), answered)

    async def _go_on(self, work: Awaitable[None]) -> None:
        try:
            await work
        except WorkbenchError as error:
            self.post_message(Failed(error))

    async def edit(self, work: Callable[..., object], *arguments: object) -> None:
        """Append a record at the desk; everything that shows the ledger follows."""
        words = "Recorded; reversing the record undoes it."
        await self.record(words, work, self.bench.service, *arguments)

    def refill(self) -> None:
        """Read the view again: the decisions changed."""
        if self.filled:
            self.state = self.view_state()
            self._sight.clear()
            self.run_worker(self._fill(), group="fill", exclusive=True)

    def freshen(self) -> None:
        """Read the view again if it is stale."""
        if self.stale:
            self.stale = False
            self.refill()

    def focus_if_in_front(self) -> None:
        """Focus what is used first, unless another view is shown."""
        if self.in_front:
            self.focus_first()

    def command(self) -> str:
        """The command line that gives the same answer."""
        return command_line("info", self.bench.case_argument)

    def status(self) -> str:
        """What the status line says of this view."""
        shown = [
            grid for grid in self.query(Grid)
            if grid.display and grid.parent is not None and grid.parent.display
        ]  # fmt: skip
        for grid in shown:
            if grid.has_focus or len(shown) == 1:
                if not grid.source.total:
                    return "no rows" if grid.columns else ""
                sign = "" if grid.source.exact else "≥ "
                route = f"row {min(grid.cursor_row + 1, grid.source.total):,} of "
                marked = f" · {len(grid.marks):,} marked" if grid.marks else ""
                return f"{route}{sign}{grid.source.total:,}{marked}"
        return ""


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
