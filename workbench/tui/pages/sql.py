"""SQL by hand: editor above, results below; what was run is kept and can be saved as a query."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical

from workbench.catalog.tables import TABLES
from workbench.errors import Cancelled, WorkbenchError
from workbench.sql import editor_tokens
from workbench.sql.scopes import warm_up
from workbench.sql.tokens import numbered
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import CellViewer, Fetch, text_room
from workbench.tui.dialogs.parameter_form import ParameterForm
from workbench.tui.messages import DecideOn, EditStatement, Failed
from workbench.tui.pages.command_lines import result_command
from workbench.tui.pages.editor_page import EditorActions
from workbench.tui.pages.query import accounts_subject
from workbench.tui.pages.view import View
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.runner import Asked
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context
from workbench.tui.sql.editor import SqlEditor, SqlText
from workbench.tui.sql.schema_pane import SchemaPane
from workbench.tui.sql.statement_service import (
    asking_for,
    bound_values,
    learn,
    learn_sample,
    learn_values,
    note_ended,
    plan_text,
    remembered_texts,
    rows_by_table,
    without_rows,
)

ROOM_FOR_SCHEMA = 150  # columns; with fewer the rows of a result need all of them


class SqlView(View):
    """The editor and its results."""

    HINTS = (
        ("F5", "run"), ("esc", "to rows"), ("ctrl+b", "tables"), ("ctrl+r", "history"),
        ("F12", "next text"), ("ctrl+o", "save as query"),
    )  # fmt: skip
    SCHEMA_HINTS = (
        ("↑↓", "choose"), ("→", "columns"), ("enter", "into the statement"), ("esc", "back"),
    )  # fmt: skip
    ROW_HINTS = (
        ("i", "edit"), ("F", "count"), ("f", "filter"), ("s", "search"), ("y", "copy"),
        ("W", "write"), ("space", "mark"),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f6", "plan(False)", "explain", id="sql.explain", priority=True),
        Binding("f7", "plan(True)", "profile", id="sql.profile", priority=True),
        Binding("f5", "run", "run the statement at the cursor", show=False, id="sql.run"),
        Binding("r", "again", "run again", id="sql.again"),
        Binding("ctrl+o", "save", "save as query", id="sql.save", priority=True),
        Binding("ctrl+r", "history", "history", id="sql.history", priority=True),
        Binding("f2", "template", "begin from a saved query", id="sql.template"),
        Binding("f3", "external_editor", "$EDITOR", id="sql.editor"),
        Binding("i", "edit", "edit", id="sql.edit"),
        Binding("b,ctrl+b", "catalogue", "tables and columns", id="sql.catalogue"),
        Binding("f12,right_curly_bracket", "text(1)", "next text", id="sql.next_text"),
        Binding("left_curly_bracket", "text(-1)", "text before", id="sql.text_before"),
        Binding("B", "new_text", "new text", id="sql.new_text"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._restored = not state.get("ran")
        self._offset = 0
        self._editing = EditorActions(
            self, context, self._statement_text, self._take_statement, self._begin_statement
        )

    def compose(self) -> ComposeResult:
        """Editor and results."""
        texts, front = remembered_texts(self.state)
        with Horizontal():
            yield SchemaPane(self._want_sample, id="schema")
            with Vertical():
                yield SqlEditor(texts, front, self._want_values, id="editor")
                yield ResultTabs(self.context, id="results")

    def hints(self) -> tuple[tuple[str, str], ...]:
        """Keys of the editor, of the tables, or of the rows."""
        if self.schema.has_focus_within:
            return self.SCHEMA_HINTS
        return self.HINTS if self.editor.has_focus_within else self.ROW_HINTS

    @property
    def editor(self) -> SqlEditor:
        """The editor."""
        return self.query_one(SqlEditor)

    @property
    def schema(self) -> SchemaPane:
        """The tables and columns."""
        return self.query_one(SchemaPane)

    def put_statement(self, text: str) -> None:
        """Replace the text in the editor."""
        self.editor.area.text = text

    def _take_statement(self, text: str) -> None:
        self.put_statement(text)
        self.action_edit()

    def _begin_statement(self, text: str) -> None:
        """A text of its own: what was being written stays."""

        async def begin() -> None:
            if await self.editor.begin(text):
                self.action_edit()

        self.run_worker(begin(), group="texts")

    async def on_edit_statement(self, event: EditStatement) -> None:
        """Another page hands a statement over."""
        event.stop()
        if await self.editor.begin(event.sql):
            self.action_edit()

    async def action_text(self, by: int) -> None:
        """The next text; behind the last a new one."""
        await self.editor.step(by)
        self.action_edit()

    async def action_new_text(self) -> None:
        """An empty text beside the others."""
        await self.editor.begin("")
        self.action_edit()

    # Tables and columns

    def action_catalogue(self) -> None:
        """To the tables and columns; from there back, and they are put away."""
        self.schema.add_class("-open")
        self.state["schema"] = True
        self.schema.focus_filter()

    def on_sql_text_catalogue_asked(self) -> None:
        """The editor's own key for it."""
        self.action_catalogue()

    def on_schema_pane_chosen(self, event: SchemaPane.Chosen) -> None:
        """Put the name at the cursor, a word of its own."""
        area = self.editor.area
        row, column = area.selection.start if area.selected_text else area.cursor_location
        before = area.document.get_line(row)[:column][-1:]
        lead = " " if before.isalnum() or (before in ("_", '"') and before) else ""
        area.insert(f"{lead}{event.name}")
        self.action_edit()

    def on_schema_pane_left(self) -> None:
        """Back to the statement; where there is little room the rows get it."""
        if self.app.size.width < ROOM_FOR_SCHEMA and self._ran_something:
            self._close_schema()
        self.action_edit()

    def _close_schema(self) -> None:
        self.schema.remove_class("-open")
        self.state["schema"] = False

    @property
    def _ran_something(self) -> bool:
        return any(pane.asked is not None for pane in self.tabs.panes)

    def _want_sample(self, table: str, column: str) -> None:
        work = learn_sample(self.schema, self.query_service, table, column)
        self.run_worker(work, group="sample", exclusive=True)

    def _statement_text(self) -> str:
        return self.editor.area.text

    def focus_first(self) -> None:
        """The editor."""
        self.action_edit()

    def action_edit(self) -> None:
        """To the editor."""
        self.editor.area.focus()

    def action_run(self) -> None:
        """Run what the editor holds, from the rows as well."""
        self.editor.area.action_submit(False)

    async def action_save(self) -> None:
        """Save the statement as a query of this case."""
        await self._editing.save()

    async def action_history(self) -> None:
        """Pick a statement that ran before."""
        await self._editing.pick_past()

    async def action_template(self) -> None:
        """Begin from the statement of a saved query."""
        await self._editing.pick_saved()

    def action_external_editor(self) -> None:
        """Edit the statement in $EDITOR."""
        self._editing.edit_outside()

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
        catalogue = self.query_service.catalogue
        self.editor.known.learn_tables(catalogue, meanings)
        self.schema.learn(catalogue)
        wanted = self.state.get("schema")
        self.set_class(not self.state.get("ran"), "-fresh")
        self.schema.set_class(not self.state.get("ran") if wanted is None else wanted, "-open")
        if self.state.get("ran"):
            await self._run(str(self.state["ran"]))
        await self.query_service.background(warm_up)
        await learn(self.editor.known, self.query_service, self.context.library)

    async def fill_behind(self) -> None:
        """How many rows each table has."""
        self.schema.learn_rows(await rows_by_table(self.query_service))

    def _want_values(self, table: str, column: str) -> None:
        self.run_worker(
            learn_values(self.editor, self.query_service, table, column), group="values"
        )

    def refill(self) -> None:
        """A result stays what it was when it was asked for."""

    # Running

    def on_sql_text_left(self) -> None:
        """Cancel what runs, or go to the rows."""
        if not self.stop_running():
            self.tabs.front.grid.focus()

    async def on_sql_text_submitted(self, event: SqlText.Submitted) -> None:
        """Run what was typed, each statement in a result of its own."""
        for start, end in editor_tokens.statements(event.text):
            lead = len(event.text[start:end]) - len(event.text[start:end].lstrip())
            await self._run(event.text[start + lead : end], event.offset + start + lead)

    async def _run(self, text: str, offset: int = 0) -> None:
        text = numbered(text)
        names = editor_tokens.parameters(text)
        if not names:
            await self._ask(text, {}, offset)
            return
        query = asking_for(text, names, self.context.library)

        async def filled(answer: tuple[str, dict[str, Any]] | None) -> None:
            if answer is not None:
                self.state["given"] = given | answer[1]
                await self._ask(text, bound_values(query, answer[1], span), offset)

        span, given = self.query_service.span, self._given()
        known = {name: given[name] for name in names if name in given}
        await self.app.push_screen(ParameterForm(query, known, span), filled)

    def _given(self) -> dict[str, Any]:
        given = self.state.get("given")
        return dict(given) if isinstance(given, dict) else {}

    async def _ask(self, text: str, parameters: dict[str, Any], offset: int) -> None:
        self.state["ran"], self._offset = text, offset
        self.remove_class("-fresh")
        wanted = self.state.get("schema") and self.app.size.width >= ROOM_FOR_SCHEMA
        if not wanted and not self.schema.has_focus_within:
            self._close_schema()
        self.context.history.add(text, time.strftime("%Y-%m-%d %H:%M", time.gmtime()))
        label = " ".join(text.split())[:200]
        nothing = without_rows(text, self.schema.rows)
        await self.tabs.ask(Asked(text, parameters, label, {}, nothing))

    async def action_again(self) -> None:
        """Run the result in front again, in a result of its own."""
        asked = self.tabs.front.asked
        if asked is not None and asked.sql:
            await self.tabs.ask(asked)

    def on_result_pane_arrived(self, event: ResultPane.Arrived) -> None:
        """The status line tells the rows."""
        if not self._restored:  # what is asked anew begins at its first row
            self._restored = True
            self.restore_cursor(event.pane.grid)
        self.tell_status()

    def on_result_pane_ended(self, event: ResultPane.Ended) -> None:
        """The history tells how it ended; an error is marked in the text."""
        asked, error = event.pane.asked, event.error
        self.tell_status()
        if asked is None:
            return
        if error is not None and not isinstance(error, Cancelled):
            self._mark(asked.sql, error)
        self.run_worker(note_ended(self.context, event.pane, error), group="history")

    def _mark(self, sql: str, error: WorkbenchError) -> None:
        area, offset = self.editor.area, self._offset
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
        text = self._statement()
        query = asking_for(text, editor_tokens.parameters(text), self.context.library)
        try:
            given = bound_values(query, self._given(), self.query_service.span)
            lines = await plan_text(
                self.query_service, text, given, measure, text_room(self.app.size.width)
            )
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        title = "How the engine ran it" if measure else "How the engine would run it"
        await self.app.push_screen(CellViewer(title, lines))

    # What every view tells

    def view_state(self) -> dict[str, Any]:
        """The text, what ran with which values, the cursor."""
        names = ("ran", "given", "schema")
        kept = {name: self.state[name] for name in names if name in self.state}
        return (
            super().view_state()
            | kept
            | {
                "text": self.editor.area.text,
                "texts": self.editor.texts,
                "front": self.editor.number,
            }
        )

    def stop_running(self) -> bool:
        """Cancel the statement in front, or else those behind it."""
        return self.tabs.cancel()

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """Cut cells are read from the worker."""
        return self.tabs.front.cell_reader(row, column)

    def command(self) -> str:
        """The headless twin of the result in front, or of the statement at the cursor."""
        case, asked = self.context.case_argument, self.tabs.front.asked
        if asked is not None and not self.editor.has_focus_within:
            return result_command(case, asked)
        text, given = self._statement(), self._given()
        query = asking_for(text, editor_tokens.parameters(text), self.context.library)
        names = {name: given[name] for name in editor_tokens.parameters(text) if name in given}
        try:
            bound = bound_values(query, names, self.query_service.span)
        except WorkbenchError:
            bound = {}
        return result_command(case, Asked(text, bound, "", {}))

    def _statement(self) -> str:
        area = self.editor.area
        begin, end = editor_tokens.statement_at(area.text, area.offset_of(area.cursor_location))
        return numbered(area.text[begin:end])

    def why_no_subject(self) -> str:
        """Rows of data that were loaded before are decided on by nobody."""
        runner = self.tabs.front.runner
        return runner.frozen_words if runner.frozen else super().why_no_subject()

    def subject(self) -> DecideOn | None:
        """The accounts of the marked rows, or of the row under the cursor."""
        return accounts_subject(self.tabs.front, "", {})
