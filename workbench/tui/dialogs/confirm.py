"""Names what a key is about to do, and waits for another key before it is done."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

from workbench.text.sanitize import safe_text


class Confirm(ModalScreen[bool]):
    """Returns whether it is to be done; F5 does it, because no text that is typed holds that."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "dismiss(True)", "do it", id="confirm.do"),
        Binding("escape", "dismiss(False)", "leave it", id="confirm.cancel"),
    ]
    KEYS = "F5"

    def __init__(self, question: str, does: str) -> None:
        """`question` says what would happen, `does` what the key does, in a word or two."""
        super().__init__()
        self._question = question
        self._does = does

    def compose(self) -> ComposeResult:
        """The question and the two keys."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe_text(self._question, 400)), classes="title")
            yield Static(Content(f"{self.KEYS} {self._does} · esc leaves it"), classes="note")


async def recording(page: Widget, question: str) -> bool:
    """Whether a record is to be made that a single key asked for; called from a worker."""
    dialog: Screen[bool] = Confirm(question, "records it")
    return await page.app.push_screen_wait(dialog)


class ConfirmLeaving(Confirm):
    """The way out where the terminal keeps ctrl+q for itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,ctrl+c", "dismiss(True)", "leave the bench", id="confirm.leave"),
    ]
    KEYS = "enter or ctrl+c"

    def __init__(self) -> None:
        super().__init__("Leave the bench? Where you are is kept.", "leaves")
