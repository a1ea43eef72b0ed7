"""SQL by hand: editor above, results below; what was run is kept and can be saved as a query."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from workbench.catalog.tables import TABLES
from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import bind
from workbench.sql import editor_tokens
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.messages import DecideOn, Failed
from workbench.tui.pages.editor_page import EditorView
from workbench.tui.pages.query import accounts_subject
from workbench.tui.results.runner import Asked, ResultRunner
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.routes import Route
from workbench.tui.sql.editor import SqlEditor, SqlText
from workbench.tui.sql.statement_service import (
    asking_for,
    learn,
    learn_values,
    note_ended,
    plan_text,
)

_FIRST = """SELECT account_id, exchanges, output_tokens, hour_entropy
FROM account_profile
ORDER BY exchanges DESC, account_id
"""


class SqlView(EditorView):
    """The editor and its results."""

    HINTS = (("F5", "run"), ("tab", "to rows"), ("ctrl+o", "save as query"), ("ctrl+r", "history"))
    ROW_HINTS = (
        ("i", "edit"), ("F", "count"), ("f", "filter"), ("s", "search"), ("y", "copy"),
        ("W", "write"), ("space", "mark"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "plan(False)", "explain", id="sql.explain", priority=True),
        Binding("f7", "plan(True)", "profile", id="sql.profile", priority=True),
        Binding("r", "again", "run again", id="sql.again"),
    ]

    def __init__(self, route: Route, state: dict[str, Any]) -> None:
        super().__init__(route, state)
        self._restored = not state.get("ran")

    def compose(self) -> ComposeResult:
        """Editor and results."""
        yield SqlEditor(str(self.state.get("text", _FIRST)), self._want_values, id="editor")
        yield ResultTabs(self.query_service, self.bench.page_rows, id="results")

    def hints(self) -> tuple[tuple[str, str], ...]:
        """Keys of the editor, or of the rows."""
        return self.HINTS if self.editor.has_focus_within else self.ROW_HINTS

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        if self.in_front:
            self.bench.show_hints(self)

    @property
    def tabs(self) -> ResultTabs:
        """The results."""
        return self.query_one(ResultTabs)

    async def fill(self) -> None:
        """Teach the completion what there is."""
        meanings = {
            f"{table.name}.{column.name}": column.meaning
            for table in TABLES.values()
            for column in table.columns
        }
        self.editor.known.learn_tables(self.query_service.catalogue, meanings)
        if self.state.get("ran"):
            await self._run(str(self.state["ran"]))
        await learn(self.editor.known, self.query_service, self.bench.library)

    def _want_values(self, table: str, column: str) -> None:
        self.run_worker(
            learn_values(self.editor, self.query_service, table, column), group="values"
        )

    def refill(self) -> None:
        """A result stays what it was when it was asked for."""

    # Running

    async def on_sql_text_submitted(self, event: SqlText.Submitted) -> None:
        """Run what was typed, each statement in a result of its own."""
        for start, end in editor_tokens.statements(event.text):
            lead = len(event.text[start:end]) - len(event.text[start:end].lstrip())
            await self._run(event.text[start + lead : end], event.offset + start + lead)

    async def _run(self, text: str, offset: int = 0) -> None:
        names = editor_tokens.parameters(text)
        if not names:
            await self._ask(text, {}, offset)
            return
        from workbench.tui.dialogs.parameter_form import ParameterForm

        query = asking_for(text, names, self.bench.library)

        async def filled(answer: tuple[str, dict[str, Any]] | None) -> None:
            if answer is not None:
                self.state["given"] = given | answer[1]
                await self._ask(text, bind(query, answer[1], self.query_service.span), offset)

        given = dict(self.state.get("given", {}))
        known = {name: given[name] for name in names if name in given}
        await self.bench.push_screen(ParameterForm(query, known), filled)

    async def _ask(self, text: str, parameters: dict[str, Any], offset: int) -> None:
        self.state["ran"], self.state["offset"] = text, offset
        self.bench.history.add(text, time.strftime("%Y-%m-%d %H:%M", time.gmtime()))
        label = " ".join(text.split())[:200]
        await self.tabs.ask(Asked(text, parameters, label, {}))

    async def action_again(self) -> None:
        """Run the result in front again, in a result of its own."""
        asked = self.tabs.front.asked
        if asked is not None and asked.sql:
            await self.tabs.ask(asked)

    def on_result_runner_arrived(self, event: ResultRunner.Arrived) -> None:
        """The status line tells the rows."""
        if not self._restored:  # what is asked anew begins at its first row
            self._restored = True
            self.restore_cursor(event.pane.grid)
        self.tell_status()

    def on_result_runner_ended(self, event: ResultRunner.Ended) -> None:
        """The history tells how it ended; an error is marked in the text."""
        asked, error = event.pane.asked, event.error
        self.tell_status()
        if asked is None:
            return
        if error is not None and not isinstance(error, Cancelled):
            self._mark(asked.sql, error)
        self.run_worker(note_ended(self.bench, event.pane, error), group="history")

    def _mark(self, sql: str, error: WorkbenchError) -> None:
        area, offset = self.editor.area, int(self.state.get("offset", 0))
        route = editor_tokens.error_place(error.message, sql)
        if route is None or area.text[offset : offset + len(sql)] != sql:
            self.editor.wrong(safe_text(error.message.splitlines()[0], 300), None)
            return
        before = area.text[:offset]
        row = before.count("\n") + route.row
        lead = offset - (before.rfind("\n") + 1) if route.row == 0 else 0
        words = f"line {row + 1}, column {lead + route.column + 1}: {error.message.splitlines()[0]}"
        self.editor.wrong(safe_text(words, 300), editor_tokens.Position(row, lead + route.column))

    async def action_plan(self, measure: bool) -> None:
        """Show how the engine runs the statement at the cursor; measured, it runs it."""
        from workbench.tui.dialogs.cell_viewer import CellViewer, text_room

        area = self.editor.area
        begin, end = editor_tokens.statement_at(area.text, area.offset_of(area.cursor_location))
        text = area.text[begin:end]
        query = asking_for(text, editor_tokens.parameters(text), self.bench.library)
        try:
            given = bind(query, dict(self.state.get("given", {})), self.query_service.span)
            lines = await plan_text(
                self.query_service, text, given, measure, text_room(self.bench.size.width)
            )
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        title = "How the engine ran it" if measure else "How the engine would run it"
        await self.bench.push_screen(CellViewer(title, lines))

    # What every view tells

    def view_state(self) -> dict[str, Any]:
        """The text, what ran with which values, the cursor."""
        kept = {name: self.state[name] for name in ("ran", "given") if name in self.state}
        return super().view_state() | kept | {"text": self.editor.area.text}

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """Cut cells are read from the worker."""
        return self.tabs.front.cell_reader(row, column)

    def subject(self) -> DecideOn | None:
        """The accounts of the marked rows, or of the row under the cursor."""
        return accounts_subject(self.tabs.front, "", {})
