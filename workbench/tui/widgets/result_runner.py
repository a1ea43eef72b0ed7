"""An open result: its provenance line and its grid, fed in windows while it is spooled."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.playbooks.format import ColumnNote
from workbench.tui.messages import Failed
from workbench.tui.widgets.grid import Grid
from workbench.tui.widgets.grid_source import PageSource, ResultSource, grid_columns
from workbench.tui.widgets.provenance import Provenance, extent_words

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
    """Runs one statement at a time; rows appear with the engine's first batch."""

    BLANK = True
    DEFAULT_CSS = """
    ResultRunner { height: 1fr; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,escape", "cancel", "cancel", id="result.cancel", priority=False),
    ]

    @dataclass
    class Arrived(Message):
        """The first rows are here."""

        pane: ResultRunner

    @dataclass
    class Ended(Message):
        """The statement ended: with rows, or with an error."""

        pane: ResultRunner
        error: WorkbenchError | None

    def __init__(self, jobs: Jobs, page_rows: int, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.asked: Asked | None = None
        self.opened: dict[str, Any] | None = None
        self.began_at = 0.0
        self._jobs = jobs
        self._page_rows = page_rows
        self._job = 0
        self._started = 0.0
        self._wanted: int | None = None

    def compose(self) -> ComposeResult:
        """Provenance above, rows below."""
        yield Provenance()
        yield Grid()

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self.query_one(Grid)

    # Running

    def run(self, asked: Asked) -> None:
        """Run a statement; the result before it is closed."""
        self.release()
        self.asked = asked
        self._job = self._jobs.new_job()
        self._started, self.began_at = time.monotonic(), time.time()
        self.run_worker(self._run(asked, self._job), group="result", exclusive=True)

    async def _run(self, asked: Asked, job: int) -> None:
        def told(event: dict[str, Any]) -> None:
            if self._job == job:
                self._began(event) if event["ev"] == "began" else self._grew(event)

        limit = self._page_rows
        answer = self._jobs.stream(job, asked.sql, asked.parameters, limit, told)
        await self._see_through(job, answer)

    async def _see_through(self, job: int, answer: Awaitable[dict[str, Any]]) -> None:
        ticking = self.set_interval(0.25, self._tick)
        error: WorkbenchError | None = None
        try:
            ended = await answer
            if self._job == job and self.opened is not None:
                self.opened |= ended
                self._grew(ended)
        except Cancelled as cancelled:
            error = cancelled
        except WorkbenchError as failed:
            error = failed
            self.post_message(Failed(failed))
        finally:
            ticking.stop()
        if self._job == job:
            self._job = 0
            if self.opened is not None:
                self._say_rows()
            elif error is not None:
                self._say("cancelled" if isinstance(error, Cancelled) else "failed")
            self.post_message(self.Ended(self, error))

    def _began(self, opened: dict[str, Any]) -> None:
        assert self.asked is not None
        self.opened = opened
        names = [column[0] for column in opened["columns"]]
        types = [column[1] for column in opened["columns"]]
        columns = grid_columns(names, types, self.asked.notes)

        def fetch(window: int) -> None:
            self.run_worker(self._fetch_window(window), group=f"window-{window}")

        self.grid.show(columns, ResultSource(opened, fetch))
        self._say_rows()
        self.post_message(self.Arrived(self))

    def _grew(self, extent: dict[str, Any]) -> None:
        source = self.grid.source
        if isinstance(source, ResultSource):
            source.grow(extent)
            self.grid.rows_grew()
            self._go_on_to_wanted()

    def release(self) -> None:
        """Close the result that is open and give its space back."""
        if self._job:
            self._jobs.cancel(self._job)
            self._job = 0
        if self.opened is not None:
            self._jobs.close_result(int(self.opened["result"]))
            self.opened = None
        self._wanted = None
        self.grid.show([], PageSource([]))

    def action_cancel(self) -> None:
        """Stop what runs; nothing runs: nothing happens."""
        if self._job:
            self._jobs.cancel(self._job)

    # Saying

    def _tick(self) -> None:
        if self.opened is None:
            self._say(f"running {time.monotonic() - self._started:.1f} s · esc cancels")
        else:
            self._say_rows()

    def _say(self, words: str) -> None:
        self.query_one(Provenance).say(self.asked.label if self.asked else "", words)

    def _say_rows(self) -> None:
        assert self.opened is not None
        source = self.grid.source
        reading = time.monotonic() - self._started if self._job else None
        self._say(extent_words(self.opened, source.total, source.exact, reading, self.began_at))

    # Rows

    async def _fetch_window(self, window: int) -> None:
        source = self.grid.source
        if not isinstance(source, ResultSource):
            return
        try:
            answer = await self._jobs.window(source.result, *source.span(window))
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
        return lambda: self._jobs.request("cell", result=result, row=row, column=column)

    def on_grid_past_end(self, event: Grid.PastEnd) -> None:
        """Read on when the analyst goes past the end of what is here, and follow when it comes."""
        event.stop()
        self._wanted = event.row
        self.read_on()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """Somebody who has moved on is not taken to the end."""
        if event.row < self.grid.source.total - 1:
            self._wanted = None

    def _go_on_to_wanted(self) -> None:
        source = self.grid.source
        if self._wanted is not None and (source.exact or self._wanted < source.total):
            row, self._wanted = self._wanted, None
            self.grid.jump(row)

    def read_on(self) -> None:
        """Read a result that stopped before its end, so that every row can be reached."""
        if self.opened is None or self._job or self.grid.source.exact or self.opened.get("full"):
            return
        self._job = self._jobs.new_job()
        self._started = time.monotonic()
        result = int(self.opened["result"])
        self.run_worker(self._read_on(self._job, result), group="result", exclusive=True)

    async def _read_on(self, job: int, result: int) -> None:
        def told(event: dict[str, Any]) -> None:
            if self._job == job:
                self._grew(event)

        sorts = bool(self.opened and self.opened.get("sorted_page"))
        answer = self._jobs.request("read_all", job=job, progress=told, result=result)
        await self._see_through(job, answer)
        source = self.grid.source
        if self.opened is not None and isinstance(source, ResultSource) and source.exact:
            self.opened["sorted_page"] = False
            if sorts:
                source.forget()
                self.grid.refresh_rows()
            self._say_rows()
