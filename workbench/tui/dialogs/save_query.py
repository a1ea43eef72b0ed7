"""Save a statement as a query of the case: parameters are guessed from its literals."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.errors import WorkbenchError
from workbench.playbooks.saving import query_id_of, save_query
from workbench.text.sanitize import safe_text
from workbench.tui.shell.context import Context
from workbench.tui.textual_ext.steady_input import SteadyInput
from workbench.workers.messages import Inspect


class SaveQuery(ModalScreen[str | None]):
    """Asks for a title and a question; the id follows from the title."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="save.cancel"),
        Binding("f5,ctrl+j", "save", "save", id="save.save"),
    ]

    def __init__(self, context: Context, sql: str) -> None:
        super().__init__()
        self.context = context
        self._sql = sql

    def compose(self) -> ComposeResult:
        """Two fields and the id."""
        with Vertical(classes="dialog"):
            yield Static(Content("Save as a query of this case"), classes="title")
            yield Static(Content("title"), classes="label")
            yield SteadyInput(id="save-title", max_length=120)
            yield Static(Content("question it answers (optional)"), classes="label")
            yield SteadyInput(id="save-question", max_length=400)
            yield Static("", id="save-id", classes="note", markup=False)
            yield Static("", id="save-trouble", classes="trouble", markup=False)
            yield Static(Content("enter next · F5 save · esc cancel"), classes="note")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one("#save-title").focus()

    def _query_id(self) -> str:
        return query_id_of(self.query_one("#save-title", Input).value)

    def on_input_changed(self, _event: Input.Changed) -> None:
        """Show the id it will have."""
        self.query_one("#save-id", Static).update(Content(f"id: {self._query_id()}"))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """To the next field; behind the last, save."""
        if event.input.id == "save-title":
            self.query_one("#save-question").focus()
        else:
            self.action_save()

    def action_save(self) -> None:
        """Write the file."""
        self.run_worker(self._save(), exclusive=True)

    async def _save(self) -> None:
        title = self.query_one("#save-title", Input).value.strip()
        question = self.query_one("#save-question", Input).value.strip()
        query_service, case = self.context.query_service, self.context.service.case
        try:
            checked = await query_service.request(Inspect(self._sql))
            await query_service.background(
                save_query, case, self._query_id(), title, question, self._sql,
                sorted(checked.parameters),
            )  # fmt: skip
        except WorkbenchError as error:
            text = safe_text(error.message, 300, multiline=True)
            self.query_one("#save-trouble", Static).update(Content(text))
            return
        self.dismiss(self._query_id())
