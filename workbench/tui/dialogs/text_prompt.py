"""Asks for one line of text."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from workbench.text.sanitize import safe_text
from workbench.tui.textual_ext.steady_input import SteadyInput


class TextPrompt(ModalScreen[str | None]):
    """Returns what was typed, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "cancel", id="ask.cancel"),
    ]

    def __init__(self, question: str, placeholder: str, value: str = "") -> None:
        super().__init__()
        self._value = value
        self._question = question
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Question and field."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe_text(self._question, 200)), classes="title")
            yield SteadyInput(self._value, placeholder=self._placeholder, max_length=2000)
            yield Static(Content("enter goes on · esc cancels"), classes="note")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand it back."""
        if event.value.strip():
            self.dismiss(event.value.strip())
