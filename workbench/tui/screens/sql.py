"""SQL by hand: editor above, result below; what was run is kept and can be saved as a query."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from workbench.intake.derived import TABLES
from workbench.safe_text import safe_text
from workbench.tui.acts import Fetch
from workbench.tui.messages import DecideOn
from workbench.tui.screens.query import accounts_subject
from workbench.tui.screens.view import View
from workbench.tui.widgets.editor import SqlEditor, SqlText
from workbench.tui.widgets.result_pane import ResultPane
from workbench.tui.widgets.result_runner import Asked

_FIRST = """SELECT account_id, exchanges, output_tokens, hour_entropy
FROM account_profile
ORDER BY exchanges DESC, account_id
"""


class SqlView(View):
    """The editor and its result."""

    HINTS = (("F5", "run"), ("tab", "to rows"), ("ctrl+o", "save as query"), ("ctrl+r", "history"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "save", "save as query", id="sql.save", priority=True),
        Binding("ctrl+r", "history", "history", id="sql.history", priority=True),
        Binding("f3", "external_editor", "$EDITOR", id="sql.editor"),
        Binding("i", "edit", "edit", id="sql.edit"),
    ]

    def compose(self) -> ComposeResult:
        """Editor and result."""
        yield SqlEditor(str(self.state.get("text", _FIRST)), id="editor")
        yield ResultPane(self.jobs, self.bench.page_rows, id="result")

    async def fill(self) -> None:
        """Teach the completion what there is."""
        meanings = {
            f"{table.name}.{column.name}": column.meaning
            for table in TABLES.values()
            for column in table.columns
        }
        self.query_one(SqlEditor).know(self.jobs.catalogue, meanings)
        if self.state.get("ran"):
            self._run(str(self.state["ran"]))

    def refill(self) -> None:
        """A result stays what it was when it was asked for."""

    def on_sql_text_submitted(self, event: SqlText.Submitted) -> None:
        """Run what was typed."""
        self._run(event.text)

    def _run(self, text: str) -> None:
        if text.strip():
            self.state["ran"] = text
            self.query_one(ResultPane).ask(Asked(text, {}, "SQL", {}))
            self.bench.history.add(text)

    def on_result_pane_arrived(self, event: ResultPane.Arrived) -> None:
        """The status line tells the rows."""
        self.restore_cursor(event.pane.grid)
        self.tell_status()

    def put(self, text: str) -> None:
        """Replace the text in the editor."""
        self.query_one(SqlEditor).area.text = text

    def action_edit(self) -> None:
        """To the editor."""
        self.query_one(SqlEditor).area.focus()

    async def action_save(self) -> None:
        """Save the statement as a query of this case."""
        from workbench.tui.screens.save import SaveQuery

        text = self.query_one(SqlEditor).area.text
        await self.bench.push_screen(SaveQuery(text), self._saved)

    def _saved(self, query_id: str | None) -> None:
        if query_id:
            self.bench.reload_library()
            self.bench.notify(f"Saved as {query_id}; it is in the list of queries.", markup=False)

    async def action_history(self) -> None:
        """Pick a statement that ran before."""
        from workbench.tui.screens.pick import Pick

        texts = self.bench.history.texts()
        choices = [(safe_text(" ".join(text.split()), 200), text) for text in texts]
        await self.bench.push_screen(Pick("What ran before", choices), self._picked)

    def _picked(self, text: str | None) -> None:
        if text is not None:
            self.put(text)
            self.action_edit()

    def action_external_editor(self) -> None:
        """Edit the statement in $EDITOR."""
        from workbench.tui.external import edit_outside

        changed = edit_outside(self.bench, self.query_one(SqlEditor).area.text, ".sql")
        if changed is not None:
            self.put(changed)

    def focus_first(self) -> None:
        """The editor."""
        self.action_edit()

    def view_state(self) -> dict[str, Any]:
        """The text, what ran, the cursor."""
        return super().view_state() | {
            "text": self.query_one(SqlEditor).area.text,
            "ran": self.state.get("ran", ""),
        }

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """Cut cells are read from the worker."""
        return self.query_one(ResultPane).cell_reader(row, column)

    def subject(self) -> DecideOn | None:
        """The accounts of the marked rows, or of the row under the cursor."""
        return accounts_subject(self.query_one(ResultPane), "", {})

    def command(self) -> str:
        """The headless twin."""
        text = " ".join(self.query_one(SqlEditor).area.text.split())
        return f'workbench sql {self.bench.case_argument} "{safe_text(text, 400)}"'
