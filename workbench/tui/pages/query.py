"""A saved query's result in a place of its own."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from workbench.errors import WorkbenchError
from workbench.playbooks.availability import absent_columns, require
from workbench.playbooks.binding import bind
from workbench.playbooks.format import SavedQuery
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.cell_viewer import Fetch
from workbench.tui.messages import DecideOn, Failed, OpenRoute, RunQuery
from workbench.tui.pages.command_lines import query_command, result_command
from workbench.tui.pages.view import View
from workbench.tui.results.pane import ResultPane
from workbench.tui.results.runner import Asked
from workbench.tui.results.tabs import ResultTabs
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context


class QueryResult(View):
    """Rows of a saved query, its values, and what to do next."""

    HINTS = (("enter", "open"), ("e", "values"), ("p", "pivot"), ("F", "count"), ("y", "copy"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "values", "other values", id="query.values"),
        Binding("r", "again", "run again", id="query.again"),
        Binding("E", "to_editor", "open in the editor", id="query.editor"),
    ]

    @property
    def query_file(self) -> SavedQuery:
        """The saved query; raises UsageError where it is gone since."""
        return self.context.library.query(self.route.key[0])

    def compose(self) -> ComposeResult:
        """What it asks, its values, its rows."""
        yield Static("", classes="head", id="query-head", markup=False)
        yield ResultTabs(self.context, id="results")

    async def fill(self) -> None:
        """Run it."""
        query, given = self.query_file, self.route.given
        parts: list[tuple[str, str]] = [
            (f"{safe_text(query.title, 120)}  ", "bold"),
            (f"{query.id} rev {query.rev} · {query.trust} · {query.level}\n", "$text-muted"),
            (safe_text(query.question or query.howto, 240), ""),
        ]
        if given:
            values = "  ".join(f"{name} = {safe_text(value, 60)}" for name, value in given.items())
            parts.append((f"\n{values}", "$accent"))
        if query.falsepositives:
            benign = ", ".join(query.falsepositives)
            parts.append((f"\nalso seen with: {safe_text(benign, 240)}", "$text-muted"))
        self.query_one("#query-head", Static).update(Content.assemble(*parts))
        try:
            if query.needs_tables or query.needs_columns:
                require(query, absent_columns((await self.page("overview-columns")).records()))
            bound = bind(query, given, self.query_service.span)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        await self.tabs.ask(Asked(query.sql, bound, query.title, query.columns, query.nothing))

    @property
    def tabs(self) -> ResultTabs:
        """The results."""
        return self.query_one(ResultTabs)

    def on_result_pane_arrived(self, event: ResultPane.Arrived) -> None:
        """Put the cursor where it was."""
        self.restore_cursor(event.pane.grid)
        self.tell_status()

    def refill(self) -> None:
        """A result stays what it was when it was asked for."""

    async def action_values(self) -> None:
        """Ask with other values."""
        await self.context.ask_and_run(self.route.key[0], self.route.given)

    def action_again(self) -> None:
        """Run again."""
        self.load_in_worker()

    def action_to_editor(self) -> None:
        """Open the statement in the editor."""
        self.run_worker(self._to_editor())

    async def _to_editor(self) -> None:
        await self.context.edit_statement(self.query_file.sql)

    def stop_running(self) -> bool:
        """Cancel the statement in front, or else those behind it."""
        return self.tabs.cancel()

    def whole_cell(self, row: int, column: int) -> Fetch | None:
        """Cut cells are read from the worker."""
        return self.tabs.front.cell_reader(row, column)

    def why_no_subject(self) -> str:
        """Rows of data that were loaded before are decided on by nobody."""
        runner = self.tabs.front.runner
        return runner.frozen_words if runner.frozen else super().why_no_subject()

    def subject(self) -> DecideOn | None:
        """The accounts of the marked rows, or of the row under the cursor."""
        return accounts_subject(self.tabs.front, self.route.key[0], self.route.given)

    def command(self) -> str:
        """The headless twin of the result in front."""
        case, asked = self.context.case_argument, self.tabs.front.asked
        try:
            derived = asked is not None and asked.sql != self.query_file.sql
        except WorkbenchError:
            derived = asked is not None  # the query is gone; its result is here
        if asked is not None and derived:
            return result_command(case, asked)
        return query_command(case, self.route.key[0], self.route.given)


def accounts_subject(pane: ResultPane, evidence: str, given: dict[str, Any]) -> DecideOn | None:
    """The accounts named by the marked rows of a result, or by the row under the cursor."""
    grid = pane.grid
    column = next((one.name for one in grid.columns if one.entity == "account"), None)
    if column is None or not grid.source.total:
        return None
    if pane.runner.frozen:
        return None
    rows = sorted(grid.marks) or [grid.cursor_row]
    found = (grid.record(row).get(column) for row in rows)
    ids = tuple(dict.fromkeys(str(account) for account in found if account is not None))
    kind = "account" if len(ids) == 1 else "accounts"
    return DecideOn(kind, ids, evidence, given) if ids else None


async def run_saved(app: App[Any], context: Context, event: RunQuery) -> None:
    """Open a saved query's result, asking for values where it needs some or that is wanted."""
    from workbench.tui.dialogs.parameter_form import ParameterForm

    def run_with(answer: tuple[str, dict[str, Any]] | None) -> None:
        if answer is not None:
            app.post_message(OpenRoute(Route.asked("query", *answer)))

    try:
        query = context.library.query(event.query_id)
    except WorkbenchError as error:
        app.post_message(Failed(error))
        return
    given = dict(event.given)
    needed = [item for item in query.params if item.required and item.name not in given]
    if needed or (event.ask and query.params):
        form = ParameterForm(query, given, context.query_service.span)
        await app.push_screen(form, run_with)
    else:
        run_with((query.id, given))
