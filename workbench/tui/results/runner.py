"""A statement on its way: asked once, its rows shown as they come, stopped by a key."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from textual.widget import Widget

from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import Bound
from workbench.playbooks.format import ColumnNote
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, ResultSource
from workbench.tui.messages import Failed
from workbench.tui.results.error_panel import ErrorPanel
from workbench.tui.results.provenance_line import ProvenanceLine, extent_words
from workbench.tui.results.row_feed import RowFeed
from workbench.tui.services.query_service import QueryService

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
    def opened(self) -> dict[str, Any] | None:
        """The open result as the worker described it; None where there is none."""
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
        self._show_made(f"compared {label}", "compare", before=before, result=after)

    def pick(self, result: int, rows: list[int], label: str) -> None:
        """Show some rows of an open result."""
        self._show_made(label, "pick", result=result, rows=rows)

    def _show_made(self, label: str, op: str, **fields: Any) -> None:
        self.asked = Asked("", {}, label, {})
        job = self._begin()
        cell = self.query_service.settings.cell_characters
        answer = self.query_service.request(
            op, job=job, progress=self._listener(job), cell=cell, **fields
        )
        self._pane.run_worker(self._see_through(job, answer), group="result", exclusive=True)

    def read_on(self) -> None:
        """Read a result that stopped before its end, so that every row can be reached."""
        if self.opened is None or self._job or self.grid.source.exact or self.opened.get("full"):
            return
        job, self._started = self.query_service.new_job(), time.monotonic()
        self._job = job
        self.opened.pop("failed", None)
        answer = self.query_service.request(
            "read_all", job=job, progress=self._listener(job), result=int(self.opened["result"])
        )
        self._pane.run_worker(self._see_through(job, answer), group="result", exclusive=True)

    def _begin(self) -> int:
        self._job = self.query_service.new_job()
        self._pane.query_one(ErrorPanel).clear_error()
        self._started, self.asked_at = time.monotonic(), time.time()
        return self._job

    def _listener(self, job: int) -> Callable[[dict[str, Any]], None]:
        def on_progress(event: dict[str, Any]) -> None:
            if self._job != job or self.asked is None:
                if event["ev"] == "began":  # let go of before it was there
                    self.query_service.close_result(int(event["result"]))
            elif event["ev"] == "began":
                self.grid.nothing = self.asked.nothing
                self._feed.feed(event, self.asked.notes)
                self._say_rows()
                self._on_arrived()
            else:
                self._feed.grow(event)

        return on_progress

    async def _see_through(self, job: int, answer: Awaitable[dict[str, Any]]) -> None:
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
                self.opened["failed"] = True
                self._pane.post_message(Failed(failed))
        finally:
            ticking.stop()
        if self._job == job:
            self._job = 0
            if self.opened is not None:
                self._say_rows()
            elif error is not None:
                self.grid.show([], PageSource([]))
                self._say("cancelled" if isinstance(error, Cancelled) else "failed")
                if not isinstance(error, Cancelled):
                    self._pane.query_one(ErrorPanel).show_error(error)
            self._on_ended(error)

    def _complete(self, ended: dict[str, Any]) -> None:
        assert self.opened is not None
        source = self.grid.source
        if ended["exact"] and self.opened.get("sorted_page") and isinstance(source, ResultSource):
            # Rows of equal rank may have changed places.
            if int(ended["total"]) > source.total:
                source.forget()
                self.grid.refresh_rows()
            self.opened["sorted_page"] = False
        self.opened.update(ended)
        self._feed.grow(ended)

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

    def cancel(self) -> None:
        """Stop what runs; nothing runs: nothing happens."""
        if self.exporting or self._job:
            self.query_service.cancel(self.exporting or self._job)

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
        if "key" in opened:
            words = (
                f"{opened['added']:,} added, {opened['gone']:,} gone, {opened['changed']:,} changed"
            )
            self._say(f"{words} · matched by {safe_text(opened['key'], 40)}")
            return
        reading = time.monotonic() - self._started if self._job else None
        self._say(extent_words(opened, source.total, source.exact, reading, self.asked_at))

    @property
    def extent(self) -> str:
        """How many rows, in a word."""
        if self.opened is None:
            return "…" if self._job else "none"
        source = self.grid.source
        return f"{'' if source.exact else '≥'}{source.total:,}"
