"""Decisions in force, the history of the one under the cursor, and taking one back."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.safe_text import safe_text
from workbench.tui.messages import DecideOn, Failed, LedgerChanged
from workbench.tui.screens.view import View
from workbench.tui.widgets.grid import Grid


class Decisions(View):
    """What the ledger says now."""

    HINTS = (("enter", "open"), ("r", "take back"), ("V", "verify"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "take_back", "take the decision back", id="decisions.reverse"),
        Binding("V", "verify", "verify the ledger", id="decisions.verify"),
    ]

    def compose(self) -> ComposeResult:
        """Ledger head, list, history."""
        yield Static("", classes="head", id="ledger-head", markup=False)
        with Horizontal():
            yield Grid(id="decisions")
            with VerticalScroll(classes="side"):
                yield Static("", id="history", markup=False)

    async def fill(self) -> None:
        """Read the list."""
        head = await self.jobs.background(self.bench.desk.head_words)
        rows = await self.page("decisions-list")
        grid = self.query_one("#decisions", Grid)
        self.show_rows(grid, "decisions-list", rows)
        self.restore_cursor(grid)
        decided = f"{grid.source.total:,}{'' if grid.source.exact else ' or more'}"
        text = f"{head} · {decided} accounts decided"
        if not grid.source.total:
            text += "\nNothing is decided yet: open a cluster or an account and press x."
        self.query_one("#ledger-head", Static).update(Content(safe_text(text, multiline=True)))
        self._history()
        self.tell_status()

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """The history follows the cursor."""
        super().on_grid_moved(event)
        self._history()

    def _chosen(self) -> dict[str, Any]:
        grid = self.query_one("#decisions", Grid)
        return grid.record(grid.cursor_row)

    def _history(self) -> None:
        self.run_worker(self._read_history(), group="history", exclusive=True)

    async def _read_history(self) -> None:
        record = self._chosen()
        if not record:
            return
        account = str(record["account_id"])
        try:
            history = await self.jobs.background(self.bench.desk.history, account)
        except WorkbenchError:
            return
        parts: list[tuple[str, str]] = [(safe_text(account, 80) + "\n\n", "bold")]
        for row, status in history:
            parts += [
                (f"{row['decided_at']}  ", "$text-muted"),
                (f"{safe_text(row['verdict'])} {safe_text(row['reason'])}\n", "bold"),
                (f"  {safe_text(row['analyst'], 60)}, {row['confidence']} confidence: ", ""),
                (f"{status}\n  record {row['record_id'][:12]}\n", "$text-muted"),
            ]
        self.query_one("#history", Static).update(Content.assemble(*parts))

    async def action_take_back(self) -> None:
        """Append a reversing record; the decision stays on record."""
        record = self._chosen()
        if record:
            from workbench.tui.screens.ask import Ask

            question = f"Take back record {str(record['record_id'])[:12]}? Say why."
            await self.bench.push_screen(
                Ask(question, "reason"), lambda why: self._reverse(str(record["record_id"]), why)
            )

    def _reverse(self, record_id: str, why: str | None) -> None:
        if why:
            self.run_worker(self._append_reversal(record_id, why), group="reverse")

    async def _append_reversal(self, record_id: str, why: str) -> None:
        body = {"record": record_id, "reason": "R-OTHER", "note": why}
        try:
            await self.jobs.background(self.bench.desk.append, "reversal", body)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        self.bench.notify("Taken back by a new record.", markup=False)
        self.post_message(LedgerChanged())

    def action_verify(self) -> None:
        """Check every record and the chain."""
        self.run_worker(self._verify(), group="verify", exclusive=True)

    async def _verify(self) -> None:
        self.bench.show_status("verifying the ledger…")
        words = await self.jobs.background(self.bench.desk.verify_words)
        self.bench.notify(safe_text(words, 600, multiline=True), title="Ledger", markup=False)
        self.tell_status()

    def subject(self) -> DecideOn | None:
        """The account under the cursor."""
        record = self._chosen()
        if not record:
            return None
        account = str(record["account_id"])
        return DecideOn("account", (account,), "account-card", {"account": account})

    def command(self) -> str:
        """The headless twin."""
        return f"workbench decisions {self.bench.case_argument} --state"
