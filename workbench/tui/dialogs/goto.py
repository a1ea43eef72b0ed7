"""The go-to box: an account, e-mail, address, card, device, domain, cluster, or text in prompts."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.errors import WorkbenchError
from workbench.text.sanitize import safe_text
from workbench.tui.grid.grid import Grid
from workbench.tui.grid.source import PageSource, grid_columns
from workbench.tui.routes import Route, route_of
from workbench.tui.services.query_service import Rows
from workbench.tui.shell.context import Context
from workbench.tui.textual_ext.steady_input import SteadyInput

_PAUSE = 0.25
_MAX_LISTED = "100000"
_NEXT = {
    False: "enter open · ctrl+t look inside prompts",
    True: "enter open · F5 all as a result · /…/ is a pattern",
}


def _wanted(text: str) -> dict[str, str]:
    """What to look for inside prompts: the text, or the pattern between two slashes."""
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return {"text": text[1:-1], "pattern": "true"}
    return {"text": text, "pattern": "false"}


def _found(rows: Rows, nothing: str) -> str:
    """How many there are, of which the list has the first."""
    here = len(rows.rows)
    if not here:
        return f"0 found. {nothing}".strip()
    total = rows.first().get("of_all", here)
    if isinstance(total, int) and total > here:
        return f"the first {here:,} of {total:,}"
    return f"{'≥ ' if rows.more else ''}{here:,} found"


class GoToBox(ModalScreen[Route | None]):
    """Looks while one types; ctrl+t looks inside prompts, which takes longer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="goto.cancel"),
        Binding("ctrl+t", "in_prompts", "inside prompts", id="goto.prompts", priority=True),
        Binding("f5", "all", "all of them as a result", id="goto.all", priority=True),
        Binding("down", "list", "to the list", show=False, id="goto.list"),
    ]

    def compose(self) -> ComposeResult:
        """Box, list, hint."""
        with Vertical(classes="dialog -tall"):
            yield SteadyInput(
                placeholder="account, e-mail, IP, card, device, domain, cluster", id="goto"
            )
            yield Grid(id="found")
            yield Static(
                Content("enter open · ↓ list · ctrl+t look inside prompts, /…/ as a pattern"),
                classes="note", id="goto-note",
            )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._entered = ""  # the text to open as soon as its hits are here
        self._listed = ""  # the text whose hits the list shows
        self._inside = False  # they are prompts
        self._prompted = ""  # the text that was looked for inside prompts last

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look once the typing pauses."""
        text = event.value.strip()
        if text != self._entered:
            self._entered = ""
        if len(text) >= 2:
            self.set_timer(_PAUSE, lambda: self._look_if_still(text))

    def _look_if_still(self, text: str) -> None:
        if self.query_one(Input).value.strip() == text not in (self._entered, self._prompted):
            self.run_worker(self._look("find-entity", text), group="look", exclusive=True)

    async def _look(self, query_id: str, text: str) -> None:
        """List what is found, and open the first hit where enter was pressed before it came."""
        note = self.query_one("#goto-note", Static)
        note.update(Content("looking…"))
        query = self.context.library.shipped(query_id)
        inside = query_id == "find-prompt"
        given = _wanted(text) if inside else {"text": text}
        try:
            rows = await self.context.query_service.rows(query, given)
        except WorkbenchError as error:
            note.update(Content(safe_text(error.message)))
            return
        self._show(rows, query.columns)
        self._listed, self._inside = text, inside
        if text == self._entered and rows.rows:
            self._open(self.query_one(Grid), 0)
            return
        note.update(Content(f"{_found(rows, query.nothing)} · {_NEXT[inside]}"))

    def _show(self, rows: Rows, notes: Any) -> None:
        columns = grid_columns(list(rows.names), list(rows.types), notes)
        self.query_one(Grid).show(columns, PageSource(rows.rows, cuts=rows.cuts))

    def action_in_prompts(self) -> None:
        """Look inside prompts."""
        text = self.query_one(Input).value.strip()
        if text:
            self._prompted = text
            self.run_worker(self._look("find-prompt", text), group="look", exclusive=True)

    def action_all(self) -> None:
        """Every prompt that was found, as a result to sort, mark and write to a file."""
        if self._inside and self._listed:
            given = _wanted(self._listed) | {"most": _MAX_LISTED}
            self.dismiss(Route.asked("query", "find-prompt", given))

    def action_list(self) -> None:
        """Into the list."""
        self.query_one(Grid).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open the first hit; where the list is not yet that of the text, look first."""
        grid, text = self.query_one(Grid), event.value.strip()
        if text == self._listed and grid.source.total:
            self._open(grid, 0)
        elif text:
            self._entered = text
            self.run_worker(self._look("find-entity", text), group="look", exclusive=True)

    def on_grid_opened(self, event: Grid.Opened) -> None:
        """Open a hit."""
        event.stop()
        self._open(event.grid, event.row)

    def _open(self, grid: Grid, row: int) -> None:
        record = grid.record(row)
        if "exchange_id" in record:
            self.dismiss(Route("exchange", (str(record["account_id"]), str(record["exchange_id"]))))
        elif record:
            self.dismiss(route_of(str(record["family"]), str(record["value"])))
