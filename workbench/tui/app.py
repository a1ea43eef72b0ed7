"""The bench: a trail of places in one frame, over one case."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen

from workbench.decisions.service import CaseService
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.library import Library, library_in_sight
from workbench.text.sanitize import safe_text
from workbench.tui.messages import DecideOn, Failed, LedgerChanged, OpenRoute, RunQuery
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.services.unmask import follow_policy, offer_reveal
from workbench.tui.shell.chrome import StatusLine
from workbench.tui.shell.frame import Frame
from workbench.tui.shell.saved_state import History, StateFile
from workbench.tui.shell.theme import THEMES
from workbench.tui.shell.view_stack import ViewStack
from workbench.tui.textual_ext.gc_schedule import collect_between_pages
from workbench.tui.textual_ext.terminal_probe import Terminal

_AUTOSAVE = 2.0
_NOTICED = 0.8  # seconds that nobody takes for a stall


class Bench(Frame):
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
        Binding("6", "view('campaigns')", "campaigns", id="bench.campaigns"),
        Binding("7", "view('ledger')", "ledger", id="bench.ledger"),
        Binding("x", "decide", "decide", id="bench.decide"),
        Binding("asterisk", "reveal", "reveal what is masked", id="bench.reveal"),
        Binding("c", "show_command", "command", id="bench.command"),
        Binding("ctrl+l", "redraw", "draw anew", id="bench.redraw"),
        Binding("ctrl+q", "leave", "quit", id="bench.quit", priority=True),
    ]

    def __init__(
        self,
        service: CaseService,
        query_service: QueryService,
        library: Library,
        terminal: Terminal,
        theme: str,
    ) -> None:
        super().__init__()
        self.service = service
        self.query_service = query_service
        self.library = library
        self.terminal = terminal
        self.memory = StateFile(service.state_dir / "view.json")
        self.history = History(service.state_dir)
        self.page_rows = service.settings.engine.page_rows
        self.revealed: set[str] = set()
        self.case_argument = safe_text(service.case_path)
        self._wanted_theme = theme
        for colours in THEMES:
            self.register_theme(colours)

    def on_mount(self) -> None:
        """Open where the analyst left."""
        self.theme = self._wanted_theme or ("mono" if self.terminal.mono else "bench-dark")
        self.watch_the_line()
        self.query_service.replaced = self._worker_replaced
        self.query_one(ViewStack).recall(self.memory.read())
        self.set_interval(_AUTOSAVE, self._autosave)
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        # The ledger is read while the worker gets ready: the first screen shows what was decided.
        reading = asyncio.ensure_future(self._read_ledger())
        try:
            await self.query_service.start()
            span = await self.query_service.rows(self.library.query("overview-span"))
            self.query_service.span = ExtractSpan.of(span.first())
        except WorkbenchError as error:
            reading.cancel()
            self.post_message(Failed(error))
            return
        self._show_case()
        await self._show_here()
        await reading

    async def _read_ledger(self) -> None:
        line = self.query_one(StatusLine)
        # Large ones that this analyst never opened are judged record by record first.
        telling = self.set_timer(_NOTICED, partial(line.audit, "reading the ledger…"))
        try:
            tables = await self.query_service.background(self.service.ledger_tables)
            await asyncio.gather(follow_policy(self), self.query_service.lay_all_over(tables))
            words = await self.query_service.background(self.service.head_words)
            line.audit(words)
            self._show_case()
        except WorkbenchError as error:
            line.audit("ledger not read")
            self.query_service.overlaid.set()  # what needs the ledger says so instead of waiting
            self.post_message(Failed(error))
        finally:
            telling.stop()

    # Acts

    async def on_run_query(self, event: RunQuery) -> None:
        """Run a saved query in a place of its own, asking for values where it needs them."""
        from workbench.tui.dialogs.parameter_form import ParameterForm

        try:
            query = self.library.query(event.query_id)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        given = dict(event.given)
        needed = [item for item in query.params if item.required and item.name not in given]
        if needed or (event.ask and query.params):
            await self.push_screen(ParameterForm(query, given), self._run_with)
            return
        self._run_with((query.id, given))

    def _run_with(self, answer: tuple[str, dict[str, Any]] | None) -> None:
        if answer is not None:
            self.post_message(OpenRoute(Route.asked("query", *answer)))

    async def action_decide(self) -> None:
        """Decide on what is in front: marked rows, or the page's account or cluster."""
        subject = self.view.subject() if self.view is not None else None
        if subject is None:
            self.notify("Open or mark an account or a cluster first.", markup=False)
            return
        await self.on_decide_on(subject)

    async def on_decide_on(self, event: DecideOn) -> None:
        """Open the decision dialog."""
        from workbench.tui.dialogs.decide import DecideDialog

        try:
            ledger = await self.query_service.background(self.service.ledger)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        dialog = DecideDialog(event, ledger.state.policy, ledger.head.size)
        await self.push_screen(dialog, self._decided)

    def _decided(self, recorded: str | None) -> None:
        if recorded:
            # One for each decision would hide the list that they are made on.
            self.clear_notifications()
            self.screen.query("ToastHolder").remove()  # clearing leaves them there, empty
            self.notify(f"Recorded as {recorded}.", title="Decision", markup=False)
            self.post_message(LedgerChanged())

    async def on_ledger_changed(self, _event: LedgerChanged) -> None:
        """State, overlay and the views that show decisions follow, each when it is in sight."""
        await self._read_ledger()
        for view in self.query_one(ViewStack).views:
            view.stale = True
        if self.view is not None:
            self.view.freshen()
        collect_between_pages()  # a dialog was left

    async def action_reveal(self) -> None:
        """Show what the policy masks, for a reason that is recorded."""
        await offer_reveal(self)

    async def action_go_to(self) -> None:
        """Open the go-to box; awaited, so that what is typed ahead goes into it."""
        from workbench.tui.dialogs.goto import GoToBox

        await self.push_screen(GoToBox(), self._went)

    def _went(self, route: Route | None) -> None:
        if route is not None:
            self.post_message(OpenRoute(route))

    async def action_help(self) -> None:
        """Show the keys of what is in front."""
        from workbench.tui.dialogs.help import Help

        await self.push_screen(Help(self.view))

    def action_show_command(self) -> None:
        """Say which command gives the same answer."""
        if self.view is not None:
            self.notify(self.view.command(), title="The same without a screen", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """Our own actions only: Textual's list offers a screenshot, which would copy evidence."""
        from workbench.tui.shell.palette import palette_commands

        yield from palette_commands(self)

    async def run_bound_action(self, action: str, node: DOMNode) -> None:
        """Run an action of the palette on the part it belongs to."""
        await self.run_action(action, default_namespace=node)

    def reload_library(self) -> None:
        """Read the saved queries again."""
        self.library = library_in_sight(self.service.case.queries_path)
        for view in self.query_one(ViewStack).views:
            if view.route.kind == "queries":
                view.refill()
