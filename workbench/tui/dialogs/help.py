"""Keys of what is in front, from the bindings themselves, and the words that stand there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from workbench.text.glossary import glossary, terms_in
from workbench.text.sanitize import safe_text
from workbench.tui.shell.key_words import key_words, own_bindings


class Help(ModalScreen[None]):
    """One section of keys a part: the view, what has the focus, the bench; then the glossary."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "words", "the words of this page, and all others", id="help.words"),
        Binding("escape,q,question_mark,f1,backspace", "dismiss(None)", "close", id="help.close"),
    ]

    def __init__(self, sections: list[tuple[str, DOMNode | type[DOMNode]]], on_screen: str) -> None:
        """`sections` are headings with the part whose own keys stand under them; `on_screen` is
        the text of the page, whose terms are explained first."""
        super().__init__()
        self._sections = sections
        self._on_screen = on_screen

    def compose(self) -> ComposeResult:
        """Sections of keys."""
        with Vertical(classes="dialog -tall"):
            yield Static(Content("Keys and words"), classes="title")
            with VerticalScroll(id="help-scroll"):
                yield Static(self._keys(), id="help-keys", markup=False)
                yield Static(self._words(), id="help-words", markup=False)
            yield Static(Content("g to the words · esc closes"), classes="note")

    def on_mount(self) -> None:
        """The text scrolls."""
        self.query_one("#help-scroll").focus()

    def action_words(self) -> None:
        """Scroll to the glossary."""
        words = self.query_one("#help-words")
        self.query_one("#help-scroll").scroll_to_widget(words, top=True, animate=False)

    def _words(self) -> Content:
        here = terms_in(self._on_screen)
        others = [term for term in glossary() if term not in here]
        parts: list[tuple[str, str]] = []
        for title, terms in (("Words on this page", here), ("All other words", others)):
            if terms:
                parts.append((f"{title}\n", "bold $accent"))
            for term in terms:
                parts.append((f"  {term}", "bold"))
                parts.append((f"  {glossary()[term]}\n", "$text-muted"))
            parts.append(("\n", ""))
        return Content.assemble(*parts)

    def _keys(self) -> Content:
        parts: list[tuple[str, str]] = []
        for title, node in self._sections:
            parts.append((f"{safe_text(title, 60)}\n", "bold $accent"))
            for binding in own_bindings(node):
                parts.append((f"  {key_words(binding.key):<22}", "bold"))
                parts.append((f"{binding.description}\n", "$text-muted"))
            parts.append(("\n", ""))
        return Content.assemble(*parts)
