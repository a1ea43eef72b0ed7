"""The bench: views of a case in one frame, and the acts that belong to no view."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, ClassVar

from rich.segment import Segments
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import WorkerFailed

from workbench.decisions.service import CaseService
from workbench.errors import WorkbenchError
from workbench.playbooks.binding import ExtractSpan
from workbench.playbooks.library import Library, library_in_sight
from workbench.text.format import excerpt_fitted
from workbench.text.sanitize import safe_text
from workbench.tui.dialogs.too_small import TooSmall, is_too_small
from workbench.tui.messages import (
    DecideOn,
    EditStatement,
    Failed,
    LedgerChanged,
    OpenRoute,
    RunQuery,
)
from workbench.tui.pages.command_lines import show_command
from workbench.tui.pages.open_view import KINDS, open_view
from workbench.tui.pages.query import run_saved
from workbench.tui.pages.unmask import Unmasking
from workbench.tui.pages.view import View
from workbench.tui.pages.zone_choice import begin_zone, choose_zone
from workbench.tui.results.pane import ResultPane
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell.case_watch import TOAST_CELLS, CaseWatch
from workbench.tui.shell.crash_report import left_behind, write_report
from workbench.tui.shell.follow_case import CaseFollower
from workbench.tui.shell.frame import Frame
from workbench.tui.shell.lifecycle import Lifecycle
from workbench.tui.shell.paste_words import refusal_of
from workbench.tui.shell.saved_state import StateFile, StatementHistory
from workbench.tui.shell.theme import THEMES
from workbench.tui.textual_ext.app_driver import TerminalApp
from workbench.tui.textual_ext.gc_schedule import collect_between_pages
from workbench.tui.textual_ext.terminal_probe import Terminal

_UNNOTICED_SECONDS = 0.8  # nobody takes less for a stall


class Bench(TerminalApp):
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
        Binding("ctrl+z", "suspend_process", "suspend; fg comes back", id="bench.suspend"),
        Binding("Z", "zone", "times in a zone beside UTC", id="bench.zone"),
        Binding("ctrl+l", "redraw", "draw anew", id="bench.redraw"),
        Binding("ctrl+q", "leave", "quit", id="bench.quit", priority=True),
        Binding("q", "ask_to_leave", "quit, asked first", show=False, id="bench.ask_to_leave"),
        Binding("escape", "stop", "cancel what runs", show=False, id="bench.stop"),
        Binding("ctrl+c", "stop(True)", "cancel, or quit", show=False, id="bench.interrupt"),
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
        self.terminal, self.ascii_only = terminal, terminal.ascii
        self.memory = StateFile(service.state_dir / "view.json")
        self.history = StatementHistory(service.state_dir)
        self.page_rows = service.settings.engine.page_rows
        self.case_argument = str(service.case_path)
        self._frame = Frame(self, self.memory, partial(open_view, self), KINDS)
        self.lifecycle = Lifecycle(
            self, query_service, self.memory, self.history, lambda: self._frame.stack.remember()
        )
        self._unmasking = Unmasking(self)
        self._follower = CaseFollower(
            service, query_service, lambda: self.library, lambda: self.query(ResultPane)
        )
        self._watch = CaseWatch(self, service, query_service, self.follow_case)
        self._wanted_theme = theme
        for colours in THEMES:
            self.register_theme(colours)

    def compose(self) -> ComposeResult:
        """The frame."""
        yield from self._frame.compose()

    def on_mount(self) -> None:
        """Open where the analyst left."""
        self.theme = self._wanted_theme or ("mono" if self.terminal.mono else "bench-dark")
        begin_zone(self, self.service)
        self.lifecycle.begin()
        self._watch.begin()
        self.query_service.replaced = self._worker_replaced
        self._frame.stack.recall(self.memory.read())
        self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        # The ledger is read while the worker gets ready: the first screen shows what was decided.
        reading = asyncio.ensure_future(self._read_ledger())
        try:
            await self.query_service.start()
            span = await self.query_service.rows(self.library.shipped("overview-span"))
            self.query_service.span = ExtractSpan.of(span.first())
        except WorkbenchError as error:
            reading.cancel()
            self.post_message(Failed(error))
            return
        self._show_case()
        await self._frame.show_here()
        await reading
        if words := self.library.untrusted_words():
            self.notify(words, title="Not trusted", severity="warning", markup=False)

    def _show_case(self) -> None:
        untrusted = bool(self.library.waiting())
        self._frame.show_case(self.service, self.query_service, untrusted=untrusted)

    async def _read_ledger(self) -> None:
        status, query_service = self._frame.status, self.query_service
        # Large ones that this analyst never opened are verified record by record first.
        saying = self.set_timer(_UNNOTICED_SECONDS, partial(status.audit, "reading the ledger…"))
        try:
            _, size = await query_service.background(self.service.position)
            tables = await query_service.background(self.service.ledger_tables)
            await asyncio.gather(
                self._unmasking.follow_policy(), query_service.lay_all_over(tables)
            )
            status.audit(await query_service.background(self.service.head_words))
            self._watch.read_until(size)
            self._show_case()
        except WorkbenchError as error:
            status.audit("ledger not read")
            query_service.overlaid.set()  # what needs the ledger says so instead of waiting
            self.post_message(Failed(error))
        finally:
            saying.stop()

    # What pages ask for

    @property
    def view(self) -> View | None:
        """The view in front."""
        view = self._frame.view
        widget = view.widget if view is not None else None
        return widget if isinstance(widget, View) else None

    @property
    def wide(self) -> bool:
        """Whether there is room for lists beside pages."""
        return self.has_class("-wide")

    def is_in_front(self, view: Widget) -> bool:
        """Whether this is the view that is shown."""
        return self.view is view

    def show_status(self, words: str, style: str = "") -> None:
        """Say something in the status line."""
        self._frame.status.words(words, style)

    def show_status_of_view(self) -> None:
        """Say in the status line what the view in front says."""
        if self.view is not None:
            self.show_status(self.view.status())

    def show_hints_of_view(self) -> None:
        """Name the keys that matter in the view in front."""
        if self.view is not None:
            self._frame.show_hints(self.view)

    def reload_library(self) -> None:
        """Read the saved queries again."""
        self.library = library_in_sight(self.service.case)
        for view in self._frame.stack.views:
            if view.route.kind == "queries":
                view.refill()
        self._show_case()

    async def ask_and_run(self, query_id: str, given: dict[str, Any]) -> None:
        """Ask for the values of a saved query and run it; returns once the form is there."""
        await self.on_run_query(RunQuery(query_id, given, ask=True))

    async def edit_statement(self, sql: str) -> None:
        """Open a statement in the SQL view."""
        await self.action_view("sql")
        if self.view is not None:
            self.view.post_message(EditStatement(sql))

    # Going

    def on_resize(self, event: Resize) -> None:
        """Draw the frame for the new width; the app itself has the old one until later."""
        self.set_class(event.size.width >= 120, "-wide")
        self.set_class(event.size.width < 60, "-narrow")
        self.set_class(event.size.height < 20, "-short")
        self._cover(is_too_small(event.size))
        if self.view is not None:
            self.call_after_refresh(self._frame.draw, self.view)

    def _cover(self, too_small: bool) -> None:
        """Let no key act on what cannot be seen."""
        covered = isinstance(self.screen, TooSmall)
        if too_small and not covered:
            self.push_screen(TooSmall())
        elif covered and not too_small:
            self.pop_screen()

    async def on_open_route(self, event: OpenRoute) -> None:
        """Go to a route."""
        await self._frame.go(event.route)

    async def action_view(self, kind: str) -> None:
        """Go to one of the main views: back to it where it is in the history."""
        await self._frame.go_to_main(Route(kind))

    async def action_back(self) -> None:
        """Go back one view; it is as it was left."""
        if not await self._frame.back():
            self.notify("This is where the trail begins.", markup=False)

    async def action_go_to(self) -> None:
        """Open the go-to box; awaited, so that what is typed ahead goes into it."""
        from workbench.tui.dialogs.goto import GoToBox

        await self.push_screen(GoToBox(self), self._went)

    def _went(self, route: Route | None) -> None:
        if route is not None:
            self.post_message(OpenRoute(route))

    async def on_run_query(self, event: RunQuery) -> None:
        """Run a saved query in a view of its own, asking for values where it needs them."""
        await run_saved(self, self, event)

    # Deciding

    async def action_decide(self) -> None:
        """Decide on what is in front: marked rows, or the page's account or cluster."""
        subject = self.view.subject() if self.view is not None else None
        if subject is not None:
            await self.on_decide_on(subject)
        elif self.view is not None:
            self.notify(self.view.why_no_subject(), markup=False)

    async def on_decide_on(self, event: DecideOn) -> None:
        """Open the decision dialog."""
        from workbench.tui.dialogs.decide import DecideDialog

        try:
            policy, records = await self.query_service.background(self.service.position)
        except WorkbenchError as error:
            self.post_message(Failed(error))
            return
        dialog = DecideDialog(self, event, policy, records)
        await self.push_screen(dialog, self._decided)

    def _decided(self, recorded: str | None) -> None:
        if recorded:
            # One for each decision would hide the list that they are made on.
            self.clear_notifications()
            self.screen.query("ToastHolder").remove()  # clearing leaves them there, empty
            self.notify(f"Recorded as {recorded}.", title="Decision", markup=False)
            self.post_message(LedgerChanged())

    async def on_ledger_changed(self, _event: LedgerChanged) -> None:
        """What shows the ledger follows."""
        await self.follow_ledger()

    async def follow_case(self) -> str:
        """Show the newest data of the case; says what came, or nothing."""
        if words := await self._follower.follow():
            self.reload_library()
            await self.follow_ledger()
        return words

    async def follow_ledger(self) -> None:
        """State, overlay and the views that show decisions follow, each when it is in sight."""
        await self._read_ledger()
        for view in self._frame.stack.views:
            view.stale = True
        if self.view is not None:
            self.view.refresh_if_stale()
        collect_between_pages()  # a dialog was left

    async def action_reveal(self) -> None:
        """Show what the policy masks, for a reason that is recorded."""
        if self.view is not None:
            await self._unmasking.offer(self.view, self.view.route)

    # Saying

    async def action_help(self) -> None:
        """Show the keys of what is in front, and what its words mean."""
        from workbench.tui.dialogs.help import Help
        from workbench.tui.pages.help_sections import help_sections, text_on

        await self.push_screen(Help(help_sections(self, self.view), text_on(self.screen)))

    def action_zone(self) -> None:
        """Choose the zone that times are shown in beside UTC."""
        choose_zone(self, self.service.state_dir)

    async def action_show_command(self) -> None:
        """Say which command gives the same answer."""
        if self.view is not None:
            await show_command(self, self.view.command())

    def refuse_text(self, text: str) -> None:
        """Say that pasted text was not taken as keys."""
        words, title = refusal_of(text), "Not taken as keys"
        self.notify(words, title=title, severity="warning", markup=False)

    def get_system_commands(self, screen: Screen[Any]) -> Any:
        """Our own actions only: Textual's list offers a screenshot, which would copy evidence."""
        from workbench.tui.shell.palette import palette_commands

        parts = [node for node in (self.focused, self.view, self) if node is not None]
        choose = partial(setattr, self, "theme")
        yield from palette_commands(parts, self._run_on, choose, self.library, self.post_message)

    async def _run_on(self, action: str, node: DOMNode) -> None:
        await self.run_action(action, default_namespace=node)

    def on_failed(self, event: Failed) -> None:
        """Say what could not be done, and what to do."""
        error = event.error
        text = excerpt_fitted(safe_text(error.message, 600, multiline=True), TOAST_CELLS)
        hint = f"\n{safe_text(error.hint, 300)}" if error.hint else ""
        self.notify(text + hint, title=safe_text(error.title), severity="error", markup=False)
        self.show_status(safe_text(error.message.splitlines()[0] if error.message else "", 80))

    def _worker_replaced(self) -> None:
        self.notify("The query worker was replaced; open results are still here.", markup=False)

    # Ending

    def action_leave(self) -> None:
        """Remember where we are and end."""
        self.lifecycle.leave()

    def action_stop(self, leave: bool = False) -> None:
        """Cancel what the view in front runs; nothing runs: nothing, or the question to leave."""
        if not (self.view is not None and self.view.stop_running()) and leave:
            self.action_ask_to_leave()

    def action_ask_to_leave(self) -> None:
        """Ask, and end: for terminals that keep ctrl+q for themselves."""
        from workbench.tui.dialogs.confirm import ConfirmLeaving

        self.push_screen(ConfirmLeaving(), self._asked_to_leave)

    def _asked_to_leave(self, leave: bool | None) -> None:
        if leave:
            self.action_leave()

    def absorbs(self, error: Exception) -> bool:
        """What a worker could not do is said; a fault of a part that nobody sees ends nothing."""
        if isinstance(error, WorkerFailed) and isinstance(error.error, WorkbenchError):
            self.post_message(Failed(error.error))
            return True
        return left_behind(error)

    def fault_report(self, error: BaseException) -> Segments:
        """Where the private report about a fault of our own was written."""
        return write_report(self.service.state_dir, error)
