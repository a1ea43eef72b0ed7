"""What pages and dialogs may ask of the bench: a small protocol instead of the application."""

from __future__ import annotations

from typing import Any, Protocol

from textual.widget import Widget

from workbench.decisions.service import CaseService
from workbench.playbooks.library import Library
from workbench.tui.messages import DecideOn
from workbench.tui.routes import Route
from workbench.tui.services.query_service import QueryService
from workbench.tui.shell.saved_state import StatementHistory
from workbench.tui.textual_ext.terminal_probe import Terminal


class Context(Protocol):
    """The case, the query service and the frame around the page."""

    @property
    def service(self) -> CaseService:
        """The case and its ledger."""

    @property
    def query_service(self) -> QueryService:
        """What runs statements and waits for disks."""

    @property
    def library(self) -> Library:
        """The saved queries and playbooks in sight."""

    @property
    def terminal(self) -> Terminal:
        """What the terminal can show."""

    @property
    def history(self) -> StatementHistory:
        """Statements that ran."""

    @property
    def page_rows(self) -> int:
        """Rows of a first page."""

    @property
    def case_argument(self) -> str:
        """The case as a word of a command line."""

    @property
    def wide(self) -> bool:
        """Whether there is room for lists beside pages: 120 columns and more."""

    def is_in_front(self, view: Widget) -> bool:
        """Whether this is the view that is shown."""

    def show_status(self, words: str, style: str = "") -> None:
        """Say something in the status line."""

    def show_status_of_view(self) -> None:
        """Say in the status line what the view in front says."""

    def show_hints_of_view(self) -> None:
        """Name the keys that matter in the view in front."""

    async def follow_case(self) -> str:
        """Show the newest data of the case; says what came, or nothing."""

    async def follow_ledger(self) -> None:
        """Read the ledger again, and let what shows it follow."""

    def reload_library(self) -> None:
        """Read the saved queries again."""

    async def ask_and_run(self, query_id: str, given: dict[str, Any]) -> None:
        """Ask for the values of a saved query and run it; returns once the form is there."""

    async def edit_statement(self, sql: str) -> None:
        """Open a statement in the SQL view."""


class View(Protocol):
    """What the stack of views needs to know of each."""

    stale: bool

    @property
    def filled(self) -> bool:
        """Whether it has been filled once."""

    @property
    def widget(self) -> Widget:
        """The view itself, to be mounted."""

    @property
    def route(self) -> Route:
        """Where this is."""

    def read_ahead(self) -> None:
        """Ask for the first pages before the widgets are made."""

    async def first_sight(self, seconds: float) -> None:
        """Wait until the view is filled, or cannot be, or for so many seconds."""

    def shown(self) -> None:
        """It is on the terminal now."""

    def refresh_if_stale(self) -> None:
        """Read the view again if what it shows may be of an older ledger."""

    def refill(self) -> None:
        """Read the view again."""

    def focus_first(self) -> None:
        """Focus what is used first here."""

    def view_state(self) -> dict[str, Any]:
        """What to remember of the view, as JSON."""

    def status(self) -> str:
        """What the status line says of it."""

    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys that matter in it."""

    def command(self) -> str:
        """The command line that gives the same answer."""

    def subject(self) -> DecideOn | None:
        """What a decision made here is about; None where there is nothing to decide on."""
