"""The bench: a trail of places in one frame, over one case."""

from __future__ import annotations

import asyncio
import signal
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter
from textual.screen import Screen

from workbench.desk import Desk
from workbench.errors import WorkbenchError
from workbench.playbooks.library import Library
from workbench.safe_text import safe_text
from workbench.tui.acts import case_library
from workbench.tui.jobs import Jobs
from workbench.tui.messages import DecideOn, Failed, LedgerChanged, OpenPlace, RunQuery
from workbench.tui.places import Place
from workbench.tui.remember import History, ViewMemory
from workbench.tui.safe_screen import SafeFilter
from workbench.tui.screens.view import View
from workbench.tui.stage import Stage
from workbench.tui.terminal import Terminal
from workbench.tui.theme import THEMES
from workbench.tui.widgets.chrome import HintLine, StatusLine, TrailBar

_AUTOSAVE = 2.0
_COMMON_HINTS = (("?", "help"), (":", "palette"), ("/", "go to"), ("⌫", "back"), ("x", "decide"))


class Bench(App[int]):
    """One case on one terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "workbench"
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "help", id="bench.help"),
        Binding("colon", "command_palette", "palette", id="bench.palette"),
        Binding("slash,ctrl+g", "go_to", "go to", id="bench.goto"),
        Binding("backspace", "back", "back", id="bench.back"),
        Binding("1", "view('overview')", "overview", id="bench.overview"),
        Binding("2", "view('clusters')", "clusters", id="bench.clusters"),
        Binding("3", "view('queries')", "queries", id="bench.queries"),
        Binding("4", "view('sql')", "SQL", id="bench.sql"),
        Binding("5", "view('decisions')", "decisions", id="bench.decisions"),
        Binding("x", "decide", "decide", id="bench.decide"),
        Binding("c", "show_command", "command", id="bench.command"),
        Binding("ctrl+q", "leave", "quit", id="bench.quit", priority=True),
    ]

    def __init__(
        self, desk: Desk, jobs: Jobs, library: Library, terminal: Terminal, theme: str
    ) -> None:
        super().__init__()
        self.desk = desk
        self.jobs = jobs
        self.library = library
        self.terminal = terminal
        self.memory = ViewMemory(desk.state_dir)
        self.history = History(desk.state_dir)
        self.page_rows = desk.settings.engine.page_rows
        self.case_argument = safe_text(desk.case_path)
        self._wanted_theme = theme
        for colours in THEMES:
            self.register_theme(colours)

    def compose(self) -> ComposeResult:
        """The frame; places are mounted into the stage."""
        yield TrailBar(id="trail")
        yield Stage(id="stage")
        yield StatusLine(id="status")
        yield HintLine(id="hints")

    def get_line_filters(self) -> list[LineFilter]:
        """Textual's own filters, then ours as the last."""
        return [*super().get_line_filters(), SafeFilter()]

    def on_mount(self) -> None:
        """Take over the signals a dropped line sends, then open where the analyst left."""
        self.theme = self._wanted_theme or ("mono" if self.terminal.mono else "bench-dark")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._hung_up, number)
        self.jobs.replaced = self._worker_replaced
        self.query_one(Stage).recall(self.memory.read())
        self.set_interval(_AUTOSAVE, self._autosave)
        self.run_worker(self._begin(), group="begin")

    def _autosave(self) -> None:
        self.run_worker(self.jobs.background(self.memory.write_now), group="autosave")

    async def _begin(self) -> None:
        try:
            await self.jobs.start()
            self.jobs.span = await self._span()
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        self._show_case()
        await self._show_here()
        await self._read_ledger()

    async def _span(self) -> Any:
        from workbench.playbooks.binding import ExtractSpan, moment

        row = (await self.jobs.rows(self.library.query("overview-span"))).first()
        nothing = ExtractSpan()
        return ExtractSpan(
            moment(row["first_ts"], nothing) if row.get("first_ts") else None,
            moment(row["last_ts"], nothing) if row.get("last_ts") else None,
        )

    async def _read_ledger(self) -> None:
        try:
            lines = await self.jobs.background(self.desk.decision_lines)
            await self.jobs.lay_over("decisions", lines)
            self.query_one(StatusLine).audit(self.desk.head_words())
        except WorkbenchError as error:
            self.post_message(Failed(error))

    # Places

    @property
    def view(self) -> View | None:
        """The view in front."""
        return self.query_one(Stage).view

    async def _show_here(self) -> None:
        view = await self.query_one(Stage).show_here()
        self._draw_frame(view)

    def _draw_frame(self, view: View) -> None:
        stage = self.query_one(Stage)
        self.query_one(TrailBar).show(stage.trail.stops, "1 2 3 4 5 views")
        self.query_one(HintLine).show((*view.HINTS, *_COMMON_HINTS))
        self.show_status(view.status())
        self.memory.keep(stage.remember())

    def on_resize(self) -> None:
        """Draw the frame for the new width."""
        self.set_class(self.size.width >= 120, "-wide")
        if self.view is not None:
            self.call_after_refresh(self._draw_frame, self.view)

    async def on_open_place(self, event: OpenPlace) -> None:
        """Go to a place."""
        self.query_one(Stage).go(event.place)
        await self._show_here()

    async def action_view(self, kind: str) -> None:
        """Go to one of the main views: back to it where it is on the trail."""
        self.query_one(Stage).go_to_main(Place(kind))
        await self._show_here()

    async def action_back(self) -> None:
        """Go back one place; it is as it was left."""
        if not self.query_one(Stage).back():
            self.notify("This is where the trail begins.", markup=False)
            return
        await self._show_here()

    # Words

    def show_status(self, words: str, style: str = "") -> None:
        """Say something in the status line."""
        self.query_one(StatusLine).words(words, style)

    def _show_case(self) -> None:
        reduced = "" if self.jobs.isolation == "sandboxed" else f" · {self.jobs.isolation}"
        self.query_one(StatusLine).case(
            f"{safe_text(self.desk.case_name, 24)} g{self.desk.generation} · "
            f"{safe_text(self.desk.analyst, 20)}{reduced}"
        )

    def on_failed(self, event: Failed) -> None:
        """Say what could not be done, and what to do."""
        error = event.error
        text = safe_text(error.message, 600, multiline=True)
        hint = f"\n{safe_text(error.hint, 300)}" if error.hint else ""
        self.notify(text + hint, title=safe_text(error.title), severity="error", markup=False)
        self.show_status(safe_text(error.message.splitlines()[0] if error.message else "", 80))

    def _worker_replaced(self) -> None:
        self.notify("The query worker was replaced; open results are still here.", markup=False)

    # Acts

    async def on_run_query(self, event: RunQuery) -> None:
        """Run a saved query in a place of its own, asking for values where it needs them."""
        from workbench.tui.screens.form import ParameterForm

        query = self.library.query(event.query_id)
        given = dict(event.given)
        needed = [item for item in query.params if item.required and item.name not in given]
        if needed or (event.ask and query.params):
            self.push_screen(ParameterForm(query, given), self._run_with)
            return
        self._run_with((query.id, given))

    def _run_with(self, answer: tuple[str, dict[str, Any]] | None) -> None:
        if answer is not None:
            query_id, given = answer
            key = (query_id, *(f"{name}={value}" for name, value in sorted(given.items())))
            self.post_message(OpenPlace(Place("query", key)))

    def action_decide(self) -> None:
        """Decide on what is in front: marked rows, or the page's account or cluster."""
        subject = self.view.subject() if self.view is not None else None
        if subject is None:
            self.notify("Open or mark an account or a cluster first.", markup=False)
            return
        self.post_message(subject)

    def on_decide_on(self, event: DecideOn) -> None:
        """Open the decision dialog."""
        from workbench.tui.screens.decide import DecideDialog

        self.push_screen(DecideDialog(event), self._decided)

    def _decided(self, recorded: str | None) -> None:
        if recorded:
            self.notify(f"Recorded as {recorded}.", title="Decision", markup=False)
            self.post_message(LedgerChanged())

    async def on_ledger_changed(self, _event: LedgerChanged) -> None:
        """State, overlay and the views that show decisions follow."""
        await self._read_ledger()
        for view in self.query_one(Stage).views:
            view.refill()

    def action_go_to(self) -> None:
        """Open the go-to box."""
        from workbench.tui.screens.goto import GoTo

        self.push_screen(GoTo(), self._went)

    def _went(self, place: Place | None) -> None:
        if place is not None:
            self.post_message(OpenPlace(place))

    def action_help(self) -> None:
        """Show the keys of what is in front."""
        from workbench.tui.screens.help import Help

        self.push_screen(Help(self.view))

    def action_show_command(self) -> None:
        """Say which command gives the same answer."""
        if self.view is not None:
            self.notify(self.view.command(), title="The same without a screen", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """Our own actions only: Textual's list offers a screenshot, which would copy evidence."""
        from workbench.tui.commands import bench_commands

        yield from bench_commands(self)

    async def run_bound_action(self, action: str, node: DOMNode) -> None:
        """Run an action of the palette on the part it belongs to."""
        await self.run_action(action, default_namespace=node)

    def reload_library(self) -> None:
        """Read the saved queries again."""
        self.library = case_library(self.desk.case)
        for view in self.query_one(Stage).views:
            view.refill()

    # Ending

    def action_leave(self) -> None:
        """Remember where we are and end."""
        self.memory.keep(self.query_one(Stage).remember())
        self.memory.write_now()
        self.exit(0)

    def _fatal_error(self) -> None:
        """End after a fault of our own, without printing what is in memory."""
        from workbench.tui.crash import write_report

        error = self._exception or RuntimeError("unknown")
        self._exit_renderables.append(write_report(self.desk.state_dir, error))
        self._close_messages_no_wait()

    def _hung_up(self, number: int) -> None:
        self.memory.keep(self.query_one(Stage).remember())
        self.memory.write_now()
        self.exit(128 + number)
