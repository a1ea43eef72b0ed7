"""A playbook in the bench: its steps as they run, what each found, and where each leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from workbench.audit.state import builders
from workbench.errors import Cancelled, WorkbenchError
from workbench.playbooks.binding import bind
from workbench.playbooks.format import SavedQuery
from workbench.playbooks.playbook import Playbook
from workbench.playbooks.running import check_values, step_note, step_values, stops
from workbench.text.format import counted
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.confirm import recording
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import GridColumn, PageSource
from workbench.tui.messages import Failed, OpenRoute
from workbench.tui.pages.command_lines import command_line, given_words
from workbench.tui.pages.view import View
from workbench.tui.routes import Route
from workbench.tui.shell.context import Context
from workbench.workers.messages import Digest

_COLUMNS = [
    GridColumn("step", "INTEGER"), GridColumn("asks"), GridColumn("rows", "BIGINT"),
    GridColumn("state"), GridColumn("result"),
]  # fmt: skip


@dataclass
class _Run:
    """How far one step is."""

    query: SavedQuery
    values: dict[str, object]
    state: str = "waits"
    rows: int | None = None
    digest: str = ""


class PlaybookPage(View):
    """The steps run in order when the page opens; each result is one key away."""

    HINTS = (("enter", "open the result"), ("r", "run again"), ("R", "record the run"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "run_again", "run again", id="playbook.run"),
        Binding("R", "record", "record the run in the ledger", id="playbook.record"),
    ]

    def __init__(self, context: Context, route: Route, state: dict[str, Any]) -> None:
        super().__init__(context, route, state)
        self._runs: list[_Run] = []

    def compose(self) -> ComposeResult:
        """The question, the steps, what the step under the cursor says."""
        yield Static("", id="playbook-head", classes="head", markup=False)
        with Horizontal():
            yield Grid(id="playbook-steps")
            with VerticalScroll(classes="side"):
                yield Static("", id="playbook-side", markup=False)
        yield Static("", id="playbook-say", classes="note", markup=False)

    @property
    def _book(self) -> Playbook:
        return self.context.library.playbook(self.route.key[0])

    async def fill(self) -> None:
        """Show the steps and run them, one after another."""
        book = self._book
        given = self.route.given
        check_values(book, given)
        library = self.context.library
        queries = [library.query(step.query) for step in book.steps]
        self._runs = [
            _Run(query, step_values(step, query, given))
            for step, query in zip(book.steps, queries, strict=True)
        ]
        said = " · ".join(f"{name} {value}" for name, value in given.items())
        self.query_one("#playbook-head", Static).update(
            Content.assemble(
                (safe_text(book.title, 120), "bold"), (f"  {book.trust}", "$text-muted"),
                (f"  {safe_text(said, 200)}\n", "$accent"),
                (safe_text(book.question, 300), ""),
            )
        )  # fmt: skip
        self._draw()
        self.restore_cursor(self.query_one(Grid))
        self.focus_if_in_front()
        self.run_worker(self._run_steps(), group="steps", exclusive=True)

    async def _run_steps(self) -> None:
        for step, run in zip(self._book.steps, self._runs, strict=True):
            run.state = "runs"
            self._draw()
            try:
                bound = bind(run.query, run.values, self.query_service.span)
                found = await self.query_service.request(Digest(run.query.sql, bound))
            except Cancelled:
                return
            except WorkbenchError as error:
                run.state = "failed"
                self._draw()
                self.post_message(Failed(error))
                return
            run.rows, run.digest, run.state = found.rows, found.sha256, "done"
            if stops(step.stop_if, run.rows):
                run.state = f"done; the playbook ends here: {step.stop_if}"
                break
        self._draw()

    def _draw(self) -> None:
        rows: list[list[Any]] = [
            [number, run.query.title, run.rows, run.state, run.digest[:12] or None]
            for number, run in enumerate(self._runs, 1)
        ]
        self.query_one(Grid).show(_COLUMNS, PageSource(rows))
        self._say()
        self.tell_status()

    def _say(self) -> None:
        at = self.query_one(Grid).cursor_row
        if not at < len(self._runs):
            return
        step, query = self._book.steps[at], self._runs[at].query
        self.query_one("#playbook-say", Static).update(Content(f"▸ {safe_text(step.say, 400)}"))
        parts: list[tuple[str, str]] = [
            (safe_text(query.title, 200) + "\n", "bold"),
            (safe_text(query.question, 400) + "\n\n", ""),
            (safe_text(query.howto, 600) + "\n", "$text-muted"),
        ]
        if query.falsepositives:
            benign = safe_text(", ".join(query.falsepositives), 300)
            parts.append((f"\nalso seen with: {benign}\n", "$warning"))
        self.query_one("#playbook-side", Static).update(Content.assemble(*parts))

    def on_grid_moved(self, event: Grid.Moved) -> None:
        """What the step says follows the cursor."""
        super().on_grid_moved(event)
        self._say()

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Open the step's result, its values bound."""
        event.stop()
        run = self._runs[event.row]
        self.post_message(OpenRoute(Route.asked("query", run.query.id, run.values)))

    def action_run_again(self) -> None:
        """Run every step again."""
        self.refill()

    def action_record(self) -> None:
        """Append one record a step that was run, with the digest of its result."""
        ended = any("ends" in run.state for run in self._runs)
        if self._runs and (ended or all(run.digest for run in self._runs)):
            self.run_worker(self._record(), group="record", exclusive=True)
        else:
            self.notify("Wait until the steps have run.", markup=False)

    async def _record(self) -> None:
        steps = counted(sum(run.rows is not None for run in self._runs), "step")
        if not await recording(self, f"Record that {steps} of this playbook ran, one record each."):
            return
        await self.record("The run is on record, step by step.", self._append)

    def _append(self) -> None:
        for number, run in enumerate(self._runs, 1):
            if run.rows is not None:
                text = step_note(self._book.id, number, run.query, run.rows, run.digest)
                note = builders.note("step", "query", run.query.id, text)
                self.context.service.append("note", note)

    def command(self) -> str:
        """The headless twin."""
        pairs = (pair.partition("=") for pair in self.route.key[1:])
        given = given_words({name: value for name, _, value in pairs})
        return command_line(
            "playbook", "run", self.context.case_argument, self.route.key[0], *given
        )
