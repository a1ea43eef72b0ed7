"""An open result: its provenance line and its grid, fed in windows while it is spooled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.playbooks.format import ColumnNote
from workbench.safe_text import safe_text
from workbench.tui.messages import Failed
from workbench.tui.widgets.grid import Grid
from workbench.tui.widgets.grid_source import PageSource, ResultSource, grid_columns

if TYPE_CHECKING:
    from workbench.tui.jobs import Jobs


@dataclass(frozen=True)
class Asked:
    """What a result answers: the statement, its values, and how to name it."""

    sql: str
    parameters: Bound
    label: str
    notes: dict[str, ColumnNote]


class ResultRunner(Vertical):
    """Runs one statement at a time; rows appear with the engine's first page."""

    DEFAULT_CSS = """
    ResultRunner { height: 1fr; }
    ResultRunner .provenance { height: 1; padding: 0 1; color: $text-muted; background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,escape", "cancel", "cancel", id="result.cancel", priority=False),
    ]

    @dataclass
    class Arrived(Message):
        """The first page is here."""

        pane: ResultRunner

    def __init__(self, jobs: Jobs, page_rows: int, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.asked: Asked | None = None
        self.opened: dict[str, Any] | None = None
        self._jobs = jobs
        self._page_rows = page_rows
        self.original: Asked | None = None
        self._job = 0
        self._started = 0.0
        self._spooling = 0
        self._words = ""

    def compose(self) -> ComposeResult:
        """Provenance above, rows below."""
        yield Static("", classes="provenance", markup=False)
        yield Grid()

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self.query_one(Grid)

    @property
    def running(self) -> bool:
        """Whether a statement runs now."""
        return bool(self._job)

    def run(self, asked: Asked, *, keep: bool = True) -> None:
        """Run a statement; the result before it is closed."""
        if keep:
            self.original = asked
        self.run_worker(self._run(asked), group="result", exclusive=True)

    async def _run(self, asked: Asked) -> None:
        self.release()
        self.asked = asked
        self._started = time.monotonic()
        self._job = self._jobs.next_job()
        ticking = self.set_interval(0.25, self._tick)
        try:
            opened = await self._jobs.open(asked.sql, asked.parameters, self._page_rows)
        except Cancelled:
            self._say("cancelled")
            return
        except WorkbenchError as error:
            self._say("failed")
            self.post_message(Failed(error))
            return
        finally:
            ticking.stop()
            self._job = 0
        self.opened = opened
        names = [column[0] for column in opened["columns"]]
        types = [column[1] for column in opened["columns"]]
        self.grid.show(grid_columns(names, types, asked.notes), ResultSource(opened, self._fetch))
        self._say_rows()
        self.post_message(self.Arrived(self))

    def release(self) -> None:
        """Close the result that is open and give its space back."""
        if self._spooling:
            self._jobs.cancel(self._spooling)
            self._spooling = 0
        if self.opened is not None:
            self._jobs.close_result(int(self.opened["result"]))
            self.opened = None
        self.grid.show([], PageSource([]))

    def _tick(self) -> None:
        self._say(f"running {time.monotonic() - self._started:.1f} s · esc cancels")

    def _say(self, words: str) -> None:
        label = safe_text(self.asked.label, 60) if self.asked else ""
        self._words = words
        self.query_one(".provenance", Static).update(
            Content.assemble((f"{label}  ", "bold"), (words, ""))
        )

    def _say_rows(self) -> None:
        assert self.opened is not None
        source = self.grid.source
        sign = "" if source.exact else "≥ "
        shown = "" if source.exact else " · more below"
        spooling = " · reading on" if self._spooling else ""
        took = f"{self.opened['elapsed_ms']:,.0f} ms"
        at = time.strftime("%H:%M:%S", time.gmtime())
        self._say(f"{sign}{source.total:,} rows{shown} · {took} · {at} UTC{spooling}")

    def rows_words(self) -> str:
        """Row count for the status line."""
        return self._words

    # Windows

    def _fetch(self, window: int) -> None:
        self.run_worker(self._fetch_window(window), group=f"window-{window}")

    async def _fetch_window(self, window: int) -> None:
        source, opened = self.grid.source, self.opened
        if opened is None or not isinstance(source, ResultSource):
            return
        try:
            answer = await self._jobs.window(int(opened["result"]), *source.span(window))
        except WorkbenchError as error:
            source.failed(window)
            self.post_message(Failed(error))
            return
        if self.grid.source is source:
            source.deliver(window, answer)
            self.grid.refresh_rows()

    def cell_reader(self, row: int, column: int) -> Callable[[], Awaitable[dict[str, Any]]] | None:
        """Reads one whole cell of the open result."""
        if self.opened is None:
            return None
        result = int(self.opened["result"])
        return lambda: self._jobs.request("cell", result=result, row=row, column=column)

    def on_grid_past_end(self, event: Grid.PastEnd) -> None:
        """Read on when the analyst reaches the end of what is here."""
        event.stop()
        self.read_on()

    def read_on(self) -> None:
        """Spool the whole result, so that every row can be reached."""
        if self.opened is not None and not self._spooling and not self.grid.source.exact:
            self._spooling = self._jobs.next_job()
            self.run_worker(self._spool(int(self.opened["result"])), group="spool", exclusive=True)

    async def _spool(self, result: int) -> None:
        source = self.grid.source
        assert isinstance(source, ResultSource)

        def grown(event: dict[str, Any]) -> None:
            if self.grid.source is source:
                source.grow(int(event["rows"]), exact=False)
                self.grid.refresh_rows()
                self._say_rows()

        try:
            ended = await self._jobs.request("spool", progress=grown, result=result)
            source.grow(int(ended["rows"]), exact=bool(ended["exact"]))
        except Cancelled:
            await asyncio.sleep(0)
        except WorkbenchError as error:
            self.post_message(Failed(error))
        self._spooling = 0
        if self.opened is not None and self.grid.source is source:
            self.grid.refresh_rows()
            self._say_rows()

    def action_cancel(self) -> None:
        """Stop what runs; nothing runs: nothing happens."""
        if self._job:
            self._jobs.cancel(self._job)
        elif self._spooling:
            self._jobs.cancel(self._spooling)
