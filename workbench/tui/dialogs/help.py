"""Keys of what is in front, generated from the bindings themselves."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.text.sanitize import safe_text
from workbench.tui.shell.key_words import key_words, own_bindings


class Help(ModalScreen[None]):
    """One section a part: the view, what has the focus, the bench."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,backspace", "dismiss(None)", "close", id="help.close"),
    ]

    def __init__(self, sections: list[tuple[str, DOMNode | type[DOMNode]]]) -> None:
        """`sections` are headings with the part whose own keys stand under them."""
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """Sections of keys."""
        with Vertical(classes="dialog -tall"):
            yield Static(Content("Keys"), classes="title")
            with VerticalScroll(id="help-scroll"):
                yield Static(self._text(), markup=False)
            yield Static(Content("esc closes"), classes="note")

    def on_mount(self) -> None:
        """The text scrolls."""
        self.query_one("#help-scroll").focus()

    def _text(self) -> Content:
        parts: list[tuple[str, str]] = []
        for title, node in self._sections:
            parts.append((f"{safe_text(title, 60)}\n", "bold $accent"))
            for binding in own_bindings(node):
                parts.append((f"  {key_words(binding.key):<22}", "bold"))
                parts.append((f"{binding.description}\n", "$text-muted"))
            parts.append(("\n", ""))
        return Content.assemble(*parts)
