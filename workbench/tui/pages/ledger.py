"""The ledger itself: its head and checkpoints, its records newest first, and its verification."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench.audit.log.append import Record
from workbench.audit.log.tail import newest
from workbench.audit.log.verify import Report
from workbench.decisions.describe import COLUMNS, head_lines, row, whole
from workbench.decisions.verify import verdict_lines, verify_case
from workbench.errors import Cancelled, WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import CellViewer
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.messages import Failed
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context

_PAGE = 500
_TYPES = ["BIGINT", "TIMESTAMP", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR"]


class LedgerView(View):
    """What was recorded, by whom, and whether it is whole."""

    HINTS = (("enter", "whole record"), ("V", "verify"), ("o", "older"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("V", "verify", "verify the ledger", id="ledger.verify"),
        Binding("o", "older", "older records", id="ledger.older"),
        Binding("P", "report", "what verification found", id="ledger.report"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._records: list[Record] = []
        self._report: Report | None = None
        self._stop = threading.Event()
        self._verifying = False

    def compose(self) -> ComposeResult:
        """Head, what verification found, records."""
        yield Static("", classes="head", id="ledger-head", markup=False)
        yield Static("", classes="note", id="ledger-found", markup=False)
        yield Grid(id="records")

    async def fill(self) -> None:
        """Read the head and the newest records."""
        lines = await self.query_service.background(head_lines, self.context.service)
        parts = [(f"{safe_text(line, 300)}\n", style) for line, style in lines]
        self.query_one("#ledger-head", Static).update(Content.assemble(*parts).rstrip())
        count = max(_PAGE, len(self._records))
        self._records = await self._read(count)
        self._show()
        if self._report is None and not self._verifying:
            self._tell("V verifies every record, the chain, the lists and the checkpoints.")

    async def _read(self, count: int, before: int = -1) -> list[Record]:
        path = self.context.service.case.ledger_path
        try:
            return await self.query_service.background(newest, path, count, before)
        except WorkbenchError:
            return []  # nothing is recorded yet, or the head has said what is wrong

    def _show(self) -> None:
        grid = self.query_one(Grid)
        exact = not self._records or self._records[-1].seq == 0
        rows = [row(record) for record in self._records]
        grid.show(grid_columns(COLUMNS, _TYPES), PageSource(rows, exact=exact))
        self.restore_cursor(grid)
        self.tell_status()

    def on_grid_past_end(self, _event: Grid.PastEnd) -> None:
        """The last row that is here brings older ones."""
        self.action_older()

    def action_older(self) -> None:
        """Read older records behind those that are here."""
        if self._records and self._records[-1].seq > 0:
            self.run_worker(self._older(), group="older", exclusive=True)

    async def _older(self) -> None:
        here = self._records
        older = await self._read(_PAGE, here[-1].offset)
        if self._records is not here:
            return  # read anew meanwhile: what was older than the last is so no more
        self._records = [*here, *older]
        self.state = self.view_state()
        self._show()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """The whole record."""
        event.stop()
        self.run_worker(self._open(self._records[event.row]), group="record", exclusive=True)

    async def _open(self, record: Record) -> None:
        service = self.context.service
        text = await self.query_service.background(
            service.read, lambda ledger: whole(ledger, record)
        )
        size = f"{len(text):,} characters · workbench audit show"
        self.app.push_screen(CellViewer(f"record {record.seq}", text, f"{size} --id {record.id}"))

    def action_verify(self) -> None:
        """Check every record and the chain; escape stops it."""
        if not self._verifying:
            self._verifying = True
            self._stop.clear()
            self.run_worker(self._verify(), group="verify", exclusive=True)

    def stop_running(self) -> bool:
        """Stop verifying; tells whether that ran."""
        self._stop.set()
        return self._verifying

    async def _verify(self) -> None:
        service = self.context.service
        self._tell("verifying… esc stops")
        work = partial(verify_case, service.case_path, service.settings, progress=self._progress)
        try:
            self._report = await self.query_service.background(work)
        except Cancelled:
            self._tell("Verification was stopped; it says nothing.")
        except WorkbenchError as error:
            self.post_message(Failed(error))
        else:
            self._found(self._report)
        finally:
            self._verifying = False

    def _progress(self, done: int, total: int) -> None:
        """Called by the verifying thread after each piece of the file."""
        if self._stop.is_set():
            raise Cancelled("Verification was stopped.")
        share = done / total if total else 1.0
        words = f"verifying… {share:.0%} of {total:,} bytes · esc stops"
        self.app.call_from_thread(self._tell, words)

    def _tell(self, words: str, style: str = "$text-muted") -> None:
        self.query_one("#ledger-found", Static).update(Content.styled(words, style))

    def _found(self, report: Report) -> None:
        lines = verdict_lines(report)
        more = f" · {len(lines) - 2:,} more: P" if len(lines) > 2 else ""
        words = safe_text("\n".join(lines[:2]), 400, multiline=True)
        self._tell(words + more, "bold" if report.ok else "bold $error")

    def action_report(self) -> None:
        """All problems, recovered ranges and warnings."""
        if self._report is None:
            self.notify("Verify first: V.", markup=False)
            return
        text = "\n".join(verdict_lines(self._report))
        self.app.push_screen(CellViewer("What verification found", text))

    def command(self) -> str:
        """The headless twin: the same records, oldest first."""
        limit = max(1, len(self._records))
        case = self.context.case_argument
        return command_line("audit", "show", case, "--format", "table", "--limit", limit)
