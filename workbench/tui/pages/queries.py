"""All saved queries and playbooks: a filter, the list, what the chosen one asks and needs."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from workbench.errors import WorkbenchError
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.playbook import Playbook
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.parameter_form import Filled, ParameterForm
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import GridColumn, PageSource
from workbench.tui.messages import Failed, OpenRoute, RunQuery
from workbench.tui.pages.command_lines import command_line
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.textual_ext.steady_input import SteadyInput

_PLAYBOOK = "playbook"
_DOES_NOT_RUN = "✗"
_LEVEL_MARKS = {"informational": "·", "low": "○", "medium": "◐", "high": "●", "critical": "◆"}
_LEVEL_WORDS = {"informational": "info"}


class Queries(View):
    """The list; typing in the filter narrows it at once."""

    HINTS = (("enter", "run"), ("e", "values"), ("f", "filter"), ("E", "editor"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "filter", "filter", id="queries.filter"),
        Binding("e", "values", "run with values", id="queries.values"),
        Binding("E", "to_editor", "open in the editor", id="queries.editor"),
    ]

    def compose(self) -> ComposeResult:
        """Filter, list and card."""
        yield Static("", id="query-untrusted", classes="trouble", markup=False)
        yield SteadyInput(
            placeholder="filter: words of title, tag, pack, question", id="query-filter"
        )
        with Horizontal():
            yield Grid(id="query-list")
            with VerticalScroll(classes="side"):
                yield Static("", id="query-card", markup=False)

    async def fill(self) -> None:
        """Show the library."""
        self.query_one(Input).value = str(self.state.get("filter", ""))
        self._show()
        self.restore_cursor(self.query_one(Grid))

    def _show(self) -> None:
        words = self.query_one(Input).value
        columns = [
            GridColumn(name)
            for name in ("severity", "pack", "title", "id", "values", "status", "trust")
        ]
        rows: list[list[Any]] = []
        library = self.context.library
        for book in library.playbooks.values():
            if book.matches(words):
                asks = ", ".join(parameter.name for parameter in book.params)
                rows.append(
                    [_mark("▸ steps", library.runs(book)), _PLAYBOOK, book.title, book.id, asks, "",
                     library.trust_words(book)]
                )  # fmt: skip
        for query in library.listed():
            if query.matches(words):
                asks = ", ".join(parameter.name for parameter in query.params)
                level = f"{_LEVEL_MARKS[query.level]} {_LEVEL_WORDS.get(query.level, query.level)}"
                rows.append(
                    [_mark(level, library.runs(query)), query.pack, query.title, query.id, asks,
                     query.status, library.trust_words(query)]
                )  # fmt: skip
        self.query_one(Grid).show(columns, PageSource(rows))
        untrusted = self.query_one("#query-untrusted", Static)
        untrusted.update(Content(library.untrusted_words()))
        untrusted.display = bool(library.waiting())
        self._card()

    def on_input_changed(self, _event: Input.Changed) -> None:
        """Narrow the list."""
        if self.filled:
            self._show()

    def on_input_submitted(self, _event: Input.Submitted) -> None:
        """To the list."""
        self.query_one(Grid).focus()

    def chosen(self) -> SavedQuery | None:
        """The query under the cursor."""
        record = self._record()
        if not record or record["pack"] == _PLAYBOOK:
            return None
        return self.context.library.queries.get(str(record["id"]))

    def _playbook(self) -> Playbook | None:
        record = self._record()
        if not record or record["pack"] != _PLAYBOOK:
            return None
        return self.context.library.playbooks.get(str(record["id"]))

    def _record(self) -> dict[str, Any]:
        grid = self.query_one(Grid)
        return grid.record(grid.cursor_row)

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """The card follows the cursor."""
        super().on_grid_moved(event)
        self._card()

    def _card(self) -> None:
        query = self.chosen()
        card = self.query_one("#query-card", Static)
        if (book := self._playbook()) is not None:
            card.update(_steps(book, self.context.library.runs(book)))
            return
        if query is None:
            card.update(Content("No query matches."))
            return
        parts: list[tuple[str, str]] = [
            (safe_text(query.title, 200) + "\n", "bold"),
            (safe_text(query.question, 400) + "\n\n", ""),
            *_warning(self.context.library.runs(query)),
        ]
        if query.howto:
            parts.append((safe_text(query.howto, 400) + "\n\n", "$text-muted"))
        for parameter in query.params:
            value = "" if parameter.default is None else f" = {safe_text(parameter.default, 40)}"
            parts.append((f"{parameter.name}{value}", "$accent"))
            parts.append((f"  {safe_text(parameter.help, 120)}\n", "$text-muted"))
        if query.falsepositives:
            benign = ", ".join(query.falsepositives)
            parts.append((f"\nalso seen with: {safe_text(benign, 300)}\n", "$warning"))
        parts.append((f"\n{safe_text(query.sql, 1500, multiline=True)}", "$text-muted"))
        card.update(Content.assemble(*parts))

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Run the query, or the playbook, asking for values where it needs them."""
        event.stop()
        if (query := self.chosen()) is not None:
            self.post_message(RunQuery(query.id))
        elif (book := self._playbook()) is not None:
            try:
                self.context.library.playbook(book.id)
            except WorkbenchError as error:
                self.post_message(Failed(error))
                return
            if book.params:
                self.app.push_screen(
                    ParameterForm(book, {}, self.query_service.span), self._open_playbook
                )
            else:
                self._open_playbook((book.id, {}))

    def _open_playbook(self, answer: Filled | None) -> None:
        if answer is not None:
            self.post_message(OpenRoute(Route.asked("playbook", *answer)))

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(Input).focus()

    def stop_running(self) -> bool:
        """Nothing runs here: escape leaves the filter for the list."""
        typing = self.query_one(Input).has_focus
        if typing:
            self.query_one(Grid).focus()
        return typing

    async def action_values(self) -> None:
        """Run with values of one's own."""
        if (query := self.chosen()) is not None:
            await self.context.ask_and_run(query.id, {})

    def action_to_editor(self) -> None:
        """Open the statement in the editor."""
        if (query := self.chosen()) is not None:
            self.run_worker(self.context.edit_statement(query.sql))

    def view_state(self) -> dict[str, Any]:
        """Cursor and filter."""
        return super().view_state() | {"filter": self.query_one(Input).value}

    def command(self) -> str:
        """The headless twin."""
        words = self.query_one(Input).value.strip()
        narrowed = (f"--match={words}",) if words else ()
        case = self.context.case_argument
        return command_line("queries", "list", case, "--playbooks", *narrowed)


def _mark(mark: str, runs: bool) -> str:
    return mark if runs else f"{_DOES_NOT_RUN} not run"


def _warning(runs: bool) -> list[tuple[str, str]]:
    words = "It comes with the case, which you have not trusted: it does not run.\n\n"
    return [] if runs else [(words, "$warning")]


def _steps(book: Playbook, runs: bool) -> Content:
    parts: list[tuple[str, str]] = [
        (safe_text(book.title, 200) + "\n", "bold"),
        (safe_text(book.question, 400) + "\n\n", ""),
        *_warning(runs),
    ]
    for number, step in enumerate(book.steps, 1):
        parts += [
            (f"{number}. {safe_text(step.query, 60)}\n", "$accent"),
            (f"   {safe_text(step.say, 300)}\n", "$text-muted"),
        ]
    return Content.assemble(*parts)
