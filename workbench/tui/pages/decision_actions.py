"""What can be done with a recorded decision: read it whole, take it back, answer it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from workbench.decisions import queries
from workbench.decisions.describe import whole
from workbench.tui.dialogs.cell_viewer import CellViewer
from workbench.tui.dialogs.text_prompt import TextPrompt
from workbench.tui.pages.tabbed_page import Parted


class DecisionActs(Parted):
    """A list of decisions, one of them under the cursor."""

    def chosen(self) -> dict[str, Any]:
        """The decision under the cursor; empty where there is none."""
        return {}

    def action_record(self) -> None:
        """Everything that the record under the cursor says."""
        record_id = self.chosen().get("record_id")
        if record_id:
            self.run_worker(self._show_record(str(record_id)), group="record", exclusive=True)

    async def _show_record(self, record_id: str) -> None:
        def read() -> str:
            ledger = self.bench.service.ledger()
            record = ledger.record(record_id)
            return whole(ledger, record) if record is not None else "This record cannot be read."

        text = await self.query_service.background(read)
        self.bench.push_screen(CellViewer(f"record {record_id}", text))

    def action_take_back(self) -> None:
        """Append a reversing record; the decision stays on record."""
        record_id = self.chosen().get("record_id")
        if not record_id:
            return

        def reverse(why: str) -> Any:
            return lambda: queries.take_back(self.bench.service, str(record_id), "R-OTHER", why)[1]

        self._ask(f"Take back record {str(record_id)[:12]}? Say why.", reverse, "")

    def action_answer(self, agree: bool) -> None:
        """Countersign or refuse the proposal under the cursor."""
        record = self.chosen()
        if "yours_to_answer" not in record:
            self.bench.notify("Go to the proposal first: w.", markup=False)
            return
        record_id = str(record["record_id"])

        def respond(why: str) -> Any:
            return partial(queries.respond, self.bench.service, record_id, agree=agree, note=why)

        what = f"{record['verdict']} {record['reason']} on {record['accounts']:,} accounts"
        word = "Agree to" if agree else "Refuse"
        question = f"{word} {what}, proposed by {record['proposed_by']}? Say why."
        self._ask(question, respond, "Your answer is recorded.")

    def _ask(self, question: str, act: Callable[[str], Any], done: str) -> None:
        """Ask why, then act; without `done` the act says itself what it did."""

        def answered(why: str | None) -> None:
            if why:
                self.run_worker(self.record(done, act(why)), group="append")

        self.bench.push_screen(TextPrompt(question, "reason"), answered)
