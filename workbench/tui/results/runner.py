"""A statement on its way: asked once, its rows shown as they come, stopped by a key."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from textual.widget import Widget

from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.playbooks.format import ColumnNote
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, ResultSource
from workbench.tui.messages import Failed
from workbench.tui.results.error_panel import ErrorPanel
from workbench.tui.results.open_result import OpenResult
from workbench.tui.results.provenance_line import ProvenanceLine, extent_words
from workbench.tui.results.row_feed import RowFeed
from workbench.tui.services.query_service import QueryService
from workbench.workers.messages import (
    Began,
    Compare,
    Compared,
    Event,
    PickRows,
    ReadAll,
    Request,
    Spooled,
    Spooling,
)

_TICK_SECONDS = 0.25


@dataclass(frozen=True)
class Asked:
    """What a result answers: the statement, its values, and how to name it."""

    sql: str
    parameters: Bound
    label: str
    notes: dict[str, ColumnNote]
    nothing: str = ""  # what it means that there are no rows


class StatementRunner:
    """Runs one statement at a time; rows appear with the engine's first batch.

    The pane composes a `ProvenanceLine`, an `ErrorPanel` and a `Grid`; `on_arrived` is called with
    the first rows, `on_ended` when the statement ended: with rows, or with an error.
    """

    def __init__(
        self,
        pane: Widget,
        query_service: QueryService,
        page_rows: int,
        on_arrived: Callable[[], object],
        on_ended: Callable[[WorkbenchError | None], object],
    ) -> None:
        self.query_service = query_service
        self.asked: Asked | None = None
        self.asked_at = 0.0  # seconds since 1970
        self.exporting = 0
        self.failed = False  # the statement ended without any row being here
        self.frozen = 0  # the generation that it was asked of, where that is no more the newest
        self._pane = pane
        self._feed = RowFeed(pane, query_service)
        self._page_rows = page_rows
        self._on_arrived = on_arrived
        self._on_ended = on_ended
        self._job = 0
        self._started = 0.0

    @property
    def grid(self) -> Grid:
        """The rows."""
        return self._feed.grid

    @property
    def opened(self) -> OpenResult | None:
        """The open result; None where there is none."""
        return self._feed.opened

    @property
    def feed(self) -> RowFeed:
        """What brings rows into the grid."""
        return self._feed

    # Running

    def run(self, asked: Asked) -> None:
        """Run a statement; the result before it is closed."""
        self.release()
        self.asked = asked
        job = self._begin()
        answer = self.query_service.stream(
            job, asked.sql, asked.parameters, self._page_rows, self._listener(job)
        )
        self._pane.run_worker(self._see_through(job, answer), group="result", exclusive=True)

    def compare(self, before: int, after: int, label: str) -> None:
        """Show what differs between two open results."""
        cell = self.query_service.settings.cell_characters
        self._show_made(f"compared {label}", Compare(before, after, cell))

    def pick(self, result: int, rows: list[int], label: str) -> None:
        """Show some rows of an open result."""
        cell = self.query_service.settings.cell_characters
        self._show_made(label, PickRows(result, rows, cell))

    def _show_made(self, label: str, request: Compare | PickRows) -> None:
        self.asked = Asked("", {}, label, {})
        self._follow(self._begin(), request)

    def freeze(self, generation: int) -> None:
        """The rows that are here are those of a generation that is no more the newest."""
        if self.opened is not None and not self.frozen:
            self.frozen = generation
            self._say_rows()

    @property
    def frozen_words(self) -> str:
        """Why nothing can be read on, written out or decided from rows of before."""
        return f"These are rows of generation {self.frozen}; r runs it again on the newest."

    def read_on(self) -> None:
        """Read a result that stopped before its end, so that every row can be reached."""
        if self.opened is None or self._job or self.grid.source.exact or self.opened.full:
            return
        if self.frozen:  # the rest would be that of other data
            self._pane.notify(self.frozen_words, severity="warning", markup=False)
            return
        self._job, self._started = self.query_service.new_job(), time.monotonic()
        self.opened.failed = False
        self._follow(self._job, ReadAll(self.opened.result))

    def _follow(self, job: int, request: Request[Spooled | Compared]) -> None:
        asked = self.query_service.request(request, job=job, on_event=self._listener(job))
        self._pane.run_worker(self._see_through(job, asked), group="result", exclusive=True)

    def _begin(self) -> int:
        self._job = self.query_service.new_job()
        self._pane.query_one(ErrorPanel).clear_error()
        self._started, self.asked_at = time.monotonic(), time.time()
        self.failed = False
        self.frozen = 0
        return self._job

    def _listener(self, job: int) -> Callable[[Event], None]:
        def on_event(event: Event) -> None:
            if self._job != job or self.asked is None:
                if isinstance(event, Began):  # let go of before it was there
                    self.query_service.close_result(event.result)
            elif isinstance(event, Began):
                self.grid.nothing = self.asked.nothing
                self._feed.feed(event, self.asked.notes)
                self._say_rows()
                self._on_arrived()
            elif isinstance(event, Spooling):
                self._grow(event)

        return on_event

    def _grow(self, event: Spooling | Spooled | Compared) -> None:
        if self.opened is not None:
            self.opened.note(event)
        self._feed.grow(event)

    async def _see_through(self, job: int, answer: Awaitable[Spooled | Compared]) -> None:
        ticking = self._pane.set_interval(_TICK_SECONDS, self._tick)
        error: WorkbenchError | None = None
        try:
            ended = await answer
            if self._job == job and self.opened is not None:
                self._complete(ended)
        except Cancelled as cancelled:
            error = cancelled
        except WorkbenchError as failed:
            error = failed
            if self.opened is not None:
                self.opened.failed = True
                self._pane.post_message(Failed(failed))
        finally:
            ticking.stop()
        if self._job == job:
            self._job = 0
            if self.opened is not None:
                self._say_rows()
            elif error is not None:
                self.failed = True
                self.grid.show([], PageSource([]))
                self._say("cancelled" if isinstance(error, Cancelled) else "failed")
                if not isinstance(error, Cancelled):
                    self._pane.query_one(ErrorPanel).show_error(error)
            self._on_ended(error)

    def _complete(self, ended: Spooled | Compared) -> None:
        assert self.opened is not None
        source = self.grid.source
        if ended.exact and self.opened.sorted_page and isinstance(source, ResultSource):
            # Rows of equal rank may have changed places.
            if ended.total > source.total:
                source.forget()
                self.grid.refresh_rows()
            self.opened.sorted_page = False
        self._grow(ended)

    def release(self) -> None:
        """Stop, close the result that is open and give its space back."""
        if self._job:
            self.query_service.cancel(self._job)
            self._job = 0
        self._feed.close()

    def clear(self) -> None:
        """Nothing was asked here."""
        self.release()
        self.grid.show([], PageSource([]))
        self.asked = None
        self._say("")

    def cancel(self) -> bool:
        """Stop what runs; tells whether anything did."""
        if job := self.exporting or self._job:
            self.query_service.cancel(job)
        return bool(job)

    # Saying

    def _tick(self) -> None:
        if self.opened is None:
            self._say(f"running {time.monotonic() - self._started:.1f} s · esc cancels")
        else:
            self._say_rows()

    def _say(self, words: str) -> None:
        self._pane.query_one(ProvenanceLine).say(self.asked.label if self.asked else "", words)

    def _say_rows(self) -> None:
        assert self.opened is not None
        source, opened = self.grid.source, self.opened
        if (found := opened.compared) is not None:
            words = f"{found.added:,} added, {found.gone:,} gone, {found.changed:,} changed"
            self._say(f"{words} · matched by {safe_text(found.key, 40)}")
            return
        reading = time.monotonic() - self._started if self._job else None
        words = extent_words(opened, source.total, source.exact, reading, self.asked_at)
        self._say(f"of generation {self.frozen} · {words}" if self.frozen else words)

    @property
    def extent(self) -> str:
        """How many rows, in a word."""
        if self.opened is None:
            return "…" if self._job else "none"
        source = self.grid.source
        return f"{'' if source.exact else '≥'}{source.total:,}"
